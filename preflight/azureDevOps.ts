/** What Azure DevOps, and Entra of the groups that it knows, tell before anything is registered. */
import * as azuread from "@pulumi/azuread";
import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import type { AzureDevOpsGateConfig } from "../config/gate";
import { devRun, pipelineName } from "../facts/azureDevOps";
import type { Problem } from "../problems";
import { tooSmall } from "./sizes";
import type { Standing } from "./standing";

const gate = "federated-mlops:gate";
const address = "azuredevops:orgServiceUrl";

/** A gate on Azure DevOps, with the stack whose gate it is. */
export type OnAzureDevOps = AzureDevOpsGateConfig & { readonly stack: string };

/** What is told of the organisation, of the project that is joined, and of the groups that the gate names. */
export async function onAzureDevOps(config: OnAzureDevOps): Promise<Standing> {
  const problems = await Promise.all([organisation(config), projectToJoin(config), groups(config)]);
  // A deleted repository holds no name: it lies in the project's recycle bin.
  return { archived: undefined, takenOver: false, problems: problems.flat() };
}

/** An organisation that opens, and that has its people in the tenant of the environment. */
async function organisation({ organisation: url, stack }: OnAzureDevOps): Promise<Problem[]> {
  const found = await azuredevops.getClientConfig({}).catch(() => undefined);
  if (found === undefined || !sameAddress(found.organizationUrl, url)) {
    return [
      {
        path: [address],
        got: url,
        needs: "an Azure DevOps organisation that the deployer's token opens",
        fix: `pulumi config set ${address} https://dev.azure.com/<organisation> --stack ${stack}, or export AZDO_PERSONAL_ACCESS_TOKEN`,
      },
    ];
  }
  const { tenantId } = await azuread.getClientConfig();
  if (found.tenantId === tenantId) return [];
  return [
    {
      path: [address],
      got: `${url}, whose people are in the tenant ${found.tenantId}`,
      needs: `an organisation that is connected to ${tenantId}: it knows the groups of its own tenant alone`,
      fix: "connect it (Organization settings, Microsoft Entra), or sign in to the other tenant",
    },
  ];
}

function sameAddress(one: string, other: string): boolean {
  const plain = (url: string) => url.toLowerCase().replace(/\/$/, "");
  return plain(one) === plain(other);
}

/** Whoever joins needs what stands; without it, half an environment would be made. */
async function projectToJoin({ project, repository, experiments, stack }: OnAzureDevOps): Promise<Problem[]> {
  if ("create" in project) return [];
  const path = [gate, "project", "join"];
  const found = await azuredevops.getProject({ name: project.join }).catch(() => undefined);
  if (found === undefined) {
    const maker = repository === undefined ? "pulumi up for the production stack first, or " : "";
    return [
      {
        path,
        got: `${project.join}, which does not exist`,
        needs: "a project that stands",
        fix: `${maker}correct its name in Pulumi.${stack}.yaml`,
      },
    ];
  }
  const open: Problem = {
    path,
    got: `${project.join}, which is public`,
    needs: "a private project: whoever sees one reads its repositories",
    fix: "make it private on Azure DevOps (Project settings, Overview)",
  };
  if (repository !== undefined) return found.visibility === "private" ? [] : [open];
  const [git, pipeline] = await Promise.all([
    azuredevops.getGitRepository({ projectId: found.id, name: experiments }).catch(() => undefined),
    azuredevops
      .getBuildDefinition({ projectId: found.id, name: pipelineName(experiments, devRun) })
      .catch(() => undefined),
  ]);
  if (git !== undefined && pipeline !== undefined) return [];
  return [
    {
      path: [gate, "repository", "join"],
      got: `${experiments}, ${git === undefined ? "which does not exist" : "which has no pipeline for pull requests"}`,
      needs: "a repository that stands: the production stack makes it",
      fix: `pulumi up for the production stack first; if its repository has another name, pulumi config set --path '${gate}.repository.join' <name> --stack ${stack}`,
    },
  ];
}

/** Groups that exist, with people enough for what they must approve. Who may not ask Entra is told so, and goes on. */
async function groups({ repository, stack }: OnAzureDevOps): Promise<Problem[]> {
  if (repository === undefined) return [];
  const { branches, contributors, deployReviewers } = repository;
  const named = [
    ...Object.entries(branches).flatMap(([branch, { codeOwners }]) =>
      codeOwners.map((id, index) => ({ id, path: [gate, "branches", branch, "codeOwners", index] })),
    ),
    ...contributors.map((id, index) => ({ id, path: [gate, "contributors", index] })),
    ...deployReviewers.map((id, index) => ({ id, path: [gate, "deployReviewers", index] })),
  ];
  const ids = [...new Set(named.map(({ id }) => id))];
  const found = new Map(await Promise.all(ids.map(async (id) => [id, await membersOf(id)] as const)));
  const missing = named.flatMap(({ id, path }): Problem[] =>
    found.get(id) === "missing"
      ? [{ path, got: id, needs: "an Entra group that exists", fix: `correct its object id in Pulumi.${stack}.yaml` }]
      : [],
  );
  const unreadable = ids.filter((id) => found.get(id) === undefined);
  if (unreadable.length > 0) {
    await pulumi.log.warn(
      `Could not ask Entra who is in ${unreadable.join(", ")}: too few people would block every merge. It needs GroupMember.Read.All.`,
    );
  }
  if (missing.length > 0 || unreadable.length > 0) return missing;
  const people = (of: readonly string[]) => new Set(of.flatMap((id) => found.get(id) ?? [])).size;
  return tooSmall({ branches, contributors, deployReviewers, approved: true }, people, "to the groups in Entra", stack);
}

/** Object ids of a group's members, of groups in it too; undefined where Entra does not say. */
async function membersOf(objectId: string): Promise<readonly string[] | "missing" | undefined> {
  try {
    return (await azuread.getGroup({ objectId, includeTransitiveMembers: true })).members;
  } catch (error) {
    return /No group found|404/i.test(String(error)) ? "missing" : undefined;
  }
}
