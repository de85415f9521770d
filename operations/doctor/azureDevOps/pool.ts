import type { Clouds } from "../../../clients/clouds";
import { type Delegation, poolService, servesPools } from "../../../facts/azureDevOps";
import { nameOf, networkOf, resourceId } from "../../../facts/ids";
import { type Check, type Finding, later, well, wrong } from "../check";
import { placeOf, letIn, projectIn, version } from "./place";
import type { Subject } from "../subject";

/** Whether the pool that reaches the private network is there, or has a subnet in which its machines can start. */
export const pool: Check = {
  name: "agent pool",
  needs: (subject) => {
    const { gate } = subject;
    const runner = gate.platform === "azureDevOps" ? gate.repository?.runner : undefined;
    return runner !== undefined && "create" in runner
      ? `give the deployer Reader on ${networkOf(runner.subnet)}`
      : letIn(subject);
  },
  run: async (subject, clouds) => {
    const place = placeOf(subject, clouds);
    const runner = place?.gate.repository?.runner;
    if (place === undefined || runner === undefined) return [];
    if ("create" in runner) {
      const id = resourceId(subject.subscription, subject.names.group, poolService, runner.create);
      return (await clouds.azure.get(`${id}?api-version=2025-01-21`)) === "missing"
        ? subnetFit(runner.subnet, subject, clouds)
        : [well(`${runner.create} stands`)];
    }
    const project = await projectIn(place, place.projectName);
    if (project === "missing") return [later(`that ${place.projectName}, which is not made yet, has ${runner.join}`)];
    const path = `/${project.id}/_apis/distributedtask/queues?queueName=${encodeURIComponent(runner.join)}&${version}`;
    const queues = await place.organisation.list<{ name: string }>(path);
    const stands = queues !== "missing" && queues.some(({ name }) => name.toLowerCase() === runner.join.toLowerCase());
    if (stands) return [well(`${place.projectName} has ${runner.join}`)];
    const fix = `${place.gate.organisation}/${project.name}/_settings/agentqueues: add the pool; or correct its name in Pulumi.${subject.stack}.yaml`;
    return [wrong(`The project ${project.name} has no agent pool ${runner.join}.`, fix)];
  },
};

/** https://learn.microsoft.com/azure/devops/managed-devops-pools/configure-networking */
async function subnetFit(subnet: string, { settings, stack }: Subject, { azure }: Clouds): Promise<Finding[]> {
  type Subnet = { properties?: { delegations?: Delegation[] } };
  const inNetwork = networkOf(subnet);
  const [found, network] = await Promise.all([
    azure.get<Subnet>(`${subnet}?api-version=2024-05-01`),
    azure.get<{ location: string }>(`${inNetwork}?api-version=2024-05-01`),
  ]);
  if (found === "missing" || network === "missing") {
    return [wrong(`${subnet} does not exist.`, `make it, or correct it in Pulumi.${stack}.yaml`)];
  }
  const region = settings["azure-native:location"];
  const problems = [
    ...(servesPools(found.properties?.delegations ?? [])
      ? []
      : [
          wrong(
            `The subnet ${nameOf(subnet)} is not delegated to ${poolService}.`,
            `its owner runs: az network vnet subnet update --ids ${subnet} --delegations ${poolService}`,
          ),
        ]),
    ...(network.location === region
      ? []
      : [
          wrong(
            `The subnet ${nameOf(subnet)} is in ${network.location}, and the pool would be in ${region}.`,
            `name a subnet in ${region} in Pulumi.${stack}.yaml`,
          ),
        ]),
  ];
  // Whoever deploys may seldom read who has rights on somebody else's network.
  const yet = later(
    `that the service principal DevOpsInfrastructure may join ${nameOf(inNetwork)}: its owner gives it Reader and Network Contributor there`,
  );
  return problems.length > 0 ? [...problems, yet] : [well(`${nameOf(subnet)} is delegated to it`), yet];
}
