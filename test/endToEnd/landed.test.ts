import { describe, expect, inject, it } from "vitest";

import type { Event } from "../../localcloud/store";
import { landedCopy } from "../support/local";

describe("after npm start", () => {
  it("a person is told what exists, who may do what, and where to look next", () => {
    const summary = inject("summary");
    for (const word of [
      "aml-fl-prod",
      "aml-fl-dev",
      "fl-data-scientists",
      "Reader",
      "fl-experiments",
      "npm run tamper",
      "Only reviewed code runs in prod",
    ]) {
      expect(summary).toContain(word);
    }
    expect(summary).toMatch(/refused +\| fl-data-scientists \(6 people\) +\| Reader on aml-fl-prod +\| submits jobs/);
  });

  it("no tracked file has changed", () => {
    const [before, after] = inject("tracked");
    expect(after).toBe(before);
  });

  it("both stacks are what their programs declare, and the clouds too", async () => {
    const local = await landedCopy();
    for (const stack of ["prod", "dev"]) {
      const { code, stdout } = await local.pulumi("preview", "--stack", stack, "--refresh", "--expect-no-changes");
      expect(code, stdout).toBe(0);
    }
  });

  it("production keeps its promises in what was really made", async () => {
    const local = await landedCopy();
    const rows = (type: string) => local.look((store) => store.rows(type));
    const scopes = rows("azure-native:authorization:RoleAssignment").map(({ inputs }) => String(inputs.scope));
    expect(scopes).toHaveLength(32 + 37);
    for (const scope of scopes) {
      // A single workspace, store, container, vault, registry or insights component; never a group or above.
      expect(scope).toMatch(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+/);
    }
    const subjects = rows("azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential")
      .map(({ inputs }) => String(inputs.subject))
      .sort();
    expect(subjects).toEqual([
      expect.stringMatching(/^repo:contoso-fl@\d+\/fl-experiments@\d+:environment:dev$/),
      expect.stringMatching(/^repo:contoso-fl@\d+\/fl-experiments@\d+:environment:prod$/),
    ]);
  });

  it("the credential was made after everything that guards it", async () => {
    const local = await landedCopy();
    const made = local.look((store) => store.events()).filter(({ operation }) => operation === "create");
    const prod = made.filter(({ urn }) => urn.startsWith("urn:pulumi:prod::"));
    expect(prod).toHaveLength(220);
    expect(prod.at(-1)?.urn).toContain("gate-credential");
    const order = (part: string) => prod.findIndex(({ urn }) => urn.includes(part));
    for (const [first, then] of [
      ["main-codeowners", "main-ruleset"],
      ["main-codeowners", "main-protection"],
      ["main-ruleset", "::repository-collaborators"],
      ["main-protection", "::repository-collaborators"],
      ["::repository-workflow-token", "::repository-collaborators"],
      ["::repository-collaborators", "::repository-prod"],
      ["::repository-prod", "gate-WANDB_API_KEY"],
      ["::network-orchestrator-compute", "::workspace-workspace"],
      ["groundwork-workspace-contributor-store", "::workspace-workspace"],
    ] as const) {
      expect(order(first), first).toBeGreaterThanOrEqual(0);
      expect(order(first), `${first} before ${then}`).toBeLessThan(order(then));
    }
  });
});

describe("destroying", () => {
  const deletions = (events: Event[], stack: string) =>
    events.flatMap(({ operation, urn }) => (operation === "delete" && urn.includes(`:${stack}:`) ? [urn] : []));

  it("dev leaves only deleted names behind, and begins with the credential", async () => {
    const local = await landedCopy();
    const { code, stdout } = await local.pulumi("destroy", "--yes", "--stack", "dev");
    expect(code, stdout).toBe(0);
    const left = local
      .look((store) => store.rows())
      .filter(({ id }) => id.includes("2d9a4c1e-7b64-4f0d-8c35-91e6a07d5b42"));
    expect(left.map(({ type, state }) => `${type} ${state}`).sort()).toEqual([
      "azure-native:keyvault:Vault soft",
      "azure-native:operationalinsights:Workspace soft",
    ]);
    expect(
      deletions(
        local.look((store) => store.events()),
        "dev",
      )[0],
    ).toContain("gate-credential");
  });

  it("prod is refused until protection is lifted; coming up again tells both ways on, and both work", async () => {
    const local = await landedCopy();
    expect((await local.pulumi("destroy", "--yes", "--stack", "dev")).code).toBe(0);
    const standing = local.look((store) => store.rows().length);

    const refused = await local.pulumi("destroy", "--yes", "--stack", "prod");
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain("cannot be deleted");
    expect(refused.stdout).toContain("pulumi state unprotect");
    expect(local.look((store) => store.rows().length)).toBe(standing);

    expect((await local.pulumi("state", "unprotect", "--all", "--yes", "--stack", "prod")).code).toBe(0);
    const destroyed = await local.pulumi("destroy", "--yes", "--stack", "prod");
    expect(destroyed.code, destroyed.stdout).toBe(0);
    expect(
      deletions(
        local.look((store) => store.events()),
        "prod",
      )[0],
    ).toContain("gate-credential");

    const events = local.look((store) => store.lastEvent());
    const again = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
    expect(again.code).toBe(1);
    expect(again.stdout).toMatch(/the deleted key vault kv-fl-\w{5} holds its name until \d{4}-\d\d-\d\d/);
    expect(again.stdout).toContain("the archived repository contoso-fl/fl-experiments holds its name");
    expect(again.stdout).toContain("config set --path federated-mlops:generation 2");
    expect(again.stdout).toContain("config set --path federated-mlops:recover true");
    expect(local.look((store) => store.lastEvent())).toBe(events);

    const anew = await local.fork();
    expect((await anew.pulumi("config", "set", "federated-mlops:generation", "2", "--stack", "prod")).code).toBe(0);
    const second = await anew.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
    expect(second.code, second.stdout).toBe(0);
    expect(second.stdout).toContain("fl-experiments-2");

    expect((await local.pulumi("config", "set", "federated-mlops:recover", "true", "--stack", "prod")).code).toBe(0);
    const recovered = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
    expect(recovered.code, recovered.stdout).toBe(0);
    expect((await local.pulumi("config", "rm", "federated-mlops:recover", "--stack", "prod")).code).toBe(0);
    expect((await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod")).code).toBe(0);
    const clean = await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes");
    expect(clean.code, clean.stdout).toBe(0);
    expect(
      local.look((store) => store.rows()).filter(({ id, state }) => id.includes("5f1c7a52") && state !== "live"),
    ).toEqual([]);
  });
});
