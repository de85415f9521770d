/** Azure Resource Manager's reads of what its provider made. https://learn.microsoft.com/rest/api/azure */
import { behaviourOf } from "../../localCloud";
import type { Row, Store } from "../../store";
import type { Answer, Bag, Route } from "../behaviour";

export const armRoutes: readonly Route[] = [
  {
    // https://learn.microsoft.com/rest/api/resources/resource-groups/get
    path: "/subscriptions/{subscription}/resourceGroups/{name}",
    answer: ({ subscription = "", name = "" }, store) => {
      const id = `/subscriptions/${subscription}/resourceGroups/${name}`;
      const group = store.row(id, "azure-native:resources:ResourceGroup");
      return group === undefined
        ? armError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`)
        : {
            status: 200,
            body: { id: group.id, name, location: group.inputs["location"], tags: group.inputs["tags"] ?? {} },
          };
    },
  },
  {
    // Whatever stands under its id, and what stands below it.
    path: "/subscriptions/{subscription}/resourceGroups/{group}/providers/{provider}/{kind}/{name}{below}",
    answer: ({ subscription = "", group = "", provider = "", kind = "", name = "", below = "" }, store) => {
      const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${provider}/${kind}/${name}${below}`;
      // Below a resource names of kinds and of things take turns: where a kind comes last, all of it is asked for.
      if (below.split("/").length % 2 === 0) {
        const all = store.rows().filter((one) => one.state === "live" && isIn(one.id, id));
        return { status: 200, body: { value: all.map(armBody) } };
      }
      const row = store.row(id);
      const foreign = foreignNetwork(id, store);
      if (foreign !== undefined) return { status: 200, body: foreign };
      return row?.state === "live"
        ? { status: 200, body: armBody(row) }
        : armError(404, "ResourceNotFound", `The Resource '${provider}/${kind}/${name}${below}' was not found.`);
    },
  },
  {
    // https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/get-deleted
    path: "/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{name}",
    answer: ({ subscription = "", location = "", name = "" }, store) => {
      const vault = store
        .rows("azure-native:keyvault:Vault")
        .find(
          ({ state, id, inputs }) =>
            state === "soft" &&
            id.toLowerCase().startsWith(`/subscriptions/${subscription}/`.toLowerCase()) &&
            same(inputs["vaultName"], name) &&
            same(inputs["location"], location),
        );
      return vault === undefined
        ? armError(404, "DeletedVaultNotFound", `The specified deleted vault '${name}' does not exist.`)
        : { status: 200, body: deletedVault(vault, store) };
    },
  },
];

/** A network that somebody else looks after, or a subnet of it. */
function foreignNetwork(id: string, { organisation }: Store): unknown {
  const [networkId = "", name] = id.split(/\/subnets\//i);
  const network = organisation.networks.find((one) => same(one.id, networkId));
  if (network === undefined) return undefined;
  if (name === undefined) {
    const properties = { addressSpace: { addressPrefixes: network.prefixes } };
    return { id, name: networkId.split("/").at(-1), location: network.location, properties };
  }
  const subnet = network.subnets?.find((one) => same(one.name, name));
  if (subnet === undefined) return undefined;
  const delegations = [{ name: "0", properties: { serviceName: subnet.delegatedTo } }];
  return { id, name, properties: { addressPrefix: subnet.prefix, delegations } };
}

/** Beside these, ARM keeps what a resource says in `properties`. */
const besides = ["location", "tags", "sku", "kind", "extendedLocation", "zones", "systemData"];

/** Lists whose items are resources of their own to ARM. */
const parts = ["securityRules", "routes"];

/** Whether `id` is one thing of the collection `of`. */
function isIn(id: string, of: string): boolean {
  const [whole, start] = [id.toLowerCase(), `${of.toLowerCase()}/`];
  return whole.startsWith(start) && !whole.slice(start.length).includes("/");
}

/** ARM's words for what Pulumi calls otherwise. */
const renamed: Readonly<Record<string, string>> = {
  networkRuleSet: "networkAcls",
  enableHttpsTrafficOnly: "supportsHttpsTrafficOnly",
};

/** A resource as ARM answers it: what the request said and what Azure took for granted. */
export function armBody({ id, type, inputs, outputs }: Row): Bag {
  const all: Bag = { ...behaviourOf(type).fills, ...inputs };
  const names = Object.entries(all).filter(
    ([key]) => key !== "properties" && key !== "identity" && !/^resourceGroupName$|Name$/.test(key),
  );
  const nested = (value: unknown) =>
    (value as Bag[]).map(({ name, id, ...inner }) => ({ name, id, properties: inner }));
  const own = names.filter(([key]) => besides.includes(key));
  const rest = names.filter(([key]) => !besides.includes(key)).map(([key, value]) => [renamed[key] ?? key, value]);
  return {
    id,
    name: id.split("/").at(-1),
    type: outputs["type"],
    ...Object.fromEntries(own),
    ...(all["identity"] === undefined ? {} : { identity: identityBody(all["identity"] as Identity) }),
    properties: {
      ...(Object.fromEntries(rest) as Bag),
      ...Object.fromEntries(parts.filter((key) => key in all).map((key) => [key, nested(all[key])])),
      ...(all["properties"] as Bag | undefined),
    },
  };
}

type Identity = Bag & { userAssignedIdentities?: string[] };

/** ARM has identities as the keys of an object. */
function identityBody({ userAssignedIdentities, ...identity }: Identity): Bag {
  if (userAssignedIdentities === undefined) return identity;
  return { ...identity, userAssignedIdentities: Object.fromEntries(userAssignedIdentities.map((id) => [id, {}])) };
}

function deletedVault({ id, inputs }: Row, store: Store): unknown {
  const { enablePurgeProtection, softDeleteRetentionInDays = 90 } = inputs["properties"] as {
    enablePurgeProtection?: boolean;
    softDeleteRetentionInDays?: number;
  };
  const deleted = new Date(store.events().findLast((event) => event.id === id)?.at ?? 0);
  const purged = new Date(deleted.getTime() + softDeleteRetentionInDays * 24 * 60 * 60 * 1000);
  const [, , subscription = ""] = id.split("/");
  const [location, name] = [String(inputs["location"]), String(inputs["vaultName"])];
  return {
    id: `/subscriptions/${subscription}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
    type: "Microsoft.KeyVault/deletedVaults",
    name,
    properties: {
      vaultId: id,
      location,
      deletionDate: deleted.toISOString(),
      scheduledPurgeDate: purged.toISOString(),
      ...(enablePurgeProtection === true ? { purgeProtectionEnabled: true } : {}),
    },
  };
}

/** An error in the form that ARM gives it. */
export function armError(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

function same(left: unknown, right: string): boolean {
  return String(left).toLowerCase() === right.toLowerCase();
}
