import { describe, expect, it } from "vitest";

import { landedCopy } from "../support/local";

const seen: Record<string, { tamper: string; names: string }> = {
  "the users' Reader assignment is removed": { tamper: "users-reader", names: "reader-workspace" },
  "the environment opens to every branch": { tamper: "environment-branches", names: "repository-prod" },
  "a silo's store is deleted": { tamper: "silo-store", names: "federation-silo0-store" },
  "administrators may bypass the ruleset": { tamper: "bypass", names: "repository-main-ruleset" },
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
