/** What every report says alike. */
import { type Control, controls } from "../../facts/controls";
import { exceptionsFile, inForce } from "../exceptions";
import type { Judged, Judgement } from "../judge";

export const question = "Who can run code in production?";

export const verdictWords: Readonly<Record<Judged["verdict"], string>> = {
  unreviewed: "unreviewed",
  unknown: "could not tell",
  accepted: "accepted",
  reviewed: "reviewed",
};

/** The answer in one sentence. */
export function answer({ stack, routes, unknown }: Judgement): string {
  const count = (verdict: Judged["verdict"]) => routes.filter((route) => route.verdict === verdict).length;
  const open = count("unreviewed");
  const untold = unknown.length + count("unknown");
  if (open > 0) return `${counted(open, "route")} into ${stack} ${open === 1 ? "passes" : "pass"} no review.`;
  if (untold > 0)
    return `Could not tell: ${counted(untold, "thing")} about ${stack} ${untold === 1 ? "is" : "are"} unknown.`;
  const accepted = count("accepted");
  if (accepted === 0) return `Only reviewed code runs in ${stack}.`;
  return `Only reviewed code runs in ${stack}, but for ${counted(accepted, "route")} that ${accepted === 1 ? "is" : "are"} accepted.`;
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Where a route begins, with how many people that is. */
export function begins({ who }: Pick<Judged, "who">): string {
  if (who.kind === "person") return who.name;
  if (who.people === undefined) return who.name;
  return `${who.name} (${who.people.length === 1 ? (who.people[0]?.name ?? "") : counted(who.people.length, "person").replace("persons", "people")})`;
}

/** What there is to say of a route besides its steps. */
export function advice(route: Judged, at: string): string[] {
  const { control, close, strangers, exception, verdict } = route;
  if (verdict === "accepted" && exception !== undefined) {
    return [`accepted by ${exception.owner} until ${exception.expires}: ${exception.reason}`];
  }
  if (verdict !== "unreviewed") return [];
  const promise: Control | undefined = control && controls[control];
  return [
    ...(promise === undefined ? [] : [`breaks ${control}: ${promise.promise}`]),
    ...(exception !== undefined && !inForce(exception, at) ? [`its exception expired on ${exception.expires}`] : []),
    ...(strangers.length > 0 ? [`not accepted: ${strangers.map(({ name }) => name).join(", ")}`] : []),
    ...(close.length > 0
      ? close.map((one) => `close    ${one}`)
      : promise?.remedy === undefined
        ? []
        : [promise.remedy]),
  ];
}

/** What the declared world leaves out. */
export const undeclared =
  "As the stack declares it. What nobody declares is not seen here: rights from above, owners and Apps, secrets, and who is " +
  "in a group. Once it stands: npm run audit without --declared.";

/** The entry of the exceptions file that would accept it. */
export function entry({ who, through }: Judged): string {
  const people =
    who.kind === "group" ? [`    people: [${(who.people ?? []).map(({ name }) => quoted(name)).join(", ")}]`] : [];
  return [
    `  - who: ${quoted(who.name)}`,
    `    through: ${quoted(through.evidence.what)}`,
    ...people,
    "    reason: <why it is kept>",
    "    owner: <who answers for it>",
    "    expires: <the last day, as 2027-06-30>",
  ].join("\n");
}

const quoted = (text: string) => (/^[\w(][\w ().,/@-]*$/.test(text) ? text : JSON.stringify(text));

export const acceptance = `To keep one with open eyes, accept it in ${exceptionsFile} by a pull request:`;
