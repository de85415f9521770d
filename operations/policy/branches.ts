/** The two layers of a branch's rules on GitHub, as this program makes both: the stricter one counts. */
import { type Resource, textAt, valuesAt } from "./resource";
import { type Demands, type Judge, unmet } from "./rule";
import type { Settings } from "./settings";

export const rulesetType = "github:index/repositoryRuleset:RepositoryRuleset";
export const protectionType = "github:index/branchProtection:BranchProtection";
export const repositoryType = "github:index/repository:Repository";

/** Whether a resource is a ruleset, for tags or for anything else. */
export const isTagRuleset = (resource: Resource) =>
  resource.type === rulesetType && textAt(resource, "target") === "tag";
export const isBranchRuleset = (resource: Resource) => resource.type === rulesetType && !isTagRuleset(resource);

/** A judge of what each layer must say. */
export function onBranches(layers: (branches: readonly string[], settings: Settings) => Layers): Judge {
  return (resource, settings) => {
    const { ruleset, protection } = layers(branchesOf(resource), settings);
    if (isBranchRuleset(resource)) return unmet(resource, ruleset);
    return resource.type === protectionType ? unmet(resource, protection) : [];
  };
}

export interface Layers {
  readonly ruleset: Demands;
  readonly protection: Demands;
}

/** The names that a ruleset or a protection holds: `main`, or `~DEFAULT_BRANCH`. */
export function branchesOf(resource: Resource): string[] {
  const path = resource.type === protectionType ? "pattern" : "conditions.refName.includes[]";
  return valuesAt(resource.props, path).flatMap((name) =>
    typeof name === "string" ? [name.replace(/^refs\/heads\//, "")] : [],
  );
}

/** Whether a pattern is one whole name. */
export const isExact = (name: string) => /^[\w./+@-]+$/.test(name);
