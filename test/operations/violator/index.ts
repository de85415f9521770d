/**
 * Breaks every rule of the policy pack, each by a resource of the rule's name that is otherwise as it should be.
 */
import * as insights from "@pulumi/azure-native/applicationinsights";
import * as authorization from "@pulumi/azure-native/authorization";
import * as registry from "@pulumi/azure-native/containerregistry";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as ml from "@pulumi/azure-native/machinelearningservices";
import * as identity from "@pulumi/azure-native/managedidentity";
import * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";
import * as azuread from "@pulumi/azuread";
import * as azuredevops from "@pulumi/azuredevops";
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

const subscription = "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
const resourceGroupName = "rg-violator";
const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroupName}`;
const workspaceId = `${group}/providers/Microsoft.MachineLearningServices/workspaces/aml`;
const here = { resourceGroupName, location: "westeurope", tags: { "federated-mlops-environment": "production" } };
const kept = { protect: true };

// Vault, stores, registry, Application Insights

const store: storage.StorageAccountArgs = {
  ...here,
  kind: "StorageV2",
  sku: { name: "Standard_LRS" },
  allowSharedKeyAccess: false,
  allowBlobPublicAccess: false,
  isLocalUserEnabled: false,
  publicNetworkAccess: "Disabled",
  networkRuleSet: { defaultAction: "Deny" },
};
const storeNamed = (name: string, args: Partial<storage.StorageAccountArgs>, opts = kept) =>
  new storage.StorageAccount(name, { ...store, accountName: name.replaceAll("-", ""), ...args }, opts);
storeNamed("store-no-shared-key", { allowSharedKeyAccess: true });
storeNamed("store-no-anonymous", { allowBlobPublicAccess: true });
storeNamed("store-no-local-users", { isLocalUserEnabled: true });
storeNamed("store-private", { publicNetworkAccess: "Enabled" });
storeNamed("protect-data", {}, { protect: false });
new resources.ResourceGroup("kind-tagged", { resourceGroupName, location: "westeurope" }, kept);

const vault = {
  tenantId: "c0a5e7f1-52d4-4c7b-8a39-2f6b1d9e4c10",
  sku: { family: "A", name: "standard" },
  enableRbacAuthorization: true,
  publicNetworkAccess: "Disabled",
  networkAcls: { defaultAction: "Deny" },
} as const;
new keyvault.Vault(
  "vault-by-role",
  { ...here, vaultName: "kv-by-access-policy", properties: { ...vault, enableRbacAuthorization: false } },
  kept,
);
new keyvault.Vault(
  "vault-private",
  { ...here, vaultName: "kv-public", properties: { ...vault, publicNetworkAccess: "Enabled" } },
  kept,
);

const images = {
  ...here,
  sku: { name: "Premium" },
  adminUserEnabled: false,
  publicNetworkAccess: "Disabled",
  policies: { exportPolicy: { status: "disabled" } },
} as const;
new registry.Registry("registry-no-accounts", { ...images, registryName: "cradmin", adminUserEnabled: true });
new registry.Registry("registry-private", { ...images, registryName: "crpublic", publicNetworkAccess: "Enabled" });
new insights.Component("insights-by-identity", {
  ...here,
  resourceName: "appi",
  kind: "web",
  applicationType: "web",
  disableLocalAuth: false,
});

// Workspace

const workspace: ml.WorkspaceArgs = {
  ...here,
  identity: {
    type: "UserAssigned",
    userAssignedIdentities: [`${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id`],
  },
  systemDatastoresAuthMode: "Identity",
  publicNetworkAccess: "Disabled",
  storageAccount: `${group}/providers/Microsoft.Storage/storageAccounts/stown`,
};
new ml.Workspace("workspace-private", { ...workspace, workspaceName: "aml", publicNetworkAccess: "Enabled" }, kept);
new ml.Workspace(
  "workspace-no-store-keys",
  { ...workspace, workspaceName: "aml-keys", systemDatastoresAuthMode: "AccessKey" },
  kept,
);
new ml.Workspace(
  "workspace-own-identity",
  { ...workspace, workspaceName: "aml-system", identity: { type: "SystemAssigned" } },
  kept,
);
const cluster = (name: string, opens: { localAuth?: boolean; publicIp?: boolean }) =>
  new ml.Compute(name, {
    ...here,
    workspaceName: "aml",
    computeName: name,
    properties: {
      computeType: "AmlCompute",
      disableLocalAuth: opens.localAuth !== true,
      properties: { remoteLoginPortPublicAccess: "Disabled", enableNodePublicIp: opens.publicIp === true },
    },
  });
cluster("compute-local-auth", { localAuth: true });
cluster("compute-private", { publicIp: true });
new ml.Datastore("datastore-no-keys", {
  resourceGroupName,
  workspaceName: "aml",
  name: "keys",
  properties: {
    datastoreType: "AzureBlob",
    accountName: "stown",
    containerName: "private",
    credentials: { credentialsType: "AccountKey", secrets: { secretsType: "AccountKey", key: "a key" } },
  },
});

// Rights

const roles = {
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
};
const application = new azuread.Application("application-no-secret", {
  displayName: "violator",
  signInAudience: "AzureADMyOrg",
  owners: ["d1b6f802-63e5-4d8c-9b4a-307c2eaf5d21"],
  password: { displayName: "for a moment" },
});
const pipeline = new azuread.ServicePrincipal("pipeline", { clientId: application.clientId });
const right = (
  name: string,
  scope: string,
  role: keyof typeof roles,
  principalId: pulumi.Input<string>,
  principalType = "ServicePrincipal",
) =>
  new authorization.RoleAssignment(name, {
    roleAssignmentName: "8e24c981-cd0c-51df-8ac2-ef9d9f145d31",
    scope,
    roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roles[role]}`,
    principalId,
    principalType,
  });
const scientists = "8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11";
const registryId = `${group}/providers/Microsoft.ContainerRegistry/registries/crpublic`;
right("rights-narrow", group, "Contributor", pipeline.objectId);
right("people-read-only", registryId, "Reader", scientists, "Group");
right("people-write-nothing", workspaceId, "Contributor", scientists, "Group");
right("environments-apart", workspaceId, "Contributor", "788e9204-3132-4527-81d2-3a85cc9be19d");
right("pipeline-scope", registryId, "AcrPush", pipeline.objectId);
const silo = (name: string) => new identity.UserAssignedIdentity(name, { ...here, resourceName: name });
const siloStore = `${group}/providers/Microsoft.Storage/storageAccounts/stsilo0`;
right("silos-apart", siloStore, "Storage Blob Data Contributor", silo("silo0").principalId);
right("another-silo", siloStore, "Storage Blob Data Contributor", silo("silo1").principalId);
new authorization.RoleDefinition("pipeline-submitter", {
  scope: group,
  roleDefinitionId: "00000000-0000-4000-8000-000000000000",
  roleName: "Everything",
  assignableScopes: [group],
  permissions: [{ actions: ["*"] }],
});

// Branches

const repository = new github.Repository(
  "repository",
  { name: "fl-experiments", visibility: "private", allowForking: false },
  kept,
);
new github.Repository("repository-private", { name: "fl-open", visibility: "public", allowForking: false }, kept);

const pullRequest = {
  requiredApprovingReviewCount: 2,
  dismissStaleReviewsOnPush: true,
  requireCodeOwnerReview: true,
  requireLastPushApproval: true,
};
const rules = { creation: true, deletion: true, nonFastForward: true, pullRequest };
const ruleset = (name: string, args: Partial<github.RepositoryRulesetArgs>) =>
  new github.RepositoryRuleset(name, {
    name,
    repository: repository.name,
    target: "branch",
    enforcement: "active",
    bypassActors: [],
    conditions: { refName: { includes: ["refs/heads/release"], excludes: [] } },
    rules,
    ...args,
  });
ruleset("branch-pull-request", { enforcement: "evaluate" });
ruleset("branch-approvals", { rules: { ...rules, pullRequest: { ...pullRequest, requiredApprovingReviewCount: 0 } } });
ruleset("branch-last-push", { rules: { ...rules, pullRequest: { ...pullRequest, requireLastPushApproval: false } } });
ruleset("branch-stale-reviews", {
  rules: { ...rules, pullRequest: { ...pullRequest, dismissStaleReviewsOnPush: false } },
});
ruleset("branch-code-owners", { rules: { ...rules, pullRequest: { ...pullRequest, requireCodeOwnerReview: false } } });
ruleset("branch-history", { rules: { ...rules, nonFastForward: false } });
ruleset("branch-no-bypass", { bypassActors: [{ actorId: 5, actorType: "RepositoryRole", bypassMode: "always" }] });
ruleset("branch-by-name", { conditions: { refName: { includes: ["refs/heads/ma*"], excludes: [] } } });
ruleset("tags-none", { target: "tag", rules: { creation: true, update: true, deletion: true } });
new github.BranchProtection("branch-dismissals", {
  repositoryId: repository.nodeId,
  pattern: "release",
  enforceAdmins: true,
  requiredPullRequestReviews: [
    {
      requiredApprovingReviewCount: 2,
      dismissStaleReviews: true,
      requireCodeOwnerReviews: true,
      requireLastPushApproval: true,
      restrictDismissals: false,
    },
  ],
});

// Repository, environments, credential

new github.RepositoryCollaborators("repository-writers", {
  repository: repository.name,
  teams: [{ teamId: "fl-data-scientists", permission: "admin" }],
});
new github.WorkflowRepositoryPermissions("workflow-token", {
  repository: repository.name,
  defaultWorkflowPermissions: "write",
});
const environment = (name: string, args: Partial<github.RepositoryEnvironmentArgs>) =>
  new github.RepositoryEnvironment(name, {
    repository: repository.name,
    environment: "prod",
    canAdminsBypass: false,
    preventSelfReview: true,
    reviewers: [{ teams: [7] }],
    deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    ...args,
  });
environment("environment-branches", {
  deploymentBranchPolicy: { protectedBranches: true, customBranchPolicies: false },
});
environment("environment-reviewers", { preventSelfReview: false });
environment("environment-no-admin-bypass", { canAdminsBypass: true });
new github.RepositoryEnvironmentDeploymentPolicy("branch-deploys-ruled", {
  repository: repository.name,
  environment: "prod",
  branchPattern: "main",
});
const credential = (name: string, subject: string) =>
  new azuread.ApplicationFederatedIdentityCredential(name, {
    applicationId: application.id,
    displayName: name,
    issuer: "https://token.actions.githubusercontent.com",
    audiences: ["api://AzureADTokenExchange"],
    subject,
  });
credential("credential-last", "repo:contoso-fl@148213907/fl-experiments@933608206:environment:prod");
credential("credential-exact", "repo:contoso-fl@148213907/fl-experiments@933608206:pull_request");
credential("credential-by-number", "repo:contoso-fl/fl-experiments:environment:prod");

// Azure DevOps

const project = new azuredevops.Project("project", { name: "fl" });
new azuredevops.PipelineAuthorization("pipeline-authorised-singly", {
  projectId: project.id,
  resourceId: "connection",
  type: "endpoint",
});

// Anything else

new pulumi.ComponentResource("violator:index:Script", "types-known");
