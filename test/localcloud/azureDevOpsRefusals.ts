/** What Azure DevOps and its pools refuse: cases of refusals.test.ts. */
import { builtInGroup, git, groupIdOf, project, type } from "../../localcloud/clouds/azureDevOps/project";
import type { Bag } from "../../localcloud/clouds/behaviour";
import type { LocalCloud } from "../../localcloud/localCloud";
import { contoso } from "../../localcloud/organisation";
import type { Case, Thing } from "./refusals.test";

const fl: Thing = [project, { name: "fl" }];
const projectId = (cloud: LocalCloud) => cloud.all(project)[0]?.id ?? "";
const idOf = (of: string, cloud: LocalCloud) => cloud.all(type(of))[0]?.id ?? "";
const repositoryId = (cloud: LocalCloud) => cloud.all(git)[0]?.id ?? "";

/** One of `of` in the project. */
const inProject =
  (of: string, inputs: Bag | ((cloud: LocalCloud) => Bag)) =>
  (cloud: LocalCloud): Thing => [
    type(of),
    { projectId: projectId(cloud), ...(typeof inputs === "function" ? inputs(cloud) : inputs) },
  ];

const repository = inProject("Git", { name: "experiments", initialization: { initType: "Clean" } });
const environment = inProject("Environment", { name: "prod" });
const definition = inProject("BuildDefinition", (cloud) => ({
  name: "submit",
  repository: { repoType: "TfsGit", repoId: repositoryId(cloud), ymlPath: "azure-pipelines.yml" },
}));
const endpoint = inProject("ServiceEndpointAzureRM", { serviceEndpointName: "federated-mlops-prod" });
const variables = inProject("VariableGroup", { name: "federated-mlops-prod", variables: [{ name: "A", value: "1" }] });
const branch =
  (name: string) =>
  (cloud: LocalCloud): Thing => [type("GitRepositoryBranch"), { repositoryId: repositoryId(cloud), name }];
const approvals = (scope: (cloud: LocalCloud) => Bag) =>
  inProject("BranchPolicyMinReviewers", (cloud) => ({ settings: { scopes: [scope(cloud)], reviewerCount: 2 } }));
const onMain = (cloud: LocalCloud, ref = "refs/heads/main") => ({
  ...{ repositoryId: repositoryId(cloud), repositoryRef: ref, matchType: "Exact" },
});
const onEnvironment = (cloud: LocalCloud) => ({
  ...{ targetResourceId: idOf("Environment", cloud), targetResourceType: "environment" },
});
const contributors = (cloud: LocalCloud) => builtInGroup("Contributors", projectId(cloud)) ?? "";
const acl = (inputs: Bag) =>
  inProject("GitPermissions", (cloud) => ({
    ...{ repositoryId: repositoryId(cloud), principal: contributors(cloud), permissions: { ForcePush: "Deny" } },
    ...inputs,
  }));

/** Makes these, one after the other. */
const standing =
  (...things: ((cloud: LocalCloud) => Thing)[]) =>
  (cloud: LocalCloud): void => {
    for (const thing of things) cloud.create(...thing(cloud));
  };
const nowhere = "00000000-0000-4000-8000-000000000000";

const subscription = "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
const office = contoso.networks.find(({ subnets }) => subnets !== undefined);
const inGroup = `/subscriptions/${subscription}/resourceGroups/rg/providers`;
const rg = { resourceGroupName: "rg", location: "westeurope" };
const center: Thing = ["azure-native:devcenter:DevCenter", { ...rg, devCenterName: "dc-fl" }];
const centerProject = (inputs: Bag = {}): Thing => [
  "azure-native:devcenter:Project",
  { ...rg, projectName: "dc-fl", devCenterId: `${inGroup}/Microsoft.DevCenter/devcenters/dc-fl`, ...inputs },
];
const underCenter: readonly Thing[] = [fl, ["azure-native:resources:ResourceGroup", rg], center, centerProject()];
const pool = (
  inputs: Bag = {},
  subnetId = `${office?.id}/subnets/pipelines`,
  organisation: Bag = { url: contoso.azureDevOps.url, projects: ["fl"] },
): Thing => [
  "azure-native:devopsinfrastructure:Pool",
  {
    ...rg,
    poolName: "fl-private",
    devCenterProjectResourceId: `${inGroup}/Microsoft.DevCenter/projects/dc-fl`,
    organizationProfile: { kind: "AzureDevOps", organizations: [organisation] },
    fabricProfile: { networkProfile: { subnetId } },
    ...inputs,
  },
];

export const azureDevOpsCases: readonly Case[] = [
  { name: "project by a name with a slash", ask: [project, { name: "fl/lab" }], says: "TF200012" },
  { name: "project of a name that is taken", given: [fl], ask: [project, { name: "FL" }], says: "TF200019" },
  {
    name: "environment in no project",
    ask: [type("Environment"), { projectId: nowhere, name: "prod" }],
    says: "TF200016",
  },
  {
    name: "repository of a name that is taken",
    given: [fl],
    before: standing(repository),
    // Names differ in case alone.
    ask: inProject("Git", { name: "Experiments", initialization: { initType: "Clean" } }),
    says: "TF400948",
  },
  {
    name: "branch of no repository",
    ask: [type("GitRepositoryBranch"), { repositoryId: nowhere, name: "release" }],
    says: "TF401019",
  },
  {
    name: "branch that somebody pushed already",
    given: [fl],
    before: standing(repository, branch("release")),
    ask: branch("release"),
    says: "staleOldObjectId",
  },
  {
    name: "branch that is deleted while it has policies",
    given: [fl],
    before: standing(
      repository,
      branch("release"),
      approvals((cloud) => onMain(cloud, "refs/heads/release")),
    ),
    operation: "delete",
    ask: branch("release"),
    says: "TF402455",
  },
  {
    name: "file that is pushed to a branch with policies",
    given: [fl],
    before: standing(
      repository,
      approvals((cloud) => onMain(cloud)),
    ),
    ask: (cloud) => [
      type("GitRepositoryFile"),
      { repositoryId: repositoryId(cloud), branch: "refs/heads/main", file: "README.md", content: "hello" },
    ],
    says: "TF402455: Pushes to this branch are not permitted",
  },
  {
    name: "policy on the default branch of one repository",
    given: [fl],
    before: standing(repository),
    ask: approvals((cloud) => ({ repositoryId: repositoryId(cloud), matchType: "DefaultBranch" })),
    says: "neither 'repository_id' nor 'repository_ref' can be set",
  },
  {
    name: "policy on no repository",
    given: [fl],
    ask: approvals(() => ({ repositoryId: nowhere, repositoryRef: "refs/heads/main" })),
    says: "TF401019",
  },
  {
    name: "policy that asks nobody",
    given: [fl],
    before: standing(repository),
    ask: inProject("BranchPolicyAutoReviewers", (cloud) => ({
      settings: { scopes: [onMain(cloud)], autoReviewerIds: [nowhere] },
    })),
    says: "required reviewer",
  },
  {
    name: "validation by no pipeline",
    given: [fl],
    before: standing(repository),
    ask: inProject("BranchPolicyBuildValidation", (cloud) => ({
      settings: { scopes: [onMain(cloud)], buildDefinitionId: 1, displayName: "dev-run" },
    })),
    says: "build definition 1",
  },
  {
    name: "group of Entra with a name of its own",
    ask: [type("Group"), { originId: contoso.groups[0]?.objectId, displayName: "people" }],
    says: "conflicts with",
  },
  { name: "group that Entra does not have", ask: [type("Group"), { originId: nowhere }], says: "VS860016" },
  {
    name: "group of a name that is taken",
    given: [fl],
    before: standing((cloud) => [type("Group"), { scope: projectId(cloud), displayName: "writers" }]),
    ask: (cloud) => [type("Group"), { scope: projectId(cloud), displayName: "Writers" }],
    says: "VS860007",
  },
  {
    name: "member whom nobody knows",
    given: [fl],
    ask: (cloud) => [type("GroupMembership"), { group: contributors(cloud), members: ["vssgp.nobody"] }],
    says: "VS860012",
  },
  {
    name: "permissions on nothing",
    given: [fl],
    ask: acl({ repositoryId: nowhere }),
    says: "does not exist",
  },
  {
    name: "permissions of nobody",
    given: [fl],
    before: standing(repository),
    ask: acl({ principal: "vssgp.nobody" }),
    says: "Failed to load identity information",
  },
  {
    name: "permission in other letters",
    given: [fl],
    before: standing(repository),
    ask: acl({ permissions: { forcePush: "Deny" } }),
    says: "Invalid permission [forcePush]",
  },
  {
    name: "permission on the library of another kind of thing",
    given: [fl],
    ask: inProject("LibraryPermissions", (cloud) => ({
      ...{ principal: contributors(cloud), permissions: { ForcePush: "Deny" } },
    })),
    says: "Invalid permission [ForcePush]",
  },
  {
    name: "permission on a project of another kind of thing",
    given: [fl],
    ask: inProject("ProjectPermissions", (cloud) => ({
      ...{ principal: contributors(cloud), permissions: { ForcePush: "Deny" } },
    })),
    says: "Invalid permission [ForcePush]",
  },
  {
    name: "service principal that Entra does not have as a user",
    ask: [type("ServicePrincipalEntitlement"), { originId: nowhere }],
    says: `Could not find a service principal with the origin id ${nowhere}`,
  },
  {
    name: "person as a service principal",
    ask: [type("ServicePrincipalEntitlement"), { originId: contoso.people[0]?.objectId }],
    says: "Could not find a service principal",
  },
  {
    name: "permission that is neither allowed nor denied",
    given: [fl],
    before: standing(repository),
    ask: acl({ permissions: { ForcePush: "Never" } }),
    says: "Invalid permission value [Never]",
  },
  {
    name: "pipeline of a name that is taken",
    given: [fl],
    before: standing(repository, definition),
    ask: inProject("BuildDefinition", (cloud) => ({
      ...{ name: "submit", path: "\\" },
      repository: { repoType: "TfsGit", repoId: repositoryId(cloud), ymlPath: "other.yml" },
    })),
    says: "DefinitionExistsException",
  },
  {
    name: "pipeline of no repository",
    given: [fl],
    ask: inProject("BuildDefinition", { name: "submit", repository: { repoType: "TfsGit", repoId: nowhere } }),
    says: nowhere,
  },
  {
    name: "connection with a subscription by its id alone",
    given: [fl],
    ask: inProject("ServiceEndpointAzureRM", { serviceEndpointName: "prod", azurermSubscriptionId: subscription }),
    says: "azurerm_subscription_id and azurerm_subscription_name must be provided",
  },
  {
    name: "connection of a name that is taken",
    given: [fl],
    before: standing(endpoint),
    ask: endpoint,
    says: "already exists. Only a user having Administrator/User role",
  },
  {
    name: "check of a kind of thing that there is not",
    given: [fl],
    ask: inProject("CheckExclusiveLock", { targetResourceId: "1", targetResourceType: "agentpool" }),
    says: "expected target_resource_type to be one of",
  },
  {
    name: "check on nothing",
    given: [fl],
    ask: inProject("CheckExclusiveLock", { targetResourceId: "1", targetResourceType: "environment" }),
    says: "does not exist",
  },
  {
    name: "approval by nobody",
    given: [fl],
    before: standing(environment),
    ask: inProject("CheckApproval", (cloud) => ({
      ...onEnvironment(cloud),
      approvers: [groupIdOf("vssgp.nobody")],
    })),
    says: "Approver with id",
  },
  {
    name: "authorisation for nothing",
    given: [fl],
    ask: inProject("PipelineAuthorization", { resourceId: "1", type: "variablegroup" }),
    says: "the resource does not exist",
  },
  {
    name: "authorisation of no pipeline",
    given: [fl],
    before: standing(variables),
    ask: inProject("PipelineAuthorization", (cloud) => ({
      ...{ resourceId: idOf("VariableGroup", cloud), type: "variablegroup", pipelineId: 1 },
    })),
    says: "Pipeline 1 could not be found",
  },
  {
    name: "pool under no dev center's project",
    given: [fl, ["azure-native:resources:ResourceGroup", rg]],
    ask: pool(),
    says: "devCenterProjectResourceId",
  },
  {
    name: "dev center's project under no dev center",
    given: [["azure-native:resources:ResourceGroup", rg]],
    ask: centerProject(),
    says: "devCenterId",
  },
  {
    name: "dev center of a name that is too long",
    given: [["azure-native:resources:ResourceGroup", rg]],
    ask: ["azure-native:devcenter:DevCenter", { ...rg, devCenterName: `dc-${"f".repeat(24)}` }],
    says: "is not a valid name",
  },
  {
    name: "dev center's project of a name that is too short",
    given: [["azure-native:resources:ResourceGroup", rg], center],
    ask: centerProject({ projectName: "dc" }),
    says: "is not a valid name",
  },
  {
    name: "pool of a bad name",
    given: underCenter,
    ask: pool({ poolName: "fl private" }),
    says: "is not a valid name",
  },
  {
    name: "pool of a name that is taken in all of Azure",
    given: underCenter,
    ask: pool({ poolName: "contoso" }),
    says: "PoolNameNotAvailable",
  },
  {
    name: "pool in a subnet that nobody delegated",
    given: underCenter,
    ask: pool({}, `${office?.id}/subnets/default`),
    says: "was not found",
  },
  {
    name: "pool in another region than its subnet",
    given: underCenter,
    ask: pool({ location: "eastus" }),
    says: "These must be in the same region.",
  },
  {
    name: "pool for a project that there is not",
    given: underCenter,
    ask: pool({}, undefined, { url: contoso.azureDevOps.url, projects: ["lab"] }),
    says: "ProjectNotFound",
  },
];
