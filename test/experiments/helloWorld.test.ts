import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, vi } from "vitest";

import { root } from "../support/root";
import { Repository, type StackOf, starterFiles, temporary } from "./repository";

// Dozens of processes, on a computer that may have others to do.
vi.setConfig({ testTimeout: 180_000 });

const python = (file: string, ...args: string[]) =>
  spawnSync("python3", ["-B", join(__dirname, "python", file), ...args], { encoding: "utf8" });

/** The hello-world as Azure is given it. */
const rendered = (stack: StackOf) => {
  const repository = new Repository(starterFiles(stack));
  repository.commit();
  const out = join(temporary(), "job");
  const { status, stderr } = repository.submit("render", "jobs/hello-world", "--out", out);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return join(out, "job.yml");
};

describe("the hello-world", () => {
  it("has Python that does what it says", () => {
    const { stderr, status } = python("modelTest.py", join(root, "experiments/jobs/hello-world/src"));
    expect(stderr).toMatch(/Ran 8 tests[^]*OK/);
    expect(status).toBe(0);
  });

  it.for(["shared", "perSilo"] as const)("learns from three silos, hand-over %s", (handover) => {
    const stores = temporary();
    const { stdout, stderr } = python("runJob.py", rendered({ handover }), stores);
    expect(stderr).toBe("");
    const said = JSON.parse(stdout) as Record<string, string>;
    const losses = [1, 2, 3].map((round) => Number(/loss ([\d.]+)/.exec(said[`aggregate_${round}`] ?? "")?.[1]));
    const [first = 0, second = 0, third = 0] = losses;
    // The first round judges a model that knows nothing.
    expect(first).toBeCloseTo(Math.log(2), 3);
    expect(second).toBeLessThan(first - 0.1);
    expect(third).toBeLessThan(second);

    // Data stays at home; models alone are handed over.
    const files = execFileSync("find", [".", "-type", "f"], { cwd: stores, encoding: "utf8" }).split("\n").sort();
    const at = (store: string) =>
      files.filter((file) => file.startsWith(`./${store}/`)).map((file) => /[^/]+$/.exec(file)?.[0]);
    expect(at("datastore_silo1")).toEqual(["test.csv", "train.csv"]);
    const own = "datastore_orchestrator_silo1";
    expect(new Set(at(handover === "shared" ? "datastore_orchestrator" : own))).toEqual(new Set(["model.json"]));
    expect(existsSync(join(stores, own))).toBe(handover === "perSilo");
    expect(existsSync(join(stores, "workspaceblobstore"))).toBe(false);
  });
});
