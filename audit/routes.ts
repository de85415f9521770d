/**
 * By which routes can code run in the production workspace? A search over everything that somebody may do: it finds
 * chains that nobody listed.
 */
import type { Unknown, World } from "./model";
import { addAzure, placeOf } from "./routes/azure";
import { addAzureDevOps } from "./routes/azureDevOps";
import * as azureDevOpsStages from "./routes/azureDevOps/stages";
import { Principals } from "./routes/directory";
import { addGitHub } from "./routes/github";
import { after, type Edge, Graph, type Node, type Way, Ways } from "./routes/graph";
import { addEnds } from "./routes/people";
import * as stages from "./routes/stages";
import { Trusts } from "./routes/trusts";
import { addWorkspace } from "./routes/workspace";

/** One chain of rights by which somebody can make code run in production. */
export interface Route {
  /** Where it begins: a person, a group, or whoever has a certain thing. */
  readonly who: Node;
  /** The step by which the route is known: its first one, or the gate on it that does not hold. */
  readonly through: Step;
  readonly steps: readonly Step[];
  /** `reviewed`: it passes the gate. `unknown`: nobody could tell whether it does. */
  readonly verdict: "reviewed" | "unreviewed" | "unknown";
}

export interface Step extends Edge {
  /** Names of the nodes. */
  readonly who: string;
  readonly where: string;
}

/** What somebody with a right does not get done by it. */
export interface Refusal {
  readonly who: Node;
  /** What refuses it. */
  readonly by: string;
  /** As the rest of a sentence: "submits jobs". */
  readonly what: string;
}

export interface Search {
  readonly routes: readonly Route[];
  readonly refusals: readonly Refusal[];
  /** Steps that production itself needs: to take one away closes the gate for everybody. */
  readonly needed: ReadonlySet<Edge>;
  readonly unknown: readonly Unknown[];
}

/** Every route of the world. More rights never make fewer routes. */
export function search(world: World): Search {
  const { graph, principals, unknown } = graphOf(world);
  const ways = new Ways(graph);
  const reached = reachedFrom(graph);
  return {
    routes: routesIn(graph, ways, reached),
    refusals: [...refusedAtGates(graph, ways, reached), ...refusedInWorkspace(graph, ways, world, principals)],
    needed: neededIn(graph, ways, world, principals),
    unknown,
  };
}

function graphOf(world: World): { graph: Graph; principals: Principals; unknown: Unknown[] } {
  const graph = new Graph();
  const unknown = [...world.unknown];
  const up = `pulumi up --refresh --stack ${world.stack}`;
  addEnds(graph);
  const principals = new Principals(world, graph, new Trusts(graph, world, up), unknown);
  addAzure(graph, world, principals, unknown);
  addWorkspace(graph, world, up, principals);
  principals.administer();
  if (world.github !== undefined) addGitHub(graph, world.github, up, unknown);
  if (world.azureDevOps !== undefined) {
    addAzureDevOps(graph, world.azureDevOps, { principals, directory: world.directory, up, unknown });
  }
  return { graph, principals, unknown };
}

const begins: readonly Node["kind"][] = ["person", "group", "anyone"];

function routesIn(graph: Graph, ways: Ways, reached: Reached): Route[] {
  const routes = new Map<string, Route>();
  const keep = (begin: readonly Edge[], on: readonly Edge[], known: Edge) => {
    const route = routeOf(graph, [...begin, known, ...on], known);
    const key = `${route.who.id}\n${known.evidence.id}`;
    if (!routes.has(key)) routes.set(key, route);
  };
  for (const node of graph.nodes.values()) {
    if (!begins.includes(node.kind) || node.people?.length === 0) continue;
    const rights = Map.groupBy(graph.from(node.id), ({ evidence }) => evidence.id);
    for (const edges of rights.values()) {
      const all = edges.flatMap((edge) => onFrom(graph, ways, edge));
      // Where an open gate lies further on, that gate is told.
      const best = worst(all.filter(({ edge, way }) => edge.gate === "open" || way !== "open"));
      if (best !== undefined) keep([], best.on, best.edge);
    }
  }
  // A gate that does not hold is told once, by whoever comes through it.
  for (const edge of graph.edges) {
    if (edge.gate !== "open" || begins.includes(graph.node(edge.from).kind)) continue;
    const begin = reached(edge.from);
    const best = worst(onFrom(graph, ways, edge));
    if (begin !== undefined && best !== undefined) keep(begin, best.on, edge);
  }
  return [...routes.values()];
}

/** A way on after an edge. */
interface On {
  readonly edge: Edge;
  readonly on: readonly Edge[];
  readonly way: Way;
}

const severity: readonly Way[] = ["plain", "open", "gated"];

/** Every kind of way from an edge to the end, which does not come back to where the edge begins. */
function onFrom(graph: Graph, ways: Ways, edge: Edge): On[] {
  return severity.flatMap((kind): On[] => {
    let on = ways.edges(edge.to, kind);
    if (on?.some(({ from }) => from === edge.from) === true) on = new Ways(graph, edge.from).edges(edge.to, kind);
    return on === undefined ? [] : [{ edge, on, way: after(edge, kind) }];
  });
}

/** The one that needs the least, and of those the shortest. */
function worst(all: readonly On[]): On | undefined {
  return all.reduce<On | undefined>((best, one) => {
    if (best === undefined) return one;
    const easier = severity.indexOf(one.way) - severity.indexOf(best.way);
    return easier < 0 || (easier === 0 && one.on.length < best.on.length) ? one : best;
  }, undefined);
}

/** The edges by which a node is reached; undefined where nobody gets there. */
type Reached = (id: string) => Edge[] | undefined;

/**
 * Where each node is reached from: the edges of the shortest way from somebody, through a gate if there is one. Whoever
 * gets there past the gates has a route of their own.
 */
function reachedFrom(graph: Graph): Reached {
  interface From {
    readonly edge: Edge;
    readonly gated: boolean;
  }
  const by = new Map<string, From | undefined>();
  const key = (id: string, gated: boolean) => `${id}\n${gated}`;
  let front = [...graph.nodes.values()]
    .filter(({ kind, people }) => begins.includes(kind) && people?.length !== 0)
    .map(({ id }) => ({ id, gated: false }))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
  for (const { id, gated } of front) by.set(key(id, gated), undefined);
  while (front.length > 0) {
    const next: typeof front = [];
    for (const { id, gated } of front) {
      for (const edge of graph.from(id)) {
        const to = { id: edge.to, gated: gated || edge.gate !== undefined };
        if (by.has(key(to.id, to.gated))) continue;
        by.set(key(to.id, to.gated), { edge, gated });
        next.push(to);
      }
    }
    front = next;
  }
  return (id) => {
    const start = [true, false].find((gated) => by.has(key(id, gated)));
    if (start === undefined) return undefined;
    const edges: Edge[] = [];
    for (let from = by.get(key(id, start)); from !== undefined; from = by.get(key(from.edge.from, from.gated))) {
      edges.unshift(from.edge);
    }
    return edges;
  };
}

function routeOf(graph: Graph, edges: readonly Edge[], known: Edge): Route {
  const steps = edges.map((edge): Step => ({
    ...edge,
    who: graph.node(edge.from).name,
    where: graph.node(edge.to).name,
  }));
  const who = graph.node(edges[0]?.from ?? "");
  const gates = edges.flatMap(({ gate }) => gate ?? []);
  const verdict =
    gates.length === 0 || gates.includes("open") ? "unreviewed" : gates.includes("unknown") ? "unknown" : "reviewed";
  return { who, through: steps[edges.indexOf(known)] ?? { ...known, who: who.name, where: "" }, steps, verdict };
}

/** What the gates on the way to production refuse, to whoever comes to them. */
function refusedAtGates(graph: Graph, ways: Ways, reached: Reached): Refusal[] {
  return graph.edges.flatMap(({ from, to, evidence, refuses }) => {
    if (refuses === undefined || !ways.reach(to)) return [];
    const who = graph.node(reached(from)?.[0]?.from ?? from);
    return begins.includes(who.kind) ? [{ who, by: evidence.what, what: refuses }] : [];
  });
}

/** People who have a right in the workspace that leads nowhere. */
function refusedInWorkspace(graph: Graph, ways: Ways, { azure, production }: World, principals: Principals): Refusal[] {
  const workspace = production.workspace.id.toLowerCase();
  return azure.assignments.flatMap(({ principal, role, scope }) => {
    if (scope.toLowerCase() !== workspace || !principals.isPeople(principal)) return [];
    const id = principals.node(principal);
    if (ways.reach(id)) return [];
    const name = azure.roles[role.toLowerCase()]?.name ?? `role ${role}`;
    return [{ who: graph.node(id), by: `${name} on ${placeOf(scope)}`, what: "submits jobs" }];
  });
}

/** What leads on from the gates, the pipeline's and the deployers'; and what production's own identities may do. */
function neededIn(graph: Graph, ways: Ways, world: World, principals: Principals): Set<Edge> {
  const { github, azureDevOps, azure, production } = world;
  const onGitHub = (github?.repositories ?? []).flatMap((repository) =>
    repository.gates.map((environment) => stages.job(graph, repository, environment)),
  );
  const { project } = azureDevOps ?? {};
  const jobs = [
    ...onGitHub,
    ...(project?.gate === undefined ? [] : [azureDevOpsStages.job(graph, project, project.gate)]),
  ];
  const own = new Set([production.workspace, ...production.computes].map(({ id }) => id.toLowerCase()));
  const identities = azure.identities.filter(({ attached }) => attached.some((id) => own.has(id.toLowerCase())));
  return new Set([
    ...jobs.flatMap((job) => severity.flatMap((kind) => ways.edges(job, kind) ?? [])),
    ...identities.flatMap(({ principal }) => graph.from(principals.node(principal))),
  ]);
}
