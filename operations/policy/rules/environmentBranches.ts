import { isExact } from "../branches";
import { deployingBranch, deploymentPolicyType, isProduction, trustType } from "../environments";
import { none, off, type Rule, unmet } from "../rule";

export const environmentBranches: Rule = {
  control: "environment-branches",
  *judge(resource, { deployFrom }) {
    if (!isProduction(resource)) return;
    yield* resource.type === deploymentPolicyType
      ? unmet(resource, {
          branchPattern: {
            needs: `one of ${deployFrom.join(", ")} (gate.deployFrom), without a pattern`,
            holds: (branch) => typeof branch === "string" && isExact(branch) && deployFrom.includes(branch),
          },
          tagPattern: { ...none, needs: "left out" },
        })
      : unmet(resource, {
          "deploymentBranchPolicy.customBranchPolicies": true,
          // With it every branch may deploy as soon as no rule protects any.
          "deploymentBranchPolicy.protectedBranches": off,
        });
  },
  *judgeAll(resources, { environment }) {
    // A job that names an environment which does not stand makes GitHub make it, open to all.
    const trusts = resources.some(({ type }) => type === trustType);
    if (environment !== "production" || !trusts) return;
    const stands = resources.filter(isProduction);
    if (!stands.some(({ type }) => type !== deploymentPolicyType) || !stands.some(deployingBranch)) {
      yield {
        complaint:
          "The pipeline's identity trusts an environment that this stack does not make, or makes without branches.",
      };
    }
  },
};
