import * as devcenter from "@pulumi/azure-native/devcenter";
import * as devopsinfrastructure from "@pulumi/azure-native/devopsinfrastructure";
import type * as resources from "@pulumi/azure-native/resources";
import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import type { Project } from "./project";

/** A pool to be made in a subnet, or one that the project has. */
export type RunnerChoice =
  { readonly create: string; readonly subnet: string; readonly vmSize: string } | { readonly join: string };

/** Where a pool that is made lies in Azure. */
export interface PoolPlace {
  /** Address of the Azure DevOps organisation. */
  readonly organisation: string;
  readonly group: resources.ResourceGroup;
  /** Region, the subnet's too. */
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Name of the dev center, and of its project, under which Azure keeps pools. A change replaces the pool. */
  readonly devCenter: string;
}

/** Id of the project's queue for the pool; undefined where the platform's own agents run. */
export function queueOf(
  name: string,
  runner: RunnerChoice | undefined,
  project: Project,
  place: PoolPlace,
  parent: pulumi.Resource,
): pulumi.Output<string> | undefined {
  if (runner === undefined) return undefined;
  const made = "create" in runner ? [managedPool(`${name}-pool`, runner, project, place, parent)] : [];
  const poolName = "create" in runner ? runner.create : runner.join;
  return azuredevops.getAgentQueueOutput({ projectId: project.id, name: poolName }, { parent, dependsOn: made }).id;
}

/** A Managed DevOps Pool whose machines are made for one job each, in a subnet from which the workspace is reached. */
function managedPool(
  name: string,
  runner: Extract<RunnerChoice, { create: string }>,
  project: Project,
  { organisation, group, location, tags, devCenter }: PoolPlace,
  parent: pulumi.Resource,
): devopsinfrastructure.Pool {
  const own = { resourceGroupName: group.name, location, tags };
  const center = new devcenter.DevCenter(`${name}-center`, { ...own, devCenterName: devCenter }, { parent });
  const within = new devcenter.Project(
    `${name}-center-project`,
    { ...own, projectName: devCenter, devCenterId: center.id },
    { parent },
  );
  return new devopsinfrastructure.Pool(
    name,
    {
      ...own,
      poolName: runner.create,
      devCenterProjectResourceId: within.id,
      // The lock of the environment lets no second run in.
      maximumConcurrency: 1,
      agentProfile: { kind: "Stateless" },
      organizationProfile: {
        kind: "AzureDevOps",
        organizations: [{ url: organisation, projects: [project.name], parallelism: 1, openAccess: false }],
        // Otherwise who administers all pools of the organisation would administer this one.
        permissionProfile: { kind: "CreatorOnly" },
      },
      fabricProfile: {
        kind: "Vmss",
        sku: { name: runner.vmSize },
        images: [{ wellKnownImageName: "ubuntu-24.04/latest" }],
        networkProfile: { subnetId: runner.subnet },
      },
    },
    { parent },
  );
}
