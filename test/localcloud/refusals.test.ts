/** What the clouds refuse. Every refusal in the tables has a case here that only it refuses: switched off, nobody does. */
import { describe, expect, test } from "vitest";

import { type Bag, type Operation, Refused, type Refusal } from "../../localcloud/clouds/behaviour";
import { behaviourOf, clouds, LocalCloud } from "../../localcloud/localCloud";
import { contoso } from "../../localcloud/organisation";
import { Store } from "../../localcloud/store";

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

type Thing = readonly [type: string, inputs: Bag];

const rg = { resourceGroupName: "rg", location: "westeurope" };
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

interface Case {
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
  [workspace({ workspaceName: "a" }), made],
  // The public FL examples' name of a cluster.
  [compute({ computeName: "silo0-01" }), inWorkspace],
  [datastore({ name: "-a" }), inWorkspace],
];

const cases: readonly Case[] = [
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
