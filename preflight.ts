/**
 * What only the clouds can tell, asked before anything is registered: names that a deletion left behind, a repository to
 * join that is not there, teams too small for the approvals they must give. Reads only.
 */
import * as authorization from "@pulumi/azure-native/authorization";
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import type { Config } from "./config";
import { type Problem, Refusal } from "./problems";

/** Throws a {@link Refusal} that tells every problem. */
export async function preflight(config: Config): Promise<void> {
  const problems = (await Promise.all([leftovers(config), missingRepository(config), smallTeams(config)])).flat();
  if (problems.length > 0) throw new Refusal(`Pulumi.${config.stack}.yaml`, problems);
}

/** Names that deleted resources still hold. */
async function leftovers(config: Config): Promise<Problem[]> {
  const { generation, recover, stack } = config;
  if (recover) return [];
  const held = [...(await deletedVault(config)), ...(await archivedRepository(config))];
  if (held.length === 0) return [];
  return [
    {
      path: ["federated-mlops:generation"],
      got: String(generation),
      needs: `a generation whose names are free; ${held.join(", and ")}`,
      fix:
        `pulumi config set federated-mlops:generation ${generation + 1} --stack ${stack}   (come up under new names)\n` +
        `           pulumi config set federated-mlops:recover true --stack ${stack}   (bring the old ones back)`,
    },
  ];
}

async function deletedVault(config: Config): Promise<string[]> {
  const { token } = await authorization.getClientToken({});
  const answer = await fetch(
    `${config.resourceManager}/subscriptions/${config.subscription}/providers/Microsoft.KeyVault/locations/${config.location}/deletedVaults/${config.names.vault}?api-version=2024-11-01`,
    { headers: { authorization: `Bearer ${token}` } },
  );
  if (answer.status === 404) return [];
  if (!answer.ok) {
    // The deployer's rights end at its resource groups, and deleted vaults are listed above them.
    await pulumi.log.warn(
      `Could not ask Azure whether a deleted key vault still holds the name ${config.names.vault} (HTTP ${answer.status}); ` +
        "to be told before anything is made, grant the deployer Microsoft.KeyVault/locations/deletedVaults/read on the subscription.",
    );
    return [];
  }
  const { properties } = (await answer.json()) as { properties?: { scheduledPurgeDate?: string } };
  const until = properties?.scheduledPurgeDate?.slice(0, 10) ?? "it is purged";
  return [`the deleted key vault ${config.names.vault} holds its name until ${until}`];
}

async function archivedRepository({ repository, owner }: Config): Promise<string[]> {
  if (repository === undefined) return [];
  const fullName = `${owner}/${repository.repositoryName}`;
  const found = await lookUp(fullName);
  return found?.archived === true ? [`the archived repository ${fullName} holds its name`] : [];
}

/** Whoever joins a repository needs one that stands; without it, half an environment would be made. */
async function missingRepository({ repository, gate, owner, stack }: Config): Promise<Problem[]> {
  if (repository !== undefined) return [];
  const fullName = `${owner}/${gate.repository}`;
  const found = await lookUp(fullName);
  if (found?.archived === false) return [];
  return [
    {
      path: ["federated-mlops:gate", "repository", "join"],
      got: `${gate.repository}, ${found === undefined ? "which does not exist" : "which is archived"}`,
      needs: "a repository that stands: the production stack makes it",
      fix: `pulumi up for the production stack first; if its repository has another name, pulumi config set --path 'federated-mlops:gate.repository.join' <name> --stack ${stack}`,
    },
  ];
}

/** A repository that GitHub shows. The provider answers a missing one by an error or by nothing at all. */
async function lookUp(fullName: string): Promise<github.GetRepositoryResult | undefined> {
  const found = await github.getRepository({ fullName }).catch(() => undefined);
  return found?.repoId === undefined ? undefined : found;
}

/** A team that cannot give its approvals makes a branch that nobody can merge into, or a run that nobody can approve. */
async function smallTeams({ repository, stack }: Config): Promise<Problem[]> {
  if (repository === undefined) return [];
  const members = async (slugs: readonly string[]) => {
    const teams = await Promise.all(slugs.map((slug) => github.getTeam({ slug })));
    return new Set(teams.flatMap((team) => team.members)).size;
  };
  const reviewers = await members(repository.deployReviewers);
  const problems: Problem[] = [];
  for (const [branch, { approvals, codeOwners }] of Object.entries(repository.branches)) {
    const owners = await members(codeOwners);
    if (owners > approvals) continue;
    problems.push({
      path: ["federated-mlops:gate", "branches", branch, "codeOwners"],
      got: `${codeOwners.join(", ")}: ${owners} people`,
      needs: `more people than the ${approvals} approvals: an author, or who pushed last, does not count`,
      fix: `add people to the team on GitHub, or pulumi config set --path 'federated-mlops:gate.branches.${branch}.approvals' ${Math.max(1, owners - 1)} --stack ${stack}`,
    });
  }
  if (reviewers < 2) {
    problems.push({
      path: ["federated-mlops:gate", "deployReviewers"],
      got: `${repository.deployReviewers.join(", ")}: ${reviewers} people`,
      needs: "at least 2 people: who starts a run cannot approve it",
      fix: "add people to the team on GitHub",
    });
  }
  return problems;
}
