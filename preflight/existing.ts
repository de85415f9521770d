/**
 * What Azure tells of the resources that the configuration joins or takes over, before anything is registered: that they
 * stand, where they must, and that what is not ours is closed as tightly as what is.
 */
import type { Config } from "../config";
import { kindTag } from "../facts/azure";
import { networkOf, nameOf } from "../facts/ids";
import { zoneId, zones } from "../facts/zones";
import type { Problem } from "../problems";
import { ask } from "./resourceManager";

interface SecurityRule {
  readonly properties?: {
    readonly direction?: string;
    readonly access?: string;
    readonly destinationAddressPrefix?: string;
  };
}

interface Resource {
  readonly id: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly identity?: { readonly type?: string };
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** A resource of `id`, `missing`, or undefined where Azure does not say. */
function look(config: Config, id: string, apiVersion: string): Promise<Resource | "missing" | undefined> {
  return ask<Resource>(config, {
    path: `${id}?api-version=${apiVersion}`,
    question: `about ${id}`,
    right: "read on it",
  });
}

/** Everything that is wrong with what is joined or taken over. */
export async function existingResources(config: Config): Promise<Problem[]> {
  const found = await Promise.all([
    joinedGroups(config),
    joinedLogs(config),
    joinedZones(config),
    ...partiesOf(config).map(([path, party]) => joinedSubnets(config, path, party)),
    ...Object.keys(config.silos).map((key) => joinedStore(config, key)),
    adoptedWorkspace(config),
  ]);
  return found.flat();
}

function stands(path: Problem["path"], id: string, found: unknown, stack: string): Problem[] {
  if (found !== "missing") return [];
  return [
    {
      path,
      got: id,
      needs: "a resource that exists; Azure does not know this one",
      fix: `correct it in Pulumi.${stack}.yaml, or make it first`,
    },
  ];
}

async function joinedGroups(config: Config): Promise<Problem[]> {
  const { joins, names, subscription, stack } = config;
  const groups = [
    ...(joins.group ? [{ path: ["federated-mlops:resourceGroup", "join"], name: names.group }] : []),
    ...(joins.silosGroup ? [{ path: ["federated-mlops:silosGroup", "join"], name: names.silosGroup }] : []),
  ];
  const problems = await Promise.all(
    groups.map(async ({ path, name }) => {
      const id = `/subscriptions/${subscription}/resourceGroups/${name}`;
      return stands(path, name, await look(config, id, "2024-03-01"), stack);
    }),
  );
  return problems.flat();
}

async function joinedLogs(config: Config): Promise<Problem[]> {
  const { joinedLogs: id, stack } = config;
  if (id === undefined) return [];
  return stands(["federated-mlops:logs", "join"], id, await look(config, id, "2023-09-01"), stack);
}

async function joinedZones(config: Config): Promise<Problem[]> {
  const { dnsZones, stack } = config;
  if (dnsZones === undefined) return [];
  const problems = await Promise.all(
    zones.map(async (zone) => {
      const id = zoneId(dnsZones, zone);
      return stands(["federated-mlops:network", "dnsZones"], id, await look(config, id, "2024-06-01"), stack);
    }),
  );
  return problems.flat();
}

type Party = Config["orchestrator"];

function partiesOf({ orchestrator, silos }: Config): [Problem["path"], Party][] {
  return [
    [["federated-mlops:orchestrator"], orchestrator],
    ...Object.entries(silos).map(([key, silo]): [Problem["path"], Party] => [["federated-mlops:silos", key], silo]),
  ];
}

/** Existing subnets must be as closed as those that are made: no way out but the one that their owner watches. */
async function joinedSubnets(config: Config, party: Problem["path"], { location, subnets }: Party): Promise<Problem[]> {
  if (subnets === undefined) return [];
  const { stack, egress } = config;
  const at = (key: string) => [...party, "subnets", key];
  const inNetwork = networkOf(subnets.compute);
  const [network, compute, endpoints] = await Promise.all(
    [inNetwork, subnets.compute, subnets.endpoints].map((id) => look(config, id, "2024-05-01")),
  );
  const missing = [
    ...stands(at("compute"), subnets.compute, compute, stack),
    ...stands(at("endpoints"), subnets.endpoints, endpoints, stack),
  ];
  if (missing.length > 0) return missing;

  const problem = (key: string, got: string, needs: string, fix: string): Problem => ({
    path: at(key),
    got,
    needs,
    fix,
  });
  const of = typeof compute === "object" ? (compute.properties ?? {}) : undefined;
  const region = typeof network === "object" ? network.location : undefined;
  const group = (of?.["networkSecurityGroup"] as { id?: string } | undefined)?.id;
  const edit = (what: string) => `az network vnet subnet update --ids ${subnets.compute} ${what}`;
  return [
    ...(region !== undefined && region !== location
      ? [
          problem(
            "compute",
            `a subnet in ${region}`,
            `a subnet in ${location}, the region of its cluster and endpoints`,
            `name another subnet in Pulumi.${stack}.yaml`,
          ),
        ]
      : []),
    ...(networkOf(subnets.endpoints).toLowerCase() === inNetwork.toLowerCase()
      ? []
      : [
          problem(
            "endpoints",
            subnets.endpoints,
            `a subnet of ${nameOf(inNetwork)}, in which the nodes are`,
            `name another subnet in Pulumi.${stack}.yaml`,
          ),
        ]),
    ...(of !== undefined && group === undefined
      ? [
          problem(
            "compute",
            "no network security group",
            "one that allows what Azure ML needs and denies the Internet",
            edit("--network-security-group <id>"),
          ),
        ]
      : []),
    ...(group !== undefined && egress === "serviceTags" && !(await deniesInternet(config, group))
      ? [
          problem(
            "compute",
            `the network security group ${nameOf(group)}, which lets out to the Internet`,
            "an outbound rule that denies the Internet: without a firewall nothing else filters",
            `az network nsg rule create --ids ${group}/securityRules/deny-internet --direction Outbound --access Deny --priority 4000 --destination-address-prefixes Internet --destination-port-ranges '*' --protocol '*'`,
          ),
        ]
      : []),
    ...(of !== undefined && of["defaultOutboundAccess"] !== false
      ? [
          problem(
            "compute",
            "Azure's own way out (defaultOutboundAccess)",
            "none: it needs no rule and leaves no trace",
            edit("--default-outbound-access false"),
          ),
        ]
      : []),
    ...(of !== undefined && of["routeTable"] === undefined && (egress === "approved" || of["natGateway"] === undefined)
      ? [
          problem(
            "compute",
            "no route out",
            egress === "approved"
              ? "a route table that leads to a firewall: approved egress is filtered by name"
              : "a route table or a NAT gateway: a node without a public address cannot even start",
            edit(egress === "approved" ? "--route-table <id>" : "--nat-gateway <id>"),
          ),
        ]
      : []),
  ];
}

/** Whether the group denies what it does not allow; true where Azure does not say. */
async function deniesInternet(config: Config, id: string): Promise<boolean> {
  const group = await look(config, id, "2024-05-01");
  if (typeof group !== "object") return true;
  const rules = (group.properties?.["securityRules"] ?? []) as readonly SecurityRule[];
  return rules.some(
    ({ properties: { direction, access, destinationAddressPrefix = "" } = {} }) =>
      direction === "Outbound" &&
      access === "Deny" &&
      ["Internet", "*", "0.0.0.0/0"].includes(destinationAddressPrefix),
  );
}

/** A silo's joined store is not changed: in production an open one is refused, and each door named. */
async function joinedStore(config: Config, key: string): Promise<Problem[]> {
  const { silos, stack, environment, ingress } = config;
  const id = silos[key]?.store?.join;
  if (id === undefined) return [];
  const path = ["federated-mlops:silos", key, "store", "join"];
  const store = await look(config, id, "2024-01-01");
  const container = await look(config, `${id}/blobServices/default/containers/${silos[key]?.container}`, "2024-01-01");
  const missing = [
    ...stands(path, id, store, stack),
    ...(store === "missing"
      ? []
      : stands(["federated-mlops:silos", key, "container"], silos[key]?.container ?? "", container, stack)),
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
  if (environment === "development") return [];
  const of = store.properties ?? {};
  const acls = (of["networkAcls"] ?? {}) as { defaultAction?: string };
  const doors = [
    of["allowSharedKeyAccess"] === false ? [] : ["account keys", "--allow-shared-key-access false"],
    of["allowBlobPublicAccess"] === false ? [] : ["anonymous readers", "--allow-blob-public-access false"],
    of["supportsHttpsTrafficOnly"] === false ? ["plain HTTP", "--https-only true"] : [],
    of["minimumTlsVersion"] === "TLS1_2" || of["minimumTlsVersion"] === "TLS1_3"
      ? []
      : ["old TLS", "--min-tls-version TLS1_2"],
    of["isSftpEnabled"] === true ? ["SFTP", "--enable-sftp false"] : [],
    ingress === "private" && of["publicNetworkAccess"] !== "Disabled" && acls.defaultAction !== "Deny"
      ? ["every network", "--public-network-access Disabled"]
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

/** What is taken over must stand in the workspace's region, belong to that workspace, and have the identity that was told. */
async function adoptedWorkspace(config: Config): Promise<Problem[]> {
  const { adopts, names, location, stack } = config;
  if (adopts === undefined) return [];
  const adopt = "federated-mlops:adopt";
  const parts = [
    { key: "workspace", id: names.workspaceId, api: "2024-10-01", of: undefined },
    { key: "store", id: names.storeId, api: "2024-01-01", of: "storageAccount" },
    { key: "vault", id: names.vaultId, api: "2024-11-01", of: "keyVault" },
    { key: "insights", id: names.insightsId, api: "2020-02-02", of: "applicationInsights" },
    ...(adopts.registry
      ? [{ key: "registry", id: names.registryId, api: "2023-07-01", of: "containerRegistry" } as const]
      : []),
  ] as const;
  const found = await Promise.all(parts.map(({ id, api }) => look(config, id, api)));
  const [workspace] = found;
  const own = typeof workspace === "object" ? (workspace.properties ?? {}) : undefined;

  const single = parts.flatMap(({ key, id, of }, index): Problem[] => {
    const one = found[index];
    const path = [adopt, key];
    if (one === "missing") return stands(path, id, one, stack);
    if (typeof one === "object" && one.location !== undefined && one.location !== location) {
      return [
        {
          path,
          got: `${nameOf(id)} in ${one.location}`,
          needs: `a resource in ${location}: to move one, Azure makes it anew`,
          fix: `pulumi config set azure-native:location ${one.location} --stack ${stack}, if all of them are there`,
        },
      ];
    }
    const leansOn = of && own?.[of];
    if (of === undefined || own === undefined) return [];
    if (typeof leansOn === "string" && leansOn.toLowerCase() === id.toLowerCase()) return [];
    return [
      {
        path,
        got: nameOf(id),
        needs: `what the workspace leans on: ${typeof leansOn === "string" ? nameOf(leansOn) : "nothing yet"}`,
        fix: `write that name in Pulumi.${stack}.yaml`,
      },
    ];
  });
  return [...single, ...identityAsTold(config, workspace), ...registryAsTold(config, own)];
}

function registryAsTold({ adopts, names, stack }: Config, own: Resource["properties"]): Problem[] {
  const registry = own?.["containerRegistry"];
  if (adopts?.registry !== false || typeof registry !== "string") return [];
  // The one that it got here.
  if (registry.toLowerCase() === names.registryId.toLowerCase()) return [];
  return [
    {
      path: ["federated-mlops:adopt", "registry"],
      got: "none",
      needs: `${nameOf(registry)}, the workspace's registry: images of earlier runs are there`,
      fix: `pulumi config set --path federated-mlops:adopt.registry ${nameOf(registry)} --stack ${stack}`,
    },
  ];
}

function identityAsTold({ adopts, stack }: Config, workspace: Resource | "missing" | undefined): Problem[] {
  if (adopts === undefined || typeof workspace !== "object" || workspace.identity?.type === undefined) return [];
  const system = workspace.identity.type.includes("SystemAssigned");
  if (system === adopts.systemIdentity) return [];
  return [
    {
      path: ["federated-mlops:adopt", "systemIdentity"],
      got: String(adopts.systemIdentity),
      needs: system
        ? "true: the workspace has a system-assigned identity, and Azure does not take it away again"
        : "false: the workspace has no system-assigned identity, and with one Azure would give it a role on the group",
      fix: `pulumi config set --path federated-mlops:adopt.systemIdentity ${system} --stack ${stack}`,
    },
  ];
}
