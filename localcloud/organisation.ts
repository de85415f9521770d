/** What exists before the first `up`: an example organisation's tenant, people, teams and plan. */

export interface Person {
  readonly objectId: string;
  readonly name: string;
}

export interface EntraGroup {
  readonly objectId: string;
  readonly name: string;
  /** Object ids. */
  readonly members: readonly string[];
}

export interface Team {
  readonly id: number;
  readonly slug: string;
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
}

export interface Organisation {
  readonly tenantId: string;
  /** The service principal that runs Pulumi. */
  readonly deployer: { readonly objectId: string; readonly clientId: string };
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
    readonly teams: readonly Team[];
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

const hub = "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10/resourceGroups/rg-hub";

export const contoso: Organisation = {
  tenantId: "c0a5e7f1-52d4-4c7b-8a39-2f6b1d9e4c10",
  deployer: {
    objectId: "d1b6f802-63e5-4d8c-9b4a-307c2eaf5d21",
    clientId: "e2c70913-74f6-4e9d-8c5b-418d3fb06e32",
  },
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
    },
  ],
  github: {
    login: "contoso-fl",
    id: 148213907,
    plan: "enterprise",
    basePermission: "read",
    teams: [
      { id: 9104501, slug: "fl-maintainers", members: ["amina", "bjarne", "chidi", "dolores"] },
      { id: 9104502, slug: "fl-release", members: ["chidi", "dolores", "emre"] },
      { id: 9104504, slug: "fl-platform", members: ["bjarne", "dolores", "freya"] },
      { id: 9104503, slug: "fl-data-scientists", members: people.map(({ name }) => name) },
    ],
  },
};
