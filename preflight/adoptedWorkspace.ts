/** What Azure tells of a workspace that is taken over, with what it leans on. */
import type { Config } from "../config";
import { nameOf } from "../facts/ids";
import type { Problem } from "../problems";
import { look, lookThrough, type Resource, type Seen, stands, unreadable } from "./resourceManager";

/** What is taken over must stand in the workspace's region, belong to that workspace, and have the identity that was told. */
export async function adoptedWorkspace(config: Config): Promise<Problem[]> {
  const { adopts, names, location, stack } = config;
  if (adopts === undefined) return [];
  const adopt = "federated-mlops:adopt";
  const parts = [
    { key: "workspace", id: names.workspaceId, api: "2024-10-01", of: undefined },
    { key: "store", id: names.storeId, api: "2024-01-01", of: "storageAccount" },
    { key: "vault", id: names.vaultId, api: "2024-11-01", of: "keyVault" },
    { key: "insights", id: names.insightsId, api: "2020-02-02", of: "applicationInsights" },
    ...(adopts.registry
      ? [{ key: "registry", id: names.registryId, api: "2023-07-01", of: "containerRegistry" } as const]
      : []),
  ] as const;
  const found = await Promise.all(parts.map(({ id, api }) => look(config, id, api)));
  const [workspace] = found;
  const own = typeof workspace === "object" ? (workspace.properties ?? {}) : undefined;

  const single = parts.flatMap(({ key, id, of }, index): Problem[] => {
    const one = found[index];
    const path = [adopt, key];
    if (typeof one !== "object") return stands(config, path, id, one);
    if (one.location !== undefined && one.location !== location) {
      return [
        {
          path,
          got: `${nameOf(id)} in ${one.location}`,
          needs: `a resource in ${location}: to move one, Azure makes it anew`,
          fix: `pulumi config set azure-native:location ${one.location} --stack ${stack}, if all of them are there`,
        },
      ];
    }
    const leansOn = of && own?.[of];
    if (of === undefined || own === undefined) return [];
    if (typeof leansOn === "string" && leansOn.toLowerCase() === id.toLowerCase()) return [];
    return [
      {
        path,
        got: nameOf(id),
        needs: `what the workspace leans on: ${typeof leansOn === "string" ? nameOf(leansOn) : "nothing yet"}`,
        fix: `write that name in Pulumi.${stack}.yaml`,
      },
    ];
  });
  return [
    ...single,
    ...identityAsTold(config, workspace),
    ...registryAsTold(config, own),
    ...(typeof workspace === "object" ? await runningAlready(config) : []),
  ];
}

/**
 * In production nothing may go on running that was there before: computes run as identities, and in networks, that are
 * not this program's; schedules and endpoints run code that nobody reviewed.
 */
async function runningAlready(config: Config): Promise<Problem[]> {
  const { names, environment, managed, stack } = config;
  if (environment === "development") return [];
  const parties = { orchestrator: names.orchestrator, ...names.silos };
  const clusters = Object.values(parties).flatMap(({ cluster, gpuCluster }) => [cluster, gpuCluster ?? ""]);
  const collections = [
    { what: "computes", ours: [...clusters, names.imageBuilder.cluster] },
    { what: "schedules", ours: [] },
    { what: "onlineEndpoints", ours: [] },
    { what: "batchEndpoints", ours: [] },
    ...(managed ? [{ what: "outboundRules", ours: Object.keys(parties).map((key) => `${key}-store`) }] : []),
  ];
  const problems = await Promise.all(
    collections.map(async ({ what, ours }): Promise<Problem[]> => {
      const path = ["federated-mlops:adopt", "workspace"];
      const id = `${names.workspaceId}/${what}`;
      const all = await lookThrough(config, id, "2024-10-01");
      if (all === undefined) return [unreadable(path, id)];
      const foreign = all.filter(
        ({ id: one, properties = {} }) =>
          !ours.some((name) => name.toLowerCase() === nameOf(one).toLowerCase()) &&
          // The managed network's own rules, for what the workspace leans on.
          (what !== "outboundRules" || properties["category"] === "UserDefined"),
      );
      if (foreign.length === 0) return [];
      return [
        {
          path,
          got: `${names.workspace}, with the ${what} ${foreign.map(({ id: one }) => nameOf(one)).join(", ")}`,
          needs: "a workspace in which nothing goes on running that nobody reviewed",
          fix: `delete them in Azure ML studio or with az ml, then pulumi up --stack ${stack}`,
        },
      ];
    }),
  );
  return problems.flat();
}

function registryAsTold({ adopts, names, stack }: Config, own: Resource["properties"]): Problem[] {
  const registry = own?.["containerRegistry"];
  if (adopts?.registry !== false || typeof registry !== "string") return [];
  // The one that it got here.
  if (registry.toLowerCase() === names.registryId.toLowerCase()) return [];
  return [
    {
      path: ["federated-mlops:adopt", "registry"],
      got: "none",
      needs: `${nameOf(registry)}, the workspace's registry: images of earlier runs are there`,
      fix: `pulumi config set --path federated-mlops:adopt.registry ${nameOf(registry)} --stack ${stack}`,
    },
  ];
}

function identityAsTold({ adopts, stack }: Config, workspace: Seen): Problem[] {
  if (adopts === undefined || typeof workspace !== "object" || workspace.identity?.type === undefined) return [];
  const system = workspace.identity.type.includes("SystemAssigned");
  if (system === adopts.systemIdentity) return [];
  return [
    {
      path: ["federated-mlops:adopt", "systemIdentity"],
      got: String(adopts.systemIdentity),
      needs: system
        ? "true: the workspace has a system-assigned identity, and Azure does not take it away again"
        : "false: the workspace has no system-assigned identity, and with one Azure would give it a role on the group",
      fix: `pulumi config set --path federated-mlops:adopt.systemIdentity ${system} --stack ${stack}`,
    },
  ];
}
