/**
 * `npm run bench -- --faults`: does the documented recovery bring an environment to where an undisturbed `up` brings it?
 * After an `up` that died at a seeded moment, after every creation failed once, and after every one lost its answer once.
 */
import { join } from "node:path";

import { type Place, placeAt } from "../../localcloud/place";
import { prepare } from "../../localcloud/project";
import { pulumi, runEngine } from "../../localcloud/pulumi";
import { type Fault, Store } from "../../localcloud/store";
import { onLocalCloud, recover } from "../recover";
import { killedWhen } from "./interruption";
import { type Picture, pictureOf } from "./picture";

const up = ["up", "--yes", "--skip-preview"];
/** The longest chain of resources that lean on each other is shorter. */
const mostRuns = 40;

/** Runs every sweep in `directory` and prints a line for each run. Throws where one does not end as undisturbed. */
export async function faults(directory: string, stack: string, seed: number): Promise<void> {
  const place = await freshPlace(join(directory, "undisturbed"));
  await must(place, [...up, "--stack", stack]);
  const undisturbed = await pictureOf(place, stack);
  const operations = withStore(place, (store) => store.lastEvent());
  const ends = async (disturbed: Place, what: string) => {
    await must(disturbed, ["preview", "--refresh", "--expect-no-changes", "--stack", stack]);
    const left = differences(undisturbed, await pictureOf(disturbed, stack));
    if (left.length > 0) throw new Error(`${what}: not as undisturbed.\n${left.join("\n")}`);
    process.stdout.write(`${what}: as undisturbed\n`);
  };

  const random = randomFrom(seed);
  for (let run = 1; run <= 10; run++) {
    const disturbed = await freshPlace(join(directory, `killed-${run}`));
    const moment = 1 + Math.floor(random() * (operations - 1));
    // Mostly the whole computer; now and then the engine, whose providers still end what they are at.
    const alone = run % 5 === 0;
    await killedWhen((store) => store.lastEvent() >= moment, disturbed, [...up, "--stack", stack], { alone });
    const { orphans } = await pictureOf(disturbed, stack);
    await mustEngine(disturbed, ["cancel", stack, "--yes"]);
    await mustRecover(disturbed, stack);
    await must(disturbed, [...up, "--refresh", "--stack", stack]);
    const what = `${alone ? "engine" : "everything"} killed after ${moment} of ${operations} operations`;
    await ends(disturbed, `${what}, ${orphans.length - undisturbed.orphans.length} unknown to the state`);
  }

  for (const kind of ["fail", "lose"] as const) {
    const disturbed = await freshPlace(join(directory, kind));
    withStore(disturbed, (store) => {
      store.inject({ type: "*", operation: "create", nth: 1, kind } satisfies Fault);
    });
    const runs = await untilDone(disturbed, stack, kind === "lose");
    const what = kind === "fail" ? "failed once" : "lost its answer once";
    await ends(disturbed, `every creation ${what}, ${runs} runs of up`);
  }
}

/** Runs `up` until it ends well, after each that did not with a recovery between. Returns how often it took. */
async function untilDone(place: Place, stack: string, recovers: boolean): Promise<number> {
  for (let run = 1; run <= mostRuns; run++) {
    const { code } = await pulumi(place, [...up, "--continue-on-error", "--stack", stack]);
    if (code === 0) return run;
    if (recovers) await mustRecover(place, stack);
  }
  throw new Error(`up does not end well after ${mostRuns} runs.`);
}

/** What is not the same in two pictures. */
export function differences(wanted: Picture, got: Picture): string[] {
  return (["clouds", "state", "orphans"] as const).flatMap((part) => {
    const [left, right] = [new Set(wanted[part]), new Set(got[part])];
    return [
      ...wanted[part].filter((line) => !right.has(line)).map((line) => `- ${part}: ${line}`),
      ...got[part].filter((line) => !left.has(line)).map((line) => `+ ${part}: ${line}`),
    ];
  });
}

async function freshPlace(directory: string): Promise<Place> {
  const place = placeAt(directory);
  await prepare(place);
  return place;
}

async function must(place: Place, args: readonly string[], run = pulumi): Promise<void> {
  const { code, stdout, stderr } = await run(place, args);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}.\n${stderr}\n${stdout.slice(-4000)}`);
}

async function mustEngine(place: Place, args: readonly string[]): Promise<void> {
  await must(place, args, runEngine);
}

async function mustRecover(place: Place, stack: string): Promise<void> {
  const { code, text } = await onLocalCloud(place, (world) => recover(stack, world, true));
  if (code !== 0) throw new Error(`recover ended with ${code}.\n${text}`);
}

function withStore<T>(place: Place, work: (store: Store) => T): T {
  const store = new Store(place.cloud);
  try {
    return work(store);
  } finally {
    store.close();
  }
}

/** Numbers from 0 to 1, the same for the same seed. mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
