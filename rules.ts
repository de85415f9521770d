/**
 * What must hold across several settings. A rule runs on the part that it needs, whatever else is wrong in the stack
 * file: one problem must not hide another.
 */
import * as z from "zod";

import { defaultAddressSpace, placeOf, placesIn } from "./facts/addresses";
import { whereIs } from "./facts/ids";
import { type PlanPromise, planPromises, plans, risksWithout } from "./facts/plans";
import { type Names, namesOf, refusedNames, type Stem } from "./names";
import { type Problem, settingOf } from "./problems";

export interface Rule<T = unknown> {
  readonly needs: z.ZodType<T>;
  readonly check: (part: T, stack: string) => Problem[];
}

const rule = <T>(needs: z.ZodType<T>, check: Rule<T>["check"]): Rule => ({ needs, check: check as Rule["check"] });

const gate = "federated-mlops:gate";
const withGate = <T extends z.ZodRawShape>(shape: T) => z.object({ [gate]: z.object(shape) });

const groupSetting = z.union([z.object({ create: z.string() }), z.object({ join: z.string() })]);
const namedParty = z.object({
  cluster: z.string().optional(),
  gpu: z.object({ cluster: z.string().optional() }).optional(),
  datastore: z.string().optional(),
  container: z.string().optional(),
  store: z.object({ join: z.string() }).optional(),
});

/** The settings that names are made of. */
const named = z.object({
  "azure-native:subscriptionId": z.string(),
  "federated-mlops:workload": z.string(),
  "federated-mlops:generation": z.number().default(1),
  "federated-mlops:resourceGroup": groupSetting.optional(),
  "federated-mlops:silosGroup": groupSetting.optional(),
  "federated-mlops:adopt": z
    .object({
      workspace: z.string(),
      store: z.string(),
      vault: z.string(),
      insights: z.string(),
      registry: z.string().optional(),
    })
    .optional(),
  "federated-mlops:orchestrator": namedParty.optional(),
  "federated-mlops:silos": z.record(z.string(), namedParty),
  [gate]: z
    .object({
      repository: z
        .object({ create: z.string().optional(), adopt: z.string().optional(), join: z.string().optional() })
        .optional(),
    })
    .optional(),
});

function stemOf(settings: z.infer<typeof named>, stack: string): Stem {
  return {
    subscription: settings["azure-native:subscriptionId"],
    stack,
    workload: settings["federated-mlops:workload"],
    generation: settings["federated-mlops:generation"],
    resourceGroup: groupName(settings["federated-mlops:resourceGroup"]),
    silosGroup: groupName(settings["federated-mlops:silosGroup"]),
    adopt: settings["federated-mlops:adopt"],
    orchestrator: settings["federated-mlops:orchestrator"],
    silos: settings["federated-mlops:silos"],
    repository: settings[gate]?.repository?.create,
    adoptedRepository: settings[gate]?.repository?.adopt,
  };
}

function groupName(setting: z.infer<typeof groupSetting> | undefined): string | undefined {
  return setting && ("create" in setting ? setting.create : setting.join);
}

/** The names of the environment that these settings describe. */
export function namesIn(settings: z.infer<typeof named>, stack: string): Names {
  return namesOf(stemOf(settings, stack));
}

const namesFit = rule(named, (settings, stack) => {
  const bySetting = Map.groupBy(refusedNames(stemOf(settings, stack)), ({ setting }) => settingOf(setting));
  return [...bySetting.values()].map((refused) => {
    const [setting] = refused.map((one) => one.setting);
    const told = refused.map(({ name, problem }) => `\n           "${name}": ${problem}`).join("");
    return setting?.[0] === "federated-mlops:workload"
      ? {
          path: setting,
          got: settings["federated-mlops:workload"],
          needs: `a workload with which every name fits Azure's limits; with this one${told}`,
          fix: `pulumi config set federated-mlops:workload <a shorter one> --stack ${stack}`,
        }
      : {
          path: setting ?? [],
          got: refused.map(({ name }) => name).join(", "),
          needs: `a name that Azure takes; with this one${told}`,
          fix: `write another name in Pulumi.${stack}.yaml`,
        };
  });
});

/** Names that would meet in one place. Two silos that join one store would each read the other's data. */
const namesDiffer = rule(named, (settings, stack) => {
  const names = namesIn(settings, stack);
  const parties = [["orchestrator", names.orchestrator] as const, ...Object.entries(names.silos)];
  const claims = [
    { kind: "cluster", name: names.imageBuilder.cluster, path: ["federated-mlops:imageBuilds"] },
    { kind: "store", name: names.store, path: ["federated-mlops:adopt", "store"] },
    ...parties.flatMap(([key, party]) => {
      const at = key === "orchestrator" ? [`federated-mlops:${key}`] : ["federated-mlops:silos", key];
      return [
        { kind: "cluster", name: party.cluster, path: [...at, "cluster"] },
        ...(party.gpuCluster === undefined
          ? []
          : [{ kind: "cluster", name: party.gpuCluster, path: [...at, "gpu", "cluster"] }]),
        { kind: "datastore", name: party.datastore, path: [...at, "datastore"] },
        // By name: accounts are one in all of Azure, and an id can be spelled in two ways.
        { kind: "store", name: party.store, path: [...at, "store", "join"] },
      ];
    }),
  ];
  return claims.flatMap(({ kind, name, path }, index) => {
    const first = claims.findIndex((other) => other.kind === kind && other.name.toLowerCase() === name.toLowerCase());
    if (first === index) return [];
    return [
      {
        path,
        got: name,
        needs: `a ${kind} of its own; ${settingOf(claims[first]?.path ?? [])} has this one`,
        fix: `write another one in Pulumi.${stack}.yaml`,
      },
    ];
  });
});

/** Names that Azure ML, or the hand-over, takes for itself. */
const namesReserved = rule(named, (settings, stack) => {
  const names = namesIn(settings, stack);
  const handovers = Object.values(names.silos).map(({ handoverDatastore }) => handoverDatastore);
  const datastores = [
    ...["workspaceblobstore", "workspacefilestore", "workspaceartifactstore", "workspaceworkingdirectory"],
    ...handovers,
  ];
  return [["orchestrator", names.orchestrator] as const, ...Object.entries(names.silos)].flatMap(([key, party]) => {
    const at = key === "orchestrator" ? [`federated-mlops:${key}`] : ["federated-mlops:silos", key];
    const taken = [
      ...[party.cluster, party.gpuCluster ?? ""]
        .filter((name) => ["serverless", "local"].includes(name.toLowerCase()))
        .map((name) => ({ name, path: [...at, "cluster"], whose: "a word of Azure ML's for no cluster at all" })),
      ...(datastores.includes(party.datastore.toLowerCase())
        ? [{ name: party.datastore, path: [...at, "datastore"], whose: "taken by the workspace or a hand-over" }]
        : []),
    ];
    return taken.map(({ name, path, whose }) => ({
      path,
      got: name,
      needs: `another name: this one is ${whose}`,
      fix: `write another one in Pulumi.${stack}.yaml`,
    }));
  });
});

/** The silos' stores lie apart from everything on which the workspace or its makers have rights. */
const silosApart = rule(named, (settings, stack) => {
  const names = namesIn(settings, stack);
  const inside = (id: string) => whereIs(id).group.toLowerCase() === names.group.toLowerCase();
  return [
    ...(names.silosGroup.toLowerCase() === names.group.toLowerCase()
      ? [
          {
            path: ["federated-mlops:silosGroup"],
            got: names.silosGroup,
            needs: "another group than the workspace's: rights on that one would reach the silos' data",
            fix: `pulumi config rm federated-mlops:silosGroup --stack ${stack}   (Default: ${names.group}-silos)`,
          },
        ]
      : []),
    ...Object.entries(names.silos).flatMap(([key, { joinsStore, storeId }]) =>
      joinsStore && inside(storeId)
        ? [
            {
              path: ["federated-mlops:silos", key, "store", "join"],
              got: `a store in ${names.group}`,
              needs: "a store outside the workspace's group: rights on that one would reach the silo's data",
              fix: "move the storage account to another resource group",
            },
          ]
        : [],
    ),
  ];
});

const joinsInProduction = rule(
  z.object({
    "federated-mlops:environment": z.literal("development"),
    "federated-mlops:silos": z.record(z.string(), z.object({ store: z.unknown().optional() })),
  }),
  ({ "federated-mlops:silos": silos }, stack) =>
    Object.entries(silos).flatMap(([key, { store }]) =>
      store === undefined
        ? []
        : [
            {
              path: ["federated-mlops:silos", key, "store"],
              got: "a store that exists",
              needs: "a store that is made: development holds synthetic data, and everybody there may write it",
              fix: `pulumi config rm --path federated-mlops:silos.${key}.store --stack ${stack}`,
            },
          ],
    ),
);

const adoptsWhereItStands = rule(named, (settings, stack) => {
  const group = settings["federated-mlops:resourceGroup"];
  if (settings["federated-mlops:adopt"] === undefined || (group !== undefined && "join" in group)) return [];
  return [
    {
      path: ["federated-mlops:resourceGroup"],
      got: group === undefined ? "none" : `{ create: ${group.create} }`,
      needs: "{ join: <name> }: an existing workspace stands in a resource group that exists",
      fix: `pulumi config set --path federated-mlops:resourceGroup.join <its resource group> --stack ${stack}`,
    },
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

const planEnforces = rule(
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

const adoptsWithReview = rule(
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

const signsMerges = rule(
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

const located = z.object({
  location: z.string(),
  subnets: z.object({ compute: z.string().optional(), endpoints: z.string().optional() }).optional(),
});
const networked = z.object({
  "azure-native:location": z.string(),
  "federated-mlops:environment": z.enum(["development", "production"]),
  "federated-mlops:ingress": z.enum(["public", "private"]).optional(),
  "federated-mlops:egress": z.enum(["open", "serviceTags", "approved"]).optional(),
  "federated-mlops:network": z
    .object({
      addressSpace: z.string().optional(),
      firewall: z.unknown().optional(),
      dnsZones: z.string().optional(),
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

function partiesIn(settings: z.infer<typeof networked>) {
  return [settings["federated-mlops:orchestrator"], ...Object.values(settings["federated-mlops:silos"])];
}

/** Whether all clusters are in the workspace's region, as a managed network needs it. */
function inOneRegion(settings: z.infer<typeof networked>): boolean {
  return partiesIn(settings).every(({ location }) => location === settings["azure-native:location"]);
}

function joinsSubnets(settings: z.infer<typeof networked>): boolean {
  return partiesIn(settings).some(({ subnets }) => subnets !== undefined);
}

/** Parties whose endpoints would stand in a subnet in which nodes run. */
function mixed(settings: z.infer<typeof networked>): string[] {
  const own = [
    ["orchestrator", settings["federated-mlops:orchestrator"]] as const,
    ...Object.entries(settings["federated-mlops:silos"]),
  ];
  const nodes = new Set(own.map(([, { subnets }]) => subnets?.compute?.toLowerCase()));
  return own.flatMap(([key, { subnets }]) =>
    subnets?.endpoints !== undefined && nodes.has(subnets.endpoints.toLowerCase()) ? [key] : [],
  );
}

/** Parties whose nodes would run in the subnet of a party before them, with that one. */
function sharing(settings: z.infer<typeof networked>): [string, string][] {
  const subnets = [
    ["orchestrator", settings["federated-mlops:orchestrator"]] as const,
    ...Object.entries(settings["federated-mlops:silos"]),
  ].flatMap(([key, { subnets: own }]) =>
    own?.compute === undefined ? [] : [{ key, compute: own.compute.toLowerCase() }],
  );
  return subnets.flatMap(({ key, compute }, index): [string, string][] => {
    const first = subnets.findIndex((other) => other.compute === compute);
    return first === index ? [] : [[key, subnets[first]?.key ?? ""]];
  });
}

const subnetsForAll = rule(networked, (settings, stack) => {
  if (!joinsSubnets(settings)) return [];
  const { egress } = postureOf(settings);
  const own = settings["federated-mlops:network"];
  const unused = (["addressSpace", "firewall"] as const).filter((key) => own?.[key] !== undefined);
  const lacking = [
    ["federated-mlops:orchestrator", settings["federated-mlops:orchestrator"]] as const,
    ...Object.entries(settings["federated-mlops:silos"]),
  ].filter(([, { subnets }]) => subnets === undefined);
  return [
    ...lacking.map(([key]) => ({
      path: key.startsWith("silo") ? ["federated-mlops:silos", key, "subnets"] : [key, "subnets"],
      got: "none, where another party has existing ones",
      needs: "existing subnets for every party, or for none",
      fix: `write subnets { compute, endpoints } in Pulumi.${stack}.yaml`,
    })),
    ...sharing(settings).map(([key, other]) => ({
      path: key === "orchestrator" ? [`federated-mlops:${key}`, "subnets"] : ["federated-mlops:silos", key, "subnets"],
      got: `the compute subnet of ${other}`,
      needs: "a compute subnet of its own: nodes in one subnet reach each other",
      fix: `write another one in Pulumi.${stack}.yaml`,
    })),
    ...mixed(settings).map((key) => ({
      path: key === "orchestrator" ? [`federated-mlops:${key}`, "subnets"] : ["federated-mlops:silos", key, "subnets"],
      got: "endpoints in a subnet of nodes",
      needs: "a subnet for endpoints alone: the rules for nodes would not hold there",
      fix: `write another one in Pulumi.${stack}.yaml`,
    })),
    ...unused.map((key) => ({
      path: ["federated-mlops:network", key],
      got: "a setting that nothing uses",
      needs: "subnets that are made: existing ones have their ranges and their way out",
      fix: `pulumi config rm --path federated-mlops:network.${key} --stack ${stack}`,
    })),
    ...(egress === "open"
      ? [
          {
            path: ["federated-mlops:egress"],
            got: egress,
            needs: "serviceTags or approved, as the existing subnets are held to",
            fix: `pulumi config set federated-mlops:egress approved --stack ${stack}`,
          },
        ]
      : []),
  ];
});

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
  if (egress !== "approved" || firewall !== undefined || inOneRegion(settings) || joinsSubnets(settings)) return [];
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
  // Existing subnets are reached as their owner arranged it.
  if (ingress !== "private" || joinsSubnets(settings)) return [];
  if ((settings["federated-mlops:network"]?.readers ?? []).length > 0) return [];
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

const zonesAreUsed = rule(networked, (settings, stack) => {
  const { ingress, egress } = postureOf(settings);
  const zones = settings["federated-mlops:network"]?.dnsZones;
  // Where there is no network at all, another rule says so.
  if (zones === undefined || ingress === "private" || egress === "open") return [];
  return [
    {
      path: ["federated-mlops:network", "dnsZones"],
      got: zones,
      needs: "private ingress: without it nothing has a name in a private zone",
      fix: `pulumi config rm --path federated-mlops:network.dnsZones --stack ${stack}`,
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
            fix: `pulumi config set --path '${gate}.runner.join' <group> --stack ${stack}`,
          },
        ],
);

export const rules: readonly Rule[] = [
  namesFit,
  namesDiffer,
  namesReserved,
  silosApart,
  joinsInProduction,
  adoptsWhereItStands,
  deploysFromProtected,
  protectsMain,
  planEnforces,
  adoptsWithReview,
  signsMerges,
  hasSilos,
  usersOnce,
  subnetsForAll,
  privateNeedsWayOut,
  approvedNeedsFilter,
  readersReach,
  networkIsUsed,
  zonesAreUsed,
  slotsFit,
  runnerReaches,
];
