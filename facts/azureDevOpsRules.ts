/**
 * How Azure DevOps' REST interface calls what its provider makes of policies and checks: the ids of their kinds, and their
 * settings by the provider's inputs. Both are those of the provider's source (azuredevops/internal/service, policy/branch
 * and approvalsandchecks): https://github.com/microsoft/terraform-provider-azuredevops
 */

export interface PolicyKind {
  readonly id: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** By the name of the resource. */
export const policyKinds = {
  BranchPolicyMinReviewers: {
    id: "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd",
    settings: {
      reviewerCount: "minimumApproverCount",
      submitterCanVote: "creatorVoteCounts",
      allowCompletionWithRejectsOrWaits: "allowDownvotes",
      onPushResetApprovedVotes: "resetOnSourcePush",
      onLastIterationRequireVote: "requireVoteOnLastIteration",
      onPushResetAllVotes: "resetRejectionsOnSourcePush",
      lastPusherCannotApprove: "blockLastPusherVote",
    },
  },
  BranchPolicyAutoReviewers: {
    id: "fd2167ab-b0be-447a-8ec8-39368250530e",
    settings: {
      autoReviewerIds: "requiredReviewerIds",
      minimumNumberOfReviewers: "minimumApproverCount",
      submitterCanVote: "creatorVoteCounts",
      pathFilters: "filenamePatterns",
      message: "message",
    },
  },
  BranchPolicyBuildValidation: {
    id: "0609b952-1397-4640-95ec-e00a01b2c241",
    settings: {
      buildDefinitionId: "buildDefinitionId",
      displayName: "displayName",
      manualQueueOnly: "manualQueueOnly",
      queueOnSourceUpdateOnly: "queueOnSourceUpdateOnly",
      validDuration: "validDuration",
      filenamePatterns: "filenamePatterns",
    },
  },
  BranchPolicyStatusCheck: {
    id: "cbdc66da-9728-4af8-aada-9a5a32e4a226",
    settings: {
      name: "statusName",
      genre: "statusGenre",
      authorId: "authorId",
      invalidateOnUpdate: "invalidateOnSourceUpdate",
      displayName: "defaultDisplayName",
      filenamePatterns: "filenamePatterns",
    },
  },
  BranchPolicyCommentResolution: { id: "c6a1889d-b943-4856-b76f-9e46bb6b0df2", settings: {} },
  BranchPolicyMergeTypes: {
    id: "fa4e907d-c16b-4a4c-9dfa-4916e5d171ab",
    settings: {
      allowSquash: "allowSquash",
      allowRebaseAndFastForward: "allowRebase",
      allowBasicNoFastForward: "allowNoFastForward",
      allowRebaseWithMerge: "allowRebaseMerge",
    },
  },
} as const satisfies Record<string, PolicyKind>;

/** Ids of the kinds of checks. What is a task says in its settings which. */
export const checkKinds = {
  CheckApproval: "8c6f20a7-a545-4486-9777-f762fafe0d4d",
  CheckBranchControl: "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7",
  CheckExclusiveLock: "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563",
  CheckRequiredTemplate: "4020e66e-b0f3-47e1-bc88-48f3cc59b5f3",
} as const;

/** The task that looks at branches. */
export const branchControlTask = "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b";
