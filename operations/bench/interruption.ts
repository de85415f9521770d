/** A Pulumi command that dies half-way. */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

import type { Place } from "../../localcloud/place";
import { pulumi } from "../../localcloud/pulumi";
import { Store } from "../../localcloud/store";

/**
 * Runs a Pulumi command and kills it once the clouds are as far as `now` says: the engine with every process below it, as
 * where a computer loses its power, or the engine alone, whose providers then still end what they are at. Returns whether
 * it was still running.
 */
export async function killedWhen(
  now: (store: Store) => boolean,
  place: Place,
  args: readonly string[],
  { alone = false } = {},
): Promise<boolean> {
  const store = new Store(place.cloud);
  let victims: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  const started = (engine: number) => {
    timer = setInterval(() => {
      if (!now(store)) return;
      clearInterval(timer);
      // Held first, so that nothing is started between the look and the blow.
      process.kill(engine, "SIGSTOP");
      victims = [engine, ...below(engine)];
      for (const pid of alone ? [engine] : victims) process.kill(pid, "SIGKILL");
    }, 5);
  };
  try {
    await pulumi(place, args, { started });
    while (victims.some(isAlive)) await sleep(50);
    return victims.length > 0;
  } finally {
    clearInterval(timer);
    store.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Every process below this one. The engine puts each of its own into a group of its own, so no group has them all. */
function below(root: number): number[] {
  const parents = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found: number[] = [];
  for (let layer = [root]; layer.length > 0;) {
    layer = parents.flatMap(([pid = 0, parent = 0]) => (layer.includes(parent) ? [pid] : []));
    found.push(...layer);
  }
  return found;
}
