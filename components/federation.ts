import * as identity from "@pulumi/azure-native/managedidentity";
import * as ml from "@pulumi/azure-native/machinelearningservices";
import type * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";

import type { Posture } from "../facts/postures";
import { containerId } from "../facts/ids";
import { subresources } from "../facts/zones";
import type { Names, PartyNames } from "../names";
import { diagnostics } from "./diagnostics";
import { type Ingress, privateEndpoint, type PrivateNetwork } from "./network";
import { privateStore } from "./store";
import type { MlWorkspace } from "./workspace";

/** What the orchestrator or one silo looks like. */
export interface PartySpec {
  /** Azure region of its cluster and store; a change replaces both. */
  readonly location: string;
  /** VM size of the cluster's nodes; a change replaces the cluster. */
  readonly vmSize: string;
  /** Most nodes; the fewest is none. A change updates the cluster. */
  readonly maxNodes: number;
}

/** The resources that the orchestrator or one silo has of its own. */
export interface Party {
  readonly identity: identity.UserAssignedIdentity;
  readonly store: storage.StorageAccount;
  readonly container: storage.BlobContainer;
  /** What Azure does not delete while the store is locked. */
  readonly onStore: readonly pulumi.CustomResource[];
  readonly cluster: ml.Compute;
  readonly datastore: ml.Datastore;
}

export interface FederationArgs {
  /** The environment's resource group, which holds the orchestrator's store. */
  readonly group: resources.ResourceGroup;
  /** The silos' own resource group: no identity of the platform has a role on it. */
  readonly silosGroup: resources.ResourceGroup;
  readonly workspace: MlWorkspace;
  /** Id of the Log Analytics workspace that gets the stores' logs. */
  readonly logsId: pulumi.Input<string>;
  readonly subscription: string;
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
      "orchestrator",
      names.orchestrator,
      args.orchestrator,
      args.group,
      args,
      this,
    );
    this.silos = Object.fromEntries(
      Object.entries(names.silos).map(([key, own]) => {
        const silo = args.silos[key];
        if (silo === undefined) throw new Error(`Federation: there are names for ${key}, but no settings.`);
        return [key, party(`${name}-${key}`, key, own, silo, args.silosGroup, args, this)];
      }),
    );

    const own = args.handover === "perSilo" ? Object.entries(names.silos) : [];
    const handovers = own.map(([key, { handover }]): [string, pulumi.Resource] => [
      containerId(names.orchestrator.storeId, handover),
      handoverOf(`${name}-${key}-handover`, key, handover, this.orchestrator.store, args, this),
    ]);

    this.standing = {
      [names.orchestrator.storeId]: this.orchestrator.store,
      [names.orchestrator.containerId]: this.orchestrator.container,
      ...Object.fromEntries(handovers),
      ...Object.fromEntries(
        Object.entries(this.silos).map(([key, { store }]) => [names.silos[key]?.storeId ?? key, store]),
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
  key: string,
  containerName: string,
  store: storage.StorageAccount,
  { group, workspace, subscription, posture }: FederationArgs,
  parent: Federation,
): storage.BlobContainer {
  const container = new storage.BlobContainer(
    `${name}-container`,
    { resourceGroupName: group.name, accountName: store.name, containerName, publicAccess: "None" },
    { parent, protect: posture.protect },
  );
  datastore(
    `${name}-datastore`,
    `datastore_orchestrator_${key}`,
    { group, workspace, subscription, store, container, at: group },
    parent,
  );
  return container;
}

function party(
  name: string,
  key: string,
  names: PartyNames,
  { location, vmSize, maxNodes }: PartySpec,
  group: resources.ResourceGroup,
  federation: FederationArgs,
  parent: Federation,
): Party {
  const child = { parent };
  const place = { resourceGroupName: group.name, location, tags: federation.tags };
  const inWorkspace = { resourceGroupName: federation.group.name, workspaceName: federation.workspace.workspaceName };

  const runsAs = new identity.UserAssignedIdentity(
    `${name}-identity`,
    { ...place, resourceName: names.identity },
    child,
  );

  const store = privateStore(
    `${name}-store`,
    { ...place, accountName: names.store, posture: federation.posture, ingress: federation.ingress },
    parent,
  );

  const logs = diagnostics(`${name}-store`, { kind: "store", id: store.id }, federation.logsId, child);

  // Each silo's store in its own network alone; without one (managed), its rule is the only way (managedEgress.ts).
  const endpoint =
    federation.ingress === "private" && federation.network?.has(key) === true
      ? privateEndpoint(
          `${name}-store`,
          {
            network: federation.network,
            near: key,
            resourceGroupName: federation.group.name,
            target: store.id,
            subresource: subresources.blob,
            endpointName: `pe-${names.store}-blob`,
            tags: federation.tags,
          },
          parent,
        )
      : [];

  const container = new storage.BlobContainer(
    `${name}-container`,
    {
      resourceGroupName: group.name,
      accountName: store.name,
      containerName: names.container,
      publicAccess: "None",
    },
    { parent, protect: federation.posture.protect },
  );

  const own = datastore(`${name}-datastore`, names.datastore, { ...federation, store, container, at: group }, parent);

  const subnet = federation.network?.computeSubnet(key);
  const cluster = new ml.Compute(
    `${name}-cluster`,
    {
      ...inWorkspace,
      computeName: names.cluster,
      location: federation.location,
      identity: { type: "UserAssigned", userAssignedIdentities: [runsAs.id] },
      properties: {
        computeType: "AmlCompute",
        computeLocation: location,
        disableLocalAuth: true,
        properties: {
          vmSize,
          vmPriority: "Dedicated",
          osType: "Linux",
          remoteLoginPortPublicAccess: "Disabled",
          ...(subnet === undefined ? {} : { subnet: { id: subnet } }),
          ...(subnet === undefined && !federation.managed ? {} : { enableNodePublicIp: false }),
          // From none, so that idle costs nothing and every job starts on the newest node image.
          scaleSettings: { minNodeCount: 0, maxNodeCount: maxNodes, nodeIdleTimeBeforeScaleDown: "PT300S" },
        },
      },
      tags: federation.tags,
    },
    child,
  );

  return { identity: runsAs, store, container, onStore: [container, logs, ...endpoint], cluster, datastore: own };
}

function datastore(
  name: string,
  datastoreName: string,
  args: Pick<FederationArgs, "group" | "workspace" | "subscription"> & {
    readonly store: storage.StorageAccount;
    readonly container: storage.BlobContainer;
    /** The resource group of the store. */
    readonly at: resources.ResourceGroup;
  },
  parent: Federation,
): ml.Datastore {
  return new ml.Datastore(
    name,
    {
      resourceGroupName: args.group.name,
      workspaceName: args.workspace.workspaceName,
      name: datastoreName,
      properties: {
        datastoreType: "AzureBlob",
        accountName: args.store.name,
        containerName: args.container.name,
        // Said because a silo's store lies in another group than the workspace.
        resourceGroup: args.at.name,
        subscriptionId: args.subscription,
        // A job reaches the data as its cluster's identity; the datastore itself holds no key that could leak.
        credentials: { credentialsType: "None" },
        serviceDataAccessAuthIdentity: "None",
      },
    },
    { parent },
  );
}
