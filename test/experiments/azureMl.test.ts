/** The hello-world, held against the real Azure ML library. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { Repository, type StackOf, starterFiles, temporary } from "./repository";
import { python } from "../support/tools";

interface Loaded {
  readonly errors: readonly string[];
  readonly name: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly steps: Readonly<Record<string, { compute: string; command: string; outputs: Record<string, string> }>>;
}

let programs = "";
beforeAll(() => {
  programs = python("azure-ai-ml");
}, 600_000);

const rendered = (stack: StackOf) => {
  const repository = new Repository(starterFiles(stack));
  repository.commit();
  const out = join(temporary(), "job");
  expect(repository.submit("render", "jobs/hello-world", "--out", out)).toMatchObject({ status: 0, stderr: "" });
  return join(out, "job.yml");
};
const load = (...files: string[]) =>
  JSON.parse(
    execFileSync(join(programs, "python"), [join(__dirname, "python", "loadJob.py"), ...files], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as Loaded[];

describe("Azure ML", () => {
  const sizes = [1, 3, 10];
  const modes = ["shared", "perSilo"] as const;
  it(`takes the hello-world of ${sizes.join(", ")} silos in both modes of hand-over`, () => {
    const stacks = sizes.flatMap((silos) => modes.map((handover) => ({ silos, handover })));
    const loaded = load(...stacks.map(rendered));
    expect(loaded.map(({ errors }) => errors)).toEqual(stacks.map(() => []));
    expect(loaded.map(({ steps }) => Object.keys(steps).length)).toEqual(
      stacks.map(({ silos }) => silos + 1 + 3 * silos + 3),
    );
    const ten = loaded[5]?.steps ?? {};
    expect(ten.train_silo9_3).toMatchObject({
      compute: "silo9-cpu",
      outputs: {
        trained: "azureml://datastores/datastore_orchestrator_silo9/paths/hello-world/${{name}}/round_3/trained_silo9/",
      },
    });
    expect(ten.aggregate_3?.command).toContain("--trained ${{inputs.trained_silo9}} --model ${{outputs.model_silo0}}");
  }, 120_000);

  it("takes its origin too, and would have said so, were it wrong", () => {
    const file = rendered({});
    const job = JSON.parse(readFileSync(file, "utf8")) as { jobs: Record<string, { inputs?: Record<string, string> }> };
    // As the submission adds them.
    const origin = { name: "hello-world-0123456789ab-77", tags: { commit: "0123456789ab", approved_by: "ada grace" } };
    writeFileSync(file, JSON.stringify({ ...job, ...origin }));
    expect(load(file)[0]).toMatchObject({ errors: [], ...origin });

    delete job.jobs.train_silo0_1?.inputs?.model;
    writeFileSync(file, JSON.stringify(job));
    expect(load(file)[0]?.errors.join()).toContain("jobs.train_silo0_1.inputs.model");
  }, 60_000);
});
