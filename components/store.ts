import * as storage from "@pulumi/azure-native/storage";
import type * as pulumi from "@pulumi/pulumi";

import type { Posture } from "../facts/postures";
import { takenOver } from "./adopted";
import { type Ingress, publicAccess } from "./network";

export interface PrivateStoreArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly accountName: string;
  readonly posture: Posture;
  readonly ingress: Ingress;
  /** Id of the account where it exists already and is taken over. */
  readonly adopt?: string | undefined;
  /** Keep what every blob was before it was overwritten. */
  readonly versions?: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * A storage account that opens to Entra identities alone, with deleted blobs and containers kept for a while. Azure's
 * own defaults are account keys on and TLS 1.0: each closed door is therefore written out.
 */
export function privateStore(name: string, args: PrivateStoreArgs, parent: pulumi.Resource): storage.StorageAccount {
  const { posture, ingress, adopt, versions, ...place } = args;
  const store = new storage.StorageAccount(
    name,
    {
      ...place,
      kind: "StorageV2",
      sku: { name: "Standard_LRS" },
      accessTier: "Hot",
      minimumTlsVersion: "TLS1_2",
      enableHttpsTrafficOnly: true,
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      allowCrossTenantReplication: false,
      allowedCopyScope: "AAD",
      isSftpEnabled: false,
      isLocalUserEnabled: false,
      publicNetworkAccess: publicAccess(ingress),
      // Trusted services stay: Azure ML itself reads and writes a workspace's store.
      networkRuleSet: { defaultAction: ingress === "private" ? "Deny" : "Allow", bypass: "AzureServices" },
    },
    {
      parent,
      protect: posture.protect,
      // How often and how far away an existing account is copied, and with which keys, is not ours to change.
      ...takenOver(adopt, ["sku", "accessTier", "encryption"]),
    },
  );
  const kept = { enabled: true, days: posture.softDeleteDays };
  new storage.BlobServiceProperties(
    `${name}-blobs`,
    {
      resourceGroupName: args.resourceGroupName,
      accountName: store.name,
      // Azure knows one blob service per account, and this is its only name.
      blobServicesName: "default",
      deleteRetentionPolicy: kept,
      containerDeleteRetentionPolicy: kept,
      ...(versions === true ? { isVersioningEnabled: true } : {}),
    },
    { parent },
  );
  return store;
}
