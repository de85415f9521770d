/** Routes that the organisation keeps with open eyes: a file that is reviewed like code. */
import { parse } from "yaml";
import * as z from "zod";

import { meant, type Problem, Refusal } from "../problems";

/** One route, or all that one right opens to one person or group. */
export interface Exception {
  /** Where the route begins, as the report names it, or its id. */
  readonly who: string;
  /** The step by which the report knows it, or its id. */
  readonly through: string;
  /** The stack whose production it is about; without it, every one's. */
  readonly stack?: string | undefined;
  /** Of a group, everybody in it by name or id. Whoever else is in it is not accepted. */
  readonly people: readonly string[];
  readonly reason: string;
  /** Who answers for it. */
  readonly owner: string;
  /** The last day on which it counts, `2027-06-30`. */
  readonly expires: string;
}

export const exceptionsFile = "audit.exceptions.yaml";

const text = (needs: string) => z.string({ error: needs }).trim().min(1, needs);

const schema = z.strictObject({
  exceptions: z.array(
    z.strictObject({
      who: text("where the route begins, as `npm run audit` names it"),
      through: text("the first step of the route, as `npm run audit` names it"),
      stack: text("the name of a stack, or none").optional(),
      people: z
        .array(text("the name or id of a person"), { error: "a list of everybody in the group" })
        .min(1, "at least one person, or no list")
        .optional(),
      reason: text("why it is kept"),
      owner: text("who answers for it"),
      expires: z.iso.date({ error: "the last day on which it counts, as 2027-06-30" }),
    }),
    { error: "a list" },
  ),
});

/** Reads the text of the file. Throws a {@link Refusal} with every problem. */
export function readExceptions(yaml: string): Exception[] {
  const raw: unknown = parse(yaml) ?? { exceptions: [] };
  const parsed = schema.safeParse(raw);
  const problems = parsed.success ? twice(parsed.data.exceptions) : parsed.error.issues.flatMap(problemsOf);
  if (problems.length > 0 || !parsed.success) throw new Refusal(exceptionsFile, problems);
  return parsed.data.exceptions.map((exception) => ({ ...exception, people: exception.people ?? [] }));
}

const keys = ["exceptions", "who", "through", "stack", "people", "reason", "owner", "expires"];

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code !== "unrecognized_keys") {
    return [{ path, needs: issue.message, fix: `write it in ${exceptionsFile}` }];
  }
  return issue.keys.map((key) => {
    const candidate = meant(key, keys);
    const hint = candidate === undefined ? "" : `, did you mean ${candidate}?`;
    return {
      path: [...path, key],
      needs: `a key that exists here; this one does not${hint}`,
      fix: `take it out of ${exceptionsFile}`,
    };
  });
}

function twice(exceptions: readonly Pick<Exception, "who" | "through" | "stack">[]): Problem[] {
  return exceptions.flatMap(({ who, through, stack }, index) =>
    exceptions.findIndex((other) => other.who === who && other.through === through && other.stack === stack) === index
      ? []
      : [{ path: ["exceptions", index], needs: "a route that no other entry accepts", fix: "take one of the two out" }],
  );
}

/** Whether it is about the production of this stack. */
export function isAbout({ stack }: Exception, judged: string): boolean {
  return stack === undefined || stack === judged;
}

/** Whether it still counts at that time. */
export function inForce({ expires }: Exception, at: string): boolean {
  return at.slice(0, 10) <= expires;
}
