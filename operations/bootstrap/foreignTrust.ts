/** Whom the lanes' identities trust already. No state shows what somebody else made; asked on every run, reads only. */
import * as authorization from "@pulumi/azure-native/authorization";

import { resourceId } from "../../facts/ids";
import { type Problem, Refusal } from "../../problems";
import type { Lane } from "./lanes";
import { credentialOf, identityOf } from "./names";
import type { Settings } from "./settings";

interface Credential {
  readonly name: string;
  readonly properties?: { readonly subject?: string };
}

/** Throws a {@link Refusal} where an identity trusts anybody but its own lane. */
export async function refuseForeignTrust(settings: Settings, lanes: readonly Lane[]): Promise<void> {
  const { subscription, names, workload, resourceManager, stack, platform } = settings;
  const { token } = await authorization.getClientToken({});
  const problems = await Promise.all(
    lanes.map(async (lane): Promise<Problem[]> => {
      const identity = identityOf(workload, lane.key);
      const id = resourceId(subscription, names.group, "Microsoft.ManagedIdentity/userAssignedIdentities", identity);
      const answer = await fetch(`${resourceManager}${id}/federatedIdentityCredentials?api-version=2023-01-31`, {
        headers: { authorization: `Bearer ${token}` },
      });
      // Before the first run there is neither identity nor group.
      if (answer.status === 404) return [];
      const path = ["federated-mlops-bootstrap:workload"];
      if (!answer.ok) {
        const fix = "az login as somebody who may read it; where Azure did not answer, try again";
        return [
          {
            path,
            got: `${identity}, whose credentials Azure does not show (HTTP ${answer.status})`,
            needs: "an identity whose trust can be looked at",
            fix,
          },
        ];
      }
      const { value = [] } = (await answer.json()) as { value?: Credential[] };
      return value
        .filter(({ name }) => name !== credentialOf(platform, lane.environment))
        .map(({ name, properties }) => ({
          path,
          got: `${identity}, which also trusts ${properties?.subject ?? "somebody"} by the credential ${name}`,
          needs: `an identity that trusts the environment ${lane.environment} of this repository alone`,
          fix: `az identity federated-credential delete --identity-name ${identity} --resource-group ${names.group} --name ${name}`,
        }));
    }),
  );
  if (problems.flat().length > 0) throw new Refusal(`Pulumi.${stack}.yaml`, problems.flat());
}
