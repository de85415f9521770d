import { describe, expect, it } from "vitest";

import type { Event } from "../../localcloud/store";
import { landedCopy, type Local } from "../support/local";

const credential = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";
const clean = async (local: Local, stack = "prod") => {
  const { code, stdout } = await local.pulumi("preview", "--stack", stack, "--refresh", "--expect-no-changes");
  expect(code, stdout).toBe(0);
};

/** What must stand whenever production can be reached, by the end of its Pulumi name. */
const guards = [
  "repository-workflow-token",
  "repository-actions",
  "repository-tags",
  "repository-main-codeowners",
  "repository-main-ruleset",
  "repository-main-protection",
  "repository-runners",
  "repository-collaborators",
  "repository-prod",
  "repository-prod-main",
];

/** The guards that were missing at some moment at which a credential for production stood. */
function unguarded(events: readonly Event[]): string[] {
  const standing = new Set<string>();
  const missing = new Set<string>();
  for (const { operation, type, urn } of events) {
    if (!urn.startsWith("urn:pulumi:prod::")) continue;
    const name = urn.split("::").at(-1) ?? "";
    if (operation === "create") standing.add(name);
    if (operation === "delete") standing.delete(name);
    if (type === credential && operation === "create") standing.add(credential);
    if (type === credential && operation === "delete") standing.delete(credential);
    if (standing.has(credential)) for (const guard of guards) if (!standing.has(guard)) missing.add(guard);
  }
  return [...missing];
}

describe("the gate to production", () => {
  it("never stands open without its guards, from the first up to the last deletion", async () => {
    const local = await landedCopy();
    expect((await local.pulumi("destroy", "--yes", "--stack", "dev")).code).toBe(0);
    expect((await local.pulumi("state", "unprotect", "--all", "--yes", "--stack", "prod")).code).toBe(0);
    const destroyed = await local.pulumi("destroy", "--yes", "--stack", "prod");
    expect(destroyed.code, destroyed.stdout).toBe(0);
    const events = local.look((store) => store.events());
    expect(events.filter(({ type, urn }) => type === credential && urn.includes(":prod:"))).toHaveLength(2);
    expect(unguarded(events)).toEqual([]);
    // The check can fail: with the credential first, every guard would be missing.
    expect(unguarded(events.toSorted((a, b) => Number(b.type === credential) - Number(a.type === credential)))).toEqual(
      guards,
    );
  });

  it("is out of development's reach: dev fills its own environment's variables and secrets, and nothing else", async () => {
    const local = await landedCopy();
    const touched = local
      .look((store) => store.events())
      .filter(({ type, urn }) => urn.includes(":dev:") && type.startsWith("github:"));
    expect(touched.map(({ operation, type, id }) => `${operation} ${type.split(":").at(-1)} ${id}`).sort()).toEqual(
      [
        "AZUREML_RESOURCE_GROUP",
        "AZUREML_WORKSPACE",
        "AZURE_CLIENT_ID",
        "AZURE_SUBSCRIPTION_ID",
        "AZURE_TENANT_ID",
      ].map((name) => `create ActionsEnvironmentVariable fl-experiments:dev:${name}`),
    );
  });

  it("does not mind what merged pull requests do to the experiments' own files", async () => {
    const local = await landedCopy();
    local.tamper("merge", "jobs/hello-world/job.yml", "type: pipeline");
    local.tamper("merge", ".github/workflows/submit.yml", "on: push");
    await clean(local);
    local.tamper("merge", "jobs/hello-world/job.yml");
    local.tamper("merge", "jobs/my-first/job.yml", "type: pipeline");
    await clean(local);
    await clean(local, "dev");
  });

  it("is missed where somebody deletes CODEOWNERS: the preview names the file", async () => {
    const local = await landedCopy();
    local.tamper("merge", ".github/CODEOWNERS");
    const { code, stdout } = await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes");
    expect(code, stdout).not.toBe(0);
    expect(stdout).toMatch(/CODEOWNERS|codeowners/);
  });
});
