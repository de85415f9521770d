/**
 * How Azure DevOps' REST interface shows policies of branches, and checks: under other names than the provider's inputs.
 * The names, the ids of the kinds and the provider's defaults are those of its source: azuredevops/internal/service, in
 * policy/branch and approvalsandchecks. https://github.com/microsoft/terraform-provider-azuredevops
 */
import type { Row } from "../../store";
import type { Bag } from "../behaviour";
import type { CheckInputs } from "./protection";
import type { PolicyInputs } from "./repository";
import { branchControl, checkApproval, minReviewers, type } from "./project";

interface Kind {
  readonly id: string;
  readonly name: string;
  /** What its settings say besides what all of the kind have. */
  readonly settings: (inputs: Bag) => Bag;
}

/** Kinds of policies, by the type of the resource; `settings` takes the input of that name. */
export const policyKinds: Readonly<Record<string, Kind>> = {
  [minReviewers]: {
    id: "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd",
    name: "Minimum number of reviewers",
    settings: (of) => ({
      minimumApproverCount: of["reviewerCount"],
      creatorVoteCounts: of["submitterCanVote"] ?? false,
      allowDownvotes: of["allowCompletionWithRejectsOrWaits"] ?? false,
      resetOnSourcePush: of["onPushResetApprovedVotes"] ?? false,
      requireVoteOnLastIteration: of["onLastIterationRequireVote"] ?? false,
      resetRejectionsOnSourcePush: of["onPushResetAllVotes"] ?? false,
      blockLastPusherVote: of["lastPusherCannotApprove"] ?? false,
    }),
  },
  [type("BranchPolicyAutoReviewers")]: {
    id: "fd2167ab-b0be-447a-8ec8-39368250530e",
    name: "Required reviewers",
    settings: (of) => ({
      requiredReviewerIds: of["autoReviewerIds"],
      minimumApproverCount: of["minimumNumberOfReviewers"] ?? 1,
      creatorVoteCounts: of["submitterCanVote"] ?? false,
      filenamePatterns: of["pathFilters"] ?? [],
      message: of["message"] ?? "",
    }),
  },
  [type("BranchPolicyBuildValidation")]: {
    id: "0609b952-1397-4640-95ec-e00a01b2c241",
    name: "Build",
    settings: (of) => ({
      buildDefinitionId: of["buildDefinitionId"],
      displayName: of["displayName"],
      manualQueueOnly: of["manualQueueOnly"] ?? false,
      queueOnSourceUpdateOnly: of["queueOnSourceUpdateOnly"] ?? true,
      validDuration: of["validDuration"] ?? 720,
      filenamePatterns: of["filenamePatterns"] ?? [],
    }),
  },
  [type("BranchPolicyStatusCheck")]: {
    id: "cbdc66da-9728-4af8-aada-9a5a32e4a226",
    name: "Status",
    settings: (of) => ({
      statusName: of["name"],
      statusGenre: of["genre"] ?? "",
      authorId: of["authorId"] ?? "",
      invalidateOnSourceUpdate: of["invalidateOnUpdate"] ?? false,
      defaultDisplayName: of["displayName"] ?? "",
      filenamePatterns: of["filenamePatterns"] ?? [],
    }),
  },
  [type("BranchPolicyCommentResolution")]: {
    id: "c6a1889d-b943-4856-b76f-9e46bb6b0df2",
    name: "Comment requirements",
    settings: () => ({}),
  },
  [type("BranchPolicyMergeTypes")]: {
    id: "fa4e907d-c16b-4a4c-9dfa-4916e5d171ab",
    name: "Require a merge strategy",
    settings: (of) => ({
      allowSquash: of["allowSquash"] ?? false,
      allowRebase: of["allowRebaseAndFastForward"] ?? false,
      allowNoFastForward: of["allowBasicNoFastForward"] ?? false,
      allowRebaseMerge: of["allowRebaseWithMerge"] ?? false,
    }),
  },
};

export function policyBody({ type: of, id, inputs }: Row): Bag {
  const { enabled = true, blocking = true, settings } = inputs as PolicyInputs;
  const { id: kind, name: displayName, settings: own } = kindOf(policyKinds, of);
  const scope = (settings.scopes ?? []).map(({ repositoryId = null, repositoryRef = null, matchType = "Exact" }) => ({
    repositoryId,
    refName: repositoryRef,
    matchKind: matchType,
  }));
  return {
    id: Number(id),
    type: { id: kind, displayName },
    ...{ isEnabled: enabled, isBlocking: blocking, isDeleted: false, revision: 1 },
    settings: { ...own(settings), scope },
  };
}

const task = { id: "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", name: "Task Check" };

/** Kinds of checks, by the type of the resource. What is a task says in its settings which. */
export const checkKinds: Readonly<Record<string, Kind>> = {
  [branchControl]: {
    ...task,
    settings: ({ displayName = "Managed by Terraform", allowedBranches = "*", ...of }) => ({
      displayName,
      definitionRef: {
        id: "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b",
        name: "evaluatebranchProtection",
        version: "0.0.1",
      },
      inputs: {
        allowedBranches,
        ensureProtectionOfBranch: String(of["verifyBranchProtection"] === true),
        allowUnknownStatusBranch: String(of["ignoreUnknownProtectionStatus"] === true),
      },
    }),
  },
  [checkApproval]: {
    id: "8c6f20a7-a545-4486-9777-f762fafe0d4d",
    name: "Approval",
    settings: (of) => ({
      approvers: (of["approvers"] as string[]).map((id) => ({ id })),
      minRequiredApprovers: of["minimumRequiredApprovers"] ?? 0,
      requesterCannotBeApprover: of["requesterCanApprove"] !== true,
      instructions: of["instructions"] ?? "",
      executionOrder: "anyOrder",
      blockedApprovers: [],
    }),
  },
  [type("CheckExclusiveLock")]: {
    id: "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563",
    name: "ExclusiveLock",
    settings: () => ({}),
  },
  [type("CheckRequiredTemplate")]: {
    id: "4020e66e-b0f3-47e1-bc88-48f3cc59b5f3",
    name: "ExtendsCheck",
    settings: (of) => ({
      extendsChecks: (of["requiredTemplates"] as Record<string, string>[]).map(
        ({ repositoryType = "azuregit", ...others }) => ({
          repositoryType: repositoryType === "azuregit" ? "git" : repositoryType,
          ...others,
        }),
      ),
    }),
  },
};

/** A check, with its settings where they are asked for. */
export function checkBody({ type: of, id, inputs, outputs }: Row, expanded: boolean): Bag {
  const { targetResourceId, targetResourceType, ...own } = inputs as CheckInputs;
  const { id: kind, name, settings } = kindOf(checkKinds, of);
  return {
    id: Number(id),
    type: { id: kind, name },
    version: outputs["version"],
    isDisabled: false,
    timeout: own["timeout"] ?? 43_200,
    resource: { type: targetResourceType, id: targetResourceId },
    ...(expanded ? { settings: settings(own) } : {}),
  };
}

function kindOf(kinds: Readonly<Record<string, Kind>>, of: string): Kind {
  const kind = kinds[of];
  if (kind === undefined) throw new Error(`localcloud/clouds/azureDevOps/ruleBodies.ts does not know ${of}.`);
  return kind;
}
