/** What an environment has in Azure, as its settings decide it. */
import { wayOut } from "../../config";
import type { Estate } from "../../facts/deployer";
import { groupId, networkOf } from "../../facts/ids";
import type { Names } from "../../names";
import type { StackConfig } from "../../schema";

export function estateOf(settings: StackConfig, names: Names): Estate {
  const way = wayOut(settings);
  const managed = way !== undefined && "managed" in way;
  const endpoints = settings["federated-mlops:ingress"] === "private";
  const { readers = [], firewall, dnsZones } = settings["federated-mlops:network"] ?? {};
  const orchestrator = settings["federated-mlops:orchestrator"];
  const silos = Object.values(settings["federated-mlops:silos"]);
  const alerts = settings["federated-mlops:alerts"];
  const joinedSubnets = [orchestrator, ...silos].flatMap(({ subnets }) => subnets ?? []);
  const pools = subnetsOfPools(settings["federated-mlops:gate"]);
  const networks =
    way === undefined || "joined" in way ? "none" : managed ? (endpoints ? "orchestrator" : "none") : "all";
  const existing = new Set(joinedSubnets.map(({ compute }) => networkOf(compute).toLowerCase()));
  return {
    group: names.groupId,
    silosGroup: groupId(settings["azure-native:subscriptionId"], names.silosGroup),
    networks,
    out: networks !== "all" ? undefined : way !== undefined && "nat" in way ? "nat" : "firewall",
    managed,
    endpoints,
    siloStores: silos.some(({ store }) => store === undefined),
    locks: settings["federated-mlops:environment"] === "production",
    alerts: alerts !== undefined,
    budget: alerts?.monthlyBudget !== undefined,
    submitter: settings["federated-mlops:pipelineRole"] === "submitter",
    pool: pools.length > 0,
    joined: {
      peers: networks === "none" ? [] : [...readers, ...(networks === "all" && firewall ? [firewall.network] : [])],
      linked: endpoints && dnsZones === undefined ? readers.filter((id) => !existing.has(id.toLowerCase())) : [],
      subnets: [...new Set([...joinedSubnets.flatMap(({ compute, endpoints }) => [compute, endpoints]), ...pools])],
      zones: endpoints ? dnsZones : undefined,
      logs: settings["federated-mlops:logs"]?.join,
      stores: silos.flatMap(({ store }) =>
        store === undefined ? [] : [{ id: store.join, endpoint: endpoints && !managed }],
      ),
    },
  };
}

/** The subnet in which a pool that is made has its machines. */
function subnetsOfPools(gate: StackConfig["federated-mlops:gate"]): string[] {
  const runner = gate.platform === "azureDevOps" && "runner" in gate ? gate.runner : undefined;
  return runner !== undefined && "subnet" in runner ? [runner.subnet] : [];
}
