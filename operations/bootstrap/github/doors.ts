/** What this repository has already that would let unreviewed code into a lane. Asked on every run; reads only. */
import * as github from "@pulumi/github";

import { organisationProblems, teamProblems, teamsOf } from "../../../preflight/organisation";
import { type Problem, Refusal } from "../../../problems";
import type { Lane } from "../lanes";
import { inOwnWords } from "../ownWords";
import type { GitHubSettings } from "../settings";

const own = "federated-mlops-bootstrap:";

/** Throws a {@link Refusal} that tells every open door. */
export async function refuseOpenDoors(settings: GitHubSettings, lanes: readonly Lane[]): Promise<void> {
  const { owner, repository, stack } = settings;
  const found = await github.getRepository({ fullName: `${owner}/${repository}` }).catch(() => undefined);
  const problems =
    found?.repoId === undefined
      ? [...(await organisation(settings)), missing(settings)]
      : (
          await Promise.all([
            organisation(settings),
            teams(settings),
            unreviewed(settings),
            openEnvironments(settings, lanes),
          ])
        ).flat();
  if (problems.length > 0) throw new Refusal(`Pulumi.${stack}.yaml`, problems.map(inOwnWords));
}

function missing({ owner, repository }: GitHubSettings): Problem {
  return {
    path: [`${own}repository`],
    got: `${owner}/${repository}, which GitHub does not show`,
    needs: "the repository of the organisation that holds this checkout",
    fix: `gh repo create ${owner}/${repository} --private --source . --push, or export a GITHUB_TOKEN that sees it`,
  };
}

async function organisation({ owner, plan, stack }: GitHubSettings): Promise<Problem[]> {
  const found = await github.getOrganization({ name: owner, summaryOnly: true }).catch(() => undefined);
  return organisationProblems(
    { owner, plan, stack },
    found && { login: found.login, plan: found.plan, basePermission: found.defaultRepositoryPermission },
  );
}

async function teams({
  approvals,
  codeOwners,
  deployReviewers,
  acceptWithout,
  stack,
}: GitHubSettings): Promise<Problem[]> {
  const wanted = {
    branches: { main: { approvals, codeOwners: [...codeOwners] } },
    contributors: [],
    deployReviewers: [...deployReviewers],
    acceptWithout: [...acceptWithout],
  };
  const found = await Promise.all(
    teamsOf(wanted).map(async (slug) => [slug, await github.getTeam({ slug }).catch(() => undefined)] as const),
  );
  return teamProblems(wanted, new Map(found), stack);
}

/** Until the rules stand, `main` must be what its owner looked through: nobody reviewed what came in otherwise. */
async function unreviewed({ repository, reviewedSince, stack }: GitHubSettings): Promise<Problem[]> {
  const { rules } = await github.getBranchProtectionRules({ repository });
  if (rules.some(({ pattern }) => pattern === "main")) return [];
  const main = await github.getBranch({ repository, branch: "main" }).catch(() => undefined);
  if (main?.sha === reviewedSince) return [];
  return [
    {
      path: [`${own}reviewedSince`],
      got: reviewedSince,
      needs: `the newest commit of main, ${main?.sha ?? "which GitHub does not show"}, once you looked through all of it`,
      fix: `git fetch && git log --patch; then pulumi config set ${own}reviewedSince ${main?.sha ?? "<commit>"} --stack ${stack}`,
    },
  ];
}

/** GitHub does not tell `Drift` from `drift`: an environment of either name is the lane's. */
async function openEnvironments({ owner, repository }: GitHubSettings, lanes: readonly Lane[]): Promise<Problem[]> {
  const { environments } = await github.getRepositoryEnvironments({ repository });
  const problems = lanes
    .filter(({ from }) => from === "main")
    .flatMap(({ environment: wanted }) =>
      environments.filter(({ name }) => name.toLowerCase() === wanted).map(({ name }) => ({ name, wanted })),
    )
    .map(async ({ name, wanted }): Promise<Problem[]> => {
      const { policies } = await github.getRepositoryEnvironmentDeploymentPolicies({ repository, environment: name });
      const others = policies.filter(({ pattern, type }) => pattern !== "main" || type === "tag");
      const open = others.map(({ type, pattern }) => `${type} ${pattern}`).join(", ");
      if (others.length === 0 && name === wanted) return [];
      return [
        {
          path: [`${own}repository`],
          got: `an environment ${name}${others.length > 0 ? ` that also lets in ${open}` : ""}`,
          needs: `one that is called ${wanted} and lets in the branch main alone`,
          fix: `https://github.com/${owner}/${repository}/settings/environments: ${name === wanted ? "take the others out" : "delete it"}`,
        },
      ];
    });
  return (await Promise.all(problems)).flat();
}
