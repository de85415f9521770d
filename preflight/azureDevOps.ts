/** What Azure DevOps, and Entra of the groups that it knows, tell before anything is registered. */
import * as azuread from "@pulumi/azuread";
import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import type { AzureDevOpsGateConfig } from "../config/gate";
import { devRun, pipelineName } from "../facts/azureDevOps";
import type { Problem } from "../problems";
import { groupProblems, groupsOf, projectProblems, type ShownProject } from "./azureDevOpsProject";
import type { Standing } from "./standing";

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

async function projectToJoin({ project, repository, experiments, stack }: OnAzureDevOps): Promise<Problem[]> {
  if ("create" in project) return [];
  const found = await azuredevops.getProject({ name: project.join }).catch(() => undefined);
  const judge = (shown: ShownProject | undefined) =>
    projectProblems({ repository, experiments }, project.join, shown, stack);
  if (found === undefined) return judge(undefined);
  const { id: projectId, visibility = "" } = found;
  if (repository !== undefined) return judge({ visibility, hasRepository: false, hasPipeline: false });
  const name = pipelineName(experiments, devRun);
  const [git, pipeline] = await Promise.all([
    azuredevops.getGitRepository({ projectId, name: experiments }).catch(() => undefined),
    azuredevops.getBuildDefinition({ projectId, name }).catch(() => undefined),
  ]);
  return judge({ visibility, hasRepository: git !== undefined, hasPipeline: pipeline !== undefined });
}

/** Who may not ask Entra is told so, and goes on. */
async function groups({ repository, stack }: OnAzureDevOps): Promise<Problem[]> {
  if (repository === undefined) return [];
  const ids = groupsOf(repository);
  const found = new Map(await Promise.all(ids.map(async (id) => [id, await membersOf(id)] as const)));
  const unreadable = ids.filter((id) => found.get(id) === undefined);
  if (unreadable.length > 0) {
    await pulumi.log.warn(
      `Could not ask Entra who is in ${unreadable.join(", ")}: too few people would block every merge. It needs GroupMember.Read.All.`,
    );
  }
  return groupProblems(repository, found, stack);
}

/** Object ids of a group's members, of groups in it too; undefined where Entra does not say. */
async function membersOf(objectId: string): Promise<readonly string[] | "missing" | undefined> {
  try {
    return (await azuread.getGroup({ objectId, includeTransitiveMembers: true })).members;
  } catch (error) {
    return /No group found|404/i.test(String(error)) ? "missing" : undefined;
  }
}
