/**
 * Azure DevOps, as far as this program uses it: one row a resource or lookup, by the names and types of the public
 * package of this name (README.md). Words for a property: `required`, `optional`, `filled`, `answered` (table.ts).
 * https://www.pulumi.com/registry/packages/azuredevops/api-docs
 */
import { answered, filled, lookup, optional, required, resource } from "./table";

const text = "string";
const number = "integer";
const yes = "boolean";
const texts = { list: text } as const;

/** `Allow`, `Deny` or `NotSet` by permission, in Azure DevOps's own spelling, whose case counts. */
const permissions = { map: text } as const;

/** Which branches a policy holds. */
const scopes = {
  list: {
    object: {
      /** None: every repository of the project. */
      repositoryId: optional(text),
      /** `refs/heads/main`. */
      repositoryRef: optional(text),
      /** `Exact` (default), `Prefix`, or `DefaultBranch`, which takes neither repository nor ref. */
      matchType: optional(text),
    },
  },
} as const;

/** What every branch policy has. Both switches are on where nothing is said. */
const policy = {
  projectId: required(text),
  /** Whether it is looked at at all. */
  enabled: optional(yes),
  /** Whether a pull request that breaks it cannot be completed. */
  blocking: optional(yes),
};

/** What every check has: the resource that it stands before. */
const check = {
  projectId: required(text),
  targetResourceId: required(text),
  /** `endpoint`, `environment`, `queue`, `repository`, `securefile` or `variablegroup`. */
  targetResourceType: required(text),
};

/** A group's permissions on one thing: those that are listed, and no others, are looked at. */
const acl = {
  projectId: required(text),
  /** Descriptor of a group. */
  principal: required(text),
  permissions: required(permissions),
};

export class Project extends resource("Project", {
  name: filled(text),
  description: optional(text),
  /** `private` (default) or `public`. */
  visibility: optional(text),
  /** `Git` (default) or `Tfvc`. */
  versionControl: optional(text),
  workItemTemplate: optional(text),
  /** `enabled` or `disabled` by feature: boards, repositories, pipelines, testplans, artifacts. */
  features: optional({ map: text }),
}) {}

/** What holds for all pipelines of a project. Its deletion changes nothing, and the organisation's settings go first. */
export class ProjectPipelineSettings extends resource("ProjectPipelineSettings", {
  projectId: required(text),
  /** Jobs' tokens reach this project alone. */
  enforceJobScope: filled(yes),
  /** The same for classic releases. Provider 3.15.0 sends it only together with `statusBadgesArePrivate`. */
  enforceJobScopeForRelease: filled(yes),
  /** Jobs' tokens reach the repositories that their YAML names. */
  enforceReferencedRepoScopedToken: filled(yes),
  /** Who starts a run sets only variables that the pipeline offers. */
  enforceSettableVar: filled(yes),
  publishPipelineMetadata: filled(yes),
  statusBadgesArePrivate: filled(yes),
}) {}

export class Git extends resource("Git", {
  projectId: required(text),
  name: filled(text),
  /** `refs/heads/master` where nothing is said. */
  defaultBranch: filled(text),
  /** `initType`: `Clean`, with a first commit, `Import` or `Uninitialized`. */
  initialization: required({ object: { initType: required(text) } }),
  remoteUrl: answered(text),
  webUrl: answered(text),
}) {}

/** A branch that is made; one that exists already is refused. */
export class GitRepositoryBranch extends resource("GitRepositoryBranch", {
  repositoryId: required(text),
  /** Without `refs/heads/`. */
  name: filled(text),
  /** Where it begins. */
  refBranch: optional(text),
  lastCommitId: answered(text),
}) {}

export class GitPermissions extends resource("GitPermissions", {
  ...acl,
  /** None: every repository of the project. */
  repositoryId: optional(text),
}) {}

/** A group: one of its own by `displayName`, or by `originId` one of Entra, which becomes known to the organisation. */
export class Group extends resource("Group", {
  /** Project in which it is made; none: the organisation. */
  scope: optional(text),
  displayName: filled(text),
  description: optional(text),
  /** Object id of an Entra group. */
  originId: filled(text),
  /** Descriptors, all of them. */
  members: filled(texts),
  /** By which permissions and memberships name it. */
  descriptor: answered(text),
  /** By which policies and checks name it. */
  groupId: answered(text),
}) {}

export class GroupMembership extends resource("GroupMembership", {
  /** Descriptor. */
  group: required(text),
  /** Descriptors. */
  members: required(texts),
  /** `add` (default) looks at these members alone, `overwrite` at all. */
  mode: optional(text),
}) {}

export class BranchPolicyMinReviewers extends resource("BranchPolicyMinReviewers", {
  ...policy,
  settings: required({
    object: {
      scopes: required(scopes),
      reviewerCount: optional(number),
      /** Whether an author's own vote counts. */
      submitterCanVote: optional(yes),
      lastPusherCannotApprove: optional(yes),
      allowCompletionWithRejectsOrWaits: optional(yes),
      onPushResetApprovedVotes: optional(yes),
      onPushResetAllVotes: optional(yes),
    },
  }),
}) {}

export class BranchPolicyAutoReviewers extends resource("BranchPolicyAutoReviewers", {
  ...policy,
  settings: required({
    object: {
      scopes: required(scopes),
      /** Of several groups each must approve. */
      autoReviewerIds: required(texts),
      /** More than 1 only with one group. */
      minimumNumberOfReviewers: optional(number),
      /** None: every path. */
      pathFilters: optional(texts),
      submitterCanVote: optional(yes),
      message: optional(text),
    },
  }),
}) {}

export class BranchPolicyBuildValidation extends resource("BranchPolicyBuildValidation", {
  ...policy,
  settings: required({
    object: {
      scopes: required(scopes),
      buildDefinitionId: required(number),
      displayName: required(text),
      /** None: every path. */
      filenamePatterns: optional(texts),
      manualQueueOnly: optional(yes),
      /** With `false` a new commit on the target branch takes the result away too. */
      queueOnSourceUpdateOnly: optional(yes),
      /** Minutes; 0: until the target branch moves on. */
      validDuration: optional(number),
    },
  }),
}) {}

export class BranchPolicyStatusCheck extends resource("BranchPolicyStatusCheck", {
  ...policy,
  settings: required({
    object: {
      scopes: required(scopes),
      name: required(text),
      genre: optional(text),
      /** The identity whose status alone counts; none: anybody's. */
      authorId: optional(text),
      displayName: optional(text),
      /** Whether a push takes the status away. */
      invalidateOnUpdate: optional(yes),
    },
  }),
}) {}

export class BranchPolicyCommentResolution extends resource("BranchPolicyCommentResolution", {
  ...policy,
  settings: required({ object: { scopes: required(scopes) } }),
}) {}

export class BranchPolicyMergeTypes extends resource("BranchPolicyMergeTypes", {
  ...policy,
  settings: required({
    object: {
      scopes: required(scopes),
      allowSquash: optional(yes),
      allowBasicNoFastForward: optional(yes),
      allowRebaseAndFastForward: optional(yes),
      allowRebaseWithMerge: optional(yes),
    },
  }),
}) {}

/** A pipeline. */
export class BuildDefinition extends resource("BuildDefinition", {
  projectId: required(text),
  name: filled(text),
  /** Folder, `\` where nothing is said. */
  path: optional(text),
  repository: required({
    object: {
      /** `TfsGit` for a repository of Azure DevOps. */
      repoType: required(text),
      repoId: required(text),
      /** Whose YAML counts where nothing else says. */
      branchName: optional(text),
      ymlPath: optional(text),
    },
  }),
  ciTrigger: optional({ object: { useYaml: optional(yes) } }),
  /** `projectCollection` where nothing is said, or `project`. */
  jobAuthorizationScope: optional(text),
  features: optional({ list: { object: { skipFirstRun: optional(yes) } } }),
}) {}

export class BuildDefinitionPermissions extends resource("BuildDefinitionPermissions", {
  ...acl,
  buildDefinitionId: required(text),
}) {}

/** A deployment environment. */
export class Environment extends resource("Environment", {
  projectId: required(text),
  name: filled(text),
  description: optional(text),
}) {}

export class CheckApproval extends resource("CheckApproval", {
  ...check,
  /** Ids of groups and people. */
  approvers: required(texts),
  /** None or 0: all of them. */
  minimumRequiredApprovers: optional(number),
  /** Whether who started the run may approve it. */
  requesterCanApprove: optional(yes),
  instructions: optional(text),
  /** Minutes, at most 30 days. */
  timeout: optional(number),
}) {}

export class CheckBranchControl extends resource("CheckBranchControl", {
  ...check,
  displayName: optional(text),
  /** Whole refs with commas between them; `*`, every branch, where nothing is said. */
  allowedBranches: optional(text),
  /** Whether a branch without policies is turned away; no, where nothing is said. */
  verifyBranchProtection: optional(yes),
  ignoreUnknownProtectionStatus: optional(yes),
  /** Minutes. */
  timeout: optional(number),
}) {}

/** One run at a time. */
export class CheckExclusiveLock extends resource("CheckExclusiveLock", {
  ...check,
  /** Minutes. */
  timeout: optional(number),
}) {}

/** A pipeline must extend one of these templates. */
export class CheckRequiredTemplate extends resource("CheckRequiredTemplate", {
  ...check,
  requiredTemplates: required({
    list: {
      object: {
        /** `azuregit` (default), `github` or `bitbucket`. */
        repositoryType: optional(text),
        /** `<project>/<repository>`. */
        repositoryName: required(text),
        repositoryRef: required(text),
        templatePath: required(text),
      },
    },
  }),
}) {}

/** Lets a pipeline use something. */
export class PipelineAuthorization extends resource("PipelineAuthorization", {
  projectId: required(text),
  /** Of a repository: `<project id>.<repository id>`. */
  resourceId: required(text),
  /** `endpoint`, `environment`, `queue`, `repository` or `variablegroup`. */
  type: required(text),
  /** None: every pipeline of the project. */
  pipelineId: optional(number),
}) {}

export class VariableGroup extends resource("VariableGroup", {
  projectId: required(text),
  name: filled(text),
  description: optional(text),
  /** Whether every pipeline of the project may use it. */
  allowAccess: optional(yes),
  variables: required({
    list: {
      object: {
        name: required(text),
        value: optional(text),
        isSecret: optional(yes),
        /** Never read back. */
        secretValue: optional(text),
      },
    },
  }),
}) {}

export class VariableGroupPermissions extends resource("VariableGroupPermissions", {
  ...acl,
  variableGroupId: required(text),
}) {}

/** A service connection to Azure. */
export class ServiceEndpointAzureRM extends resource("ServiceEndpointAzureRM", {
  projectId: required(text),
  serviceEndpointName: required(text),
  description: optional(text),
  /** `ServicePrincipal` where nothing is said, `WorkloadIdentityFederation` or `ManagedServiceIdentity`. */
  serviceEndpointAuthenticationScheme: optional(text),
  azurermSpnTenantid: filled(text),
  azurermSubscriptionId: optional(text),
  /** For people's eyes; the provider takes no id without a name. */
  azurermSubscriptionName: optional(text),
  credentials: optional({ object: { serviceprincipalid: required(text) } }),
  /** `validate`: whether the connection is tried when it is made; not, where nothing is said. */
  features: optional({ object: { validate: optional(yes) } }),
  /** Of the tokens that it gives. */
  workloadIdentityFederationIssuer: answered(text),
  workloadIdentityFederationSubject: answered(text),
}) {}

export class ServiceendpointPermissions extends resource("ServiceendpointPermissions", {
  ...acl,
  /** None: every connection of the project. */
  serviceendpointId: optional(text),
}) {}

/** On the project itself. */
export class ProjectPermissions extends resource("ProjectPermissions", acl) {}

/** On what of the library (variable groups, secure files) is made later, too. */
export class LibraryPermissions extends resource("LibraryPermissions", acl) {}

/** A service principal or a managed identity as a user of the organisation. Takes a licence. */
export class ServicePrincipalEntitlement extends resource("ServicePrincipalEntitlement", {
  /** Object id of the service principal, not of its application. */
  originId: required(text),
  /** `aad` where nothing is said. */
  origin: filled(text),
  /** Access level; `express`, which people call Basic, where nothing is said. */
  accountLicenseType: optional(text),
  /** By which groups name it. */
  descriptor: answered(text),
}) {}

/** The organisation that the provider speaks to. */
export const [getClientConfig, getClientConfigOutput] = lookup(
  "getClientConfig",
  {},
  { organizationUrl: answered(text), tenantId: answered(text) },
);

export const [getProject, getProjectOutput] = lookup(
  "getProject",
  { name: optional(text) },
  { name: optional(text), visibility: answered(text) },
);

export const [getGitRepository, getGitRepositoryOutput] = lookup(
  "getGitRepository",
  { projectId: required(text), name: required(text) },
  { name: answered(text), defaultBranch: answered(text), webUrl: answered(text) },
);

/** A group by name: of a project, or without one the organisation's own. */
export const [getGroup, getGroupOutput] = lookup(
  "getGroup",
  { projectId: optional(text), name: required(text) },
  { name: answered(text), descriptor: answered(text), groupId: answered(text) },
);

/** People and services, by kind: `svc` are those that run pipelines. */
export const [getUsers, getUsersOutput] = lookup(
  "getUsers",
  { subjectTypes: optional(texts) },
  {
    users: answered({
      list: { object: { descriptor: answered(text), displayName: answered(text), principalName: answered(text) } },
    }),
  },
);

/** An agent pool, as a project knows it. */
export const [getAgentQueue, getAgentQueueOutput] = lookup(
  "getAgentQueue",
  { projectId: required(text), name: required(text) },
  { name: answered(text), agentPoolId: answered(number) },
);

export const [getBuildDefinition, getBuildDefinitionOutput] = lookup(
  "getBuildDefinition",
  { projectId: required(text), name: required(text), path: optional(text) },
  { name: answered(text), revision: answered(number) },
);
