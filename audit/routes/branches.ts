/** What a merge into a branch takes, and what is missing of it. */
import type { AuditedId } from "../../facts/controls";
import type { Branch, Repository, Review, Ruleset } from "../model";
import type { Evidence } from "./graph";

/** A way round somebody else's review. */
export interface Gap {
  /** What one does, as the rest of a sentence. */
  readonly can: string;
  readonly evidence: Evidence;
  readonly control: AuditedId;
  readonly close: string;
}

export interface Reviewed {
  readonly gaps: readonly Gap[];
  /** What could not be told. */
  readonly unknown: readonly string[];
}

/** What a merge takes, and the promise that each keeps. */
const demands: readonly {
  readonly lacks: (review: Review) => boolean;
  readonly can: string;
  readonly what: string;
  readonly control: AuditedId;
}[] = [
  {
    lacks: ({ approvals }) => approvals < 1,
    can: "merges what nobody else approved",
    what: "takes no approval",
    control: "branch-approvals",
  },
  {
    lacks: ({ dismissesStale }) => !dismissesStale,
    can: "pushes more after the approval",
    what: "keeps approvals when something is pushed",
    control: "branch-stale-reviews",
  },
  {
    lacks: ({ lastPush }) => !lastPush,
    can: "pushes to somebody else's pull request and approves it",
    what: "counts the approval of whoever pushed last",
    control: "branch-last-push",
  },
  {
    lacks: ({ codeOwners }) => !codeOwners,
    can: "merges without an owner of the code",
    what: "asks no code owner",
    control: "branch-code-owners",
  },
];

/** Both layers of the branch's rules, its owners, and what else could approve or push. */
export function reviewOf(repository: Repository, branch: Branch, up: string): Reviewed {
  const { name, defaultBranch, actions, deployKeys } = repository;
  // Who bypasses a ruleset of the organisation is shown to its owners alone: it is not leaned on.
  const rulesets = repository.rulesets.filter(
    (ruleset) =>
      coversBranch(ruleset, branch.name, defaultBranch) &&
      (ruleset.source === "Repository" || ruleset.bypass !== undefined),
  );
  const gaps: Gap[] = [];
  const unknown: string[] = [];
  const gap = (id: string, control: AuditedId, can: string, what: string, close = up) =>
    gaps.push({ can, evidence: { id: `${name} ${branch.name} ${id}`, what }, control, close });

  const layers: [string, Review | undefined][] = [
    ["ruleset", strictest(rulesets)],
    ["branch protection", branch.protection?.review],
  ];
  for (const [layer, review] of layers) {
    if (review === undefined) {
      gap(`${layer}`, "branch-pull-request", "pushes or merges", `no ${layer} of ${branch.name} demands a review`);
      continue;
    }
    for (const { lacks, can, what, control } of demands) {
      if (lacks(review)) gap(`${layer} ${control}`, control, can, `the ${layer} of ${branch.name} ${what}`);
    }
  }
  const reviewing = rulesets.filter(({ review }) => review !== undefined);
  const unattributed = reviewing.map(({ review }) => review?.unattributed);
  if (reviewing.length > 0 && !unattributed.includes(true)) {
    if (unattributed.includes(false)) {
      const close = `https://github.com/${name}/settings/rules: demand an additional approval of unattributed changes`;
      gap(
        "unattributed",
        "review-by-machine",
        "lets a machine write, and approves it alone",
        `the ruleset of ${branch.name} takes what a machine wrote for its starter's`,
        close,
      );
    } else unknown.push(`whether what a machine wrote takes one approval more on ${branch.name} of ${name}`);
  }
  for (const rule of ["deletion", "non_fast_forward"]) {
    if (!rulesets.some(({ rules }) => rules.includes(rule))) {
      gap(rule, "branch-history", "rewrites the branch or makes it anew", `no ruleset of ${branch.name} has ${rule}`);
    }
  }
  if (branch.protection !== undefined) {
    const { admins, forcePushes, deletions, bypassers } = branch.protection;
    if (!admins) {
      gap("admins", "branch-no-bypass", "merges as an administrator", "the branch protection spares administrators");
    }
    if (forcePushes || deletions) {
      gap("history", "branch-history", "rewrites the branch", "the branch protection lets history be rewritten");
    }
    for (const who of bypassers) {
      gap(`bypasser ${who}`, "audit-rules", `merges as ${who}`, `${who} bypasses the branch protection`);
    }
  }
  for (const ruleset of rulesets) {
    if (ruleset.bypass === undefined) unknown.push(`who bypasses the ruleset ${ruleset.name} of ${name}`);
    for (const { type, id, mode } of ruleset.bypass ?? []) {
      gap(
        `ruleset ${ruleset.id} ${type} ${id}`,
        "audit-rules",
        `pushes as ${actorName(type, id)}`,
        `${actorName(type, id)} bypasses the ruleset ${ruleset.name} (${mode})`,
        ruleset.source === "Repository" && !ruleset.name.startsWith("federated-mlops ")
          ? `gh api --method DELETE /repos/${name}/rulesets/${ruleset.id}`
          : up,
      );
    }
  }

  if (branch.codeOwnerErrors === undefined || branch.owners.length === 0) {
    gap(
      "owners",
      "branch-code-owners",
      "changes what nobody owns",
      `CODEOWNERS of ${branch.name} leaves files without an owner`,
      `a pull request that ends .github/CODEOWNERS with: * @${name.split("/")[0]}/<team>`,
    );
  }
  for (const error of branch.codeOwnerErrors ?? []) {
    const close = "a pull request that mends the line; the team must be visible and able to write";
    gap(
      `owners ${error}`,
      "branch-code-owners",
      "changes what GitHub finds no owner of",
      `CODEOWNERS: ${error}`,
      close,
    );
  }
  if (actions.approves) {
    gap("token", "workflow-token", "lets a workflow approve", "tokens of workflows may approve pull requests");
  }
  for (const { id, title } of deployKeys.filter(({ readOnly }) => !readOnly)) {
    gap(
      `key ${id}`,
      "audit-writers",
      `pushes by the deploy key ${title}, as nobody, and approves it`,
      `deploy key ${title} writes`,
      `gh api --method DELETE /repos/${name}/keys/${id}`,
    );
  }
  return { gaps, unknown };
}

/** All that the rulesets ask together; undefined where none of them asks for a review. */
function strictest(rulesets: readonly Ruleset[]): Review | undefined {
  const reviews = rulesets.flatMap(({ review }) => (review === undefined ? [] : [review]));
  if (reviews.length === 0) return undefined;
  const some = (which: (review: Review) => boolean) => reviews.some(which);
  return {
    approvals: Math.max(...reviews.map(({ approvals }) => approvals)),
    dismissesStale: some(({ dismissesStale }) => dismissesStale),
    codeOwners: some(({ codeOwners }) => codeOwners),
    lastPush: some(({ lastPush }) => lastPush),
  };
}

/** Whether a ruleset that is in force holds the branch. */
export function coversBranch(
  { target, active, include, exclude }: Ruleset,
  branch: string,
  defaultBranch: string,
): boolean {
  const fits = (pattern: string) =>
    pattern === "~ALL" ||
    (pattern === "~DEFAULT_BRANCH" && branch === defaultBranch) ||
    glob(pattern, `refs/heads/${branch}`);
  return target === "branch" && active && include.some(fits) && !exclude.some(fits);
}

/** As GitHub matches names of refs: `*` stays within a part of the path, `**` does not. */
export function glob(pattern: string, name: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|\\]/g, "\\$&");
  const expression = escaped.replace(/\*\*\/?|\*|\?/g, (wild) =>
    wild.startsWith("**") ? ".*" : wild === "*" ? "[^/]*" : "[^/]",
  );
  return new RegExp(`^${expression}$`).test(name);
}

/** Numbers of the roles that a repository has. https://docs.github.com/rest/repos/rules */
const roles: Readonly<Record<string, string>> = {
  "2": "whoever maintains",
  "4": "whoever writes",
  "5": "administrators",
};

function actorName(type: string, id: string): string {
  switch (type) {
    case "OrganizationAdmin":
      return "owners of the organisation";
    case "RepositoryRole":
      return roles[id] ?? `whoever has the role ${id}`;
    case "Integration":
      return `the app ${id}`;
    case "DeployKey":
      return "whoever has a deploy key";
    default:
      return `${type.toLowerCase()} ${id}`;
  }
}
