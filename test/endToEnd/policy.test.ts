import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { nameOf } from "../../facts/ids";
import { rules } from "../../operations/policy/rules";
import { freshLocal, landedCopy } from "../support/local";
import { policyPack, violationsIn } from "../support/policyPack";
import { root } from "../support/root";

const violator = join(root, "test", "operations", "violator");
const all = rules.map(({ control }) => control).sort();

describe("a program that breaks every rule", () => {
  it("is blocked by each of them, for the resource that breaks it, and nothing is made", async () => {
    const local = await freshLocal(violator, { program: violator });
    const standing = local.look((store) => store.rows());
    const up = await local.pulumi("up", "--yes", "--stack", "prod", ...policyPack);
    expect(up.code).toBe(1);
    const told = violationsIn(up.stdout);
    expect(told.filter(({ level }) => level !== "mandatory")).toEqual([]);
    expect([...new Set(told.map(({ policy }) => policy))].sort()).toEqual(all);
    for (const control of all) {
      expect(
        told.filter(({ policy, resource }) => policy === control && resource === control),
        control,
      ).not.toEqual([]);
    }
    expect(local.look((store) => store.rows())).toEqual(standing);
  });

  it("is stopped without a preview too, before the first resource that breaks one is made", async () => {
    const local = await freshLocal(violator, { program: violator });
    const standing = local.look((store) => store.rows());
    const up = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod", ...policyPack);
    expect(up.code).toBe(1);
    expect(violationsIn(up.stdout)).not.toEqual([]);
    const made = local.look((store) => store.rows()).filter(({ id }) => !standing.some((row) => row.id === id));
    // Some things break no rule, and may have been registered before the first that does.
    const harmless = ["fl-experiments", "silo0", "silo1"];
    expect(made.map(({ id }) => nameOf(id)).filter((name) => !harmless.includes(name))).toEqual([]);
  });
});

describe("what stands", () => {
  it("is as the pack demands, in a preview of prod and in the state of dev", async () => {
    const local = await landedCopy();
    const preview = await local.pulumi("preview", "--stack", "prod", "--refresh", ...policyPack);
    expect(preview.code, preview.stdout).toBe(0);
    expect(violationsIn(preview.stdout)).toEqual([]);
    const analysis = await local.pulumi("policy", "analyze", "--stack", "dev", ...policyPack);
    expect(analysis.code, analysis.stdout + analysis.stderr).toBe(0);
    expect(analysis.stdout).toContain("federated-mlops@v0.1.0");
  });

  it("is judged in an exported state too, without stack or program", async () => {
    const local = await landedCopy();
    const { stdout } = await local.pulumi("stack", "export", "--stack", "prod");
    const file = join(local.place.local, "state.json");
    const analyze = () => local.pulumi("policy", "analyze", "--file", file, ...policyPack);
    writeFileSync(file, stdout);
    const asIs = await analyze();
    expect(asIs.code, asIs.stdout + asIs.stderr).toBe(0);

    writeFileSync(file, stdout.replaceAll('"allowSharedKeyAccess": false', '"allowSharedKeyAccess": true'));
    const opened = await analyze();
    expect(opened.code).toBe(1);
    const told = violationsIn(opened.stdout);
    expect([...new Set(told.map(({ policy }) => policy))]).toEqual(["store-no-shared-key"]);
    expect(told.map(({ resource }) => resource)).toContain("federation-silo0-store");
  });
});
