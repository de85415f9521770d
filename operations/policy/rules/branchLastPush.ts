import { onBranches } from "../branches";
import type { Rule } from "../rule";

export const branchLastPush: Rule = {
  control: "branch-last-push",
  judge: onBranches(() => ({
    ruleset: { "rules.pullRequest.requireLastPushApproval": true },
    protection: { "requiredPullRequestReviews[].requireLastPushApproval": true },
  })),
};
