import { onBranches } from "../branches";
import { none, type Rule } from "../rule";

export const branchNoBypass: Rule = {
  control: "branch-no-bypass",
  judge: onBranches(() => ({
    ruleset: { bypassActors: none },
    protection: { enforceAdmins: true, "requiredPullRequestReviews[].pullRequestBypassers": none },
  })),
};
