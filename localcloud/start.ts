/** Brings the example organisation's environments up on the local cloud and says what now exists. */
import type { Place } from "./place";
import { prepare, stacksOf } from "./project";
import { pulumi } from "./pulumi";
import { Store } from "./store";
import { summary } from "./summary";

/** Production first: on the first day it makes the repository that development then finds. */
const firstDay = ["prod", "dev"];

/** Prints as it goes. The code of the `pulumi up` that failed, or 0. */
export async function start(place: Place): Promise<number> {
  await prepare(place);
  const store = new Store(place.cloud);
  try {
    const stacks = firstDay.filter((stack) => stacksOf(place).includes(stack));
    for (const stack of stacks) {
      const code = await bringUp(place, store, stack);
      if (code !== 0) return code;
    }
    process.stdout.write(`\n${summary(store)}\n`);
    return 0;
  } finally {
    store.close();
  }
}

async function bringUp(place: Place, store: Store, stack: string): Promise<number> {
  const before = store.lastEvent();
  const begin = Date.now();
  process.stdout.write(`${stack}: pulumi up … `);
  const { code, stdout, stderr } = await pulumi(place, ["up", "--yes", "--skip-preview", "--stack", stack]);
  if (code !== 0) {
    const diagnostics = stdout.slice(Math.max(0, stdout.indexOf("Diagnostics:")));
    process.stdout.write(`failed\n\n${diagnostics}${stderr}`);
    return code;
  }
  const events = store.events(before);
  const done = (["create", "update", "delete"] as const).flatMap((operation) => {
    const { length } = events.filter((event) => event.operation === operation);
    return length === 0 ? [] : [`${length} ${operation}d`];
  });
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  process.stdout.write(`${done.join(", ") || "no changes"} (${seconds} s)\n`);
  return 0;
}
