/** What a rule is, and what most of them are made of: properties that must have a value. */
import type { ControlId } from "../../facts/controls";
import { type Resource, type StackResource, unknown, valuesAt } from "./resource";
import type { Settings } from "./settings";

/** One promise, as the pack holds a stack to it. */
export interface Rule {
  /** The control that it holds (facts/controls.ts): its id names the policy, its promise describes it. */
  readonly control: ControlId;
  /** What is wrong with one resource. Asked before the resource is made or changed. */
  readonly judge?: Judge;
  /** Whether that is also asked about what has no inputs: in an exported state, what the stack only reads. */
  readonly withoutInputs?: true;
  /** What only all resources together show. Asked at the end, when an update has made them. */
  readonly judgeAll?: (resources: readonly StackResource[], settings: Settings) => Iterable<Finding>;
}

/** Complaints about a resource; none about one that is as promised, or not the rule's affair. */
export type Judge = (resource: Resource, settings: Settings) => Iterable<string>;

export interface Finding {
  /** The resource that is complained about; the whole stack where there is none. */
  readonly urn?: string | undefined;
  readonly complaint: string;
}

/** A value, or what it must fulfil. */
export type Demand = string | number | boolean | Needed;

export interface Needed {
  /** Ends the sentence "It must be …". */
  readonly needs: string;
  readonly holds: (value: unknown) => boolean;
  /** The cloud gives it, so that a first preview cannot know it: the update asks again before the resource is made. */
  readonly later?: true;
}

/** What must be at which path (see {@link valuesAt}). */
export type Demands = Readonly<Record<string, Demand>>;

/** For what the cloud or the provider takes for false where nothing is said. */
export const off: Needed = { needs: "false", holds: (value) => value === undefined || value === false };

/** For a list that the provider takes for empty where nothing is said. */
export const none: Needed = {
  needs: "empty",
  holds: (value) => value === undefined || (Array.isArray(value) && value.length === 0),
};

export const atLeast = (least: number): Needed => ({
  needs: `at least ${least}`,
  holds: (value) => typeof value === "number" && value >= least,
});

export const oneOf = (...values: readonly string[]): Needed => ({
  needs: values.join(" or "),
  holds: (value) => values.some((one) => one === value),
});

/** A judge of the types that `table` names. */
export function demands(table: Readonly<Record<string, Demands>>): Judge {
  return (resource) => {
    const wanted = table[resource.type];
    return wanted === undefined ? [] : unmet(resource, wanted);
  };
}

/** The same where everything has to be private. */
export function privateDemands(table: Readonly<Record<string, Demands>>): Judge {
  const judge = demands(table);
  return (resource, settings) => (settings.ingress === "private" ? judge(resource, settings) : []);
}

/** Complaints about a resource that does not have these values. */
export function unmet({ props, opts }: Resource, wanted: Demands): string[] {
  return Object.entries(wanted).flatMap(([path, demand]) => {
    const { needs, holds, later = false } = typeof demand === "object" ? demand : equals(demand);
    const values = valuesAt(props, path);
    const wrong = (values.length === 0 ? [undefined] : values).filter((value) =>
      value === unknown ? !later : !holds(value),
    );
    return [
      ...wrong.map((value) => `${path} ${worded(value)} It must be ${needs}.`),
      // With it the state's value counts, and after a refresh that is what somebody made of it in the cloud.
      ...(opts.ignoreChanges.some((ignored) => covers(ignored, path))
        ? [`${path} is in ignoreChanges, so that a change in the cloud would be taken over. Take it out.`]
        : []),
    ];
  });
}

function equals(value: string | number | boolean): Needed {
  return { needs: JSON.stringify(value), holds: (other) => other === value };
}

/** Follows the name of a property: what it is. */
export function worded(value: unknown): string {
  if (value === unknown) return "is not known before the deployment, so that nobody can judge it.";
  return value === undefined ? "is not said." : `is ${JSON.stringify(value)}.`;
}

/** Whether to ignore `ignored`, a property path as Pulumi writes it, is to ignore something at `path`. */
function covers(ignored: string, path: string): boolean {
  const wanted = stepsOf(path);
  return stepsOf(ignored).every((step, index) => index >= wanted.length || step === "*" || step === wanted[index]);
}

/** `rules["pullRequest"].checks[0].name` is rules, pullRequest, checks, name: which element of a list does not matter. */
function stepsOf(path: string): string[] {
  return path
    .replaceAll(/\[(\d+|\*)?\]/g, "")
    .replaceAll(/\["([^"]*)"\]/g, ".$1")
    .split(".")
    .filter((step) => step !== "");
}
