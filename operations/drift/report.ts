/** What a person reads of drift: what changed, and both ways out of it. */
import { getBorderCharacters, table } from "table";

import type { Finding, Findings } from "./findings";

const remedies: Readonly<Record<Finding["change"], { revert: string; adopt: string }>> = {
  missing: { revert: "up --refresh makes it again", adopt: "take it out of the stack file" },
  changed: { revert: "up --refresh sets it back", adopt: "refresh, then say so in the stack file or the program" },
  "must be replaced": { revert: "up --refresh makes it anew", adopt: "refresh, then say so in the program" },
  "no longer declared": { revert: "put it back into the stack file", adopt: "up --refresh deletes it" },
};

export function report({ drift, quiet }: Findings, stack: string): string {
  return [...(drift.length === 0 ? [`${stack} is as declared.`] : differences(drift, stack)), ...known(quiet)].join(
    "\n",
  );
}

function differences(drift: readonly Finding[], stack: string): string[] {
  const rows = drift.map(({ type, name, change, properties }) => [
    name,
    type.split(":").at(-1) ?? type,
    change,
    properties.join("\n"),
  ]);
  const things = drift.length === 1 ? "1 resource is" : `${drift.length} resources are`;
  return [
    `${things} not as ${stack} declares. Either somebody changed the cloud, or the program changed and was not deployed.\n`,
    table([["name", "type", "is", "where"], ...rows], {
      border: getBorderCharacters("ramac"),
      drawHorizontalLine: (index, count) => index < 2 || index === count,
    }),
    ...[...new Set(drift.map(({ change }) => change))].flatMap((change) => [
      `${change}:`,
      `  to revert  ${remedies[change].revert}`,
      `  to adopt   ${remedies[change].adopt}`,
    ]),
    "",
    `Each value:  pulumi preview --refresh --diff --stack ${stack}`,
  ];
}

function known(quiet: Findings["quiet"]): string[] {
  if (quiet.length === 0) return [];
  return [
    "",
    "Known and left alone (operations/drift/noise.ts):",
    ...quiet.flatMap(({ finding, noise }) =>
      noise.map(({ path, reason, source }) => `  ${finding.name} ${path}: ${reason} (${source})`),
    ),
  ];
}
