/**
 * `npm run drift -- --stack prod`: is the cloud still as the stack declares? Exits 0: yes; 7: no, as Pulumi's own
 * `--expect-no-changes` does; 1: could not tell, which is no yes. `--json` for machines, `--local` for the local cloud.
 */
import { parseArgs } from "node:util";

import { placeFromEnvironment } from "../localcloud/place";
import { prepare } from "../localcloud/project";
import { type Outcome, pulumi as localPulumi } from "../localcloud/pulumi";
import { command } from "./command";
import { findingsIn } from "./drift/findings";
import { report } from "./drift/report";
import { complaintOf, installedPulumi } from "./pulumi";

export const exitCodes = { none: 0, couldNotTell: 1, usage: 2, drift: 7 } as const;

/** What is said, and the exit code that goes with it. */
export interface Verdict {
  readonly code: number;
  readonly text: string;
}

/** Judges what `pulumi preview --refresh --json` ended with. */
export function verdictOn(outcome: Outcome, stack: string, json = false): Verdict {
  // What the engine says before it fails is not the whole truth about the cloud.
  if (outcome.code !== 0) return couldNotTell(stack, complaintOf(outcome));
  const { stdout } = outcome;
  try {
    const findings = findingsIn(stdout.slice(stdout.indexOf("{")));
    return {
      code: findings.drift.length === 0 ? exitCodes.none : exitCodes.drift,
      text: json ? JSON.stringify(findings, undefined, 2) : report(findings, stack),
    };
  } catch (error) {
    return couldNotTell(stack, `What pulumi said is no preview: ${String(error)}`);
  }
}

function couldNotTell(stack: string, why: string): Verdict {
  return { code: exitCodes.couldNotTell, text: `Could not tell whether ${stack} is as declared.\n${why}` };
}

/** The arguments of the preview that is judged. */
export function previewArguments(stack: string): string[] {
  return ["preview", "--refresh", "--json", "--non-interactive", "--stack", stack];
}

async function main(): Promise<number> {
  const options = { stack: { type: "string" }, local: { type: "boolean" }, json: { type: "boolean" } } as const;
  const { values } = parseArgs({ options });
  if (values.stack === undefined) {
    console.error("Which stack? npm run drift -- --stack prod");
    return exitCodes.usage;
  }
  const args = previewArguments(values.stack);
  const place = placeFromEnvironment();
  if (values.local === true) await prepare(place);
  const outcome = values.local === true ? await localPulumi(place, args) : await installedPulumi(args);
  const { code, text } = verdictOn(outcome, values.stack, values.json);
  console.log(text);
  return code;
}

if (require.main === module) command(main);
