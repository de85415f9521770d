/** The id of the resource group `group`. */
export function groupId(subscription: string, group: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

/** The id that Azure gives a resource of `type` (`Microsoft.Storage/storageAccounts`) by its place and name. */
export function resourceId(subscription: string, group: string, type: string, name: string): string {
  return `${groupId(subscription, group)}/providers/${type}/${name}`;
}

/** The id of a blob container in the storage account `store` (a resource id). */
export function containerId(store: string, container: string): string {
  return `${store}/blobServices/default/containers/${container}`;
}

/** The subscription and the resource group in which the resource `id` lies. */
export function whereIs(id: string): { readonly subscription: string; readonly group: string } {
  const [, , subscription = "", , group = ""] = id.split("/");
  return { subscription, group };
}

/**
 * The type of the one resource that `id` names, `Microsoft.Storage/storageAccounts/blobServices/containers`. None of a
 * resource group or anything above, nor of what only looks like an id.
 */
export function typeOf(id: string): string | undefined {
  const name = String.raw`(?!\.+(?:/|$))[^/?#%\s]+`;
  const one = new RegExp(
    `^/subscriptions/${name}/resourceGroups/${name}/providers/([\\w.]+)((?:/\\w+/${name})+)$`,
    "i",
  );
  const [, namespace, below = ""] = one.exec(id) ?? [];
  if (namespace === undefined) return undefined;
  return [namespace, ...below.split("/").filter((_, index) => index % 2 === 1)].join("/");
}

/** The id of the virtual network of a subnet. */
export function networkOf(subnet: string): string {
  return subnet.replace(/\/subnets\/[^/]+$/i, "");
}

/** The name of the resource `id`. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
