import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { actionsAppId } from "../../facts/github";
import type { BranchRules, RepositoryArgs } from "../gate";

/** What a gate knows about the experiments repository, whether this stack owns it or not. */
export interface ExperimentsRepository {
  readonly repositoryName: pulumi.Input<string>;
  readonly repositoryId: pulumi.Input<number>;
  /** Everything that must stand before a gate in this repository may open. */
  readonly protections: readonly pulumi.Resource[];
}

/**
 * The experiments repository with everything that makes review the only way into its protected branches: made in an
 * order that leaves no moment in which one of them stands open while a gate exists.
 */
export class OwnedRepository extends pulumi.ComponentResource implements ExperimentsRepository {
  readonly repositoryName: pulumi.Output<string>;
  readonly repositoryId: pulumi.Output<number>;
  readonly protections: readonly pulumi.Resource[];

  constructor(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:OwnedRepository", name, args, opts);
    const child = { parent: this };

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
        allowMergeCommit: false,
        allowRebaseMerge: false,
        allowSquashMerge: true,
        deleteBranchOnMerge: false,
        hasIssues: true,
        hasProjects: false,
        hasWiki: false,
      },
      {
        ...child,
        ignoreChanges: ["autoInit"],
        ...(args.recover ? { import: args.repositoryName } : {}),
      },
    );

    // Only teams that can write count as code owners, and only teams that can read can review a deployment.
    const owners = Object.values(args.branches).flatMap((branch) => branch.codeOwners);
    const writers = [...new Set([...owners, ...args.contributors])];
    const readers = args.deployReviewers.filter((team) => !writers.includes(team));
    const collaborators = new github.RepositoryCollaborators(
      `${name}-collaborators`,
      {
        repository: repository.name,
        teams: [
          ...writers.map((teamId) => ({ teamId, permission: "push" })),
          ...readers.map((teamId) => ({ teamId, permission: "pull" })),
        ],
      },
      child,
    );

    const protections = Object.entries(args.branches).flatMap(([branch, rules]) =>
      protectBranch(`${name}-${branch.replaceAll("/", "-")}`, branch, rules, repository, collaborators, this),
    );

    const environments = [
      ...productionEnvironment(name, args, repository, [collaborators, ...protections], this),
      new github.RepositoryEnvironment(
        `${name}-dev`,
        // Any branch and any pull request may run here: the dev identity reaches synthetic data alone.
        { repository: repository.name, environment: "dev" },
        child,
      ),
    ];

    this.repositoryName = repository.name;
    this.repositoryId = repository.repoId;
    this.protections = [repository, collaborators, ...protections, ...environments];
    this.registerOutputs({ repositoryId: this.repositoryId });
  }
}

/** CODEOWNERS, then both layers of rules of one branch: the stricter one counts, and some readers know only the older. */
function protectBranch(
  name: string,
  branch: string,
  { approvals, codeOwners, checks }: BranchRules,
  repository: github.Repository,
  collaborators: github.RepositoryCollaborators,
  parent: OwnedRepository,
): pulumi.Resource[] {
  const child = { parent };
  const line =
    branch === "main"
      ? []
      : [new github.Branch(`${name}-branch`, { repository: repository.name, branch, sourceBranch: "main" }, child)];

  const owners = new github.RepositoryFile(
    `${name}-codeowners`,
    {
      repository: repository.name,
      branch,
      file: ".github/CODEOWNERS",
      content: codeOwnersFile(repository.fullName, codeOwners),
      commitMessage: "Name the code owners",
      overwriteOnCreate: true,
    },
    {
      ...child,
      dependsOn: [...line, collaborators],
      // The branch accepts pull requests only, from the next resource on: later changes come that way, and on destroy
      // the file stays in the archived repository.
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
        requiredLinearHistory: true,
        pullRequest: {
          requiredApprovingReviewCount: approvals,
          dismissStaleReviewsOnPush: true,
          requireCodeOwnerReview: true,
          requireLastPushApproval: true,
          requiredReviewThreadResolution: true,
          allowedMergeMethods: ["squash"],
        },
        ...(checks.length === 0
          ? {}
          : {
              requiredStatusChecks: {
                strictRequiredStatusChecksPolicy: true,
                requiredChecks: checks.map((context) => ({ context, integrationId: actionsAppId })),
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
      requiredLinearHistory: true,
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
      requiredStatusChecks: checks.length === 0 ? [] : [{ strict: true, contexts: [...checks] }],
    },
    { ...child, dependsOn: owners },
  );

  return [...line, owners, ruleset, protection];
}

/** The environment that production runs pass: exactly the branches of `deployFrom`, and a reviewer for each run. */
function productionEnvironment(
  name: string,
  { deployFrom, deployReviewers }: RepositoryArgs,
  repository: github.Repository,
  protections: readonly pulumi.Resource[],
  parent: OwnedRepository,
): pulumi.Resource[] {
  const environment = new github.RepositoryEnvironment(
    `${name}-prod`,
    {
      repository: repository.name,
      environment: "prod",
      canAdminsBypass: false,
      preventSelfReview: true,
      reviewers: [{ teams: deployReviewers.map((slug) => teamId(slug, parent)) }],
      // Not `protectedBranches`: with that, every branch may deploy as soon as no rule protects any.
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    },
    { parent, dependsOn: [...protections] },
  );
  const policies = deployFrom.map(
    (branch) =>
      new github.RepositoryEnvironmentDeploymentPolicy(
        `${name}-prod-${branch.replaceAll("/", "-")}`,
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

/** One line for every file, so that none is without an owner. */
function codeOwnersFile(fullName: pulumi.Output<string>, teams: readonly string[]): pulumi.Output<string> {
  return fullName.apply((full) => {
    const organisation = full.split("/")[0] ?? full;
    const owners = teams.map((team) => `@${organisation}/${team}`).join(" ");
    return `# Managed by federated-mlops. Every change needs the review of a member of these teams.
* ${owners}
`;
  });
}

/** The repository that another stack owns. */
export function findRepository(owner: string, repositoryName: string): ExperimentsRepository {
  const found = github.getRepositoryOutput({ fullName: `${owner}/${repositoryName}` });
  return { repositoryName: found.name, repositoryId: found.repoId, protections: [] };
}
