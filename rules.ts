/**
 * What must hold across several settings. A rule runs on the part that it needs, whatever else is wrong in the stack
 * file: one problem must not hide another.
 */
import * as z from "zod";

import { plans } from "./facts/plans";
import { limits } from "./facts/limits";
import { type Names, namesOf, type RefusedName, refusedNames } from "./names";
import type { Problem } from "./problems";

export interface Rule<T = unknown> {
  readonly needs: z.ZodType<T>;
  readonly check: (part: T, stack: string) => Problem[];
}

const rule = <T>(needs: z.ZodType<T>, check: Rule<T>["check"]): Rule => ({ needs, check: check as Rule["check"] });

const gate = "federated-mlops:gate";
const withGate = <T extends z.ZodRawShape>(shape: T) => z.object({ [gate]: z.object(shape) });

/** The settings that names are made of. */
const named = z.object({
  "azure-native:subscriptionId": z.string(),
  "federated-mlops:workload": z.string(),
  "federated-mlops:generation": z.number().default(1),
  "federated-mlops:resourceGroup": z.string().optional(),
  "federated-mlops:silos": z.record(z.string(), z.unknown()),
  [gate]: z
    .object({ repository: z.object({ create: z.string().optional(), join: z.string().optional() }).optional() })
    .optional(),
});

/** The names of the environment that these settings describe. */
export function namesIn(settings: z.infer<typeof named>, stack: string): Names {
  return namesOf({
    subscription: settings["azure-native:subscriptionId"],
    stack,
    workload: settings["federated-mlops:workload"],
    generation: settings["federated-mlops:generation"],
    resourceGroup: settings["federated-mlops:resourceGroup"],
    silos: Object.keys(settings["federated-mlops:silos"]),
    repository: settings[gate]?.repository?.create,
  });
}

const namesFit = rule(named, (settings, stack) => {
  const group = settings["federated-mlops:resourceGroup"];
  const refused = refusedNames(namesIn(settings, stack));
  const byGroup = refused.filter(({ limit }) => group !== undefined && limit === limits.resourceGroup);
  const byWorkload = refused.filter((one) => !byGroup.includes(one));
  const told = (names: readonly RefusedName[]) =>
    names.map(({ name, problem }) => `\n           "${name}": ${problem}`).join("");
  return [
    ...(byWorkload.length === 0
      ? []
      : [
          {
            path: ["federated-mlops:workload"],
            got: settings["federated-mlops:workload"],
            needs: `a workload with which every name fits Azure's limits; with this one${told(byWorkload)}`,
            fix: `pulumi config set federated-mlops:workload <a shorter one> --stack ${stack}`,
          },
        ]),
    ...(byGroup.length === 0
      ? []
      : [
          {
            path: ["federated-mlops:resourceGroup"],
            got: group,
            needs: `a name that Azure takes; with this one${told(byGroup)}`,
            fix: `pulumi config set federated-mlops:resourceGroup <another> --stack ${stack}`,
          },
        ]),
  ];
});

const deploysFromProtected = rule(
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
              fix: `pulumi config set --path '${gate}.deployFrom[${index}]' main --stack ${stack}, or give ${branch} rules under ${gate}.branches`,
            },
          ],
    ),
);

const protectsMain = rule(
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

const planEnforces = rule(withGate({ plan: z.enum(["free", "team", "enterprise"]) }), ({ [gate]: { plan } }) => {
  const lost = [
    ...(plans[plan].protectsBranches ? [] : ["branch rules and the environment's branch policy"]),
    ...(plans[plan].reviewsDeployments ? [] : ["deployment reviewers, no self-review, no administrator bypass"]),
  ];
  if (lost.length === 0) return [];
  return [
    {
      path: [gate, "plan"],
      got: plan,
      needs: `a plan that enforces, for a private repository: ${lost.join("; ")}`,
      fix: "move the organisation to GitHub Enterprise: without these the gate would stand open",
    },
  ];
});

const hasSilos = rule(
  z.object({ "federated-mlops:silos": z.record(z.string(), z.unknown()) }),
  ({ "federated-mlops:silos": silos }, stack) =>
    Object.keys(silos).length > 0
      ? []
      : [
          {
            path: ["federated-mlops:silos"],
            got: "none",
            needs: "at least one silo",
            fix: `pulumi config set --path 'federated-mlops:silos.silo0.location' westeurope --stack ${stack}`,
          },
        ],
);

const usersOnce = rule(
  z.object({ "federated-mlops:users": z.array(z.record(z.string(), z.string())) }),
  ({ "federated-mlops:users": users }) => {
    const ids = users.map((user) => Object.values(user)[0]?.toLowerCase());
    return ids.flatMap((id, index) =>
      id === undefined || ids.indexOf(id) === index
        ? []
        : [
            {
              path: ["federated-mlops:users", index],
              got: id,
              needs: "each group or user once: Azure refuses a second assignment of the same role",
              fix: "remove the repeated entry from the stack file",
            },
          ],
    );
  },
);

export const rules: readonly Rule[] = [namesFit, deploysFromProtected, protectsMain, planEnforces, hasSilos, usersOnce];
