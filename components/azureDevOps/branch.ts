import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import type { BranchRules } from "../gate";
import type { Group } from "./people";
import type { Repository } from "./project";

export interface BranchArgs extends Omit<BranchRules, "codeOwners"> {
  readonly branch: string;
  readonly projectId: pulumi.Input<string>;
  readonly repository: Repository;
  /** Who owns every file. */
  readonly owners: Group;
  /** The pipelines that are its checks, by name. */
  readonly pipelines: Readonly<Record<string, pulumi.Input<number>>>;
}

/**
 * The policies of one branch. Any of them that blocks lets nothing in but by pull request, and nobody delete the branch.
 * They hold the branch by its name; `DefaultBranch` would hold every repository of the project.
 */
export function protectBranch(name: string, args: BranchArgs, parent: pulumi.Resource): pulumi.Resource[] {
  const { branch, projectId, repository, approvals, owners, checks, merge, signed } = args;
  if (signed) throw new Error("Azure DevOps verifies no signatures.");
  const scopes = [{ repositoryId: repository.id, repositoryRef: `refs/heads/${branch}`, matchType: "Exact" }];
  const line = branch === "main" ? [] : [newBranch(`${name}-branch`, branch, repository, parent)];
  const policy = { projectId, enabled: true, blocking: true };
  const child = { parent, dependsOn: line };

  return [
    ...line,
    new azuredevops.BranchPolicyMinReviewers(
      `${name}-approvals`,
      {
        ...policy,
        settings: {
          scopes,
          reviewerCount: approvals,
          submitterCanVote: false,
          lastPusherCannotApprove: true,
          allowCompletionWithRejectsOrWaits: false,
          // The second forces the first; written out, the provider reads both back.
          onPushResetApprovedVotes: true,
          onPushResetAllVotes: true,
        },
      },
      child,
    ),
    new azuredevops.BranchPolicyAutoReviewers(
      `${name}-owners`,
      {
        ...policy,
        // No filter of paths: pipelines and jobs are files like any other.
        settings: {
          scopes,
          autoReviewerIds: [owners.id],
          minimumNumberOfReviewers: 1,
          // Its own switch: an owner's pull request would satisfy it otherwise.
          submitterCanVote: false,
          message: "Code owners",
        },
      },
      child,
    ),
    new azuredevops.BranchPolicyCommentResolution(`${name}-comments`, { ...policy, settings: { scopes } }, child),
    new azuredevops.BranchPolicyMergeTypes(
      `${name}-merges`,
      {
        ...policy,
        settings: {
          scopes,
          allowSquash: merge === "squash",
          allowBasicNoFastForward: merge === "merge",
          allowRebaseAndFastForward: merge === "rebase",
          allowRebaseWithMerge: false,
        },
      },
      child,
    ),
    ...checks.map((check) =>
      check.reporter === undefined
        ? new azuredevops.BranchPolicyBuildValidation(
            `${name}-${check.name}`,
            {
              ...policy,
              settings: {
                scopes,
                displayName: check.name,
                buildDefinitionId: pipelineOf(check.name, args.pipelines),
                manualQueueOnly: false,
                // A new commit on the branch takes the result away too.
                queueOnSourceUpdateOnly: false,
                validDuration: 0,
              },
            },
            child,
          )
        : new azuredevops.BranchPolicyStatusCheck(
            `${name}-${check.name}`,
            {
              ...policy,
              settings: {
                scopes,
                ...statusNamed(check.name),
                // Without its author, a status could be posted by anybody who can write.
                authorId: String(check.reporter),
                invalidateOnUpdate: true,
              },
            },
            child,
          ),
    ),
  ];
}

/** A branch that somebody pushed already is refused by Azure DevOps: what it holds, nobody had to review. */
function newBranch(
  name: string,
  branch: string,
  repository: Repository,
  parent: pulumi.Resource,
): azuredevops.GitRepositoryBranch {
  return new azuredevops.GitRepositoryBranch(
    name,
    { repositoryId: repository.id, name: branch, refBranch: "refs/heads/main" },
    // To delete it would take the right to force a push, which nobody has. Where it began is not read back.
    { parent, retainOnDelete: true, ignoreChanges: ["refBranch"] },
  );
}

function pipelineOf(check: string, pipelines: BranchArgs["pipelines"]): pulumi.Input<number> {
  const found = pipelines[check];
  if (found === undefined) throw new Error(`There is no pipeline for the check ${check}.`);
  return found;
}

/** `<genre>/<name>`, or a name alone. */
function statusNamed(status: string): { readonly name: string; readonly genre?: string } {
  const [genre, name] = status.split("/");
  return name === undefined || genre === undefined ? { name: status } : { genre, name };
}
