/**
 * `npm run recover -- --stack prod`: after an update that was killed or lost an answer, finds what stands in the clouds
 * without the state's knowledge and says what it would do about it; with `--yes` it does it. Exits 0: nothing is left to
 * recover; 7: something is; 1: could not tell. `--local` for the local cloud.
 */
import { parseArgs } from "node:util";

import { type Clouds, localClouds, realClouds } from "../clients/clouds";
import { type Place, placeFromEnvironment } from "../localcloud/place";
import { prepare } from "../localcloud/project";
import { pulumi as localPulumi } from "../localcloud/pulumi";
import { serveRest } from "../localcloud/rest";
import { Store } from "../localcloud/store";
import { command } from "./command";
import type { Verdict } from "./drift";
import { complaintOf, installedPulumi, type Pulumi } from "./pulumi";
import { carryOut } from "./recover/carryOut";
import { CouldNotLook, planOf } from "./recover/plan";
import { report } from "./recover/report";
import { previewIn, stateIn } from "./recover/wanted";

export const exitCodes = { nothing: 0, couldNotTell: 1, usage: 2, toDo: 7 } as const;

/** The engine and the clouds that a stack lives in. */
export interface World {
  readonly pulumi: Pulumi;
  /** By the setting `azure-native:environment`. */
  readonly clouds: (azureEnvironment: string | undefined) => Clouds;
}

const realWorld: World = { pulumi: installedPulumi, clouds: realClouds };

/** Lets `work` recover on the local cloud at `place`. */
export async function onLocalCloud<T>(place: Place, work: (world: World) => Promise<T>): Promise<T> {
  const store = new Store(place.cloud);
  const rest = await serveRest(store);
  try {
    return await work({ pulumi: (args) => localPulumi(place, args), clouds: () => localClouds(rest.address) });
  } finally {
    rest.close();
    store.close();
  }
}

/** Finds what is to be recovered; with `yes` recovers it, if nothing in it is for a person to decide. */
export async function recover(stack: string, { pulumi, clouds }: World, yes = false): Promise<Verdict> {
  const exported = await pulumi(["stack", "export", "--stack", stack]);
  if (exported.code !== 0) return couldNotTell(stack, complaintOf(exported));
  const state = stateIn(exported.stdout);
  const previewed = await pulumi(["preview", "--json", "--non-interactive", "--stack", stack]);
  if (previewed.code !== 0) return couldNotTell(stack, complaintOf(previewed));
  const { creates, config } = previewIn(previewed.stdout.slice(previewed.stdout.indexOf("{")));
  const where = {
    subscription: config["azure-native:subscriptionId"] ?? "",
    owner: config["github:owner"] ?? "",
    organisation: config["azuredevops:orgServiceUrl"] ?? "",
    repositories: state.repositories,
  };
  try {
    const plan = await planOf(state, creates, clouds(config["azure-native:environment"]), where);
    const { imports, strangers, again, interrupted } = plan;
    const text = report(plan, stack);
    if (imports.length + strangers.length + again.length + interrupted.length === 0) {
      return { code: exitCodes.nothing, text };
    }
    if (strangers.length > 0) return { code: exitCodes.toDo, text };
    if (!yes) return { code: exitCodes.toDo, text: `${text}\n\nDo it: npm run recover -- --stack ${stack} --yes` };
    const outcome = await carryOut(plan, stack, pulumi);
    return outcome.code === 0
      ? {
          code: exitCodes.nothing,
          text: `${text}\n\nDone. Next: what was interrupted once more, pulumi up --refresh --stack ${stack}`,
        }
      : couldNotTell(stack, `${text}\n\n${complaintOf(outcome)}`);
  } catch (error) {
    if (error instanceof CouldNotLook) return couldNotTell(stack, error.message);
    throw error;
  }
}

function couldNotTell(stack: string, why: string): Verdict {
  return { code: exitCodes.couldNotTell, text: `Could not recover ${stack}.\n${why}` };
}

async function main(): Promise<number> {
  const options = { stack: { type: "string" }, yes: { type: "boolean" }, local: { type: "boolean" } } as const;
  const { values } = parseArgs({ options });
  const { stack } = values;
  if (stack === undefined) {
    console.error("Which stack? npm run recover -- --stack prod");
    return exitCodes.usage;
  }
  const work = (world: World) => recover(stack, world, values.yes);
  const place = placeFromEnvironment();
  if (values.local === true) await prepare(place);
  const { code, text } = values.local === true ? await onLocalCloud(place, work) : await work(realWorld);
  console.log(text);
  return code;
}

if (require.main === module) command(main);
