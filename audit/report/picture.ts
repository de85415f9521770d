/** The routes as one graph: people on the left, production on the right. */
import { type Graph, instance } from "@viz-js/viz";

import type { Judged } from "../judge";
import { verdicts } from "../judge";
import { begins } from "./words";

/** More than this many nobody reads as a picture; the list has them all. */
export const mostDrawn = 60;

/** The routes as SVG. Nodes and edges have the class `route-<number>` of each route that passes them. */
export async function picture(routes: readonly Judged[]): Promise<string> {
  const viz = await instance();
  const svg = viz.renderString(graphOf(routes.slice(0, mostDrawn)), { format: "svg", engine: "dot" });
  // Not a page of its own: without the prologue, and without texts that show up as tool tips.
  return svg.slice(svg.indexOf("<svg")).replace(/<title>[^<]*<\/title>\s*/g, "");
}

function graphOf(routes: readonly Judged[]): Graph {
  const nodes = new Map<string, { name: string; kind: string; routes: number[] }>();
  const edges = new Map<string, { from: string; to: string; can: string; gate: string; routes: number[] }>();
  routes.forEach((route, number) => {
    const { who, steps } = route;
    const meet = (id: string, name: string, kind: string) => {
      const node = nodes.get(id) ?? { name, kind, routes: [] };
      node.routes.push(number);
      nodes.set(id, node);
    };
    meet(who.id, begins(route), "who");
    for (const { from, to, where, can, gate = "plain" } of steps) {
      meet(to, where, to.startsWith("end ") ? "end" : "stage");
      const key = [from, to, can].join("\n");
      const edge = edges.get(key) ?? { from, to, can, gate, routes: [] };
      edge.routes.push(number);
      edges.set(key, edge);
    }
  });
  const classes = (passing: readonly number[]) => {
    const worst = verdicts.find((verdict) => passing.some((number) => routes[number]?.verdict === verdict));
    return [worst, ...[...new Set(passing)].map((number) => `route-${number}`)].join(" ");
  };
  const of = (kind: string) => [...nodes].flatMap(([name, node]) => (node.kind === kind ? [name] : []));
  const people = of("who");
  return {
    graphAttributes: { rankdir: "LR", bgcolor: "transparent", nodesep: 0.25, ranksep: 0.7, pad: 0.2, fontname: font },
    // Room for fonts that are wider than the one that Graphviz measures.
    nodeAttributes: { shape: "box", style: "rounded,filled", fontname: font, fontsize: 11, margin: "0.26,0.11" },
    edgeAttributes: { fontname: font, fontsize: 9, arrowsize: 0.6 },
    nodes: [...nodes].map(([name, node]) => ({
      name,
      attributes: { label: label(node.name, 26), class: `${node.kind} ${classes(node.routes)}` },
    })),
    edges: [
      ...[...edges.values()].map(({ from: tail, to: head, can, gate, routes: passing }) => ({
        tail,
        head,
        attributes: { label: label(can, 24), class: `${gate} ${classes(passing)}` },
      })),
      // Whoever is worst stands highest.
      ...people.slice(1).map((head, at) => ({
        tail: people[at] ?? head,
        head,
        attributes: { style: "invis" },
      })),
    ],
    subgraphs: [
      { graphAttributes: { rank: "source" }, nodes: people.map((name) => ({ name })) },
      { graphAttributes: { rank: "sink" }, nodes: of("end").map((name) => ({ name })) },
    ],
  };
}

const font = "Helvetica";

/** Lines of at most about `width` characters. Graphviz reads backslashes and entities. */
function label(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n").replaceAll("&", "&amp;").replaceAll("\\", "\\\\");
}
