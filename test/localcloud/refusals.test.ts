/** What the clouds refuse. Every refusal in the tables has a case here that only it refuses: switched off, nobody does. */
import { describe, expect, test } from "vitest";

import { type Bag, type Operation, Refused, type Refusal } from "../../localcloud/clouds/behaviour";
import { behaviourOf, clouds, LocalCloud } from "../../localcloud/localCloud";
import { contoso } from "../../localcloud/organisation";
import { Store } from "../../localcloud/store";
import { azureDevOpsCases } from "./azureDevOpsRefusals";

const subscription = "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
const group = `/subscriptions/${subscription}/resourceGroups/rg`;
const role = (guid: string) =>
  `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
const reader = role("acdd72a7-3385-48ef-bd42-f606fba81ae7");
const contributor = role("b24988ac-6180-42a0-ab88-20f7382dd24c");
const guid = (digit: number) => `${digit}`.repeat(8) + "-1111-4111-8111-111111111111";
const [amina] = contoso.people;
const scientists = contoso.groups[0]?.objectId ?? "";

const azure = (name: string) => `azure-native:${name}`;
const entra = (name: string) => `azuread:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const github = (name: string) => `github:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

export type Thing = readonly [type: string, inputs: Bag];

const rg = { resourceGroupName: "rg", location: "westeurope" };
const inRg = { resourceGroupName: "rg" };
const resourceGroup: Thing = [azure("resources:ResourceGroup"), rg];
const elsewhere: Thing = [azure("resources:ResourceGroup"), { resourceGroupName: "other", location: "westeurope" }];
const account = (inputs: Bag = {}): Thing => [
  azure("storage:StorageAccount"),
  { ...rg, accountName: "stfl", ...inputs },
];
const blobs = (inputs: Bag = {}): Thing => [
  azure("storage:BlobServiceProperties"),
  { ...rg, accountName: "stfl", blobServicesName: "default", ...inputs },
];
const container = (inputs: Bag = {}): Thing => [
  azure("storage:BlobContainer"),
  { ...rg, accountName: "stfl", containerName: "private", ...inputs },
];
const vault = (properties: Bag = {}, inputs: Bag = {}): Thing => [
  azure("keyvault:Vault"),
  { ...rg, vaultName: "kv-fl", properties: { tenantId: contoso.tenantId, ...properties }, ...inputs },
];
const registry = (inputs: Bag = {}): Thing => [
  azure("containerregistry:Registry"),
  { ...rg, registryName: "crfl00", ...inputs },
];
const logs = (inputs: Bag = {}): Thing => [
  azure("operationalinsights:Workspace"),
  { ...rg, workspaceName: "log-fl", ...inputs },
];
const insights = (inputs: Bag = {}): Thing => [
  azure("applicationinsights:Component"),
  { ...rg, resourceName: "appi-fl", ...inputs },
];
const identity = (inputs: Bag = {}): Thing => [
  azure("managedidentity:UserAssignedIdentity"),
  { ...rg, resourceName: "id-fl", ...inputs },
];
const key = (inputs: Bag = {}): Thing => [
  azure("keyvault:Key"),
  { ...rg, vaultName: "kv-fl", keyName: "prod", properties: { kty: "RSA" }, ...inputs },
];
const trust = (inputs: Bag = {}): Thing => [
  azure("managedidentity:FederatedIdentityCredential"),
  {
    ...{ ...rg, resourceName: "id-fl", federatedIdentityCredentialResourceName: "github" },
    ...{ issuer: "https://issuer", subject: "repo:a", audiences: ["api://x"], ...inputs },
  },
];
const graphRole = (inputs: Bag = {}): Thing => [
  entra("AppRoleAssignment"),
  {
    appRoleId: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    principalObjectId: guid(1),
    resourceObjectId: guid(2),
    ...inputs,
  },
];
const workspace = (inputs: Bag = {}): Thing => [
  azure("machinelearningservices:Workspace"),
  { ...rg, workspaceName: "aml-fl", identity: { type: "SystemAssigned" }, ...inputs },
];
const compute = (inputs: Bag = {}): Thing => [
  azure("machinelearningservices:Compute"),
  { ...rg, workspaceName: "aml-fl", computeName: "silo0-cpu", properties: { computeType: "AmlCompute" }, ...inputs },
];
const datastore = (inputs: Bag = {}): Thing => [
  azure("machinelearningservices:Datastore"),
  {
    ...rg,
    workspaceName: "aml-fl",
    name: "datastore_silo0",
    properties: { credentials: { credentialsType: "None" } },
    ...inputs,
  },
];
const assignment = (inputs: Bag = {}): Thing => [
  azure("authorization:RoleAssignment"),
  {
    scope: group,
    roleAssignmentName: guid(1),
    roleDefinitionId: reader,
    principalId: scientists,
    principalType: "Group",
    ...inputs,
  },
];

const networkPath = (name: string) => `${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
const network = (name = "vnet", prefix = "10.20.0.0/16", inputs: Bag = {}): Thing => [
  azure("network:VirtualNetwork"),
  { ...rg, virtualNetworkName: name, addressSpace: { addressPrefixes: [prefix] }, ...inputs },
];
const subnetId = `${networkPath("vnet")}/subnets/snet`;
const subnet = (inputs: Bag = {}): Thing => [
  azure("network:Subnet"),
  { ...inRg, virtualNetworkName: "vnet", subnetName: "snet", addressPrefix: "10.20.1.0/24", ...inputs },
];
const securityGroup = (inputs: Bag = {}): Thing => [
  azure("network:NetworkSecurityGroup"),
  { ...rg, networkSecurityGroupName: "nsg", ...inputs },
];
const securityGroupId = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg`;
const routes = (inputs: Bag = {}): Thing => [azure("network:RouteTable"), { ...rg, routeTableName: "rt", ...inputs }];
const address = (inputs: Bag = {}): Thing => [
  azure("network:PublicIPAddress"),
  { ...rg, publicIpAddressName: "pip", sku: { name: "Standard" }, ...inputs },
];
const gateway = (inputs: Bag = {}): Thing => [
  azure("network:NatGateway"),
  {
    ...rg,
    natGatewayName: "nat",
    publicIpAddresses: [{ id: `${group}/providers/Microsoft.Network/publicIPAddresses/pip` }],
    ...inputs,
  },
];
const hub = contoso.networks[0]?.id ?? "";
const peering = (remote: string, inputs: Bag = {}): Thing => [
  azure("network:VirtualNetworkPeering"),
  {
    ...inRg,
    virtualNetworkName: "vnet",
    virtualNetworkPeeringName: "to-remote",
    remoteVirtualNetwork: { id: remote },
    ...inputs,
  },
];
const accountPath = `${group}/providers/Microsoft.Storage/storageAccounts/stfl`;
const registryPath = `${group}/providers/Microsoft.ContainerRegistry/registries/crfl00`;
const endpoint = (privateLinkServiceId = accountPath, groupIds = ["blob"], inputs: Bag = {}): Thing => [
  azure("network:PrivateEndpoint"),
  {
    ...rg,
    privateEndpointName: "pe",
    subnet: { id: subnetId },
    privateLinkServiceConnections: [{ name: "pe", privateLinkServiceId, groupIds }],
    ...inputs,
  },
];
const zonePath = `${group}/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net`;
const zone = (inputs: Bag = {}): Thing => [
  azure("privatedns:PrivateZone"),
  { ...inRg, privateZoneName: "privatelink.blob.core.windows.net", location: "global", ...inputs },
];
const zoneGroup = (inputs: Bag = {}): Thing => [
  azure("network:PrivateDnsZoneGroup"),
  {
    ...inRg,
    privateEndpointName: "pe",
    privateDnsZoneGroupName: "default",
    privateDnsZoneConfigs: [{ name: "blob", privateDnsZoneId: zonePath }],
    ...inputs,
  },
];
const link = (inputs: Bag = {}): Thing => [
  azure("privatedns:VirtualNetworkLink"),
  {
    ...inRg,
    privateZoneName: "privatelink.blob.core.windows.net",
    virtualNetworkLinkName: "hub",
    location: "global",
    virtualNetwork: { id: hub },
    ...inputs,
  },
];
const toStore = (serviceResourceId = accountPath, subresourceTarget = "blob") => ({
  type: "PrivateEndpoint",
  destination: { serviceResourceId, subresourceTarget },
});
const outbound = (properties: Bag = toStore(), inputs: Bag = {}): Thing => [
  azure("machinelearningservices:ManagedNetworkSettingsRule"),
  { ...inRg, workspaceName: "aml-fl", ruleName: "silo0-store", properties, ...inputs },
];
const lock = (inputs: Bag = {}): Thing => [
  azure("authorization:ManagementLockByScope"),
  { scope: accountPath, lockName: "keep", level: "CanNotDelete", ...inputs },
];
const definition = (guid: string) => `/providers/Microsoft.Authorization/policyDefinitions/${guid}`;
const sharedKeys = "8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54";
const assigned = (guid = sharedKeys, inputs: Bag = {}): Thing => [
  azure("authorization:PolicyAssignment"),
  {
    scope: group,
    policyAssignmentName: "deny",
    policyDefinitionId: definition(guid),
    parameters: { effect: { value: "Deny" } },
    ...inputs,
  },
];
const customRole = (inputs: Bag = {}): Thing => [
  azure("authorization:RoleDefinition"),
  { scope: group, roleDefinitionId: guid(6), roleName: "Job Submitter", assignableScopes: [group], ...inputs },
];
const logsPath = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-fl`;
const diagnostics = (inputs: Bag = {}): Thing => [
  azure("monitor:DiagnosticSetting"),
  {
    resourceUri: `${accountPath}/blobServices/default`,
    name: "audit",
    workspaceId: logsPath,
    logs: [{ categoryGroup: "allLogs", enabled: true }],
    ...inputs,
  },
];
const actionGroup = (inputs: Bag = {}): Thing => [
  azure("monitor:ActionGroup"),
  { ...inRg, actionGroupName: "ag", location: "global", groupShortName: "fl", enabled: true, ...inputs },
];
const alert = (inputs: Bag = {}): Thing => [
  azure("monitor:ActivityLogAlert"),
  {
    ...inRg,
    activityLogAlertName: "alert",
    location: "global",
    scopes: [`/subscriptions/${subscription}`],
    condition: { allOf: [{ field: "category", equals: "Administrative" }] },
    actions: { actionGroups: [{ actionGroupId: `${group}/providers/Microsoft.Insights/actionGroups/ag` }] },
    ...inputs,
  },
];
const budget = (startDate = "2026-11-01T00:00:00Z", inputs: Bag = {}): Thing => [
  azure("consumption:Budget"),
  {
    scope: group,
    budgetName: "monthly",
    timePeriod: { startDate },
    notifications: { actual: { contactEmails: ["a@contoso.com"] } },
    ...inputs,
  },
];

const application = (inputs: Bag = {}): Thing => [
  entra("Application"),
  { displayName: "fl", preventDuplicateNames: true, ...inputs },
];
const credential = (applicationId: string, inputs: Bag = {}): Thing => [
  entra("ApplicationFederatedIdentityCredential"),
  {
    applicationId,
    displayName: "prod",
    issuer: "https://issuer",
    subject: "repo:a",
    audiences: ["api://x"],
    ...inputs,
  },
];

const repository = (inputs: Bag = {}): Thing => [
  github("Repository"),
  { name: "fl", visibility: "private", autoInit: true, archiveOnDestroy: true, ...inputs },
];
const inFl = { repository: "fl" };
const branch = (inputs: Bag = {}): Thing => [github("Branch"), { ...inFl, branch: "next", ...inputs }];
const file = (inputs: Bag = {}): Thing => [
  github("RepositoryFile"),
  { ...inFl, file: "CODEOWNERS", content: "* @a", ...inputs },
];
const collaborators = (...teams: string[]): Thing => [
  github("RepositoryCollaborators"),
  { ...inFl, teams: teams.map((teamId) => ({ teamId })) },
];
const rules = (inputs: Bag = {}): Thing => [
  github("RepositoryRuleset"),
  {
    ...inFl,
    ...{ name: "main", target: "branch", enforcement: "active", rules: { pullRequest: {} } },
    conditions: { refName: { includes: ["refs/heads/main"], excludes: [] } },
    ...inputs,
  },
];
const protection = (inputs: Bag = {}): Thing => [
  github("BranchProtection"),
  { repositoryId: "fl", pattern: "main", requiredPullRequestReviews: [{}], ...inputs },
];
const actions = (inputs: Bag = {}): Thing => [github("ActionsRepositoryPermissions"), { ...inFl, ...inputs }];
const runners = (inputs: Bag = {}): Thing => [
  github("ActionsRunnerGroup"),
  { name: "inside", visibility: "selected", ...inputs },
];
const custom = { protectedBranches: false, customBranchPolicies: true };
const environment = (inputs: Bag = {}): Thing => [
  github("RepositoryEnvironment"),
  { ...inFl, environment: "prod", ...inputs },
];
const inProd = { ...inFl, environment: "prod" };
const policy = (inputs: Bag = {}): Thing => [
  github("RepositoryEnvironmentDeploymentPolicy"),
  { ...inProd, branchPattern: "main", ...inputs },
];
const variable = (inputs: Bag = {}): Thing => [
  github("ActionsEnvironmentVariable"),
  { ...inProd, variableName: "A", value: "1", ...inputs },
];
const secret = (inputs: Bag = {}): Thing => [
  github("ActionsEnvironmentSecret"),
  { ...inProd, secretName: "A", value: "1", ...inputs },
];
const release = contoso.github.teams.find(({ slug }) => slug === "fl-release")?.id;

export interface Case {
  readonly name: string;
  /** What stands before. */
  readonly given?: readonly Thing[];
  readonly plan?: "free" | "team";
  readonly operation?: Operation;
  /** What is asked for; a function where it depends on ids that the cloud gave. */
  readonly ask: Thing | ((cloud: LocalCloud) => Thing);
  readonly says: string;
  readonly before?: (cloud: LocalCloud) => void;
}

const firstApplication = (cloud: LocalCloud) => cloud.all(entra("Application"))[0]?.id ?? "";
const erase =
  (...[type, inputs]: Thing) =>
  (cloud: LocalCloud) => {
    cloud.delete(type, behaviourOf(type).id(inputs, cloud));
  };
const made = [resourceGroup, account()];
const inWorkspace = [resourceGroup, workspace()];
const inNetwork = [resourceGroup, network(), subnet()];
const linked = [...inNetwork, account(), endpoint()];
const managed = [
  resourceGroup,
  account(),
  workspace({ managedNetwork: { isolationMode: "AllowOnlyApprovedOutbound" } }),
];
const inCluster = (properties: Bag) => compute({ properties: { computeType: "AmlCompute", properties } });
const alerting = [resourceGroup, actionGroup()];
const inRepository = [repository()];
const inEnvironment = [repository(), environment({ deploymentBranchPolicy: custom })];
const archived = { given: inRepository, before: erase(...repository()) };
const userAssigned = (cloud: LocalCloud) => ({
  identity: { type: "UserAssigned" },
  primaryUserAssignedIdentity: cloud.all(identity()[0])[0]?.id,
});

const badNames: readonly [thing: Thing, given: readonly Thing[]][] = [
  [[azure("resources:ResourceGroup"), { resourceGroupName: "ends-in-dot." }], []],
  [account({ accountName: "st-fl" }), made],
  [blobs({ blobServicesName: "main" }), made],
  [container({ containerName: "a--b" }), made],
  [vault({}, { vaultName: "kv--fl" }), made],
  [registry({ registryName: "cr-fl" }), made],
  [logs({ workspaceName: "log_fl" }), made],
  [insights({ resourceName: "appi?" }), made],
  [identity({ resourceName: "id.fl" }), made],
  [key({ keyName: "prod.1" }), [resourceGroup, vault()]],
  [trust({ federatedIdentityCredentialResourceName: "g.1" }), [resourceGroup, identity()]],
  [workspace({ workspaceName: "a" }), made],
  // The public FL examples' name of a cluster.
  [compute({ computeName: "silo0-01" }), inWorkspace],
  [datastore({ name: "-a" }), inWorkspace],
  [network("v"), made],
  [subnet({ subnetName: "-snet", addressPrefix: undefined }), inNetwork],
  [securityGroup({ networkSecurityGroupName: "nsg!" }), made],
  [routes({ routeTableName: "-" }), made],
  [address({ publicIpAddressName: "-" }), made],
  [gateway({ natGatewayName: "-" }), [resourceGroup, address()]],
  [peering(hub, { virtualNetworkPeeringName: "to hub" }), inNetwork],
  [endpoint(accountPath, ["blob"], { privateEndpointName: "-" }), [...inNetwork, account()]],
  [zone({ privateZoneName: "blob" }), made],
  [zoneGroup({ privateDnsZoneGroupName: "-" }), [...linked, zone()]],
  [link({ virtualNetworkLinkName: "-" }), [resourceGroup, zone()]],
  [outbound(toStore(), { ruleName: "r" }), managed],
  [diagnostics({ name: "a/b" }), [...made, logs()]],
  [actionGroup({ actionGroupName: "a&b" }), made],
  [alert({ activityLogAlertName: "a&b" }), alerting],
  [assigned(sharedKeys, { policyAssignmentName: "deny?" }), made],
  [lock({ lockName: "keep." }), made],
  [budget(undefined, { budgetName: "a b" }), made],
];

const cases: readonly Case[] = [
  { name: "key in no vault", given: [resourceGroup], ask: key(), says: "ParentResourceNotFound" },
  { name: "trust of no identity", given: [resourceGroup], ask: trust(), says: "ParentResourceNotFound" },
  {
    name: "the same trust twice",
    given: [resourceGroup, identity(), trust()],
    ask: trust({ federatedIdentityCredentialResourceName: "again" }),
    says: "Issuer and subject combination already exists",
  },
  { name: "an unknown right in Graph", ask: graphRole({ appRoleId: guid(3) }), says: "was not found on application" },
  { name: "a right in Graph twice", given: [graphRole()], ask: graphRole(), says: "already exists on the object" },
  ...badNames.map(([ask, given]) => ({ name: `bad name of ${ask[0]}`, given, ask, says: "is not a valid name" })),
  { name: "what stands already", given: made, ask: account(), says: "cannot create already existing resource" },
  ...[account(), vault(), registry(), logs(), insights(), identity(), workspace()].map((ask) => ({
    name: `${ask[0]} without its group`,
    ask,
    says: `Code="ResourceGroupNotFound" Message="Resource group 'rg' could not be found."`,
  })),
  { name: "blob service of no account", given: [resourceGroup], ask: blobs(), says: "ParentResourceNotFound" },
  { name: "container in no account", given: [resourceGroup], ask: container(), says: "ParentResourceNotFound" },
  { name: "cluster in no workspace", given: [resourceGroup], ask: compute(), says: "ParentResourceNotFound" },
  { name: "datastore in no workspace", given: [resourceGroup], ask: datastore(), says: "ParentResourceNotFound" },
  {
    name: "store name taken in another group",
    given: [...made, elsewhere],
    ask: account({ resourceGroupName: "other" }),
    says: "StorageAccountAlreadyTaken",
  },
  {
    name: "store name taken by somebody else",
    given: made,
    ask: account({ accountName: "contoso" }),
    says: "AccountAlreadyTaken",
  },
  {
    name: "vault name taken",
    given: [resourceGroup, elsewhere, vault()],
    ask: vault({}, { resourceGroupName: "other" }),
    says: "VaultAlreadyExists",
  },
  {
    name: "registry name taken",
    given: [resourceGroup, elsewhere, registry()],
    ask: registry({ resourceGroupName: "other" }),
    says: "AlreadyInUse",
  },
  {
    name: "deleted vault",
    given: [resourceGroup, vault()],
    before: erase(...vault()),
    ask: vault(),
    says: "A vault with the same name already exists in deleted state",
  },
  {
    name: "no vault to recover",
    given: made,
    ask: vault({ createMode: "recover" }),
    says: "SoftDeletedVaultDoesNotExist",
  },
  {
    name: "purge protection off",
    given: made,
    ask: vault({ enablePurgeProtection: false }),
    says: "irreversible action",
  },
  {
    name: "insights without its log workspace",
    given: made,
    ask: insights({ workspaceResourceId: `${group}/x` }),
    says: "was not found",
  },
  {
    name: "deleted workspace",
    given: inWorkspace,
    before: erase(...workspace()),
    ask: workspace(),
    says: "Soft-deleted workspace exists",
  },
  {
    name: "workspace on no vault",
    given: made,
    ask: workspace({ keyVault: `${group}/x` }),
    says: "Associated resource keyVault",
  },
  {
    name: "workspace as nobody",
    given: made,
    ask: workspace({ primaryUserAssignedIdentity: `${group}/x` }),
    says: "FailedIdentityOperation",
  },
  {
    name: "workspace as an identity without rights on its registry",
    given: [resourceGroup, registry(), identity()],
    ask: (cloud) => workspace({ ...userAssigned(cloud), containerRegistry: cloud.all(registry()[0])[0]?.id }),
    says: "Missing: Contributor on",
  },
  {
    name: "cluster outside the region of a managed network",
    given: [resourceGroup, workspace({ managedNetwork: { isolationMode: "AllowOnlyApprovedOutbound" } })],
    ask: compute({ properties: { computeLocation: "eastus" } }),
    says: "managed network in region westeurope",
  },
  {
    name: "datastore without credentials",
    given: inWorkspace,
    ask: datastore({ properties: {} }),
    says: "Credentials field is required",
  },
  {
    name: "assignment turned into another",
    given: [resourceGroup, assignment()],
    operation: "update",
    ask: assignment({ roleDefinitionId: contributor }),
    says: "RoleAssignmentUpdateNotPermitted",
  },
  {
    name: "same assignment under another name",
    given: [resourceGroup, assignment()],
    ask: assignment({ roleAssignmentName: guid(2) }),
    says: `Code="RoleAssignmentExists" Message="The role assignment already exists."`,
  },
  {
    name: "assignment whose name is no GUID",
    given: made,
    ask: assignment({ roleAssignmentName: "x" }),
    says: "InvalidRoleAssignmentId",
  },
  { name: "assignment on nothing", ask: assignment(), says: "ResourceNotFound" },
  {
    name: "assignment of no role",
    given: made,
    ask: assignment({ roleDefinitionId: role(guid(3)) }),
    says: "RoleDefinitionDoesNotExist",
  },
  { name: "assignment to nobody", given: made, ask: assignment({ principalId: guid(4) }), says: "PrincipalNotFound" },
  {
    name: "assignment to a person as a group",
    given: made,
    ask: assignment({ principalId: amina?.objectId }),
    says: "has type 'User'",
  },

  { name: "subnet of no network", given: [resourceGroup], ask: subnet(), says: "ParentResourceNotFound" },
  { name: "peering of no network", given: [resourceGroup], ask: peering(hub), says: "ParentResourceNotFound" },
  {
    name: "zone group of no endpoint",
    given: [resourceGroup, zone()],
    ask: zoneGroup(),
    says: "ParentResourceNotFound",
  },
  { name: "link of no zone", given: [resourceGroup], ask: link(), says: "ParentResourceNotFound" },
  { name: "outbound rule of no workspace", given: made, ask: outbound(), says: "ParentResourceNotFound" },
  { name: "no address range", given: made, ask: network("vnet", "10.20.0.0/33"), says: "InvalidAddressPrefixFormat" },
  {
    name: "address range that begins in the middle",
    given: inNetwork,
    ask: subnet({ subnetName: "other", addressPrefix: "10.20.2.1/24" }),
    says: "the address prefix should be 10.20.2.0/24",
  },
  {
    name: "subnet outside its network",
    given: inNetwork,
    ask: subnet({ subnetName: "other", addressPrefix: "10.21.0.0/24" }),
    says: "outside the IP address range of virtual network 'vnet'",
  },
  {
    name: "subnet over another",
    given: inNetwork,
    ask: subnet({ subnetName: "other", addressPrefix: "10.20.0.0/23" }),
    says: "NetcfgSubnetRangesOverlap",
  },
  {
    name: "subnet with no such security group",
    given: [resourceGroup, network()],
    ask: subnet({ networkSecurityGroup: { id: securityGroupId } }),
    says: "networkSecurityGroups/nsg referenced by resource",
  },
  {
    name: "subnet with a security group of another region",
    given: [resourceGroup, network(), securityGroup({ location: "eastus" })],
    ask: subnet({ networkSecurityGroup: { id: securityGroupId } }),
    says: "both resources are in the same region",
  },
  {
    name: "security group that a subnet uses",
    given: [resourceGroup, network(), securityGroup(), subnet({ networkSecurityGroup: { id: securityGroupId } })],
    operation: "delete",
    ask: securityGroup(),
    says: "InUseNetworkSecurityGroupCannotBeDeleted",
  },
  { name: "network with an endpoint", given: linked, operation: "delete", ask: network(), says: "is in use by" },
  {
    name: "two rules of one priority",
    given: made,
    ask: securityGroup({
      securityRules: ["a", "b"].map((name) => ({ name, priority: 100, direction: "Outbound", access: "Deny" })),
    }),
    says: "Security rule a conflicts with rule b.",
  },
  { name: "NAT gateway without its address", given: made, ask: gateway(), says: "publicIPAddresses/pip referenced by" },
  {
    name: "NAT gateway on a basic address",
    given: [resourceGroup, address({ sku: { name: "Basic" } })],
    ask: gateway(),
    says: "SKU is not Standard",
  },
  { name: "peering with nothing", given: inNetwork, ask: peering(networkPath("x")), says: "InvalidResourceReference" },
  {
    name: "peering with the hub's own addresses",
    given: [resourceGroup, network("vnet", "10.0.0.0/8")],
    ask: peering(hub),
    says: `Code="VnetAddressSpacesOverlap"`,
  },
  {
    name: "peering with a hub that has a peer of the same addresses",
    given: [...inNetwork, network("twin", "10.20.128.0/17"), peering(hub, { virtualNetworkName: "twin" })],
    ask: peering(hub),
    says: "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
  },
  {
    name: "second peering with one network",
    given: [...inNetwork, peering(hub)],
    ask: peering(hub, { virtualNetworkPeeringName: "again" }),
    says: "AnotherPeeringAlreadyReferencesRemoteVnet",
  },
  {
    name: "peering turned to another network",
    given: [...inNetwork, peering(hub)],
    operation: "update",
    ask: peering(contoso.networks[1]?.id ?? ""),
    says: "cannot be changed",
  },
  {
    name: "endpoint in a subnet of another region",
    given: [...inNetwork, account()],
    ask: endpoint(accountPath, ["blob"], { location: "eastus" }),
    says: "subnets/snet referenced by resource",
  },
  {
    name: "endpoint of nothing",
    given: inNetwork,
    ask: endpoint(),
    says: "Call to Microsoft.Storage/storageAccounts failed",
  },
  {
    name: "endpoint of a part that the target has not",
    given: [...inNetwork, account()],
    ask: endpoint(accountPath, ["vault"]),
    says: "supported are blob, file, queue, table, dfs",
  },
  {
    name: "endpoint of a basic registry",
    given: [...inNetwork, registry({ sku: { name: "Basic" } })],
    ask: endpoint(registryPath, ["registry"]),
    says: "only supported for Premium",
  },
  {
    name: "private basic registry",
    given: made,
    ask: registry({ sku: { name: "Basic" }, publicNetworkAccess: "Disabled" }),
    says: "only supported for Premium",
  },
  {
    name: "public registry without exports",
    given: made,
    ask: registry({ sku: { name: "Premium" }, policies: { exportPolicy: { status: "disabled" } } }),
    says: "while public network access to the registry is disabled",
  },
  { name: "zone group in no zone", given: linked, ask: zoneGroup(), says: "InvalidResourceReference" },
  {
    name: "second zone group of an endpoint",
    given: [...linked, zone(), zoneGroup()],
    ask: zoneGroup({ privateDnsZoneGroupName: "second" }),
    says: "already has the private DNS zone group default",
  },
  {
    name: "zone in a region",
    given: made,
    ask: zone({ location: "westeurope" }),
    says: "'westeurope' is not available for resource type 'Microsoft.Network/privateDnsZones'",
  },
  {
    name: "zone that is linked",
    given: [resourceGroup, zone(), link()],
    operation: "delete",
    ask: zone(),
    says: "before nested resources are deleted",
  },
  {
    name: "link to no network",
    given: [resourceGroup, zone()],
    ask: link({ virtualNetwork: { id: networkPath("x") } }),
    says: "InvalidResourceReference",
  },
  {
    name: "zone linked twice to one network",
    given: [resourceGroup, zone(), link()],
    ask: link({ virtualNetworkLinkName: "again" }),
    says: "multiple zones with overlapping namespaces",
  },
  {
    name: "zone of the same name in another group, linked to the same network",
    given: [resourceGroup, elsewhere, zone(), link(), zone({ resourceGroupName: "other" })],
    ask: link({ resourceGroupName: "other" }),
    says: "multiple zones with overlapping namespaces",
  },

  {
    name: "managed network switched off",
    given: managed,
    operation: "update",
    ask: workspace(),
    says: "cannot be disabled once it has been enabled",
  },
  {
    name: "system-assigned identity taken away",
    given: [resourceGroup, workspace({ identity: { type: "SystemAssigned" } })],
    operation: "update",
    ask: workspace({ identity: { type: "UserAssigned" } }),
    says: "cannot be removed",
  },
  {
    name: "outbound rule without a managed network",
    given: [...made, workspace()],
    ask: outbound(),
    says: "the workspace has no managed network",
  },
  {
    name: "rule by name where everything goes out",
    given: [resourceGroup, workspace({ managedNetwork: { isolationMode: "AllowInternetOutbound" } })],
    ask: outbound({ type: "FQDN", destination: "pypi.org" }),
    says: "need the isolation mode AllowOnlyApprovedOutbound",
  },
  {
    name: "outbound rule to nothing",
    given: managed,
    ask: outbound(toStore(`${accountPath}x`)),
    says: "was not found",
  },
  {
    name: "outbound rule to a part that the target has not",
    given: managed,
    ask: outbound(toStore(accountPath, "vault")),
    says: "'vault' is no sub-resource of",
  },
  {
    name: "outbound rule of an identity that may not approve it",
    given: [resourceGroup, account(), identity()],
    before: (cloud) =>
      cloud.create(
        ...workspace({ ...userAssigned(cloud), managedNetwork: { isolationMode: "AllowOnlyApprovedOutbound" } }),
      ),
    ask: outbound(),
    says: "Assign it the role Azure AI Enterprise Network Connection Approver.",
  },
  {
    name: "cluster in a subnet of another region",
    given: [...inNetwork, workspace()],
    ask: compute({
      properties: { computeLocation: "eastus", computeType: "AmlCompute", properties: { subnet: { id: subnetId } } },
    }),
    says: "does not exist in region eastus",
  },
  {
    name: "cluster with a subnet beside a managed network",
    given: [...managed, network(), subnet()],
    ask: inCluster({ subnet: { id: subnetId } }),
    says: "cannot have a subnet",
  },
  {
    name: "cluster with neither address nor network",
    given: inWorkspace,
    ask: inCluster({ enableNodePublicIp: false }),
    says: "needs a subnet, or a workspace with a managed network",
  },

  {
    name: "locked store",
    given: [...made, lock()],
    operation: "delete",
    ask: account(),
    says: `The scope '${accountPath}' cannot perform delete operation because following scope(s) are locked: '${accountPath}'. Please remove the lock and try again.`,
  },
  {
    name: "container of a locked store",
    given: [...made, container(), lock()],
    operation: "delete",
    ask: container(),
    says: "ScopeLocked",
  },
  {
    name: "role assignment on a locked store",
    given: [...made, assignment({ scope: accountPath }), lock()],
    operation: "delete",
    ask: assignment({ scope: accountPath }),
    says: "ScopeLocked",
  },
  {
    name: "group of a locked store",
    given: [...made, lock()],
    operation: "delete",
    ask: resourceGroup,
    says: "ScopeLocked",
  },
  {
    name: "anything new where only reading is allowed",
    given: [...made, lock({ scope: group, level: "ReadOnly" })],
    ask: container(),
    says: "cannot perform write operation",
  },
  {
    name: "endpoint of a locked store",
    given: [...linked, lock()],
    operation: "delete",
    ask: endpoint(),
    says: "privateEndpointConnectionProxies/pe' cannot perform delete operation",
  },
  {
    name: "store with shared keys where policy denies them",
    given: [resourceGroup, assigned()],
    ask: account(),
    says: `Resource 'stfl' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"deny","id":"${group}/providers/Microsoft.Authorization/policyAssignments/deny"},`,
  },
  {
    name: "change of a store that stood before the policy",
    given: [...made, assigned()],
    operation: "update",
    ask: account({ tags: { a: "b" } }),
    says: "RequestDisallowedByPolicy",
  },
  ...(
    [
      ["438c38d2-3772-465a-a9cc-7a6666a275ce", workspace()],
      ["4fa4b6c0-31ca-4c0d-b10d-24b96f62a751", account({ allowBlobPublicAccess: true })],
      ["b2982f36-99f2-4db5-8eff-283140c09693", account({ publicNetworkAccess: "Enabled" })],
      ["dc921057-6b28-4fbe-9b83-f7bec05db6c2", registry({ adminUserEnabled: true })],
      ["12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5", vault()],
    ] as const
  ).map(([guid, ask]) => ({
    name: `what policy ${guid} denies`,
    given: [resourceGroup, assigned(guid)],
    ask,
    says: "RequestDisallowedByPolicy",
  })),
  {
    name: "cluster with local authentication where policy denies it",
    given: [...inWorkspace, assigned("e96a9a5f-07ca-471b-9bc5-6a0f33cbd68f")],
    ask: compute(),
    says: "RequestDisallowedByPolicy",
  },
  {
    name: "assignment of something that is no policy",
    given: made,
    ask: assigned(sharedKeys, { policyDefinitionId: sharedKeys }),
    says: "InvalidCreatePolicyAssignmentRequest",
  },
  {
    name: "logs of nothing",
    given: [resourceGroup, logs()],
    ask: diagnostics(),
    says: "blobServices/default' was not found",
  },
  { name: "logs to nowhere", given: made, ask: diagnostics(), says: "Log Analytics workspace" },
  {
    name: "logs of a kind that there is not",
    given: [...made, logs()],
    ask: diagnostics({ logs: [{ categoryGroup: "everything", enabled: true }] }),
    says: "'everything' is not supported",
  },
  {
    name: "logs of an account instead of its services",
    given: [...made, logs()],
    ask: diagnostics({ resourceUri: accountPath }),
    says: "'allLogs' is not supported",
  },
  {
    name: "the same logs twice to one workspace",
    given: [...made, logs(), diagnostics()],
    ask: diagnostics({ name: "again" }),
    says: `is already used in diagnostic setting 'audit' for category 'allLogs'.`,
  },
  {
    name: "action group in a region",
    given: made,
    ask: actionGroup({ location: "westeurope" }),
    says: "'westeurope' is not available for resource type 'Microsoft.Insights/actionGroups'",
  },
  {
    name: "action group with a long short name",
    given: made,
    ask: actionGroup({ groupShortName: "federated-mlops" }),
    says: "from 1 to 12 characters",
  },
  { name: "alert in a region", given: alerting, ask: alert({ location: "eastus" }), says: "LocationNotAvailable" },
  { name: "alert to no action group", given: made, ask: alert(), says: "ActionGroupNotFound" },
  {
    name: "alert on no category",
    given: alerting,
    ask: alert({ condition: { allOf: [{ field: "level", equals: "Error" }] } }),
    says: "must contain the field 'category'",
  },
  {
    name: "alert on another subscription",
    given: alerting,
    ask: alert({ scopes: ["/subscriptions/other"] }),
    says: "is not in the subscription",
  },
  { name: "budget from the middle of a month", given: made, ask: budget("2026-11-25"), says: "first of a month" },
  {
    name: "budget with another start",
    given: [...made, budget()],
    operation: "update",
    ask: budget("2026-12-01"),
    says: "Start date of budgets cannot be updated.",
  },
  {
    name: "budget that tells nobody",
    given: made,
    ask: budget(undefined, { notifications: { actual: { contactEmails: [] } } }),
    says: "'actual' must have at least one contact",
  },
  {
    name: "custom role whose name is no GUID",
    given: made,
    ask: customRole({ roleDefinitionId: "submitter" }),
    says: "must be a GUID",
  },
  {
    name: "custom role for one resource",
    given: made,
    ask: customRole({ assignableScopes: [accountPath] }),
    says: "is not a management group, subscription or resource group",
  },
  {
    name: "custom role of a name that is taken",
    given: [...made, customRole()],
    ask: customRole({ roleDefinitionId: guid(7) }),
    says: "A custom role with the same name already exists",
  },
  {
    name: "custom role that somebody has",
    given: [...made, customRole(), assignment({ roleDefinitionId: role(guid(6)) })],
    operation: "delete",
    ask: customRole(),
    says: "RoleDefinitionHasAssignments",
  },
  {
    name: "custom role outside its scopes",
    given: [...made, elsewhere, customRole()],
    ask: assignment({ scope: group.replace(/rg$/, "other"), roleDefinitionId: role(guid(6)) }),
    says: "must match one of the assignable scopes",
  },

  { name: "second application of a name", given: [application()], ask: application(), says: "prevent_duplicate_names" },
  {
    name: "principal of no application",
    ask: [entra("ServicePrincipal"), { clientId: guid(5) }],
    says: "NoBackingApplicationObject",
  },
  {
    name: "second principal of an application",
    given: [application()],
    before: (cloud) =>
      cloud.create(entra("ServicePrincipal"), { clientId: cloud.all(entra("Application"))[0]?.outputs["clientId"] }),
    ask: (cloud) => [entra("ServicePrincipal"), { clientId: cloud.all(entra("Application"))[0]?.outputs["clientId"] }],
    says: "needs to be imported into the State",
  },
  { name: "credential of no application", ask: credential("/applications/x"), says: "Request_ResourceNotFound" },
  {
    name: "two audiences",
    given: [application()],
    ask: (cloud) => credential(firstApplication(cloud), { audiences: ["a", "b"] }),
    says: "exactly one value",
  },
  {
    name: "credential number 21",
    given: [application()],
    before: (cloud) => {
      for (let n = 0; n < 20; n++)
        cloud.create(...credential(firstApplication(cloud), { displayName: `n${n}`, subject: `s${n}` }));
    },
    ask: (cloud) => credential(firstApplication(cloud)),
    says: "maximum number (20)",
  },
  {
    name: "two credentials of a name",
    given: [application()],
    before: (cloud) => cloud.create(...credential(firstApplication(cloud))),
    ask: (cloud) => credential(firstApplication(cloud), { subject: "repo:b" }),
    says: "with name prod already exists",
  },
  {
    name: "two credentials of a subject",
    given: [application()],
    before: (cloud) => cloud.create(...credential(firstApplication(cloud))),
    ask: (cloud) => credential(firstApplication(cloud), { displayName: "other" }),
    says: "Issuer and subject combination already exists",
  },

  {
    name: "repository name taken",
    given: inRepository,
    ask: repository(),
    says: "name already exists on this account",
  },
  {
    name: "name of an archived repository",
    ...archived,
    ask: repository(),
    says: "name already exists on this account",
  },
  {
    name: "archived repository changed",
    ...archived,
    operation: "update",
    ask: repository({ archived: true }),
    says: "read-only",
  },
  {
    name: "branch of an archived repository",
    ...archived,
    ask: branch(),
    says: "403 Repository was archived so is read-only.",
  },
  { name: "branch of no repository", ask: branch(), says: "repos/contoso-fl/fl: 404 Not Found" },
  { name: "file on no branch", given: inRepository, ask: file({ branch: "x" }), says: "404 Branch x not found" },
  { name: "file that exists", given: [repository(), file()], ask: file(), says: "refusing to overwrite existing file" },
  {
    name: "file on a branch with a ruleset",
    given: [repository(), rules()],
    ask: file(),
    says: "409 Repository rule violations found [Changes must be made through a pull request.]",
  },
  {
    name: "file on a protected branch",
    given: [repository(), protection()],
    ask: file(),
    says: "through a pull request",
  },
  {
    name: "file removed from a protected branch",
    given: [repository(), file(), rules({ conditions: { refName: { includes: ["~DEFAULT_BRANCH"] } } })],
    operation: "delete",
    ask: file(),
    says: "through a pull request",
  },
  { name: "unknown team", given: inRepository, ask: collaborators("nobody"), says: "teams/nobody: 404 Not Found" },
  {
    name: "rules on the free plan",
    plan: "free",
    given: inRepository,
    ask: rules(),
    says: "403 Upgrade to GitHub Pro",
  },
  { name: "two rulesets of a name", given: [repository(), rules()], ask: rules(), says: "Name must be unique" },
  {
    name: "ruleset for no branch",
    given: inRepository,
    ask: rules({ conditions: undefined }),
    says: "ref_name condition",
  },
  { name: "protection of nothing", ask: protection(), says: "Could not resolve to a node" },
  {
    name: "protected already",
    given: [repository(), protection()],
    ask: protection(),
    says: "Name already protected: main",
  },
  {
    name: "no admin bypass on the team plan",
    plan: "team",
    given: inRepository,
    ask: environment({ canAdminsBypass: false }),
    says: "ensure the billing plan supports the admin bypass protection rule",
  },
  {
    name: "list of actions where all are allowed",
    given: inRepository,
    ask: actions({ allowedActions: "all", allowedActionsConfig: { patternsAlloweds: ["actions/checkout@*"] } }),
    says: "only be set where allowed_actions is selected",
  },
  { name: "second runner group of one name", given: [runners()], ask: runners(), says: "exists already" },
  { name: "runner group on the free plan", plan: "free", ask: runners(), says: "Upgrade to GitHub Team" },
  {
    name: "runner group for a workflow without a branch",
    ask: runners({ selectedWorkflows: ["contoso-fl/fl/.github/workflows/submit.yml"] }),
    says: "is not owner/repository/.github/workflows/file@ref",
  },
  {
    name: "self-review prevented where nobody reviews",
    given: inRepository,
    ask: environment({ preventSelfReview: true }),
    says: "at least one reviewer to set prevent_self_review",
  },
  {
    name: "seven reviewers",
    given: inRepository,
    ask: environment({ reviewers: [{ users: [1, 2, 3, 4, 5, 6, 7] }] }),
    says: "at most 6 reviewers",
  },
  {
    name: "reviewers who cannot read",
    given: [repository(), collaborators("fl-maintainers")],
    ask: environment({ reviewers: [{ teams: [release] }] }),
    says: "have at least read access",
  },
  {
    name: "environment with both kinds of policy",
    given: inRepository,
    ask: environment({ deploymentBranchPolicy: { protectedBranches: true, customBranchPolicies: true } }),
    says: "cannot have the same value",
  },
  {
    name: "policy where none is custom",
    given: [repository(), environment()],
    ask: policy(),
    says: "no custom deployment branch policies",
  },
  {
    name: "variable in no environment",
    given: inRepository,
    ask: variable(),
    says: "404 Not Found [environment prod]",
  },
  { name: "secret in no environment", given: inRepository, ask: secret(), says: "404 Not Found [environment prod]" },
  {
    name: "variable GITHUB_X",
    given: inEnvironment,
    ask: variable({ variableName: "GITHUB_X" }),
    says: "must not start with a digit or GITHUB_",
  },
  {
    name: "secret GITHUB_X",
    given: inEnvironment,
    ask: secret({ secretName: "GITHUB_X" }),
    says: "must not start with a digit or GITHUB_",
  },
  { name: "variable that exists", given: [...inEnvironment, variable()], ask: variable(), says: "409 Already exists" },
  ...azureDevOpsCases,
];

function prepared({ given = [], plan, before }: Case): LocalCloud {
  const store = new Store(":memory:");
  if (plan !== undefined) store.organisation = { ...contoso, github: { ...contoso.github, plan } };
  const cloud = new LocalCloud(store, { subscriptionId: subscription, location: "westeurope" });
  for (const [type, inputs] of given) cloud.create(type, inputs);
  before?.(cloud);
  return cloud;
}

/** The refusals that say no to what the case asks for. */
function refusing(entry: Case): Refusal[] {
  const cloud = prepared(entry);
  const { operation = "create", ask } = entry;
  const [type, next] = typeof ask === "function" ? ask(cloud) : ask;
  const id = behaviourOf(type).id(next, cloud);
  const question = { operation, type, id, next, now: cloud.find(id, type), cloud };
  return (behaviourOf(type).refuses ?? []).filter((refusal) => refusal(question) !== undefined);
}

describe("a cloud refuses", () => {
  test.each(cases)("$name", (entry) => {
    const cloud = prepared(entry);
    const { operation = "create", ask, says } = entry;
    const [type, inputs] = typeof ask === "function" ? ask(cloud) : ask;
    const id = behaviourOf(type).id(inputs, cloud);
    const act = {
      create: () => cloud.create(type, inputs),
      update: () => cloud.update(type, id, inputs),
      delete: () => {
        cloud.delete(type, id);
      },
    };
    expect(act[operation]).toThrow(Refused);
    expect(act[operation]).toThrow(says);
  });

  test.each(cases)("and nothing else in the table does: $name", (entry) => {
    expect(refusing(entry)).toHaveLength(1);
  });

  test("every refusal has a case", () => {
    const proven = new Set(cases.flatMap(refusing));
    const unproven = Object.values(clouds)
      .flatMap(({ behaviours }) => Object.entries(behaviours))
      .flatMap(([type, { refuses = [] }]) =>
        refuses.map((refusal, index) => [`${type} ${refusal.name || index}`, refusal] as const),
      )
      .filter(([, refusal]) => !proven.has(refusal));
    expect(unproven.map(([name]) => name)).toEqual([]);
  });

  test("what no table knows", () => {
    const cloud = new LocalCloud(new Store(":memory:"));
    expect(() => cloud.create("azure-native:batch:Pool", {})).toThrow("add a row in localcloud/clouds/azure.ts");
    expect(() => cloud.invoke("github:index/getUser:getUser", {})).toThrow("add a row in localcloud/clouds/github.ts");
  });
});
