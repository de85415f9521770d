/**
 * How a thing of each type that the program makes is found by what it is called in its cloud. A type without a row here
 * fails a test.
 */
import { arm, inGroup, named } from "./find/azure";
import {
  branch,
  check,
  connection,
  environment,
  group,
  pipeline,
  policy,
  project,
  repository as projectRepository,
  variableGroup,
} from "./find/azureDevOps";
import { federatedCredential, owned } from "./find/entra";
import type { Find } from "./find/find";
import { deploymentPolicy, protection, repository, ruleset, runnerGroup, variable } from "./find/github";

/** Making it once more changes nothing about one that stands. Nobody needs to look: the next `up` makes it again. */
export interface Again {
  /** Why that is so. */
  readonly again: string;
}

const azure = (name: string) => `azure-native:${name}`;
const index = (provider: string) => (name: string) =>
  `${provider}:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const entra = index("azuread");
const gitHub = index("github");
const azureDevOps = index("azuredevops");

const account = "Microsoft.Storage/storageAccounts/{accountName}";
const workspace = "Microsoft.MachineLearningServices/workspaces/{workspaceName}";
const network = "Microsoft.Network/virtualNetworks/{virtualNetworkName}";
const endpoint = "Microsoft.Network/privateEndpoints/{privateEndpointName}";
const zone = "Microsoft.Network/privateDnsZones/{privateZoneName}";
const authorization = "{scope}/providers/Microsoft.Authorization";
const permissions: Again = { again: "Azure DevOps gives the permissions that are asked for" };
const settings: Again = { again: "they are settings, which their owner has in any case" };

export const naturalKeys: Readonly<Record<string, Find | Again>> = {
  [azure("resources:ResourceGroup")]: arm("/resourceGroups/{resourceGroupName}", "2024-03-01"),
  [azure("managedidentity:UserAssignedIdentity")]: inGroup(
    "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    "2023-01-31",
  ),
  [azure("storage:StorageAccount")]: inGroup(account, "2024-01-01"),
  [azure("storage:BlobServiceProperties")]: settings,
  [azure("storage:BlobContainer")]: inGroup(`${account}/blobServices/default/containers/{containerName}`, "2024-01-01"),
  [azure("keyvault:Vault")]: inGroup("Microsoft.KeyVault/vaults/{vaultName}", "2024-11-01"),
  [azure("containerregistry:Registry")]: inGroup(
    "Microsoft.ContainerRegistry/registries/{registryName}",
    "2023-01-01-preview",
  ),
  [azure("operationalinsights:Workspace")]: inGroup(
    "Microsoft.OperationalInsights/workspaces/{workspaceName}",
    "2023-09-01",
  ),
  [azure("applicationinsights:Component")]: inGroup("Microsoft.Insights/components/{resourceName}", "2020-02-02"),

  [azure("machinelearningservices:Workspace")]: inGroup(workspace, "2025-12-01"),
  [azure("machinelearningservices:Compute")]: inGroup(`${workspace}/computes/{computeName}`, "2025-12-01"),
  [azure("machinelearningservices:Datastore")]: inGroup(`${workspace}/datastores/{name}`, "2025-12-01"),
  [azure("machinelearningservices:ManagedNetworkSettingsRule")]: inGroup(
    `${workspace}/outboundRules/{ruleName}`,
    "2025-12-01",
  ),

  [azure("network:VirtualNetwork")]: inGroup(network, "2024-05-01"),
  [azure("network:Subnet")]: inGroup(`${network}/subnets/{subnetName}`, "2024-05-01"),
  [azure("network:VirtualNetworkPeering")]: inGroup(
    `${network}/virtualNetworkPeerings/{virtualNetworkPeeringName}`,
    "2024-05-01",
  ),
  [azure("network:NetworkSecurityGroup")]: inGroup(
    "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
    "2024-05-01",
  ),
  [azure("network:RouteTable")]: inGroup("Microsoft.Network/routeTables/{routeTableName}", "2024-05-01"),
  [azure("network:PublicIPAddress")]: inGroup(
    "Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
    "2024-05-01",
  ),
  [azure("network:NatGateway")]: inGroup("Microsoft.Network/natGateways/{natGatewayName}", "2024-05-01"),
  [azure("network:PrivateEndpoint")]: inGroup(endpoint, "2024-05-01"),
  [azure("network:PrivateDnsZoneGroup")]: inGroup(
    `${endpoint}/privateDnsZoneGroups/{privateDnsZoneGroupName}`,
    "2024-05-01",
  ),
  [azure("privatedns:PrivateZone")]: inGroup(zone, "2024-06-01"),
  [azure("privatedns:VirtualNetworkLink")]: inGroup(
    `${zone}/virtualNetworkLinks/{virtualNetworkLinkName}`,
    "2024-06-01",
  ),

  [azure("devcenter:DevCenter")]: inGroup("Microsoft.DevCenter/devcenters/{devCenterName}", "2024-02-01"),
  [azure("devcenter:Project")]: inGroup("Microsoft.DevCenter/projects/{projectName}", "2024-02-01"),
  [azure("devopsinfrastructure:Pool")]: inGroup("Microsoft.DevOpsInfrastructure/pools/{poolName}", "2025-01-21"),

  [azure("authorization:RoleAssignment")]: named(
    arm(`${authorization}/roleAssignments/{roleAssignmentName}`, "2022-04-01"),
  ),
  [azure("authorization:RoleDefinition")]: named(
    arm(`${authorization}/roleDefinitions/{roleDefinitionId}`, "2022-05-01-preview"),
  ),
  [azure("authorization:PolicyAssignment")]: arm(
    `${authorization}/policyAssignments/{policyAssignmentName}`,
    "2025-01-01",
  ),
  [azure("authorization:ManagementLockByScope")]: arm(`${authorization}/locks/{lockName}`, "2020-05-01"),
  [azure("monitor:DiagnosticSetting")]: arm(
    "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    "2021-05-01-preview",
  ),
  [azure("monitor:ActionGroup")]: inGroup("Microsoft.Insights/actionGroups/{actionGroupName}", "2024-10-01-preview"),
  [azure("monitor:ActivityLogAlert")]: inGroup(
    "Microsoft.Insights/activityLogAlerts/{activityLogAlertName}",
    "2020-10-01",
  ),
  [azure("consumption:Budget")]: arm("{scope}/providers/Microsoft.Consumption/budgets/{budgetName}", "2024-08-01"),

  [entra("Application")]: owned("applications", "displayName", "displayName"),
  [entra("ServicePrincipal")]: owned("servicePrincipals", "appId", "clientId"),
  [entra("ApplicationFederatedIdentityCredential")]: federatedCredential,

  [gitHub("Repository")]: repository,
  [gitHub("Branch")]: { again: "GitHub's provider takes a branch that stands for made" },
  [gitHub("BranchDefault")]: settings,
  [gitHub("RepositoryFile")]: { again: "the file is overwritten; no rule guards its branch yet" },
  [gitHub("WorkflowRepositoryPermissions")]: settings,
  [gitHub("ActionsRepositoryPermissions")]: settings,
  [gitHub("RepositoryCollaborators")]: settings,
  [gitHub("RepositoryRuleset")]: ruleset,
  [gitHub("BranchProtection")]: protection,
  [gitHub("RepositoryEnvironment")]: {
    again: "GitHub gives an environment that stands the settings that are asked for",
  },
  [gitHub("RepositoryEnvironmentDeploymentPolicy")]: deploymentPolicy,
  [gitHub("ActionsEnvironmentVariable")]: variable,
  [gitHub("ActionsEnvironmentSecret")]: { again: "GitHub gives a secret that stands the value of the stack file" },
  [gitHub("ActionsRunnerGroup")]: runnerGroup,

  [azureDevOps("Project")]: project,
  [azureDevOps("ProjectPipelineSettings")]: settings,
  [azureDevOps("Git")]: projectRepository,
  [azureDevOps("GitRepositoryBranch")]: branch,
  [azureDevOps("GitPermissions")]: permissions,
  [azureDevOps("Group")]: group,
  [azureDevOps("GroupMembership")]: { again: "who is a member stays one" },
  [azureDevOps("BuildDefinition")]: pipeline,
  [azureDevOps("BuildDefinitionPermissions")]: permissions,
  [azureDevOps("BranchPolicyMinReviewers")]: policy("BranchPolicyMinReviewers"),
  [azureDevOps("BranchPolicyAutoReviewers")]: policy("BranchPolicyAutoReviewers", ["autoReviewerIds"]),
  [azureDevOps("BranchPolicyBuildValidation")]: policy("BranchPolicyBuildValidation", ["buildDefinitionId"]),
  [azureDevOps("BranchPolicyStatusCheck")]: policy("BranchPolicyStatusCheck", ["name", "genre"]),
  [azureDevOps("BranchPolicyCommentResolution")]: policy("BranchPolicyCommentResolution"),
  [azureDevOps("BranchPolicyMergeTypes")]: policy("BranchPolicyMergeTypes"),
  [azureDevOps("Environment")]: environment,
  [azureDevOps("VariableGroup")]: variableGroup,
  [azureDevOps("VariableGroupPermissions")]: permissions,
  [azureDevOps("ServiceEndpointAzureRM")]: connection,
  [azureDevOps("ServiceendpointPermissions")]: permissions,
  [azureDevOps("PipelineAuthorization")]: { again: "Azure DevOps lets the same pipeline in once" },
  [azureDevOps("CheckApproval")]: check("CheckApproval"),
  [azureDevOps("CheckBranchControl")]: check("CheckBranchControl"),
  [azureDevOps("CheckExclusiveLock")]: check("CheckExclusiveLock"),
  [azureDevOps("CheckRequiredTemplate")]: check("CheckRequiredTemplate"),
};
