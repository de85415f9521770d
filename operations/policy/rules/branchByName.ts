import { branchesOf, isBranchRuleset, isExact, onBranches, protectionType, repositoryType } from "../branches";
import { type Needed, none, type Rule } from "../rule";

const exact: Needed = {
  needs: "the whole name of a branch, without a pattern",
  holds: (name) => typeof name === "string" && isExact(name.replace(/^refs\/heads\//, "")),
};

export const branchByName: Rule = {
  control: "branch-by-name",
  judge: onBranches(() => ({
    ruleset: {
      "conditions.refName.includes[]": {
        ...exact,
        holds: (name) =>
          name === "~DEFAULT_BRANCH" ||
          (typeof name === "string" && name.startsWith("refs/heads/") && exact.holds(name)),
      },
      "conditions.refName.excludes": none,
    },
    protection: { pattern: exact },
  })),
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
