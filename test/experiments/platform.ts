/**
 * What runs the experiments' pipelines: the shell of their own steps, in checkouts of real git history, with what the
 * platform hands to a step and no more. `az`, the clock and the platform's interface are stand-ins.
 */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { type Repository, temporary } from "./repository";

export interface Trigger {
  readonly sha: string;
  readonly event?: "push" | "byHand" | "schedule" | "pullRequest";
  readonly ref?: string;
  /** The commit that the run says it is for, where that is another than the one checked out. */
  readonly claims?: string;
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

/** What the platform remembers of one submission. */
export interface Remembered {
  readonly directory: string;
  readonly commit: string;
  readonly state: "submitted" | "succeeded" | "failed";
}

/** What the platform was asked, but for tokens. */
export interface Asked {
  readonly operation: string;
  readonly query: readonly string[];
  readonly body: unknown;
}

interface Request {
  readonly token: string;
  readonly body: string;
}

/** Identifiers of the environment, as its variables hand them to a job. */
export const variables: Readonly<Record<string, string>> = {
  AZURE_CLIENT_ID: "client",
  AZURE_TENANT_ID: "tenant",
  AZURE_SUBSCRIPTION_ID: "subscription",
  AZUREML_RESOURCE_GROUP: "rg-fl-prod",
  AZUREML_WORKSPACE: "aml-fl-prod",
};

export abstract class Platform {
  /** What the platform answers to the next request that ends so, method and path, in place of its own answer. */
  readonly faults: { readonly on: string; readonly status: number }[] = [];
  /** OIDC tokens that were given out. */
  tokens = 0;
  readonly asked: Asked[] = [];
  /** End of the request by which a submission is remembered. */
  abstract readonly remembering: string;
  private readonly stub = temporary();
  private readonly programs = temporary();
  private readonly server: Server;
  private runs = 1000;

  protected constructor(readonly repository: Repository) {
    const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
    this.program("az", `exec "${python}" -SE "${join(__dirname, "python", "az.py")}" "$@"`);
    this.program("python3", `exec "${python}" -SE "${join(__dirname, "python", "fakeClock.py")}" "$@"`);
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        const fault = this.faults.findIndex(({ on }) => `${method} ${url.split("?")[0]}`.endsWith(on));
        const [status, answer] =
          fault === -1
            ? this.answer(method, new URL(url, "http://localhost"), { token: headers.authorization ?? "", body })
            : [this.faults.splice(fault, 1)[0]?.status ?? 500, {}];
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      });
    });
  }

  /** Runs the pipeline that brings what is on a branch to production. */
  abstract submit(trigger: Trigger): Promise<Outcome>;

  /** Runs what a pull request starts, or one of its two jobs. `sha` is the merge commit. */
  abstract devRun(sha: string, job?: "references" | "dev-run"): Promise<Outcome>;

  /** The page of a run. */
  abstract urlOf(run: number): string;

  /** Submissions to production that the platform remembers, the oldest first. */
  abstract remembered(): Remembered[];

  protected abstract answer(method: string, url: URL, request: Request): [number, unknown];

  /** Begins to answer, until the test ends. */
  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      this.server.close();
    });
    return this;
  }

  protected get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  protected nextRun(): number {
    return this.runs++;
  }

  /** An OIDC token, as the stand-in for Azure takes it. */
  protected newToken(audience: string | null): string {
    this.tokens++;
    return JSON.stringify({ audience, issued: this.read("clock", 0) });
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

  /** Runs the shell of one step. */
  protected shell(
    script: string,
    { cwd, home, env }: { cwd: string; home: string; env: Readonly<Record<string, string>> },
  ): Promise<{ code: number | null; output: string }> {
    const file = join(home, "step.sh");
    writeFileSync(file, script);
    const environment = { PATH: `${this.programs}:${process.env.PATH}`, HOME: home, STUB: this.stub, ...env };
    return new Promise((resolve, reject) => {
      const child = spawn("bash", ["-e", file], { cwd, env: environment });
      let output = "";
      child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code, output });
      });
    });
  }
}

/**
 * Checks out `sha` of the repository in `source` with the last `depth` commits, or with all of them where that is 0; all of
 * them come with every branch.
 */
export function checkOut(source: string, sha: string, depth: number, workspace: string): void {
  mkdirSync(workspace, { recursive: true });
  const git = (...args: string[]) => execFileSync("git", args, { cwd: workspace, stdio: "pipe" });
  git("init", "--quiet");
  const [limit, branches] = depth === 0 ? [[], ["+refs/heads/*:refs/remotes/origin/*"]] : [[`--depth=${depth}`], []];
  git("fetch", "--quiet", ...limit, `file://${source}`, sha, ...branches);
  git("checkout", "--quiet", "--detach", sha);
}
