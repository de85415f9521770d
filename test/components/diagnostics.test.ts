import { existsSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";

import { diagnostics, type DiagnosticsKind } from "../../components/diagnostics";
import { created, mockEngine, only, urns } from "../support/mocks";
import { root } from "../support/root";

const type = "azure-native:monitor:DiagnosticSetting";
const group = "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10/resourceGroups/rg-fl-prod/providers";
const logs = `${group}/Microsoft.OperationalInsights/workspaces/log-fl-prod`;
const targets: Record<DiagnosticsKind, string> = {
  workspace: `${group}/Microsoft.MachineLearningServices/workspaces/aml-fl-prod`,
  vault: `${group}/Microsoft.KeyVault/vaults/kv-fl-abcde`,
  registry: `${group}/Microsoft.ContainerRegistry/registries/crflabcde`,
  store: `${group}/Microsoft.Storage/storageAccounts/stflabcdews`,
  files: `${group}/Microsoft.Storage/storageAccounts/stflabcdews`,
};

let registered: string[];
beforeEach(async () => {
  await mockEngine();
  const parent = new pulumi.ComponentResource("federated-mlops:index:Parent", "parent");
  for (const [kind, id] of Object.entries(targets) as [DiagnosticsKind, string][]) {
    diagnostics(`parent-${kind}`, { kind, id }, pulumi.output(logs), { parent });
  }
  registered = await urns();
});

describe("diagnostic settings", () => {
  it("are one for each target, under its component", () => {
    expect(registered.filter((urn) => urn.includes(type)).sort()).toEqual([
      `federated-mlops:index:Parent$${type}::parent-files-diagnostics`,
      `federated-mlops:index:Parent$${type}::parent-registry-diagnostics`,
      `federated-mlops:index:Parent$${type}::parent-store-diagnostics`,
      `federated-mlops:index:Parent$${type}::parent-vault-diagnostics`,
      `federated-mlops:index:Parent$${type}::parent-workspace-diagnostics`,
    ]);
  });

  for (const kind of ["workspace", "vault", "registry"] as const) {
    it(`send all logs and metrics of a ${kind} to Log Analytics`, () => {
      expect(only(type, `parent-${kind}-diagnostics`)).toEqual({
        name: "federated-mlops",
        resourceUri: targets[kind],
        workspaceId: logs,
        logs: [{ categoryGroup: "allLogs", enabled: true }],
        metrics: [{ category: "AllMetrics", enabled: true }],
      });
    });
  }

  for (const [kind, service] of [
    ["store", "blobServices"],
    ["files", "fileServices"],
  ] as const) {
    it(`send all logs of a store's ${service}: the account itself has none`, () => {
      expect(only(type, `parent-${kind}-diagnostics`)).toEqual({
        name: "federated-mlops",
        resourceUri: `${targets[kind]}/${service}/default`,
        workspaceId: logs,
        logs: [{ categoryGroup: "allLogs", enabled: true }],
      });
    });
  }

  const validator = join(root, "..", "shared", "armspec", "validate.mjs");
  it.runIf(existsSync(validator))("are valid requests to Azure Resource Manager", async () => {
    const { validate } = (await import(/* @vite-ignore */ validator)) as { validate: Validate };
    const verdicts = validate(created.filter((one) => one.type === type).map((one) => ({ ...one, token: one.type })));
    expect(verdicts.map(({ skipped, issues = [] }) => ({ skipped, issues }))).toEqual(
      Object.keys(targets).map(() => ({ skipped: undefined, issues: [] })),
    );
  });
});

type Validate = (
  list: { token: string; name: string; inputs: unknown }[],
) => { readonly skipped?: string; readonly issues?: unknown[] }[];
