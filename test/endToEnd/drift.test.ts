import { describe, expect, it } from "vitest";

import { exitCodes, previewArguments, verdictOn } from "../../operations/drift";
import { landedCopy, type Local } from "../support/local";

/** What `npm run drift -- --stack prod` says. */
const drift = async (local: Local) => verdictOn(await local.pulumi(...previewArguments("prod")), "prod");

/** What somebody does behind Pulumi's back, and the resource that the report names. */
const seen: Record<string, { tamper: string[]; names: string }> = {
  "the users' Reader assignment is removed": { tamper: ["users-reader"], names: "reader-workspace" },
  "the environment opens to every branch": { tamper: ["environment-branches"], names: "repository-prod" },
  "a silo's store is deleted": { tamper: ["silo-store"], names: "federation-silo0-store" },
  "administrators may bypass the ruleset": { tamper: ["bypass"], names: "repository-main-ruleset" },
  "a network lets out to the Internet": { tamper: ["open-network", "nsg-fl-prod-silo0"], names: "network-silo0-nsg" },
  "the workspace opens to the public": {
    tamper: ["public-access", "workspaces/aml-fl-prod"],
    names: "workspace-workspace",
  },
  "a lock is lifted": {
    tamper: ["remove", "silo0/providers/Microsoft.Authorization/locks/federated-mlops"],
    names: "guardrails-silo0-lock",
  },
  "a policy only audits": {
    tamper: [
      "set",
      "rg-fl-prod/providers/Microsoft.Authorization/policyAssignments/store-shared-key",
      "parameters.effect.value",
      '"Audit"',
    ],
    names: "guardrails-group-store-shared-key",
  },
  "the vault's public access is on": {
    tamper: ["set", "vaults/kv-fl-2fvff", "properties.publicNetworkAccess", '"Enabled"'],
    names: "associated-vault",
  },
  "logs are switched off": {
    tamper: ["remove", "aml-fl-prod/providers/Microsoft.Insights/diagnosticSettings/federated-mlops"],
    names: "workspace-diagnostics",
  },
  "a cluster takes local accounts": {
    tamper: ["set", "aml-fl-prod/computes/silo1-cpu", "properties.disableLocalAuth", "false"],
    names: "federation-silo1-cluster",
  },
  "the pipeline is told another client": {
    tamper: ["set", "fl-experiments:prod:AZURE_CLIENT_ID", "value", '"somebody else"'],
    names: "gate-AZURE_CLIENT_ID",
  },
};

/** What a careless administrator of the repository does, and the resource that the report names. */
const careless: Record<string, string> = {
  "ruleset-off": "repository-main-ruleset",
  unprotect: "repository-main-protection",
  "admins-bypass": "repository-prod",
  "every-action": "repository-actions",
  "workflows-approve": "repository-workflow-token",
  "team-admin fl-data-scientists": "repository-collaborators",
  "open-runners": "repository-runners",
};

describe("npm run drift", () => {
  it("says of an untouched stack that it is as declared", async () => {
    expect(await drift(await landedCopy())).toEqual({ code: exitCodes.none, text: "prod is as declared." });
  });

  for (const [what, { tamper, names }] of Object.entries(seen)) {
    it(`names the resource where ${what}`, async () => {
      const local = await landedCopy();
      local.tamper(...tamper);
      const { code, text } = await drift(local);
      expect(code, text).toBe(exitCodes.drift);
      expect(text).toContain(names);
    });
  }

  it("names everything that a careless administrator of the repository opened, and up closes it", async () => {
    const local = await landedCopy();
    for (const tamper of [...Object.keys(careless), "users-reader", "silo-store", "environment-branches"]) {
      local.tamper(...tamper.split(" "));
    }
    const { code, text } = await drift(local);
    expect(code, text).toBe(exitCodes.drift);
    for (const name of Object.values(careless)) expect(text).toContain(name);
    const repaired = await local.pulumi("up", "--stack", "prod", "--yes", "--refresh", "--skip-preview");
    expect(repaired.code, repaired.stdout).toBe(0);
    expect((await drift(local)).code).toBe(exitCodes.none);
  });

  it("says of what Azure fills in by itself that it is known", async () => {
    const local = await landedCopy();
    local.tamper("set", "workspaces/aml-fl-prod", "managedNetwork.status", '{"status":"Inactive"}');
    const { code, text } = await drift(local);
    expect(code, text).toBe(exitCodes.none);
    expect(text).toContain("workspace-workspace managedNetwork.status: Azure reports");
  });

  it("could not tell where a cloud does not answer", async () => {
    const local = await landedCopy();
    local.look((store) => {
      store.inject({ type: "azure-native:machinelearningservices:Workspace", operation: "read", nth: 1, kind: "fail" });
    });
    const { code, text } = await drift(local);
    expect(code, text).toBe(exitCodes.couldNotTell);
    expect(text).toContain("Could not tell");
  });

  it("does not see that the environment's reviewers are removed, as with the real provider", async () => {
    const local = await landedCopy();
    local.tamper("environment-reviewers");
    expect((await drift(local)).code).toBe(exitCodes.none);
  });
});

it("without --refresh nothing is seen", async () => {
  const local = await landedCopy();
  local.tamper("users-reader");
  expect((await local.pulumi("preview", "--stack", "prod", "--expect-no-changes")).code).toBe(0);
});
