/** The shell steps of this repository's workflows, run as GitHub would, with the local cloud behind their commands. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { landedCopy, type Local } from "../support/local";
import { contoso, root } from "../support/root";
import { WorkflowRun } from "../support/steps";

const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();

/** `pulumi` on the local cloud, `npm` without what this suite does already, and a `gh` that finds `found`. */
function programs(local: Local, found = ""): Record<string, string> {
  // The local cloud looks for an engine on the PATH, and must not find this stand-in.
  const cloud = `export FEDERATED_MLOPS_LOCAL='${local.place.local}' FEDERATED_MLOPS_STACKS='${contoso}' PATH='${process.env["PATH"]}'`;
  const tsx = `exec '${process.execPath}' --require '${require.resolve("tsx/cjs")}'`;
  return {
    pulumi: `${cloud}\n${tsx} '${join(root, "localcloud", "cli.ts")}' pulumi "$@"\n`,
    npm: `case "$*" in
  ci* | start | test | "run lint" | "run check") ;;
  *" audit "*) ${cloud}; shift 4; ${tsx} '${join(root, "audit", "audit.ts")}' --local "$@" ;;
  *" doctor "*) ${cloud}; shift 4; ${tsx} '${join(root, "operations", "doctor.ts")}' --local "$@" ;;
  "run local "*) ${cloud}; exec '${npm}' "$@" ;;
  *) export FEDERATED_MLOPS_LOCAL='${local.place.local}' FEDERATED_MLOPS_STACKS='${contoso}'; exec '${npm}' "$@" ;;
esac
`,
    gh: `echo '${found}'\ncase "$*" in *--body-file*) sed 's/^/gh: /' "$(echo "$*" | sed 's/.*--body-file //')" ;; esac\n`,
  };
}

const contexts = (stack: string): Record<string, string> => ({
  "matrix.stack": stack,
  "matrix.reports": stack === "prod" ? "audit drift" : "drift",
  "vars.AZURE_CLIENT_ID": "11111111-1111-4111-8111-111111111111",
  "vars.AZURE_TENANT_ID": "22222222-2222-4222-8222-222222222222",
  "vars.STATE_ACCOUNT": "stflstate",
  "vars.APP_CLIENT_ID": "Iv1",
  "secrets.APP_PRIVATE_KEY": "canary-private-key",
  "steps.lane.outputs.token": "canary-token",
  "steps.app.outputs.token": "canary-token",
  "github.sha": "c".repeat(40),
  "github.event.pull_request.head.sha": "a".repeat(40),
  "github.event.pull_request.base.sha": "b".repeat(40),
  "github.event.pull_request.number": "7",
  "github.repository": "contoso-fl/federated-mlops",
  "github.repository_owner": "contoso-fl",
  "github.server_url": "https://github.com",
  "github.run_id": "42",
  "github.token": "canary-workflow-token",
});

const issues = (commands: readonly string[]) =>
  commands
    .filter((command) => command.startsWith("gh issue"))
    .map((command) => command.split(" ").slice(1, 3).join(" "));

describe("the workflow", () => {
  it("check previews both environments on the local cloud, under the policies", async () => {
    const local = await landedCopy();
    const { succeeded, log, commands } = new WorkflowRun().job("check.yml", "check", {}, programs(local));
    expect(succeeded, log).toBe(true);
    expect(log).toContain("Every stack file is in order.");
    expect(commands).toContain("npm test");
  });

  it("preview shows a pull request what it would change, and comments once", async () => {
    const local = await landedCopy();
    local.tamper("users-reader");
    const run = new WorkflowRun();
    const preview = run.job("preview.yml", "preview", contexts("prod"), programs(local));
    expect(preview.succeeded, preview.log).toBe(true);
    expect(preview.log).toContain("reader-workspace");
    expect(preview.log).toContain("Only reviewed code runs in prod.");

    const first = run.job("preview.yml", "comment", contexts("prod"), programs(local));
    expect(first.succeeded, first.log).toBe(true);
    expect(first.commands.at(-1)).toMatch(/^gh api repos\/contoso-fl\/federated-mlops\/issues\/7\/comments --field/);
    const second = run.job("preview.yml", "comment", contexts("prod"), programs(local, "99"));
    expect(second.commands.at(-1)).toMatch(
      /^gh api --method PATCH repos\/contoso-fl\/federated-mlops\/issues\/comments\/99/,
    );
    expect(preview.log + first.log + second.log).not.toContain("canary");
  });

  it("deploy examines, plans and brings production up", async () => {
    const local = await landedCopy();
    local.tamper("users-reader");
    const run = new WorkflowRun();
    const newest = programs(local, "c".repeat(40));
    const plan = run.job("deploy.yml", "plan", contexts("prod"), newest);
    expect(plan.succeeded, plan.log).toBe(true);
    expect(plan.summary).toContain("reader-workspace");

    const prod = run.job("deploy.yml", "prod", contexts("prod"), newest);
    expect(prod.succeeded, prod.log).toBe(true);
    expect((await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes")).code).toBe(0);
    expect(plan.log + plan.summary + prod.log).not.toContain("canary");

    const older = run.job("deploy.yml", "prod", contexts("prod"), programs(local, "d".repeat(40)));
    expect([older.succeeded, older.log.includes("$ Up")]).toEqual([false, false]);
  });

  it("drift opens one issue of drift and audit, keeps it, and closes it when all is well", async () => {
    const local = await landedCopy();
    const night = (found = "") => {
      const run = new WorkflowRun();
      const job = (name: string) => run.job("drift.yml", name, contexts("prod"), programs(local, found));
      return { drift: job("drift"), audit: job("audit"), issue: job("issue") };
    };

    const quiet = night("12");
    expect(quiet.drift.succeeded, quiet.drift.log).toBe(true);
    expect(quiet.audit.succeeded, quiet.audit.log).toBe(true);
    expect(issues(quiet.issue.commands)).toEqual(["issue list", "issue close"]);

    local.tamper("users-reader");
    local.tamper("secret", "fl-prod-pipeline");
    const loud = night();
    expect([loud.drift.succeeded, loud.audit.succeeded]).toEqual([false, false]);
    expect(issues(loud.issue.commands)).toEqual(["issue list", "issue create"]);
    expect(loud.issue.log).toContain("reader-workspace");
    expect(loud.issue.log).toContain("1 route into prod passes no review.");
    expect(loud.issue.log).not.toContain("Could not tell");
    expect(loud.drift.log + loud.audit.log + loud.issue.log).not.toContain("canary");
  });

  it("drift does not take jobs that broke for good news", async () => {
    const local = await landedCopy();
    const { commands, log, succeeded } = new WorkflowRun().job(
      "drift.yml",
      "issue",
      contexts("prod"),
      programs(local, "12"),
    );
    expect(succeeded, log).toBe(true);
    expect(issues(commands)).toEqual(["issue list", "issue edit"]);
    expect(log.match(/gh: .*Could not tell/g)).toHaveLength(2);
    expect(log.match(/gh: The job broke before it could report/g)).toHaveLength(2);
  });
});
