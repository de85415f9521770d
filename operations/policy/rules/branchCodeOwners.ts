import { onBranches } from "../branches";
import type { Rule } from "../rule";

export const branchCodeOwners: Rule = {
  control: "branch-code-owners",
  judge: onBranches(() => ({
    ruleset: { "rules.pullRequest.requireCodeOwnerReview": true },
    protection: { "requiredPullRequestReviews[].requireCodeOwnerReviews": true },
  })),
};
