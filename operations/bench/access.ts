/**
 * What the access audit costs at Azure's own ceilings: 4,000 role assignments in the subscription and 500 on each of the
 * six management groups above it, 20,000 people, 2,000 groups nested five deep.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-rbac-limits
 */
import { judge } from "../../audit/judge";
import type { Assignment, Group, RoleDefinition, World } from "../../audit/model";

const subscription = "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
const groups = 2_000;
const people = 20_000;
const depth = 5;
const managementGroups = Array.from(
  { length: 6 },
  (_, at) => `/providers/Microsoft.Management/managementGroups/mg${at}`,
);

/** The example organisation at that size. Silos as the largest that the program was measured with. */
export function largestWorld(silos = 300): World {
  const within = (group: string, type: string, name: string) =>
    `${subscription}/resourceGroups/${group}/providers/${type}/${name}`;
  const workspace = within("rg-fl-prod", "Microsoft.MachineLearningServices/workspaces", "aml-fl-prod");
  const store = within("rg-fl-prod", "Microsoft.Storage/storageAccounts", "stfl");
  const identities = Array.from({ length: silos }, (_, at) => ({
    id: within("rg-fl-prod", "Microsoft.ManagedIdentity/userAssignedIdentities", `id-silo${at}`),
    principal: `silo${at}`,
    trusts: [],
    attached: [`${workspace}/computes/silo${at}-cpu`],
  }));
  const roles: Readonly<Record<string, RoleDefinition>> = Object.fromEntries(
    Array.from({ length: 200 }, (_, at) => [`role${at}`, roleAt(at)]),
  );
  const scopes = [...managementGroups, subscription, `${subscription}/resourceGroups/rg-fl-prod`, workspace, store];
  const many = (count: number, scopeOf: (at: number) => string): Assignment[] =>
    Array.from({ length: count }, (_, at) => ({
      id: `${scopeOf(at)}/assignments/${at}`,
      principal: at % 3 === 0 ? `person${(at * 37) % people}` : `group${(at * 13) % groups}`,
      role: `role${at % 200}`,
      scope: scopeOf(at),
      held: "always",
    }));
  return {
    ...{ stack: "prod", at: "2026-11-25T08:00:00Z", unknown: [] },
    production: {
      workspace: { id: workspace },
      pipeline: "pipeline",
      stores: [{ id: store, sharedKey: false, credentials: [] }],
      computes: identities.map(({ attached: [id = ""] }) => ({ id, kind: "AmlCompute", localAuth: false })),
      jobs: [],
      schedules: [],
    },
    azure: {
      roles,
      above: { [subscription.split("/")[2] ?? ""]: managementGroups },
      identities,
      assignments: [
        ...many(4_000, (at) => scopes[6 + (at % 4)] ?? subscription),
        ...managementGroups.flatMap((scope) => many(500, () => scope)),
        ...identities.map(({ id, principal }): Assignment => ({
          ...{ id: `${id} store`, principal, role: "role3", scope: store, held: "always" },
        })),
      ],
    },
    directory: {
      tenant: "contoso",
      people: Object.fromEntries(Array.from({ length: people }, (_, at) => [`person${at}`, `Person ${at}`])),
      groups: Object.fromEntries(Array.from({ length: groups }, (_, at) => [`group${at}`, groupAt(at)])),
      ...{ principals: {}, roles: [], permissions: [] },
    },
  };
}

/** Every fourth role is a way in, each in another way. */
function roleAt(at: number): RoleDefinition {
  const ways = [
    { actions: ["*"] },
    { actions: ["*/read"] },
    { actions: ["Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action"] },
    { dataActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"] },
    ...Array.from({ length: 4 }, (_, part) => ({ actions: [`Microsoft.Network/part${part}/*`, "*/read"] })),
  ];
  return { name: `Role ${at}`, custom: at > 100, assignableScopes: [subscription], permissions: [ways[at % 8] ?? {}] };
}

/** Ten people each; every group lies in another, five deep. */
function groupAt(at: number): Group {
  const inside = Array.from({ length: 10 }, (_, one) => `person${(at * 10 + one) % people}`);
  const below = [at * 4 + 1, at * 4 + 2, at * 4 + 3, at * 4 + 4].filter((child) => child < groups);
  return {
    name: `Group ${at}`,
    members: [...inside, ...below.map((child) => `group${child}`)],
    owners: [`person${at}`],
    privileged: false,
  };
}

/** Judges it once, and says in how many seconds and with how many routes. */
export function measureAudit(): { readonly seconds: number; readonly routes: number; readonly assignments: number } {
  const world = largestWorld();
  const start = performance.now();
  const { routes } = judge(world, []);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, routes: routes.length, assignments: world.azure.assignments.length };
}

if (require.main === module) {
  const { seconds, routes, assignments } = measureAudit();
  console.log(
    `${assignments} assignments, ${people} people, ${groups} groups ${depth} deep: ${routes} routes in ${seconds.toFixed(1)} s`,
  );
}
