import { onBranches } from "../branches";
import type { Needed, Rule } from "../rule";

const said: Needed = { needs: "said", holds: (value) => typeof value === "object" && value !== null };

export const branchPullRequest: Rule = {
  control: "branch-pull-request",
  judge: onBranches(() => ({
    ruleset: { target: "branch", enforcement: "active", "rules.pullRequest": said },
    protection: { "requiredPullRequestReviews[]": said },
  })),
};
