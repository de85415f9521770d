/** Applications that a stack declares in Entra. */
import type { ServicePrincipal, Trust } from "../model";
import { connectionType } from "./azureDevOps";
import { type Declared, type Resources, text } from "./preview";

const applicationType = "azuread:index/application:Application";

/** Service principals by object id, with whom their applications trust and who owns them. */
export function principalsIn(resources: Resources): Map<string, ServicePrincipal> {
  const known = new Map<string, ServicePrincipal>();
  const common = { kind: "application", tenant: "", secrets: [] } as const;
  for (const principal of resources.of("azuread:index/servicePrincipal:ServicePrincipal")) {
    const [application] = resources.behind(principal, "clientId", applicationType);
    if (application === undefined) continue;
    const owners = [application, principal].flatMap(({ inputs }) => (inputs["owners"] as unknown[] | undefined) ?? []);
    known.set(principal.urn.toLowerCase(), {
      ...common,
      name: text(application.inputs["displayName"]) ?? application.urn,
      clientId: application.urn,
      application: application.urn,
      trusts: trustsOf(resources, application),
      owners: owners.flatMap((owner) => {
        const id = text(owner);
        return id === undefined ? [] : [{ id: id.toLowerCase(), of: "application" as const }];
      }),
    });
  }
  // Who may become whoever runs this program, the stack does not say.
  const deployers = [...known.values()].flatMap(({ owners }) => owners.map(({ id }) => id));
  for (const id of deployers) {
    known.set(id, {
      ...common,
      name: "whoever deploys this stack",
      clientId: id,
      application: id,
      trusts: [],
      owners: [],
    });
  }
  return known;
}

function trustsOf(resources: Resources, application: Declared): Trust[] {
  const type = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";
  return resources
    .of(type)
    .filter(({ waits }) => waits["applicationId"]?.includes(application.urn) === true)
    .map(({ inputs, urn, waits }): Trust => {
      const name = text(inputs["displayName"]) ?? urn;
      // A service connection gets its subject when it is made: until then, its urn stands for that.
      const [connection] = resources.of(connectionType).filter((one) => waits["subject"]?.includes(one.urn));
      if (connection !== undefined) {
        return { id: urn, name, issuer: connection.urn, subject: connection.urn, expression: false };
      }
      // The repository gets its number when it is made. Its environment is the one whose jobs are told the application.
      const place = resources
        .github("ActionsEnvironmentVariable")
        .find(({ waits }) => waits["value"]?.includes(application.urn) === true);
      const subject = text(inputs["subject"]) ?? `declared:environment:${text(place?.inputs["environment"]) ?? ""}`;
      return { id: urn, name, issuer: text(inputs["issuer"]) ?? "", subject, expression: false };
    });
}
