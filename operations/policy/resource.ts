/** What a rule may know of a resource. */
export interface Resource {
  /** Pulumi's token, `azure-native:storage:StorageAccount`. */
  readonly type: string;
  readonly urn: string;
  /** What is asked for. A rule that judges all resources together sees what was made of it. */
  readonly props: Readonly<Record<string, unknown>>;
  readonly opts: { readonly protect: boolean; readonly ignoreChanges: readonly string[] };
}

/** A resource among all others of its stack. */
export interface StackResource extends Resource {
  /** Everything that it waits for. */
  readonly dependencies: readonly Resource[];
  /** From which resources the value of a property comes. */
  readonly propertyDependencies: Readonly<Record<string, readonly Resource[]>>;
}

/** Stands for a value that only the deployment will tell. */
export const unknown: unique symbol = Symbol("unknown");

/**
 * The values at a path, `properties.credentials.credentialsType`; `[]` is every element of a list. One that a preview
 * cannot know, in whole or in part, is {@link unknown}.
 */
export function valuesAt(value: unknown, path: string): unknown[] {
  const [step = "", ...rest] = path.split(".");
  const inner = known(() => (value as Resource["props"] | null | undefined)?.[step.replace("[]", "")]);
  if (inner === unknown) return [unknown];
  if (step.endsWith("[]")) {
    const list = Array.isArray(inner) ? inner : [];
    return [...list.keys()].flatMap((index) => valuesAt(list, [index, ...rest].join(".")));
  }
  if (rest.length > 0) return valuesAt(inner, rest.join("."));
  return [known(() => (inner === undefined ? undefined : (JSON.parse(JSON.stringify(inner)) as unknown)))];
}

/** The one value at a path without lists. */
export function valueAt({ props }: Resource, path: string): unknown {
  return valuesAt(props, path)[0];
}

/** The text at a path; empty where there is none, or none is known yet. */
export function textAt(resource: Resource, path: string): string {
  const value = valueAt(resource, path);
  return typeof value === "string" ? value : "";
}

// Properties throw where a value is unknown, an UnknownValueError that @pulumi/policy does not declare.
function known(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return unknown;
  }
}
