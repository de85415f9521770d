/** What stands in the clouds and what a stack knows of it, so that two local clouds can be compared. */
import { type Place } from "../../localcloud/place";
import { stacksOf } from "../../localcloud/project";
import { runEngine } from "../../localcloud/pulumi";
import { type Row, Store } from "../../localcloud/store";

export interface Picture {
  /** Everything that this stack's updates left in the clouds, with what it was asked to be. */
  readonly clouds: readonly string[];
  /** Everything that the stack's state knows, and what it takes for unfinished. */
  readonly state: readonly string[];
  /** What stands in the clouds and no stack knows. */
  readonly orphans: readonly string[];
}

interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly [property: string]: unknown;
}

interface Deployment {
  readonly resources?: readonly Resource[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: Resource }[];
}

export async function pictureOf(place: Place, stack: string): Promise<Picture> {
  const deployments = new Map<string, Deployment>();
  for (const each of stacksOf(place)) deployments.set(each, await exported(place, each));
  const known = new Set(
    [...deployments.values()].flatMap(({ resources = [] }) => resources.map(({ type, id }) => key(type, id ?? ""))),
  );
  const { resources = [], pending_operations: pending = [] } = deployments.get(stack) ?? {};
  const store = new Store(place.cloud);
  try {
    const ofOthers = new Set(
      store
        .events()
        .filter(({ operation, urn }) => operation === "create" && !urn.startsWith(`urn:pulumi:${stack}::`))
        .map(({ type, id }) => key(type, id)),
    );
    const rows = store.rows();
    return {
      clouds: rows
        .filter(({ type, id }) => !ofOthers.has(key(type, id)))
        .map(standing)
        .sort(),
      state: [
        ...resources.map(remembered),
        ...pending.map(({ type, resource: { urn } }) => `${urn} unfinished: ${type}`),
      ].sort(),
      orphans: rows
        .filter(({ type, id, state }) => state === "live" && !known.has(key(type, id)))
        .map(({ type, id }) => `${type} ${id}`),
    };
  } finally {
    store.close();
  }
}

async function exported(place: Place, stack: string): Promise<Deployment> {
  const { code, stdout, stderr } = await runEngine(place, ["stack", "export", "--stack", stack]);
  if (code !== 0) throw new Error(`stack export of ${stack} ended with ${code}: ${stderr}`);
  return (JSON.parse(stdout) as { deployment: Deployment | null }).deployment ?? {};
}

const key = (type: string, id: string) => `${type} ${id}`.toLowerCase();

function standing({ type, id, state, inputs }: Row): string {
  return `${type} ${id} ${state} ${JSON.stringify(inputs, ordered)}`;
}

function remembered({ urn, type, id, inputs, parent, protect, retainOnDelete, dependencies }: Resource): string {
  // The engine draws lots for the ids of its providers.
  const named = type.startsWith("pulumi:") ? "" : (id ?? "");
  const kept = {
    inputs,
    parent,
    protect,
    retainOnDelete,
    dependencies: [...((dependencies ?? []) as string[])].sort(),
  };
  return `${urn} ${named} ${JSON.stringify(kept, ordered)}`;
}

/** Keys in one order, and a secret without its ciphertext, which is another one each time. */
function ordered(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if ("ciphertext" in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
