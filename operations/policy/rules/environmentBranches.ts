import { isExact } from "../branches";
import { deployingBranch, deploymentPolicyType, isProduction, trustType } from "../environments";
import { textAt } from "../resource";
import { none, off, type Rule, unmet } from "../rule";

const branchControlType = "azuredevops:index/checkBranchControl:CheckBranchControl";

export const environmentBranches: Rule = {
  control: "environment-branches",
  *judge(resource, { deployFrom }) {
    if (resource.type === branchControlType) {
      const refs = deployFrom.map((branch) => `refs/heads/${branch}`).join(",");
      yield* unmet(resource, {
        allowedBranches: { needs: `"${refs}" (gate.deployFrom)`, holds: (branches) => branches === refs },
        verifyBranchProtection: true,
        ignoreUnknownProtectionStatus: off,
      });
    }
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
  *judgeAll(resources, { environment, platform }) {
    // A job that names an environment which does not stand makes GitHub make it, open to all.
    const trusts = resources.some(({ type }) => type === trustType);
    if (environment !== "production" || !trusts) return;
    if (platform === "azureDevOps") {
      const held = (kind: string) =>
        resources.some((one) => one.type === branchControlType && textAt(one, "targetResourceType") === kind);
      if (!held("endpoint") || !held("environment")) {
        yield { complaint: "The pipeline's connection, or its environment, is open to every branch." };
      }
      return;
    }
    const stands = resources.filter(isProduction);
    if (!stands.some(({ type }) => type !== deploymentPolicyType) || !stands.some(deployingBranch)) {
      yield {
        complaint:
          "The pipeline's identity trusts an environment that this stack does not make, or makes without branches.",
      };
    }
  },
};
