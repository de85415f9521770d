/** What stands without the state's knowledge, and what is to be done about it. */
import type { Clouds } from "../../clients/clouds";
import { Unreadable } from "../../clients/client";
import { unknownValue } from "../../localcloud/diff";
import type { Find, Sighting, Where } from "./find/find";
import { naturalKeys } from "./naturalKeys";
import type { Interrupted, State, Wanted } from "./wanted";

/** Something that stands, and why it is taken for this stack's or not. */
export interface Standing {
  readonly wanted: Wanted;
  /** As `pulumi import` takes it; where several bear the name of a stranger, each. */
  readonly ids: readonly string[];
  /** As sentences. */
  readonly why: string;
}

export interface Plan {
  /** Stands and is this stack's: the state gets to know it. */
  readonly imports: readonly Standing[];
  /** Stands, and nothing shows that it is this stack's: a person decides. */
  readonly strangers: readonly Standing[];
  /** Was begun, and is left to the next `up`. */
  readonly again: readonly { readonly wanted: Wanted; readonly why: string }[];
  readonly interrupted: readonly Interrupted[];
}

/** A cloud did not say what it was asked, or nobody knows how to ask: every such thing at once. */
export class CouldNotLook extends Error {
  override readonly name = "CouldNotLook";

  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** Looks for everything that the program would make and that an interrupted update began. Throws {@link CouldNotLook}. */
export async function planOf(
  { begun, interrupted, made }: State,
  creates: readonly Wanted[],
  clouds: Clouds,
  where: Where,
): Promise<Plan> {
  const beganAlready = new Set(begun.map(({ urn }) => urn));
  const all = [...begun, ...creates.filter(({ urn }) => !beganAlready.has(urn))];
  const problems: string[] = [];
  const looked = await Promise.all(
    all.map(async (wanted) => {
      const seen = await look(wanted, clouds, where).catch((error: unknown) => {
        if (!(error instanceof Unreadable)) throw error;
        problems.push(`${wanted.name}: ${error.message}`);
        return "missing" as const;
      });
      return { wanted, seen };
    }),
  );
  problems.push(...new Set(all.filter(({ type }) => naturalKeys[type] === undefined).map(unknownType)));
  if (problems.length > 0) throw new CouldNotLook(problems);

  const [imports, strangers, again]: [Standing[], Standing[], { wanted: Wanted; why: string }[]] = [[], [], []];
  const ours = made.filter(({ type }) => finder(type) !== undefined).map(({ id }) => id);
  // What lies in another thing has the longer id, and comes after it.
  for (const { wanted, seen } of looked.sort((a, b) => idOf(a.seen).length - idOf(b.seen).length)) {
    if (seen === "missing") {
      if (wanted.begun !== undefined) again.push({ wanted, why: whyAgain(wanted) });
    } else if (wanted.begun?.replaces === true) {
      const why = "It was to replace one that the state still knows: delete it in its cloud, and the next up makes it.";
      strangers.push({ wanted, ids: [seen.id], why });
    } else {
      const claim = claimOf(wanted, seen, ours);
      if (claim === undefined) {
        strangers.push({ wanted, ids: [seen.id, ...(seen.others ?? [])], why: seen.stranger ?? nothingShows });
      } else {
        imports.push({ wanted, ids: [claim.id], why: claim.why });
        ours.push(claim.id);
      }
    }
  }
  return { imports, strangers, again, interrupted };
}

async function look({ type, inputs }: Wanted, clouds: Clouds, where: Where): Promise<Sighting | "missing"> {
  const find = finder(type);
  if (find?.key.every((key) => isKnown(inputs[key])) !== true) return "missing";
  return find.look(inputs, clouds, where);
}

const nothingShows = "Nothing shows that this stack made it.";

/** By what this stack may call it its own, if by anything. A thing that merely bears a name may be somebody else's. */
function claimOf(
  { begun }: Wanted,
  { id, others = [], ours, stranger }: Sighting,
  made: readonly string[],
): { id: string; why: string } | undefined {
  const told = begun?.id;
  // GitHub's provider imports by `repository:number` what it then calls by its number.
  const answered = told && [id, ...others].find((each) => same(each, told) || each.endsWith(`:${told}`));
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

function whyAgain({ type }: Wanted): string {
  const row = naturalKeys[type];
  return row !== undefined && "again" in row ? `Made again, it changes nothing: ${row.again}.` : "It stands nowhere.";
}

function unknownType({ type }: Wanted): string {
  return `${type}: operations/recover/naturalKeys.ts does not say how one is found; add a row`;
}

const isKnown = (value: unknown) => value != null && value !== unknownValue;
const idOf = (seen: Sighting | "missing") => (seen === "missing" ? "" : seen.id);
const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();
