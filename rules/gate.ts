/** What the gate's settings must say together, so that it is one. */
import * as z from "zod";

import { networkOf } from "../facts/ids";
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

const platform = z.enum(["github", "azureDevOps"]);

export const runnerReaches = rule(
  z.object({
    "federated-mlops:environment": z.literal("production"),
    "federated-mlops:ingress": z.enum(["public", "private"]).default("private"),
    [gate]: z.object({ platform: platform.catch("github"), runner: z.unknown().optional() }),
  }),
  ({ "federated-mlops:ingress": ingress, [gate]: { platform, runner } }, stack) => {
    if (ingress === "public" || runner !== undefined) return [];
    const [what, name, host] =
      platform === "github" ? ["a runner group", "group", "GitHub"] : ["an agent pool", "pool", "Microsoft"];
    return [
      {
        path: [gate, "runner"],
        got: "none",
        needs: `${what} inside the private network: runners that ${host} hosts cannot upload code to a private workspace`,
        fix: `pulumi config set --path '${gate}.runner.join' <${name}> --stack ${stack}`,
      },
    ];
  },
);

/** The organisation, which is its provider's setting. */
export const organisationNamed = rule(
  z.object({
    "github:owner": z.unknown().optional(),
    "azuredevops:orgServiceUrl": z.unknown().optional(),
    [gate]: z.object({ platform }),
  }),
  (settings, stack) => {
    const [key, value] =
      settings[gate].platform === "github"
        ? (["github:owner", "the name of a GitHub organisation"] as const)
        : ([
            "azuredevops:orgServiceUrl",
            "the address of an Azure DevOps organisation, https://dev.azure.com/<organisation>",
          ] as const);
    if (settings[key] !== undefined) return [];
    return [
      { path: [key], got: "nothing", needs: value, fix: `pulumi config set --path '${key}' <value> --stack ${stack}` },
    ];
  },
);

/** A pool is added to a project by hand, and so to one that exists. */
export const poolInProject = rule(
  withGate({
    platform: z.literal("azureDevOps"),
    project: z.object({ create: z.string() }),
    runner: z.object({ join: z.string() }),
  }),
  ({ [gate]: { project, runner } }, stack) => [
    {
      path: [gate, "runner", "join"],
      got: `${runner.join}, in a project that is still to be made`,
      needs: "a pool that the project has",
      fix:
        `make the project ${project.create} and add the pool to it (Project settings, Agent pools), then say project: { join: ${project.create} }; ` +
        `or runner: { create: <name>, subnet: <id> } in Pulumi.${stack}.yaml`,
    },
  ],
);

/** A pool's machines reach the workspace from a network that is let in. */
export const poolReaches = rule(
  z.object({
    "federated-mlops:ingress": z.enum(["public", "private"]).default("private"),
    "federated-mlops:network": z.object({ readers: z.array(z.string()).default([]) }).default({ readers: [] }),
    [gate]: z.object({ platform: z.literal("azureDevOps"), runner: z.object({ subnet: z.string() }) }),
  }),
  ({ "federated-mlops:ingress": ingress, "federated-mlops:network": { readers }, [gate]: { runner } }, stack) => {
    const inside = readers.some((id) => id.toLowerCase() === networkOf(runner.subnet).toLowerCase());
    if (ingress === "public" || inside) return [];
    return [
      {
        path: [gate, "runner", "subnet"],
        got: runner.subnet,
        needs: "a subnet of a network of federated-mlops:network.readers: from any other the workspace is not reached",
        fix: `name another subnet, or add ${networkOf(runner.subnet)} to readers in Pulumi.${stack}.yaml`,
      },
    ];
  },
);
