/**
 * `npm run audit -- --stack prod`: who can run code in production? It asks, and changes nothing. Exits 0: only reviewed
 * code, or what was accepted by name; 7: somebody can run what nobody reviewed, and the report says how to close it;
 * 1: could not tell, which is no yes; 2: it was called wrongly. `--json` for machines, `--html <file>` for a page,
 * `--declared` for what the stack declares, before anything stands, `--local` for the local cloud. Who may open the stack's
 * state can leave the audit to somebody who may not: `--print-target` tells where to look, `--target <file>` looks there.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { YAMLParseError } from "yaml";

import { type Clouds, localClouds, realClouds } from "../clients/clouds";
import { placeFromEnvironment } from "../localcloud/place";
import { prepare } from "../localcloud/project";
import { pulumi as localPulumi } from "../localcloud/pulumi";
import { serveRest } from "../localcloud/rest";
import { Store } from "../localcloud/store";
import { command } from "../operations/command";
import { complaintOf, installedPulumi, type Pulumi } from "../operations/pulumi";
import { stackFiles } from "../operations/stackFiles";
import { Refusal } from "../problems";
import { readRoles } from "./collect/azure";
import { Reader } from "./collect/reader";
import { collect } from "./collect/world";
import { declaredWorld } from "./declared";
import { type Exception, exceptionsFile, readExceptions } from "./exceptions";
import { exitCodeOf, exitCodes, judge, type Judgement } from "./judge";
import type { World } from "./model";
import { htmlReport } from "./report/html";
import { jsonReport } from "./report/json";
import { textReport } from "./report/text";
import { placesIn, placesOf, targetAt, Unanswered } from "./target";

/** What is asked on the command line. */
export interface Question {
  /** The stack whose production it is about. */
  readonly stack: string | undefined;
  /** Whether the local cloud is asked, and not the real ones. */
  readonly local: boolean;
  /** Whether what the stack declares is judged, and not what stands. */
  readonly declared: boolean;
  /** A file that says where to look; without it Pulumi is asked. */
  readonly target?: string | undefined;
}

/** What was asked names a stack or a file that is not there. */
class Misasked extends Error {
  override readonly name = "Misasked";
}

interface Asked {
  readonly stack: string;
  /** `/subscriptions/<id>` of the environment. */
  readonly subscription: string;
  /** Where the stack files are, and the exceptions. */
  readonly directory: string;
  readonly pulumi: Pulumi;
  /** Runs `look` with the clouds at hand. */
  readonly within: (look: (clouds: Clouds) => Promise<World>) => Promise<World>;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      stack: { type: "string" },
      local: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      html: { type: "string" },
      declared: { type: "boolean", default: false },
      target: { type: "string" },
      "print-target": { type: "boolean", default: false },
    },
  });
  const question = { ...values, stack: values.stack };
  if (values["print-target"]) {
    const { stack, pulumi } = await stackAsked(question);
    const places = await placesOf(stack, pulumi);
    targetAt(places);
    console.log(JSON.stringify(places, undefined, 2));
    return exitCodes.clean;
  }
  const judgement = await answerFor(question);
  if (values.html !== undefined) writeFileSync(values.html, await htmlReport(judgement));
  console.log(values.json ? jsonReport(judgement) : textReport(judgement));
  return exitCodeOf(judgement);
}

/** Judges. Throws where nothing could be judged at all. */
export async function answerFor(question: Question): Promise<Judgement> {
  const asked = await stackAsked(question);
  const exceptions = exceptionsIn(asked.directory);
  return judge(question.declared ? await declared(asked) : await standing(asked, question.target), exceptions);
}

async function standing({ stack, pulumi, within }: Asked, file: string | undefined): Promise<World> {
  const target = targetAt(file === undefined ? await placesOf(stack, pulumi) : placesIn(textOf(file), stack));
  return within((clouds) => collect(target, clouds, new Date()));
}

function textOf(file: string): string {
  if (!existsSync(file)) throw new Misasked(`There is no ${file}: write it by npm run audit -- --print-target.`);
  return readFileSync(file, "utf8");
}

async function declared({ stack, subscription, pulumi, within }: Asked): Promise<World> {
  const outcome = await pulumi(declaredArguments(stack));
  if (outcome.code !== 0) throw new Unanswered(complaintOf(outcome));
  return within(async ({ azure }) => {
    const reader = new Reader();
    const roles = await readRoles(reader, azure, subscription);
    const { stdout } = outcome;
    const world = declaredWorld(stdout.slice(stdout.indexOf("{")), stack, roles, new Date());
    return { ...world, unknown: reader.unknown };
  });
}

/** The arguments of the preview that tells what a stack declares. */
export function declaredArguments(stack: string): string[] {
  return ["preview", "--json", "--show-sames", "--non-interactive", "--stack", stack];
}

async function stackAsked({ stack, local }: Question): Promise<Asked> {
  const place = placeFromEnvironment();
  const directory = local ? place.stacks : process.cwd();
  const files = stackFiles(directory);
  const file = files.find((one) => one.stack === stack);
  if (file === undefined) {
    const known = files.map((one) => one.stack).join(" | ");
    throw new Misasked(`Which stack? npm run audit -- --stack <${known || "one with a Pulumi.<stack>.yaml here"}>`);
  }
  const common = {
    stack: file.stack,
    directory,
    subscription: `/subscriptions/${String(file.settings["azure-native:subscriptionId"])}`,
  };
  if (!local) {
    const clouds = realClouds(file.settings["azure-native:environment"]);
    return { ...common, pulumi: installedPulumi, within: (look) => look(clouds) };
  }
  await prepare(place);
  return { ...common, pulumi: (args) => localPulumi(place, args), within: locally(place.cloud) };
}

/** The local cloud's own interfaces, as long as somebody looks. */
export function locally(cloud: string) {
  return async (look: (clouds: Clouds) => Promise<World>): Promise<World> => {
    const store = new Store(cloud);
    const rest = await serveRest(store);
    try {
      return await look(localClouds(rest.address));
    } finally {
      rest.close();
      store.close();
    }
  };
}

/** Those of the file beside the stack files; none without it. Throws a {@link Refusal}. */
export function exceptionsIn(directory: string): Exception[] {
  const file = join(directory, exceptionsFile);
  return existsSync(file) ? readExceptions(readFileSync(file, "utf8")) : [];
}

function codeOf(error: unknown): number {
  if (error instanceof Misasked || error instanceof Refusal || error instanceof YAMLParseError) return exitCodes.usage;
  return exitCodes.couldNotTell;
}

if (require.main === module) command(main, codeOf);
