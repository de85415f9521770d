import { branchesOf, isBranchRuleset, isExact, onBranches, protectionType, repositoryType } from "../branches";
import { demands, type Needed, none, type Rule } from "../rule";

const exact: Needed = {
  needs: "the whole name of a branch, without a pattern",
  holds: (name) => typeof name === "string" && isExact(name.replace(/^refs\/heads\//, "")),
};

const patterns = onBranches(() => ({
  ruleset: {
    "conditions.refName.includes[]": {
      ...exact,
      holds: (name) =>
        name === "~DEFAULT_BRANCH" || (typeof name === "string" && name.startsWith("refs/heads/") && exact.holds(name)),
    },
    "conditions.refName.excludes": none,
  },
  protection: { pattern: exact },
}));

const defaultBranch = demands({ "github:index/branchDefault:BranchDefault": { branch: "main" } });

export const branchByName: Rule = {
  control: "branch-by-name",
  judge: (resource, settings) => [...patterns(resource, settings), ...defaultBranch(resource, settings)],
  *judgeAll(resources) {
    const repository = resources.find(({ type }) => type === repositoryType);
    if (repository === undefined) return;
    const ruled = resources.filter(isBranchRuleset).map(branchesOf);
    if (!ruled.some((names) => names.includes("main") && names.includes("~DEFAULT_BRANCH"))) {
      yield { urn: repository.urn, complaint: "No ruleset holds refs/heads/main and ~DEFAULT_BRANCH." };
    }
    if (!resources.some((one) => one.type === protectionType && branchesOf(one).includes("main"))) {
      yield { urn: repository.urn, complaint: "No branch protection holds main." };
    }
  },
};
