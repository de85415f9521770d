import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";

import { Guardrails, type GuardrailsArgs } from "../../components/guardrails";
import { policies } from "../../facts/policies";
import { created, mockEngine, only, urns } from "../support/mocks";
import { root } from "../support/root";

const assignment = "azure-native:authorization:PolicyAssignment";
const lock = "azure-native:authorization:ManagementLockByScope";
const alert = "azure-native:monitor:ActivityLogAlert";
const actionGroup = "azure-native:monitor:ActionGroup";
const budget = "azure-native:consumption:Budget";

const subscription = "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
const group = `${subscription}/resourceGroups/rg-fl-prod`;
const silosGroup = `${subscription}/resourceGroups/rg-fl-prod-silos`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv-fl-abcde`;
const store = `${silosGroup}/providers/Microsoft.Storage/storageAccounts/stflabcdesilo0`;

const production: GuardrailsArgs = {
  groups: [
    { key: "group", id: group },
    { key: "silos-group", id: silosGroup },
  ],
  enforce: "Deny",
  ingress: "private",
  lock: true,
  locked: { vault, "silo0-store": store },
  alerts: {
    emails: ["fl-ops@contoso.example", "fl-security@contoso.example"],
    monthlyBudget: 2000,
    budgetFrom: "2026-11",
  },
  names: { group: "rg-fl-prod", place: "fl-prod", budget: "budget-fl-prod" },
  tags: { owner: "fl" },
};
const development: GuardrailsArgs = { ...production, enforce: "Audit", ingress: "public", lock: false };

let registered: string[];
async function guard(args: GuardrailsArgs, opts?: pulumi.ComponentResourceOptions): Promise<void> {
  new Guardrails("guardrails", args, opts);
  registered = await urns();
}

/** What was asked of Azure, in order. */
const asked = () => created.filter(({ type }) => type.startsWith("azure-native:"));

/** `<definition> <effect>` of every assignment in one of the groups, by its name. */
function assigned(scope: string): Record<string, string> {
  const found = created.filter(({ type, inputs }) => type === assignment && inputs.scope === scope);
  return Object.fromEntries(
    found.map(({ inputs }) => [
      String(inputs.policyAssignmentName),
      `${String(inputs.policyDefinitionId)} ${(inputs.parameters as { effect: { value: string } }).effect.value}`,
    ]),
  );
}

const builtIn = "/providers/Microsoft.Authorization/policyDefinitions";
const always = (effect: string) => ({
  "workspace-identity": `${builtIn}/5f0c7d88-c7de-45b8-ac49-db49e72eaa78 ${effect}`,
  "compute-local-auth": `${builtIn}/e96a9a5f-07ca-471b-9bc5-6a0f33cbd68f ${effect}`,
  "store-shared-key": `${builtIn}/8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54 ${effect}`,
  "store-anonymous-blobs": `${builtIn}/4fa4b6c0-31ca-4c0d-b10d-24b96f62a751 ${effect}`,
  "store-tls": `${builtIn}/fe83a0eb-a853-422d-aac2-1bffd182c5d0 ${effect}`,
  "store-secure-transfer": `${builtIn}/404c3081-a854-4457-ae30-26a93ef643f9 ${effect}`,
  "store-cross-tenant": `${builtIn}/92a89a79-6c52-4a7e-a03f-61306fc49312 ${effect}`,
  "vault-rbac": `${builtIn}/12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5 ${effect}`,
  "registry-admin": `${builtIn}/dc921057-6b28-4fbe-9b83-f7bec05db6c2 ${effect}`,
  "registry-anonymous-pull": `${builtIn}/9f2dea28-e834-476c-99c5-3507b4728395 ${effect}`,
});
const wherePrivate = (effect: string) => ({
  "workspace-public-access": `${builtIn}/438c38d2-3772-465a-a9cc-7a6666a275ce ${effect}`,
  "store-public-access": `${builtIn}/b2982f36-99f2-4db5-8eff-283140c09693 ${effect}`,
  "vault-public-access": `${builtIn}/405c5871-3e91-4644-8a63-58e19d68ff5b ${effect}`,
  "registry-exports": `${builtIn}/524b0254-c285-4903-bee6-bb8126cde579 ${effect}`,
  // Denied, they would refuse the program's own log workspace.
  "insights-public-access": `${builtIn}/1bc02227-0cb6-4e11-8f53-eb0b22eab7e8 Audit`,
  "logs-public-access": `${builtIn}/6c53d030-cc64-46f0-906d-2bc061cd1334 Audit`,
});

beforeEach(() => mockEngine());

describe("guardrails", () => {
  const postures = [
    { enforce: "Deny", ingress: "private", expected: { ...always("Deny"), ...wherePrivate("Deny") } },
    { enforce: "Deny", ingress: "public", expected: always("Deny") },
    { enforce: "Audit", ingress: "private", expected: { ...always("Audit"), ...wherePrivate("Audit") } },
    { enforce: "Audit", ingress: "public", expected: always("Audit") },
  ] as const;
  for (const { enforce, ingress, expected } of postures) {
    it(`assign the policies of ${ingress} ingress to both groups, to ${enforce}`, async () => {
      await guard({ ...production, enforce, ingress });
      expect(assigned(group)).toEqual(expected);
      expect(assigned(silosGroup)).toEqual(expected);
      expect(created.filter(({ type }) => type === assignment)).toHaveLength(2 * Object.keys(expected).length);
    });
  }

  it("enforce a policy, say who manages it, and tell a refused person why", async () => {
    await guard(production);
    expect(only(assignment, "guardrails-silos-group-store-shared-key")).toEqual({
      policyAssignmentName: "store-shared-key",
      scope: silosGroup,
      policyDefinitionId: `${builtIn}/8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54`,
      displayName: "federated-mlops: Storage accounts take no account keys.",
      description: "Managed by federated-mlops: change it there.",
      nonComplianceMessages: [{ message: "Storage accounts take no account keys." }],
      parameters: { effect: { value: "Deny" } },
      enforcementMode: "Default",
    });
  });

  it("lock exactly what they are given against deletion, and tell how to lift the lock", async () => {
    await guard(production);
    const locks = created.filter(({ type }) => type === lock);
    expect(locks.map(({ name, inputs }) => [name, inputs.scope, inputs.level, inputs.lockName])).toEqual([
      ["guardrails-vault-lock", vault, "CanNotDelete", "federated-mlops"],
      ["guardrails-silo0-store-lock", store, "CanNotDelete", "federated-mlops"],
    ]);
    for (const { inputs } of locks) {
      const notes = String(inputs.notes);
      expect(notes).toContain(
        `az lock delete --ids ${String(inputs.scope)}/providers/Microsoft.Authorization/locks/federated-mlops.`,
      );
      expect(notes.length).toBeLessThanOrEqual(512);
    }
  });

  it("fit their names and notes into Azure's limits for the longest ids", async () => {
    const longest = `${subscription}/resourceGroups/${"g".repeat(90)}/providers/Microsoft.OperationalInsights/workspaces/${"l".repeat(63)}`;
    await guard({ ...production, locked: { logs: longest } });
    expect(String(only(lock).notes).length).toBeLessThanOrEqual(512);
    for (const { inputs } of created.filter(({ type }) => type === assignment)) {
      expect(String(inputs.policyAssignmentName).length).toBeLessThanOrEqual(64);
      expect(String(inputs.displayName).length).toBeLessThanOrEqual(128);
    }
  });

  it("mail about each kind of tampering in either group", async () => {
    await guard(production);
    expect(only(actionGroup)).toEqual({
      resourceGroupName: "rg-fl-prod",
      location: "Global",
      actionGroupName: "ag-fl-prod",
      groupShortName: "fed-mlops",
      enabled: true,
      emailReceivers: [
        { name: "fl-ops@contoso.example", emailAddress: "fl-ops@contoso.example", useCommonAlertSchema: true },
        {
          name: "fl-security@contoso.example",
          emailAddress: "fl-security@contoso.example",
          useCommonAlertSchema: true,
        },
      ],
      tags: { owner: "fl" },
    });
    const alerts = created.filter(({ type }) => type === alert);
    expect(Object.fromEntries(alerts.map(({ inputs }) => [inputs.activityLogAlertName, inputs.condition]))).toEqual({
      "alert-fl-prod-role-granted": condition("Microsoft.Authorization/roleAssignments/write"),
      "alert-fl-prod-role-revoked": condition("Microsoft.Authorization/roleAssignments/delete"),
      "alert-fl-prod-policy-removed": condition("Microsoft.Authorization/policyAssignments/delete"),
      "alert-fl-prod-policy-changed": condition("Microsoft.Authorization/policyAssignments/write"),
      "alert-fl-prod-policy-exempted": condition("Microsoft.Authorization/policyExemptions/write"),
      "alert-fl-prod-lock-removed": condition("Microsoft.Authorization/locks/delete"),
      "alert-fl-prod-logs-stopped": condition("Microsoft.Insights/diagnosticSettings/delete"),
      "alert-fl-prod-identity-trusts": condition(
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
      ),
    });
    for (const { inputs } of alerts) {
      expect(inputs).toMatchObject({
        resourceGroupName: "rg-fl-prod",
        location: "Global",
        enabled: true,
        scopes: [group, silosGroup],
        actions: { actionGroups: [{ actionGroupId: "guardrails-people-id" }] },
      });
    }
  });

  it("watch the month's costs from a day that the configuration names", async () => {
    await guard(production);
    const contactEmails = ["fl-ops@contoso.example", "fl-security@contoso.example"];
    expect(only(budget)).toEqual({
      budgetName: "budget-fl-prod",
      scope: group,
      category: "Cost",
      amount: 2000,
      timeGrain: "Monthly",
      timePeriod: { startDate: "2026-11-01T00:00:00Z" },
      notifications: {
        actual80: { enabled: true, operator: "GreaterThan", thresholdType: "Actual", threshold: 80, contactEmails },
        forecasted100: {
          enabled: true,
          operator: "GreaterThan",
          thresholdType: "Forecasted",
          threshold: 100,
          contactEmails,
        },
      },
    });
  });

  it("start the budget anew where its first month changes: Azure does not move it", async () => {
    const requests = recordRequests();
    await guard(production);
    expect(requests["guardrails-budget"]?.getReplaceonchangesList()).toEqual(["timePeriod.startDate"]);
    expect(requests["guardrails-budget"]?.getDeletebeforereplace()).toBe(true);
  });

  it("consist of these children and no others", async () => {
    await guard(production);
    const keys = Object.keys({ ...always(""), ...wherePrivate("") });
    expect(registered.filter((urn) => urn.includes("guardrails")).sort()).toEqual(
      [
        "federated-mlops:index:Guardrails::guardrails",
        ...["group", "silos-group"].flatMap((place) => keys.map((key) => child(assignment, `${place}-${key}`))),
        child(lock, "vault-lock"),
        child(lock, "silo0-store-lock"),
        child(actionGroup, "people"),
        child(alert, "role-granted"),
        child(alert, "role-revoked"),
        child(alert, "policy-removed"),
        child(alert, "policy-changed"),
        child(alert, "policy-exempted"),
        child(alert, "lock-removed"),
        child(alert, "logs-stopped"),
        child(alert, "identity-trusts"),
        child(budget, "budget"),
      ].sort(),
    );
  });

  it("lock nothing in development", async () => {
    await guard(development);
    expect(created.filter(({ type }) => type === lock)).toEqual([]);
    expect(asked()).toHaveLength(2 * 10 + 1 + 8 + 1);
  });

  it("write to nobody where no address is given, and watch no costs without a budget", async () => {
    await guard({ ...production, alerts: undefined });
    expect(new Set(asked().map(({ type }) => type))).toEqual(new Set([assignment, lock]));
    await mockEngine();
    await guard({ ...production, alerts: { emails: ["fl-ops@contoso.example"], budgetFrom: "2026-11" } });
    expect(created.filter(({ type }) => type === alert)).toHaveLength(8);
    expect(created.filter(({ type }) => type === budget)).toEqual([]);
  });

  it("come after everything that they are told to wait for", async () => {
    const slow = new Promise<string>((resolve) => setTimeout(() => resolve("westeurope"), 100));
    const guarded = new pulumi.ComponentResource("federated-mlops:index:Guarded", "guarded");
    new resources.ResourceGroup("late", { location: slow }, { parent: guarded });
    await guard(production, { dependsOn: guarded });
    expect(asked()[0]?.name).toBe("late");
    expect(asked()).toHaveLength(1 + 2 * 16 + 2 + 1 + 8 + 1);
  });

  it("lift a lock before anything that its resource's id waits for is taken away", async () => {
    const requests = recordRequests();
    const role = new resources.ResourceGroup("role");
    await guard({ ...production, locked: { "silo0-store": pulumi.all([store, role.id]).apply(([id]) => id) } });
    const waitsFor = requests["guardrails-silo0-store-lock"]?.getDependenciesList();
    expect(waitsFor?.map((urn) => urn.split("::").at(-1))).toEqual(["role"]);
    expect(only(lock).scope).toBe(store);
  });

  const facts = join(root, "..", "shared", "facts", "azure.md");
  it.runIf(existsSync(facts))("know only definitions that Azure brings along", () => {
    const known = readFileSync(facts, "utf8");
    expect(policies.filter(({ id }) => !known.includes(id))).toEqual([]);
    for (const word of ["key", "id", "what"] as const) {
      expect(new Set(policies.map((policy) => policy[word])).size, word).toBe(policies.length);
    }
  });

  const validator = join(root, "..", "shared", "armspec", "validate.mjs");
  for (const [posture, args] of Object.entries({ production, development })) {
    it.runIf(existsSync(validator))(`in ${posture} are valid requests to Azure Resource Manager`, async () => {
      await guard(args);
      const { validate } = (await import(/* @vite-ignore */ validator)) as { validate: Validate };
      const verdicts = validate(asked().map((one) => ({ ...one, token: one.type })));
      expect(verdicts.filter(({ skipped, issues = [] }) => skipped !== undefined || issues.length > 0)).toEqual([]);
      expect(verdicts).toHaveLength(asked().length);
    });
  }
});

interface Request {
  getName(): string;
  getDependenciesList(): string[];
  getReplaceonchangesList(): string[];
  getDeletebeforereplace(): boolean;
}

/** From now on, every registration by its name: what inputs do not show of it. */
function recordRequests(): Record<string, Request> {
  const requests: Record<string, Request> = {};
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: Request, answer: unknown): Promise<void>;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) => {
    requests[request.getName()] = request;
    return register(request, answer);
  };
  return requests;
}

const child = (type: string, suffix: string) => `federated-mlops:index:Guardrails$${type}::guardrails-${suffix}`;

const condition = (operation: string) => ({
  allOf: [
    { field: "category", equals: "Administrative" },
    { field: "operationName", equals: operation },
  ],
});

type Validate = (
  list: { token: string; name: string; inputs: unknown }[],
) => { readonly skipped?: string; readonly issues?: unknown[] }[];
