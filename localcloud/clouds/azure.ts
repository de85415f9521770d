/**
 * Azure Resource Manager. Codes and texts are ARM's where a source stands beside them, else as close as they are known;
 * patterns of names are the API's own (Azure/bicep-types-az) and
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
import {
  assignedAlready,
  assignmentChanged,
  type AssignmentInputs,
  assignmentMisnamed,
  notAssignableThere,
  outsideAssignableScopes,
  principalMissing,
  roleDefinition,
  type RoleInputs,
  roleMisnamed,
  roleMissing,
  roleNameTaken,
  roleStillAssigned,
  scopeMissing,
} from "./azure/access";
import {
  accountId,
  arm,
  assignment,
  type Child,
  compute,
  defaults,
  described,
  error,
  groupId,
  groupMissing,
  identity,
  inGroup,
  job,
  misnamed,
  parentMissing,
  type Placed,
  registry,
  schedule,
  standsAlready,
  storageAccount,
  taken,
  type,
  vault,
  workspaceId,
} from "./azure/arm";
import { guarded } from "./azure/guardrails";
import { identityIdOf, type TrustInputs, trustTaken } from "./azure/identity";
import { guardrailTypes } from "./azure/guardrailTypes";
import { exportsNeedPrivacy, type RegistryInputs, registryNotPremium } from "./azure/network";
import { networkTypes } from "./azure/networkTypes";
import { poolTypes } from "./azure/pool";
import { nothingToRecover, purgeProtectionOff, type VaultInputs, vaultIsDeleted } from "./azure/vault";
import {
  associateMissing,
  cannotApprove,
  type ComputeInputs,
  computeSubnetMissing,
  type DatastoreInputs,
  identityLacksRoles,
  identityMissing,
  identityTakenAway,
  isolationUndone,
  neitherAddressNorNetwork,
  networkNotManaged,
  outsideManagedNetwork,
  ruleGroupUnknown,
  type RuleInputs,
  ruleTargetMissing,
  ruleWithoutApproval,
  twoNetworks,
  withoutCredentials,
  type WorkspaceInputs,
  workspaceIsDeleted,
} from "./azure/workspace";
import { behaviour, type CloudTable } from "./behaviour";

const vaultIdOf = inGroup("Microsoft.KeyVault/vaults", "vaultName");
const blobService = "Microsoft.Storage/storageAccounts/blobServices";
const ml = "Microsoft.MachineLearningServices/workspaces";

export const azure: CloudTable = {
  sdk: "@pulumi/azure-native",
  behaviours: guarded({
    [type("resources:ResourceGroup")]: behaviour<Placed>({
      id: groupId,
      defaults,
      replaces: ["resourceGroupName", "location"],
      outputs: described("Microsoft.Resources/resourceGroups", "resourceGroupName"),
      refuses: [standsAlready, misnamed("resourceGroupName", /^[-\w.()]{0,89}[-\w()]$/)],
    }),

    [storageAccount]: behaviour<Child<"accountName">>({
      requires: ["kind", "resourceGroupName", "sku"],
      id: accountId,
      defaults,
      replaces: [...arm("accountName"), "location", "kind"],
      // Azure's defaults are open ones. https://learn.microsoft.com/rest/api/storagerp/storage-accounts/create
      fills: { minimumTlsVersion: "TLS1_0", allowSharedKeyAccess: true, publicNetworkAccess: "Enabled" },
      outputs: {
        ...described("Microsoft.Storage/storageAccounts", "accountName"),
        primaryEndpoints: ({ inputs }) =>
          Object.fromEntries(
            ["blob", "dfs", "file", "queue", "table"].map((service) => [
              service,
              `https://${inputs.accountName}.${service}.core.windows.net/`,
            ]),
          ),
        primaryLocation: ({ inputs }) => inputs.location,
      },
      refuses: [
        standsAlready,
        misnamed("accountName", /^[a-z0-9]{3,24}$/),
        groupMissing,
        taken("accountName", (name) =>
          error("StorageAccountAlreadyTaken", `The storage account named ${name} is already taken.`),
        ),
      ],
    }),

    [type("storage:BlobServiceProperties")]: behaviour<Child<"accountName">>({
      requires: ["accountName", "resourceGroupName"],
      id: (inputs, cloud) => `${accountId(inputs, cloud)}/blobServices/default`,
      replaces: [...arm("accountName"), "blobServicesName"],
      outputs: described(blobService, "blobServicesName"),
      refuses: [misnamed("blobServicesName", /^default$/), parentMissing(accountId)],
    }),

    [type("storage:BlobContainer")]: behaviour<Child<"accountName"> & { containerName: string }>({
      requires: ["accountName", "resourceGroupName"],
      id: (inputs, cloud) => `${accountId(inputs, cloud)}/blobServices/default/containers/${inputs.containerName}`,
      replaces: [...arm("accountName"), "containerName"],
      fills: { publicAccess: "None" },
      outputs: described(`${blobService}/containers`, "containerName"),
      refuses: [
        standsAlready,
        misnamed("containerName", /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/),
        parentMissing(accountId),
      ],
    }),

    [vault]: behaviour<VaultInputs>({
      requires: ["properties", "resourceGroupName"],
      id: inGroup("Microsoft.KeyVault/vaults", "vaultName"),
      defaults,
      replaces: [...arm("vaultName"), "location", "properties.tenantId"],
      outputs: {
        ...described("Microsoft.KeyVault/vaults", "vaultName"),
        vaultUri: ({ inputs }) => `https://${inputs.vaultName}.vault.azure.net/`,
      },
      deleted: () => "soft",
      returns: ({ properties }) => properties.createMode === "recover",
      refuses: [
        standsAlready,
        misnamed("vaultName", /^(?!.*--)[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/),
        groupMissing,
        taken("vaultName", (name) =>
          error(
            "VaultAlreadyExists",
            `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
          ),
        ),
        vaultIsDeleted,
        nothingToRecover,
        purgeProtectionOff,
      ],
    }),

    [type("keyvault:Key")]: behaviour<Child<"vaultName"> & { keyName: string }>({
      requires: ["properties", "resourceGroupName", "vaultName"],
      id: (inputs, cloud) => `${vaultIdOf(inputs, cloud)}/keys/${inputs.keyName}`,
      replaces: [...arm("vaultName"), "keyName", "properties"],
      outputs: {
        ...described("Microsoft.KeyVault/vaults/keys", "keyName"),
        keyUri: ({ inputs }) => `https://${inputs.vaultName}.vault.azure.net/keys/${inputs.keyName}`,
      },
      refuses: [misnamed("keyName", /^[a-zA-Z0-9-]{1,127}$/), parentMissing(vaultIdOf)],
    }),

    [registry]: behaviour<RegistryInputs>({
      requires: ["resourceGroupName", "sku"],
      id: inGroup("Microsoft.ContainerRegistry/registries", "registryName"),
      defaults,
      replaces: [...arm("registryName"), "location"],
      fills: { publicNetworkAccess: "Enabled" },
      outputs: {
        ...described("Microsoft.ContainerRegistry/registries", "registryName"),
        loginServer: ({ inputs }) => `${inputs.registryName}.azurecr.io`,
      },
      refuses: [
        standsAlready,
        misnamed("registryName", /^[a-zA-Z0-9]{5,50}$/),
        groupMissing,
        taken("registryName", (name) =>
          error("AlreadyInUse", `The registry DNS name ${name}.azurecr.io is already in use.`),
        ),
        registryNotPremium,
        exportsNeedPrivacy,
      ],
    }),

    [type("operationalinsights:Workspace")]: behaviour<Child<"workspaceName">>({
      requires: ["resourceGroupName"],
      id: inGroup("Microsoft.OperationalInsights/workspaces", "workspaceName"),
      defaults,
      replaces: [...arm("workspaceName"), "location"],
      fills: { retentionInDays: 30 },
      outputs: {
        ...described("Microsoft.OperationalInsights/workspaces", "workspaceName"),
        customerId: ({ guid }) => guid("customer"),
      },
      // The same name in the same group silently brings the old one back.
      // https://learn.microsoft.com/azure/azure-monitor/logs/delete-workspace
      deleted: () => "soft",
      returns: () => true,
      refuses: [standsAlready, misnamed("workspaceName", /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/), groupMissing],
    }),

    [type("applicationinsights:Component")]: behaviour<Child<"resourceName"> & { workspaceResourceId?: string }>({
      requires: ["applicationType", "kind", "resourceGroupName"],
      id: inGroup("Microsoft.Insights/components", "resourceName"),
      defaults,
      replaces: [...arm("resourceName"), "location"],
      outputs: {
        ...described("Microsoft.Insights/components", "resourceName"),
        appId: ({ guid }) => guid("app"),
        instrumentationKey: ({ guid }) => guid("instrumentation"),
        connectionString: ({ guid }) => `InstrumentationKey=${guid("instrumentation")}`,
      },
      refuses: [
        standsAlready,
        misnamed("resourceName", /^[^%&\\?/]{0,254}[^%&\\?/. ]$/),
        groupMissing,
        ({ operation, next, cloud }) =>
          operation !== "delete" &&
          next.workspaceResourceId !== undefined &&
          cloud.find(next.workspaceResourceId) === undefined
            ? error("BadRequest", `The Log Analytics workspace '${next.workspaceResourceId}' was not found.`)
            : undefined,
      ],
    }),

    [identity]: behaviour<Child<"resourceName">>({
      requires: ["resourceGroupName"],
      id: inGroup("Microsoft.ManagedIdentity/userAssignedIdentities", "resourceName"),
      defaults,
      replaces: [...arm("resourceName"), "location"],
      outputs: {
        ...described("Microsoft.ManagedIdentity/userAssignedIdentities", "resourceName"),
        principalId: ({ guid }) => guid("principal"),
        clientId: ({ guid }) => guid("client"),
        tenantId: ({ cloud }) => cloud.organisation.tenantId,
      },
      refuses: [standsAlready, misnamed("resourceName", /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$/), groupMissing],
    }),

    [type("managedidentity:FederatedIdentityCredential")]: behaviour<TrustInputs>({
      requires: ["audiences", "issuer", "resourceGroupName", "resourceName", "subject"],
      id: (inputs, cloud) =>
        `${identityIdOf(inputs, cloud)}/federatedIdentityCredentials/${inputs.federatedIdentityCredentialResourceName}`,
      replaces: [...arm("resourceName"), "federatedIdentityCredentialResourceName"],
      outputs: described(
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        "federatedIdentityCredentialResourceName",
      ),
      refuses: [
        standsAlready,
        misnamed("federatedIdentityCredentialResourceName", /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,119}$/),
        parentMissing(identityIdOf),
        trustTaken,
      ],
    }),

    [type("machinelearningservices:Workspace")]: behaviour<WorkspaceInputs>({
      requires: ["resourceGroupName"],
      id: workspaceId,
      defaults,
      replaces: [...arm("workspaceName"), "location", "storageAccount", "keyVault", "hbiWorkspace"],
      fills: { publicNetworkAccess: "Enabled", systemDatastoresAuthMode: "AccessKey" },
      outputs: {
        ...described(ml, "workspaceName"),
        workspaceId: ({ guid }) => guid("workspace"),
        tenantId: ({ cloud }) => cloud.organisation.tenantId,
        discoveryUrl: ({ inputs }) => `https://${inputs.location}.api.azureml.ms/discovery`,
        mlFlowTrackingUri: ({ inputs, id }) => `azureml://${inputs.location}.api.azureml.ms/mlflow/v1.0${id}`,
        provisioningState: () => "Succeeded",
      },
      // Soft delete is not supported for a workspace with nothing but user-assigned identities.
      // https://learn.microsoft.com/azure/machine-learning/concept-soft-delete
      deleted: (inputs) => (inputs.identity?.type === "UserAssigned" ? "gone" : "soft"),
      refuses: [
        standsAlready,
        misnamed("workspaceName", /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$/),
        groupMissing,
        workspaceIsDeleted,
        associateMissing,
        identityMissing,
        identityLacksRoles,
        identityTakenAway,
        isolationUndone,
      ],
    }),

    [compute]: behaviour<ComputeInputs>({
      requires: ["resourceGroupName", "workspaceName"],
      id: (inputs, cloud) => `${workspaceId(inputs, cloud)}/computes/${inputs.computeName}`,
      defaults,
      replaces: [
        ...arm("workspaceName"),
        ...["computeName", "location", "properties.computeType", "properties.computeLocation"],
        ...["vmSize", "vmPriority", "osType", "subnet", "enableNodePublicIp"].map(
          (key) => `properties.properties.${key}`,
        ),
      ],
      outputs: described(`${ml}/computes`, "computeName"),
      refuses: [
        standsAlready,
        misnamed("computeName", /^[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9-]{2,23}$/),
        parentMissing(workspaceId),
        outsideManagedNetwork,
        computeSubnetMissing,
        twoNetworks,
        neitherAddressNorNetwork,
      ],
    }),

    [type("machinelearningservices:Datastore")]: behaviour<DatastoreInputs>({
      requires: ["properties", "resourceGroupName", "workspaceName"],
      id: (inputs, cloud) => `${workspaceId(inputs, cloud)}/datastores/${inputs.name}`,
      replaces: [...arm("workspaceName"), "name", "properties.datastoreType"],
      outputs: { type: () => `${ml}/datastores` },
      refuses: [
        standsAlready,
        misnamed("name", /^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}$/),
        parentMissing(workspaceId),
        withoutCredentials,
      ],
    }),

    // Jobs and schedules are people's and pipelines': no program makes one.
    [job]: behaviour<Child<"workspaceName"> & { id: string }>({
      requires: ["id", "resourceGroupName", "workspaceName"],
      id: (inputs, cloud) => `${workspaceId(inputs, cloud)}/jobs/${inputs.id}`,
      outputs: described(`${ml}/jobs`, "id"),
      refuses: [standsAlready],
    }),

    [schedule]: behaviour<Child<"workspaceName"> & { name: string }>({
      requires: ["name", "resourceGroupName", "workspaceName"],
      id: (inputs, cloud) => `${workspaceId(inputs, cloud)}/schedules/${inputs.name}`,
      outputs: described(`${ml}/schedules`, "name"),
      refuses: [standsAlready],
    }),

    [assignment]: behaviour<AssignmentInputs>({
      requires: ["principalId", "roleDefinitionId", "scope"],
      id: ({ scope, roleAssignmentName }) =>
        `${scope}/providers/Microsoft.Authorization/roleAssignments/${roleAssignmentName}`,
      replaces: ["scope", "roleAssignmentName"],
      outputs: {
        ...described("Microsoft.Authorization/roleAssignments", "roleAssignmentName"),
        createdOn: () => "2026-11-25T00:00:00Z",
      },
      refuses: [
        assignmentChanged,
        standsAlready,
        assignmentMisnamed,
        scopeMissing,
        roleMissing,
        outsideAssignableScopes,
        principalMissing,
        assignedAlready,
      ],
    }),

    [roleDefinition]: behaviour<RoleInputs>({
      requires: ["scope"],
      id: ({ scope, roleDefinitionId }) =>
        `${scope}/providers/Microsoft.Authorization/roleDefinitions/${roleDefinitionId}`,
      replaces: ["scope", "roleDefinitionId"],
      outputs: described("Microsoft.Authorization/roleDefinitions", "roleDefinitionId"),
      refuses: [standsAlready, roleMisnamed, scopeMissing, notAssignableThere, roleNameTaken, roleStillAssigned],
    }),

    [type("machinelearningservices:ManagedNetworkSettingsRule")]: behaviour<RuleInputs>({
      requires: ["properties", "resourceGroupName", "workspaceName"],
      id: (inputs, cloud) => `${workspaceId(inputs, cloud)}/outboundRules/${inputs.ruleName}`,
      replaces: [...arm("workspaceName"), "ruleName"],
      outputs: described(`${ml}/outboundRules`, "ruleName"),
      refuses: [
        standsAlready,
        misnamed("ruleName", /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$/),
        parentMissing(workspaceId),
        networkNotManaged,
        ruleWithoutApproval,
        ruleTargetMissing,
        ruleGroupUnknown,
        cannotApprove,
      ],
    }),

    ...networkTypes,
    ...poolTypes,
    ...guardrailTypes,
  }),

  invokes: {
    [type("authorization:getClientConfig")]: (_args, { organisation, config }) => ({
      clientId: organisation.deployer.clientId,
      objectId: organisation.deployer.objectId,
      tenantId: organisation.tenantId,
      subscriptionId: config["subscriptionId"],
    }),
    [type("authorization:getClientToken")]: () => ({ token: localToken }),
  },
};

/** What the local Resource Manager takes for a token. */
export const localToken = "local";
