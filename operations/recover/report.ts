/** What a person reads of a recovery: what was found, what would be done, and what only a person can decide. */
import type { Plan, Item } from "./plan";
import type { Wanted } from "./wanted";

export function report({ imports, strangers, again, interrupted }: Plan, stack: string): string {
  const sections = [
    section(
      `Stands, and the state of ${stack} does not know it. It will be imported:`,
      byReason(imports, ({ wanted, ids }) => [called(wanted), ...ids.map((id) => `  ${id}`)]),
    ),
    section(
      "Was being made, and is left to the next up:",
      byReason(again, ({ wanted }) => [called(wanted)]),
    ),
    section(
      "Was being changed, and is left to the next up:",
      interrupted.map(({ urn, operation }) => `${urn.split("::").at(-1)}  (${operation})`),
    ),
    section(
      `Stands where ${stack} would make one, and is not known to be ${stack}'s. Until that is settled nothing is done:`,
      strangers
        .filter(({ removals }) => removals === undefined)
        .flatMap((one) => [called(one.wanted), ...[...one.ids, one.why, ...choices(one, stack)].map(indented)]),
    ),
    section(
      "Stands, and its provider cannot import it: the next up would make a second. Until it is deleted nothing is done:",
      strangers.flatMap(({ wanted, removals = [] }) =>
        removals.length === 0 ? [] : [called(wanted), ...removals.map(indented)],
      ),
    ),
  ].filter((text) => text !== undefined);
  return sections.length === 0 ? `Nothing of ${stack} is to be recovered.` : sections.join("\n\n");
}

function section(title: string, lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : [title, ...lines.map(indented)].join("\n");
}

/** Each reason once, with what it holds for. */
function byReason<T extends { readonly why: string }>(items: readonly T[], lines: (item: T) => string[]): string[] {
  return [...Map.groupBy(items, ({ why }) => why)].flatMap(([why, alike]) => [
    why,
    ...alike.flatMap(lines).map(indented),
  ]);
}

function choices({ wanted, ids }: Item, stack: string): string[] {
  if (wanted.begun?.known !== undefined) return [];
  const [id = ""] = ids.length === 1 ? ids : ["<one of these ids>"];
  const parent = wanted.parent === undefined ? "" : ` --parent 'parent=${wanted.parent}'`;
  return [
    `If it is somebody else's: give one of the two another name, or have it deleted.`,
    `If it is ${stack}'s: pulumi import --stack ${stack} --protect=false --generate-code=false${parent} '${wanted.type}' '${wanted.name}' '${id}'`,
  ];
}

const called = ({ name, type }: Wanted) => `${name}  (${type.split(":").at(-1)})`;
const indented = (line: string) => `  ${line}`;
