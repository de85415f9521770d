/**
 * What Azure tells of the resources that the configuration joins or takes over, before anything is registered: that they
 * stand, where they must, and that what is not ours is closed as tightly as what is.
 */
import type { Config } from "../config";
import { kindTag } from "../facts/azure";
import { type Delegation, poolService, servesPools } from "../facts/azureDevOps";
import { nameOf, networkOf } from "../facts/ids";
import { zoneId, zones } from "../facts/zones";
import type { Problem } from "../problems";
import { adoptedWorkspace } from "./adoptedWorkspace";
import { look, stands } from "./resourceManager";
import { joinedSubnets } from "./subnets";

/** Everything that is wrong with what is joined or taken over. */
export async function existingResources(config: Config): Promise<Problem[]> {
  const found = await Promise.all([
    joinedGroups(config),
    joinedLogs(config),
    joinedZones(config),
    joinedSubnets(config),
    ...Object.keys(config.silos).map((key) => joinedStore(config, key)),
    adoptedWorkspace(config),
    poolSubnet(config),
  ]);
  return found.flat();
}

/** A pool's machines start only in a subnet that was given to them, in the pool's own region. */
async function poolSubnet(config: Config): Promise<Problem[]> {
  const { gate, location, stack } = config;
  if (gate.platform !== "azureDevOps") return [];
  const runner = gate.repository?.runner;
  if (runner === undefined || "join" in runner) return [];
  const path = ["federated-mlops:gate", "runner", "subnet"];
  const id = runner.subnet;
  const [subnet, network] = await Promise.all([id, networkOf(id)].map((one) => look(config, one, "2024-05-01")));
  const missing = stands(config, path, id, subnet);
  if (missing.length > 0 || typeof subnet !== "object") return missing;
  const delegations = (subnet.properties?.["delegations"] ?? []) as Delegation[];
  const region = typeof network === "object" ? network.location : undefined;
  return [
    ...(servesPools(delegations)
      ? []
      : [
          {
            path,
            got: `${nameOf(id)}, which is not given to pools`,
            needs: `a subnet that is delegated to ${poolService}, and nothing else in it`,
            fix: `its owner runs: az network vnet subnet update --ids ${id} --delegations ${poolService}`,
          },
        ]),
    ...(region === undefined || region === location
      ? []
      : [
          {
            path,
            got: `a subnet in ${region}`,
            needs: `a subnet in ${location}, where the pool is made`,
            fix: `name another subnet in Pulumi.${stack}.yaml`,
          },
        ]),
  ];
}

async function joinedGroups(config: Config): Promise<Problem[]> {
  const { joins, names, subscription } = config;
  const groups = [
    ...(joins.group ? [{ path: ["federated-mlops:resourceGroup", "join"], name: names.group }] : []),
    ...(joins.silosGroup ? [{ path: ["federated-mlops:silosGroup", "join"], name: names.silosGroup }] : []),
  ];
  const problems = await Promise.all(
    groups.map(async ({ path, name }) => {
      const id = `/subscriptions/${subscription}/resourceGroups/${name}`;
      return stands(config, path, name, await look(config, id, "2024-03-01"));
    }),
  );
  return problems.flat();
}

async function joinedLogs(config: Config): Promise<Problem[]> {
  const { joinedLogs: id } = config;
  if (id === undefined) return [];
  return stands(config, ["federated-mlops:logs", "join"], id, await look(config, id, "2023-09-01"));
}

async function joinedZones(config: Config): Promise<Problem[]> {
  const { dnsZones } = config;
  if (dnsZones === undefined) return [];
  const problems = await Promise.all(
    zones.map(async (zone) => {
      const id = zoneId(dnsZones, zone);
      return stands(config, ["federated-mlops:network", "dnsZones"], id, await look(config, id, "2024-06-01"));
    }),
  );
  return problems.flat();
}

/** A silo's joined store is not changed: in production an open one is refused, and each door named. */
async function joinedStore(config: Config, key: string): Promise<Problem[]> {
  const { silos, stack, ingress } = config;
  const id = silos[key]?.store?.join;
  if (id === undefined) return [];
  const path = ["federated-mlops:silos", key, "store", "join"];
  const store = await look(config, id, "2024-01-01");
  const container = await look(config, `${id}/blobServices/default/containers/${silos[key]?.container}`, "2024-01-01");
  const missing = [
    ...stands(config, path, id, store),
    ...(store === "missing"
      ? []
      : stands(config, ["federated-mlops:silos", key, "container"], silos[key]?.container ?? "", container)),
  ];
  if (missing.length > 0 || typeof store !== "object") return missing;

  const kind = store.tags?.[kindTag];
  if (kind !== undefined) {
    return [
      {
        path,
        got: nameOf(id),
        needs: `a store that belongs to no environment; this one was made for ${kind}`,
        fix: `take store out of ${key}, or name another one in Pulumi.${stack}.yaml`,
      },
    ];
  }
  const of = store.properties ?? {};
  const acls = (of["networkAcls"] ?? {}) as { defaultAction?: string } & Record<string, unknown[] | undefined>;
  const letsIn = ["ipRules", "virtualNetworkRules", "resourceAccessRules"].some(
    (list) => (acls[list] ?? []).length > 0,
  );
  const doors = [
    of["allowSharedKeyAccess"] === false ? [] : ["account keys", "--allow-shared-key-access false"],
    of["allowBlobPublicAccess"] === false ? [] : ["anonymous readers", "--allow-blob-public-access false"],
    of["supportsHttpsTrafficOnly"] === false ? ["plain HTTP", "--https-only true"] : [],
    of["minimumTlsVersion"] === "TLS1_2" || of["minimumTlsVersion"] === "TLS1_3"
      ? []
      : ["old TLS", "--min-tls-version TLS1_2"],
    of["isSftpEnabled"] === true ? ["SFTP", "--enable-sftp false"] : [],
    ingress === "private" && of["publicNetworkAccess"] !== "Disabled" && (acls.defaultAction !== "Deny" || letsIn)
      ? ["networks that it lists, or all", "--public-network-access Disabled"]
      : [],
  ].filter((door) => door.length > 0);
  if (doors.length === 0) return [];
  return [
    {
      path,
      got: `${nameOf(id)}, which is open to ${doors.map(([door]) => door).join(", ")}`,
      needs: "a store that opens to Entra identities alone, as the program's own do",
      fix: `its owner runs: az storage account update --ids ${id} ${doors.map(([, option]) => option).join(" ")}`,
    },
  ];
}
