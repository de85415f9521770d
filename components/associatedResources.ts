import * as insights from "@pulumi/azure-native/applicationinsights";
import * as registry from "@pulumi/azure-native/containerregistry";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as identity from "@pulumi/azure-native/managedidentity";
import * as logs from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import type * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";

import type { Posture } from "../facts/postures";
import type { Names } from "../names";
import { type Subresource, subresources } from "../facts/zones";
import { takenOver } from "./adopted";
import { diagnostics, type DiagnosticsKind } from "./diagnostics";
import { type Ingress, privateEndpoint, type PrivateNetwork, publicAccess } from "./network";
import { privateStore } from "./store";

export interface AssociatedResourcesArgs {
  /** The environment's resource group. */
  readonly group: resources.ResourceGroup;
  /** Azure region; a change replaces everything here. */
  readonly location: string;
  /** Entra tenant that the vault trusts. */
  readonly tenantId: pulumi.Input<string>;
  readonly names: Names;
  readonly posture: Posture;
  readonly ingress: Ingress;
  /** Where private endpoints go; needed with private ingress. */
  readonly network: PrivateNetwork | undefined;
  /** Bring a deleted vault of the same name back instead of making a new one. */
  readonly recover: boolean;
  /** Take over what an existing workspace leans on, its registry only if it has one. */
  readonly adopts: { readonly registry: boolean } | undefined;
  /** Id of the Log Analytics workspace that exists already; it stays its owner's. */
  readonly joinedLogs: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * What a workspace leans on: the identity it acts as, its default store, key vault, container registry, and the log
 * workspace with Application Insights. They stand before the workspace because its identity needs rights on each of
 * them when the workspace is made.
 */
export class AssociatedResources extends pulumi.ComponentResource {
  /** The user-assigned identity that the workspace acts as. */
  readonly identity: identity.UserAssignedIdentity;
  readonly store: storage.StorageAccount;
  readonly vault: keyvault.Vault;
  readonly registry: registry.Registry;
  readonly logs: logs.Workspace;
  readonly insights: insights.Component;
  /** What rights can be given on, by its resource id. */
  readonly standing: Readonly<Record<string, pulumi.Resource>>;

  constructor(name: string, args: AssociatedResourcesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:AssociatedResources", name, {}, opts);
    const { names, posture, ingress, tags, location, adopts } = args;
    const adopted = (id: string) => (adopts === undefined ? undefined : id);
    const place = { resourceGroupName: args.group.name, location, tags };
    const child = { parent: this };
    const kept = { parent: this, protect: posture.protect };

    this.identity = new identity.UserAssignedIdentity(
      `${name}-identity`,
      { ...place, resourceName: names.workspaceIdentity },
      child,
    );

    this.store = privateStore(
      `${name}-store`,
      { ...place, accountName: names.store, posture, ingress, adopt: adopted(names.storeId) },
      this,
    );

    this.vault = new keyvault.Vault(
      `${name}-vault`,
      {
        ...place,
        vaultName: names.vault,
        properties: {
          tenantId: args.tenantId,
          sku: { family: "A", name: "standard" },
          enableRbacAuthorization: true,
          enableSoftDelete: true,
          softDeleteRetentionInDays: posture.vaultRetentionDays,
          // Azure refuses an explicit false: purge protection is either on or not spoken of.
          ...(posture.purgeProtection ? { enablePurgeProtection: true } : {}),
          publicNetworkAccess: publicAccess(ingress),
          networkAcls: { defaultAction: ingress === "private" ? "Deny" : "Allow", bypass: "AzureServices" },
          ...(args.recover ? { createMode: "recover" } : {}),
        },
      },
      // Days of retention are fixed when a vault is made.
      { ...kept, ...takenOver(adopted(names.vaultId), ["properties.softDeleteRetentionInDays"]) },
    );

    this.registry = new registry.Registry(
      `${name}-registry`,
      {
        ...place,
        registryName: names.registry,
        sku: { name: posture.registrySku },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        publicNetworkAccess: publicAccess(ingress),
        // Azure takes this only where the registry is private.
        ...(ingress === "private" ? { policies: { exportPolicy: { status: "disabled" } } } : {}),
      },
      {
        ...child,
        ...takenOver(adopts?.registry === true ? names.registryId : undefined, ["encryption", "zoneRedundancy"]),
      },
    );

    this.logs =
      args.joinedLogs === undefined
        ? new logs.Workspace(
            `${name}-logs`,
            {
              ...place,
              workspaceName: names.logs,
              sku: { name: "PerGB2018" },
              retentionInDays: posture.logRetentionDays,
            },
            kept,
          )
        : logs.Workspace.get(`${name}-logs`, args.joinedLogs, child);

    this.insights = new insights.Component(
      `${name}-insights`,
      {
        ...place,
        resourceName: names.insights,
        kind: "web",
        applicationType: "web",
        workspaceResourceId: this.logs.id,
        disableLocalAuth: true,
      },
      { ...child, ...takenOver(adopted(names.insightsId), ["kind", "applicationType"]) },
    );

    this.standing = {
      [names.storeId]: this.store,
      [names.vaultId]: this.vault,
      [names.registryId]: this.registry,
      [names.insightsId]: this.insights,
    };

    const logsOf = (suffix: string, kind: DiagnosticsKind, id: pulumi.Input<string>) =>
      diagnostics(`${name}-${suffix}`, { kind, id }, this.logs.id, child);
    logsOf("store", "store", this.store.id);
    logsOf("store-files", "files", this.store.id);
    logsOf("vault", "vault", this.vault.id);
    logsOf("registry", "registry", this.registry.id);

    if (ingress === "private") this.endpoints(name, args);

    this.registerOutputs({
      storeId: this.store.id,
      vaultId: this.vault.id,
      registryId: this.registry.id,
      logsId: this.logs.id,
    });
  }

  /** Addresses near the orchestrator, where every silo, reader and runner reaches them by peering. */
  private endpoints(name: string, { network, group, names, tags }: AssociatedResourcesArgs): void {
    if (network === undefined) throw new Error("Private ingress needs a private network.");
    const near = { network, near: "orchestrator", resourceGroupName: group.name, tags };
    const reach = (suffix: string, target: pulumi.Input<string>, subresource: Subresource, of: string) =>
      privateEndpoint(
        `${name}-${suffix}`,
        { ...near, target, subresource, endpointName: `pe-${of}-${subresource.group}` },
        this,
      );
    reach("store-blob", this.store.id, subresources.blob, names.store);
    reach("store-file", this.store.id, subresources.file, names.store);
    reach("vault", this.vault.id, subresources.vault, names.vault);
    reach("registry", this.registry.id, subresources.registry, names.registry);
  }
}
