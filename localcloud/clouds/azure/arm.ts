/** What holds for everything in Azure Resource Manager: types, ids, names and parents. */
import type { Bag, Cloud, Refusal } from "../behaviour";

export type Placed = { resourceGroupName: string; location?: string };
export type Child<Name extends string> = Placed & Record<Name, string>;

/** Pulumi's token of `module:Resource`. */
export const type = (name: string) => `azure-native:${name}`;
export const storageAccount = type("storage:StorageAccount");
export const vault = type("keyvault:Vault");
export const registry = type("containerregistry:Registry");
export const identity = type("managedidentity:UserAssignedIdentity");
export const assignment = type("authorization:RoleAssignment");
export const compute = type("machinelearningservices:Compute");
export const job = type("machinelearningservices:Job");
export const schedule = type("machinelearningservices:Schedule");

/** An error as the provider prints ARM's. */
export const error = (code: string, message: string) => `Code="${code}" Message="${message}"`;

export const groupId = ({ resourceGroupName }: Placed, { config }: Cloud) =>
  `/subscriptions/${config["subscriptionId"]}/resourceGroups/${resourceGroupName}`;
export const inGroup = (provider: string, name: string) => (inputs: Placed, cloud: Cloud) =>
  `${groupId(inputs, cloud)}/providers/${provider}/${(inputs as Bag)[name] as string}`;

export const accountId = (inputs: Child<"accountName">, cloud: Cloud) =>
  inGroup("Microsoft.Storage/storageAccounts", "accountName")(inputs, cloud);
export const workspaceId = (inputs: Child<"workspaceName">, cloud: Cloud) =>
  inGroup("Microsoft.MachineLearningServices/workspaces", "workspaceName")(inputs, cloud);

/** ARM compares without regard to case. */
export const same = (left: unknown, right: unknown) => String(left).toLowerCase() === String(right).toLowerCase();

export const last = (id: string) => id.split("/").at(-1) ?? id;

/** Whether what holds on `scope` holds on `id`: for itself and everything below. */
export const covers = (scope: unknown, id: string) =>
  same(scope, id) || id.toLowerCase().startsWith(`${String(scope).toLowerCase()}/`);

/** The provider asks ARM first, and never takes over what it did not make. */
export const standsAlready: Refusal = ({ operation, now, id }) =>
  operation === "create" && now !== undefined ? `cannot create already existing resource '${id}'` : undefined;

export const misnamed =
  (key: string, pattern: RegExp): Refusal =>
  ({ operation, next, type }) => {
    const name = next[key];
    if (operation !== "create" || (typeof name === "string" && pattern.test(name))) return undefined;
    const code =
      type === storageAccount ? "AccountNameInvalid" : type === vault ? "VaultNameNotValid" : "InvalidResourceName";
    return error(code, `${String(name)} is not a valid name: it must match ${pattern.source}`);
  };

export const groupMissing: Refusal<Placed> = ({ operation, next, cloud }) =>
  operation === "create" && cloud.find(groupId(next, cloud)) === undefined
    ? error("ResourceGroupNotFound", `Resource group '${next.resourceGroupName}' could not be found.`)
    : undefined;

export const parentMissing =
  <I extends Bag>(parent: (inputs: I, cloud: Cloud) => string): Refusal<I> =>
  ({ operation, next, cloud, id }) => {
    if (operation !== "create" || cloud.find(parent(next, cloud)) !== undefined) return undefined;
    const path = parent(next, cloud).split("/providers/")[1];
    return error(
      "ParentResourceNotFound",
      `Failed to perform 'write' on resource(s) of type '${path?.split("/").slice(0, -1).join("/")}', because the parent resource '${path}' could not be found: ${id}`,
    );
  };

/** Names that are one in all of Azure. */
export const taken =
  (key: string, text: (name: string) => string): Refusal =>
  ({ operation, next, type, id, cloud }) => {
    if (operation !== "create") return undefined;
    const name = String(next[key]).toLowerCase();
    const elsewhere = cloud
      .all(type)
      .some((row) => String(row.inputs[key]).toLowerCase() === name && row.id.toLowerCase() !== id.toLowerCase());
    return elsewhere || cloud.organisation.takenNames.includes(name) ? text(name) : undefined;
  };

/** The provider's own region, where the program names none. */
export const defaults = ({ config }: Cloud): Bag =>
  config["location"] === undefined ? {} : { location: config["location"] };

/** Name and type, which ARM repeats in every answer. */
export const described = (armType: string, key: string) => ({
  name: ({ inputs }: { inputs: Bag }) => inputs[key],
  type: () => armType,
});

/** What cannot change where a resource lies in a group: the group, and the input that names it there. */
export const arm = (inputs: string) => ["resourceGroupName", inputs];
