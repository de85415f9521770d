/** What a person reads: one line for each check, and below it what to do. */
import { styleText } from "node:util";

import type { Finding } from "./check";
import type { Examination } from "./examine";

type Verdict = Finding["is"];

/** The worst first. */
const order: readonly Verdict[] = ["wrong", "unknown", "later", "well"];

const words: Readonly<Record<Verdict, string>> = {
  wrong: "to fix",
  unknown: "could not tell",
  later: "not yet",
  well: "well",
};

const colours = { wrong: "red", unknown: "yellow", later: "gray", well: "green" } as const;

/** The worst that was found. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  return order.find((verdict) => findings.some(({ is }) => is === verdict)) ?? "well";
}

/** `again`: how it was called. */
export function report({ stack, deployer, checks }: Examination, again: string): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const said = Math.max(...Object.values(words).map(({ length }) => length));
  const lines = checks.map(({ name, findings }) => {
    const verdict = verdictOf(findings);
    const word = styleText(colours[verdict], words[verdict].padEnd(said));
    return `  ${word}  ${name.padEnd(width)}  ${summary(verdict, findings)}`.trimEnd();
  });
  const troubled = checks.filter(({ findings }) => ["wrong", "unknown"].includes(verdictOf(findings)));
  return [
    `${stack}, deployed by ${deployer}`,
    "",
    ...lines,
    "",
    ...troubled.flatMap(({ name, findings }) => [name, ...advice(findings), ""]),
    conclusion(stack, checks, again),
  ].join("\n");
}

/** One line: what is well, what waits, or how much there is to do. */
function summary(verdict: Verdict, findings: readonly Finding[]): string {
  const some = findings.filter(({ is }) => is === verdict);
  return verdict === "well" || verdict === "later" ? some.map(({ what }) => what).join("; ") : String(some.length);
}

/** What is to be done, and what for. Many questions that fail for one reason are told by the first. */
function advice(findings: readonly Finding[]): string[] {
  const troubles = findings.filter((one) => one.is === "wrong" || one.is === "unknown");
  return [...Map.groupBy(troubles, ({ is, fix }) => `${is} ${fix}`).values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const alike = first.is === "unknown" && some.length > 1;
    return [
      ...(alike ? [first] : some).map(({ what }) => `  ${what}`),
      ...(alike ? [`  (and ${some.length - 1} more)`] : []),
      ...first.fix.split("\n").map((line) => `    ${line}`),
    ];
  });
}

/** What these questions cannot show; docs/operations.md says more. */
const unseen =
  "Not seen from here: whether a token may write what it reads, conditions of role assignments, deny assignments and " +
  "policies from above, deleted workspaces.";

function conclusion(stack: string, checks: Examination["checks"], again: string): string {
  const all = checks.flatMap(({ findings }) => findings);
  const count = (verdict: Verdict) => all.filter(({ is }) => is === verdict).length;
  if (count("wrong") + count("unknown") > 0) {
    return `${count("wrong")} to fix, ${count("unknown")} that could not be told. Then again: ${again}`;
  }
  const waits = count("later") > 0 ? ` What cannot be asked yet can be after it: ${again}` : "";
  return `Nothing to fix before: pulumi up --stack ${stack}.${waits}\n${unseen}`;
}
