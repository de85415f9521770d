/** The id that Azure gives a resource of `type` (`Microsoft.Storage/storageAccounts`) by its place and name. */
export function resourceId(subscription: string, group: string, type: string, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`;
}

/** The id of a blob container in the storage account `store` (a resource id). */
export function containerId(store: string, container: string): string {
  return `${store}/blobServices/default/containers/${container}`;
}
