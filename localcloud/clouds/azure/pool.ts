/** Managed DevOps Pools, and the dev center under which Azure keeps them. Texts are from memory where no source stands. */
import { findProject, queue } from "../azureDevOps/project";
import { type Behaviour, behaviour, type Refusal } from "../behaviour";
import {
  arm,
  type Child,
  defaults,
  described,
  error,
  groupMissing,
  inGroup,
  misnamed,
  type Placed,
  same,
  standsAlready,
  taken,
  type,
} from "./arm";
import { subnet } from "./network";

export const pool = type("devopsinfrastructure:Pool");
const devCenter = type("devcenter:DevCenter");
const devCenterProject = type("devcenter:Project");

type Organisation = { url: string; projects?: string[] };
type PoolInputs = Child<"poolName"> & {
  devCenterProjectResourceId?: string;
  fabricProfile?: { networkProfile?: { subnetId?: string } };
  organizationProfile?: { organizations?: Organisation[] };
};

const of = (what: string, arm: string): Refusal<Placed & Record<string, unknown>> => {
  return ({ operation, next, cloud }) =>
    operation !== "delete" && cloud.find(String(next[what]), arm) === undefined
      ? error("InvalidResourceReference", `The resource '${String(next[what])}' referenced by '${what}' was not found.`)
      : undefined;
};

/** https://learn.microsoft.com/azure/devops/managed-devops-pools/configure-networking */
const subnetUnfit: Refusal<PoolInputs> = ({ operation, next, cloud }) => {
  const id = next.fabricProfile?.networkProfile?.subnetId;
  if (operation === "delete" || id === undefined) return undefined;
  const [networkId = "", name = ""] = id.split(/\/subnets\//i);
  const network = cloud.organisation.networks.find((one) => same(one.id, networkId));
  const made = cloud.find(id, subnet);
  const foreign = network?.subnets?.find((one) => same(one.name, name));
  if (made === undefined && foreign === undefined) {
    return error("InvalidResourceReference", `The subnet '${id}' was not found.`);
  }
  const delegations = (made?.inputs["delegations"] ?? []) as { serviceName?: string }[];
  const service = foreign?.delegatedTo ?? delegations[0]?.serviceName;
  if (!same(service, "Microsoft.DevOpsInfrastructure/pools")) {
    return error("SubnetNotDelegated", `The subnet '${id}' is not delegated to Microsoft.DevOpsInfrastructure/pools.`);
  }
  return network !== undefined && !same(network.location, next.location)
    ? `Virtual network ${networkId.split("/").at(-1)} is in region ${network.location}, but pool ${next.poolName} is in region ${next.location}. These must be in the same region.`
    : undefined;
};

const projectUnknown: Refusal<PoolInputs> = ({ operation, next, cloud }) => {
  const organisations = next.organizationProfile?.organizations ?? [];
  const wrong = organisations.find(({ url }) => !same(url, cloud.organisation.azureDevOps.url));
  if (operation !== "delete" && wrong !== undefined) {
    return error("OrganizationNotFound", `The Azure DevOps organization ${wrong.url} was not found.`);
  }
  const missing = organisations
    .flatMap(({ projects = [] }) => projects)
    .find((name) => findProject(name, cloud) === undefined);
  return operation !== "delete" && missing !== undefined
    ? error("ProjectNotFound", `The project ${missing} was not found in the Azure DevOps organization.`)
    : undefined;
};

/** An ordinary resource in a group and a region. */
const ordinary = (armType: string, key: string) => ({
  id: inGroup(armType, key),
  defaults,
  replaces: [...arm(key), "location"],
  outputs: described(armType, key),
});

export const poolTypes: Readonly<Record<string, Behaviour>> = {
  [devCenter]: behaviour<Child<"devCenterName">>({
    ...ordinary("Microsoft.DevCenter/devcenters", "devCenterName"),
    requires: ["resourceGroupName"],
    refuses: [standsAlready, misnamed("devCenterName", /^[a-zA-Z0-9][a-zA-Z0-9-]{2,25}$/), groupMissing],
  }),
  [devCenterProject]: behaviour<Child<"projectName">>({
    ...ordinary("Microsoft.DevCenter/projects", "projectName"),
    requires: ["resourceGroupName"],
    refuses: [
      standsAlready,
      misnamed("projectName", /^[a-zA-Z0-9][a-zA-Z0-9-_.]{2,62}$/),
      groupMissing,
      of("devCenterId", devCenter),
    ],
  }),
  [pool]: behaviour<PoolInputs>({
    ...ordinary("Microsoft.DevOpsInfrastructure/pools", "poolName"),
    requires: [
      ...["agentProfile", "devCenterProjectResourceId", "fabricProfile", "maximumConcurrency"],
      ...["organizationProfile", "resourceGroupName"],
    ],
    refuses: [
      standsAlready,
      misnamed("poolName", /^[a-zA-Z0-9][a-zA-Z0-9-.]{1,42}[a-zA-Z0-9-]$/),
      groupMissing,
      taken("poolName", (name) => error("PoolNameNotAvailable", `The pool name ${name} is already taken.`)),
      of("devCenterProjectResourceId", devCenterProject),
      projectUnknown,
      subnetUnfit,
    ],
    // Azure DevOps knows it at once, in each of the projects.
    brings: ({ organizationProfile, poolName }, cloud) =>
      (organizationProfile?.organizations ?? [])
        .flatMap(({ projects = [] }) => projects)
        .flatMap((name) => findProject(name, cloud) ?? [])
        .map(({ id }) => ({ type: queue, inputs: { projectId: id, name: poolName } })),
  }),
};
