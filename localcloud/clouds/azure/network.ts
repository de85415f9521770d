/**
 * Networks, private endpoints and their names: what leans on what, and why Azure refuses. Texts are from the issue that
 * stands beside them; where none does, codes and rules are from memory.
 */
import type { Row } from "../../store";
import type { Bag, Cloud, Refusal } from "../behaviour";
import {
  type Child,
  compute,
  error,
  inGroup,
  last,
  type Placed,
  registry,
  same,
  storageAccount,
  type,
  vault,
} from "./arm";

export const virtualNetwork = type("network:VirtualNetwork");
export const subnet = type("network:Subnet");
export const securityGroup = type("network:NetworkSecurityGroup");
export const peering = type("network:VirtualNetworkPeering");
export const natGateway = type("network:NatGateway");
export const publicAddress = type("network:PublicIPAddress");
export const routeTable = type("network:RouteTable");
export const privateEndpoint = type("network:PrivateEndpoint");
export const zoneGroup = type("network:PrivateDnsZoneGroup");
export const privateZone = type("privatedns:PrivateZone");
export const zoneLink = type("privatedns:VirtualNetworkLink");

type Reference = { id?: string };
type InNetwork = Child<"virtualNetworkName">;

export type NetworkInputs = InNetwork & { addressSpace?: { addressPrefixes?: string[] } };
export type SubnetInputs = InNetwork & {
  subnetName: string;
  addressPrefix?: string;
  addressPrefixes?: string[];
  networkSecurityGroup?: Reference;
  routeTable?: Reference;
  natGateway?: Reference;
  defaultOutboundAccess?: boolean;
};
export type PeeringInputs = InNetwork & { virtualNetworkPeeringName: string; remoteVirtualNetwork?: Reference };
export type GatewayInputs = Child<"natGatewayName"> & { publicIpAddresses?: Reference[] };
export type SecurityRule = {
  name?: string;
  priority: number;
  direction: string;
  access: string;
  destinationAddressPrefix?: string;
  destinationAddressPrefixes?: string[];
} & Bag;
export type SecurityGroupInputs = Child<"networkSecurityGroupName"> & { securityRules?: SecurityRule[] };
type Connection = { privateLinkServiceId?: string; groupIds?: string[] };
export type EndpointInputs = Child<"privateEndpointName"> & {
  subnet?: Reference;
  privateLinkServiceConnections?: Connection[];
  manualPrivateLinkServiceConnections?: Connection[];
};
export type ZoneGroupInputs = Child<"privateEndpointName"> & {
  privateDnsZoneGroupName: string;
  privateDnsZoneConfigs?: { privateDnsZoneId?: string }[];
};
export type LinkInputs = Child<"privateZoneName"> & { virtualNetworkLinkName: string; virtualNetwork?: Reference };

export const networkId = (inputs: InNetwork, cloud: Cloud) =>
  inGroup("Microsoft.Network/virtualNetworks", "virtualNetworkName")(inputs, cloud);
export const endpointId = (inputs: Child<"privateEndpointName">, cloud: Cloud) =>
  inGroup("Microsoft.Network/privateEndpoints", "privateEndpointName")(inputs, cloud);
export const zoneId = (inputs: Child<"privateZoneName">, cloud: Cloud) =>
  inGroup("Microsoft.Network/privateDnsZones", "privateZoneName")(inputs, cloud);

/** A range of addresses as numbers, or undefined where it is none. */
function range(prefix: string): { from: number; to: number; aligned: string } | undefined {
  const [, address, length] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(prefix) ?? [];
  const bytes = (address ?? "").split(".").map(Number);
  if (address === undefined || Number(length) > 32 || bytes.some((byte) => byte > 255)) return undefined;
  const size = 2 ** (32 - Number(length));
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const from = number - (number % size);
  const dotted = [24, 16, 8, 0].map((shift) => Math.floor(from / 2 ** shift) % 256).join(".");
  return { from, to: from + size - 1, aligned: `${dotted}/${length}` };
}

function overlap(left: string, right: string): boolean {
  const [a, b] = [range(left), range(right)];
  return a !== undefined && b !== undefined && a.from <= b.to && b.from <= a.to;
}

const prefixesOf = (inputs: Bag): string[] => {
  const { addressSpace, addressPrefix, addressPrefixes } = inputs as Partial<NetworkInputs & SubnetInputs>;
  return [
    ...(addressSpace?.addressPrefixes ?? []),
    ...(addressPrefix === undefined ? [] : [addressPrefix]),
    ...(addressPrefixes ?? []),
  ];
};

/** A network that stands, or that the organisation had before. */
function networkAt(id: string, cloud: Cloud): { location: string; prefixes: readonly string[] } | undefined {
  const row = cloud.find(id, virtualNetwork);
  if (row !== undefined) return { location: String(row.inputs["location"]), prefixes: prefixesOf(row.inputs) };
  return cloud.organisation.networks.find((network) => same(network.id, id));
}

/** Region of something that stands; the subnets of a network that the organisation had before are taken on trust. */
export function regionOf(id: string, cloud: Cloud): string | undefined {
  const network = /^(.+\/virtualNetworks\/[^/]+)\/subnets\/[^/]+$/i.exec(id)?.[1];
  if (network === undefined) return cloud.find(id)?.inputs["location"] as string | undefined;
  const made = cloud.find(network, virtualNetwork) !== undefined;
  return made && cloud.find(id, subnet) === undefined ? undefined : networkAt(network, cloud)?.location;
}

const unresolved = (id: string, by: string) =>
  error(
    "InvalidResourceReference",
    `Resource ${id} referenced by resource ${by} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
  );

/** https://github.com/microsoft/MCW-Building-a-resilient-IaaS-architecture/issues/35: one text for absent and for elsewhere. */
export const referenceMissing =
  <I extends Bag>(
    references: (inputs: I) => (string | undefined)[],
    region: (inputs: I, cloud: Cloud) => string | undefined,
  ): Refusal<I> =>
  ({ operation, next, cloud, id }) => {
    if (operation === "delete") return undefined;
    const home = region(next, cloud);
    const missing = references(next).find((wanted) => wanted !== undefined && !same(regionOf(wanted, cloud), home));
    return missing === undefined ? undefined : unresolved(missing, id);
  };

const subnetUses = (inputs: SubnetInputs) => [
  inputs.networkSecurityGroup?.id,
  inputs.routeTable?.id,
  inputs.natGateway?.id,
];
const gatewayUses = (inputs: GatewayInputs) => (inputs.publicIpAddresses ?? []).map(({ id }) => id);

export const subnetReferenceMissing = referenceMissing<SubnetInputs>(
  subnetUses,
  (inputs, cloud) => networkAt(networkId(inputs, cloud), cloud)?.location,
);
export const addressMissing = referenceMissing<GatewayInputs>(gatewayUses, ({ location }) => location);
export const endpointSubnetMissing = referenceMissing<EndpointInputs>(
  ({ subnet }) => [subnet?.id ?? "(no subnet)"],
  ({ location }) => location,
);

export const prefixInvalid: Refusal = ({ operation, next, id }) => {
  const wrong =
    operation === "delete" ? undefined : prefixesOf(next).find((prefix) => range(prefix)?.aligned !== prefix);
  if (wrong === undefined) return undefined;
  const aligned = range(wrong)?.aligned;
  return aligned === undefined
    ? error(
        "InvalidAddressPrefixFormat",
        `Address prefix ${wrong} of resource ${id} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`,
      )
    : error(
        "InvalidCIDRNotation",
        `The address prefix ${wrong} in resource ${id} has an invalid CIDR notation. For the given prefix length, the address prefix should be ${aligned}.`,
      );
};

/** MicrosoftDocs/azure-docs#123869 */
export const outsideNetwork: Refusal<SubnetInputs> = ({ operation, next, cloud }) => {
  const network = networkAt(networkId(next, cloud), cloud);
  if (operation === "delete" || network === undefined) return undefined;
  const outside = prefixesOf(next)
    .map(range)
    .some(
      (wanted) =>
        wanted !== undefined &&
        !network.prefixes.map(range).some((whole) => whole && whole.from <= wanted.from && wanted.to <= whole.to),
    );
  return outside
    ? error(
        "NetcfgSubnetRangeOutsideVnet",
        `Subnet '${next.subnetName}' is not valid because its IP address range is outside the IP address range of virtual network '${next.virtualNetworkName}'.`,
      )
    : undefined;
};

/** MicrosoftDocs/azure-docs#123869 */
export const subnetsOverlap: Refusal<SubnetInputs> = ({ operation, next, cloud, id }) => {
  if (operation === "delete") return undefined;
  const taken = cloud
    .below(subnet, networkId(next, cloud))
    .filter((row) => !same(row.id, id))
    .flatMap(({ inputs }) => prefixesOf(inputs));
  return prefixesOf(next).some((wanted) => taken.some((other) => overlap(wanted, other)))
    ? error(
        "NetcfgSubnetRangesOverlap",
        `Subnet '${next.subnetName}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${next.virtualNetworkName}'.`,
      )
    : undefined;
};

/** https://github.com/hashicorp/terraform-provider-azurerm/issues/11137 */
export const rulesConflict: Refusal<SecurityGroupInputs> = ({ operation, next }) => {
  const rules = operation === "delete" ? [] : (next.securityRules ?? []);
  for (const [index, rule] of rules.entries()) {
    const twin = rules
      .slice(0, index)
      .find((other) => other.priority === rule.priority && same(other.direction, rule.direction));
    if (twin !== undefined) {
      return error(
        "SecurityRuleConflict",
        `Security rule ${twin.name} conflicts with rule ${rule.name}. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.`,
      );
    }
  }
  return undefined;
};

/** https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource: basic addresses do not fit. */
export const addressNotStandard: Refusal<GatewayInputs> = ({ operation, next, cloud }) => {
  const basic = gatewayUses(next)
    .map((id) => (id === undefined ? undefined : cloud.find(id, publicAddress)))
    .find((row) => row !== undefined && (row.inputs["sku"] as { name?: string } | undefined)?.name !== "Standard");
  return operation === "delete" || basic === undefined
    ? undefined
    : error(
        "NatGatewayPublicIPAddressSkuMismatch",
        `Public IP address ${basic.id} cannot be attached to a NAT gateway: its SKU is not Standard.`,
      );
};

export const remoteMissing: Refusal<PeeringInputs> = ({ operation, next, cloud, id }) => {
  const remote = next.remoteVirtualNetwork?.id ?? "(no network)";
  return operation === "delete" || networkAt(remote, cloud) !== undefined ? undefined : unresolved(remote, id);
};

const cannotPeer = (id: string) => `Cannot create or update peering ${id}. Virtual networks`;

/** https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview */
export const peersOverlap: Refusal<PeeringInputs> = ({ operation, next, cloud, id }) => {
  const [own, other] = [networkId(next, cloud), next.remoteVirtualNetwork?.id ?? ""];
  const shared = sharedPrefixes(own, other, cloud);
  return operation === "delete" || shared.length === 0
    ? undefined
    : error(
        "VnetAddressSpacesOverlap",
        `${cannotPeer(id)} ${own} and ${other} cannot be peered because their address spaces overlap. Overlapping address prefixes: ${shared.join(", ")}.`,
      );
};

/** https://github.com/microsoft/AzureTRE/issues/4641: two networks that one hub is peered with. */
export const neighbourOverlaps: Refusal<PeeringInputs> = ({ operation, next, cloud, id }) => {
  const [own, hub] = [networkId(next, cloud), next.remoteVirtualNetwork?.id ?? ""];
  if (operation === "delete") return undefined;
  const neighbours = [
    ...cloud.below(peering, hub).map(remoteOf),
    ...cloud.having(peering, "inputs", "$.remoteVirtualNetwork.id", hub).map(homeOf),
  ];
  const clash = neighbours.find((other) => !same(other, own) && sharedPrefixes(own, other, cloud).length > 0);
  return clash === undefined
    ? undefined
    : error(
        "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
        `${cannotPeer(id)} ${own} and ${hub} cannot be peered because address space of the first virtual network overlaps with address space of virtual network ${clash} already peered with the second virtual network. Overlapping address prefixes: ${sharedPrefixes(own, clash, cloud).join(", ")}.`,
      );
};

export const peeredAlready: Refusal<PeeringInputs> = ({ operation, next, cloud, id }) => {
  const remote = next.remoteVirtualNetwork?.id;
  const twin = cloud
    .below(peering, networkId(next, cloud))
    .find((row) => !same(row.id, id) && same(remoteOf(row), remote));
  return operation === "delete" || twin === undefined
    ? undefined
    : error(
        "AnotherPeeringAlreadyReferencesRemoteVnet",
        `Peering ${twin.id} already references remote virtual network ${remote}. Cannot add another peering ${id} referencing the same remote virtual network.`,
      );
};

/** The provider would change it in place, which Azure does not: only a new peering leads elsewhere. */
export const remoteChanged: Refusal<PeeringInputs> = ({ operation, next, now }) =>
  operation !== "delete" && now !== undefined && !same(remoteOf(now), next.remoteVirtualNetwork?.id)
    ? error("BadRequest", `The remote virtual network of peering ${now.id} cannot be changed.`)
    : undefined;

const homeOf = ({ id }: Row) => id.split("/virtualNetworkPeerings/")[0] ?? "";
const remoteOf = ({ inputs }: Row) => (inputs as PeeringInputs).remoteVirtualNetwork?.id ?? "";

function sharedPrefixes(left: string, right: string, cloud: Cloud): string[] {
  const others = networkAt(right, cloud)?.prefixes ?? [];
  return (networkAt(left, cloud)?.prefixes ?? []).filter((prefix) => others.some((other) => overlap(prefix, other)));
}

/** What holds on to what: nothing can be deleted from under it. */
const users: Readonly<Record<string, (inputs: Bag) => (string | undefined)[]>> = {
  [subnet]: (inputs) => subnetUses(inputs as SubnetInputs),
  [natGateway]: (inputs) => gatewayUses(inputs as GatewayInputs),
  [privateEndpoint]: (inputs) => [(inputs as EndpointInputs).subnet?.id],
  [compute]: (inputs) => [
    (inputs as { properties?: { properties?: { subnet?: Reference } } }).properties?.properties?.subnet?.id,
  ],
};

/** https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet#delete-a-subnet */
export const inUse: Refusal = ({ operation, id, type: what, cloud }) => {
  if (operation !== "delete") return undefined;
  const below = (other: string) => other.toLowerCase().startsWith(`${id}/`.toLowerCase());
  for (const [kind, uses] of Object.entries(users)) {
    const user = cloud
      .all(kind)
      .find((row) => !below(row.id) && uses(row.inputs).some((used) => used && (same(used, id) || below(used))));
    if (user !== undefined) {
      const noun = what.split(":").at(-1) ?? "Resource";
      return error(`InUse${noun}CannotBeDeleted`, `${noun} ${last(id)} is in use by ${user.id} and cannot be deleted.`);
    }
  }
  return undefined;
};

/** Sub-resources by target. https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource */
const linkGroups: Readonly<Record<string, readonly string[]>> = {
  [type("machinelearningservices:Workspace")]: ["amlworkspace"],
  [storageAccount]: ["blob", "file", "queue", "table", "dfs"],
  [vault]: ["vault"],
  [registry]: ["registry"],
};

/** The sub-resources that a private endpoint of this resource can have. */
export const groupsOf = (row: Row | undefined) => (row === undefined ? [] : (linkGroups[row.type] ?? []));

export const connectionsOf = (inputs: Bag): Connection[] => {
  const { privateLinkServiceConnections: own = [], manualPrivateLinkServiceConnections: manual = [] } =
    inputs as EndpointInputs;
  return [...own, ...manual];
};

const targetOf = (connection: Connection, cloud: Cloud) => cloud.find(connection.privateLinkServiceId ?? "");

/** As the network provider passes on what the target's own provider says. hashicorp/terraform-provider-azurerm#17478 */
export const passedOn = (target: string, message: string) =>
  `Call to ${target.split("/providers/").at(-1)?.split("/").slice(0, 2).join("/")} failed. Error message: ${message}`;

export const targetMissing: Refusal<EndpointInputs> = ({ operation, next, cloud }) => {
  const missing = connectionsOf(next).find((connection) => targetOf(connection, cloud) === undefined);
  const id = missing?.privateLinkServiceId ?? "";
  return operation === "delete" || missing === undefined
    ? undefined
    : error("ResourceNotFound", passedOn(id, `The Resource '${id}' was not found.`));
};

export const groupUnknown: Refusal<EndpointInputs> = ({ operation, next, cloud }) => {
  if (operation === "delete") return undefined;
  for (const connection of connectionsOf(next)) {
    const target = targetOf(connection, cloud);
    const wanted = connection.groupIds ?? [];
    const known = groupsOf(target);
    if (target !== undefined && (wanted.length !== 1 || !known.includes(wanted[0] ?? ""))) {
      return error(
        "BadRequest",
        passedOn(
          target.id,
          `Cannot create private endpoint for group '${wanted.join(", ")}': supported are ${known.join(", ")}.`,
        ),
      );
    }
  }
  return undefined;
};

/** https://learn.microsoft.com/azure/container-registry/container-registry-private-link: a feature of the Premium tier. */
export const linkNotPremium: Refusal<EndpointInputs> = ({ operation, next, cloud }) => {
  const target = connectionsOf(next)
    .map((connection) => targetOf(connection, cloud))
    .find((row) => row?.type === registry && !premium(row.inputs));
  return operation === "delete" || target === undefined
    ? undefined
    : error("BadRequest", passedOn(target.id, "Private endpoints are only supported for Premium SKU registries."));
};

export type RegistryInputs = Child<"registryName"> & {
  sku?: { name?: string };
  publicNetworkAccess?: string;
  policies?: { exportPolicy?: { status?: string } };
};

const premium = (inputs: Bag) => (inputs as RegistryInputs).sku?.name === "Premium";

/** https://learn.microsoft.com/azure/container-registry/container-registry-skus */
export const registryNotPremium: Refusal<RegistryInputs> = ({ operation, next }) =>
  operation !== "delete" && !premium(next) && (next.publicNetworkAccess === "Disabled" || exportsOff(next))
    ? error(
        "SkuNotSupported",
        "Private network access and export policies are only supported for Premium SKU registries.",
      )
    : undefined;

const exportsOff = ({ policies }: RegistryInputs) => policies?.exportPolicy?.status === "disabled";

/** https://learn.microsoft.com/azure/container-registry/data-loss-prevention */
export const exportsNeedPrivacy: Refusal<RegistryInputs> = ({ operation, next }) =>
  operation !== "delete" && exportsOff(next) && next.publicNetworkAccess !== "Disabled"
    ? error(
        "ExportPolicyCannotBeDisabled",
        "The export policy can only be disabled while public network access to the registry is disabled.",
      )
    : undefined;

export const zoneMissing: Refusal<ZoneGroupInputs> = ({ operation, next, cloud, id }) => {
  const missing = (next.privateDnsZoneConfigs ?? [])
    .map(({ privateDnsZoneId = "(no zone)" }) => privateDnsZoneId)
    .find((zone) => cloud.find(zone, privateZone) === undefined);
  return operation === "delete" || missing === undefined ? undefined : unresolved(missing, id);
};

/** https://learn.microsoft.com/azure/private-link/private-endpoint-dns: one group for each endpoint, of up to five zones. */
export const secondZoneGroup: Refusal<ZoneGroupInputs> = ({ operation, next, cloud, id }) => {
  const other = cloud.below(zoneGroup, endpointId(next, cloud)).find((row) => !same(row.id, id));
  return operation === "create" && other !== undefined
    ? error(
        "PrivateEndpointCannotHaveMoreThanOneDnsZoneGroup",
        `Private endpoint ${next.privateEndpointName} already has the private DNS zone group ${last(other.id)}.`,
      )
    : undefined;
};

/**
 * Resources that are in no region. The provider fills in its own location all the same (pulumi-azure-native,
 * `AutoLocationDisabled`), and Azure refuses that.
 */
export const placedIn =
  (...regions: string[]): Refusal<Placed> =>
  ({ operation, next, id }) =>
    operation !== "delete" && !regions.some((region) => same(region, next.location))
      ? error(
          "LocationNotAvailableForResourceType",
          `The provided location '${next.location}' is not available for resource type '${id.split("/providers/")[1]?.split("/").slice(0, 2).join("/")}'. List of available regions for the resource type is '${regions.join(",")}'.`,
        )
      : undefined;
export const notGlobal = placedIn("global");

export const linkedNetworkMissing: Refusal<LinkInputs> = ({ operation, next, cloud, id }) => {
  const network = next.virtualNetwork?.id ?? "(no network)";
  return operation === "delete" || networkAt(network, cloud) !== undefined ? undefined : unresolved(network, id);
};

/** MicrosoftDocs/azure-aks-docs#212: also where the two zones of one name are in different groups. */
export const linkedAlready: Refusal<LinkInputs> = ({ operation, next, cloud, id }) => {
  const twin = cloud
    .having(zoneLink, "inputs", "$.virtualNetwork.id", next.virtualNetwork?.id ?? "")
    .find((row) => !same(row.id, id) && same(row.inputs["privateZoneName"], next.privateZoneName));
  return operation === "delete" || twin === undefined
    ? undefined
    : error(
        "BadRequest",
        `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${next.privateZoneName}' and '${String(twin.inputs["privateZoneName"])}' zones.`,
      );
};

/** https://learn.microsoft.com/azure/dns/private-dns-privatednszone: a zone goes after its links. */
export const stillLinked: Refusal = ({ operation, id, cloud }) =>
  operation === "delete" && cloud.below(zoneLink, id).length > 0
    ? error("CannotDeleteResource", `Can not delete resource '${last(id)}' before nested resources are deleted.`)
    : undefined;

/** By what nodes without a public address get out of a subnet; undefined: by nothing. */
export function wayOut(inputs: Bag, cloud: Cloud): string | undefined {
  const { natGateway: gateway, routeTable: table, defaultOutboundAccess } = inputs as SubnetInputs;
  if (gateway?.id !== undefined) return `NAT gateway ${last(gateway.id)}`;
  const { routes = [] } = (cloud.find(table?.id ?? "", routeTable)?.inputs ?? {}) as {
    routes?: { addressPrefix?: string; nextHopType?: string; nextHopIpAddress?: string }[];
  };
  const route = routes.find(
    ({ addressPrefix, nextHopType }) =>
      addressPrefix === "0.0.0.0/0" && ["VirtualAppliance", "VirtualNetworkGateway"].includes(nextHopType ?? ""),
  );
  if (route !== undefined) return `a route to ${route.nextHopIpAddress ?? "a gateway"}`;
  return routes.some(({ addressPrefix }) => addressPrefix === "0.0.0.0/0") || defaultOutboundAccess === false
    ? undefined
    : "Azure's default outbound access";
}

/** Whether a security group lets everything out to the Internet: the first rule about it decides. */
export function opensInternet(inputs: Bag): boolean {
  const [first] = ((inputs as SecurityGroupInputs).securityRules ?? [])
    .filter(
      ({ direction, destinationAddressPrefix, destinationAddressPrefixes = [] }) =>
        direction === "Outbound" &&
        [destinationAddressPrefix, ...destinationAddressPrefixes].some((to) =>
          ["Internet", "*", "0.0.0.0/0"].includes(to ?? ""),
        ),
    )
    .sort((left, right) => left.priority - right.priority);
  return first === undefined || first.access === "Allow";
}
