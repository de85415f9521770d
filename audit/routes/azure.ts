/** From a principal to the workspace by role assignments: at it, above it and below it. */
import type { AuditedId } from "../../facts/controls";
import { given, grants, type Kind, type Power, powers, readsCredentials } from "../../facts/powers";
import type { Assignment, Unknown, World } from "../model";
import { assignableUnder } from "./conditions";
import type { Principals } from "./directory";
import type { Graph } from "./graph";
import { ends, nameOf } from "./people";

/** Something that a right can be on. */
interface Thing {
  readonly id: string;
  readonly kind: Kind;
  readonly powers: readonly Power[];
  /** Where a power over it leads, and by which promise it should not; nowhere where it is harmless. */
  readonly leads: (power: Power) => Leading | undefined;
}

interface Leading {
  readonly to: string;
  readonly can: string;
  readonly control: AuditedId;
}

/** Where a right stands in view of the thing: on itself, on what it lies in, or on a part of it. */
type Where = "at" | "above" | "below";

interface Reach extends Leading {
  readonly kind: Kind;
  readonly where: Where;
}

export function addAzure(graph: Graph, world: World, principals: Principals, unknown: Unknown[]): void {
  const { azure, production, stack } = world;
  const state = graph.add({ id: "state", kind: "stage", name: `the state of ${stack}` });
  const things = thingsOf(world, (principal) => principals.node(principal), state);
  const reaches = new Reaches(azure, things, unknown);
  const pipeline = production.pipeline?.toLowerCase();

  for (const assignment of azure.assignments) {
    const { id, principal, role, scope, held, condition } = assignment;
    for (const { to, can, control, kind, where } of reaches.of(assignment)) {
      const from = principals.node(principal);
      // What the pipeline has beyond its workspace and the store of its code.
      const excess =
        principal.toLowerCase() === pipeline && (where === "above" || !["workspace", "store"].includes(kind));
      const name = azure.roles[role.toLowerCase()]?.name ?? `role ${role}`;
      const how = { always: "", eligible: ", eligible", classic: ", classic administrator" }[held];
      const under = condition === undefined ? "" : ", under a condition";
      graph.connect({
        ...{ from, to, can },
        evidence: { id, what: `${name} on ${placeOf(scope)}${how}${under}` },
        control: excess ? "pipeline-scope" : principals.servesElsewhere(principal) ? "environments-apart" : control,
        close: closing(assignment),
        ...(excess ? { gate: "open" } : {}),
      });
      // Whatever deploys the stack does what its state says: which plug-ins it runs, and from where.
      if (to === state && graph.node(from).kind === "service") {
        graph.connect({
          from: state,
          to: from,
          can: "decides what its next deployment runs",
          evidence: { id: `state ${id}`, what: `${graph.node(from).name} deploys ${stack}` },
        });
      }
    }
  }
}

function closing({ id, principal, role, scope, held }: Assignment): string {
  switch (held) {
    case "always":
      return `az role assignment delete --ids ${id}`;
    case "eligible":
      return `Azure portal, Privileged Identity Management, ${scope}: remove the eligible assignment of ${principal} (role ${role})`;
    case "classic":
      return `az rest --method DELETE --url 'https://management.azure.com${id}?api-version=2015-06-01'`;
  }
}

/** A scope as a person says it. */
export function placeOf(scope: string): string {
  if (scope === "/") return "everything";
  const [, kind = "", name = "", , group, ...below] = scope.split("/");
  if (/^providers$/i.test(kind)) return `the management group ${nameOf(scope)}`;
  if (group === undefined) return `the subscription ${name}`;
  if (below.length === 0) return `the group ${group}`;
  // providers, namespace, type, name, and so on inwards.
  return below.length > 4 ? `${below[3]}/${nameOf(scope)}` : nameOf(scope);
}

type Estate = Pick<World, "production" | "azure">;

/** Object ids of everybody whose rights in Azure lead anywhere. */
export function holders({ production, azure }: Estate): Set<string> {
  const things = thingsOf({ production, azure }, (principal) => principal, "state");
  const reaches = new Reaches(azure, things, []);
  const some = azure.assignments.filter((assignment) => reaches.of(assignment).length > 0);
  return new Set(some.map(({ principal }) => principal.toLowerCase()));
}

/** `nodeOf`: the node of an identity, by its principal. */
function thingsOf({ production, azure }: Estate, nodeOf: (principal: string) => string, state: string): Thing[] {
  const { workspace, stores, registry } = production;
  const keyed = stores.some(({ sharedKey }) => sharedKey);
  const exposed = stores.some(({ sharedKey, credentials }) => sharedKey && credentials.length > 0);
  const swap = (can: string, control: AuditedId = "audit-code"): Leading => ({ to: ends.swap, can, control });
  const pushes = (can: string) => swap(`${can}, and pushes images`, "registry-no-accounts");
  const writes = (can: string) => swap(`${can}, and writes where jobs' code lies`, "store-no-shared-key");
  return [
    {
      ...{ id: workspace.id, kind: "workspace" },
      powers: [...powers.workspace, ...(exposed ? [readsCredentials] : [])],
      leads: (power) => {
        const { can, gives } = power;
        if (power === readsCredentials) return { ...writes(can), control: "datastore-no-keys" };
        if (gives === "swap") return swap(can);
        if (gives !== "keys") return { to: ends.run, can, control: "audit-rights" };
        return keyed ? writes(can) : registry?.adminUser === true ? pushes(can) : undefined;
      },
    },
    ...stores.map(({ id, sharedKey }): Thing => ({
      ...{ id, kind: "store", powers: powers.store },
      leads: ({ gives, can }) => (gives !== "keys" ? swap(can) : sharedKey ? writes(can) : undefined),
    })),
    ...(registry === undefined ? [] : [registry]).map(({ id, adminUser }): Thing => ({
      ...{ id, kind: "registry", powers: powers.registry },
      leads: ({ gives, can }) => (gives !== "keys" ? swap(can) : adminUser ? pushes(can) : undefined),
    })),
    ...azure.identities.map(({ id, principal }): Thing => ({
      ...{ id, kind: "identity", powers: powers.identity },
      leads: ({ can }) => ({ to: nodeOf(principal), can, control: "audit-identities" }),
    })),
    ...(production.state?.id === undefined ? [] : [production.state.id]).map((id): Thing => ({
      ...{ id, kind: "state", powers: powers.state },
      leads: ({ can }) => ({ to: state, can, control: "audit-state" }),
    })),
  ];
}

/** What each assignment leads to. Many have the same role on the same scope, so that each pair is judged once. */
class Reaches {
  readonly #known = new Map<string, readonly Reach[]>();
  readonly #given = new Map<string, readonly Power[]>();
  readonly #places: Places;

  constructor(
    private readonly azure: World["azure"],
    things: readonly Thing[],
    private readonly unknown: Unknown[],
  ) {
    this.#places = new Places(things, azure.above);
  }

  of({ role, scope, condition = "" }: Assignment): readonly Reach[] {
    const key = [role, scope, condition].join("\n").toLowerCase();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#judge(role.toLowerCase(), scope, condition);
    this.#known.set(key, found);
    return found;
  }

  #judge(role: string, scope: string, condition: string): Reach[] {
    const reaches = new Map<string, Reach>();
    for (const { thing, where } of this.#places.touchedBy(scope)) {
      for (const power of this.#powersOn(thing, role, condition)) {
        const leading = thing.leads(power);
        if (leading === undefined || reaches.has(leading.to)) continue;
        reaches.set(leading.to, { ...leading, kind: thing.kind, where });
      }
    }
    // Who is at the end already needs no way round.
    const direct = reaches.get(ends.run) ?? reaches.get(ends.swap);
    return direct === undefined ? [...reaches.values()] : [direct];
  }

  #powersOn(thing: Thing, role: string, condition: string): readonly Power[] {
    const own = this.#of(role, thing);
    const rights = this.#of(role, undefined);
    const limits = [condition, this.#conditionOf(role)].flatMap((one) =>
      one === "" ? [] : (assignableUnder(one) ?? []),
    );
    if (limits.length === 0) return [...own, ...rights];
    // Under such a condition it gives what the roles give that may be assigned, and no more.
    const some = limits.some((role) => this.#of(role, thing).length + this.#of(role, undefined).length > 0);
    return [...own, ...rights.filter((power) => power !== grants[0] || some)];
  }

  /** The condition under which alone a role lets roles be assigned; empty where there is none. */
  #conditionOf(role: string): string {
    const assigning = (this.azure.roles[role]?.permissions ?? []).filter(
      (permission) => given([permission], grants.slice(0, 1)).length > 0,
    );
    const [condition = ""] = assigning.map((permission) => permission.condition ?? "");
    return assigning.every((permission) => (permission.condition ?? "") === condition) ? condition : "";
  }

  /** The powers that a role has over a thing; without a thing, those of giving rights. */
  #of(role: string, thing: Thing | undefined): readonly Power[] {
    const key = `${role} ${thing?.kind}`;
    const known = this.#given.get(key);
    if (known !== undefined) return known;
    const among = thing?.powers ?? grants;
    const definition = this.azure.roles[role];
    if (definition === undefined && thing === undefined) {
      this.unknown.push({ what: `what the role ${role} allows`, why: "its definition was not shown" });
    }
    // Whatever a role may be that nobody showed, it could allow everything.
    const found = definition === undefined ? among : given(definition.permissions, among);
    this.#given.set(key, found);
    return found;
  }
}

/** Which things lie at, below or above a scope. */
class Places {
  readonly #within = new Map<string, { readonly thing: Thing; readonly where: Where }[]>();
  readonly #things = new Map<string, Thing[]>();

  constructor(things: readonly Thing[], above: World["azure"]["above"]) {
    const managed = new Map(Object.entries(above).map(([id, groups]) => [id.toLowerCase(), groups]));
    for (const thing of things) {
      const id = thing.id.toLowerCase();
      append(this.#things, id, thing);
      append(this.#within, id, { thing, where: "at" });
      const [, , subscription = ""] = id.split("/");
      for (const scope of [...prefixes(id), ...(managed.get(subscription) ?? []), "/"]) {
        append(this.#within, scope.toLowerCase(), { thing, where: "above" });
      }
    }
  }

  touchedBy(scope: string): readonly { readonly thing: Thing; readonly where: Where }[] {
    const key = scope.toLowerCase();
    const below = prefixes(key).flatMap((prefix) => this.#things.get(prefix) ?? []);
    return [...(this.#within.get(key) ?? []), ...below.map((thing) => ({ thing, where: "below" as const }))];
  }
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Every scope that an id lies in, without itself. */
function prefixes(id: string): string[] {
  const parts = id.split("/");
  return parts.slice(3).map((_, index) => parts.slice(0, index + 3).join("/"));
}
