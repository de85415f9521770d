/** This repository's own pipeline on Azure DevOps: what must not change in it, and its lane run with stand-ins. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";

import { configOf } from "../../config";
import { pinnedVersion } from "../../localcloud/engine";
import { lanesOf } from "../../operations/bootstrap/lanes";
import { stackFiles } from "../../operations/stackFiles";
import { againstSchema, breaches, setUp } from "../support/pipelines";
import { root } from "../support/root";

const [start, lane, tools] = ["azure-pipelines.yml", ".azuredevops/lane.yml", ".azuredevops/tools.yml"];
const files = Object.fromEntries([start, lane, tools].map((file) => [file, readFileSync(join(root, file), "utf8")]));
const text = (file: string) => files[file] ?? "";
const broken = (all: Readonly<Record<string, string>>) =>
  Object.entries(all).flatMap(([file, content]) =>
    breaches(content, { starts: file === start }).map((rule) => `${file} ${rule}`),
  );

/** What a stage says to a lane. */
type LaneParameters = Readonly<
  Partial<Record<"environment" | "stack" | "command" | "before" | "when" | "gives" | "takes", string>>
> & {
  readonly after?: readonly string[];
};

interface Stage {
  readonly stage: string;
  readonly trigger?: string;
  readonly dependsOn?: string | readonly string[];
  readonly condition: string;
  readonly lockBehavior?: string;
  readonly jobs: readonly {
    readonly job?: string;
    readonly template?: string;
    readonly parameters?: LaneParameters;
  }[];
}
interface Pipeline {
  readonly trigger: unknown;
  readonly schedules: unknown;
  readonly parameters: unknown;
  readonly stages: readonly Stage[];
}
const pipeline = parse(text(start)) as Pipeline;
const stage = (name: string): Stage => {
  const found = pipeline.stages.find((one) => one.stage === name);
  if (found === undefined) throw new Error(`There is no stage ${name}.`);
  return found;
};

beforeAll(setUp, 600_000);

describe("the pipeline", () => {
  it("is what the schema takes, and breaks no rule", () => {
    expect(againstSchema(files)).toEqual([]);
    expect(broken(files)).toEqual([]);
  });

  const mutations: readonly [what: string, file: string, from: string, to: string, breach: string][] = [
    [
      "the branch filter removed",
      start,
      "  branches:\n    include: [main]\npr",
      "pr",
      "starts from more than named branches",
    ],
    [
      "an error that is overlooked",
      tools,
      "displayName: Pul",
      "continueOnError: true\n    displayName: Pul",
      "goes on after an error",
    ],
    [
      "the token left in the checkout",
      lane,
      "persistCredentials: false",
      "persistCredentials: true",
      "keeps the token in the checkout",
    ],
    [
      "somebody's text in the shell",
      start,
      "npm ci\n",
      "npm ci $(Build.SourceVersionMessage)\n",
      "puts text into a shell",
    ],
    [
      "another lane's connection",
      lane,
      "azureSubscription: federated-mlops-${{ parameters.environment }}",
      "azureSubscription: federated-mlops-infra-prod",
      "becomes an identity outside its environment",
    ],
    [
      "free text from who starts it",
      start,
      "    values: [deploy, deploy production, drift]\n",
      "",
      "takes free text from who starts it",
    ],
  ];
  it.for(mutations)("would be caught with %s", ([, file, from, to, breach]) => {
    expect(text(file)).toContain(from);
    expect(broken({ [file]: text(file).replace(from, () => to) })).toContain(`${file} ${breach}`);
  });

  it("has the lanes of the bootstrap, each in its environment and on its stacks", () => {
    const stacks = ["dev", "prod"].map((name) =>
      configOf(stackFiles(root).find(({ stack }) => stack === name)?.settings ?? {}, name),
    );
    const lanes = lanesOf(stacks, []);
    const wanted = lanes.flatMap(({ environment, stacks: of }) => of.map(({ stack }) => `${environment} ${stack}`));
    const jobs = pipeline.stages.flatMap(({ stage: name, jobs: all }) =>
      all.flatMap(({ parameters }) => (parameters === undefined ? [] : { name, parameters })),
    );
    const has = jobs.map(({ parameters }) => `${parameters["environment"]} ${parameters["stack"]}`);
    expect(new Set(has)).toEqual(new Set(wanted));
    expect(jobs.map(({ name, parameters }) => [name, parameters["environment"], parameters["stack"]])).toEqual([
      ["preview", "infra-preview", "dev"],
      ["preview", "infra-preview", "prod"],
      ["dev", "infra-dev", "dev"],
      ["plan", "drift", "prod"],
      ["prod", "infra-prod", "prod"],
      ["drift", "drift", "dev"],
      ["drift", "drift", "prod"],
      ["drift", "audit", "prod"],
    ]);
    const { parameters } = parse(text(lane)) as { parameters: { name: string; values?: string[] }[] };
    const values = Object.fromEntries(parameters.map(({ name, values: known }) => [name, known]));
    expect(values).toMatchObject({
      environment: ["infra-preview", "infra-dev", "infra-prod", "drift", "audit"],
      stack: ["dev", "prod"],
    });
  });

  it("becomes an identity from main alone, but for the preview that somebody starts and another approves", () => {
    expect(pipeline.trigger).toEqual({ branches: { include: ["main"] } });
    expect(pipeline.schedules).toEqual([
      { cron: "17 3 * * *", displayName: "drift", branches: { include: ["main"] }, always: true },
    ]);
    for (const name of ["dev", "plan", "prod", "drift"])
      expect(stage(name).condition).toContain("eq(variables['Build.SourceBranch'], 'refs/heads/main')");
    for (const name of ["dev", "plan", "prod"])
      expect(stage(name).condition).toContain("in(variables['Build.Reason'], 'IndividualCI', 'BatchedCI', 'Manual')");
    expect(stage("preview")).toMatchObject({
      trigger: "manual",
      condition: "eq(variables['Build.Reason'], 'PullRequest')",
    });
    // Nothing but checks has no connection.
    expect(pipeline.stages.flatMap(({ jobs }) => jobs.flatMap(({ job }) => job ?? []))).toEqual(["check"]);
    expect(stage("check").jobs[0]).not.toHaveProperty("environment");
  });

  it("is told to whoever makes its ground: every lane, its stages, and where it must not be open", () => {
    const rows = readFileSync(join(root, ".azuredevops", "README.md"), "utf8").matchAll(/^\| `([\w-]+)` +\|(.*)\|$/gm);
    const told = [...rows].map(([, environment = "", row = ""]) => [
      environment,
      ...row.split("|").map((cell) => cell.trim()),
    ]);
    const stagesIn = (environment: string) =>
      pipeline.stages
        .filter(({ jobs }) => jobs.some(({ parameters }) => parameters?.["environment"] === environment))
        .map((one) => one.stage)
        .join(", ");
    const lock = (stages: string) =>
      stages.split(", ").some((one) => stage(one).lockBehavior !== undefined) ? "yes" : "no";
    const { parameters } = parse(text(lane)) as { parameters: { values?: string[] }[] };
    expect(told.map(([environment]) => environment).sort()).toEqual([...(parameters[0]?.values ?? [])].sort());
    for (const [environment = "", stages = "", branches, approval, locked] of told) {
      expect(stages).toBe(stagesIn(environment));
      expect(locked).toBe(lock(stages));
      expect(branches).toBe(environment === "infra-preview" ? "none" : "`refs/heads/main`");
      expect(approval).toBe(["infra-preview", "infra-prod"].includes(environment) ? "yes" : "no");
    }
  });

  it("never cancels an update, and brings production up after development and what would happen was shown", () => {
    expect([stage("dev").lockBehavior, stage("prod").lockBehavior]).toEqual(["runLatest", "runLatest"]);
    expect([stage("dev").dependsOn, stage("plan").dependsOn, stage("prod").dependsOn]).toEqual([
      "check",
      ["check", "dev"],
      "plan",
    ]);
    expect(stage("prod").condition).toContain("eq(dependencies.plan.result, 'Succeeded')");
    // `succeeded()` is false where any stage before was skipped, as development is on the first day.
    for (const { condition } of pipeline.stages) expect(condition).not.toContain("succeeded()");
  });

  it("audits production each night after drift was looked for, whatever that found", () => {
    const parametersOf = (environment: string, stack: string) =>
      stage("drift").jobs.find(({ parameters: of }) => of?.["environment"] === environment && of["stack"] === stack)
        ?.parameters;
    const [drift, audit] = [parametersOf("drift", "prod"), parametersOf("audit", "prod")];
    expect(audit).toMatchObject({
      after: ["drift_prod"],
      when: "in(dependencies.drift_prod.result, 'Succeeded', 'SucceededWithIssues', 'Failed')",
      takes: drift?.["gives"],
    });
    interface Lane {
      readonly deployment: string;
      readonly dependsOn: string;
      readonly condition: string;
      readonly strategy: {
        readonly runOnce: { readonly deploy: { readonly steps: readonly Record<string, string>[] } };
      };
    }
    const [job] = (parse(text(lane)) as { jobs: Lane[] }).jobs;
    expect(job).toMatchObject({
      deployment: "${{ replace(parameters.environment, '-', '_') }}_${{ parameters.stack }}",
      dependsOn: "${{ parameters.after }}",
      condition: "${{ parameters.when }}",
    });
    const steps = job?.strategy.runOnce.deploy.steps ?? [];
    expect(steps.find((step) => step["download"] === "current")).toEqual({
      download: "current",
      artifact: "${{ parameters.takes }}",
      condition: "and(succeeded(), ne('${{ parameters.takes }}', ''))",
    });
    expect(steps.at(-1)).toEqual({
      publish: "$(Agent.TempDirectory)/${{ parameters.gives }}",
      artifact: "${{ parameters.gives }}",
      condition: "and(succeededOrFailed(), ne('${{ parameters.gives }}', ''))",
    });
  });

  it("judges a pull request's program by the policies of the branch that it goes to", () => {
    for (const { parameters } of stage("preview").jobs) {
      expect(parameters?.["command"]).toContain("--policy-pack ../trusted/operations/policy");
      expect(parameters?.["before"]).toContain("git worktree add --detach ../trusted HEAD^1\n");
    }
  });

  it("uses Microsoft's own tasks, and the engine in the version of the checkout", () => {
    const tasks = [...(text(start) + text(lane) + text(tools)).matchAll(/task: (.*)/g)].map(([, task]) => task);
    expect(new Set(tasks)).toEqual(new Set(["AzureCLI@2", "NodeTool@0"]));
    expect(text(tools)).toContain(`/pulumi-v${pinnedVersion}-linux-x64.tar.gz`);
  });
});

describe("a lane", () => {
  const commit = "c".repeat(40);

  interface Circumstances {
    /** How the commands end that it calls. */
    readonly pulumi?: number;
    readonly npm?: number;
    readonly curl?: number;
    /** The commit of main by now. */
    readonly main?: string;
    readonly reason?: string;
    /** Whether `pulumi` waits for a second token. */
    readonly waits?: boolean;
  }

  interface Ran {
    readonly status: number | null;
    readonly log: string;
    readonly report: string;
    readonly target: string;
    readonly calls: string[];
  }

  /** Runs what a lane does as its identity. `pulumi`, `npm` and `curl` say how they were called. */
  function run(name: string, stack: string, given: Circumstances = {}, environment?: string): Ran {
    const { pulumi = 0, npm = 0, curl = 0, main = commit, reason = "IndividualCI", waits = false } = given;
    const directory = mkdtempSync(join(tmpdir(), "federated-mlops-lane-"));
    onTestFinished(() => {
      rmSync(directory, { recursive: true, force: true });
    });
    const calls = join(directory, "calls");
    const program = (called: string, ...lines: string[]) => {
      writeFileSync(
        join(directory, called),
        ["#!/bin/sh", `echo "${called} $*" >> '${calls}'`, ...lines, ""].join("\n"),
      );
      chmodSync(join(directory, called), 0o755);
    };
    program(
      "pulumi",
      waits ? 'until grep -q "assertion 2" "$AZURE_FEDERATED_TOKEN_FILE"; do /bin/sleep 0.1; done' : "",
      'env | grep -E "^(ARM_|AZURE_|AZDO_|PULUMI_)" | sort',
      'echo "token: $(cat "$AZURE_FEDERATED_TOKEN_FILE") $(ls -l "$AZURE_FEDERATED_TOKEN_FILE" | cut -c 1-10)"',
      'echo "##vso[task.setvariable variable=x]"',
      `exit ${pulumi}`,
    );
    program("npm", `case "$*" in *print-target*) echo target; exit 0 ;; esac`, `exit ${npm}`);
    program(
      "curl",
      `cat >> '${calls}'`,
      'case "$*" in',
      `  */refs*) echo '{ "value": [{ "name": "refs/heads/main2", "objectId": "x" }, { "name": "refs/heads/main", "objectId": "${main}" }] }' ;;`,
      `  *) echo x >> '${join(directory, "tokens")}'`,
      `     echo "{ \\"oidcToken\\": \\"assertion $(grep -c x '${join(directory, "tokens")}')\\" }" ;;`,
      "esac",
      `exit ${curl}`,
    );
    if (waits) program("sleep", "exec /bin/sleep 0.1");
    const { status, stdout, stderr } = spawnSync("bash", ["-c", scriptOf(name, stack, environment)], {
      encoding: "utf8",
      env: {
        PATH: [directory, process.env["PATH"]].join(delimiter),
        HOME: directory,
        PIPELINE_WORKSPACE: directory,
        AGENT_TEMPDIRECTORY: directory,
        AZURE_CLIENT_ID: "client",
        AZURE_TENANT_ID: "tenant",
        AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "connection",
        BUILD_REASON: reason,
        BUILD_REPOSITORY_ID: "0815",
        BUILD_SOURCESDIRECTORY: directory,
        BUILD_SOURCEVERSION: commit,
        STATE_ACCOUNT: "stflstate",
        SYSTEM_ACCESSTOKEN: "job-token",
        SYSTEM_COLLECTIONURI: "https://dev.azure.com/contoso/",
        SYSTEM_OIDCREQUESTURI: "https://dev.azure.com/contoso/oidctoken",
        SYSTEM_TEAMPROJECTID: "4711",
      },
    });
    expect(existsSync(join(directory, `${stack}.token`))).toBe(false);
    const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
    return {
      status,
      log: stdout + stderr,
      report: read(join(directory, `${stack}.md`)),
      target: read(join(directory, "target.json")),
      calls: read(calls)
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("sleep ")),
    };
  }

  /** The shell of the lane's one step with an identity, as Azure would fill it in. */
  function scriptOf(name: string, stack: string, environment?: string): string {
    const { after: _, ...given }: LaneParameters =
      stage(name).jobs.find(
        ({ parameters: of }) => of?.["stack"] === stack && of["environment"] === (environment ?? of["environment"]),
      )?.parameters ?? {};
    const { jobs } = parse(text(lane)) as {
      jobs: { strategy: { runOnce: { deploy: { steps: { inputs?: { inlineScript: string } }[] } } } }[];
    };
    const step = jobs[0]?.strategy.runOnce.deploy.steps.find(({ inputs }) => inputs !== undefined);
    return (step?.inputs?.inlineScript ?? "").replace(
      /\$\{\{ parameters\.(\w+) \}\}/g,
      (_, parameter: string) => (given as Readonly<Record<string, string>>)[parameter] ?? "",
    );
  }

  it("becomes its identity for state, keys and every provider, without a secret on a command line", () => {
    const { status, log, calls } = run("prod", "prod");
    expect(status, log).toBe(0);
    const asking = "curl --config - --fail --silent --show-error --retry 5 --header X-TFS-FedAuthRedirect: Suppress";
    expect(calls).toEqual([
      `${asking} https://dev.azure.com/contoso/4711/_apis/git/repositories/0815/refs?filter=heads/main&api-version=7.1`,
      'header = "Authorization: Bearer job-token"',
      `${asking} --data  https://dev.azure.com/contoso/oidctoken?api-version=7.1&serviceConnectionId=connection`,
      'header = "Authorization: Bearer job-token"',
      "npm run --silent doctor -- --stack prod",
      "pulumi up --stack prod --yes --refresh --diff --non-interactive --policy-pack operations/policy",
    ]);
    for (const line of [
      "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID=connection",
      "ARM_CLIENT_ID=client",
      "ARM_TENANT_ID=tenant",
      "ARM_USE_DEFAULT_AZURE_CREDENTIAL=true",
      "ARM_USE_OIDC=true",
      "AZDO_ORG_SERVICE_URL=https://dev.azure.com/contoso/",
      "AZURE_CLIENT_ID=client",
      "AZURE_TENANT_ID=tenant",
      "AZURE_TOKEN_CREDENTIALS=WorkloadIdentityCredential",
      "PULUMI_BACKEND_URL=azblob://prod?storage_account=stflstate",
      "token: assertion 1 -rw-------",
    ])
      expect(log).toContain(`${line}\n`);
  });

  it("keeps its token fresh while its command runs: one lasts ten minutes", () => {
    const { status, log } = run("plan", "prod", { waits: true });
    expect(status, log).toBe(0);
    expect(log).toMatch(/token: assertion [2-9]/);
  });

  it("brings no older commit over a newer one; the night and a pull request have theirs", () => {
    for (const name of ["dev", "plan", "prod"]) {
      const late = run(name, name === "dev" ? "dev" : "prod", { main: "d".repeat(40) });
      expect(late.status).toBe(1);
      expect(late.log).toContain(`main is at ${"d".repeat(40)} by now: let its own run deploy.`);
      expect(late.calls.filter((call) => !/^(curl|header)/.test(call))).toEqual([]);
    }
    expect(run("drift", "prod", { main: "d".repeat(40), reason: "Schedule" }).status).toBe(0);
    expect(run("preview", "prod", { main: "d".repeat(40), reason: "PullRequest" }).status).toBe(0);
  });

  it("shows what was said as a summary, and none of it as a command", () => {
    const { log, report } = run("plan", "prod");
    expect(report).toMatch(/^`{8}text\n[^]*# #vso\[task\.setvariable variable=x\]\n`{8}\n$/);
    expect(log.match(/##vso\[.*/g)).toEqual([expect.stringMatching(/^##vso\[task\.uploadsummary\].*\/prod\.md$/)]);
  });

  it("fails as its command does", () => {
    expect(run("drift", "dev", { npm: 7 }).status).toBe(7);
    expect(run("preview", "dev", { pulumi: 255 }).status).toBe(255);
  });

  it("brings nothing up where the doctor says that something is missing; what it could not see stops nobody", () => {
    const missing = run("dev", "dev", { npm: 7 });
    expect(missing.status).not.toBe(0);
    expect(missing.calls.join()).not.toContain("pulumi");
    const unseen = run("dev", "dev", { npm: 1 });
    expect(unseen.status).toBe(0);
    expect(unseen.calls.at(-1)).toContain("pulumi up --stack dev");
  });

  it("hands the audit where production is, also where that drifted, and none of its state", () => {
    const drifted = run("drift", "prod", { npm: 7 });
    expect([drifted.status, drifted.target]).toEqual([7, "target\n"]);
    expect(drifted.report).not.toContain("target");
    const audit = run("drift", "prod", { npm: 7 }, "audit");
    expect(audit.status).toBe(7);
    expect(audit.calls.at(-1)).toMatch(
      /^npm run --silent audit -- --stack prod --target \/.*\/target\.json\/target\.json --html \/.*\/audit\.html$/,
    );
    expect(audit.calls.join()).not.toContain("pulumi");
  });

  it("does nothing without its token", () => {
    const { status, calls } = run("drift", "prod", { curl: 22, reason: "Schedule" });
    expect(status).not.toBe(0);
    expect(calls.filter((call) => !/^(curl|header)/.test(call))).toEqual([]);
  });
});
