/** What Azure accepts as a name of one kind of resource. */
export interface Limit {
  /** The kind as a person says it, for error messages. */
  readonly kind: string;
  /** Fewest and most characters. */
  readonly length: readonly [number, number];
  /** What the whole name must match. */
  readonly pattern: RegExp;
  /** The pattern in words, for error messages. */
  readonly rule: string;
}

/**
 * Where Azure's sources differ (naming rules, API patterns) the narrower one stands here.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export const limits = {
  resourceGroup: {
    kind: "resource group",
    length: [1, 90],
    pattern: /^[A-Za-z0-9_.()-]*[A-Za-z0-9_()-]$/,
    rule: "letters, digits and _ . ( ) -, not ending in a dot",
  },
  workspace: {
    kind: "Azure ML workspace",
    length: [3, 33],
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]*$/,
    rule: "letters, digits and hyphens, starting with a letter or digit",
  },
  cluster: {
    kind: "compute cluster",
    length: [3, 24],
    // API 2025-12-01 refuses a trailing hyphen and number, such as the public FL examples' `silo0-01`.
    pattern: /^[A-Za-z](?![A-Za-z0-9-]*-\d+$)[A-Za-z0-9-]*[A-Za-z0-9]$/,
    rule: "letters, digits and hyphens, starting with a letter, not ending in a hyphen or in a hyphen and a number",
  },
  datastore: {
    kind: "datastore",
    length: [1, 255],
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    rule: "letters, digits, hyphens and underscores, starting with a letter or digit",
  },
  container: {
    kind: "blob container",
    length: [3, 63],
    pattern: /^(?!.*--)[a-z0-9][a-z0-9-]*[a-z0-9]$/,
    rule: "lower-case letters, digits and single hyphens, starting and ending with a letter or digit",
  },
  store: {
    kind: "storage account",
    length: [3, 24],
    pattern: /^[a-z0-9]+$/,
    rule: "lower-case letters and digits",
  },
  vault: {
    kind: "key vault",
    length: [3, 24],
    pattern: /^[A-Za-z](?!.*--)[A-Za-z0-9-]*[A-Za-z0-9]$/,
    rule: "letters, digits and single hyphens, starting with a letter, ending in a letter or digit",
  },
  registry: {
    kind: "container registry",
    length: [5, 50],
    pattern: /^[A-Za-z0-9]+$/,
    rule: "letters and digits",
  },
  logs: {
    kind: "Log Analytics workspace",
    length: [4, 63],
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]$/,
    rule: "letters, digits and hyphens, starting and ending with a letter or digit",
  },
  insights: {
    kind: "Application Insights component",
    length: [1, 255],
    pattern: /^[^%&\\?/]*[^%&\\?/. ]$/,
    rule: "none of % & \\ ? /, not ending in a dot or space",
  },
  identity: {
    kind: "user-assigned identity",
    length: [3, 128],
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    rule: "letters, digits, hyphens and underscores, starting with a letter or digit",
  },
  network: {
    kind: "virtual network",
    length: [2, 64],
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9_]$/,
    rule: "letters, digits, dots, hyphens and underscores, starting with a letter or digit",
  },
  budget: {
    kind: "budget",
    length: [1, 63],
    pattern: /^[A-Za-z0-9_-]+$/,
    rule: "letters, digits, hyphens and underscores",
  },
} as const satisfies Record<string, Limit>;

/** What is wrong with `name` as a name of `limit.kind`, or undefined where Azure would take it. */
export function breach(limit: Limit, name: string): string | undefined {
  const [fewest, most] = limit.length;
  if (name.length > most) return `has ${name.length} characters, a ${limit.kind} takes at most ${most}`;
  if (name.length < fewest) return `has ${name.length} characters, a ${limit.kind} takes at least ${fewest}`;
  return limit.pattern.test(name) ? undefined : `a ${limit.kind} takes ${limit.rule}`;
}
