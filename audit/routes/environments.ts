/** What it takes to run in a deployment environment. */
import type { Environment, Repository } from "../model";
import { coversBranch, type Gap } from "./branches";

/** Whether a merge into the branch takes anything at all. */
export function isRuled({ branches, rulesets, defaultBranch }: Repository, name: string): boolean {
  const branch = branches.find((one) => one.name === name);
  const ruled = rulesets.some((ruleset) => ruleset.review !== undefined && coversBranch(ruleset, name, defaultBranch));
  return branch !== undefined && (ruled || branch.protection?.review !== undefined);
}

/** Ways into the environment from a branch or a tag that nobody rules. */
export function openDoors(repository: Repository, { name: environment, lets }: Environment, up: string): Gap[] {
  const { name } = repository;
  const gap = (id: string, what: string): Omit<Gap, "control" | "close"> => ({
    can: `runs a workflow that nobody reviewed in ${environment}`,
    evidence: { id: `${name} ${environment} ${id}`, what: `the environment ${environment} lets in ${what}` },
  });
  const declared = { control: "environment-branches", close: up } as const;
  if (lets === "any") return [{ ...gap("any", "every branch"), ...declared }];
  if (lets === "protected") return [{ ...gap("protected", "every branch that has some rule"), ...declared }];
  return lets
    .filter(({ kind, pattern }) => kind === "tag" || !isRuled(repository, pattern))
    .map(({ kind, pattern }) => ({
      ...gap(`${kind} ${pattern}`, `the ${kind} ${pattern}`),
      control: "audit-environment",
      close: `https://github.com/${name}/settings/environments, ${environment}: take the ${kind} ${pattern} out`,
    }));
}

/** What is missing of a second person's approval of each run. */
export function unapproved(
  { name }: Repository,
  { name: environment, reviewers, selfReview }: Environment,
  up: string,
): Gap[] {
  if (reviewers.length === 0) {
    return [
      {
        can: `runs in ${environment} without anybody's approval`,
        evidence: { id: `${name} ${environment} reviewers`, what: `the environment ${environment} has no reviewer` },
        control: "audit-environment",
        // The provider does not see that they are gone, so that no deployment brings them back:
        // https://github.com/integrations/terraform-provider-github/issues/3609
        close: `https://github.com/${name}/settings/environments, ${environment}: add the reviewers again`,
      },
    ];
  }
  if (!selfReview) return [];
  return [
    {
      can: `approves a run in ${environment} that they started`,
      evidence: { id: `${name} ${environment} self`, what: `in ${environment} who starts a run may approve it` },
      control: "environment-reviewers",
      close: up,
    },
  ];
}
