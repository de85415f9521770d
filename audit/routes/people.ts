/** Nodes that begin routes, and the stages that several subjects share. */
import type { Graph } from "./graph";

export const ends = { run: "end run", swap: "end swap" } as const;

/** Both ends of every route. */
export function addEnds(graph: Graph): void {
  graph.add({ id: ends.run, kind: "end", name: "code runs on production compute" });
  graph.add({ id: ends.swap, kind: "end", name: "reviewed code is swapped for other code" });
}

/** Whoever has a thing: a secret, a key, a machine. `what` begins small: "has a secret of fl-prod-pipeline". */
export function whoever(graph: Graph, id: string, what: string): string {
  return graph.add({ id: `whoever ${id.toLowerCase()}`, kind: "anyone", name: `whoever ${what}` });
}

/** A person by a GitHub login. */
export function member(graph: Graph, login: string): string {
  return graph.add({ id: `github ${login.toLowerCase()}`, kind: "person", name: login });
}

/** The last part of an id. */
export const nameOf = (id: string): string => id.split("/").at(-1) ?? id;
