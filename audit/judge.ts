/** What is to be said of the routes: which pass the gate, which are accepted, and what closes the others. */
import type { AuditedId } from "../facts/controls";
import { type Exception, inForce, isAbout } from "./exceptions";
import type { Unknown, World } from "./model";
import { type Refusal, type Route, search, type Step } from "./routes";
import type { Person } from "./routes/graph";

export interface Judged extends Omit<Route, "verdict"> {
  readonly verdict: "reviewed" | "accepted" | "unreviewed" | "unknown";
  /** The promise that an unreviewed route breaks. */
  readonly control?: AuditedId | undefined;
  /** The smallest change that closes it: commands or edits. */
  readonly close: readonly string[];
  /** The exception by which it is accepted, or by which it would be but for {@link strangers} or its end. */
  readonly exception?: Exception | undefined;
  /** People whom the exception does not name. */
  readonly strangers: readonly Person[];
}

export interface Judgement {
  readonly stack: string;
  readonly at: string;
  /** Whether what the stack declares was judged, and not what stands. */
  readonly declared: boolean;
  readonly routes: readonly Judged[];
  /** What people try in vain: the other side of the gate. */
  readonly refusals: readonly Refusal[];
  readonly unknown: readonly Unknown[];
  /** Exceptions that accept no route: their right is gone, or its name has changed. */
  readonly idle: readonly Exception[];
}

export const verdicts = ["unreviewed", "unknown", "accepted", "reviewed"] as const;

/** Judges the world. Exceptions that have expired, or that are about another stack, count as none. */
export function judge(world: World, all: readonly Exception[]): Judgement {
  const exceptions = all.filter((exception) => isAbout(exception, world.stack));
  const { routes, refusals, needed, unknown } = search(world);
  const of = new Map(routes.map((route) => [route, exceptions.find((exception) => fits(exception, route))]));
  const accepted = (route: Route) => {
    const exception = of.get(route);
    return exception !== undefined && inForce(exception, world.at) && strangersTo(exception, route).length === 0;
  };
  const kept = new Set<string>([...needed].map(keyOf));
  for (const route of routes) {
    if (route.verdict === "unreviewed" && accepted(route)) for (const step of route.steps) kept.add(keyOf(step));
  }
  const judged = routes.map((route): Judged => {
    const exception = of.get(route);
    if (route.verdict !== "unreviewed") return { ...route, close: [], strangers: [] };
    if (accepted(route)) return { ...route, verdict: "accepted", exception, close: [], strangers: [] };
    const strangers = exception === undefined || !inForce(exception, world.at) ? [] : strangersTo(exception, route);
    const closing = closingStep(route, kept);
    const out = strangers.flatMap(({ id, from }) =>
      from === undefined ? [] : [`az ad group member remove --group ${from} --member-id ${id}`],
    );
    return {
      ...route,
      exception,
      strangers,
      control: closing?.control ?? route.steps.find(({ control }) => control !== undefined)?.control,
      close:
        strangers.length > 0 && out.length === strangers.length
          ? out
          : closing?.close === undefined
            ? []
            : [closing.close],
    };
  });
  const used = new Set(of.values());
  return {
    stack: world.stack,
    at: world.at,
    declared: world.declared === true,
    routes: judged.sort(byVerdict),
    refusals,
    unknown,
    // What no stack declares is not missing from what it declares.
    idle: world.declared === true ? [] : exceptions.filter((exception) => !used.has(exception)),
  };
}

const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();

function fits({ who, through }: Exception, route: Route): boolean {
  const { evidence } = route.through;
  return (
    [route.who.name, route.who.id].some((one) => same(one, who)) &&
    [evidence.what, evidence.id].some((one) => same(one, through))
  );
}

/** Of a group, whoever is not named. Of whoever has a certain thing, the thing is what is accepted. */
function strangersTo({ people }: Exception, { who }: Route): readonly Person[] {
  if (who.kind !== "group") return [];
  const named = new Set(people.map((one) => one.toLowerCase()));
  return (who.people ?? []).filter(({ id, name }) => !named.has(id.toLowerCase()) && !named.has(name.toLowerCase()));
}

/**
 * The step to take away: a gate that does not hold; else the one nearest to the end that neither production nor an
 * accepted route needs.
 */
function closingStep({ steps, through }: Route, kept: ReadonlySet<string>): Step | undefined {
  if (through.gate === "open") return through;
  const own = steps.filter((step) => step.control !== undefined && !kept.has(keyOf(step)));
  return (
    own.findLast(({ close }) => close !== undefined) ?? own[0] ?? steps.find(({ control }) => control !== undefined)
  );
}

const keyOf = ({ from, to, evidence }: Pick<Step, "from" | "to" | "evidence">) => `${from}\n${to}\n${evidence.id}`;

function byVerdict(left: Judged, right: Judged): number {
  return (
    verdicts.indexOf(left.verdict) - verdicts.indexOf(right.verdict) ||
    left.steps.length - right.steps.length ||
    left.who.name.localeCompare(right.who.name)
  );
}

export const exitCodes = { clean: 0, couldNotTell: 1, usage: 2, unreviewed: 7 } as const;

/** What is certainly open counts more than what nobody could tell. */
export function exitCodeOf({ routes, unknown }: Judgement): number {
  if (routes.some(({ verdict }) => verdict === "unreviewed")) return exitCodes.unreviewed;
  const untold = unknown.length > 0 || routes.some(({ verdict }) => verdict === "unknown");
  return untold ? exitCodes.couldNotTell : exitCodes.clean;
}
