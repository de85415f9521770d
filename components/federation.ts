import * as identity from "@pulumi/azure-native/managedidentity";
import * as ml from "@pulumi/azure-native/machinelearningservices";
import type * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";

import type { Posture } from "../facts/postures";
import { containerId, nameOf, whereIs } from "../facts/ids";
import { subresources } from "../facts/zones";
import type { Names, PartyNames } from "../names";
import { cluster } from "./cluster";
import { diagnostics } from "./diagnostics";
import { type Ingress, privateEndpoint, type PrivateNetwork } from "./network";
import { privateStore, type PrivateStoreArgs } from "./store";
import type { MlWorkspace } from "./workspace";

/** What the orchestrator or one silo looks like. */
export interface PartySpec {
  /** Azure region of its cluster and store; a change replaces both. */
  readonly location: string;
  /** VM size of the cluster's nodes; a change replaces the cluster. */
  readonly vmSize: string;
  /** Most nodes; the fewest is none. A change updates the cluster. */
  readonly maxNodes: number;
  /** A second cluster beside the first one, in the same region, network and identity. */
  readonly gpu?: { readonly vmSize: string; readonly maxNodes: number } | undefined;
  /** Its store exists already and stays its owner's: it is read, never changed or deleted. */
  readonly store?: { readonly join: string } | undefined;
}

/** The resources that the orchestrator or one silo has of its own. */
export interface Party {
  readonly identity: identity.UserAssignedIdentity;
  readonly store: storage.StorageAccount;
  readonly container: storage.BlobContainer;
  /** Whether the store is this environment's own. */
  readonly ownsStore: boolean;
  /** What Azure does not delete while the store is locked. */
  readonly onStore: readonly pulumi.CustomResource[];
}

export interface FederationArgs {
  /** The environment's resource group, which holds the orchestrator's store. */
  readonly group: resources.ResourceGroup;
  /** The silos' own resource group: no identity of the platform has a role on it. */
  readonly silosGroup: resources.ResourceGroup;
  readonly workspace: MlWorkspace;
  /** Id of the Log Analytics workspace that gets the stores' logs. */
  readonly logsId: pulumi.Input<string>;
  readonly names: Names;
  /** Region of the workspace, in which Azure keeps the record of every cluster. */
  readonly location: string;
  readonly orchestrator: PartySpec;
  /** The silos by key, `silo<slot>`. */
  readonly silos: Readonly<Record<string, PartySpec>>;
  /** Where silos leave their models on the orchestrator's store: in its one container, or each in one of its own. */
  readonly handover: "shared" | "perSilo";
  readonly posture: Posture;
  readonly ingress: Ingress;
  /** Compute nodes run in the workspace's managed network. */
  readonly managed: boolean;
  /** Where compute nodes run and private endpoints go; without one, and unmanaged, nodes have public addresses. */
  readonly network: PrivateNetwork | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * One orchestrator and its silos: each has its own cluster, identity, store and datastore. Nothing is granted here: who
 * may reach which store is one table (access.ts).
 */
export class Federation extends pulumi.ComponentResource {
  readonly orchestrator: Party;
  /** By key, `silo<slot>`. */
  readonly silos: Readonly<Record<string, Party>>;
  /** What rights can be given on, by its resource id. */
  readonly standing: Readonly<Record<string, pulumi.Resource>>;

  constructor(name: string, args: FederationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:Federation", name, {}, opts);
    const { names } = args;

    this.orchestrator = party(
      `${name}-orchestrator`,
      { key: "orchestrator", names: names.orchestrator, spec: args.orchestrator, group: args.group },
      args,
      this,
    );
    this.silos = Object.fromEntries(
      Object.entries(names.silos).map(([key, own]) => {
        const spec = args.silos[key];
        if (spec === undefined) throw new Error(`Federation: there are names for ${key}, but no settings.`);
        return [key, party(`${name}-${key}`, { key, names: own, spec, group: args.silosGroup }, args, this)];
      }),
    );

    const own = args.handover === "perSilo" ? Object.entries(names.silos) : [];
    const handovers = own.map(([key, silo]): [string, pulumi.Resource] => [
      containerId(names.orchestrator.storeId, silo.handover),
      handoverOf(`${name}-${key}-handover`, silo, this.orchestrator.store, args, this),
    ]);

    this.standing = {
      [names.orchestrator.storeId]: this.orchestrator.store,
      [names.orchestrator.containerId]: this.orchestrator.container,
      ...Object.fromEntries(handovers),
      ...Object.fromEntries(
        Object.entries(this.silos).map(([key, { store }]) => [names.silos[key]?.storeId ?? key, store]),
      ),
      ...Object.fromEntries(
        Object.entries(this.silos).map(([key, { container }]) => [names.silos[key]?.containerId ?? key, container]),
      ),
    };

    this.registerOutputs({
      orchestrator: this.orchestrator.store.id,
      silos: Object.fromEntries(Object.entries(this.silos).map(([key, silo]) => [key, silo.store.id])),
    });
  }
}

/** A silo's own container on the orchestrator's store, and the datastore by which jobs name it. */
function handoverOf(
  name: string,
  { handover, handoverDatastore }: PartyNames,
  store: storage.StorageAccount,
  federation: FederationArgs,
  parent: Federation,
): storage.BlobContainer {
  const { group, names, posture } = federation;
  const container = new storage.BlobContainer(
    `${name}-container`,
    { resourceGroupName: group.name, accountName: store.name, containerName: handover, publicAccess: "None" },
    { parent, protect: posture.protect },
  );
  datastore(
    `${name}-datastore`,
    { datastoreName: handoverDatastore, storeId: names.orchestrator.storeId, container },
    federation,
    parent,
  );
  return container;
}

interface PartyArgs {
  readonly key: string;
  readonly names: PartyNames;
  readonly spec: PartySpec;
  /** The resource group of its store and identity. */
  readonly group: resources.ResourceGroup;
}

function party(
  name: string,
  { key, names, spec, group }: PartyArgs,
  federation: FederationArgs,
  parent: Federation,
): Party {
  const { location } = spec;
  const { ingress, network, tags } = federation;
  const place = { resourceGroupName: group.name, location, tags };

  const runsAs = new identity.UserAssignedIdentity(
    `${name}-identity`,
    { ...place, resourceName: names.identity },
    { parent },
  );

  const ownsStore = spec.store === undefined;
  const { store, container, logs } = ownsStore
    ? ownStore(name, names, place, federation, parent)
    : joinedStore(name, names, parent);

  // Each silo's store in its own network alone; without one (managed), its rule is the only way (managedEgress.ts).
  const endpoint =
    ingress === "private" && network?.has(key) === true
      ? privateEndpoint(
          `${name}-store`,
          {
            network,
            near: key,
            resourceGroupName: federation.group.name,
            target: store.id,
            subresource: subresources.blob,
            endpointName: `pe-${names.store}-blob`,
            tags,
          },
          parent,
        )
      : [];

  datastore(
    `${name}-datastore`,
    { datastoreName: names.datastore, storeId: names.storeId, container },
    federation,
    parent,
  );

  const nodes = {
    ...federation,
    resourceGroupName: federation.group.name,
    computeLocation: location,
    identity: runsAs,
    subnet: network?.computeSubnet(key),
  };
  cluster(name, { ...nodes, computeName: names.cluster, vmSize: spec.vmSize, maxNodes: spec.maxNodes }, parent);
  if (spec.gpu !== undefined && names.gpuCluster !== undefined) {
    cluster(`${name}-gpu`, { ...nodes, ...spec.gpu, computeName: names.gpuCluster }, parent);
  }

  return { identity: runsAs, store, container, ownsStore, onStore: [container, ...logs, ...endpoint] };
}

type Kept = Pick<Party, "store" | "container"> & { readonly logs: readonly pulumi.CustomResource[] };

function ownStore(
  name: string,
  names: PartyNames,
  place: Pick<PrivateStoreArgs, "resourceGroupName" | "location" | "tags">,
  { posture, ingress, logsId }: FederationArgs,
  parent: Federation,
): Kept {
  const store = privateStore(`${name}-store`, { ...place, accountName: names.store, posture, ingress }, parent);
  const logs = diagnostics(`${name}-store`, { kind: "store", id: store.id }, logsId, { parent });
  const container = new storage.BlobContainer(
    `${name}-container`,
    {
      resourceGroupName: place.resourceGroupName,
      accountName: store.name,
      containerName: names.container,
      publicAccess: "None",
    },
    { parent, protect: posture.protect },
  );
  return { store, container, logs: [logs] };
}

/** A store that holds a silo's data already, with its container. Whether it is closed enough is asked in preflight. */
function joinedStore(name: string, names: PartyNames, parent: Federation): Kept {
  const child = { parent };
  return {
    store: storage.StorageAccount.get(`${name}-store`, names.storeId, child),
    container: storage.BlobContainer.get(`${name}-container`, names.containerId, child),
    logs: [],
  };
}

function datastore(
  name: string,
  args: {
    readonly datastoreName: string;
    readonly storeId: string;
    readonly container: storage.BlobContainer;
  },
  { group, workspace }: FederationArgs,
  parent: Federation,
): void {
  // Said because a silo's store lies in another group than the workspace.
  const at = whereIs(args.storeId);
  new ml.Datastore(
    name,
    {
      resourceGroupName: group.name,
      workspaceName: workspace.workspaceName,
      name: args.datastoreName,
      properties: {
        datastoreType: "AzureBlob",
        accountName: nameOf(args.storeId),
        containerName: args.container.name,
        resourceGroup: at.group,
        subscriptionId: at.subscription,
        // A job reaches the data as its cluster's identity; the datastore itself holds no key that could leak.
        credentials: { credentialsType: "None" },
        serviceDataAccessAuthIdentity: "None",
      },
    },
    { parent },
  );
}
