import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { reviewedSince, submissionWorkflow } from "../../facts/github";
import type { Dispensable } from "../../facts/plans";
import type { RepositoryArgs } from "../gate";
import { deploymentEnvironment } from "./environment";
import { reviewedRepository } from "./reviewedRepository";

/** What a gate knows about the experiments repository, whether this stack owns it or not. */
export interface ExperimentsRepository {
  readonly repositoryName: pulumi.Input<string>;
  /** With its owner, as GitHub spells both. */
  readonly fullName: pulumi.Input<string>;
  readonly repositoryId: pulumi.Input<number>;
  /** What must stand before a gate in this repository may open. */
  readonly guards: readonly pulumi.Resource[];
}

/** What GitHub alone asks of a repository that a stack owns. */
export interface OwnedRepositoryExtras {
  /** Actions that workflows may use, and no others. */
  readonly actions: readonly string[];
  /** The runner group that reaches the private network, to be made for the submission workflow, or an existing one. */
  readonly runner?: { readonly create: string } | { readonly join: string } | undefined;
  /** What the organisation's plan does not enforce, and is done without. */
  readonly acceptWithout: readonly Dispensable[];
  /** Take over a repository that exists; nobody had to review what `main` held up to the commit `reviewedSince`. */
  readonly adopt?: { readonly reviewedSince: string | undefined } | undefined;
  /** It is taken over for the first time: `main` must not have moved on between that commit and its rules. */
  readonly takenOver: boolean;
  /** Bring an archived repository of that name back instead of making a new one. */
  readonly recover: boolean;
}

export type OwnedRepositoryArgs = RepositoryArgs & OwnedRepositoryExtras;

/** The experiments repository: reviewed into its protected branches, and from there into its environments. */
export class OwnedRepository extends pulumi.ComponentResource implements ExperimentsRepository {
  readonly repositoryName: pulumi.Output<string>;
  readonly fullName: pulumi.Output<string>;
  readonly repositoryId: pulumi.Output<number>;
  readonly guards: readonly pulumi.Resource[];

  constructor(name: string, args: OwnedRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:OwnedRepository", name, {}, opts);
    const child = { parent: this };
    const { repository, rules, collaborators, guards } = reviewedRepository(
      name,
      {
        ...args,
        description: "Federated learning experiments. Rules and environments are managed by federated-mlops.",
        adopt: args.adopt !== undefined,
      },
      this,
    );
    const production = deploymentEnvironment(
      `${name}-prod`,
      {
        environment: "prod",
        branches: args.deployFrom,
        reviewers: args.deployReviewers,
        acceptWithout: args.acceptWithout,
      },
      repository,
      { ...child, dependsOn: collaborators },
    );
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
    this.guards = [...guards, ...runners(name, args, repository, this), ...environments];
    this.registerOutputs({ repositoryId: this.repositoryId });
  }
}

/**
 * The runner group inside the private network, for the submission workflow of a branch that may deploy and nothing else:
 * whatever else ran there would be inside too.
 */
function runners(
  name: string,
  { runner, deployFrom, protect }: OwnedRepositoryArgs,
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
  { adopt, takenOver }: OwnedRepositoryArgs,
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

/** The repository that another stack owns. */
export function findRepository(owner: string, repositoryName: string): ExperimentsRepository {
  const found = github.getRepositoryOutput({ fullName: `${owner}/${repositoryName}` });
  return { repositoryName: found.name, fullName: found.fullName, repositoryId: found.repoId, guards: [] };
}
