/** What the program registered, as a list that a bare program can register again. */

/** A value as it stands in an exported state; a secret one is an object with a `plaintext`. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** One resource, with nothing in it that is not known beforehand. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, Value>;
  readonly protect: boolean;
}

/** The part of `pulumi stack export --show-secrets` that is read here. */
export interface State {
  readonly deployment: {
    readonly resources: readonly {
      readonly urn: string;
      readonly type: string;
      readonly custom: boolean;
      readonly inputs?: Record<string, Value>;
      readonly protect?: boolean;
      readonly parent?: string;
      readonly dependencies?: readonly string[];
      readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
    }[];
  };
}

/**
 * The resources of a state in waves: each leans on earlier ones alone. A bare program that registers one wave after the
 * other meets no refusal and needs to declare no dependency, so that engine and clouds have the same work, and the
 * program's own ordering is not counted as everybody's.
 */
export function wavesOf({ deployment: { resources } }: State): Registration[][] {
  const wave = new Map<string, number>();
  const waves: Registration[][] = [];
  // In a state everything comes after what it leans on.
  for (const { urn, type, custom, inputs = {}, protect = false, ...leans } of resources) {
    const { parent, dependencies = [], propertyDependencies = {} } = leans;
    const before = [...(parent === undefined ? [] : [parent]), ...dependencies, ...Object.values(propertyDependencies)];
    const made = custom && !type.startsWith("pulumi:providers:");
    const place = Math.max(-1, ...before.flat().map((other) => wave.get(other) ?? -1)) + (made ? 1 : 0);
    wave.set(urn, place);
    if (made) (waves[place] ??= []).push({ type, name: urn.split("::").at(-1) ?? "", inputs, protect });
  }
  return waves;
}
