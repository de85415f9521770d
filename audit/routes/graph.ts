/** Who can get where: nodes, edges, and the shortest way on. */
import type { AuditedId } from "../../facts/controls";

/** A way to the end that a person, a group or whoever has something can begin. */
export interface Node {
  readonly id: string;
  /** `person`, `group` and `anyone` (whoever has a certain thing) begin routes; the others are stages. */
  readonly kind: "person" | "group" | "anyone" | "service" | "stage" | "end";
  readonly name: string;
  /** Of a group or anyone, who that is; undefined where nobody can tell. */
  readonly people?: readonly Person[] | undefined;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  /** Object id of the Entra group that has them as a direct member. */
  readonly from?: string;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** What one does to get on, as the rest of a sentence: "submits jobs". */
  readonly can: string;
  readonly evidence: Evidence;
  /**
   * `holds`: nobody gets on without somebody else's review of the code. `open`: it should be so, and is not. `unknown`: it should be
   * so, and nobody could tell. Nothing: no gate stands here.
   */
  readonly gate?: "holds" | "open" | "unknown";
  /** What nobody gets done here, as the rest of a sentence: "pushes past review". */
  readonly refuses?: string;
  /** Which promise is broken here. */
  readonly control?: AuditedId;
  /** The command or edit that takes this edge away. Nothing where it has to be. */
  readonly close?: string;
}

export interface Evidence {
  /** Id of the assignment, rule, credential … */
  readonly id: string;
  /** The same for people: "Contributor on subscription 5f1c…". */
  readonly what: string;
}

export class Graph {
  readonly nodes = new Map<string, Node>();
  readonly edges: Edge[] = [];
  readonly #out = new Map<string, Edge[]>();

  /** Keeps the node, and the first of two with the same id. */
  add(node: Node): string {
    if (!this.nodes.has(node.id)) this.nodes.set(node.id, node);
    return node.id;
  }

  connect(edge: Edge): void {
    this.edges.push(edge);
    const out = this.#out.get(edge.from);
    if (out === undefined) this.#out.set(edge.from, [edge]);
    else out.push(edge);
  }

  from(id: string): readonly Edge[] {
    return this.#out.get(id) ?? [];
  }

  node(id: string): Node {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`There is no node ${id}.`);
    return node;
  }
}

/**
 * What lies between somebody and the end: nothing (`plain`), a gate that is open (`open`), or gates that hold
 * (`gated`).
 */
export type Way = "plain" | "open" | "gated";

/** The way on after an edge is taken, by what lay behind it. */
export function after({ gate }: Edge, way: Way): Way {
  if (gate === "open" || way === "open") return "open";
  return gate === undefined ? way : "gated";
}

/** For every node the shortest way of each kind to an end: the next edge, and how many edges there are. */
export class Ways {
  readonly #next = new Map<
    string,
    Partial<Record<Way, { readonly edge?: Edge; readonly on: Way; readonly length: number }>>
  >();

  /** `without`: a node that no way may pass. */
  constructor(graph: Graph, without?: string) {
    const into = new Map<string, Edge[]>();
    for (const edge of graph.edges) {
      const found = into.get(edge.to);
      if (found === undefined) into.set(edge.to, [edge]);
      else found.push(edge);
    }
    let front: [string, Way][] = [];
    for (const { id, kind } of graph.nodes.values()) {
      if (kind !== "end") continue;
      this.#next.set(id, { plain: { on: "plain", length: 0 } });
      front.push([id, "plain"]);
    }
    for (let length = 1; front.length > 0; length++) {
      const reached: [string, Way][] = [];
      for (const [id, on] of front) {
        for (const edge of into.get(id) ?? []) {
          if (edge.from === without) continue;
          const way = after(edge, on);
          const known = this.#next.get(edge.from) ?? {};
          if (known[way] !== undefined) continue;
          known[way] = { edge, on, length };
          this.#next.set(edge.from, known);
          reached.push([edge.from, way]);
        }
      }
      front = reached;
    }
  }

  /** Whether the end is reached from there at all. */
  reach(id: string): boolean {
    return this.#next.has(id);
  }

  length(id: string, way: Way): number | undefined {
    return this.#next.get(id)?.[way]?.length;
  }

  /** The edges from `id` to the end; undefined where there is no such way. */
  edges(id: string, way: Way): Edge[] | undefined {
    const edges: Edge[] = [];
    for (let at = id, on = way; ;) {
      const step = this.#next.get(at)?.[on];
      if (step === undefined) return undefined;
      if (step.edge === undefined) return edges;
      edges.push(step.edge);
      at = step.edge.to;
      on = step.on;
    }
  }
}
