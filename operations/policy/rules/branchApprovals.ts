import { onBranches } from "../branches";
import { atLeast, type Rule } from "../rule";

export const branchApprovals: Rule = {
  control: "branch-approvals",
  judge: onBranches((branches, { approvals }) => {
    const floor = atLeast(Math.max(1, ...branches.map((branch) => approvals[branch] ?? 1)));
    return {
      ruleset: { "rules.pullRequest.requiredApprovingReviewCount": floor },
      protection: { "requiredPullRequestReviews[].requiredApprovingReviewCount": floor },
    };
  }),
};
