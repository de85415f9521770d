/** How Azure DevOps' REST interface shows policies of branches, and checks. */
import { branchControlTask, checkKinds, type PolicyKind, policyKinds } from "../../../facts/azureDevOpsRules";
import type { Row } from "../../store";
import type { Bag } from "../behaviour";
import { type } from "./project";
import type { CheckInputs } from "./protection";
import type { PolicyInputs } from "./repository";

/** Kinds of policies, and what each takes for granted, by the type of the resource. */
const policies: Readonly<Record<string, PolicyKind & { readonly displayName: string; readonly defaults: Bag }>> = {
  [type("BranchPolicyMinReviewers")]: {
    ...policyKinds.BranchPolicyMinReviewers,
    displayName: "Minimum number of reviewers",
    defaults: Object.fromEntries(Object.keys(policyKinds.BranchPolicyMinReviewers.settings).map((key) => [key, false])),
  },
  [type("BranchPolicyAutoReviewers")]: {
    ...policyKinds.BranchPolicyAutoReviewers,
    displayName: "Required reviewers",
    defaults: { minimumNumberOfReviewers: 1, submitterCanVote: false, pathFilters: [], message: "" },
  },
  [type("BranchPolicyBuildValidation")]: {
    ...policyKinds.BranchPolicyBuildValidation,
    displayName: "Build",
    defaults: { manualQueueOnly: false, queueOnSourceUpdateOnly: true, validDuration: 720, filenamePatterns: [] },
  },
  [type("BranchPolicyStatusCheck")]: {
    ...policyKinds.BranchPolicyStatusCheck,
    displayName: "Status",
    defaults: { genre: "", authorId: "", invalidateOnUpdate: false, displayName: "", filenamePatterns: [] },
  },
  [type("BranchPolicyCommentResolution")]: {
    ...policyKinds.BranchPolicyCommentResolution,
    displayName: "Comment requirements",
    defaults: {},
  },
  [type("BranchPolicyMergeTypes")]: {
    ...policyKinds.BranchPolicyMergeTypes,
    displayName: "Require a merge strategy",
    defaults: Object.fromEntries(Object.keys(policyKinds.BranchPolicyMergeTypes.settings).map((key) => [key, false])),
  },
};

export const policyTypes = Object.keys(policies);

export function policyBody({ type: of, id, inputs }: Row): Bag {
  const kind = policies[of];
  if (kind === undefined) throw new Error(`localcloud/clouds/azureDevOps/ruleBodies.ts does not know ${of}.`);
  const { enabled = true, blocking = true, settings } = inputs as PolicyInputs;
  const own = Object.entries(kind.settings).map(([input, name]) => [name, settings[input] ?? kind.defaults[input]]);
  const scope = (settings.scopes ?? []).map(({ repositoryId = null, repositoryRef = null, matchType = "Exact" }) => ({
    repositoryId,
    refName: repositoryRef,
    matchKind: matchType,
  }));
  return {
    id: Number(id),
    type: { id: kind.id, displayName: kind.displayName },
    ...{ isEnabled: enabled, isBlocking: blocking, isDeleted: false, revision: 1 },
    settings: { ...(Object.fromEntries(own) as Bag), scope },
  };
}

interface Kind {
  readonly id: string;
  readonly name: string;
  readonly settings: (inputs: Bag) => Bag;
}

const checks: Readonly<Record<string, Kind>> = {
  [type("CheckBranchControl")]: {
    id: checkKinds.CheckBranchControl,
    name: "Task Check",
    settings: ({ displayName = "Managed by Terraform", allowedBranches = "*", ...of }) => ({
      displayName,
      definitionRef: { id: branchControlTask, name: "evaluatebranchProtection", version: "0.0.1" },
      inputs: {
        allowedBranches,
        ensureProtectionOfBranch: String(of["verifyBranchProtection"] === true),
        allowUnknownStatusBranch: String(of["ignoreUnknownProtectionStatus"] === true),
      },
    }),
  },
  [type("CheckApproval")]: {
    id: checkKinds.CheckApproval,
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
    id: checkKinds.CheckExclusiveLock,
    name: "ExclusiveLock",
    settings: () => ({}),
  },
  [type("CheckRequiredTemplate")]: {
    id: checkKinds.CheckRequiredTemplate,
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

export const checkTypes = Object.keys(checks);

/** A check, with its settings where they are asked for. */
export function checkBody({ type: of, id, inputs, outputs }: Row, expanded: boolean): Bag {
  const kind = checks[of];
  if (kind === undefined) throw new Error(`localcloud/clouds/azureDevOps/ruleBodies.ts does not know ${of}.`);
  const { targetResourceId, targetResourceType, ...own } = inputs as CheckInputs;
  return {
    id: Number(id),
    type: { id: kind.id, name: kind.name },
    version: outputs["version"],
    isDisabled: false,
    timeout: own["timeout"] ?? 43_200,
    resource: { type: targetResourceType, id: targetResourceId },
    ...(expanded ? { settings: kind.settings(own) } : {}),
  };
}
