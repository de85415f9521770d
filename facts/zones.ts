/** Private DNS zones of Azure's public cloud. https://learn.microsoft.com/azure/private-link/private-endpoint-dns */
const api = "privatelink.api.azureml.ms";
const notebooks = "privatelink.notebooks.azure.net";
const blob = "privatelink.blob.core.windows.net";
const file = "privatelink.file.core.windows.net";
const vault = "privatelink.vaultcore.azure.net";
const registry = "privatelink.azurecr.io";

export const zones = [api, notebooks, blob, file, vault, registry] as const;

/** The id of `zone` in the resource group with the id `group`. */
export function zoneId(group: string, zone: string): string {
  return `${group}/providers/Microsoft.Network/privateDnsZones/${zone}`;
}

/** The zones that compute nodes ask: the workspace's, their stores', the registry's. */
export const zonesOfNodes: readonly string[] = [api, blob, registry];

/** A part of a resource that a private endpoint can lead to. */
export interface Subresource {
  /** Azure's word for it (group id). */
  readonly group: string;
  /** The zones in which its names stand. */
  readonly zones: readonly string[];
}

export const subresources = {
  workspace: { group: "amlworkspace", zones: [api, notebooks] },
  blob: { group: "blob", zones: [blob] },
  file: { group: "file", zones: [file] },
  vault: { group: "vault", zones: [vault] },
  registry: { group: "registry", zones: [registry] },
} as const satisfies Record<string, Subresource>;
