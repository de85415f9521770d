/**
 * What the access audit costs at Azure's own ceilings: 4,000 role assignments in the subscription and 500 on each of the
 * six management groups above it, 20,000 people, 2,000 groups nested five deep.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-rbac-limits
 */
import { table } from "table";

import { judge } from "../../audit/judge";
import type { Assignment, Group, RoleDefinition, World } from "../../audit/model";

const subscription = "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
const managementGroups = Array.from(
  { length: 6 },
  (_, at) => `/providers/Microsoft.Management/managementGroups/mg${at}`,
);

/** The example organisation at a share of that size. Silos: as many as the largest that the program was measured with. */
function worldAt(share: number): World {
  const [people, groups, silos] = [20_000, 2_000, 300].map((count) => Math.round(count * share)) as [
    number,
    number,
    number,
  ];
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
        ...many(4_000 * share, (at) => scopes[6 + (at % 4)] ?? subscription),
        ...managementGroups.flatMap((scope) => many(500 * share, () => scope)),
        ...identities.map(({ id, principal }): Assignment => ({
          ...{ id: `${id} store`, principal, role: "role3", scope: store, held: "always" },
        })),
      ],
    },
    directory: {
      tenant: "contoso",
      people: Object.fromEntries(Array.from({ length: people }, (_, at) => [`person${at}`, `Person ${at}`])),
      groups: Object.fromEntries(
        Array.from({ length: groups }, (_, at) => [`group${at}`, groupAt(at, people, groups)]),
      ),
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
function groupAt(at: number, people: number, groups: number): Group {
  const inside = Array.from({ length: 10 }, (_, one) => `person${(at * 10 + one) % people}`);
  const below = [at * 4 + 1, at * 4 + 2, at * 4 + 3, at * 4 + 4].filter((child) => child < groups);
  return {
    name: `Group ${at}`,
    members: [...inside, ...below.map((child) => `group${child}`)],
    owners: [`person${at}`],
    privileged: false,
  };
}

/**
 * Judges the world at the ceilings and at a tenth of them, and says what it takes: the audit should grow as the tenant does.
 * The yardstick is what it takes to read the same world from JSON.
 */
export function measureAudit(): string {
  const rows = [1 / 10, 1].map((share) => {
    const world = worldAt(share);
    const json = JSON.stringify(world);
    const judging = median(() => judge(world, []));
    const reading = median(() => JSON.parse(json) as unknown);
    const { routes } = judge(world, []);
    const { length } = world.azure.assignments;
    const sizes = [length, Object.keys(world.directory.people).length, Object.keys(world.directory.groups).length];
    return [...sizes, routes.length, judging.toFixed(2), reading.toFixed(2), (judging / reading).toFixed(0)];
  });
  const head = ["assignments", "people", "groups", "routes", "judging s", "reading s", "ratio"];
  return table([head, ...rows]);
}

/** Seconds, of five times. */
function median(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  });
  return times.sort((left, right) => left - right)[2] ?? 0;
}
