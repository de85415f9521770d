/** What stands without the state's knowledge, and what is to be done about it. */
import { Unreadable } from "../../clients/client";
import type { Clouds } from "../../clients/clouds";
import { unknownValue } from "../../localcloud/diff";
import type { Find, Sighting, Where } from "./find/find";
import { naturalKeys } from "./naturalKeys";
import type { Interrupted, State, Wanted } from "./wanted";

export interface Item {
  readonly wanted: Wanted;
  /** What stands there, as `pulumi import` takes it: nothing, one, or each of several that bear the name. */
  readonly ids: readonly string[];
  /** Why this is to be done about it, as a sentence. */
  readonly why: string;
  /** How to delete each, where nothing else can be done about it. */
  readonly removals?: readonly string[];
}

type Fate =
  /** Stands and is this stack's: the state gets to know it. */
  | "imports"
  /** Stands, and nothing shows that it is this stack's, or nothing can be done about it from here: a person decides. */
  | "strangers"
  /** Was begun, and is left to the next `up`. */
  | "again";

export interface Plan extends Readonly<Record<Fate, readonly Item[]>> {
  readonly interrupted: readonly Interrupted[];
}

/** A cloud did not say what it was asked, or nobody knows how to ask: every such thing at once. */
export class CouldNotLook extends Error {
  override readonly name = "CouldNotLook";

  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** Looks for everything that the program would make or that an interrupted update began. Throws {@link CouldNotLook}. */
export async function planOf(
  { begun, interrupted, made }: State,
  creates: readonly Wanted[],
  clouds: Clouds,
  where: Where,
): Promise<Plan> {
  const urns = new Set(begun.map(({ urn }) => urn));
  const looked = await lookFor([...begun, ...creates.filter(({ urn }) => !urns.has(urn))], clouds, where);
  const items: Record<Fate, Item[]> = { imports: [], strangers: [], again: [] };
  const ours = made.filter(({ type }) => finder(type) !== undefined).map(({ id }) => id);
  // What lies in another thing has the longer id, and comes after it.
  for (const { wanted, seen } of looked.sort((a, b) => idOf(a.seen).length - idOf(b.seen).length)) {
    const judged = seen === "missing" ? judgeMissing(wanted) : judge(wanted, seen, ours);
    if (judged === undefined) continue;
    const { fate, ids = [], why, removals } = judged;
    items[fate].push({ wanted, ids, why, ...(removals && { removals }) });
    if (fate === "imports") ours.push(...ids);
  }
  return { ...items, interrupted };
}

async function lookFor(all: readonly Wanted[], clouds: Clouds, where: Where) {
  const problems = new Set(all.filter(({ type }) => naturalKeys[type] === undefined).map(unknownType));
  const looked = await Promise.all(
    all.map(async (wanted) => {
      const find = finder(wanted.type);
      if (find === undefined || !hasKey(find, wanted)) return { wanted, seen: "missing" as const };
      try {
        return { wanted, seen: await find.look(wanted.inputs, clouds, where) };
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        problems.add(`${wanted.name}: ${error.message}`);
        return { wanted, seen: "missing" as const };
      }
    }),
  );
  if (problems.size > 0) throw new CouldNotLook([...problems]);
  return looked;
}

interface Judgement {
  readonly fate: Fate;
  readonly ids?: readonly string[];
  readonly why: string;
  readonly removals?: readonly string[];
}

function judgeMissing(wanted: Wanted): Judgement | undefined {
  if (wanted.begun === undefined) return undefined;
  const row = naturalKeys[wanted.type];
  const harmless = row !== undefined && "key" in row && hasKey(row, wanted) ? undefined : row?.again;
  return {
    fate: "again",
    why: harmless === undefined ? "It stands nowhere." : `Made again, it changes nothing: ${harmless}.`,
  };
}

function judge(wanted: Wanted, seen: Sighting, ours: readonly string[]): Judgement {
  const known = wanted.begun?.known;
  if (known !== undefined && !known.isDeleted && haveOneKey(wanted, known)) {
    // An update has made it since; the engine forgets what was begun only when it is told to.
    return { fate: "again", why: "The state knows it already." };
  }
  if (known !== undefined) {
    const why = "It was to replace one that the state still knows: delete it in its cloud, and the next up makes it.";
    return { fate: "strangers", ids: [seen.id], why };
  }
  if (seen.removals !== undefined) {
    const why = "Its provider cannot import it.";
    return { fate: "strangers", ids: [seen.id, ...(seen.others ?? [])], why, removals: seen.removals };
  }
  const claim = claimOf(wanted, seen, ours);
  if (claim !== undefined) return { fate: "imports", ids: [claim.id], why: claim.why };
  const why = seen.stranger ?? "Nothing shows that this stack made it.";
  return { fate: "strangers", ids: [seen.id, ...(seen.others ?? [])], why };
}

/** By what this stack may call it its own, if by anything. A thing that merely bears a name may be somebody else's. */
function claimOf(
  { begun }: Wanted,
  { id, others = [], ours, stranger }: Sighting,
  made: readonly string[],
): { id: string; why: string } | undefined {
  const told = begun?.id;
  // Two providers import by `repository:number` and `project/number` what they then call by its number.
  const answered =
    told && [id, ...others].find((each) => same(each, told) || each.endsWith(`:${told}`) || each.endsWith(`/${told}`));
  if (answered) return { id: answered, why: "Its cloud had told this stack's update that it is made." };
  if (stranger !== undefined) return undefined;
  if (ours !== undefined) return { id, why: ours };
  const around = made
    .filter((other) => /^[/:]/.test(id.slice(other.length)) && same(id.slice(0, other.length), other))
    .sort((left, right) => right.length - left.length)[0];
  if (around !== undefined) return { id, why: `It lies in ${around.split("/").at(-1)}, which this stack made.` };
  return begun && { id, why: "An update of this stack was interrupted while making it." };
}

function finder(type: string): Find | undefined {
  const row = naturalKeys[type];
  return row !== undefined && "key" in row ? row : undefined;
}

const hasKey = ({ key }: Find, { inputs }: Wanted) => key.every((input) => isKnown(inputs[input]));

function haveOneKey({ type, inputs }: Wanted, other: Pick<Wanted, "inputs">): boolean {
  return finder(type)?.key.every((key) => inputs[key] === other.inputs[key]) === true;
}

function unknownType({ type }: Wanted): string {
  return `${type}: operations/recover/naturalKeys.ts does not say how one is found; add a row`;
}

const isKnown = (value: unknown) => value != null && value !== unknownValue;
const idOf = (seen: Sighting | "missing") => (seen === "missing" ? "" : seen.id);
const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();
