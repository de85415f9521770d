import * as network from "@pulumi/azure-native/network";
import * as privatedns from "@pulumi/azure-native/privatedns";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { WayOut } from "../config";
import { placeOf, rangesAt } from "../facts/addresses";
import { outboundRules } from "../facts/outbound";
import { type Subresource, zones, zonesOfNodes } from "../facts/zones";

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
}

export interface PrivateNetworkArgs {
  readonly group: resources.ResourceGroup;
  /** The orchestrator's first. */
  readonly parties: readonly PartyNetworkSpec[];
  /** Range of all networks in CIDR notation; a change replaces every network. */
  readonly addressSpace: string;
  /**
   * How compute nodes reach what they need: through a NAT gateway to Azure's service tags alone, through the firewall,
   * or not from here because the workspace's managed network has them.
   */
  readonly way: WayOut;
  /** Ids of the networks from which people reach the studio and runners the workspace. */
  readonly readers: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The networks of all parties, how they reach each other and the outside, and the names of what is private in them. */
export class PrivateNetwork extends pulumi.ComponentResource {
  /** Peerings that owners of other networks must add: from which network to which of ours. */
  readonly peeringsOfOthers: pulumi.Output<{ readonly from: string; readonly to: string }[]>;
  private readonly networks = new Map<string, PartyNetwork>();
  private readonly zones: ReadonlyMap<string, privatedns.PrivateZone>;

  constructor(name: string, args: PrivateNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:PrivateNetwork", name, {}, opts);

    for (const party of args.parties) this.networks.set(party.key, partyNetwork(name, party, args, this));
    const [centre, ...others] = [...this.networks.values()];
    if (centre === undefined) throw new Error("A private network needs the orchestrator's.");

    // A star: silos reach the orchestrator's network, and never each other's.
    for (const silo of others) peer(name, silo, centre, args, this);
    for (const [index, id] of args.readers.entries())
      peerWithForeign(`${name}-readers${index}`, centre, id, args, this);
    const firewall = "firewall" in args.way ? args.way.firewall : undefined;
    if (firewall !== undefined) {
      for (const party of this.networks.values()) {
        peerWithForeign(`${name}-${party.key}-firewall`, party, firewall.network, args, this);
      }
    }

    const everyZone = [
      { key: centre.key, id: centre.vnet.id },
      ...args.readers.map((id, index) => ({ key: `readers${index}`, id: pulumi.output(id) })),
    ];
    const silos = others.map(({ key, vnet }) => ({ key, id: vnet.id }));
    this.zones = new Map(
      zones.map((zone) => {
        const asking = zonesOfNodes.includes(zone) ? [...everyZone, ...silos] : everyZone;
        return [zone, zoneWithLinks(name, zone, asking, args, this)];
      }),
    );

    const foreign = [
      ...args.readers.map((from) => ({ from, to: centre.vnet.id })),
      ...(firewall === undefined
        ? []
        : [...this.networks.values()].map(({ vnet }) => ({ from: firewall.network, to: vnet.id }))),
    ];
    this.peeringsOfOthers = pulumi.output(foreign);
    this.registerOutputs({ peeringsOfOthers: this.peeringsOfOthers });
  }

  /**
   * The network that an environment needs: none where compute nodes reach everything or have the managed network, and
   * nothing is private; where they have the managed network, only the orchestrator's, for endpoints.
   */
  static for(
    name: string,
    args: Omit<PrivateNetworkArgs, "way"> & {
      readonly way: WayOut | undefined;
      readonly ingress: Ingress;
    },
  ): PrivateNetwork | undefined {
    const { way, ingress, parties } = args;
    if (way === undefined) return undefined;
    if (!("managed" in way)) return new PrivateNetwork(name, { ...args, way });
    return ingress === "private" ? new PrivateNetwork(name, { ...args, way, parties: parties.slice(0, 1) }) : undefined;
  }

  /** Id of the subnet in which the nodes of the party `key` run; undefined where a managed network has them. */
  computeSubnet(key: string): pulumi.Output<string> | undefined {
    return this.networks.get(key)?.compute?.id;
  }

  /** Region and id of the subnet for private endpoints in the network of the party `key`. */
  endpointsNear(key: string): { readonly location: string; readonly subnet: pulumi.Output<string> } {
    const found = this.networks.get(key);
    if (found === undefined) throw new Error(`There is no network of ${key}.`);
    return { location: found.location, subnet: found.endpoints.id };
  }

  /** Whether the party `key` has a network of its own. */
  has(key: string): boolean {
    return this.networks.has(key);
  }

  /** Ids of the zones in which a private endpoint of `subresource` writes its names. */
  zonesOf(subresource: Subresource): pulumi.Output<string>[] {
    return subresource.zones.flatMap((zone) => this.zones.get(zone)?.id ?? []);
  }
}

interface PartyNetwork {
  readonly key: string;
  readonly location: string;
  readonly place: string;
  readonly vnet: network.VirtualNetwork;
  readonly compute: network.Subnet | undefined;
  readonly endpoints: network.Subnet;
}

function partyNetwork(
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

  return { key, location, place, vnet, compute, endpoints };
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

/** Both halves of a peering of two of our networks. */
function peer(
  name: string,
  one: PartyNetwork,
  other: PartyNetwork,
  { group }: PrivateNetworkArgs,
  parent: PrivateNetwork,
): void {
  const half = (from: PartyNetwork, to: PartyNetwork) =>
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
  ours: PartyNetwork,
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

/** A private DNS zone, linked once to each network that asks it. */
function zoneWithLinks(
  name: string,
  zone: string,
  linked: readonly { readonly key: string; readonly id: pulumi.Output<string> }[],
  { group, tags }: PrivateNetworkArgs,
  parent: PrivateNetwork,
): privatedns.PrivateZone {
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
  return made;
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
