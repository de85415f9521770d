/** The workflows, held against linters from outside; and what must not change in them, as literals. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { findings, setUp } from "../support/linters";
import { root } from "../support/root";

const source = join(root, "experiments", ".github", "workflows");
const workflows = Object.fromEntries(
  readdirSync(source).map((file) => [file, readFileSync(join(source, file), "utf8")]),
);

/** Findings that stand, each with its reason. */
const answered: Readonly<Record<string, string>> = {
  // The group is restricted to this workflow at the protected branch; a private workspace is not reached from elsewhere.
  "self-hosted-runner": "submit.yml",
};

beforeAll(setUp, 600_000);

describe("the workflows", () => {
  it("pass actionlint, and the strictest persona of zizmor but for what is answered", () => {
    expect(findings(workflows)).toEqual(Object.entries(answered).map(([finding, file]) => `${finding}: ${file}`));
  });

  const mutations: readonly [what: string, file: string, from: string, to: string, caught: string][] = [
    [
      "an action by its tag",
      "submit.yml",
      "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
      "@v7",
      "unpinned-uses",
    ],
    ["pull_request_target", "dev-run.yml", "pull_request:", "pull_request_target:", "dangerous-triggers"],
    ["rights for every job", "submit.yml", "permissions: {}", "permissions: write-all", "excessive-permissions"],
    [
      "an expression in the shell",
      "dev-run.yml",
      "submit.py references",
      "submit.py ${{ github.event.pull_request.title }}",
      "template-injection",
    ],
    [
      "the token left in the checkout",
      "submit.yml",
      "persist-credentials: false",
      "persist-credentials: true",
      "artipacked",
    ],
    ["a misspelt key", "submit.yml", "timeout-minutes: 1440", "timeout-minute: 1440", "actionlint syntax-check"],
    [
      "an expression that does not exist",
      "submit.yml",
      "${{ !cancelled() }}",
      "${{ !canceled() }}",
      "actionlint expression",
    ],
  ];
  it.for(mutations)("would be caught with %s", ([, file, from, to, caught]) => {
    const workflow = workflows[file] ?? "";
    expect(workflow).toContain(from);
    expect(findings({ [file]: workflow.replace(from, () => to) })).toContain(`${caught}: ${file}`);
  });

  interface Workflow {
    readonly on: Readonly<Record<string, unknown>>;
    readonly permissions: object;
    readonly concurrency: object;
    readonly jobs: Readonly<
      Record<
        string,
        {
          permissions: object;
          environment?: string;
          if?: string;
          needs?: string;
          steps: { uses?: string; run?: string }[];
        }
      >
    >;
  }
  const [submit, devRun] = ["submit.yml", "dev-run.yml"].map((file) => parse(workflows[file] ?? "") as Workflow);

  it("reach production from a push to a protected branch or by hand, without inputs, one at a time", () => {
    expect(submit?.on).toEqual({ push: { branches: ["main"], paths: ["jobs/**"] }, workflow_dispatch: null });
    expect(submit?.concurrency).toEqual({ group: "submit", "cancel-in-progress": false });
    expect(Object.keys(submit?.jobs ?? {})).toEqual(["submit"]);
    expect(submit?.jobs.submit?.environment).toBe("prod");
  });

  it("have these rights and no others", () => {
    expect([submit?.permissions, devRun?.permissions]).toEqual([{}, {}]);
    expect(submit?.jobs.submit?.permissions).toEqual({
      contents: "read",
      deployments: "write",
      "id-token": "write",
      "pull-requests": "read",
    });
    expect(devRun?.jobs.references?.permissions).toEqual({ contents: "read" });
    expect(devRun?.jobs["dev-run"]?.permissions).toEqual({ contents: "read", "id-token": "write" });
  });

  it("start the required checks on every pull request: GitHub takes a skipped one for passed", () => {
    expect(devRun?.on).toEqual({ pull_request: null });
    expect(Object.keys(devRun?.jobs ?? {})).toEqual(["references", "dev-run"]);
    for (const job of Object.values(devRun?.jobs ?? {})) expect([job.if, job.needs]).toEqual([undefined, undefined]);
    expect([devRun?.jobs.references?.environment, devRun?.jobs["dev-run"]?.environment]).toEqual([undefined, "dev"]);
  });

  it("use one action, and call submit.py for everything else", () => {
    const steps = [submit, devRun].flatMap((workflow) =>
      Object.values(workflow?.jobs ?? {}).flatMap((job) => job.steps),
    );
    expect(new Set(steps.flatMap(({ uses }) => uses ?? []))).toEqual(
      new Set(["actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"]),
    );
    for (const { run } of steps.filter((step) => step.uses === undefined)) {
      expect(run).toMatch(/^python3 -I submission\/submit\.py [a-z-]+( --list "\$RUNNER_TEMP\/submitted\.json")?$/);
    }
  });
});
