/**
 * `npm run doctor -- --stack prod`: does everything stand ready for `pulumi up`? It asks, and changes nothing. Exits 0:
 * yes; 7: there is something to fix, and the report says how; 1: could not tell, which is no yes; 2: it was called
 * wrongly. `--json` for machines, `--local` for the local cloud.
 */
import { parseArgs } from "node:util";

import { type Clouds, localClouds, realClouds, signedIn } from "../clients/clouds";
import type { SignedIn } from "../clients/signedIn";
import { placeFromEnvironment } from "../localcloud/place";
import { makeCloud } from "../localcloud/project";
import { serveRest } from "../localcloud/rest";
import { Store } from "../localcloud/store";
import { Refusal } from "../problems";
import { command } from "./command";
import { examine, type Examination } from "./doctor/examine";
import { report, verdictOf } from "./doctor/report";
import { subjectOf } from "./doctor/subject";
import { stackFiles } from "./stackFiles";

export const exitCodes = { well: 0, couldNotTell: 1, usage: 2, toFix: 7 } as const;

/** What is certainly wrong counts more than what nobody could tell. */
export function exitCodeOf({ checks }: Examination): number {
  const codes = {
    wrong: exitCodes.toFix,
    unknown: exitCodes.couldNotTell,
    later: exitCodes.well,
    well: exitCodes.well,
  };
  return codes[verdictOf(checks.flatMap(({ findings }) => findings))];
}

type Look = (clouds: Clouds, who: () => Promise<SignedIn>) => Promise<Examination>;

/** The local cloud as it is, brought up or not. */
async function locally(look: Look): Promise<Examination> {
  const place = placeFromEnvironment();
  makeCloud(place);
  const store = new Store(place.cloud);
  const rest = await serveRest(store);
  try {
    const { kind, objectId, clientId } = store.organisation.deployer;
    return await look(localClouds(rest.address), () => Promise.resolve({ kind, objectId, name: clientId }));
  } finally {
    rest.close();
    store.close();
  }
}

async function main(): Promise<number> {
  const options = { stack: { type: "string" }, local: { type: "boolean" }, json: { type: "boolean" } } as const;
  const { stack, local = false, json = false } = parseArgs({ options }).values;
  const files = stackFiles(local ? placeFromEnvironment().stacks : process.cwd());
  const file = files.find((one) => one.stack === stack);
  if (file === undefined) {
    const known = files.map((one) => one.stack).join(" | ");
    console.error(`Which stack? npm run doctor -- --stack <${known || "one with a Pulumi.<stack>.yaml here"}>`);
    return exitCodes.usage;
  }
  const cloud = file.settings["azure-native:environment"];
  const look: Look = (clouds, who) => examine(subjectOf(file.settings, file.stack, who), clouds);
  const found = local ? await locally(look) : await look(realClouds(cloud), () => signedIn(cloud));
  const again = `npm run doctor -- --stack ${file.stack}${local ? " --local" : ""}`;
  console.log(json ? JSON.stringify(found, undefined, 2) : report(found, again));
  return exitCodeOf(found);
}

/** What is wrong with the stack file or the call is said in their own words. */
function codeOf(error: unknown): number {
  if (error instanceof Refusal) return exitCodes.toFix;
  return exitCodes.couldNotTell;
}

if (require.main === module) command(main, codeOf);
