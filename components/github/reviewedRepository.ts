import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import type { RepositoryArgs } from "../gate";
import { protectBranch } from "./branch";

export interface ReviewedRepositoryArgs extends Omit<RepositoryArgs, "deployFrom"> {
  readonly description: string;
  /** Actions that workflows may use, and no others. */
  readonly actions: readonly string[];
  /** Bring an archived repository of that name back instead of making a new one. */
  readonly recover: boolean;
  /** It exists already: taken over as it is, and left behind on destroy. */
  readonly adopt: boolean;
}

export interface ReviewedRepository {
  readonly repository: github.Repository;
  /** The rules of its branches. */
  readonly rules: readonly pulumi.Resource[];
  /** Who may write to it. What stands after this stands after every rule. */
  readonly collaborators: github.RepositoryCollaborators;
  /** Everything that makes review the only way into its protected branches. */
  readonly guards: readonly pulumi.Resource[];
}

/**
 * A private repository with everything that makes review the only way into its protected branches. Order is part of it:
 * rules stand before anybody can write, and are destroyed after nobody can any more.
 */
export function reviewedRepository(
  name: string,
  args: ReviewedRepositoryArgs,
  parent: pulumi.Resource,
): ReviewedRepository {
  const child = { parent };
  const merges = new Set(Object.values(args.branches).map(({ merge }) => merge));

  const repository = new github.Repository(
    `${name}-repository`,
    {
      name: args.repositoryName,
      description: args.description,
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
      ignoreChanges: args.adopt ? ["autoInit", ...asItsMakerChose] : ["autoInit"],
      // A renamed repository is another one: GitHub would forward the old name, and with it what guards it.
      replaceOnChanges: ["name"],
      ...(args.recover || args.adopt ? { import: args.repositoryName } : {}),
      // What stood before the environment stays when that is destroyed.
      retainOnDelete: args.adopt,
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
  const tags = noTags(`${name}-tags`, repository, parent);
  const main = new github.BranchDefault(
    `${name}-main`,
    // An organisation may call the first branch otherwise.
    { repository: repository.name, branch: "main", rename: true },
    { ...child, retainOnDelete: true },
  );

  const rules = Object.entries(args.branches).flatMap(([branch, review]) =>
    protectBranch(`${name}-${branch}`, branch, review, repository, main, parent),
  );

  const guards = [workflowToken, actions, tags, ...rules];
  const collaborators = collaboratingTeams(name, args, repository, guards, parent);
  return { repository, rules, collaborators, guards: [...guards, collaborators] };
}

/** What an existing repository keeps as it is. */
const asItsMakerChose = ["description", "hasIssues", "hasProjects", "hasWiki", "homepageUrl", "topics"];

/** A tag could trigger a workflow, or bear the name of a branch: none is made, moved or deleted. */
function noTags(name: string, repository: github.Repository, parent: pulumi.Resource): pulumi.Resource {
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
 * Who may write, and who only read: only teams that can write count as code owners, only teams that can read can review
 * a deployment. Last among the guards, so that nothing is pushed before the rules stand or after they are gone.
 */
function collaboratingTeams(
  name: string,
  { branches, contributors, deployReviewers }: ReviewedRepositoryArgs,
  repository: github.Repository,
  rules: readonly pulumi.Resource[],
  parent: pulumi.Resource,
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
