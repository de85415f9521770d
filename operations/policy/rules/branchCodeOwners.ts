import { onBranches } from "../branches";
import { demands, type Rule } from "../rule";

const reviewed = onBranches(() => ({
  ruleset: { "rules.pullRequest.requireCodeOwnerReview": true },
  protection: { "requiredPullRequestReviews[].requireCodeOwnerReviews": true },
}));

/** The one file that the program writes, before the rules stand. Everything else comes by a reviewed pull request. */
const owners = demands({
  "github:index/repositoryFile:RepositoryFile": { file: ".github/CODEOWNERS" },
});

export const branchCodeOwners: Rule = {
  control: "branch-code-owners",
  judge: (resource, settings) => [...reviewed(resource, settings), ...owners(resource, settings)],
};
