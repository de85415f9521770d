/**
 * What an environment makes in Azure, and what whoever deploys it must be allowed for that. Held against what the program
 * registers in test/facts/deployer.test.ts.
 */
/** What decides which Azure resources an environment has, and where. Ids are resource ids. */
export interface Estate {
  readonly group: string;
  readonly silosGroup: string;
  /** Whose networks are made: nobody's, the orchestrator's for endpoints alone, or every party's. */
  readonly networks: "none" | "orchestrator" | "all";
  /** How nodes in such a network get out. */
  readonly out: "nat" | "firewall" | undefined;
  /** Compute nodes run in the workspace's managed network. */
  readonly managed: boolean;
  /** What is private has endpoints. */
  readonly endpoints: boolean;
  /** At least one silo's store is made here. */
  readonly siloStores: boolean;
  readonly locks: boolean;
  readonly alerts: boolean;
  readonly budget: boolean;
  /** The program's own role is made. */
  readonly submitter: boolean;
  /** An agent pool of Azure DevOps is made. */
  readonly pool: boolean;
  /** What stands already and stays its owner's. */
  readonly joined: {
    /** Networks to peer with. */
    readonly peers: readonly string[];
    /** Networks to which private DNS zones are linked. */
    readonly linked: readonly string[];
    readonly subnets: readonly string[];
    /** Resource group of the private DNS zones. */
    readonly zones: string | undefined;
    readonly logs: string | undefined;
    /** Stores with their silo's data; `endpoint` where one is made for it. */
    readonly stores: readonly { readonly id: string; readonly endpoint: boolean }[];
  };
}

type Group = "group" | "silosGroup";

interface Kind {
  /** Azure's own word. */
  readonly type: string;
  readonly in: readonly Group[];
  readonly when?: (estate: Estate) => boolean;
  /** What else is done with resources of this type there, besides making them. */
  readonly also?: readonly string[];
}

const network = "Microsoft.Network";
const ml = "Microsoft.MachineLearningServices/workspaces";
const storage = "Microsoft.Storage/storageAccounts";

const main: readonly Group[] = ["group"];
const both: readonly Group[] = ["group", "silosGroup"];
const networks = ({ networks }: Estate) => networks !== "none";
const nodes = ({ networks }: Estate) => networks === "all";
const zones = ({ endpoints, joined }: Estate) => endpoints && joined.zones === undefined;

// With an endpoint goes the right to approve it: Azure asks for it on what becomes reachable.
const kinds: readonly Kind[] = [
  { type: "Microsoft.ManagedIdentity/userAssignedIdentities", in: both, also: ["assign/action"] },
  { type: storage, in: both, also: ["PrivateEndpointConnectionsApproval/action"] },
  { type: `${storage}/blobServices`, in: both },
  { type: `${storage}/blobServices/containers`, in: both },
  { type: "Microsoft.KeyVault/vaults", in: main, also: ["PrivateEndpointConnectionsApproval/action"] },
  { type: "Microsoft.ContainerRegistry/registries", in: main, also: ["privateEndpointConnectionsApproval/action"] },
  {
    type: "Microsoft.OperationalInsights/workspaces",
    in: main,
    when: ({ joined }) => joined.logs === undefined,
    also: ["sharedKeys/action"],
  },
  { type: "Microsoft.Insights/components", in: main },
  { type: "Microsoft.Insights/diagnosticSettings", in: both },
  { type: ml, in: main, also: ["privateEndpointConnectionsApproval/action"] },
  { type: `${ml}/computes`, in: main },
  { type: `${ml}/datastores`, in: main },
  { type: `${ml}/outboundRules`, in: main, when: ({ managed }) => managed },

  { type: `${network}/virtualNetworks`, in: main, when: networks, also: ["join/action"] },
  { type: `${network}/virtualNetworks/subnets`, in: main, when: networks, also: ["join/action"] },
  { type: `${network}/networkSecurityGroups`, in: main, when: nodes, also: ["join/action"] },
  { type: `${network}/routeTables`, in: main, when: ({ out }) => out === "firewall", also: ["join/action"] },
  { type: `${network}/publicIPAddresses`, in: main, when: ({ out }) => out === "nat", also: ["join/action"] },
  { type: `${network}/natGateways`, in: main, when: ({ out }) => out === "nat", also: ["join/action"] },
  {
    type: `${network}/virtualNetworks/virtualNetworkPeerings`,
    in: main,
    when: ({ networks, joined }) => networks === "all" || joined.peers.length > 0,
  },
  { type: `${network}/privateEndpoints`, in: main, when: ({ endpoints }) => endpoints },
  { type: `${network}/privateEndpoints/privateDnsZoneGroups`, in: main, when: ({ endpoints }) => endpoints },
  { type: `${network}/privateDnsZones`, in: main, when: zones, also: ["join/action"] },
  { type: `${network}/privateDnsZones/virtualNetworkLinks`, in: main, when: zones },

  { type: "Microsoft.DevCenter/devcenters", in: main, when: ({ pool }) => pool },
  { type: "Microsoft.DevCenter/projects", in: main, when: ({ pool }) => pool },
  { type: "Microsoft.DevOpsInfrastructure/pools", in: main, when: ({ pool }) => pool },

  { type: "Microsoft.Insights/actionGroups", in: main, when: ({ alerts }) => alerts },
  { type: "Microsoft.Insights/activityLogAlerts", in: main, when: ({ alerts }) => alerts },
  { type: "Microsoft.Consumption/budgets", in: main, when: ({ budget }) => budget },
  { type: "Microsoft.Authorization/roleAssignments", in: both },
  { type: "Microsoft.Authorization/roleDefinitions", in: main, when: ({ submitter }) => submitter },
  { type: "Microsoft.Authorization/policyAssignments", in: both },
  { type: "Microsoft.Authorization/locks", in: both, when: ({ locks }) => locks },
];

/** What silos that bring their own store leave out of their group. */
const onStores = [storage, "Microsoft.Insights/diagnosticSettings", "Microsoft.Authorization/locks"];

function kindsIn(group: Group, estate: Estate): Kind[] {
  return kinds.filter(({ type, in: groups, when }) => {
    if (!groups.includes(group) || when?.(estate) === false) return false;
    if (group === "group") return true;
    const ofStores = onStores.some((word) => type.startsWith(word)) || type.endsWith("/roleAssignments");
    return !ofStores || estate.siloStores;
  });
}

/** Types of all that is made in a group, as Azure calls them, but for the group itself. */
export function typesIn(group: Group, estate: Estate): string[] {
  return kindsIn(group, estate).map(({ type }) => type);
}

/** Resource providers that the subscription must have registered. */
export function providersFor(estate: Estate): string[] {
  const types = [...typesIn("group", estate), ...typesIn("silosGroup", estate)];
  // A managed network makes endpoints of its own.
  // https://learn.microsoft.com/azure/machine-learning/how-to-managed-network
  return [...new Set([...types.map(namespaceOf), ...(estate.managed ? [network] : [])])].sort();
}

const namespaceOf = (type: string) => type.slice(0, type.indexOf("/"));

/** Something that the deployer must be allowed. */
export interface Need {
  /** Resource id of what it must be allowed on, and below. */
  readonly scope: string;
  readonly action: string;
}

export const makesGroups = "Microsoft.Resources/subscriptions/resourceGroups/write";

/** What `pulumi up` of the environment does in Azure. */
export function needsOf(estate: Estate): Need[] {
  const { joined } = estate;
  const on = (scope: string, ...actions: readonly string[]): Need[] => actions.map((action) => ({ scope, action }));
  const inGroup = (group: Group) =>
    kindsIn(group, estate).flatMap(({ type, also = [] }) => [
      ...on(estate[group], `${type}/write`),
      ...on(estate[group], ...also.map((what) => `${type}/${what}`)),
    ]);
  return [
    ...inGroup("group"),
    ...inGroup("silosGroup"),
    ...joined.peers.flatMap((id) => on(id, `${network}/virtualNetworks/peer/action`)),
    ...joined.linked.flatMap((id) => on(id, `${network}/virtualNetworks/join/action`)),
    ...joined.subnets.flatMap((id) => on(id, `${network}/virtualNetworks/subnets/join/action`)),
    ...(joined.zones === undefined ? [] : on(joined.zones, `${network}/privateDnsZones/join/action`)),
    ...(joined.logs === undefined ? [] : on(joined.logs, "Microsoft.OperationalInsights/workspaces/sharedKeys/action")),
    ...joined.stores.flatMap(({ id, endpoint }) => [
      ...on(id, "Microsoft.Authorization/roleAssignments/write"),
      ...(endpoint ? on(id, `${storage}/PrivateEndpointConnectionsApproval/action`) : []),
    ]),
  ];
}

/** The built-in roles that give what is needed, the narrowest first. */
const givers: readonly { readonly role: string; readonly gives: RegExp }[] = [
  { role: "Locks Contributor", gives: /^Microsoft\.Authorization\/locks\// },
  { role: "Resource Policy Contributor", gives: /^Microsoft\.Authorization\/policyAssignments\// },
  { role: "Role Based Access Control Administrator", gives: /^Microsoft\.Authorization\/roleAssignments\// },
  // No narrower one makes roles.
  { role: "User Access Administrator", gives: /^Microsoft\.Authorization\/roleDefinitions\// },
];

const giversElsewhere: typeof givers = [
  { role: "Network Contributor", gives: /^Microsoft\.Network\/virtualNetworks\// },
  { role: "Private DNS Zone Contributor", gives: /^Microsoft\.Network\/privateDnsZones\// },
  { role: "Log Analytics Contributor", gives: /^Microsoft\.OperationalInsights\// },
  { role: "Azure AI Enterprise Network Connection Approver", gives: /PrivateEndpointConnectionsApproval\/action$/i },
];

/** The role to give the deployer for a need: in the environment's own groups one for all that is made there. */
export function roleFor({ action, scope }: Need, { group, silosGroup }: Pick<Estate, Group>): string {
  const own = [group, silosGroup].includes(scope);
  const found = [...givers, ...(own ? [] : giversElsewhere)].find(({ gives }) => gives.test(action));
  return found?.role ?? "Contributor";
}
