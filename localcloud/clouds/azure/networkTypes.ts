/** Networks, private endpoints and private DNS: rows of the table in azure.ts. */
import { type Behaviour, behaviour } from "../behaviour";
import {
  arm,
  type Child,
  defaults,
  described,
  groupId,
  groupMissing,
  inGroup,
  misnamed,
  parentMissing,
  standsAlready,
} from "./arm";
import { targetLocked } from "./guardrails";
import {
  addressMissing,
  addressNotStandard,
  endpointId,
  type EndpointInputs,
  endpointSubnetMissing,
  type GatewayInputs,
  groupUnknown,
  inUse,
  linkedAlready,
  linkedNetworkMissing,
  type LinkInputs,
  linkNotPremium,
  natGateway,
  neighbourOverlaps,
  networkId,
  type NetworkInputs,
  notGlobal,
  outsideNetwork,
  peeredAlready,
  peering,
  type PeeringInputs,
  peersOverlap,
  prefixInvalid,
  privateEndpoint,
  privateZone,
  publicAddress,
  remoteChanged,
  remoteMissing,
  routeTable,
  rulesConflict,
  secondZoneGroup,
  securityGroup,
  type SecurityGroupInputs,
  stillLinked,
  subnet,
  type SubnetInputs,
  subnetReferenceMissing,
  subnetsOverlap,
  targetMissing,
  virtualNetwork,
  zoneGroup,
  type ZoneGroupInputs,
  zoneId,
  zoneLink,
  zoneMissing,
} from "./network";

const networkName = /^[a-zA-Z0-9]([\w.-]{0,78}\w)?$/;

/** An ordinary resource of the network provider, in a group and a region. */
const inNetworkProvider = (plural: string, key: string) => ({
  requires: ["resourceGroupName"],
  id: inGroup(`Microsoft.Network/${plural}`, key),
  defaults,
  replaces: [...arm(key), "location"],
  outputs: described(`Microsoft.Network/${plural}`, key),
});
const placedAndNamed = (key: string) => [standsAlready, misnamed(key, networkName), groupMissing];

export const networkTypes: Readonly<Record<string, Behaviour>> = {
  [virtualNetwork]: behaviour<NetworkInputs>({
    requires: ["resourceGroupName"],
    id: networkId,
    defaults,
    replaces: [...arm("virtualNetworkName"), "location"],
    outputs: described("Microsoft.Network/virtualNetworks", "virtualNetworkName"),
    refuses: [
      standsAlready,
      misnamed("virtualNetworkName", /^[a-zA-Z0-9][\w.-]{0,62}\w$/),
      groupMissing,
      prefixInvalid,
      inUse,
    ],
  }),

  [subnet]: behaviour<SubnetInputs>({
    requires: ["resourceGroupName", "virtualNetworkName"],
    id: (inputs, cloud) => `${networkId(inputs, cloud)}/subnets/${inputs.subnetName}`,
    replaces: [...arm("virtualNetworkName"), "subnetName"],
    fills: { privateEndpointNetworkPolicies: "Disabled", privateLinkServiceNetworkPolicies: "Enabled" },
    outputs: described("Microsoft.Network/virtualNetworks/subnets", "subnetName"),
    refuses: [
      standsAlready,
      misnamed("subnetName", networkName),
      parentMissing(networkId),
      prefixInvalid,
      outsideNetwork,
      subnetsOverlap,
      subnetReferenceMissing,
      inUse,
    ],
  }),

  [securityGroup]: behaviour<SecurityGroupInputs>({
    ...inNetworkProvider("networkSecurityGroups", "networkSecurityGroupName"),
    refuses: [...placedAndNamed("networkSecurityGroupName"), rulesConflict, inUse],
  }),

  [routeTable]: behaviour<Child<"routeTableName">>({
    ...inNetworkProvider("routeTables", "routeTableName"),
    refuses: [...placedAndNamed("routeTableName"), inUse],
  }),

  [publicAddress]: behaviour<Child<"publicIpAddressName">>({
    ...inNetworkProvider("publicIPAddresses", "publicIpAddressName"),
    outputs: {
      ...described("Microsoft.Network/publicIPAddresses", "publicIpAddressName"),
      // Of the range for documentation, RFC 5737.
      ipAddress: ({ number }) => `203.0.113.${number("address") % 256}`,
    },
    refuses: [...placedAndNamed("publicIpAddressName"), inUse],
  }),

  [natGateway]: behaviour<GatewayInputs>({
    ...inNetworkProvider("natGateways", "natGatewayName"),
    refuses: [...placedAndNamed("natGatewayName"), addressMissing, addressNotStandard, inUse],
  }),

  [peering]: behaviour<PeeringInputs>({
    requires: ["resourceGroupName", "virtualNetworkName"],
    id: (inputs, cloud) => `${networkId(inputs, cloud)}/virtualNetworkPeerings/${inputs.virtualNetworkPeeringName}`,
    replaces: [...arm("virtualNetworkName"), "virtualNetworkPeeringName"],
    outputs: described("Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "virtualNetworkPeeringName"),
    refuses: [
      standsAlready,
      misnamed("virtualNetworkPeeringName", networkName),
      parentMissing(networkId),
      remoteMissing,
      peersOverlap,
      neighbourOverlaps,
      peeredAlready,
      remoteChanged,
    ],
  }),

  [privateEndpoint]: behaviour<EndpointInputs>({
    ...inNetworkProvider("privateEndpoints", "privateEndpointName"),
    outputs: {
      ...described("Microsoft.Network/privateEndpoints", "privateEndpointName"),
      provisioningState: () => "Succeeded",
      networkInterfaces: ({ inputs, cloud }) => [
        {
          id: `${groupId(inputs, cloud)}/providers/Microsoft.Network/networkInterfaces/${inputs.privateEndpointName}.nic`,
        },
      ],
    },
    refuses: [
      ...placedAndNamed("privateEndpointName"),
      endpointSubnetMissing,
      targetMissing,
      groupUnknown,
      linkNotPremium,
      targetLocked,
    ],
  }),

  [zoneGroup]: behaviour<ZoneGroupInputs>({
    requires: ["privateEndpointName", "resourceGroupName"],
    id: (inputs, cloud) => `${endpointId(inputs, cloud)}/privateDnsZoneGroups/${inputs.privateDnsZoneGroupName}`,
    replaces: [...arm("privateEndpointName"), "privateDnsZoneGroupName"],
    outputs: described("Microsoft.Network/privateEndpoints/privateDnsZoneGroups", "privateDnsZoneGroupName"),
    refuses: [
      standsAlready,
      misnamed("privateDnsZoneGroupName", networkName),
      parentMissing(endpointId),
      zoneMissing,
      secondZoneGroup,
    ],
  }),

  [privateZone]: behaviour<Child<"privateZoneName">>({
    requires: ["resourceGroupName"],
    id: zoneId,
    defaults,
    replaces: [...arm("privateZoneName"), "location"],
    outputs: described("Microsoft.Network/privateDnsZones", "privateZoneName"),
    refuses: [
      standsAlready,
      misnamed("privateZoneName", /^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i),
      groupMissing,
      notGlobal,
      stillLinked,
    ],
  }),

  [zoneLink]: behaviour<LinkInputs>({
    requires: ["privateZoneName", "resourceGroupName"],
    id: (inputs, cloud) => `${zoneId(inputs, cloud)}/virtualNetworkLinks/${inputs.virtualNetworkLinkName}`,
    defaults,
    replaces: [...arm("privateZoneName"), "virtualNetworkLinkName", "location"],
    outputs: described("Microsoft.Network/privateDnsZones/virtualNetworkLinks", "virtualNetworkLinkName"),
    refuses: [
      standsAlready,
      misnamed("virtualNetworkLinkName", networkName),
      parentMissing(zoneId),
      notGlobal,
      linkedNetworkMissing,
      linkedAlready,
    ],
  }),
};
