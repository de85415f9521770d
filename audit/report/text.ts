/** What a person reads in a terminal: one line a route, and below the table what to do about the open ones. */
import { styleText } from "node:util";

import { getBorderCharacters, table } from "table";

import { exceptionsFile, inForce } from "../exceptions";
import type { Judged, Judgement } from "../judge";
import { acceptance, advice, answer, begins, entry, undeclared, verdictWords } from "./words";

const colours = { unreviewed: "red", unknown: "yellow", accepted: "cyan", reviewed: "green" } as const;

export function textReport(judgement: Judgement): string {
  const { routes, refusals, unknown, idle, at } = judgement;
  const open = routes.filter(({ verdict }) => verdict === "unreviewed");
  return [
    answer(judgement),
    ...(judgement.declared ? [undeclared] : []),
    "",
    ...(routes.length === 0 ? [] : [overview(routes, refusals)]),
    ...open.flatMap((route) => [...details(route, at), ""]),
    ...(open[0] === undefined ? [] : [acceptance, entry(open[0]), ""]),
    ...(unknown.length === 0
      ? []
      : [
          "Not known, so that nothing here says that production is closed:",
          ...unknown.map(({ what, why }) => `  ${what}: ${why}`),
          "",
        ]),
    ...(idle.length === 0
      ? []
      : [
          `Accepts no route any more (${exceptionsFile}); take it out:`,
          ...idle.map((one) => `  ${one.who}: ${one.through}${inForce(one, at) ? "" : `, expired on ${one.expires}`}`),
          "",
        ]),
  ]
    .join("\n")
    .trimEnd();
}

function overview(routes: readonly Judged[], refusals: Judgement["refusals"]): string {
  const rows = [
    ...routes.map((route) => [
      styleText(colours[route.verdict], verdictWords[route.verdict]),
      begins(route),
      route.through.evidence.what,
      route.steps.at(-1)?.can ?? "",
    ]),
    ...refusals.map((refusal) => ["refused", begins(refusal), refusal.by, refusal.what]),
  ];
  return table([["verdict", "who", "by", "does"], ...rows], {
    border: getBorderCharacters("ramac"),
    columns: [{}, { width: 34, wrapWord: true }, { width: 44, wrapWord: true }, { width: 30, wrapWord: true }],
    drawHorizontalLine: (index, count) => index < 2 || index === count,
  });
}

function details(route: Judged, at: string): string[] {
  return [
    styleText("bold", begins(route)),
    ...route.steps.map(({ can, where, evidence }) => `  ${can} → ${where}  (${evidence.what})`),
    ...advice(route, at).map((line) => `  ${line}`),
  ];
}
