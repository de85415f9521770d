/**
 * Every name and resource id of one environment, as plain strings: computed from configuration alone, so that they are
 * known in a preview and checked before anything is registered.
 */
import { digest } from "./facts/digest";
import { containerId, groupId, nameOf, resourceId } from "./facts/ids";
import { breach, type Limit, limits } from "./facts/limits";
import { submitterGuid } from "./facts/roles";

/** What names are made of. */
export interface Stem {
  readonly subscription: string;
  /** Name of the Pulumi stack; tells environments of one workload apart. */
  readonly stack: string;
  readonly workload: string;
  /** Counts the times that an environment was made anew while deleted resources still held its names; from 1. */
  readonly generation: number;
  /** The environment's resource group, where the organisation prescribes its name or has it already. */
  readonly resourceGroup?: string | undefined;
  /** The same for the group of the silos' stores. */
  readonly silosGroup?: string | undefined;
  /** An existing workspace and what it leans on. */
  readonly adopt?: AdoptedNames | undefined;
  readonly orchestrator?: PartyStem | undefined;
  /** By key, `silo<slot>`. */
  readonly silos: Readonly<Record<string, PartyStem>>;
  /** Name of the experiments repository where this environment makes it, else none. */
  readonly repository?: string | undefined;
  /** Name of the experiments repository where this environment takes over one that exists, else none. */
  readonly adoptedRepository?: string | undefined;
}

/** Names that the organisation chose; without them, those that the public FL examples expect. */
export interface PartyStem {
  readonly cluster?: string | undefined;
  readonly gpu?: { readonly cluster?: string | undefined } | undefined;
  readonly datastore?: string | undefined;
  readonly container?: string | undefined;
  /** Id of the store, where it exists already. */
  readonly store?: { readonly join: string } | undefined;
}

/** Names of an existing workspace and what it leans on, in the environment's resource group. */
export interface AdoptedNames {
  readonly workspace: string;
  readonly store: string;
  readonly vault: string;
  readonly insights: string;
  /** Undefined where it has none yet. */
  readonly registry?: string | undefined;
}

/** Names of what the orchestrator or one silo has of its own. */
export interface PartyNames {
  readonly cluster: string;
  /** The second cluster, where there is one. */
  readonly gpuCluster: string | undefined;
  readonly identity: string;
  readonly store: string;
  readonly storeId: string;
  /** Its store exists already and stays its owner's. */
  readonly joinsStore: boolean;
  readonly container: string;
  readonly containerId: string;
  readonly datastore: string;
  /** Container on the orchestrator's store through which it hands models over where each silo has one of its own. */
  readonly handover: string;
  /** The datastore by which jobs name that container. */
  readonly handoverDatastore: string;
  /** What the names of its network's parts end in. */
  readonly place: string;
}

export interface Names {
  readonly group: string;
  readonly groupId: string;
  readonly silosGroup: string;
  readonly workspace: string;
  readonly workspaceId: string;
  readonly workspaceIdentity: string;
  readonly store: string;
  readonly storeId: string;
  readonly vault: string;
  readonly vaultId: string;
  readonly registry: string;
  readonly registryId: string;
  readonly logs: string;
  readonly insights: string;
  readonly insightsId: string;
  /** What names end in that need to tell environments apart in one group: `<workload>-<stack>`. */
  readonly place: string;
  /** Display name of the pipeline's application. */
  readonly application: string;
  /** The experiments repository, where this environment owns it. */
  readonly repository: string | undefined;
  /** The cluster that builds images, where one does. */
  readonly imageBuilder: { readonly cluster: string; readonly identity: string };
  /** This program's own role, which submits jobs: its name, one in the tenant, and its GUID. */
  readonly submitter: { readonly name: string; readonly guid: string };
  /** The monthly budget, where there is one. */
  readonly budget: string;
  readonly orchestrator: PartyNames;
  readonly silos: Readonly<Record<string, PartyNames>>;
}

/**
 * Names that must be free in all of Azure carry five characters which are the same for the same subscription, workload
 * and stack. A name that a deletion leaves behind carries the generation from the second on.
 */
export function namesOf(stem: Stem): Names {
  const { subscription, stack, workload, generation, adopt } = stem;
  const suffix = digest(`${subscription}/${workload}/${stack}`);
  const anew = generation > 1 ? String(generation) : "";
  const group = stem.resourceGroup ?? `rg-${workload}-${stack}`;
  const silosGroup = stem.silosGroup ?? `${group}-silos`;
  const inGroup = (type: string, name: string) => resourceId(subscription, group, type, name);

  const party = (key: string, place: string, short: string, own: PartyStem = {}): PartyNames => {
    const storeId =
      own.store?.join ??
      // The suffix comes first: behind a silo's number it would read as part of it.
      resourceId(subscription, place, "Microsoft.Storage/storageAccounts", `st${workload}${suffix}${short}`);
    const container = own.container ?? "private";
    return {
      // The names that the public FL examples expect, but for the clusters: their `silo0-01` breaks the API's pattern.
      cluster: own.cluster ?? `${key}-cpu`,
      gpuCluster: own.gpu && (own.gpu.cluster ?? `${key}-gpu`),
      identity: `id-${workload}-${stack}-${key}`,
      store: nameOf(storeId),
      storeId,
      joinsStore: own.store !== undefined,
      container,
      containerId: containerId(storeId, container),
      datastore: own.datastore ?? `datastore_${key}`,
      handover: `handover-${key}`,
      handoverDatastore: `datastore_orchestrator_${key}`,
      place: `${workload}-${stack}-${key}`,
    };
  };

  const numbered = (name: string) => (generation > 1 ? `${name}-${generation}` : name);
  const workspace = adopt?.workspace ?? numbered(`aml-${workload}-${stack}`);
  const store = adopt?.store ?? `st${workload}${suffix}ws`;
  const vault = adopt?.vault ?? `kv-${workload}${anew}-${suffix}`;
  const registry = adopt?.registry ?? `cr${workload}${suffix}`;
  const insights = adopt?.insights ?? `appi-${workload}-${stack}`;
  return {
    group,
    groupId: groupId(subscription, group),
    silosGroup,
    workspace,
    workspaceId: inGroup("Microsoft.MachineLearningServices/workspaces", workspace),
    workspaceIdentity: `id-${workload}-${stack}-workspace`,
    store,
    storeId: inGroup("Microsoft.Storage/storageAccounts", store),
    vault,
    vaultId: inGroup("Microsoft.KeyVault/vaults", vault),
    registry,
    registryId: inGroup("Microsoft.ContainerRegistry/registries", registry),
    logs: `log-${workload}-${stack}`,
    insights,
    insightsId: inGroup("Microsoft.Insights/components", insights),
    place: `${workload}-${stack}`,
    application: `${workload}-${stack}-pipeline`,
    repository: stem.repository === undefined ? stem.adoptedRepository : numbered(stem.repository),
    imageBuilder: { cluster: "image-build", identity: `id-${workload}-${stack}-image-build` },
    submitter: {
      name: `Federated learning job submitter (${workload}-${stack})`,
      guid: submitterGuid(subscription, group),
    },
    budget: `budget-${workload}-${stack}`,
    orchestrator: party("orchestrator", group, "orch", stem.orchestrator),
    silos: Object.fromEntries(Object.entries(stem.silos).map(([key, own]) => [key, party(key, silosGroup, key, own)])),
  };
}

/** A name that Azure would refuse. */
export interface RefusedName {
  readonly name: string;
  /** The setting that it comes from, as the path of a problem. */
  readonly setting: readonly string[];
  /** What is wrong with it, as the rest of a sentence about it. */
  readonly problem: string;
}

/** Every name that Azure would refuse. */
export function refusedNames(stem: Stem): RefusedName[] {
  const names = namesOf(stem);
  const workload = ["federated-mlops:workload"];
  const chosen = (name: string | undefined, ...setting: string[]) => (name === undefined ? workload : setting);
  const group = chosen(stem.resourceGroup, "federated-mlops:resourceGroup");
  const adopted = (key: keyof AdoptedNames) => chosen(stem.adopt?.[key], "federated-mlops:adopt", key);

  const named: [Limit, string, readonly string[]][] = [
    [limits.resourceGroup, names.group, group],
    [limits.resourceGroup, names.silosGroup, stem.silosGroup === undefined ? group : ["federated-mlops:silosGroup"]],
    [limits.workspace, names.workspace, adopted("workspace")],
    [limits.identity, names.workspaceIdentity, workload],
    [limits.store, names.store, adopted("store")],
    [limits.vault, names.vault, adopted("vault")],
    [limits.registry, names.registry, adopted("registry")],
    [limits.logs, names.logs, workload],
    [limits.insights, names.insights, adopted("insights")],
    [limits.identity, names.imageBuilder.identity, workload],
    [limits.budget, names.budget, workload],
    ...partiesOf(stem, names).flatMap(([key, own, party]): typeof named => {
      const setting = key === "orchestrator" ? [`federated-mlops:${key}`] : ["federated-mlops:silos", key];
      const gpuCluster = (name: string): (typeof named)[number] => [
        limits.cluster,
        name,
        chosen(own.gpu?.cluster, ...setting, "gpu", "cluster"),
      ];
      return [
        [limits.cluster, party.cluster, chosen(own.cluster, ...setting, "cluster")],
        ...(party.gpuCluster === undefined ? [] : [gpuCluster(party.gpuCluster)]),
        [limits.identity, party.identity, workload],
        [limits.store, party.store, chosen(own.store?.join, ...setting, "store", "join")],
        [limits.container, party.container, [...setting, "container"]],
        [limits.datastore, party.datastore, chosen(own.datastore, ...setting, "datastore")],
        [limits.network, `vnet-${party.place}`, workload],
      ];
    }),
  ];
  return named.flatMap(([limit, name, setting]) => {
    const problem = breach(limit, name);
    return problem === undefined ? [] : [{ name, setting, problem }];
  });
}

function partiesOf(stem: Stem, names: Names): [string, PartyStem, PartyNames][] {
  return [
    ["orchestrator", stem.orchestrator ?? {}, names.orchestrator],
    ...Object.entries(names.silos).map(([key, party]): [string, PartyStem, PartyNames] => [
      key,
      stem.silos[key] ?? {},
      party,
    ]),
  ];
}
