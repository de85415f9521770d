/** What this repository has already that would let unreviewed code into a lane. Asked on every run; reads only. */
import * as authorization from "@pulumi/azure-native/authorization";
import * as azuredevops from "@pulumi/azuredevops";

import { azureDevOpsResource } from "../../../facts/azureDevOps";
import { policyKinds } from "../../../facts/azureDevOpsRules";
import { type OnAzureDevOps, onAzureDevOps } from "../../../preflight/azureDevOps";
import { type Problem, Refusal } from "../../../problems";
import { inOwnWords } from "../ownWords";
import type { AzureDevOpsSettings } from "../settings";

const own = "federated-mlops-bootstrap:";

/**
 * Throws a {@link Refusal} that tells every open door. Environments, connections and variable groups are none here: one
 * that has a lane's name already, Azure DevOps makes no second time.
 */
export async function refuseOpenDoors(settings: AzureDevOpsSettings): Promise<void> {
  const { problems } = await onAzureDevOps(asGate(settings));
  const found = [...problems.map(inOwnWords), ...(await repository(settings))];
  if (found.length > 0) throw new Refusal(`Pulumi.${settings.stack}.yaml`, found);
}

/** This repository is judged as one of experiments, by the settings that both have. */
function asGate(settings: AzureDevOpsSettings): OnAzureDevOps {
  const { organisation, project, approvals, codeOwners, deployReviewers, stack } = settings;
  return {
    ...{ platform: "azureDevOps", organisation, stack, experiments: settings.repository },
    project: { join: project },
    repository: {
      ...{
        repositoryName: settings.repository,
        contributors: [],
        deployReviewers: [...deployReviewers],
        deployFrom: ["main"],
      },
      branches: { main: { approvals, codeOwners, checks: [], merge: "squash", signed: false } },
      runner: undefined,
    },
  };
}

async function repository(settings: AzureDevOpsSettings): Promise<Problem[]> {
  const project = await azuredevops.getProject({ name: settings.project }).catch(() => undefined);
  // That it is not there was told.
  if (project === undefined) return [];
  const found = await azuredevops
    .getGitRepository({ projectId: project.id, name: settings.repository })
    .catch(() => undefined);
  return found === undefined ? [missing(settings)] : unreviewed(settings, project.id, found.id);
}

function missing({ organisation, project, repository: name }: AzureDevOpsSettings): Problem {
  return {
    path: [`${own}repository`],
    got: `${name}, which ${project} does not have`,
    needs: "the repository that holds this checkout",
    fix: `az repos create --organization ${organisation} --project '${project}' --name ${name}, and push this checkout to its main`,
  };
}

interface Policy {
  readonly isEnabled: boolean;
  readonly isBlocking: boolean;
  readonly type: { readonly id: string };
}

/** Until the rules stand, `main` must be what its owner looked through: nobody reviewed what came in otherwise. */
async function unreviewed(settings: AzureDevOpsSettings, projectId: string, id: string): Promise<Problem[]> {
  const { reviewedSince, stack } = settings;
  const policies = await asked<Policy>(
    settings,
    `${projectId}/_apis/git/policy/configurations?repositoryId=${id}&refName=refs/heads/main&api-version=7.1`,
  );
  const held = policies?.some(
    ({ isEnabled, isBlocking, type }) => isEnabled && isBlocking && type.id === policyKinds.BranchPolicyMinReviewers.id,
  );
  if (held === true) return [];
  const refs = await asked<{ readonly name: string; readonly objectId: string }>(
    settings,
    `${projectId}/_apis/git/repositories/${id}/refs?filter=heads/main&api-version=7.1`,
  );
  // The filter is a beginning: main2 is found by it too.
  const main = refs?.find(({ name }) => name === "refs/heads/main")?.objectId;
  if (main === reviewedSince) return [];
  return [
    {
      path: [`${own}reviewedSince`],
      got: reviewedSince,
      needs: `the newest commit of main, ${main ?? "which Azure DevOps does not show"}, once you looked through all of it`,
      fix: `git fetch && git log --patch; then pulumi config set ${own}reviewedSince ${main ?? "<commit>"} --stack ${stack}`,
    },
  ];
}

/** A list that Azure DevOps has; undefined where it shows none. */
async function asked<T>({ rest }: AzureDevOpsSettings, path: string): Promise<readonly T[] | undefined> {
  const { token } = await authorization.getClientToken({ endpoint: azureDevOpsResource });
  const answer = await fetch(`${rest}/${path}`, { headers: { authorization: `Bearer ${token}` } });
  // Who is not signed in gets a page to sign in, with a status of success.
  if (answer.status !== 200) return undefined;
  return ((await answer.json()) as { readonly value: readonly T[] }).value;
}
