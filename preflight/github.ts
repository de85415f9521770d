/** What GitHub tells before anything is registered. */
import * as github from "@pulumi/github";

import type { Config } from "../config";
import { codeOwnersFile, ownersOf } from "../facts/codeOwners";
import { type PlanName, plans } from "../facts/plans";
import type { Problem } from "../problems";

const gate = "federated-mlops:gate";

export type Found = github.GetRepositoryResult | undefined;

/** The experiments repository, if GitHub shows it. The provider answers a missing one by an error or by nothing at all. */
export async function experimentsRepository({ owner, experiments }: Config): Promise<Found> {
  const found = await github.getRepository({ fullName: `${owner}/${experiments}` }).catch(() => undefined);
  return found?.repoId === undefined ? undefined : found;
}

/** A sentence about the archived repository that holds this environment's repository name, if there is one. */
export function archivedRepository({ repository, owner }: Config, found: Found): string | undefined {
  if (repository === undefined || found?.archived !== true) return undefined;
  return `the archived repository ${owner}/${repository.repositoryName} holds its name`;
}

/** The organisation by the letters that its tokens carry, and a plan that it really has. */
export async function organisation({ owner, repository, stack }: Config): Promise<Problem[]> {
  const found = await github.getOrganization({ name: owner, summaryOnly: true }).catch(() => undefined);
  if (found === undefined || found.login.toLowerCase() !== owner.toLowerCase()) {
    return [
      {
        path: ["github:owner"],
        got: owner,
        needs: "a GitHub organisation that GITHUB_TOKEN can see",
        fix: `pulumi config set github:owner <organisation> --stack ${stack}, or export a GITHUB_TOKEN with organisation Members: read`,
      },
    ];
  }
  const spelling: Problem = {
    path: ["github:owner"],
    got: owner,
    needs: `${found.login}: Entra compares the names in a token letter by letter`,
    fix: `pulumi config set github:owner ${found.login} --stack ${stack}`,
  };
  // GitHub shows the plan to owners alone, and to others nothing.
  const plan = repository?.plan;
  const lesser =
    plan !== undefined && Object.hasOwn(plans, found.plan) && plans[found.plan as PlanName].length > plans[plan].length;
  // GitHub shows it to owners alone, too.
  const base = found.defaultRepositoryPermission;
  const wide = repository !== undefined && (base === "write" || base === "admin");
  return [
    ...(found.login === owner ? [] : [spelling]),
    ...(wide
      ? [
          {
            path: ["github:owner"],
            got: `${owner}, in which every member has ${base} on every repository`,
            needs:
              "read or none as the organisation's base permission: who can write counts as a reviewer, who administers can loosen the rules",
            fix: `https://github.com/organizations/${owner}/settings/member_privileges, Base permissions`,
          },
        ]
      : []),
    ...(lesser
      ? [
          {
            path: [gate, "plan"],
            got: plan,
            needs: `the plan that ${owner} really has; GitHub says it is ${found.plan}`,
            fix: `pulumi config set --path ${gate}.plan ${found.plan} --stack ${stack}, which tells what that plan does not enforce; or move the organisation to GitHub Enterprise`,
          },
        ]
      : []),
  ];
}

/** Whoever joins a repository needs one that stands; without it, half an environment would be made. */
export function repositoryToJoin({ repository, experiments, stack }: Config, found: Found): Problem[] {
  if (repository !== undefined || found?.archived === false) return [];
  return [
    {
      path: [gate, "repository", "join"],
      got: `${experiments}, ${found === undefined ? "which does not exist" : "which is archived"}`,
      needs: "a repository that stands: the production stack makes it",
      fix: `pulumi up for the production stack first; if its repository has another name, pulumi config set --path '${gate}.repository.join' <name> --stack ${stack}`,
    },
  ];
}

/** Teams that exist, can be seen by everyone who reads CODEOWNERS, and are large enough for what they must approve. */
export async function teams({ repository, stack }: Config): Promise<Problem[]> {
  if (repository === undefined) return [];
  const { branches, contributors, deployReviewers, acceptWithout } = repository;
  const named = [
    ...Object.entries(branches).flatMap(([branch, { codeOwners }]) =>
      codeOwners.map((slug, index) => ({ slug, path: [gate, "branches", branch, "codeOwners", index] })),
    ),
    ...contributors.map((slug, index) => ({ slug, path: [gate, "contributors", index] })),
    ...deployReviewers.map((slug, index) => ({ slug, path: [gate, "deployReviewers", index] })),
  ];
  const slugs = [...new Set(named.map(({ slug }) => slug))];
  const found = new Map(
    await Promise.all(
      slugs.map(async (slug) => [slug, await github.getTeam({ slug }).catch(() => undefined)] as const),
    ),
  );
  const people = (of: readonly string[]) => new Set(of.flatMap((slug) => found.get(slug)?.members ?? [])).size;

  const unusable = named.flatMap(({ slug, path }): Problem[] => {
    const team = found.get(slug);
    const secret = team?.privacy === "secret" && path.includes("codeOwners");
    if (team !== undefined && !secret) return [];
    return [
      {
        path,
        got: slug,
        needs: secret ? "a visible team: GitHub skips secret ones in CODEOWNERS without a word" : "a team that exists",
        fix: secret ? "make the team visible on GitHub" : "make the team on GitHub, or correct its short name (slug)",
      },
    ];
  });
  if (unusable.length > 0) return unusable;

  const small = Object.entries(branches).flatMap(([branch, { approvals, codeOwners }]): Problem[] => {
    const writers = people([...contributors, ...codeOwners]);
    const owners = people(codeOwners);
    return [
      ...(writers > approvals
        ? []
        : [
            {
              path: [gate, "branches", branch, "approvals"],
              got: String(approvals),
              needs: `fewer than the ${writers} people who can write: an author, or who pushed last, does not count`,
              fix: `add people to the teams on GitHub, or lower the approvals of ${branch} in Pulumi.${stack}.yaml`,
            },
          ]),
      ...(owners >= 2
        ? []
        : [
            {
              path: [gate, "branches", branch, "codeOwners"],
              got: `${codeOwners.join(", ")}: ${owners} people`,
              needs: "at least 2 people: an owner cannot approve what the owner wrote",
              fix: "add people to the team on GitHub",
            },
          ]),
    ];
  });
  const reviewers = people(deployReviewers);
  if (reviewers >= 2 || acceptWithout.includes("deploymentReview")) return small;
  return [
    ...small,
    {
      path: [gate, "deployReviewers"],
      got: `${deployReviewers.join(", ")}: ${reviewers} people`,
      needs: "at least 2 people: who starts a run cannot approve it",
      fix: "add people to the team on GitHub",
    },
  ];
}

/**
 * Branches whose content nobody reviewed: one that somebody pushed before it had rules, and one whose CODEOWNERS names
 * other teams than the configuration (GitHub then asks nobody, or the wrong ones; and the file changes by pull request
 * only).
 */
export async function unreviewedBranches({ repository, owner }: Config, found: Found): Promise<Problem[]> {
  if (repository === undefined || found === undefined || found.archived) return [];
  const name = repository.repositoryName;
  const { rules } = await github.getBranchProtectionRules({ repository: name });
  const protectedPatterns = rules.map(({ pattern }) => pattern);
  const problems = await Promise.all(
    Object.entries(repository.branches).map(async ([branch, { codeOwners }]): Promise<Problem[]> => {
      const path = [gate, "branches", branch];
      const line = await github.getBranch({ repository: name, branch }).catch(() => undefined);
      if (line?.ref === undefined) return [];
      if (branch !== "main" && !protectedPatterns.includes(branch)) {
        return [
          {
            path,
            got: "a branch that exists and has no rules yet",
            needs: "a branch that does not exist yet: what was pushed to it before, nobody had to review",
            fix: `move its content to another branch, delete ${branch} on GitHub, come up, and bring the content in by a pull request`,
          },
        ];
      }
      if (!protectedPatterns.includes(branch)) return [];
      const file = await github
        .getRepositoryFile({ repository: name, branch, file: ".github/CODEOWNERS" })
        .catch(() => undefined);
      const live = ownersOf(file?.content ?? "");
      const wanted = ownersOf(codeOwnersFile(owner, codeOwners));
      if (live.join() === wanted.join()) return [];
      return [
        {
          path: [...path, "codeOwners"],
          got: codeOwners.join(", "),
          needs: `the owners of everything that .github/CODEOWNERS names on ${branch}: ${live.join(", ") || "nobody"}`,
          fix: `change the last "*" line of that file first, by a pull request, to: * ${wanted.join(" ")}`,
        },
      ];
    }),
  );
  return problems.flat();
}
