/** Repositories, the policies of their branches, and what those turn away. Texts are from memory where no source stands. */
import { createHash } from "node:crypto";

import type { Row } from "../../store";
import type { Bag, Cloud, Refusal } from "../behaviour";
import { buildDefinition, git, gitBranch, type InProject, isKnownId, type } from "./project";

export type InRepository = { repositoryId: string };

export const inRepository = ({ repositoryId }: InRepository) => ({ type: git, id: repositoryId });

export const repositoryMissing: Refusal<InRepository> = ({ operation, next, cloud }) =>
  operation === "create" && cloud.find(next.repositoryId, git) === undefined
    ? `TF401019: The Git repository with name or identifier ${next.repositoryId} does not exist or you do not have permissions for the operation you are attempting.`
    : undefined;

type Scope = { repositoryId?: string; repositoryRef?: string; matchType?: string };
type Settings = { scopes?: Scope[]; autoReviewerIds?: string[]; buildDefinitionId?: number } & Bag;
export type PolicyInputs = InProject & { enabled?: boolean; blocking?: boolean; settings: Settings };

/** Every kind of policy that can hold a branch. */
export const policies = [
  "BranchPolicyMinReviewers",
  "BranchPolicyAutoReviewers",
  "BranchPolicyBuildValidation",
  "BranchPolicyStatusCheck",
  "BranchPolicyCommentResolution",
  "BranchPolicyMergeTypes",
].map(type);

/** azuredevops/internal/service/policy/branch/common.go */
export const scopeOfTwoMinds: Refusal<PolicyInputs> = ({ operation, next }) => {
  const wrong = next.settings.scopes?.find(
    ({ matchType, repositoryId, repositoryRef }) =>
      matchType?.toLowerCase() === "defaultbranch" && (repositoryId ?? repositoryRef) !== undefined,
  );
  return operation !== "delete" && wrong !== undefined
    ? "neither 'repository_id' nor 'repository_ref' can be set when 'match_type=DefaultBranch'"
    : undefined;
};

export const policyOnNothing: Refusal<PolicyInputs> = ({ operation, next, cloud }) => {
  const gone = next.settings.scopes?.find(
    ({ repositoryId }) => repositoryId && cloud.find(repositoryId, git) === undefined,
  );
  return operation !== "delete" && gone !== undefined
    ? `creating policy in Azure DevOps: TF401019: The Git repository with name or identifier ${gone.repositoryId} does not exist or you do not have permissions for the operation you are attempting.`
    : undefined;
};

export const reviewerMissing: Refusal<PolicyInputs> = ({ operation, next, cloud }) => {
  const unknown = next.settings.autoReviewerIds?.find((id) => !isKnownId(id, cloud));
  return operation !== "delete" && unknown !== undefined
    ? `creating policy in Azure DevOps: The required reviewer with the id '${unknown}' does not exist.`
    : undefined;
};

export const validationMissing: Refusal<PolicyInputs> = ({ operation, next, cloud }) => {
  const { buildDefinitionId: id } = next.settings;
  return operation !== "delete" && id !== undefined && cloud.find(String(id), buildDefinition) === undefined
    ? `creating policy in Azure DevOps: The build definition ${id} could not be found.`
    : undefined;
};

/** Whether changes of a branch must come through a pull request: any policy that blocks sees to that. */
function needsPullRequest(repositoryId: string, branch: string, cloud: Cloud): boolean {
  return policiesOf(repositoryId, branch, cloud).some(({ inputs }) => {
    const { enabled = true, blocking = true } = inputs as PolicyInputs;
    return enabled && blocking;
  });
}

/** The policies that hold a branch. */
export function policiesOf(repositoryId: string, branch: string, cloud: Cloud): Row[] {
  const ref = `refs/heads/${branch}`;
  const holds = ({ repositoryId: on, repositoryRef = "", matchType = "Exact" }: Scope) => {
    if (matchType === "DefaultBranch") return branch === "main";
    if (on !== undefined && on !== repositoryId) return false;
    return matchType === "Prefix" ? ref.startsWith(repositoryRef) : ref === repositoryRef;
  };
  return policies
    .flatMap((policy) => cloud.all(policy))
    .filter(({ inputs }) => ((inputs as PolicyInputs).settings.scopes ?? []).some(holds));
}

/** https://learn.microsoft.com/azure/devops/repos/git/branch-policies */
const turnedAway =
  "TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.";

export type FileInputs = InRepository & { file: string; branch?: string };

const branchOf = ({ branch = "refs/heads/main" }: FileInputs) => branch.replace("refs/heads/", "");

export const mustBeReviewed: Refusal<FileInputs> = ({ next, cloud }) =>
  needsPullRequest(next.repositoryId, branchOf(next), cloud) ? turnedAway : undefined;

export type BranchInputs = InRepository & { name: string; refCommitId?: string };

/** The newest commit of a repository's `main`. */
export const commitOf = (repositoryId: string) => createHash("sha1").update(`main of ${repositoryId}`).digest("hex");

/** The provider moves the ref from nothing to the commit; where it stands already it does not stand at nothing. */
export const branchStands: Refusal<BranchInputs> = ({ operation, next, cloud }) =>
  operation === "create" &&
  (next.name === "main" || cloud.find(`${next.repositoryId}:${next.name}`, gitBranch) !== undefined)
    ? `Error creating branch ${next.name}: update of refs/heads/${next.name} failed with the status staleOldObjectId`
    : undefined;

export const branchHeld: Refusal<BranchInputs> = ({ operation, next, cloud }) =>
  operation === "delete" && needsPullRequest(next.repositoryId, next.name, cloud) ? turnedAway : undefined;
