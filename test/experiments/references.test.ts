import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { describe, expect, it, vi } from "vitest";

import { Repository, starterFiles } from "./repository";
import { refusedReferences } from "./refusedReferences";

// The first case pays for all.
vi.setConfig({ testTimeout: 180_000 });

const hello = "jobs/hello-world/";
/** The problems that a run tells, in order, and nothing else that it says. */
const told = (stderr: string) => stderr.split("\n").slice(2, -1);

let judged: readonly string[][] | undefined;
/** The problems of each case, all in one repository and judged by one process: on its own each would take a second. */
function problems(): readonly string[][] {
  if (judged !== undefined) return judged;
  const repository = new Repository();
  const base = repository.commit();
  const commits = refusedReferences.map(({ put }) => {
    put(repository);
    repository.git("add", "--all", ":!jobs/hello-world/vendored");
    repository.git("commit", "--quiet", "--message", "Change");
    const commit = repository.git("rev-parse", "HEAD");
    repository.git("reset", "--quiet", "--hard", base);
    repository.git("clean", "--quiet", "-fdx");
    return commit;
  });
  const script = join(__dirname, "python", "judgeCommits.py");
  const submit = join(repository.directory, "submission", "submit.py");
  const answer = execFileSync("python3", ["-B", script, submit, repository.directory, ...commits], { stdio: "pipe" });
  return (judged = JSON.parse(answer.toString()) as string[][]);
}

describe("references", () => {
  it.for([
    [1, "shared"],
    [3, "shared"],
    [10, "perSilo"],
  ] as const)("are all seen in the hello-world of %i silos, hand-over %s", ([silos, handover]) => {
    const repository = new Repository(starterFiles({ silos, handover }));
    const commit = repository.commit();
    expect(repository.submit("references")).toMatchObject({
      status: 0,
      stdout: `${commit}: 1 job(s), and a review sees everything that they run.\n`,
      stderr: "",
    });
  });

  it.for(refusedReferences.map((one, index) => ({ ...one, index })))("refuses $what", ({ says, index }) => {
    expect(problems()[index]).toEqual(says.map((line) => (line.startsWith("jobs/") ? line : hello + line)));
  });

  it("tells everything that is wrong with every job at once, in order", () => {
    const repository = new Repository();
    repository.edit("jobs/hello-world/train.yml", "versions/54", "labels/latest");
    repository.edit("jobs/hello-world/train.yml", "code: ./src", "code: ../src");
    repository.write("jobs/hello-world/src/.amlignore", "model.py\n");
    repository.write("jobs/broken/job.yml", "type: pipeline\ntype: pipeline\n");
    repository.write("jobs/broken/src/conda.yml", "dependencies: []\n");
    repository.commit();
    const { stderr } = repository.submit("references");
    expect(stderr.split("\n")[0]).toBe("5 problems; nothing was submitted:");
    expect(told(stderr).map((line) => line.split(" ")[0])).toEqual([
      "jobs/broken/job.yml:2:",
      "jobs/broken/src/conda.yml:1:",
      "jobs/hello-world/src/.amlignore:1:",
      "jobs/hello-world/train.yml:17:",
      "jobs/hello-world/train.yml:23:",
    ]);
  });

  it("tells everything that is wrong with federation.yaml at once", () => {
    const repository = new Repository();
    repository.edit("federation.yaml", "computes: [silo1-cpu]", "computes: [silo0-cpu]");
    repository.edit("federation.yaml", "datastore: datastore_silo2", "datastore: datastore_silo0");
    repository.edit("federation.yaml", "deploy_from: [main]", "deploy_from: main");
    repository.commit();
    expect(told(repository.submit("references").stderr)).toEqual([
      "federation.yaml:2: the compute silo0-cpu stands twice: each party has its own",
      "federation.yaml:2: the datastore datastore_silo0 stands twice: each party has its own",
      "federation.yaml:21: needs `deploy_from`, a list of names",
    ]);
  });
});
