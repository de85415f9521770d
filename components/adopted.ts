import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of a resource that is taken over where `id` is given: Pulumi imports it and then updates it to what the
 * program says, but for the properties in `asItIs`, which its maker chose and Azure would not change in place. It stood
 * before the environment did, so it stays when that is destroyed.
 */
export function takenOver(
  id: string | undefined,
  asItIs: readonly string[],
): Pick<pulumi.CustomResourceOptions, "import" | "ignoreChanges" | "retainOnDelete"> {
  return id === undefined ? {} : { import: id, ignoreChanges: [...asItIs], retainOnDelete: true };
}
