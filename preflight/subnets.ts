/** What Azure tells of existing subnets: they must be as closed as those that are made. */
import type { Config } from "../config";
import { nameOf, networkOf } from "../facts/ids";
import type { Problem } from "../problems";
import { look, type Resource, stands } from "./resourceManager";

type Party = Config["orchestrator"];
type Subnets = NonNullable<Party["subnets"]>;

/** Everything that is wrong with the subnets that parties join. */
export async function joinedSubnets(config: Config): Promise<Problem[]> {
  const parties: [Problem["path"], Party][] = [
    [["federated-mlops:orchestrator"], config.orchestrator],
    ...Object.entries(config.silos).map(([key, silo]): [Problem["path"], Party] => [
      ["federated-mlops:silos", key],
      silo,
    ]),
  ];
  const problems = await Promise.all(
    parties.map(async ([path, { location, subnets }]) =>
      subnets === undefined ? [] : subnetsOf(config, [...path, "subnets"], location, subnets),
    ),
  );
  return problems.flat();
}

async function subnetsOf(
  config: Config,
  path: Problem["path"],
  location: string,
  subnets: Subnets,
): Promise<Problem[]> {
  const inNetwork = networkOf(subnets.compute);
  const [network, compute, endpoints] = await Promise.all(
    [inNetwork, subnets.compute, subnets.endpoints].map((id) => look(config, id, "2024-05-01")),
  );
  const missing = [
    ...stands(config, [...path, "compute"], subnets.compute, compute),
    ...stands(config, [...path, "endpoints"], subnets.endpoints, endpoints),
    ...(compute === "missing" ? [] : stands(config, [...path, "compute"], inNetwork, network)),
  ];
  if (missing.length > 0) return missing;
  return [
    ...places(config, path, location, subnets, typeof network === "object" ? network.location : undefined),
    ...(typeof compute === "object" ? await doors(config, [...path, "compute"], subnets.compute, compute) : []),
  ];
}

function places(
  { stack }: Config,
  path: Problem["path"],
  location: string,
  subnets: Subnets,
  region: string | undefined,
): Problem[] {
  const fix = `name another subnet in Pulumi.${stack}.yaml`;
  const inNetwork = networkOf(subnets.compute);
  return [
    ...(region === undefined || region === location
      ? []
      : [
          {
            path: [...path, "compute"],
            got: `a subnet in ${region}`,
            needs: `a subnet in ${location}, the region of its cluster and endpoints`,
            fix,
          },
        ]),
    ...(networkOf(subnets.endpoints).toLowerCase() === inNetwork.toLowerCase()
      ? []
      : [
          {
            path: [...path, "endpoints"],
            got: subnets.endpoints,
            needs: `a subnet of ${nameOf(inNetwork)}, in which the nodes are`,
            fix,
          },
        ]),
  ];
}

/** Ways out of the subnet `id` other than the one that `egress` speaks of, and that one where it is missing. */
async function doors(
  config: Config,
  path: Problem["path"],
  id: string,
  { properties = {} }: Resource,
): Promise<Problem[]> {
  const { egress } = config;
  const referenced = (key: string) => (properties[key] as { id?: string } | undefined)?.id;
  const [group, table, nat] = ["networkSecurityGroup", "routeTable", "natGateway"].map(referenced);
  const edit = (what: string) => `az network vnet subnet update --ids ${id} ${what}`;
  const guarded = table !== undefined && (await leadsToAppliance(config, table));
  const filtered = egress === "approved" || (group !== undefined && (await deniesInternet(config, group)));
  return [
    ...(group === undefined
      ? [
          {
            path,
            got: "no network security group",
            needs: "one that allows what Azure ML needs and denies the Internet",
            fix: edit("--network-security-group <id>"),
          },
        ]
      : []),
    ...(group !== undefined && !filtered
      ? [
          {
            path,
            got: `the network security group ${nameOf(group)}, which lets out to the Internet`,
            needs:
              "an outbound rule that denies everything to the Internet, before any that allows it: without a firewall nothing else filters",
            fix: `az network nsg rule create --ids ${group}/securityRules/deny-internet --direction Outbound --access Deny --priority 4000 --destination-address-prefixes Internet --destination-port-ranges '*' --protocol '*'`,
          },
        ]
      : []),
    ...(properties["defaultOutboundAccess"] === false
      ? []
      : [
          {
            path,
            got: "Azure's own way out (defaultOutboundAccess)",
            needs: "none: it needs no rule and leaves no trace",
            fix: edit("--default-outbound-access false"),
          },
        ]),
    ...(egress === "approved" && (!guarded || nat !== undefined)
      ? [
          {
            path,
            got:
              nat !== undefined
                ? "a NAT gateway, which no firewall sees"
                : table === undefined
                  ? "no route out"
                  : `the route table ${nameOf(table)}, which does not lead everything to a firewall`,
            needs:
              "a route table with 0.0.0.0/0 to a virtual appliance, and no NAT gateway: approved egress is filtered by name",
            fix: edit(nat !== undefined ? "--remove natGateway" : "--route-table <id>"),
          },
        ]
      : []),
    ...(egress === "serviceTags" && !guarded && nat === undefined
      ? [
          {
            path,
            got: "no route out",
            needs:
              "a NAT gateway, or a route to a virtual appliance: a node without a public address cannot even start",
            fix: edit("--nat-gateway <id>"),
          },
        ]
      : []),
  ];
}

interface Nested<T> {
  readonly properties?: T;
}

/** Whether everything that leaves by the table `id` meets an appliance; no, where Azure does not show it. */
async function leadsToAppliance(config: Config, id: string): Promise<boolean> {
  const table = await look(config, id, "2024-05-01");
  if (typeof table !== "object") return false;
  type Route = Nested<{ readonly addressPrefix?: string; readonly nextHopType?: string }>;
  const routes = ((table.properties?.["routes"] ?? []) as readonly Route[]).map(({ properties = {} }) => properties);
  return (
    routes.some(
      ({ addressPrefix, nextHopType }) => addressPrefix === "0.0.0.0/0" && nextHopType === "VirtualAppliance",
    ) && routes.every(({ nextHopType }) => nextHopType !== "Internet")
  );
}

const everywhere = ["Internet", "*", "0.0.0.0/0"];

/** Whether the group denies the Internet all that it does not allow by a narrower name; no, where Azure does not show it. */
async function deniesInternet(config: Config, id: string): Promise<boolean> {
  const group = await look(config, id, "2024-05-01");
  if (typeof group !== "object") return false;
  type Rule = Nested<{
    readonly direction?: string;
    readonly access?: string;
    readonly priority?: number;
    readonly protocol?: string;
    readonly sourceAddressPrefix?: string;
    readonly destinationAddressPrefix?: string;
    readonly destinationAddressPrefixes?: readonly string[];
    readonly destinationPortRange?: string;
    readonly destinationPortRanges?: readonly string[];
  }>;
  const toEverywhere = ((group.properties?.["securityRules"] ?? []) as readonly Rule[])
    .flatMap(({ properties }) => properties ?? [])
    .filter(
      ({ direction, destinationAddressPrefix = "", destinationAddressPrefixes = [] }) =>
        direction === "Outbound" &&
        [destinationAddressPrefix, ...destinationAddressPrefixes].some((prefix) => everywhere.includes(prefix)),
    )
    .toSorted((one, other) => (one.priority ?? 0) - (other.priority ?? 0));
  const whole = toEverywhere.findIndex(
    ({ access, protocol, sourceAddressPrefix = "*", destinationPortRange, destinationPortRanges = [] }) =>
      access === "Deny" &&
      protocol === "*" &&
      sourceAddressPrefix === "*" &&
      [destinationPortRange, ...destinationPortRanges].some((range) => range === "*" || range === "0-65535"),
  );
  return whole >= 0 && toEverywhere.slice(0, whole).every(({ access }) => access === "Deny");
}
