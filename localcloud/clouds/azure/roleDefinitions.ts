/** What Azure's built-in roles allow. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
import type { Permission } from "../../../facts/actions";
import type { Store } from "../../store";
import type { Bag } from "../behaviour";
import { builtInRoles } from "../roles";
import { roleDefinition, type RoleInputs } from "./access";
import { builtInPermissions } from "./permissions";

const ml = "Microsoft.MachineLearningServices/workspaces";
const storage = "Microsoft.Storage/storageAccounts";
const blobs = `${storage}/blobServices/containers`;
const files = `${storage}/fileServices`;
const vaults = "Microsoft.KeyVault/vaults";
const images = "Microsoft.ContainerRegistry/registries";
const scientist = {
  actions: ["read", "action", "delete", "write"].map((verb) => `${ml}/*/${verb}`),
  notActions: [
    ...[`${ml}/delete`, `${ml}/write`, `${ml}/listKeys/action`],
    ...["hubs", "featurestores"].flatMap((kind) => [`${ml}/${kind}/write`, `${ml}/${kind}/delete`]),
  ],
};

/** Rights to read metadata are left out where the role is about something else. */
const others: Readonly<Record<string, Permission>> = {
  "AzureML Data Scientist": {
    actions: scientist.actions,
    notActions: [
      ...scientist.notActions,
      ...[`${ml}/computes/*/write`, `${ml}/computes/*/delete`, `${ml}/computes/listKeys/action`],
    ],
  },
  "AzureML Compute Operator": { actions: [`${ml}/computes/*`, `${ml}/notebooks/vm/*`] },
  "AzureML Metrics Writer": { actions: [`${ml}/metrics/*/write`] },
  "AzureML Registry User": {
    actions: ["read", "assets/*"].map((what) => `Microsoft.MachineLearningServices/registries/${what}`),
  },
  "Azure AI Administrator": {
    actions: [`${images}/*`, "Microsoft.KeyVault/*", `${ml}/*`, `${storage}/*`, "Microsoft.Resources/deployments/*"],
  },
  "Azure AI Developer": scientist,
  AcrPull: { actions: [`${images}/pull/read`] },
  AcrPush: { actions: [`${images}/pull/read`, `${images}/push/write`] },
  "Storage Blob Data Contributor": {
    actions: ["delete", "read", "write"].map((verb) => `${blobs}/${verb}`),
    dataActions: ["delete", "read", "write", "move/action", "add/action"].map((verb) => `${blobs}/blobs/${verb}`),
  },
  "Storage Blob Data Reader": { actions: [`${blobs}/read`], dataActions: [`${blobs}/blobs/read`] },
  "Storage Blob Data Owner": { actions: [`${blobs}/*`], dataActions: [`${blobs}/blobs/*`] },
  "Storage File Data Privileged Contributor": {
    dataActions: [
      ...["read", "write", "delete", "modifypermissions/action"].map((verb) => `${files}/fileshares/files/${verb}`),
      ...["readFileBackupSemantics/action", "writeFileBackupSemantics/action"].map((verb) => `${files}/${verb}`),
    ],
  },
  "Storage File Data Privileged Reader": {
    dataActions: [`${files}/fileshares/files/read`, `${files}/readFileBackupSemantics/action`],
  },
  "Storage Queue Data Contributor": { dataActions: [`${storage}/queueServices/queues/messages/*`] },
  "Storage Table Data Contributor": { dataActions: [`${storage}/tableServices/tables/entities/*`] },
  "Storage Account Contributor": { actions: [`${storage}/*`, "Microsoft.Resources/deployments/*"] },
  "Reader and Data Access": {
    actions: ["listKeys/action", "ListAccountSas/action", "read"].map((verb) => `${storage}/${verb}`),
  },
  "Storage Account Key Operator Service Role": {
    actions: ["listkeys/action", "regeneratekey/action"].map((verb) => `${storage}/${verb}`),
  },
  "Key Vault Administrator": { actions: [`${vaults}/*/read`], dataActions: [`${vaults}/*`] },
  "Key Vault Secrets User": {
    dataActions: ["getSecret", "readMetadata"].map((verb) => `${vaults}/secrets/${verb}/action`),
  },
  "Key Vault Secrets Officer": { actions: [`${vaults}/*/read`], dataActions: [`${vaults}/secrets/*`] },
  "Key Vault Reader": { actions: [`${vaults}/*/read`], dataActions: [`${vaults}/*/read`] },
  "Key Vault Crypto User": {
    dataActions: [
      `${vaults}/keys/read`,
      ...["update", "backup", "encrypt", "decrypt", "wrap", "unwrap", "sign", "verify"].map(
        (verb) => `${vaults}/keys/${verb}/action`,
      ),
    ],
  },
  "Key Vault Crypto Officer": { actions: [`${vaults}/*/read`], dataActions: [`${vaults}/keys/*`] },
  "Key Vault Crypto Service Encryption User": {
    dataActions: ["read", "wrap/action", "unwrap/action"].map((verb) => `${vaults}/keys/${verb}`),
  },
  "Managed Identity Operator": {
    actions: ["read", "assign/action"].map((verb) => `Microsoft.ManagedIdentity/userAssignedIdentities/*/${verb}`),
  },
  // Azure lets it read the keys of stores, to attach them.
  "Log Analytics Contributor": {
    actions: [...(builtInPermissions["Log Analytics Contributor"]?.actions ?? []), `${storage}/listKeys/action`],
  },
  "Log Analytics Reader": { actions: ["*/read"] },
  "Monitoring Metrics Publisher": {
    dataActions: ["Metrics", "Telemetry"].map((what) => `Microsoft.Insights/${what}/Write`),
  },
};

/** Every role by its name: those that a deployer has, and the others. */
export const definitions: Readonly<Record<string, Permission>> = { ...builtInPermissions, ...others };

/** Every definition of a role that can be assigned in a subscription, built in and the organisation's own. */
export function definitionBodies(subscription: string, store: Store): Bag[] {
  const body = (
    name: string,
    guid: string,
    type: string,
    scopes: readonly string[],
    permissions: readonly unknown[],
  ) => ({
    id: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
    type: "Microsoft.Authorization/roleDefinitions",
    name: guid,
    properties: { roleName: name, type, description: "", assignableScopes: scopes, permissions },
  });
  const complete = ({ actions = [], notActions = [], dataActions = [], notDataActions = [] }: Permission) => ({
    ...{ actions, notActions, dataActions, notDataActions },
  });
  const own = store.rows(roleDefinition).filter(({ state }) => state === "live");
  return [
    ...Object.entries(builtInRoles).map(([name, guid]) => {
      const permission = definitions[name];
      if (permission === undefined) {
        throw new Error(
          `The local cloud does not know what ${name} allows: add a row in clouds/azure/roleDefinitions.ts.`,
        );
      }
      return body(name, guid, "BuiltInRole", ["/"], [complete(permission)]);
    }),
    ...own.map(({ inputs }) => {
      const {
        roleDefinitionId,
        roleName,
        assignableScopes,
        scope,
        permissions = [],
      } = inputs as RoleInputs & {
        permissions?: Permission[];
      };
      return body(
        roleName ?? roleDefinitionId,
        roleDefinitionId,
        "CustomRole",
        assignableScopes ?? [scope],
        permissions.map(complete),
      );
    }),
  ];
}
