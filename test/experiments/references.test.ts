import { describe, expect, it } from "vitest";

import { Repository } from "./repository";
import { refusedReferences } from "./refusedReferences";

const hello = "jobs/hello-world/";
/** The problems that a run tells, in order, and nothing else that it says. */
const told = (stderr: string) => stderr.split("\n").slice(2, -1);

describe("references", () => {
  it.for([
    [1, "shared"],
    [3, "shared"],
    [10, "perSilo"],
  ] as const)("are all seen in the hello-world of %i silos, hand-over %s", ([silos, handover]) => {
    const repository = new Repository({ silos, handover });
    const commit = repository.commit();
    expect(repository.submit("references")).toMatchObject({
      status: 0,
      stdout: `${commit}: 1 job(s), and a review sees everything that they run.\n`,
      stderr: "",
    });
  });

  it.for(refusedReferences)("refuse $what", ({ put, says }) => {
    const repository = new Repository();
    put(repository);
    repository.git("add", "--all", ":!jobs/hello-world/vendored");
    repository.git("commit", "--quiet", "--message", "Change");
    const { status, stderr } = repository.submit("references");
    const lines = says.map((line) => (line.startsWith("jobs/") ? line : hello + line));
    expect(told(stderr)).toEqual(lines);
    expect(status).toBe(1);
  });
});
