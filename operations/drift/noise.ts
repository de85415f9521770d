/**
 * Changes that a refresh shows though nobody made them: what Azure fills in by itself and the provider reads back as if
 * it had been asked for. Each is reviewed like a right: whatever stands here, a person can do unseen.
 */
export interface Noise {
  /** Pulumi's token of the resource. */
  readonly type: string;
  /** The property, and everything below it. */
  readonly path: string;
  readonly reason: string;
  /** Where it is known. */
  readonly source: string;
}

export const noise: readonly Noise[] = [
  {
    type: "azure-native:machinelearningservices:Workspace",
    path: "managedNetwork.status",
    reason: "Azure reports whether the managed network is active; it is not a setting",
    source: "https://github.com/pulumi/pulumi-azure-native/issues/3225",
  },
  {
    type: "azure-native:machinelearningservices:Workspace",
    path: "managedNetwork.networkId",
    reason: "Azure numbers the managed network when the first cluster starts",
    source: "https://github.com/pulumi/pulumi-azure-native/issues/3225",
  },
  {
    type: "azure-native:machinelearningservices:Workspace",
    path: "managedNetwork.outboundRules",
    reason:
      "Azure lists its own required rules, and ours a second time; each of ours is a resource of its own in the state",
    source: "https://github.com/pulumi/pulumi-azure-native/issues/3225",
  },
];

/** The entry that explains a change of `path` of a resource of `type`, if one does. */
export function noiseAt(type: string, path: string): Noise | undefined {
  return noise.find(
    (known) =>
      known.type === type &&
      (path === known.path || /^[.[]/.test(path.slice(known.path.length))) &&
      path.startsWith(known.path),
  );
}
