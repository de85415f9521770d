import * as pulumi from "@pulumi/pulumi";

/**
 * Leaves out the aliases that azure-native gives each resource for every version of its API (57 for a network peering),
 * by which it would find one that a state holds under such a version. This program never registered any under one, and
 * they are most of what a resource costs: the SDK makes several outputs of each alias, the engine looks each up.
 * Measured in docs/performance.md. To be called before the first resource.
 */
export function withoutApiVersions(): void {
  pulumi.runtime.registerStackTransformation(({ props, opts }) => ({
    props,
    opts: { ...opts, ...(opts.aliases && { aliases: opts.aliases.filter((alias) => !namesApiVersion(alias)) }) },
  }));
}

function namesApiVersion(alias: pulumi.Input<pulumi.URN | pulumi.Alias>): boolean {
  if (typeof alias !== "object" || !("type" in alias)) return false;
  return typeof alias.type === "string" && /^azure-native:\w+\/v\d{8}/.test(alias.type);
}
