/**
 * Every name and resource id of one environment, as plain strings: computed from configuration alone, so that they are
 * known in a preview and checked before anything is registered.
 */
import { createHash } from "node:crypto";

import { containerId, resourceId } from "./facts/ids";
import { breach, type Limit, limits } from "./facts/limits";

/** What names are made of. */
export interface Stem {
  readonly subscription: string;
  /** Name of the Pulumi stack; tells environments of one workload apart. */
  readonly stack: string;
  readonly workload: string;
  /** Counts the times that an environment was made anew while deleted resources still held its names; from 1. */
  readonly generation: number;
  /** Where the organisation prescribes a name for the resource group. */
  readonly resourceGroup?: string | undefined;
  /** Keys of the silos, `silo<slot>`. */
  readonly silos: readonly string[];
  /** Name of the experiments repository where this environment makes it, else none. */
  readonly repository?: string | undefined;
}

/** Names of what the orchestrator or one silo has of its own. */
export interface PartyNames {
  readonly cluster: string;
  readonly identity: string;
  readonly store: string;
  readonly storeId: string;
  readonly container: string;
  readonly containerId: string;
  readonly datastore: string;
  /** Container on the orchestrator's store through which it hands models over where each silo has one of its own. */
  readonly handover: string;
  /** What the names of its network's parts end in. */
  readonly place: string;
}

export interface Names {
  readonly group: string;
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
  /** The experiments repository, where this environment makes it. */
  readonly repository: string | undefined;
  readonly orchestrator: PartyNames;
  readonly silos: Readonly<Record<string, PartyNames>>;
}

/**
 * Names that must be free in all of Azure carry five characters which are the same for the same subscription, workload
 * and stack. A name that a deletion leaves behind carries the generation from the second on.
 */
export function namesOf(stem: Stem): Names {
  const { subscription, stack, workload, generation } = stem;
  const suffix = digest(`${subscription}/${workload}/${stack}`);
  const anew = generation > 1 ? String(generation) : "";
  const group = stem.resourceGroup ?? `rg-${workload}-${stack}`;
  const silosGroup = `${group}-silos`;
  const inGroup = (type: string, name: string) => resourceId(subscription, group, type, name);

  const party = (key: string, place: string, short: string): PartyNames => {
    // The suffix comes first: behind a silo's number it would read as part of it.
    const store = `st${workload}${suffix}${short}`;
    const storeId = resourceId(subscription, place, "Microsoft.Storage/storageAccounts", store);
    // The names that the public FL examples expect, but for the cluster: their `silo0-01` breaks the API's pattern.
    const container = "private";
    return {
      cluster: `${key}-cpu`,
      identity: `id-${workload}-${stack}-${key}`,
      store,
      storeId,
      container,
      containerId: containerId(storeId, container),
      datastore: `datastore_${key}`,
      handover: `${container}-${key}`,
      place: `${workload}-${stack}-${key}`,
    };
  };

  const numbered = (name: string) => (generation > 1 ? `${name}-${generation}` : name);
  const workspace = numbered(`aml-${workload}-${stack}`);
  const store = `st${workload}${suffix}ws`;
  const vault = `kv-${workload}${anew}-${suffix}`;
  const registry = `cr${workload}${suffix}`;
  const insights = `appi-${workload}-${stack}`;
  return {
    group,
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
    repository: stem.repository === undefined ? undefined : numbered(stem.repository),
    orchestrator: party("orchestrator", group, "orch"),
    silos: Object.fromEntries(stem.silos.map((key) => [key, party(key, silosGroup, key)])),
  };
}

/** A name that Azure would refuse. */
export interface RefusedName {
  readonly name: string;
  /** The limit that it breaks. */
  readonly limit: Limit;
  /** How, as the rest of a sentence about it. */
  readonly problem: string;
}

/** Every name that Azure would refuse. */
export function refusedNames(names: Names): RefusedName[] {
  const parties = [names.orchestrator, ...Object.values(names.silos)];
  const named: [Limit, string][] = [
    [limits.resourceGroup, names.group],
    [limits.resourceGroup, names.silosGroup],
    [limits.workspace, names.workspace],
    [limits.identity, names.workspaceIdentity],
    [limits.store, names.store],
    [limits.vault, names.vault],
    [limits.registry, names.registry],
    [limits.logs, names.logs],
    [limits.insights, names.insights],
    ...parties.flatMap((party): [Limit, string][] => [
      [limits.cluster, party.cluster],
      [limits.identity, party.identity],
      [limits.store, party.store],
      [limits.datastore, party.datastore],
      [limits.network, `vnet-${party.place}`],
    ]),
  ];
  return named.flatMap(([limit, name]) => {
    const problem = breach(limit, name);
    return problem === undefined ? [] : [{ name, limit, problem }];
  });
}

/** Five lower-case letters and digits that follow from `text`. */
function digest(text: string): string {
  return BigInt(`0x${createHash("sha256").update(text).digest("hex")}`)
    .toString(36)
    .slice(-5);
}
