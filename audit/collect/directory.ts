/**
 * What Microsoft Graph tells: who somebody with a right is, and who may become them. It takes the application permissions
 * Application.Read.All, GroupMember.Read.All, RoleManagement.Read.Directory and User.ReadBasic.All; with eligible members
 * of groups, PrivilegedEligibilitySchedule.Read.AzureADGroup.
 */
import type { Client } from "../../clients/client";
import { directoryPowers, graphPowers, microsoftTenants } from "../../facts/directory";
import { graphClientId } from "../../facts/graph";
import type {
  Directory,
  DirectoryRole,
  GraphPermission,
  Group,
  Owner,
  Secret,
  ServicePrincipal,
  Trust,
} from "../model";
import { forEach, type Reader } from "./reader";

interface Named {
  readonly id: string;
  readonly "@odata.type"?: string;
  readonly displayName?: string | null;
  readonly userPrincipalName?: string | null;
}

interface Credentials {
  readonly passwordCredentials?: readonly Credential[];
  readonly keyCredentials?: readonly (Credential & { readonly usage?: string })[];
}
interface Credential {
  readonly keyId: string;
  readonly displayName?: string | null;
  readonly endDateTime?: string | null;
}

interface Principal extends Named, Credentials {
  readonly appId: string;
  readonly servicePrincipalType?: string;
  readonly appOwnerOrganizationId?: string | null;
  readonly alternativeNames?: readonly string[];
}

/** Reads whoever matters, and whoever may become them, until nobody new comes up. */
export class DirectoryReader {
  readonly #people: Record<string, string> = {};
  readonly #groups: Record<string, Group> = {};
  readonly #principals: Record<string, ServicePrincipal> = {};
  #administration: Promise<[DirectoryRole[], GraphPermission[]]> | undefined;
  /** Object ids that are read, or being read. */
  readonly #seen = new Set<string>();
  /** Object ids of who is not there any more: its rights are nobody's. */
  readonly gone = new Set<string>();

  constructor(
    private readonly reader: Reader,
    private readonly graph: Client,
    private readonly tenant: string,
  ) {}

  /** The directory, with `ids` and everybody by whom they are reached. */
  async read(ids: Iterable<string>): Promise<Directory> {
    await this.#all(ids);
    this.#administration ??= Promise.all([this.#roles(), this.#permissions()]);
    const [roles, permissions] = await this.#administration;
    await this.#all([...roles, ...permissions].map(({ principal }) => principal));
    return {
      tenant: this.tenant,
      people: this.#people,
      groups: this.#groups,
      principals: this.#principals,
      roles,
      permissions,
    };
  }

  /** Object id of the service principal of an application. */
  async principalOf(clientId: string, what: string): Promise<string | undefined> {
    const path = `/v1.0/servicePrincipals?$filter=${equal("appId", clientId)}`;
    const found = await this.reader.list<Named>(this.graph, path, what);
    if (found?.length === 0) this.reader.note(what, `no service principal of the application ${clientId} is shown`);
    return found?.[0]?.id.toLowerCase();
  }

  async #all(ids: Iterable<string>): Promise<void> {
    const fresh = [...new Set([...ids].map((id) => id.toLowerCase()))].filter((id) => !this.#seen.has(id));
    for (const id of fresh) this.#seen.add(id);
    // A mail address is of a classic administrator: there is nothing to look up.
    await forEach(
      fresh.filter((id) => !id.includes("@")),
      (id) => this.#one(id),
    );
  }

  async #one(id: string): Promise<void> {
    const what = `who ${id} is`;
    const found = await this.reader.find<Named>(this.graph, `/v1.0/directoryObjects/${id}`, what);
    if (found === "missing") this.gone.add(id);
    if (found === undefined || found === "missing") return;
    switch (found["@odata.type"]) {
      case "#microsoft.graph.group":
        return this.#group(id, found);
      case "#microsoft.graph.servicePrincipal":
        return this.#principal(id);
      default:
        this.#people[id] = found.userPrincipalName ?? found.displayName ?? id;
    }
  }

  async #group(id: string, { displayName }: Named): Promise<void> {
    const name = displayName ?? id;
    const group = `/v1.0/groups/${id}`;
    const [self, members, owners, eligible] = await Promise.all([
      this.reader.get<{ isAssignableToRole?: boolean | null }>(
        this.graph,
        `${group}?$select=id,isAssignableToRole`,
        `who may change the group ${name}`,
      ),
      this.reader.list<Named>(this.graph, `${group}/members?$top=999`, `who is in the group ${name}`),
      this.reader.list<Named>(this.graph, `${group}/owners`, `who owns the group ${name}`),
      this.reader.licensed<{ principalId: string }>(
        this.graph,
        `/v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances?$filter=${equal("groupId", id)}`,
        `who is eligible for the group ${name}`,
      ),
    ]);
    for (const member of [...(members ?? []), ...(owners ?? [])]) this.#meet(member);
    this.#groups[id] = {
      name,
      members:
        members &&
        [...members.map(({ id: one }) => one), ...eligible.map(({ principalId }) => principalId)].map((one) =>
          one.toLowerCase(),
        ),
      owners: (owners ?? []).map((one) => one.id.toLowerCase()),
      privileged: self?.isAssignableToRole === true,
    };
    // People were named along with the group; of the others it matters who may become them.
    const others = [...(members ?? []), ...(owners ?? [])].filter((one) => !this.#isPerson(one));
    await this.#all([...others.map((one) => one.id), ...eligible.map(({ principalId }) => principalId)]);
  }

  #isPerson(one: Named): boolean {
    return one["@odata.type"] === "#microsoft.graph.user";
  }

  /** Keeps a person who was named in a list. */
  #meet(one: Named): void {
    if (!this.#isPerson(one)) return;
    const id = one.id.toLowerCase();
    this.#people[id] = one.userPrincipalName ?? one.displayName ?? id;
    this.#seen.add(id);
  }

  async #principal(id: string): Promise<void> {
    const what = `who may become the service principal ${id}`;
    const found = await this.reader.get<Principal>(this.graph, `/v1.0/servicePrincipals/${id}`, what);
    if (found === undefined) return;
    const { displayName, appId, servicePrincipalType, appOwnerOrganizationId, alternativeNames = [] } = found;
    const common = {
      name: displayName ?? appId,
      clientId: appId,
      tenant: appOwnerOrganizationId ?? this.tenant,
    };
    if (servicePrincipalType === "ManagedIdentity") {
      const resource = alternativeNames.find((name) => name.startsWith("/subscriptions/"));
      this.#principals[id] = {
        ...{ ...common, kind: "managedIdentity", tenant: this.tenant, resource },
        ...{ secrets: [], trusts: [], owners: [] },
      };
      return;
    }
    if (microsoftTenants.includes(common.tenant)) {
      this.#principals[id] = { ...common, kind: "application", secrets: [], trusts: [], owners: [] };
      return;
    }
    const own = common.tenant.toLowerCase() === this.tenant.toLowerCase();
    const [owners = [], application] = await Promise.all([
      this.reader.list<Named>(this.graph, `/v1.0/servicePrincipals/${id}/owners`, what),
      own ? this.#application(appId, what) : undefined,
    ]);
    for (const owner of owners) this.#meet(owner);
    this.#principals[id] = {
      ...{ ...common, kind: "application", application: application?.id },
      secrets: [...secretsOf(found, "principal"), ...(application?.secrets ?? [])],
      trusts: application?.trusts ?? [],
      owners: [
        ...owners.map((owner): Owner => ({ id: owner.id.toLowerCase(), of: "principal" })),
        ...(application?.owners ?? []),
      ],
    };
    await this.#all(this.#principals[id].owners.map((owner) => owner.id));
  }

  async #application(clientId: string, what: string) {
    interface Application extends Named, Credentials {}
    interface Federated {
      readonly id: string;
      readonly name: string;
      readonly issuer: string;
      readonly subject?: string | null;
      readonly claimsMatchingExpression?: { readonly value?: string } | null;
    }
    const path = `/v1.0/applications?$filter=${equal("appId", clientId)}`;
    const [found] = (await this.reader.list<Application>(this.graph, path, what)) ?? [];
    if (found === undefined) {
      this.reader.note(what, `the application ${clientId} is not shown`);
      return undefined;
    }
    const [owners = [], federated = []] = await Promise.all([
      this.reader.list<Named>(this.graph, `/v1.0/applications/${found.id}/owners`, what),
      this.reader.list<Federated>(this.graph, `/v1.0/applications/${found.id}/federatedIdentityCredentials`, what),
    ]);
    for (const owner of owners) this.#meet(owner);
    return {
      id: found.id.toLowerCase(),
      secrets: secretsOf(found, "application"),
      trusts: federated.map(({ id, name, issuer, subject, claimsMatchingExpression }): Trust => ({
        ...{ id, name, issuer },
        subject: subject ?? claimsMatchingExpression?.value ?? "",
        expression: subject == null,
      })),
      owners: owners.map((owner): Owner => ({ id: owner.id.toLowerCase(), of: "application" })),
    };
  }

  /** Roles of the directory that let their holder become somebody. */
  async #roles(): Promise<DirectoryRole[]> {
    interface Definition {
      readonly id: string;
      readonly displayName: string;
      readonly rolePermissions: readonly { readonly allowedResourceActions: readonly string[] }[];
    }
    interface Held {
      readonly id: string;
      readonly principalId: string;
      readonly roleDefinitionId: string;
      readonly directoryScopeId?: string | null;
    }
    const place = "/v1.0/roleManagement/directory";
    const [definitions = [], active = [], eligible] = await Promise.all([
      this.reader.list<Definition>(this.graph, `${place}/roleDefinitions`, "what roles of the directory allow"),
      this.reader.list<Held>(this.graph, `${place}/roleAssignments`, "who holds roles of the directory"),
      this.reader.licensed<Held>(
        this.graph,
        `${place}/roleEligibilityScheduleInstances`,
        "who is eligible for roles of the directory",
      ),
    ]);
    const known = new Map(definitions.map((definition) => [definition.id.toLowerCase(), definition]));
    const role = (held: Held, isEligible: boolean): DirectoryRole[] => {
      const definition = known.get(held.roleDefinitionId.toLowerCase());
      if (definition === undefined) {
        this.reader.note(`what the directory's role ${held.roleDefinitionId} allows`, "its definition is not shown");
        return [];
      }
      const actions = definition.rolePermissions.flatMap(({ allowedResourceActions }) => allowedResourceActions);
      if (directoryPowers(actions).length === 0) return [];
      return [
        {
          id: held.id,
          principal: held.principalId.toLowerCase(),
          role: definition.displayName,
          actions,
          scope: held.directoryScopeId ?? "/",
          eligible: isEligible,
        },
      ];
    };
    return [...active.flatMap((held) => role(held, false)), ...eligible.flatMap((held) => role(held, true))];
  }

  /** Permissions in Graph that let an application become somebody. */
  async #permissions(): Promise<GraphPermission[]> {
    const what = "who holds permissions in Microsoft Graph";
    const path = `/v1.0/servicePrincipals?$filter=${equal("appId", graphClientId)}`;
    interface Graph {
      readonly id: string;
      readonly appRoles: readonly { readonly id: string; readonly value?: string | null }[];
    }
    const [graph] = (await this.reader.list<Graph>(this.graph, path, what)) ?? [];
    if (graph === undefined) {
      this.reader.note(what, "the service principal of Microsoft Graph is not shown");
      return [];
    }
    const names = new Map(graph.appRoles.map(({ id, value }) => [id, value ?? ""]));
    const held = await this.reader.list<{ id: string; principalId: string; appRoleId: string }>(
      this.graph,
      `/v1.0/servicePrincipals/${graph.id}/appRoleAssignedTo?$top=999`,
      what,
    );
    return (held ?? []).flatMap(({ id, principalId, appRoleId }) => {
      const permission = names.get(appRoleId) ?? "";
      return permission in graphPowers ? [{ id, principal: principalId.toLowerCase(), permission }] : [];
    });
  }
}

const equal = (property: string, value: string) => encodeURIComponent(`${property} eq '${value}'`);

function secretsOf({ passwordCredentials = [], keyCredentials = [] }: Credentials, on: Secret["on"]): Secret[] {
  const secret = ({ keyId, displayName, endDateTime }: Credential, kind: Secret["kind"]): Secret => ({
    ...{ id: keyId, kind, on },
    name: displayName ?? keyId,
    // Without an end it never ends.
    ends: endDateTime ?? "9999-12-31T00:00:00Z",
  });
  return [
    ...passwordCredentials.map((one) => secret(one, "secret")),
    // What signs tokens for others lets nobody sign in.
    ...keyCredentials.filter(({ usage }) => usage !== "Sign").map((one) => secret(one, "certificate")),
  ];
}
