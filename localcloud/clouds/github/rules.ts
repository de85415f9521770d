/** Rules of branches, and what they keep from being pushed. */
import type { Bag, Cloud, Refusal } from "../behaviour";
import {
  branch,
  defaultBranch,
  findRepository,
  type InRepository,
  invalid,
  isPrivate,
  problem,
  protection,
  repository,
  ruleset,
} from "./repository";

/** What a plan sells for private repositories: https://docs.github.com/get-started/learning-about-github/githubs-plans */
export const planWithoutRules: Refusal<InRepository> = ({ operation, next, cloud }) =>
  operation !== "delete" &&
  cloud.organisation.github.plan === "free" &&
  isPrivate(findRepository(next.repository, cloud))
    ? problem("403 Upgrade to GitHub Pro or make this repository public to enable this feature.")
    : undefined;

export type RulesetInputs = InRepository & {
  name: string;
  target: string;
  enforcement: string;
  conditions?: { refName?: { includes?: string[]; excludes?: string[] } };
  rules: { pullRequest?: Bag };
};

export const rulesetNameTaken: Refusal<RulesetInputs> = ({ operation, next, id, cloud }) =>
  operation !== "delete" &&
  cloud
    .all(ruleset)
    .some((row) => row.id !== id && row.inputs["repository"] === next.repository && row.inputs["name"] === next.name)
    ? invalid("Name must be unique")
    : undefined;

export const conditionsMissing: Refusal<RulesetInputs> = ({ operation, next }) =>
  operation !== "delete" && next.target !== "push" && next.conditions?.refName === undefined
    ? invalid("Conditions must include a ref_name condition for branch and tag rulesets")
    : undefined;

export type ProtectionInputs = { repositoryId: string; pattern: string; requiredPullRequestReviews?: unknown[] };

/** The provider takes a repository's name or its node id. */
export const protectedRepository = ({ repositoryId }: ProtectionInputs, cloud: Cloud) =>
  cloud.all(repository).find((row) => row.id === repositoryId || row.outputs["nodeId"] === repositoryId);

export const protectionOfNothing: Refusal<ProtectionInputs> = ({ operation, next, cloud }) =>
  operation === "create" && protectedRepository(next, cloud) === undefined
    ? `Could not resolve to a node with the global id of '${next.repositoryId}'`
    : undefined;

export const protectedAlready: Refusal<ProtectionInputs> = ({ operation, next, id, cloud }) =>
  operation !== "delete" &&
  cloud.all(protection).some(
    (row) =>
      row.id !== id &&
      // By the repository itself: the provider takes its name or its node id.
      protectedRepository(row.inputs as ProtectionInputs, cloud)?.id === protectedRepository(next, cloud)?.id &&
      row.inputs["pattern"] === next.pattern,
  )
    ? `Name already protected: ${next.pattern}`
    : undefined;

/** Whether changes of a branch must come through a pull request. */
function needsPullRequest(repositoryName: string, name: string, cloud: Cloud): boolean {
  const row = findRepository(repositoryName, cloud);
  const ref = `refs/heads/${name}`;
  const matches = (pattern: string) =>
    pattern === "~ALL" || (pattern === "~DEFAULT_BRANCH" && name === defaultBranch(row)) || glob(pattern).test(ref);
  const byRuleset = cloud.all(ruleset).some(({ inputs }) => {
    const { enforcement, rules, conditions, target, repository } = inputs as RulesetInputs;
    return (
      repository === repositoryName &&
      target === "branch" &&
      enforcement === "active" &&
      rules.pullRequest !== undefined &&
      (conditions?.refName?.includes ?? []).some(matches) &&
      !(conditions?.refName?.excludes ?? []).some(matches)
    );
  });
  const byProtection = cloud.all(protection).some(({ inputs }) => {
    const asked = inputs as ProtectionInputs;
    return (
      protectedRepository(asked, cloud)?.id === repositoryName &&
      (asked.requiredPullRequestReviews ?? []).length > 0 &&
      glob(asked.pattern).test(name)
    );
  });
  return byRuleset || byProtection;
}

/** fnmatch, as far as branch patterns need it: `*` stays within a path's segment, `**` does not. */
function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(
    `^${escaped.replace(/\*\*\/?|\*|\?/g, (wild) => (wild.startsWith("**") ? ".*" : wild === "*" ? "[^/]*" : "[^/]"))}$`,
  );
}

export type FileInputs = InRepository & { file: string; branch?: string; overwriteOnCreate?: boolean };

export const branchOf = (inputs: FileInputs, cloud: Cloud) =>
  inputs.branch ?? defaultBranch(findRepository(inputs.repository, cloud));

export const branchMissing: Refusal<FileInputs> = ({ operation, next, cloud }) =>
  operation === "create" && cloud.find(`${next.repository}:${branchOf(next, cloud)}`, branch) === undefined
    ? problem(`404 Branch ${branchOf(next, cloud)} not found`)
    : undefined;

export const mustBeReviewed: Refusal<FileInputs> = ({ next, cloud }) =>
  needsPullRequest(next.repository, branchOf(next, cloud), cloud)
    ? problem("409 Repository rule violations found", "Changes must be made through a pull request.")
    : undefined;

export const wouldOverwrite: Refusal<FileInputs> = ({ operation, next, now }) =>
  operation === "create" && now !== undefined && next.overwriteOnCreate !== true
    ? "refusing to overwrite existing file: configure `overwriteOnCreate` to `true` to override"
    : undefined;
