import { onBranches } from "../branches";
import { none, type Rule } from "../rule";

export const branchDismissals: Rule = {
  control: "branch-dismissals",
  judge: onBranches(() => ({
    // A ruleset has no word for it.
    ruleset: {},
    protection: {
      "requiredPullRequestReviews[].restrictDismissals": true,
      "requiredPullRequestReviews[].dismissalRestrictions": none,
    },
  })),
};
