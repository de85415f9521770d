/** What Azure DevOps holds of a stack's, and what of somebody else's: cases of recover.test.ts. */
import { type } from "../../localcloud/clouds/azureDevOps/project";
import type { Bag } from "../../localcloud/clouds/behaviour";
import type { LocalCloud } from "../../localcloud/localCloud";
import { contoso } from "../../localcloud/organisation";
import { type Claim, resource } from "./recoverCases";

const idOf = (of: string, cloud: LocalCloud) => cloud.all(type(of))[0]?.id ?? "";
const projectId = (cloud: LocalCloud) => idOf("Project", cloud);
const nobody = "4e9c6b3f-0c80-4d85-9c3e-9d6c8c3f2a04";
const somebody = "5fad7c40-1d91-4e96-8d4f-0e7d9d403b05";

type Inputs = (cloud: LocalCloud) => Bag;
const described = { description: "Managed by federated-mlops." };
const project = { name: "fl", description: "ours", visibility: "private" };
const inProject =
  (inputs: Bag | Inputs): Inputs =>
  (cloud) => ({ projectId: projectId(cloud), ...(typeof inputs === "function" ? inputs(cloud) : inputs) });

const repository = inProject({ name: "experiments", initialization: { initType: "Clean" } });
const environment = inProject({ name: "prod", ...described });
const variables = inProject({ name: "federated-mlops-prod", ...described, variables: [{ name: "A", value: "1" }] });
const group: Inputs = (cloud) => ({ scope: projectId(cloud), displayName: "fl writers", ...described });
const connection = inProject({
  serviceEndpointName: "federated-mlops-prod",
  serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation",
  azurermSpnTenantid: contoso.tenantId,
  credentials: { serviceprincipalid: "client" },
});
const pipeline = inProject((cloud) => ({
  name: "fl-submit",
  repository: { repoType: "TfsGit", repoId: idOf("Git", cloud), ymlPath: "azure-pipelines.yml" },
}));
const branch: Inputs = (cloud) => ({
  ...{ repositoryId: idOf("Git", cloud), name: "release/1.0", refBranch: "refs/heads/main" },
});
const policy = (settings: Bag | Inputs = {}, ref = "refs/heads/main") =>
  inProject((cloud) => ({
    settings: {
      scopes: [{ repositoryId: idOf("Git", cloud), repositoryRef: ref, matchType: "Exact" }],
      ...(typeof settings === "function" ? settings(cloud) : settings),
    },
  }));
const approvals = { reviewerCount: 2, submitterCanVote: false, lastPusherCannotApprove: true };
const owners = { autoReviewerIds: [nobody], minimumNumberOfReviewers: 1, submitterCanVote: false };
const validation: Inputs = (cloud) => ({
  ...{ buildDefinitionId: Number(idOf("BuildDefinition", cloud)), displayName: "dev-run", validDuration: 0 },
  ...{ manualQueueOnly: false, queueOnSourceUpdateOnly: false },
});
const status = { name: "scan", genre: "lab", authorId: nobody, invalidateOnUpdate: true };
const merges = { allowSquash: true, allowBasicNoFastForward: false, allowRebaseAndFastForward: false };

/** Makes these in a project, one after the other. */
const standing =
  (...things: readonly (readonly [string, Inputs])[]) =>
  (cloud: LocalCloud): void => {
    cloud.create(type("Project"), project);
    for (const [of, inputs] of things) cloud.create(type(of), inputs(cloud));
  };

const own = (of: string, inputs: Inputs, why: string, ...before: readonly (readonly [string, Inputs])[]): Claim => ({
  stands: standing(...before, [of, inputs]),
  type: type(of),
  inputs,
  why,
});
/** What stands is called the same, and is another one. */
const other = (
  of: string,
  inputs: Inputs,
  stands: Inputs,
  why: string,
  ...before: readonly (readonly [string, Inputs])[]
): Claim => ({ ...own(of, stands, why, ...before), inputs });

const git = ["Git", repository] as const;
const definition = ["BuildDefinition", pipeline] as const;
const asked = "It asks on its branch what the program asks.";
const bears = "It bears this program's description.";

export const azureDevOpsOurs: Readonly<Record<string, Claim>> = {
  "a project with this program's description": {
    stands: standing(),
    type: type("Project"),
    inputs: () => project,
    why: "It is private and bears this program's description.",
  },
  "an environment with this program's description": own("Environment", environment, bears),
  "a group of variables with this program's description": own("VariableGroup", variables, bears),
  "a group of people with this program's description": own("Group", group, bears),
  "a connection that signs in as whom it should": own(
    "ServiceEndpointAzureRM",
    connection,
    "It signs in as whom the program lets it sign in.",
  ),
  "a pipeline of the right file": own(
    "BuildDefinition",
    pipeline,
    "It runs azure-pipelines.yml of the repository that the program gives it.",
    git,
  ),
  "a branch that holds nothing of its own": own(
    "GitRepositoryBranch",
    branch,
    "It holds nothing that main does not hold.",
    git,
  ),
  "a policy of approvals": own("BranchPolicyMinReviewers", policy(approvals), asked, git),
  "a policy of owners": own("BranchPolicyAutoReviewers", policy(owners), asked, git),
  "a policy that asks for a pipeline": own("BranchPolicyBuildValidation", policy(validation), asked, git, definition),
  "a policy that asks for a status": own("BranchPolicyStatusCheck", policy(status), asked, git),
  "a policy of comments": own("BranchPolicyCommentResolution", policy(), asked, git),
  "a policy of merges": own("BranchPolicyMergeTypes", policy(merges), asked, git),
  "a policy beside one of the same kind that asks more": own(
    "BranchPolicyMinReviewers",
    policy(approvals),
    asked,
    git,
    ["BranchPolicyMinReviewers", policy({ ...approvals, reviewerCount: 3 })],
  ),
  "a repository in a project that the state knows": {
    ...own("Git", repository, "which this stack made."),
    state: (cloud) => [resource(type("Project"), "project", project, { id: projectId(cloud) })],
  },
};

export const azureDevOpsStrangers: Readonly<Record<string, Claim>> = {
  "a project that stood before": {
    stands: (cloud) => cloud.create(type("Project"), { ...project, visibility: "public" }),
    type: type("Project"),
    inputs: () => project,
    why: "It is not a private project with this program's description.",
  },
  "an environment of somebody else's": other(
    "Environment",
    environment,
    inProject({ name: "prod" }),
    "It does not bear this program's description.",
  ),
  "a group of people of somebody else's": other(
    "Group",
    group,
    (cloud) => ({ ...group(cloud), description: "the lab's" }),
    "It does not bear this program's description.",
  ),
  "a connection that signs in as somebody else": other(
    "ServiceEndpointAzureRM",
    connection,
    (cloud) => ({ ...connection(cloud), credentials: { serviceprincipalid: "another" } }),
    `It signs in as another of ${contoso.tenantId} by WorkloadIdentityFederation.`,
  ),
  "a pipeline of another file": other(
    "BuildDefinition",
    pipeline,
    (cloud) => ({ ...pipeline(cloud), repository: { repoId: idOf("Git", cloud), ymlPath: "mine.yml" } }),
    "It runs mine.yml of the repository",
    git,
  ),
  "a branch that somebody pushed": other(
    "GitRepositoryBranch",
    branch,
    (cloud) => ({ repositoryId: idOf("Git", cloud), name: "release/1.0", refCommitId: "a".repeat(40) }),
    "It holds what main does not hold.",
    git,
  ),
  "a policy that asks less": other(
    "BranchPolicyMinReviewers",
    policy(approvals),
    policy({ ...approvals, reviewerCount: 1 }),
    "It is of the same kind on the same branch, and asks something else than the program.",
    git,
  ),
  "a policy that blocks nothing": other(
    "BranchPolicyCommentResolution",
    policy(),
    (cloud) => ({ ...policy()(cloud), blocking: false }),
    "asks something else than the program.",
    git,
  ),
  "two policies that ask the same": own(
    "BranchPolicyMergeTypes",
    policy(merges),
    "2 of them ask the same on one branch.",
    git,
    ["BranchPolicyMergeTypes", policy(merges)],
  ),
  "a repository in a project that is only joined": own("Git", repository, "Nothing shows that this stack made it."),
};

/** What stands is of the same kind on the same branch, and is another one, whatever else both ask. */
export const azureDevOpsOthers: Readonly<Record<string, Omit<Claim, "why">>> = {
  "a policy of other owners": other(
    "BranchPolicyAutoReviewers",
    policy(owners),
    policy({ ...owners, autoReviewerIds: [somebody] }),
    "",
    git,
  ),
  "a policy that asks for another pipeline": other(
    "BranchPolicyBuildValidation",
    policy(validation),
    policy((cloud) => ({ ...validation(cloud), buildDefinitionId: Number(cloud.all(type("BuildDefinition"))[1]?.id) })),
    "",
    git,
    definition,
    ["BuildDefinition", (cloud) => ({ ...pipeline(cloud), name: "fl-other" })],
  ),
  "a policy that asks for a status of another name": other(
    "BranchPolicyStatusCheck",
    policy(status),
    policy({ ...status, name: "lint" }),
    "",
    git,
  ),
  "a policy that asks for a status of another genre": other(
    "BranchPolicyStatusCheck",
    policy(status),
    policy({ ...status, genre: "office" }),
    "",
    git,
  ),
  "a policy of another branch": other(
    "BranchPolicyCommentResolution",
    policy(),
    policy({}, "refs/heads/release/1.0"),
    "",
    git,
  ),
};
