/**
 * What Azure Resource Manager tells: the workspace with what it leans on, and who has which right. It takes the role Reader
 * on each subscription that is looked at.
 */
import type { Client } from "../../clients/client";
import type { Permission } from "../../facts/actions";
import type { Assignment, Azure, Compute, ManagedIdentity, Production, RoleDefinition, Trust } from "../model";
import { forEach, type Reader } from "./reader";

/** What every resource looks like. */
interface Resource<P> {
  readonly id: string;
  readonly identity?: { readonly userAssignedIdentities?: Readonly<Record<string, unknown>> | null } | null;
  readonly properties: P;
  readonly systemData?: { readonly createdBy?: string; readonly createdByType?: string };
}

const versions = {
  authorization: "2022-04-01",
  classic: "2015-06-01",
  eligible: "2020-10-01",
  identities: "2023-01-31",
  ml: "2024-10-01",
  registries: "2023-07-01",
  resources: "2021-04-01",
  storage: "2023-05-01",
  subscriptions: "2022-12-01",
} as const;

const at = (id: string, version: keyof typeof versions, filter = "") =>
  `${id}?api-version=${versions[version]}${filter}`;

/** `/subscriptions/<id>` of whatever lies in it. */
export const subscriptionOf = (id: string) => id.split("/").slice(0, 3).join("/");

/** A job or schedule, and who made it in Azure's words. */
export interface Making {
  readonly id: string;
  readonly by: string | undefined;
  readonly commit: string | undefined;
}

export interface Estate {
  readonly production: Omit<Production, "pipeline" | "jobs" | "schedules" | "state">;
  readonly jobs: readonly Making[];
  readonly schedules: readonly Making[];
  /** Ids of the identities of the workspace and of its computes, and on which of them each is. */
  readonly identities: ReadonlyMap<string, readonly string[]>;
}

/** The workspace and what it leans on. */
export async function readEstate(reader: Reader, azure: Client, workspace: string): Promise<Estate> {
  interface Workspace {
    readonly storageAccount?: string;
    readonly containerRegistry?: string | null;
  }
  interface Datastore {
    readonly accountName?: string;
    readonly credentials?: { readonly credentialsType?: string };
  }
  interface Machine {
    readonly computeType?: string;
    readonly disableLocalAuth?: boolean;
    readonly properties?: {
      readonly personalComputeInstanceSettings?: { readonly assignedUser?: { readonly objectId?: string } } | null;
    } | null;
  }
  interface Task {
    readonly tags?: Readonly<Record<string, string>> | null;
  }
  const below = <P>(kind: string, what: string) =>
    reader.list<Resource<P>>(azure, at(`${workspace}/${kind}`, "ml"), `${what} of the workspace`);
  const [found, datastores = [], machines = [], jobs = [], schedules = []] = await Promise.all([
    reader.get<Resource<Workspace>>(azure, at(workspace, "ml"), "the workspace"),
    below<Datastore>("datastores", "datastores"),
    below<Machine>("computes", "computes"),
    below<Task>("jobs", "jobs"),
    below<Task>("schedules", "schedules"),
  ]);
  const { storageAccount, containerRegistry } = found?.properties ?? {};
  const [store, registry] = await Promise.all([
    storageAccount === undefined
      ? undefined
      : reader.get<Resource<{ allowSharedKeyAccess?: boolean | null }>>(
          azure,
          at(storageAccount, "storage"),
          "the store of the workspace's code",
        ),
    containerRegistry == null
      ? undefined
      : reader.get<Resource<{ adminUserEnabled?: boolean }>>(
          azure,
          at(containerRegistry, "registries"),
          "the registry of the workspace",
        ),
  ]);

  const identities = new Map<string, string[]>();
  for (const { id, identity } of [...(found === undefined ? [] : [found]), ...machines]) {
    for (const own of Object.keys(identity?.userAssignedIdentities ?? {})) {
      identities.set(own.toLowerCase(), [...(identities.get(own.toLowerCase()) ?? []), id]);
    }
  }
  const nameOf = (id: string) => id.split("/").at(-1)?.toLowerCase();
  const making = ({ id, systemData, properties }: Resource<Task>): Making => ({
    id,
    by: systemData?.createdBy,
    commit: properties.tags?.["commit"],
  });
  return {
    production: {
      workspace: { id: workspace },
      stores: (store === undefined ? [] : [store]).map(({ id, properties }) => ({
        id,
        // Azure takes keys unless it was told not to.
        sharedKey: properties.allowSharedKeyAccess !== false,
        credentials: datastores
          .filter((one) => one.properties.accountName?.toLowerCase() === nameOf(id))
          .filter((one) => (one.properties.credentials?.credentialsType ?? "None") !== "None")
          .map((one) => one.id.split("/").at(-1) ?? one.id),
      })),
      registry: registry && { id: registry.id, adminUser: registry.properties.adminUserEnabled === true },
      computes: machines.map(({ id, properties }): Compute => {
        const { computeType = "", disableLocalAuth, properties: own } = properties;
        return {
          id,
          kind: computeType,
          localAuth: computeType === "AmlCompute" && disableLocalAuth !== true,
          user: own?.personalComputeInstanceSettings?.assignedUser?.objectId,
        };
      }),
    },
    jobs: jobs.map(making),
    schedules: schedules.map(making),
    identities,
  };
}

/** Every right that reaches one of the subscriptions, from above, at it and below it. */
export async function readRights(
  reader: Reader,
  azure: Client,
  subscriptions: readonly string[],
): Promise<Omit<Azure, "identities">> {
  const each = await Promise.all(subscriptions.map((subscription) => rightsIn(reader, azure, subscription)));
  const assignments = new Map(each.flatMap((one) => one.assignments).map((one) => [one.id.toLowerCase(), one]));
  return {
    assignments: [...assignments.values()],
    roles: Object.assign({}, ...each.map(({ roles }) => roles)) as Azure["roles"],
    above: Object.fromEntries(each.map(({ subscription, above }) => [subscription.split("/")[2] ?? "", above])),
  };
}

/** What roles allow that can be given in a subscription (`/subscriptions/<id>`), by GUID. */
export async function readRoles(reader: Reader, azure: Client, subscription: string): Promise<Azure["roles"]> {
  interface Definition {
    readonly name: string;
    readonly properties: {
      readonly roleName: string;
      readonly type: string;
      readonly assignableScopes: readonly string[];
      readonly permissions: readonly (Permission & { readonly condition?: string | null })[];
    };
  }
  const path = at(`${subscription}/providers/Microsoft.Authorization/roleDefinitions`, "authorization");
  const definitions = (await reader.list<Definition>(azure, path, `role definitions on ${subscription}`)) ?? [];
  const roles = definitions.map(({ name, properties }): [string, RoleDefinition] => [
    name.toLowerCase(),
    {
      name: properties.roleName,
      custom: properties.type === "CustomRole",
      assignableScopes: properties.assignableScopes,
      permissions: properties.permissions.map(({ condition, ...permission }) => ({
        ...permission,
        ...(condition ? { condition } : {}),
      })),
    },
  ]);
  return Object.fromEntries(roles);
}

async function rightsIn(reader: Reader, azure: Client, subscription: string) {
  interface Right {
    readonly id: string;
    readonly properties: {
      readonly scope: string;
      readonly roleDefinitionId: string;
      readonly principalId: string;
      readonly condition?: string | null;
    };
  }
  interface Classic {
    readonly id: string;
    readonly properties: { readonly emailAddress: string; readonly role: string };
  }
  const provider = `${subscription}/providers/Microsoft.Authorization`;
  const where = `on ${subscription}`;
  const [rights = [], eligible, roles, classic] = await Promise.all([
    reader.list<Right>(azure, at(`${provider}/roleAssignments`, "authorization"), `role assignments ${where}`),
    reader.licensed<Right>(
      azure,
      at(`${provider}/roleEligibilityScheduleInstances`, "eligible"),
      `eligible role assignments ${where}`,
    ),
    readRoles(reader, azure, subscription),
    // Retired in 2024: where the question itself is gone, nobody is one.
    // https://learn.microsoft.com/azure/role-based-access-control/classic-administrators
    reader.find<{ value: Classic[] }>(
      azure,
      at(`${provider}/classicAdministrators`, "classic"),
      `classic administrators ${where}`,
    ),
  ]);
  const right =
    (held: Assignment["held"]) =>
    (one: Right): Assignment => ({
      id: one.id,
      principal: one.properties.principalId.toLowerCase(),
      role: one.properties.roleDefinitionId.split("/").at(-1)?.toLowerCase() ?? "",
      scope: one.properties.scope,
      ...(one.properties.condition ? { condition: one.properties.condition } : {}),
      held,
    });
  const owner = Object.keys(roles).find((id) => roles[id]?.name === "Owner") ?? "owner";
  const assignments: Assignment[] = [
    ...rights.map(right("always")),
    ...eligible.map(right("eligible")),
    // What they may do is what an Owner may; the service administrator is one of them.
    ...(classic === undefined || classic === "missing" ? [] : classic.value).map(({ id, properties }): Assignment => ({
      ...{ id, principal: properties.emailAddress.toLowerCase(), role: owner, scope: subscription, held: "classic" },
    })),
  ];
  // Whatever from above is shown in a subscription holds there.
  const above = [...new Set(assignments.map(({ scope }) => scope).filter((scope) => /^\/providers\//i.test(scope)))];
  return { subscription, assignments, roles, above };
}

/** Subscriptions that whoever asks may see, and the tenant that they are in. */
export async function readSubscriptions(reader: Reader, azure: Client) {
  const found = await reader.list<{ id: string; tenantId: string }>(
    azure,
    at("/subscriptions", "subscriptions"),
    "the subscriptions",
  );
  return found ?? [];
}

/** User-assigned identities by their ids, with whom they trust and where they are attached. */
export async function readIdentities(
  reader: Reader,
  azure: Client,
  ids: readonly string[],
  attachments: ReadonlyMap<string, readonly string[]>,
): Promise<ManagedIdentity[]> {
  interface Credential {
    readonly id: string;
    readonly name: string;
    readonly properties: {
      readonly issuer: string;
      readonly subject?: string;
      readonly claimsMatchingExpression?: { readonly value?: string };
    };
  }
  const all = await forEach(ids, async (id) => {
    const [identity, credentials = []] = await Promise.all([
      reader.get<Resource<{ principalId: string }>>(azure, at(id, "identities"), `the identity ${id}`),
      reader.list<Credential>(
        azure,
        at(`${id}/federatedIdentityCredentials`, "identities"),
        `whom the identity ${id} trusts`,
      ),
    ]);
    if (identity === undefined) return [];
    const trusts = credentials.map(({ id: credential, name, properties }): Trust => {
      const { issuer, subject, claimsMatchingExpression: expression } = properties;
      return {
        id: credential,
        name,
        issuer,
        subject: subject ?? expression?.value ?? "",
        expression: subject === undefined,
      };
    });
    const { principalId } = identity.properties;
    return [
      {
        id: identity.id,
        principal: principalId.toLowerCase(),
        trusts,
        attached: attachments.get(id.toLowerCase()) ?? [],
      },
    ];
  });
  return all.flat();
}

/** Which resources of the subscriptions have which user-assigned identities, by the identity's id in small letters. */
export async function readAttachments(
  reader: Reader,
  azure: Client,
  subscriptions: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const keep = (resources: readonly Resource<unknown>[]) => {
    for (const { id, identity } of resources) {
      for (const own of Object.keys(identity?.userAssignedIdentities ?? {})) {
        const key = own.toLowerCase();
        found.set(key, [...(found.get(key) ?? []), id]);
      }
    }
  };
  await Promise.all(
    subscriptions.map(async (subscription) => {
      const [resources = [], workspaces = []] = await Promise.all([
        reader.list<Resource<unknown>>(
          azure,
          at(`${subscription}/resources`, "resources"),
          `resources in ${subscription}`,
        ),
        reader.list<Resource<unknown>>(
          azure,
          at(`${subscription}/providers/Microsoft.MachineLearningServices/workspaces`, "ml"),
          `workspaces in ${subscription}`,
        ),
      ]);
      keep(resources);
      // The list of resources has no computes.
      const computes = await forEach(workspaces, ({ id }) =>
        reader.list<Resource<unknown>>(azure, at(`${id}/computes`, "ml"), `computes of ${id}`),
      );
      keep(computes.flatMap((one) => one ?? []));
    }),
  );
  return found;
}

/** The id of a blob container, by the name of its store. */
export async function containerIn(
  reader: Reader,
  azure: Client,
  subscriptions: readonly string[],
  store: string,
  container: string,
): Promise<string | undefined> {
  const lists = await Promise.all(
    subscriptions.map((subscription) =>
      reader.list<Resource<unknown>>(
        azure,
        at(`${subscription}/providers/Microsoft.Storage/storageAccounts`, "storage"),
        `stores in ${subscription}`,
      ),
    ),
  );
  const found = lists
    .flatMap((list) => list ?? [])
    .find(({ id }) => id.toLowerCase().endsWith(`/${store.toLowerCase()}`));
  if (found === undefined) reader.note("who may write the stack's state", `the store ${store} is not shown`);
  return found && `${found.id}/blobServices/default/containers/${container}`;
}
