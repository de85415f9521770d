/** Registers the resource providers: azure-native does not (pulumi-azure-native#3479), and has no resource for it. */
import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

import { providersFor } from "../../facts/deployer";
import type { Settings } from "./settings";

const version = "2021-04-01";

/** What this project itself makes. */
const own = ["Microsoft.Authorization", "Microsoft.KeyVault", "Microsoft.ManagedIdentity", "Microsoft.Storage"];

/**
 * Registers what is not registered yet in every subscription; in a preview it only says so. Azure takes minutes to
 * finish, and keeps a provider registered when the stack is destroyed: others may use it by then.
 */
export async function registerResourceProviders({ stacks, subscription, resourceManager }: Settings): Promise<void> {
  const { token } = await authorization.getClientToken({});
  const headers = { authorization: `Bearer ${token}` };
  const refused: string[] = [];
  for (const id of new Set([subscription, ...stacks.map((config) => config.subscription)])) {
    const there = stacks.filter((config) => config.subscription === id);
    const needed = new Set([
      ...(id === subscription ? own : []),
      ...there.flatMap(({ estate }) => providersFor(estate)),
    ]);
    const at = (namespace: string, action = "") =>
      `${resourceManager}/subscriptions/${id}/providers/${namespace}${action}?api-version=${version}`;
    const states = await Promise.all(
      [...needed].sort().map(async (namespace) => {
        const answer = await fetch(at(namespace), { headers });
        if (!answer.ok)
          throw new pulumi.RunError(
            `Azure does not show the resource providers of ${id} (HTTP ${answer.status}): az login, as an owner of it.`,
          );
        return { namespace, state: ((await answer.json()) as { registrationState?: string }).registrationState };
      }),
    );
    const missing = states.filter(({ state }) => state !== "Registered" && state !== "Registering");
    if (missing.length === 0) continue;
    const namespaces = missing.map(({ namespace }) => namespace);
    await pulumi.log.info(
      `${pulumi.runtime.isDryRun() ? "Will register" : "Registers"} in ${id}: ${namespaces.join(", ")}.`,
    );
    if (pulumi.runtime.isDryRun()) continue;
    for (const namespace of namespaces) {
      const { ok, status } = await fetch(at(namespace, "/register"), { method: "POST", headers });
      if (!ok) refused.push(`az provider register --namespace ${namespace} --subscription ${id}   (HTTP ${status})`);
    }
  }
  if (refused.length === 0) return;
  throw new pulumi.RunError(
    `Azure did not let you register these; an owner of the subscription runs:\n  ${refused.join("\n  ")}`,
  );
}
