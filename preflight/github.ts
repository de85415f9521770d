/** What GitHub tells before anything is registered. */
import * as github from "@pulumi/github";

import type { GitHubGateConfig } from "../config/gate";
import { codeOwnersFile, ownersOf } from "../facts/codeOwners";
import type { Problem } from "../problems";
import { adoption } from "./adoptedRepository";
import { organisationProblems, teamProblems, teamsOf } from "./organisation";
import type { Standing } from "./standing";

const gate = "federated-mlops:gate";

export type Found = github.GetRepositoryResult | undefined;

/** A gate on GitHub, with the stack whose gate it is. */
export type OnGitHub = GitHubGateConfig & { readonly stack: string };

/** What GitHub tells of the experiments repository, and of everybody and everything that its gate names. */
export async function onGitHub(gate: OnGitHub): Promise<Standing> {
  const found = await experimentsRepository(gate);
  const { first, problems } = await adoption(gate, found);
  const others = await Promise.all([organisation(gate), teams(gate), unreviewedBranches(gate, found)]);
  return {
    archived: archivedRepository(gate, found),
    takenOver: first,
    problems: [...repositoryToJoin(gate, found), ...problems, ...others.flat()],
  };
}

/** The experiments repository, if GitHub shows it. The provider answers a missing one by an error or by nothing at all. */
async function experimentsRepository({ owner, experiments }: OnGitHub): Promise<Found> {
  const found = await github.getRepository({ fullName: `${owner}/${experiments}` }).catch(() => undefined);
  return found?.repoId === undefined ? undefined : found;
}

/** A sentence about the archived repository that holds this environment's repository name, if there is one. */
function archivedRepository({ repository, owner }: OnGitHub, found: Found): string | undefined {
  if (repository === undefined || found?.archived !== true) return undefined;
  return `the archived repository ${owner}/${repository.repositoryName} holds its name`;
}

/** The organisation by the letters that its tokens carry, and a plan that it really has. */
async function organisation({ owner, repository, stack }: OnGitHub): Promise<Problem[]> {
  const found = await github.getOrganization({ name: owner, summaryOnly: true }).catch(() => undefined);
  return organisationProblems(
    { owner, plan: repository?.plan, stack },
    found && { login: found.login, plan: found.plan, basePermission: found.defaultRepositoryPermission },
  );
}

/** Whoever joins a repository needs one that stands; without it, half an environment would be made. */
function repositoryToJoin({ repository, experiments, stack }: OnGitHub, found: Found): Problem[] {
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
async function teams({ repository, stack }: OnGitHub): Promise<Problem[]> {
  if (repository === undefined) return [];
  const found = await Promise.all(
    teamsOf(repository).map(async (slug) => [slug, await github.getTeam({ slug }).catch(() => undefined)] as const),
  );
  return teamProblems(repository, new Map(found), stack);
}

/**
 * Branches whose content nobody reviewed: one that somebody pushed before it had rules, and one whose CODEOWNERS names
 * other teams than the configuration (GitHub then asks nobody, or the wrong ones; and the file changes by pull request
 * only).
 */
async function unreviewedBranches({ repository, owner }: OnGitHub, found: Found): Promise<Problem[]> {
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
