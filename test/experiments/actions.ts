/**
 * Runs a job of a workflow as GitHub Actions does: the shell of its own `run` steps, in a checkout of real git history,
 * with the rights that its `permissions` give and no more. `az` and GitHub's API are stand-ins.
 */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { onTestFinished } from "vitest";
import { parse } from "yaml";

import { type Repository, temporary } from "./repository";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface WorkflowJob {
  readonly permissions: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly steps: readonly Step[];
}

export interface Trigger {
  readonly event: "push" | "workflow_dispatch" | "pull_request" | "schedule";
  readonly sha: string;
  readonly ref?: string;
  /** The commit that the run says it is for, where that is another than the one checked out. */
  readonly claims?: string;
  readonly protected?: boolean;
  /** A run that is started again keeps its number. */
  readonly run?: number;
  readonly attempt?: number;
  /** Where the repository was taken over: the environment's variable of that name. */
  readonly reviewedSince?: string;
  /** What happens while the run goes on, before the step of that name. */
  readonly before?: Readonly<Record<string, () => unknown>>;
}

export interface Outcome {
  readonly succeeded: boolean;
  readonly log: string;
  readonly summary: string;
}

interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly task: string;
  readonly environment: string;
  readonly payload: unknown;
  readonly statuses: { readonly state: string }[];
}

const fullName = "contoso-fl/fl-experiments";
const variables: Readonly<Record<string, string>> = {
  AZURE_CLIENT_ID: "client",
  AZURE_TENANT_ID: "tenant",
  AZURE_SUBSCRIPTION_ID: "subscription",
  AZUREML_RESOURCE_GROUP: "rg-fl-prod",
  AZUREML_WORKSPACE: "aml-fl-prod",
};

export class Actions {
  readonly deployments: Deployment[] = [];
  /** What GitHub answers to the next request of that method and path, in place of its own answer. */
  readonly faults: { readonly on: string; readonly status: number }[] = [];
  tokens = 0;
  /** What GitHub was asked, but for tokens. */
  readonly asked: { readonly operation: string; readonly query: readonly string[]; readonly body: unknown }[] = [];
  private readonly stub = temporary();
  private readonly programs = temporary();
  private readonly server: Server;
  private permissions: Readonly<Record<string, string>> = {};
  private runs = 1000;

  private constructor(private readonly repository: Repository) {
    const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
    this.program("az", `exec "${python}" -SE "${join(__dirname, "python", "az.py")}" "$@"`);
    this.program("python3", `exec "${python}" -SE "${join(__dirname, "python", "fakeClock.py")}" "$@"`);
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const [status, answer] = this.answer(request.method ?? "", new URL(request.url ?? "", "http://localhost"), {
          token: request.headers.authorization ?? "",
          body,
        });
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      });
    });
  }

  static async for(repository: Repository): Promise<Actions> {
    const actions = new Actions(repository);
    await new Promise<void>((resolve) => actions.server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      actions.server.close();
    });
    return actions;
  }

  private program(name: string, line: string): void {
    writeFileSync(join(this.programs, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(this.programs, name), 0o755);
  }

  /** What the stand-ins for Azure and the clock know. */
  read<T>(name: "jobs" | "calls" | "clock", otherwise: T): T {
    const file = join(this.stub, `${name}.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : otherwise;
  }

  /** How long jobs take, how they end, and what `az` gets wrong. */
  set(name: "lengths" | "outcomes" | "faults" | "extensions", value: unknown): this {
    writeFileSync(join(this.stub, `${name}.json`), JSON.stringify(value));
    return this;
  }

  /** Names of the jobs that Azure got, in order. */
  submitted(): string[] {
    return Object.keys(this.read<Record<string, unknown>>("jobs", {}));
  }

  async run(workflow: string, jobName: string, trigger: Trigger): Promise<Outcome> {
    const file = parse(this.repository.git("show", `${trigger.sha}:.github/workflows/${workflow}`)) as {
      jobs: Record<string, WorkflowJob>;
    };
    const job = file.jobs[jobName];
    if (job === undefined) throw new Error(`${workflow} has no job ${jobName}.`);
    this.permissions = job.permissions;
    const [workspace, runnerTemp] = [temporary(), temporary()];
    const summary = join(runnerTemp, "summary.md");
    const event = join(runnerTemp, "event.json");
    writeFileSync(event, JSON.stringify({ number: 7, pull_request: { title: '"; exit 0 #' } }));
    const { port } = this.server.address() as AddressInfo;
    const mayIdentify = job.permissions["id-token"] === "write";
    const environment = {
      PATH: `${this.programs}:${process.env.PATH}`,
      HOME: runnerTemp,
      STUB: this.stub,
      RUNNER_TEMP: runnerTemp,
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_EVENT_NAME: trigger.event,
      GITHUB_EVENT_PATH: event,
      GITHUB_REF: trigger.ref ?? (trigger.event === "pull_request" ? "refs/pull/7/merge" : "refs/heads/main"),
      GITHUB_REF_PROTECTED: String(trigger.protected ?? trigger.event !== "pull_request"),
      GITHUB_REF_TYPE: "branch",
      GITHUB_REPOSITORY: fullName,
      GITHUB_RUN_ATTEMPT: String(trigger.attempt ?? 1),
      GITHUB_RUN_ID: String(trigger.run ?? this.runs++),
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_SHA: trigger.claims ?? trigger.sha,
      GITHUB_STEP_SUMMARY: summary,
      ...(mayIdentify
        ? {
            ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/oidc?api-version=2.0`,
            ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
          }
        : {}),
    };

    let succeeded = true;
    let log = "";
    for (const step of job.steps) {
      if (step.uses !== undefined) {
        this.checkOut(workspace, trigger.sha, step);
        continue;
      }
      if (!succeeded && !/!cancelled\(\)/.test(step.if ?? "")) continue;
      await trigger.before?.[step.name ?? ""]?.();
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, text]) => [name, expanded(text, trigger.reviewedSince)]),
      );
      const script = join(runnerTemp, "step.sh");
      writeFileSync(script, step.run ?? "");
      const { code, output } = await ran(["bash", "-e", script], workspace, { ...environment, ...env });
      log += output;
      succeeded &&= code === 0;
    }
    return { succeeded, log, summary: existsSync(summary) ? readFileSync(summary, "utf8") : "" };
  }

  /** actions/checkout, as far as these workflows use it. */
  private checkOut(workspace: string, sha: string, { uses, with: inputs = {} }: Step): void {
    if (!/^actions\/checkout@[0-9a-f]{40}$/.test(uses ?? "")) throw new Error(`${uses} is not known here.`);
    if (inputs["persist-credentials"] !== false) throw new Error("The token would stay in the checkout.");
    const depth = Number(inputs["fetch-depth"] ?? 1);
    mkdirSync(workspace, { recursive: true });
    const git = (...args: string[]) => execFileSync("git", args, { cwd: workspace, stdio: "pipe" });
    git("init", "--quiet");
    const limit = depth === 0 ? [] : [`--depth=${depth}`];
    git("fetch", "--quiet", ...limit, `file://${this.repository.directory}`, sha);
    git("checkout", "--quiet", "--detach", sha);
  }

  private answer(method: string, url: URL, { token, body }: { token: string; body: string }): [number, unknown] {
    const fault = this.faults.findIndex(({ on }) => `${method} ${url.pathname}`.endsWith(on));
    if (fault !== -1) return [this.faults.splice(fault, 1)[0]?.status ?? 500, {}];
    if (url.pathname === "/oidc") {
      if (token !== "Bearer request-token") return [401, {}];
      this.tokens++;
      const value = JSON.stringify({ audience: url.searchParams.get("audience"), issued: this.read("clock", 0) });
      return [200, { value }];
    }
    const path = url.pathname.replace(`/repos/${fullName}/`, "");
    const right = path.startsWith("deployments")
      ? "deployments"
      : path.endsWith("/pulls") || path.startsWith("pulls/")
        ? "pull-requests"
        : "contents";
    const given = this.permissions[right];
    if (token !== "Bearer job-token" || given === undefined || (method === "POST" && given !== "write"))
      return [403, {}];
    const asked = body === "" ? {} : (JSON.parse(body) as Record<string, unknown>);
    const id = Number(/^deployments\/(\d+)\/statuses$/.exec(path)?.[1]);
    const operation = path.replace(
      /^(commits|pulls|deployments)\/[^/]+/,
      (_, kind: "commits" | "pulls" | "deployments") =>
        `${kind}/${{ commits: "{commit_sha}", pulls: "{pull_number}", deployments: "{deployment_id}" }[kind]}`,
    );
    this.asked.push({
      operation: `${method.toLowerCase()} /repos/{owner}/{repo}/${operation}`,
      query: [...url.searchParams.keys()],
      body: body === "" ? undefined : asked,
    });
    const deployment = this.deployments.find((one) => one.id === id);
    if (deployment !== undefined) {
      if (method === "GET") return [200, deployment.statuses.slice(0, 1)];
      deployment.statuses.unshift({ state: String(asked.state) });
      return [201, {}];
    }
    if (path === "deployments" && method === "GET") {
      const { environment, task } = Object.fromEntries(url.searchParams);
      return [200, this.deployments.filter((one) => one.environment === environment && one.task === task).reverse()];
    }
    if (path === "deployments") {
      const made = { id: 100 + this.deployments.length, sha: String(asked.ref), statuses: [] };
      const { task, environment } = asked as { task: string; environment: string };
      this.deployments.push({ ...made, task, environment, payload: asked.payload });
      return [201, made];
    }
    const commit = /^commits\/([0-9a-f]{40})\/pulls$/.exec(path)?.[1];
    if (commit !== undefined)
      return [
        200,
        [
          { number: 6, merge_commit_sha: "0" },
          { number: 7, merge_commit_sha: commit },
        ],
      ];
    if (path === "pulls/7/reviews") {
      const review = (login: string, state: string) => ({ user: { login }, state });
      return [200, [review("grace", "APPROVED"), review("ada", "APPROVED"), review("eve", "COMMENTED")]];
    }
    return [404, {}];
  }
}

/** The expressions that these workflows use, and no others. */
function expanded(text: string, reviewedSince = ""): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    const variable = { ...variables, REVIEWED_SINCE: reviewedSince }[expression.replace(/^vars\./, "")];
    const value = expression === "github.token" ? "job-token" : variable;
    if (value === undefined) throw new Error(`The expression ${expression} is not known here.`);
    return value;
  });
}

function ran(
  [program = "", ...args]: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}
