import { createRequire } from "node:module";

import { Ajv } from "ajv";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { Actions } from "./actions";
import { AzurePipelines } from "./azurePipelines";
import type { Asked, Platform, Trigger } from "./platform";
import type { Repository } from "./repository";

interface Submitted {
  readonly document: { readonly tags: Record<string, string>; readonly jobs: Record<string, unknown> };
  readonly files: readonly string[];
}
interface Call {
  readonly at: number;
  readonly arguments: readonly string[];
  readonly secrets: readonly string[];
}

const watchStep = "Watch them to their end";

interface Described {
  readonly parameters?: readonly ({ readonly name: string } | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: object } } };
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly parameters: Readonly<Record<string, { readonly name: string }>> };
}
/** What GitHub itself publishes about its REST interface. */
const { paths, components } = (createRequire(__filename)("@octokit/openapi") as { schemas: Record<string, OpenApi> })
  .schemas["api.github.com"] as OpenApi;

function againstGitHub({ operation, query, body }: Asked): string[] {
  const [verb = "", path = ""] = operation.split(" ");
  const described = paths[path]?.[verb];
  if (described === undefined) return [`there is no ${operation}`];
  const names = (described.parameters ?? []).map((one) =>
    "name" in one ? one.name : components.parameters[one.$ref.replace(/^.*\//, "")]?.name,
  );
  const unknown = query.filter((name) => !names.includes(name)).map((name) => `${name} is no parameter`);
  const schema = described.requestBody?.content["application/json"].schema;
  if (schema === undefined) return [...unknown, ...(body === undefined ? [] : ["there is no body"])];
  const judge = new Ajv({ strict: false, logger: false }).compile(schema);
  return [...unknown, ...(judge(body) ? [] : (judge.errors ?? []).map((one) => `${one.instancePath} ${one.message}`))];
}

// Each run is a dozen processes, on a computer that may have others to do.
vi.setConfig({ testTimeout: 180_000 });

let repository: Repository;
let platform: Platform;

/** A further job, which differs from the hello-world in its name. */
const copyJob = (name: string, text = "1") => {
  for (const file of ["prepare.yml", "initialise.yml", "train.yml", "aggregate.yml"]) {
    repository.write(`jobs/${name}/${file}`, repository.git("show", `HEAD:jobs/hello-world/${file}`) + "\n");
  }
  repository.write(`jobs/${name}/src/main.py`, `print(${text})\n`);
  return repository.write(
    `jobs/${name}/job.yml`,
    repository.git("show", "HEAD:jobs/hello-world/job.yml").replaceAll("hello-world", name) + "\n",
  );
};
const push = (sha: string, more: Partial<Trigger> = {}) => platform.submit({ sha, ...more });
const byHand = (sha: string) => platform.submit({ event: "byHand", sha });
const directories = () => platform.submitted().map((name) => name.replace(/-[0-9a-f]{12}-\d+(-\d+)?$/, ""));
const calls = (...words: string[]) =>
  platform.read<Call[]>("calls", []).filter((call) => words.every((word, place) => call.arguments[place] === word));
const begin = async <P extends Platform>(on: P): Promise<P> => {
  ({ repository } = on);
  platform = on;
  return on.listen();
};

const platforms: readonly (readonly [name: string, on: () => Platform])[] = [
  ["GitHub", () => Actions.on()],
  ["Azure DevOps", () => AzurePipelines.on()],
];

describe.for(platforms)("submission to production on %s", ([, on]) => {
  beforeEach(() => begin(on()));

  it("submits the first job, tags it, follows it and remembers it", async () => {
    const sha = repository.commit();
    const outcome = await push(sha, { run: 1234 });
    expect(outcome.log).toBe(
      `${sha} is on a protected branch.\n`.repeat(2) +
        `jobs/hello-world: submitted as hello-world-${sha.slice(0, 12)}-1234\n` +
        `hello-world-${sha.slice(0, 12)}-1234: Completed\n`,
    );
    expect(outcome.succeeded).toBe(true);
    const name = `hello-world-${sha.slice(0, 12)}-1234`;
    const { document, files } = platform.read<Record<string, Submitted>>("jobs", {})[name] ?? { document: undefined };
    expect(document?.tags).toEqual({
      commit: sha,
      run: platform.urlOf(1234),
      pull_request: "7",
      approved_by: "ada grace",
    });
    expect(Object.keys(document?.jobs ?? {})).toHaveLength(3 + 1 + 9 + 3);
    expect(files).toEqual(
      ["aggregate.yml", "initialise.yml", "job.yml", "prepare.yml"].concat(
        ["aggregate", "initialise", "model", "prepare", "train"].map((file) => `src/${file}.py`),
        "train.yml",
      ),
    );
    expect(platform.remembered()).toEqual([{ directory: "jobs/hello-world", commit: sha, state: "succeeded" }]);
    expect(outcome.summary).toBe(
      `- jobs/hello-world: [${name}](https://ml.azure.com/runs/${name}?wsid=/subscriptions/s)\n- jobs/hello-world: Completed\n`,
    );
    expect(calls("ml", "job", "create")[0]?.arguments.slice(5)).toEqual(
      ["--resource-group", "rg-fl-prod", "--workspace-name", "aml-fl-prod", "--subscription", "subscription"].concat([
        "--output",
        "json",
      ]),
    );
    expect(calls().flatMap(({ secrets }) => secrets)).toEqual([]);
  });

  it("submits what changed: one, several, renamed; not what stayed or was deleted", async () => {
    const first = repository.commit();
    await push(first);
    copyJob("second");
    copyJob("third");
    await push(repository.commit());
    expect(directories()).toEqual(["hello-world", "second", "third"]);

    repository.write("README.md", "Other words\n");
    const unchanged = await push(repository.commit());
    expect(unchanged.log).toContain("No job changed: nothing to run.");
    expect(unchanged.succeeded).toBe(true);

    repository.remove("jobs/second");
    await push(repository.commit());
    expect(directories()).toHaveLength(3);

    repository.git("mv", "jobs/third", "jobs/fourth");
    repository.edit("jobs/hello-world/job.yml", "rounds: 3", "rounds: 2");
    await push(repository.commit());
    expect(directories().slice(3)).toEqual(["fourth", "hello-world"]);

    repository.edit("jobs/hello-world/job.yml", "rounds: 2", "rounds: 3");
    await push(repository.commit());
    expect(directories().slice(5)).toEqual(["hello-world"]);
  });

  it("gives three merges while one runs three submissions, though the run between is dropped", async () => {
    const start = repository.commit();
    await push(start);
    copyJob("first");
    const [one] = [repository.commit()];
    let [two, three] = ["", ""];
    const running = await push(one, {
      before: {
        [watchStep]: () => {
          copyJob("second");
          two = repository.commit();
          copyJob("third");
          three = repository.commit();
        },
      },
    });
    expect(running.succeeded).toBe(true);
    expect(two).not.toBe(three);
    // The run of `two` waited and was cancelled when that of `three` came.
    const last = await push(three);
    expect(last.succeeded).toBe(true);
    expect(directories()).toEqual(["hello-world", "first", "second", "third"]);
  });

  it("watches a job of three hours to its end, though a sign-in lasts one", async () => {
    platform.set("lengths", { "hello-world": 3 * 3600 });
    const outcome = await push(repository.commit());
    expect(outcome.succeeded).toBe(true);
    expect(outcome.log).toMatch(/: Running\n.*: Completed\n$/);
    expect(platform.read("clock", 0)).toBeGreaterThanOrEqual(3 * 3600);
    // Never an hour without a new sign-in, each with a token of its own; and not one for every look at the job.
    const minutes = calls("login").map(({ at }) => at / 60);
    for (const [place, minute] of minutes.entries()) expect((minutes[place + 1] ?? 180) - minute).toBeLessThan(60);
    expect(minutes.length).toBeLessThan(8);
    expect(platform.tokens).toBe(minutes.length);
  }, 120_000);

  it("fails when the job fails, and submits it again when the run is started by hand", async () => {
    platform.set("outcomes", { "hello-world": "Failed" });
    const sha = repository.commit();
    const outcome = await push(sha);
    expect(outcome.succeeded).toBe(false);
    expect(outcome.log).toContain("ended as Failed: look at its logs in the studio");
    expect(platform.remembered()).toMatchObject([{ state: "failed" }]);

    expect((await push(sha)).log).toContain("No job changed");
    platform.set("outcomes", {});
    expect((await byHand(sha)).succeeded).toBe(true);
    expect(directories()).toEqual(["hello-world", "hello-world"]);
    expect((await byHand(sha)).log).toContain("No job changed");
  });

  it("does not submit twice when a run that broke off is started again", async () => {
    repository.commit();
    copyJob("second");
    const sha = repository.commit();
    // Azure takes the first job, and the platform does not take the note of it.
    platform.faults.push({ on: platform.remembering, status: 403 });
    const broken = await push(sha, { run: 77 });
    expect(broken.log).toContain("answered 403: look at the job's permissions");
    // What Azure has is watched all the same.
    expect(broken.log).toContain(`hello-world-${sha.slice(0, 12)}-77: Completed`);
    expect(broken.succeeded).toBe(false);

    const again = await push(sha, { run: 77, attempt: 2 });
    expect(again.succeeded).toBe(true);
    expect(directories()).toEqual(["hello-world", "second"]);
    const third = await push(sha, { run: 77, attempt: 3 });
    expect(third.log).toContain(`jobs/second: submitted before as second-${sha.slice(0, 12)}-77`);
    expect(directories()).toEqual(["hello-world", "second"]);
    expect((await push(sha)).log).toContain("No job changed");
  });

  it("refuses before it signs in: another ref, another event, another checkout", async () => {
    const sha = repository.commit();
    const refused = async (more: Partial<Trigger>, says: string) => {
      const outcome = await push(sha, more);
      expect(outcome).toMatchObject({ succeeded: false, log: expect.stringContaining(says) as string });
    };
    await refused(
      { ref: "refs/heads/feature" },
      "this runs on refs/heads/feature: production takes refs/heads/main alone",
    );
    await refused({ ref: "refs/tags/main" }, "this runs on refs/tags/main");
    await refused({ event: "schedule" }, "this was started by ");
    await refused({ claims: "1".repeat(40) }, `the checkout is at ${sha}, the run is for ${"1".repeat(40)}`);
    expect(platform.tokens).toBe(0);
    expect(calls()).toEqual([]);
  });

  it("refuses a commit that the branch never had, whatever branch the run names", async () => {
    if (!(platform instanceof AzurePipelines)) return;
    await push(repository.commit());
    repository.git("switch", "--quiet", "--create", "feature");
    copyJob("unreviewed");
    const proposed = repository.commit();
    repository.git("switch", "--quiet", "-");
    const says = `${proposed} was never the newest commit of refs/heads/main: nobody merged it there`;
    expect(await byHand(proposed)).toMatchObject({ succeeded: false, log: expect.stringContaining(says) as string });
    // Merged with its own history it is not what was merged.
    repository.git("merge", "--quiet", "--no-ff", "--message", "Merge", "feature");
    expect((await byHand(proposed)).log).toContain(says);
    expect(directories()).not.toContain("unreviewed");
    expect((await push(repository.git("rev-parse", "HEAD"))).succeeded).toBe(true);
    expect(directories()).toContain("unreviewed");
  });

  it("leaves out what lay in a repository before its rules, until a pull request changes it", async () => {
    const taken = repository.commit();
    copyJob("new");
    const first = await push(repository.commit(), { reviewedSince: taken });
    expect(first.succeeded).toBe(true);
    expect(first.log).toContain(
      "jobs/hello-world: left out. It is as it was before this repository had rules, and nobody had to review it: " +
        "change it by a pull request, or delete it",
    );
    expect(first.summary).toContain("- jobs/hello-world: left out, nobody had to review it");
    expect(directories()).toEqual(["new"]);

    repository.edit("jobs/hello-world/job.yml", "rounds: 3", "rounds: 2");
    expect((await push(repository.commit(), { reviewedSince: taken })).succeeded).toBe(true);
    expect(directories().sort()).toEqual(["hello-world", "new"]);
  });

  it("refuses to go back to a commit before the one that was submitted", async () => {
    const old = repository.commit();
    await push(old);
    repository.edit("jobs/hello-world/job.yml", "rounds: 3", "rounds: 2");
    const newer = repository.commit();
    await push(newer);
    const outcome = await push(old);
    expect(outcome.log).toContain(
      `jobs/hello-world was already submitted from ${newer}, which is newer than ${old}: run the newest commit instead`,
    );
    expect(directories()).toHaveLength(2);
  });

  it("never shows a token", async () => {
    const { log, summary } = await push(repository.commit());
    expect(log + summary).not.toMatch(/request-token|job-token|audience/);
  });
});

describe("submission on GitHub", () => {
  let actions: Actions;
  beforeEach(async () => {
    actions = await begin(Actions.on());
  });

  it("signs in anew where Azure says that the sign-in has expired", async () => {
    platform.set("faults", [
      { on: "job show", says: "AADSTS700024: Client assertion is not within its valid time range.", times: 2 },
    ]);
    const outcome = await push(repository.commit());
    expect(outcome.succeeded).toBe(true);
    expect(calls("login")).toHaveLength(2 + 2);
  });

  it("takes a job whose answer was lost for submitted, once", async () => {
    platform.set("faults", [{ on: "job create", times: 1, lost: true }]);
    const outcome = await push(repository.commit());
    expect(outcome.succeeded).toBe(true);
    expect(directories()).toEqual(["hello-world"]);
  });

  it("tries again where a fault may pass, and tells it where not", async () => {
    platform.set("faults", [
      { on: "job create", says: "(503) ServiceUnavailable", times: 2 },
      { on: "login", says: "AADSTS700213: No matching federated identity record found", times: 1 },
    ]);
    expect((await push(repository.commit())).succeeded).toBe(true);

    repository.edit("jobs/hello-world/job.yml", "rounds: 3", "rounds: 2");
    platform.set("faults", [{ on: "job create", says: "(UserError) bad\n::set-output name=x::y", times: 9 }]);
    const refused = await push(repository.commit());
    expect(refused.succeeded).toBe(false);
    expect(refused.log).toContain("az ml job create failed: ERROR: (UserError) bad : :set-output name=x: :y\n");
    expect(refused.log).toContain("Nothing was submitted: nothing to watch.");
  });

  it("brings the extension in its version, and says when it cannot", async () => {
    platform.set("extensions", { ml: "2.1.0" });
    const sha = repository.commit();
    platform.set("faults", [{ on: "extension add", says: "no way out", times: 1 }]);
    expect((await push(sha)).log).toContain(
      "the runner has not the extension ml 2.43.0 (2.1.0), and it cannot be added: ERROR: no way out",
    );
    expect((await push(sha)).succeeded).toBe(true);
    expect(calls("extension", "add")[1]?.arguments).toContain("2.43.0");
  });

  it("submits nothing where the commit at which review begins is none of its own", async () => {
    const outcome = await push(repository.commit(), { reviewedSince: "0".repeat(40) });
    expect(outcome.succeeded).toBe(false);
    expect(outcome.log).toContain("REVIEWED_SINCE is");
    expect(directories()).toEqual([]);
  });

  it("asks GitHub for what GitHub knows", async () => {
    expect((await push(repository.commit())).succeeded).toBe(true);
    expect(new Set(platform.asked.map(({ operation }) => operation.replace("/repos/{owner}/{repo}/", "")))).toEqual(
      new Set(
        ["get deployments", "get commits/{commit_sha}/pulls", "get pulls/{pull_number}/reviews"].concat([
          "post deployments",
          "post deployments/{deployment_id}/statuses",
        ]),
      ),
    );
    const problems = platform.asked.flatMap((asked) => againstGitHub(asked));
    expect(problems).toEqual([]);
    const wrong = { operation: "post /repos/{owner}/{repo}/deployments", query: ["tusk"], body: { ref: 1 } };
    expect(againstGitHub(wrong)).toEqual(["tusk is no parameter", "/ref must be string"]);
  });

  it("survives an API that is down for a moment", async () => {
    platform.faults.push({ on: "", status: 502 }, { on: "", status: 500 }, { on: "", status: 429 });
    expect((await push(repository.commit())).succeeded).toBe(true);
  });

  it("refuses a reference that a review cannot see, before it signs in", async () => {
    repository.edit("jobs/hello-world/train.yml", "versions/54", "labels/latest");
    const outcome = await push(repository.commit());
    expect(outcome.succeeded).toBe(false);
    expect(outcome.log).toContain("jobs/hello-world/train.yml:23: the environment");
    expect(platform.tokens).toBe(0);
  });

  it("refuses a branch without rules, and what runs on none", async () => {
    const sha = repository.commit();
    const bare = await actions.submit({ sha, protected: false });
    expect(bare.log).toContain("refs/heads/main is not protected: bring its rules back (pulumi up)");
    const nowhere = await actions.submit({ sha, ref: "" });
    expect(nowhere.log).toContain("this runs on no branch");
    expect([bare.succeeded, nowhere.succeeded, actions.tokens]).toEqual([false, false, 0]);
  });
});

describe("submission on Azure DevOps", () => {
  let pipelines: AzurePipelines;
  beforeEach(async () => {
    pipelines = await begin(AzurePipelines.on());
  });

  it("asks Azure DevOps for what it knows, by the parameters that it knows", async () => {
    platform.set("outcomes", { "hello-world": "Failed" });
    await push(repository.commit(), { run: 1234 });
    const { sha } = { sha: repository.git("rev-parse", "HEAD") };
    // https://learn.microsoft.com/rest/api/azure/devops: Builds List, Tags Add, Leases Add, Pull Request Query, Reviewers List
    const filters = ["definitions", "branchName", "tagFilters", "statusFilter", "queryOrder", "$top"];
    expect(platform.asked).toEqual([
      { operation: "GET build/builds", query: [...filters, "api-version"], body: undefined },
      {
        operation: "POST git/repositories/{id}/pullrequestquery",
        query: ["api-version"],
        body: { queries: [{ type: "lastMergeCommit", items: [sha] }] },
      },
      {
        operation: "GET git/repositories/{id}/pullRequests/{pull}/reviewers",
        query: ["api-version"],
        body: undefined,
      },
      {
        operation: "POST build/retention/leases",
        query: ["api-version"],
        body: [{ runId: 1234, definitionId: 12, ownerId: "submission", daysValid: 36500, protectPipeline: false }],
      },
      { operation: "POST build/builds/{id}/tags", query: ["api-version"], body: ["submitted-hello-world"] },
      { operation: "POST build/builds/{id}/tags", query: ["api-version"], body: ["failed-hello-world"] },
    ]);
  });

  it("submits nothing that it could not remember for long", async () => {
    platform.faults.push({ on: "/leases", status: 403 });
    const outcome = await push(repository.commit());
    expect(outcome.succeeded).toBe(false);
    expect(outcome.log).toContain("/leases answered 403: look at the job's permissions");
    expect([directories(), platform.remembered()]).toEqual([[], []]);
  });

  it("keeps a run that submitted, once: who forgot it would submit again what it did", async () => {
    repository.commit();
    copyJob("second");
    await push(repository.commit(), { run: 1234 });
    repository.write("README.md", "Other words\n");
    await push(repository.commit());
    expect(pipelines.kept).toEqual([1234]);
  });

  it("runs nothing of the experiments repository, whatever a pull request puts there", async () => {
    repository.commit();
    repository.git("checkout", "--quiet", "-b", "feature");
    copyJob("second").edit("jobs/second/train.yml", "versions/54", "labels/latest");
    for (const file of ["submission/submit.py", "submit.py", "json.py", "sitecustomize.py"])
      repository.write(file, "raise SystemExit(0)\n");
    const outcome = await platform.devRun(repository.commit());
    expect(outcome.succeeded).toBe(false);
    expect(outcome.log).toContain("1 problem; nothing was submitted:");
  });

  it("shows the agent no command that somebody wrote into a job", async () => {
    repository.edit(
      "jobs/hello-world/train.yml",
      "azureml://registries/azureml/environments/sklearn-1.5/versions/54",
      '"##vso[task.setvariable variable=PATH]/tmp"',
    );
    const outcome = await push(repository.commit());
    expect(outcome.succeeded).toBe(false);
    expect(outcome.log).toContain("# # v s o[task.setvariable variable=PATH]/tmp");
    expect(outcome.log).not.toContain("##vso");
  });
});

describe.for(platforms)("the run in dev on %s", ([, on]) => {
  /** The commit that the platform makes of a pull request and the branch that it goes to. */
  const merged = () => {
    repository.git("checkout", "--quiet", "main");
    repository.git("merge", "--quiet", "--no-ff", "--message", "Merge", "feature");
    return repository.git("rev-parse", "HEAD");
  };

  beforeEach(async () => {
    await begin(on());
    repository.commit();
    repository.git("checkout", "--quiet", "-b", "feature");
  });

  it("runs the jobs that the pull request changes, and remembers nothing", async () => {
    copyJob("second");
    repository.commit();
    const outcome = await platform.devRun(merged());
    expect(outcome.log).toContain("jobs/second: submitted as second-");
    expect(outcome.succeeded).toBe(true);
    expect(directories()).toEqual(["second"]);
    expect(platform.remembered()).toEqual([]);
    const [job] = Object.values(platform.read<Record<string, Submitted>>("jobs", {}));
    expect(job?.document.tags).toMatchObject({ pull_request: "7" });
  });

  it("succeeds with nothing to run, without a token", async () => {
    repository.write("README.md", "Other words\n").commit();
    const outcome = await platform.devRun(merged());
    expect(outcome).toMatchObject({
      succeeded: true,
      log: expect.stringContaining("No job changed: nothing to run.") as string,
    });
    expect(platform.tokens).toBe(0);
  });

  it("fails when the job fails", async () => {
    copyJob("second").commit();
    platform.set("outcomes", { second: "Canceled" });
    expect((await platform.devRun(merged())).succeeded).toBe(false);
  });

  it("refuses in both jobs what a review cannot see; the first has no rights at all", async () => {
    copyJob("second").edit("jobs/second/train.yml", "versions/54", "labels/latest").commit();
    const sha = merged();
    for (const job of ["references", "dev-run"] as const) {
      const outcome = await platform.devRun(sha, job);
      expect(outcome.log).toContain("1 problem; nothing was submitted:");
      expect(outcome.succeeded).toBe(false);
    }
    expect(platform.tokens).toBe(0);
  });
});
