/** What exists before the first `up`: an example organisation's tenant, people, teams and plan. */

export interface Person {
  readonly objectId: string;
  readonly name: string;
}

export interface EntraGroup {
  readonly objectId: string;
  readonly name: string;
  /** Object ids of people, of other groups and of services. */
  readonly members: readonly string[];
  /** Object ids of those who may add members; none where nothing is said. */
  readonly owners?: readonly string[];
  /** Only who administers privileged roles may change it. */
  readonly privileged?: boolean;
}

/** A role that somebody holds besides what was made here. */
export interface HeldRole {
  /** Object id. */
  readonly principal: string;
  /** Its name. */
  readonly role: string;
  /** Resource, group, subscription, management group or `/`; in Entra `/`. */
  readonly scope: string;
  /** It is held only after it was asked for. */
  readonly eligible?: boolean;
}

/** A GitHub App that is installed. */
export interface InstalledApp {
  readonly id: number;
  readonly slug: string;
  readonly clientId: string;
  readonly permissions: Readonly<Record<string, "read" | "write">>;
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  /** A secret team is seen by its members alone. Without it, everybody in the organisation sees it. */
  readonly secret?: boolean;
  /** GitHub logins. */
  readonly members: readonly string[];
}

/** A virtual network that somebody else looks after. */
export interface Network {
  /** ARM id. */
  readonly id: string;
  readonly location: string;
  /** Address ranges, as `10.0.0.0/16`. */
  readonly prefixes: readonly string[];
  /** Subnets that others may be given, each for one service. */
  readonly subnets?: readonly { readonly name: string; readonly prefix: string; readonly delegatedTo: string }[];
}

/** Who runs Pulumi. */
export interface Deployer {
  /** A pipeline's service principal, or a person. */
  readonly kind: "ServicePrincipal" | "User";
  readonly objectId: string;
  /** Of a person, the Azure CLI's. */
  readonly clientId: string;
  /** Roles that somebody gave it in Azure, by name, each on a resource id. */
  readonly roles: readonly { readonly role: string; readonly scope: string }[];
  /** Permissions of a service principal in Microsoft Graph. */
  readonly graph: readonly string[];
  /** Roles of a person in Entra, by name. */
  readonly directoryRoles: readonly string[];
  /** What its token may read on GitHub, by GitHub's names of permissions. */
  readonly github: readonly string[];
  /** Its permissions in the Azure DevOps organisation and in every project there, by Azure DevOps' names. */
  readonly azureDevOps: readonly string[];
}

/** A size of virtual machines that Azure ML offers in every region. */
export interface VmSize {
  readonly name: string;
  /** As its quota calls it: `standardDSv2Family`. */
  readonly family: string;
  readonly cores: number;
  readonly gpus: number;
}

export interface Organisation {
  readonly tenantId: string;
  readonly deployer: Deployer;
  /** Whether every person may register applications. */
  readonly usersRegisterApplications: boolean;
  readonly subscriptions: readonly string[];
  /** Management groups above all of them, the nearest first. */
  readonly managementGroups: readonly string[];
  /** Roles in Azure that people hold. */
  readonly rights: readonly HeldRole[];
  /** Roles in Entra that people hold. */
  readonly administrators: readonly HeldRole[];
  /** Resource providers that are registered in every subscription. */
  readonly providers: readonly string[];
  readonly vmSizes: readonly VmSize[];
  /** Cores that clusters may have in each region: together, and of one family where it is named. */
  readonly quota: { readonly total: number; readonly families: Readonly<Record<string, number>> };
  readonly people: readonly Person[];
  readonly groups: readonly EntraGroup[];
  /** Global names that somebody else in the world already has. */
  readonly takenNames: readonly string[];
  /** Networks to peer with; their subnets are taken on trust. */
  readonly networks: readonly Network[];
  readonly github: {
    readonly login: string;
    readonly id: number;
    readonly plan: "free" | "team" | "enterprise";
    /** What every member may do with every repository. */
    readonly basePermission: "none" | "read" | "write" | "admin";
    /** Form of the subject in tokens of its workflows: with numeric ids, or as of old. */
    readonly subject: "immutable" | "classic";
    /** Logins. */
    readonly owners: readonly string[];
    readonly apps: readonly InstalledApp[];
    readonly teams: readonly Team[];
  };
  /** The Azure DevOps organisation, connected to the tenant. */
  readonly azureDevOps: {
    readonly url: string;
    readonly name: string;
    readonly id: string;
    /** Object ids of its Project Collection Administrators. */
    readonly administrators: readonly string[];
    /** Whether classic pipelines may be made. */
    readonly classicPipelines: boolean;
    /** Extensions that put steps into every job, as `<publisher>.<extension>`. */
    readonly decorators: readonly string[];
  };
}

const people: Person[] = [
  { objectId: "1b6f3e0c-7f5d-4a52-8f0b-6a3f5f0c9d01", name: "amina" },
  { objectId: "2c7a4f1d-8a6e-4b63-9a1c-7b4a6a1d0e02", name: "bjarne" },
  { objectId: "3d8b5a2e-9b7f-4c74-8b2d-8c5b7b2e1f03", name: "chidi" },
  { objectId: "4e9c6b3f-0c80-4d85-9c3e-9d6c8c3f2a04", name: "dolores" },
  { objectId: "5fad7c40-1d91-4e96-8d4f-0e7d9d403b05", name: "emre" },
  { objectId: "60be8d51-2ea2-4fa7-9e50-1f8eae514c06", name: "freya" },
];

const subscriptions = ["5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10", "2d9a4c1e-7b64-4f0d-8c35-91e6a07d5b42"];
const freya = "60be8d51-2ea2-4fa7-9e50-1f8eae514c06";
const breakGlass = "c3da4f72-96e9-4fa7-9b4e-40519f72be55";
const hub = `/subscriptions/${subscriptions[0]}/resourceGroups/rg-hub`;

/** What the README says that a deployer needs. */
const deployerRoles = [
  "Contributor",
  "Role Based Access Control Administrator",
  "Resource Policy Contributor",
  "Locks Contributor",
];

export const contoso: Organisation = {
  tenantId: "c0a5e7f1-52d4-4c7b-8a39-2f6b1d9e4c10",
  deployer: {
    kind: "ServicePrincipal",
    objectId: "d1b6f802-63e5-4d8c-9b4a-307c2eaf5d21",
    clientId: "e2c70913-74f6-4e9d-8c5b-418d3fb06e32",
    roles: [
      ...subscriptions.flatMap((id) => deployerRoles.map((role) => ({ role, scope: `/subscriptions/${id}` }))),
      // For the program's own role, which examples/adopted-workspace asks for.
      { role: "User Access Administrator", scope: `/subscriptions/${subscriptions[0]}/resourceGroups/rg-legacy` },
    ],
    graph: ["Application.ReadWrite.OwnedBy"],
    directoryRoles: [],
    github: [
      ...["metadata", "administration", "actions", "contents", "environments", "secrets", "variables"],
      ...["members", "organization_plan", "organization_administration", "organization_self_hosted_runners"],
    ],
    azureDevOps: ["CREATE_PROJECTS", "GENERIC_WRITE"],
  },
  usersRegisterApplications: true,
  subscriptions,
  managementGroups: ["contoso-fl", "contoso"].map((name) => `/providers/Microsoft.Management/managementGroups/${name}`),
  rights: [{ principal: breakGlass, role: "Owner", scope: `/subscriptions/${subscriptions[0]}`, eligible: true }],
  administrators: [{ principal: freya, role: "Global Administrator", scope: "/" }],
  providers: [
    ...["Authorization", "Resources", "Consumption", "Insights", "OperationalInsights", "ManagedIdentity"],
    ...["Network", "Storage", "KeyVault", "ContainerRegistry", "MachineLearningServices"],
    ...["DevCenter", "DevOpsInfrastructure"],
  ].map((name) => `Microsoft.${name}`),
  vmSizes: [
    { name: "Standard_DS3_v2", family: "standardDSv2Family", cores: 4, gpus: 0 },
    { name: "Standard_DS4_v2", family: "standardDSv2Family", cores: 8, gpus: 0 },
    { name: "Standard_DS5_v2", family: "standardDSv2Family", cores: 16, gpus: 0 },
    { name: "Standard_D8s_v3", family: "standardDSv3Family", cores: 8, gpus: 0 },
    { name: "Standard_NC4as_T4_v3", family: "standardNCASv3_T4Family", cores: 4, gpus: 1 },
    { name: "Standard_NC24ads_A100_v4", family: "standardNCADSA100v4Family", cores: 24, gpus: 1 },
  ],
  quota: { total: 400, families: {} },
  people,
  groups: [
    {
      objectId: "8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11",
      name: "fl-data-scientists",
      members: people.map(({ objectId }) => objectId),
    },
    {
      objectId: "9a7a1c4f-63b6-4c74-8e1b-1d2e6c4f8b22",
      name: "fl-platform",
      members: people
        .filter(({ name }) => ["bjarne", "dolores", "freya"].includes(name))
        .map(({ objectId }) => objectId),
    },
    {
      objectId: "a1b82d50-74c7-4d85-9f2c-2e3f7d509c33",
      name: "fl-maintainers",
      members: people
        .filter(({ name }) => ["amina", "bjarne", "chidi", "dolores"].includes(name))
        .map(({ objectId }) => objectId),
    },
    {
      objectId: "b2c93e61-85d8-4e96-8a3d-3f408e61ad44",
      name: "fl-release",
      members: people.filter(({ name }) => ["chidi", "dolores", "emre"].includes(name)).map(({ objectId }) => objectId),
    },
    { objectId: breakGlass, name: "fl-break-glass", members: [freya], privileged: true },
  ],
  takenNames: ["contoso", "mlops", "federatedlearning"],
  networks: [
    {
      id: `${hub}/providers/Microsoft.Network/virtualNetworks/vnet-hub`,
      location: "westeurope",
      prefixes: ["10.0.0.0/16"],
    },
    {
      id: `${hub}/providers/Microsoft.Network/virtualNetworks/vnet-office`,
      location: "westeurope",
      prefixes: ["10.1.0.0/16"],
      subnets: [{ name: "pipelines", prefix: "10.1.8.0/24", delegatedTo: "Microsoft.DevOpsInfrastructure/pools" }],
    },
  ],
  github: {
    login: "contoso-fl",
    id: 148213907,
    plan: "enterprise",
    basePermission: "read",
    subject: "immutable",
    owners: ["freya"],
    // What makes the repository and its rules acts as an App, or as an owner.
    apps: [
      {
        id: 51207433,
        slug: "fl-deployer",
        clientId: "Iv23liContosoFlDeploy",
        permissions: { actions: "read", administration: "write", contents: "write", environments: "write" },
      },
    ],
    teams: [
      { id: 9104501, slug: "fl-maintainers", members: ["amina", "bjarne", "chidi", "dolores"] },
      { id: 9104502, slug: "fl-release", members: ["chidi", "dolores", "emre"] },
      { id: 9104504, slug: "fl-platform", members: ["bjarne", "dolores", "freya"] },
      { id: 9104503, slug: "fl-data-scientists", members: people.map(({ name }) => name) },
    ],
  },
  azureDevOps: {
    url: "https://dev.azure.com/contoso-fl",
    name: "contoso-fl",
    id: "7c1f5a90-3d2e-4b6c-8f10-5e7a9c2b4d68",
    administrators: [freya],
    classicPipelines: false,
    decorators: [],
  },
};
