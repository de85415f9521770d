/**
 * What must hold across several settings. A rule runs on the part that it needs, whatever else is wrong in the stack
 * file: one problem must not hide another.
 */
import * as z from "zod";

import { plans } from "./facts/plans";
import { defaultAddressSpace, placeOf, placesIn } from "./facts/addresses";
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
              fix: `take ${branch} out of deployFrom in Pulumi.${stack}.yaml, or give it rules under ${gate}.branches`,
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

const located = z.object({ location: z.string() });
const networked = z.object({
  "azure-native:location": z.string(),
  "federated-mlops:environment": z.enum(["development", "production"]),
  "federated-mlops:ingress": z.enum(["public", "private"]).optional(),
  "federated-mlops:egress": z.enum(["open", "serviceTags", "approved"]).optional(),
  "federated-mlops:network": z
    .object({
      addressSpace: z.string().optional(),
      firewall: z.unknown().optional(),
      readers: z.array(z.string()).optional(),
    })
    .optional(),
  "federated-mlops:orchestrator": located,
  "federated-mlops:silos": z.record(z.string(), located),
});

/** Ingress and egress as they are where the stack file does not say. */
function postureOf(settings: z.infer<typeof networked>) {
  const production = settings["federated-mlops:environment"] === "production";
  return {
    ingress: settings["federated-mlops:ingress"] ?? (production ? "private" : "public"),
    egress: settings["federated-mlops:egress"] ?? (production ? "approved" : "open"),
  };
}

/** Whether all clusters are in the workspace's region, as a managed network needs it. */
function inOneRegion(settings: z.infer<typeof networked>): boolean {
  const parties = [settings["federated-mlops:orchestrator"], ...Object.values(settings["federated-mlops:silos"])];
  return parties.every(({ location }) => location === settings["azure-native:location"]);
}

const privateNeedsWayOut = rule(networked, (settings, stack) => {
  const { ingress, egress } = postureOf(settings);
  if (ingress !== "private" || egress !== "open") return [];
  return [
    {
      path: ["federated-mlops:egress"],
      got: egress,
      needs: "serviceTags or approved: a private workspace that sends everywhere is not private",
      fix: `pulumi config set federated-mlops:egress serviceTags --stack ${stack}`,
    },
  ];
});

const approvedNeedsFilter = rule(networked, (settings, stack) => {
  const { egress } = postureOf(settings);
  const firewall = settings["federated-mlops:network"]?.firewall;
  if (egress !== "approved" || firewall !== undefined || inOneRegion(settings)) return [];
  return [
    {
      path: ["federated-mlops:network", "firewall"],
      got: "none, with clusters in several regions",
      needs: "a firewall: only it, or a managed network, filters by name, and Azure's managed network spans one region",
      fix:
        `set network.firewall { privateIp, network } in Pulumi.${stack}.yaml\n` +
        `           pulumi config set federated-mlops:egress serviceTags --stack ${stack}   (any storage account of a region stays reachable)`,
    },
  ];
});

const readersReach = rule(networked, (settings, stack) => {
  const { ingress } = postureOf(settings);
  if (ingress !== "private" || (settings["federated-mlops:network"]?.readers ?? []).length > 0) return [];
  return [
    {
      path: ["federated-mlops:network", "readers"],
      got: "none",
      needs: "at least one network from which people and runners reach the private workspace",
      fix: `list the network's resource id under network.readers in Pulumi.${stack}.yaml`,
    },
  ];
});

const networkIsUsed = rule(networked, (settings, stack) => {
  const { ingress, egress } = postureOf(settings);
  if (ingress === "private" || egress !== "open" || settings["federated-mlops:network"] === undefined) return [];
  return [
    {
      path: ["federated-mlops:network"],
      got: "settings that nothing uses",
      needs: "private ingress, or egress serviceTags or approved: with neither there is no network",
      fix: `pulumi config rm federated-mlops:network --stack ${stack}`,
    },
  ];
});

const slotsFit = rule(networked, (settings, stack) => {
  const space = settings["federated-mlops:network"]?.addressSpace ?? defaultAddressSpace;
  const unfit = Object.keys(settings["federated-mlops:silos"]).filter((key) => placeOf(key) >= placesIn(space));
  if (unfit.length === 0) return [];
  return [
    {
      path: ["federated-mlops:network", "addressSpace"],
      got: space,
      needs: `room for a /22 of every slot; there is none for ${unfit.join(", ")}`,
      fix: `pulumi config set --path federated-mlops:network.addressSpace ${defaultAddressSpace} --stack ${stack}`,
    },
  ];
});

const runnerReaches = rule(
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
            fix: `pulumi config set --path '${gate}.runner.group' <group> --stack ${stack}`,
          },
        ],
);

export const rules: readonly Rule[] = [
  namesFit,
  deploysFromProtected,
  protectsMain,
  planEnforces,
  hasSilos,
  usersOnce,
  privateNeedsWayOut,
  approvedNeedsFilter,
  readersReach,
  networkIsUsed,
  slotsFit,
  runnerReaches,
];
