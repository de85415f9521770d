import { branchesOf, isBranchRuleset, protectionType } from "../branches";
import { deployingBranch } from "../environments";
import type { Rule } from "../rule";

export const branchDeploysRuled: Rule = {
  control: "branch-deploys-ruled",
  *judgeAll(resources) {
    const ruled = resources.filter(isBranchRuleset).flatMap(branchesOf);
    const protectedBranches = resources.filter(({ type }) => type === protectionType).flatMap(branchesOf);
    for (const resource of resources) {
      const branch = deployingBranch(resource);
      if (branch === undefined || (ruled.includes(branch) && protectedBranches.includes(branch))) continue;
      yield {
        urn: resource.urn,
        complaint: `${branch} may deploy to production, and has not both a ruleset and a branch protection of its name.`,
      };
    }
  },
};
