import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { accessTable } from "../../components/access";
import { type Role, roleDefinitionId, roles } from "../../facts/roles";
import { namesOf } from "../../names";
import { created, urns } from "../support/mocks";
import { runProgram } from "../support/program";

const stem = { subscription: "sub", stack: "s", workload: "fl", generation: 1, silos: { silo0: {}, silo1: {} } };
const names = namesOf(stem);
const users = [{ kind: "Group" as const, objectId: "scientists" }];

const usual = {
  managed: false,
  readers: "codeAndResults",
  handover: "shared",
  pipelineRole: "contributor",
  imageBuilds: undefined,
} as const;

/** `who role @where` of every row, with the places by their short names. */
function graph(
  environment: "development" | "production",
  other: Partial<Parameters<typeof accessTable>[0]> = {},
): string[] {
  const places = Object.entries({
    handover: names.orchestrator.containerId,
    "silo0-handover": `${names.orchestrator.storeId}/blobServices/default/containers/handover-silo0`,
    "silo1-handover": `${names.orchestrator.storeId}/blobServices/default/containers/handover-silo1`,
    "orchestrator-store": names.orchestrator.storeId,
    "silo0-store": names.silos.silo0?.storeId,
    "silo1-store": names.silos.silo1?.storeId,
    store: names.storeId,
    workspace: names.workspaceId,
    vault: names.vaultId,
    registry: names.registryId,
    insights: names.insightsId,
  });
  const { groundwork, access } = accessTable({ names, users, environment, ...usual, ...other });
  return [...groundwork, ...access]
    .map(({ principal, role, scope }) => `${principal}: ${role} @ ${places.find(([, id]) => id === scope)?.[0]}`)
    .sort();
}

const platform = [
  "workspace: Contributor @ insights",
  "workspace: Contributor @ registry",
  "workspace: Contributor @ store",
  "workspace: Contributor @ vault",
  "workspace: Contributor @ workspace",
  "workspace: Key Vault Administrator @ vault",
  "workspace: Storage Blob Data Contributor @ store",
  "pipeline: Contributor @ workspace",
  "pipeline: Storage Blob Data Contributor @ store",
  "pipeline: Storage File Data Privileged Contributor @ store",
  ...["orchestrator", "silo0", "silo1"].flatMap((party) => [
    `${party}: AcrPull @ registry`,
    `${party}: Monitoring Metrics Publisher @ insights`,
    `${party}: Storage Blob Data Contributor @ store`,
  ]),
  "orchestrator: Storage Blob Data Contributor @ orchestrator-store",
  "silo0: Storage Blob Data Contributor @ handover",
  "silo0: Storage Blob Data Contributor @ silo0-store",
  "silo1: Storage Blob Data Contributor @ handover",
  "silo1: Storage Blob Data Contributor @ silo1-store",
];

describe("the access table", () => {
  // Literals, not snapshots: an updated snapshot would bless a hole.
  it("gives people in production sight and nothing else", () => {
    expect(graph("production")).toEqual(
      [
        ...platform,
        "scientists: Reader @ workspace",
        "scientists: Storage Blob Data Reader @ store",
        "scientists: Storage File Data Privileged Reader @ store",
      ].sort(),
    );
  });

  it("gives people in development all of the workspace and its stores", () => {
    expect(graph("development")).toEqual(
      [
        ...platform,
        "scientists: AzureML Compute Operator @ workspace",
        "scientists: AzureML Data Scientist @ workspace",
        "scientists: Storage Blob Data Contributor @ orchestrator-store",
        "scientists: Storage Blob Data Contributor @ silo0-store",
        "scientists: Storage Blob Data Contributor @ silo1-store",
        "scientists: Storage Blob Data Contributor @ store",
        "scientists: Storage File Data Privileged Contributor @ store",
      ].sort(),
    );
  });

  it("gives each silo its own hand-over where that is asked for", () => {
    const changed = platform.map((row) => row.replace(/^(silo\d)(.*) @ handover$/, "$1$2 @ $1-handover"));
    expect(changed).not.toEqual(platform);
    expect(graph("production", { handover: "perSilo", readers: "metadataOnly" })).toEqual(
      [...changed, "scientists: Reader @ workspace"].sort(),
    );
  });

  it("lets the workspace's identity approve the endpoints of its managed network", () => {
    const approver = (scope: string) => `workspace: Azure AI Enterprise Network Connection Approver @ ${scope}`;
    const managed = graph("production", { managed: true });
    expect(managed.filter((row) => !graph("production").includes(row))).toEqual(
      ["orchestrator-store", "registry", "silo0-store", "silo1-store", "store", "vault"].map(approver),
    );
  });

  it("keeps every silo from every other's store, in both ways of handing over", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom("shared" as const, "perSilo" as const),
        (count, handover) => {
          const silos = Array.from({ length: count }, (_, slot) => `silo${slot}`);
          const many = namesOf({ ...stem, silos: Object.fromEntries(silos.map((key) => [key, {}])) });
          const { groundwork, access } = accessTable({
            names: many,
            users,
            environment: "production",
            ...usual,
            handover,
          });
          const reach = (principal: string) =>
            [...groundwork, ...access].filter((row) => row.principal === principal).map(({ scope }) => scope);
          const own = Object.values(many.silos).map(({ storeId }) => storeId);
          for (const [slot, silo] of silos.entries()) {
            const touched = own.filter((store) => reach(silo).some((scope) => scope.startsWith(store)));
            expect(touched).toEqual([own[slot]]);
            const handed = reach(silo).filter((scope) => scope.startsWith(many.orchestrator.storeId));
            expect(handed).toEqual([
              handover === "shared"
                ? many.orchestrator.containerId
                : `${many.orchestrator.storeId}/blobServices/default/containers/handover-${silo}`,
            ]);
          }
          for (const other of ["orchestrator", "workspace", "pipeline", "scientists"]) {
            expect(reach(other).filter((scope) => own.some((store) => scope.startsWith(store)))).toEqual([]);
          }
        },
      ),
    );
  });

  it("has one key and one assignment for each scope, role and principal", () => {
    const { groundwork, access } = accessTable({ names, users, environment: "production", ...usual });
    const rows = [...groundwork, ...access];
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    expect(new Set(rows.map(({ principal, role, scope }) => [principal, role, scope].join())).size).toBe(rows.length);
  });
});

describe("role assignments of the example's production stack", () => {
  it("have a name that stays, a principal type, and a scope that is one resource", async () => {
    await runProgram("prod");
    await urns();
    const assignments = created.filter(({ type }) => type === "azure-native:authorization:RoleAssignment");
    expect(assignments.length).toBe(32);
    for (const { inputs } of assignments) {
      expect(inputs.roleAssignmentName).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
      expect(["Group", "ServicePrincipal"]).toContain(inputs.principalType);
      expect(inputs.scope).toMatch(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/[^/]+\/.+$/);
    }
    expect(new Set(assignments.map(({ inputs }) => inputs.roleAssignmentName)).size).toBe(assignments.length);
  });

  it("give the right people the right roles", async () => {
    await runProgram("prod");
    await urns();
    const of = (principal: string) =>
      created.flatMap(({ inputs }) => (inputs.principalId === principal ? [inputs.roleDefinitionId] : []));
    const ids = (...named: Role[]) =>
      named.map((role) => roleDefinitionId("5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10", roles[role]));
    expect(of("8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11").sort()).toEqual(
      ids("Reader", "Storage Blob Data Reader", "Storage File Data Privileged Reader").sort(),
    );
    expect(of("pipeline-principal-object").sort()).toEqual(
      ids("Contributor", "Storage Blob Data Contributor", "Storage File Data Privileged Contributor").sort(),
    );
    expect(Object.keys(roles)).not.toContain("Owner");
  });
});
