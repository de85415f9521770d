import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { codeOwnersFile } from "../../facts/codeOwners";
import { reviewedSince, submissionWorkflow } from "../../facts/github";
import type { BranchRules, RepositoryArgs } from "../gate";

/** What a gate knows about the experiments repository, whether this stack owns it or not. */
export interface ExperimentsRepository {
  readonly repositoryName: pulumi.Input<string>;
  /** With its owner, as GitHub spells both. */
  readonly fullName: pulumi.Input<string>;
  readonly repositoryId: pulumi.Input<number>;
  /** What must stand before a gate in this repository may open. */
  readonly guards: readonly pulumi.Resource[];
}

/**
 * The experiments repository with everything that makes review the only way into its protected branches. Order is part
 * of it: rules stand before anybody can write, and are destroyed after nobody can any more.
 */
export class OwnedRepository extends pulumi.ComponentResource implements ExperimentsRepository {
  readonly repositoryName: pulumi.Output<string>;
  readonly fullName: pulumi.Output<string>;
  readonly repositoryId: pulumi.Output<number>;
  readonly guards: readonly pulumi.Resource[];

  constructor(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:OwnedRepository", name, {}, opts);
    const child = { parent: this };
    const merges = new Set(Object.values(args.branches).map(({ merge }) => merge));

    const repository = new github.Repository(
      `${name}-repository`,
      {
        name: args.repositoryName,
        description: "Federated learning experiments. Rules and environments are managed by federated-mlops.",
        visibility: "private",
        autoInit: true,
        archived: false,
        archiveOnDestroy: true,
        allowForking: false,
        allowAutoMerge: false,
        allowMergeCommit: merges.has("merge"),
        allowRebaseMerge: merges.has("rebase"),
        allowSquashMerge: merges.has("squash"),
        deleteBranchOnMerge: false,
        hasIssues: true,
        hasProjects: false,
        hasWiki: false,
      },
      {
        ...child,
        protect: args.protect,
        ignoreChanges: args.adopt === undefined ? ["autoInit"] : ["autoInit", ...asItsMakerChose],
        // A renamed repository is another one: GitHub would forward the old name, and with it what guards it.
        replaceOnChanges: ["name"],
        ...(args.recover || args.adopt !== undefined ? { import: args.repositoryName } : {}),
        // What stood before the environment stays when that is destroyed.
        retainOnDelete: args.adopt !== undefined,
      },
    );

    const workflowToken = new github.WorkflowRepositoryPermissions(
      `${name}-workflow-token`,
      // With the right to approve, a workflow in a pull request could be one of its reviewers.
      { repository: repository.name, defaultWorkflowPermissions: "read", canApprovePullRequestReviews: false },
      { ...child, retainOnDelete: true },
    );
    const actions = new github.ActionsRepositoryPermissions(
      `${name}-actions`,
      {
        repository: repository.name,
        enabled: true,
        allowedActions: "selected",
        allowedActionsConfig: {
          githubOwnedAllowed: false,
          verifiedAllowed: false,
          patternsAlloweds: [...args.actions],
        },
        shaPinningRequired: true,
      },
      // Deleted, it would allow every action.
      { ...child, retainOnDelete: true },
    );
    const tags = noTags(`${name}-tags`, repository, this);
    const main = new github.BranchDefault(
      `${name}-main`,
      // An organisation may call the first branch otherwise.
      { repository: repository.name, branch: "main", rename: true },
      { ...child, retainOnDelete: true },
    );

    const rules = Object.entries(args.branches).flatMap(([branch, review]) =>
      protectBranch(`${name}-${branch}`, branch, review, repository, main, this),
    );

    const guards = [workflowToken, actions, tags, ...rules, ...runners(name, args, repository, this)];
    const collaborators = collaboratingTeams(name, args, repository, guards, this);

    const production = productionEnvironment(name, args, repository, collaborators, this);
    const environments = [
      ...production,
      ...recordUnreviewed(name, args, repository, [...rules, ...production], this),
      new github.RepositoryEnvironment(
        `${name}-dev`,
        // Any branch and any pull request may run here: the dev identity reaches synthetic data alone.
        { repository: repository.name, environment: "dev" },
        child,
      ),
    ];

    this.repositoryName = repository.name;
    this.fullName = repository.fullName;
    this.repositoryId = repository.repoId;
    this.guards = [...guards, collaborators, ...environments];
    this.registerOutputs({ repositoryId: this.repositoryId });
  }
}

/** What an existing repository keeps as it is. */
const asItsMakerChose = ["description", "hasIssues", "hasProjects", "hasWiki", "homepageUrl", "topics"];

/** A tag could trigger a workflow, or bear the name of a branch: none is made, moved or deleted. */
function noTags(name: string, repository: github.Repository, parent: OwnedRepository): pulumi.Resource {
  return new github.RepositoryRuleset(
    name,
    {
      repository: repository.name,
      name: "federated-mlops tags",
      target: "tag",
      enforcement: "active",
      bypassActors: [],
      conditions: { refName: { includes: ["~ALL"], excludes: [] } },
      rules: { creation: true, update: true, deletion: true },
    },
    { parent },
  );
}

/**
 * The runner group inside the private network, for the submission workflow of a branch that may deploy and nothing else:
 * whatever else ran there would be inside too.
 */
function runners(
  name: string,
  { runner, deployFrom, protect }: RepositoryArgs,
  repository: github.Repository,
  parent: OwnedRepository,
): pulumi.Resource[] {
  if (runner === undefined || "join" in runner) return [];
  return [
    new github.ActionsRunnerGroup(
      `${name}-runners`,
      {
        name: runner.create,
        visibility: "selected",
        selectedRepositoryIds: [repository.repoId],
        allowsPublicRepositories: false,
        restrictedToWorkflows: true,
        selectedWorkflows: deployFrom.map(
          (branch) => pulumi.interpolate`${repository.fullName}/${submissionWorkflow}@refs/heads/${branch}`,
        ),
      },
      // GitHub moves the runners of a deleted group into the default one, which every repository may use.
      { parent, protect },
    ),
  ];
}

/**
 * Notes for the submission where reviewed history begins: what lay on `main` before its rules did, nobody had to review.
 * From the stack file, so that whoever moves it in the repository is seen.
 */
function recordUnreviewed(
  name: string,
  { adopt, takenOver }: RepositoryArgs,
  repository: github.Repository,
  rules: readonly pulumi.Resource[],
  parent: OwnedRepository,
): pulumi.Resource[] {
  if (adopt === undefined) return [];
  const { reviewedSince: since } = adopt;
  if (since === undefined) throw new Error("An adopted repository needs the commit up to which nobody reviewed it.");
  const head = github.getBranchOutput(
    { repository: repository.name, branch: "main" },
    { parent, dependsOn: [...rules] },
  );
  const value = takenOver ? head.sha.apply((sha) => unmoved(since, sha)) : since;
  return [
    new github.ActionsEnvironmentVariable(
      `${name}-reviewed-since`,
      { repository: repository.name, environment: "prod", variableName: reviewedSince, value },
      { parent, dependsOn: [...rules] },
    ),
  ];
}

/** `since`, if `main` is still there. */
function unmoved(since: string, head: string): string {
  if (head === since) return since;
  throw new pulumi.RunError(
    `main moved on to ${head} before its rules stood: look at what came in, then set gate.repository.reviewedSince to it.`,
  );
}

/** CODEOWNERS, then both layers of rules of one branch: the stricter one counts, and some readers know only the older. */
function protectBranch(
  name: string,
  branch: string,
  { approvals, codeOwners, checks, merge, signed }: BranchRules,
  repository: github.Repository,
  main: github.BranchDefault,
  parent: OwnedRepository,
): pulumi.Resource[] {
  const child = { parent };
  const line: pulumi.Resource[] =
    branch === "main"
      ? [main]
      : [
          new github.Branch(
            `${name}-branch`,
            { repository: repository.name, branch, sourceBranch: "main" },
            { ...child, dependsOn: main },
          ),
        ];

  const owners = new github.RepositoryFile(
    `${name}-codeowners`,
    {
      repository: repository.name,
      branch,
      file: ".github/CODEOWNERS",
      content: repository.fullName.apply((full) => codeOwnersFile(full.replace(/\/.*/, ""), codeOwners)),
      commitMessage: "Name the code owners",
      overwriteOnCreate: true,
    },
    {
      ...child,
      dependsOn: line,
      // From the next resource on the branch takes pull requests only. Later changes come that way (preflight tells
      // when the teams here and there differ), and on destroy the file stays in the archived repository.
      ignoreChanges: ["content", "commitMessage", "commitAuthor", "commitEmail"],
      retainOnDelete: true,
    },
  );

  const ruleset = new github.RepositoryRuleset(
    `${name}-ruleset`,
    {
      repository: repository.name,
      name: `federated-mlops ${branch}`,
      target: "branch",
      enforcement: "active",
      // Written out: a missing list and an empty one look the same to a reader without the right to see it.
      bypassActors: [],
      // By name and by role: whoever changes the default branch changes nothing about either.
      conditions: {
        refName: {
          includes: [`refs/heads/${branch}`, ...(branch === "main" ? ["~DEFAULT_BRANCH"] : [])],
          excludes: [],
        },
      },
      rules: {
        creation: true,
        deletion: true,
        nonFastForward: true,
        ...(merge === "merge" ? {} : { requiredLinearHistory: true }),
        ...(signed ? { requiredSignatures: true } : {}),
        pullRequest: {
          requiredApprovingReviewCount: approvals,
          dismissStaleReviewsOnPush: true,
          requireCodeOwnerReview: true,
          requireLastPushApproval: true,
          requiredReviewThreadResolution: true,
          allowedMergeMethods: [merge],
        },
        ...(checks.length === 0
          ? {}
          : {
              requiredStatusChecks: {
                strictRequiredStatusChecksPolicy: true,
                requiredChecks: checks.map(({ name: context, app }) => ({ context, integrationId: app })),
              },
            }),
      },
    },
    { ...child, dependsOn: owners },
  );

  const protection = new github.BranchProtection(
    `${name}-protection`,
    {
      repositoryId: repository.nodeId,
      pattern: branch,
      enforceAdmins: true,
      allowsDeletions: false,
      allowsForcePushes: false,
      requiredLinearHistory: merge !== "merge",
      requireSignedCommits: signed,
      requireConversationResolution: true,
      lockBranch: false,
      requiredPullRequestReviews: [
        {
          requiredApprovingReviewCount: approvals,
          dismissStaleReviews: true,
          requireCodeOwnerReviews: true,
          requireLastPushApproval: true,
          restrictDismissals: true,
        },
      ],
      requiredStatusChecks: checks.length === 0 ? [] : [{ strict: true, contexts: checks.map((check) => check.name) }],
    },
    { ...child, dependsOn: owners },
  );

  return [...line, owners, ruleset, protection];
}

/**
 * Who may write, and who only read: only teams that can write count as code owners, only teams that can read can review
 * a deployment. Last among the guards, so that nothing is pushed before the rules stand or after they are gone.
 */
function collaboratingTeams(
  name: string,
  { branches, contributors, deployReviewers }: RepositoryArgs,
  repository: github.Repository,
  rules: readonly pulumi.Resource[],
  parent: OwnedRepository,
): github.RepositoryCollaborators {
  const owners = Object.values(branches).flatMap(({ codeOwners }) => codeOwners);
  const writers = [...new Set([...owners, ...contributors])];
  const readers = deployReviewers.filter((team) => !writers.includes(team));
  return new github.RepositoryCollaborators(
    `${name}-collaborators`,
    {
      repository: repository.name,
      teams: [
        ...writers.map((slug) => ({ teamId: slug, permission: "push" })),
        ...readers.map((slug) => ({ teamId: slug, permission: "pull" })),
      ],
    },
    { parent, dependsOn: [...rules] },
  );
}

/** The environment that production runs pass: exactly the branches of `deployFrom`, and a reviewer for each run. */
function productionEnvironment(
  name: string,
  { deployFrom, deployReviewers, acceptWithout }: RepositoryArgs,
  repository: github.Repository,
  collaborators: github.RepositoryCollaborators,
  parent: OwnedRepository,
): pulumi.Resource[] {
  const environment = new github.RepositoryEnvironment(
    `${name}-prod`,
    {
      repository: repository.name,
      environment: "prod",
      // What the plan does not sell, GitHub refuses to be asked for.
      ...(acceptWithout.includes("noAdminBypass") ? {} : { canAdminsBypass: false }),
      ...(acceptWithout.includes("deploymentReview")
        ? {}
        : { preventSelfReview: true, reviewers: [{ teams: deployReviewers.map((slug) => teamId(slug, parent)) }] }),
      // Not `protectedBranches`: with that, every branch may deploy as soon as no rule protects any.
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    },
    { parent, dependsOn: collaborators },
  );
  const policies = deployFrom.map(
    (branch) =>
      new github.RepositoryEnvironmentDeploymentPolicy(
        `${name}-prod-${branch}`,
        { repository: repository.name, environment: environment.environment, branchPattern: branch },
        { parent },
      ),
  );
  return [environment, ...policies];
}

/** A team's number, by which an environment names its reviewers. */
function teamId(slug: string, parent: pulumi.Resource): pulumi.Output<number> {
  return github.getTeamOutput({ slug, summaryOnly: true }, { parent }).apply(({ id }) => Number(id));
}

/** The repository that another stack owns. */
export function findRepository(owner: string, repositoryName: string): ExperimentsRepository {
  const found = github.getRepositoryOutput({ fullName: `${owner}/${repositoryName}` });
  return { repositoryName: found.name, fullName: found.fullName, repositoryId: found.repoId, guards: [] };
}
