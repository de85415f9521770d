import { onBranches } from "../branches";
import type { Rule } from "../rule";

export const branchStaleReviews: Rule = {
  control: "branch-stale-reviews",
  judge: onBranches(() => ({
    ruleset: { "rules.pullRequest.dismissStaleReviewsOnPush": true },
    protection: { "requiredPullRequestReviews[].dismissStaleReviews": true },
  })),
};
