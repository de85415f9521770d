import { describe, expect, it } from "vitest";

import { landedCopy } from "../support/local";

const seen: Record<string, { tamper: string; names: string }> = {
  "the users' Reader assignment is removed": { tamper: "users-reader", names: "reader-workspace" },
  "the environment opens to every branch": { tamper: "environment-branches", names: "repository-prod" },
  "a silo's store is deleted": { tamper: "silo-store", names: "federation-silo0-store" },
  "administrators may bypass the ruleset": { tamper: "bypass", names: "repository-main-ruleset" },
};

/** What a careless administrator of the repository does, and the resource that the preview names. */
const careless: Record<string, string> = {
  "ruleset-off": "repository-main-ruleset",
  unprotect: "repository-main-protection",
  "admins-bypass": "repository-prod",
  "every-action": "repository-actions",
  "workflows-approve": "repository-workflow-token",
  "team-admin fl-data-scientists": "repository-collaborators",
  "open-runners": "repository-runners",
};

describe("behind Pulumi's back", () => {
  for (const [what, { tamper, names }] of Object.entries(seen)) {
    it(`${what}: the preview exits 7 and names it, and up repairs it`, async () => {
      const local = await landedCopy();
      local.tamper(tamper);
      const drifted = await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes");
      expect(drifted.code, drifted.stdout).toBe(7);
      expect(drifted.stdout).toContain(names);
      const repaired = await local.pulumi("up", "--stack", "prod", "--yes", "--refresh", "--skip-preview");
      expect(repaired.code, repaired.stdout).toBe(0);
      const clean = await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes");
      expect(clean.code, clean.stdout).toBe(0);
    });
  }

  it("an administrator of the repository is careless: everything that was opened is named, and up closes it", async () => {
    const local = await landedCopy();
    for (const tamper of Object.keys(careless)) local.tamper(...tamper.split(" "));
    const drifted = await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes");
    expect(drifted.code, drifted.stdout).toBe(7);
    const changed = drifted.stdout.split("\n").filter((line) => /^\s*[~+-] /.test(line));
    for (const name of Object.values(careless)) expect(changed.join("\n")).toContain(name);
    const repaired = await local.pulumi("up", "--stack", "prod", "--yes", "--refresh", "--skip-preview");
    expect(repaired.code, repaired.stdout).toBe(0);
    const clean = await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes");
    expect(clean.code, clean.stdout).toBe(0);
  });

  it("the environment's reviewers are removed: the preview stays at 0, as with the real provider", async () => {
    const local = await landedCopy();
    local.tamper("environment-reviewers");
    const { code, stdout } = await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes");
    expect(code, stdout).toBe(0);
  });

  it("without --refresh nothing is seen", async () => {
    const local = await landedCopy();
    local.tamper("users-reader");
    expect((await local.pulumi("preview", "--stack", "prod", "--expect-no-changes")).code).toBe(0);
  });
});
