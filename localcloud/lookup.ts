/** Finds what a tamper means by a name or a part of an id. */
import { principals } from "./clouds/azure/access";
import type { LocalCloud } from "./localCloud";
import type { Row } from "./store";
import { Trouble } from "./trouble";

const see = "See what exists: npm run tamper -- list";

export function principalCalled(cloud: LocalCloud, who: string): ReturnType<typeof principals>[number] {
  const found = principals(cloud).find(({ name, objectId }) => name === who || objectId === who);
  if (found !== undefined) return found;
  const names = principals(cloud).map(({ name }) => name);
  throw new Trouble(`Nobody is called "${who}".`, `There are ${names.join(", ")}.`);
}

/** The only row, or the reason why it is not the only one. */
export function one(rows: readonly Row[], what: string): Row {
  const [row, ...more] = rows;
  if (row === undefined) throw new Trouble(`There is no ${what}.`, see);
  if (more.length > 0) throw new Trouble(`There is more than one ${what}:`, rows.slice(0, 10).map(said).join("\n"));
  return row;
}

/** `Repository fl-experiments` */
export function said({ type, id }: Row): string {
  return `${type.split(":").at(-1)} ${id}`;
}
