import * as network from "@pulumi/azure-native/network";
import * as privatedns from "@pulumi/azure-native/privatedns";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { WayOut } from "../config";
import { placeOf, rangesAt } from "../facts/addresses";
import { networkOf } from "../facts/ids";
import { outboundRules } from "../facts/outbound";
import { type Subresource, zoneId, zones, zonesOfNodes } from "../facts/zones";

/** From where something can be reached: everywhere with an Entra identity, or private networks alone. */
export type Ingress = "public" | "private";

/** Azure's word for it. */
export function publicAccess(ingress: Ingress): "Enabled" | "Disabled" {
  return ingress === "private" ? "Disabled" : "Enabled";
}

/** One network, as the party that it belongs to needs it. */
export interface PartyNetworkSpec {
  /** `orchestrator` or `silo<slot>`; its slot fixes the address range for ever. */
  readonly key: string;
  /** Azure region. */
  readonly location: string;
  /** What its resources' names end in. */
  readonly place: string;
  /** Ids of existing subnets, which stay their owner's with all around them; undefined where a network is made. */
  readonly subnets?: { readonly compute: string; readonly endpoints: string } | undefined;
}

export interface PrivateNetworkArgs {
  readonly group: resources.ResourceGroup;
  /** The orchestrator's first. */
  readonly parties: readonly PartyNetworkSpec[];
  /** Range of all networks in CIDR notation; a change replaces every network. */
  readonly addressSpace: string;
  /**
   * How compute nodes reach what they need: through a NAT gateway to Azure's service tags alone, through the firewall, as
   * the owner of existing subnets arranged it, or not from here because the workspace's managed network has them.
   */
  readonly way: WayOut;
  readonly ingress: Ingress;
  /** Id of the resource group that has the private DNS zones already; their owner links them. Undefined: made here. */
  readonly dnsZones: string | undefined;
  /** Ids of the networks from which people reach the studio and runners the workspace. */
  readonly readers: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The networks of all parties, how they reach each other and the outside, and the names of what is private in them. */
export class PrivateNetwork extends pulumi.ComponentResource {
  /** Peerings that owners of other networks must add: from which network to which of ours. */
  readonly peeringsOfOthers: pulumi.Output<{ readonly from: string; readonly to: string }[]>;
  /** Links that the owner of existing zones must add: of which zone to which network. */
  readonly zoneLinksOfOthers: pulumi.Output<{ readonly zone: string; readonly network: string }[]>;
  private readonly networks = new Map<string, PartyNetwork>();
  /** Ids by zone; none where nothing is private. */
  private readonly zones: ReadonlyMap<string, pulumi.Output<string>>;

  constructor(name: string, args: PrivateNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:PrivateNetwork", name, {}, opts);

    for (const party of args.parties) this.networks.set(party.key, partyNetwork(name, party, args, this));
    const all = [...this.networks.values()];
    const [centre] = all;
    if (centre === undefined) throw new Error("A private network needs the orchestrator's.");
    const made = all.flatMap(({ key, made }) => (made === undefined ? [] : [{ key, ...made }]));

    this.peeringsOfOthers = pulumi.output(peerings(name, made, args, this));
    const { zones, missing } =
      args.ingress === "private" ? zonesFor(name, all, args, this) : { zones: new Map(), missing: [] };
    this.zones = zones;
    this.zoneLinksOfOthers = pulumi.output(missing);
    this.registerOutputs({ peeringsOfOthers: this.peeringsOfOthers, zoneLinksOfOthers: this.zoneLinksOfOthers });
  }

  /**
   * The network that an environment needs: none where compute nodes reach everything or have the managed network, and
   * nothing is private; where they have the managed network, only the orchestrator's, for endpoints.
   */
  static for(
    name: string,
    args: Omit<PrivateNetworkArgs, "way"> & { readonly way: WayOut | undefined },
  ): PrivateNetwork | undefined {
    const { way, ingress, parties } = args;
    if (way === undefined) return undefined;
    if (!("managed" in way)) return new PrivateNetwork(name, { ...args, way });
    return ingress === "private" ? new PrivateNetwork(name, { ...args, way, parties: parties.slice(0, 1) }) : undefined;
  }

  /** Id of the subnet in which the nodes of the party `key` run; undefined where a managed network has them. */
  computeSubnet(key: string): pulumi.Output<string> | undefined {
    return this.networks.get(key)?.compute;
  }

  /** Region and id of the subnet for private endpoints in the network of the party `key`. */
  endpointsNear(key: string): { readonly location: string; readonly subnet: pulumi.Output<string> } {
    const found = this.networks.get(key);
    if (found === undefined) throw new Error(`There is no network of ${key}.`);
    return { location: found.location, subnet: found.endpoints };
  }

  /** Whether the party `key` has a network of its own. */
  has(key: string): boolean {
    return this.networks.has(key);
  }

  /** Ids of the zones in which a private endpoint of `subresource` writes its names. */
  zonesOf(subresource: Subresource): pulumi.Output<string>[] {
    return subresource.zones.flatMap((zone) => this.zones.get(zone) ?? []);
  }
}

interface PartyNetwork {
  readonly key: string;
  readonly location: string;
  /** Id of the virtual network. */
  readonly id: pulumi.Output<string>;
  /** The same in lower case where it exists already: several parties may share it. */
  readonly existing: string | undefined;
  /** Id of the subnet of compute nodes; undefined where a managed network has them. */
  readonly compute: pulumi.Output<string> | undefined;
  /** Id of the subnet of private endpoints. */
  readonly endpoints: pulumi.Output<string>;
  /** Undefined where the network exists already. */
  readonly made: Made | undefined;
}

interface Made {
  readonly place: string;
  readonly vnet: network.VirtualNetwork;
  /** The last of its subnets. */
  readonly endpoints: network.Subnet;
}

function partyNetwork(
  name: string,
  party: PartyNetworkSpec,
  args: PrivateNetworkArgs,
  parent: PrivateNetwork,
): PartyNetwork {
  const { key, location, subnets } = party;
  if (subnets === undefined) return madeNetwork(name, party, args, parent);
  const { compute, endpoints } = subnets;
  return {
    key,
    location,
    id: pulumi.output(networkOf(compute)),
    existing: networkOf(compute).toLowerCase(),
    compute: pulumi.output(compute),
    endpoints: pulumi.output(endpoints),
    made: undefined,
  };
}

function madeNetwork(
  name: string,
  { key, location, place }: PartyNetworkSpec,
  { group, addressSpace, way, tags }: PrivateNetworkArgs,
  parent: PrivateNetwork,
): PartyNetwork {
  const child = { parent };
  const own = { resourceGroupName: group.name, location, tags };
  const ranges = rangesAt(addressSpace, placeOf(key));

  const vnet = new network.VirtualNetwork(
    `${name}-${key}-vnet`,
    {
      ...own,
      virtualNetworkName: `vnet-${place}`,
      addressSpace: { addressPrefixes: [ranges.network] },
    },
    child,
  );

  const compute =
    "managed" in way
      ? undefined
      : new network.Subnet(
          `${name}-${key}-compute`,
          {
            resourceGroupName: group.name,
            virtualNetworkName: vnet.name,
            subnetName: "compute",
            addressPrefix: ranges.compute,
            // Azure's own way out needs no rule and leaves no trace.
            defaultOutboundAccess: false,
            networkSecurityGroup: { id: outboundOnly(`${name}-${key}`, place, own, location, parent).id },
            ...wayOut(`${name}-${key}`, place, own, way, parent),
          },
          child,
        );

  const endpoints = new network.Subnet(
    `${name}-${key}-endpoints`,
    {
      resourceGroupName: group.name,
      virtualNetworkName: vnet.name,
      subnetName: "endpoints",
      addressPrefix: ranges.endpoints,
      defaultOutboundAccess: false,
      privateEndpointNetworkPolicies: "Disabled",
    },
    // Azure changes one subnet of a network at a time.
    { ...child, ...(compute === undefined ? {} : { dependsOn: compute }) },
  );

  return {
    key,
    location,
    id: vnet.id,
    existing: undefined,
    compute: compute?.id,
    endpoints: endpoints.id,
    made: { place, vnet, endpoints },
  };
}

interface Own {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

function outboundOnly(
  name: string,
  place: string,
  own: Own,
  location: string,
  parent: PrivateNetwork,
): network.NetworkSecurityGroup {
  return new network.NetworkSecurityGroup(
    `${name}-nsg`,
    { ...own, networkSecurityGroupName: `nsg-${place}`, securityRules: outboundRules(location) },
    { parent },
  );
}

/** Without a public address and Azure's own way out, a node that has no route cannot even start. */
function wayOut(
  name: string,
  place: string,
  own: Own,
  way: WayOut,
  parent: PrivateNetwork,
): Pick<network.SubnetArgs, "natGateway" | "routeTable"> {
  const child = { parent };
  if ("firewall" in way) {
    const table = new network.RouteTable(
      `${name}-routes`,
      {
        ...own,
        routeTableName: `rt-${place}`,
        disableBgpRoutePropagation: true,
        routes: [
          {
            name: "out",
            addressPrefix: "0.0.0.0/0",
            nextHopType: "VirtualAppliance",
            nextHopIpAddress: way.firewall.privateIp,
          },
        ],
      },
      child,
    );
    return { routeTable: { id: table.id } };
  }
  const address = new network.PublicIPAddress(
    `${name}-nat-ip`,
    {
      ...own,
      publicIpAddressName: `pip-${place}`,
      publicIPAllocationMethod: "Static",
      sku: { name: "Standard" },
    },
    child,
  );
  const nat = new network.NatGateway(
    `${name}-nat`,
    { ...own, natGatewayName: `ng-${place}`, sku: { name: "Standard" }, publicIpAddresses: [{ id: address.id }] },
    child,
  );
  return { natGateway: { id: nat.id } };
}

type MadeNetwork = Made & { readonly key: string };

/** Every half of a peering that is ours; returns the others, which owners of other networks must add. */
function peerings(
  name: string,
  made: readonly MadeNetwork[],
  args: PrivateNetworkArgs,
  parent: PrivateNetwork,
): { from: string; to: pulumi.Output<string> }[] {
  const [centre, ...silos] = made;
  if (centre === undefined) return [];
  // A star: silos reach the orchestrator's network, and never each other's.
  for (const silo of silos) peer(name, silo, centre, args, parent);
  for (const [index, id] of args.readers.entries()) {
    peerWithForeign(`${name}-readers${index}`, centre, id, args, parent);
  }
  const firewall = "firewall" in args.way ? args.way.firewall.network : undefined;
  if (firewall !== undefined) {
    for (const party of made) peerWithForeign(`${name}-${party.key}-firewall`, party, firewall, args, parent);
  }
  return [
    ...args.readers.map((from) => ({ from, to: centre.vnet.id })),
    ...(firewall === undefined ? [] : made.map(({ vnet }) => ({ from: firewall, to: vnet.id }))),
  ];
}

/** Both halves of a peering of two of our networks. */
function peer(
  name: string,
  one: MadeNetwork,
  other: MadeNetwork,
  { group }: PrivateNetworkArgs,
  parent: PrivateNetwork,
): void {
  const half = (from: MadeNetwork, to: MadeNetwork) =>
    new network.VirtualNetworkPeering(
      `${name}-${from.key}-to-${to.key}`,
      {
        resourceGroupName: group.name,
        virtualNetworkName: from.vnet.name,
        virtualNetworkPeeringName: `to-${to.place}`,
        remoteVirtualNetwork: { id: to.vnet.id },
        allowVirtualNetworkAccess: true,
        allowForwardedTraffic: false,
      },
      // Azure refuses to change a network while one of its subnets changes.
      { parent, dependsOn: [from.endpoints, to.endpoints] },
    );
  half(one, other);
  half(other, one);
}

/**
 * Our half of a peering with a network of the organisation's own. Its owner makes the other half: the deployer's rights
 * end at its own resource groups.
 */
function peerWithForeign(
  name: string,
  ours: MadeNetwork,
  foreign: string,
  { group }: PrivateNetworkArgs,
  parent: PrivateNetwork,
): void {
  new network.VirtualNetworkPeering(
    name,
    {
      resourceGroupName: group.name,
      virtualNetworkName: ours.vnet.name,
      virtualNetworkPeeringName: `to-${foreign.split("/").at(-1)}`,
      remoteVirtualNetwork: { id: foreign },
      allowVirtualNetworkAccess: true,
      allowForwardedTraffic: true,
    },
    { parent, dependsOn: ours.endpoints },
  );
}

interface Asking {
  readonly key: string;
  readonly id: pulumi.Output<string>;
}

/** The private DNS zones with a link to each network that asks them, or existing ones with the links that they lack. */
function zonesFor(
  name: string,
  networks: readonly PartyNetwork[],
  args: PrivateNetworkArgs,
  parent: PrivateNetwork,
): {
  readonly zones: ReadonlyMap<string, pulumi.Output<string>>;
  readonly missing: { zone: string; network: pulumi.Output<string> }[];
} {
  const { dnsZones, readers } = args;
  const [centre, ...others] = networks.filter(
    ({ existing }, index) =>
      existing === undefined || networks.findIndex((other) => other.existing === existing) === index,
  );
  if (centre === undefined) return { zones: new Map(), missing: [] };
  const foreign = readers
    .filter((id) => networks.every(({ existing }) => existing !== id.toLowerCase()))
    .map((id, index) => ({ key: `readers${index}`, id: pulumi.output(id) }));
  const asking = (zone: string): Asking[] => [centre, ...foreign, ...(zonesOfNodes.includes(zone) ? others : [])];
  if (dnsZones === undefined) {
    return {
      zones: new Map(zones.map((zone) => [zone, zoneWithLinks(name, zone, asking(zone), args, parent)])),
      missing: [],
    };
  }
  return {
    zones: new Map(zones.map((zone) => [zone, pulumi.output(zoneId(dnsZones, zone))])),
    missing: zones.flatMap((zone) => asking(zone).map(({ id }) => ({ zone: zoneId(dnsZones, zone), network: id }))),
  };
}

/** A private DNS zone, linked once to each network that asks it. */
function zoneWithLinks(
  name: string,
  zone: string,
  linked: readonly Asking[],
  { group, tags }: PrivateNetworkArgs,
  parent: PrivateNetwork,
): pulumi.Output<string> {
  const place = { resourceGroupName: group.name, location: "global", tags };
  const made = new privatedns.PrivateZone(`${name}-${zone}`, { ...place, privateZoneName: zone }, { parent });
  for (const { key, id } of linked) {
    new privatedns.VirtualNetworkLink(
      `${name}-${zone}-${key}`,
      {
        ...place,
        privateZoneName: made.name,
        virtualNetworkLinkName: key,
        virtualNetwork: { id },
        registrationEnabled: false,
      },
      { parent },
    );
  }
  return made.id;
}

export interface PrivateEndpointArgs {
  readonly network: PrivateNetwork;
  /** In whose endpoint subnet: `orchestrator` or `silo<slot>`. */
  readonly near: string;
  readonly resourceGroupName: pulumi.Input<string>;
  /** Id of what becomes reachable. */
  readonly target: pulumi.Input<string>;
  readonly subresource: Subresource;
  /** Name of the endpoint. */
  readonly endpointName: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Gives `target` an address in a private network, and a name there that leads to it. One for each target and
 * subresource: a second one in the same zone would take the first one's name.
 */
export function privateEndpoint(
  name: string,
  args: PrivateEndpointArgs,
  parent: pulumi.Resource,
): pulumi.CustomResource[] {
  const { resourceGroupName, tags, subresource } = args;
  const { location, subnet } = args.network.endpointsNear(args.near);
  const endpoint = new network.PrivateEndpoint(
    `${name}-endpoint`,
    {
      resourceGroupName,
      location,
      tags,
      privateEndpointName: args.endpointName,
      subnet: { id: subnet },
      privateLinkServiceConnections: [
        { name: subresource.group, privateLinkServiceId: args.target, groupIds: [subresource.group] },
      ],
    },
    { parent },
  );
  const names = new network.PrivateDnsZoneGroup(
    `${name}-endpoint-names`,
    {
      resourceGroupName,
      privateEndpointName: endpoint.name,
      privateDnsZoneGroupName: "default",
      privateDnsZoneConfigs: args.network
        .zonesOf(subresource)
        .map((privateDnsZoneId, index) => ({ name: `zone${index}`, privateDnsZoneId })),
    },
    { parent },
  );
  return [endpoint, names];
}
