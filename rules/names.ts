/** Names that Azure takes, that differ, and that lie where they must. */
import * as z from "zod";

import { whereIs } from "../facts/ids";
import { type Names, namesOf, refusedNames, type Stem } from "../names";
import { settingOf } from "../problems";
import { gate, rule } from "./rule";

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

export const namesFit = rule(named, (settings, stack) => {
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
export const namesDiffer = rule(named, (settings, stack) => {
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
export const namesReserved = rule(named, (settings, stack) => {
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
export const silosApart = rule(named, (settings, stack) => {
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

export const adoptsWhereItStands = rule(named, (settings, stack) => {
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
