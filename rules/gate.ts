/** What the gate's settings must say together, so that it is one. */
import * as z from "zod";

import { type PlanPromise, planPromises, plans, risksWithout } from "../facts/plans";
import { gate, rule, withGate } from "./rule";

export const deploysFromProtected = rule(
  withGate({ branches: z.record(z.string(), z.unknown()), deployFrom: z.array(z.string()) }),
  ({ [gate]: { branches, deployFrom } }, stack) =>
    deployFrom.flatMap((branch, index) =>
      Object.hasOwn(branches, branch)
        ? []
        : [
            {
              path: [gate, "deployFrom", index],
              got: branch,
              needs: `a branch that has rules (${Object.keys(branches).join(", ")}); from any other, unreviewed code would reach production`,
              fix: `take ${branch} out of deployFrom in Pulumi.${stack}.yaml, or give it rules under ${gate}.branches`,
            },
          ],
    ),
);

export const protectsMain = rule(
  withGate({ branches: z.record(z.string(), z.unknown()) }),
  ({ [gate]: { branches } }, stack) =>
    Object.hasOwn(branches, "main")
      ? []
      : [
          {
            path: [gate, "branches"],
            got: Object.keys(branches).join(", "),
            needs: "rules for main, the default branch of the experiments repository",
            fix: `pulumi config set --path '${gate}.branches.main.approvals' 2 --stack ${stack}`,
          },
        ],
);

export const planEnforces = rule(
  withGate({ plan: z.enum(["free", "team", "enterprise"]), acceptWithout: z.array(z.string()).optional() }),
  ({ [gate]: { plan, acceptWithout = [] } }, stack) => {
    const lacks: readonly PlanPromise[] = plans[plan];
    const lost = lacks.filter((promise) => !acceptWithout.includes(promise));
    const kept = acceptWithout.filter((promise) => !lacks.some((lacking) => lacking === promise));
    const told = lost.map((promise) => `\n           ${promise}: ${planPromises[promise]}`).join("");
    const dispensable = lost.every((promise) => Object.hasOwn(risksWithout, promise));
    return [
      ...(lost.length === 0
        ? []
        : [
            {
              path: [gate, "plan"],
              got: plan,
              needs: `a plan that enforces, for a private repository${told}`,
              fix: dispensable
                ? `move the organisation to GitHub Enterprise; or do without, with open eyes: ${gate}.acceptWithout: [${lacks.join(", ")}] in Pulumi.${stack}.yaml`
                : "move the organisation to GitHub Enterprise or Team: without branch rules there is no gate",
            },
          ]),
      ...(kept.length === 0
        ? []
        : [
            {
              path: [gate, "acceptWithout"],
              got: kept.join(", "),
              needs: `only what the plan ${plan} lacks: this one it enforces`,
              fix: `take it out of acceptWithout in Pulumi.${stack}.yaml`,
            },
          ]),
    ];
  },
);

export const adoptsWithReview = rule(
  withGate({
    repository: z.object({ adopt: z.string() }),
    acceptWithout: z.array(z.string()),
  }),
  ({ [gate]: { acceptWithout } }, stack) =>
    acceptWithout.includes("deploymentReview")
      ? [
          {
            path: [gate, "repository", "adopt"],
            got: "an existing repository, where nobody reviews a production run",
            needs:
              "a reviewer of each run: for 30 days a writer can start runs again that an existing repository made before its rules",
            fix: `take deploymentReview out of acceptWithout in Pulumi.${stack}.yaml, or create a repository`,
          },
        ]
      : [],
);

export const signsMerges = rule(
  withGate({
    branches: z.record(z.string(), z.object({ merge: z.string().optional(), signed: z.boolean().optional() })),
  }),
  ({ [gate]: { branches } }, stack) =>
    Object.entries(branches).flatMap(([branch, { merge, signed }]) =>
      merge === "rebase" && signed === true
        ? [
            {
              path: [gate, "branches", branch, "merge"],
              got: "rebase, with signed commits",
              needs: "squash or merge: GitHub cannot sign what it rebases, so that nothing could be merged",
              fix: `pulumi config set --path '${gate}.branches.${branch}.merge' squash --stack ${stack}`,
            },
          ]
        : [],
    ),
);

export const runnerReaches = rule(
  z.object({
    "federated-mlops:environment": z.literal("production"),
    "federated-mlops:ingress": z.enum(["public", "private"]).default("private"),
    [gate]: z.object({ runner: z.unknown().optional() }),
  }),
  ({ "federated-mlops:ingress": ingress, [gate]: { runner } }, stack) =>
    ingress === "public" || runner !== undefined
      ? []
      : [
          {
            path: [gate, "runner"],
            got: "none",
            needs:
              "a runner group inside the private network: runners that GitHub hosts cannot upload code to a private workspace",
            fix: `pulumi config set --path '${gate}.runner.join' <group> --stack ${stack}`,
          },
        ],
);
