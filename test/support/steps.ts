/** Runs the shell steps of a GitHub workflow as a runner would, with stand-ins for what it would find there. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { onTestFinished } from "vitest";
import { parse } from "yaml";

import { root } from "./root";

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
  readonly "continue-on-error"?: boolean;
}

export interface JobRun {
  /** Whether every step that ran ended with 0. */
  readonly succeeded: boolean;
  /** What all steps said. */
  readonly log: string;
  /** The commands that were given to stand-ins, a line each: `gh issue create …`. */
  readonly commands: string[];
  /** The summary that the job wrote. */
  readonly summary: string;
}

/** What a runner keeps from one job of a run to the next: its artifacts, by name. */
export class WorkflowRun {
  readonly #artifacts = temporary();

  /**
   * Runs one job. `contexts` has the value of every expression that its steps name; one that is missing is an error.
   * `programs` are scripts that stand before everything else on the PATH.
   */
  job(
    file: string,
    name: string,
    contexts: Readonly<Record<string, string>>,
    programs: Readonly<Record<string, string>>,
  ): JobRun {
    const { jobs } = parse(readFileSync(join(root, ".github", "workflows", file), "utf8")) as {
      jobs: Record<string, { steps: Step[]; env?: Record<string, string> }>;
    };
    const job = jobs[name];
    if (job === undefined) throw new Error(`${file} has no job ${name}.`);
    const runner = new Runner(this.#artifacts, contexts, programs);
    runner.all(job.steps, job.env ?? {});
    return runner.result();
  }
}

class Runner {
  readonly #workspace = temporary();
  readonly #bin = temporary();
  readonly #files = temporary();
  #environment: Record<string, string> = {};
  #failed = false;
  #log = "";

  constructor(
    readonly artifacts: string,
    readonly contexts: Readonly<Record<string, string>>,
    programs: Readonly<Record<string, string>>,
  ) {
    for (const [name, script] of Object.entries(programs)) {
      const path = join(this.#bin, name);
      const head = `#!/bin/sh\necho "${name} $*" >> ${this.#file("commands")}\n`;
      writeFileSync(path, head + script);
      chmodSync(path, 0o755);
    }
  }

  all(
    steps: readonly Step[],
    env: Readonly<Record<string, string>>,
    inputs: Readonly<Record<string, string>> = {},
  ): void {
    for (const step of steps) {
      if (this.#failed && step.if?.startsWith("always()") !== true) continue;
      const before = this.#failed;
      if (step.run !== undefined) this.#shell(step, env, inputs);
      else this.#use(step, inputs);
      if (step["continue-on-error"] === true) this.#failed = before;
    }
  }

  result(): JobRun {
    const read = (name: string) => (existsSync(this.#file(name)) ? readFileSync(this.#file(name), "utf8") : "");
    return {
      succeeded: !this.#failed,
      log: this.#log,
      commands: read("commands").split("\n").filter(Boolean),
      summary: read("summary"),
    };
  }

  #shell(step: Step, env: Readonly<Record<string, string>>, inputs: Readonly<Record<string, string>>): void {
    const own = Object.fromEntries(
      Object.entries({ ...env, ...step.env }).map(([key, value]) => [key, this.#expand(value, inputs)]),
    );
    const script = this.#file("step.sh");
    writeFileSync(script, this.#expand(step.run ?? "", inputs));
    // GitHub's own: `bash -e` where no shell is named, with pipefail where bash is.
    const flags = step.shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"];
    const { status, stdout, stderr } = spawnSync("bash", [...flags, script], {
      cwd: join(this.#workspace, this.#expand(step["working-directory"] ?? ".", inputs)),
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: [this.#bin, process.env["PATH"]].join(delimiter),
        GITHUB_ENV: this.#file("env"),
        GITHUB_STEP_SUMMARY: this.#file("summary"),
        ...this.#environment,
        ...own,
      },
      maxBuffer: 1 << 26,
    });
    this.#log += `$ ${step.name ?? step.run}\n${stdout}${stderr}`;
    if (status !== 0) this.#failed = true;
    if (existsSync(this.#file("env"))) {
      const lines = readFileSync(this.#file("env"), "utf8").split("\n").filter(Boolean);
      for (const line of lines) {
        const [, key = "", value = ""] = /^([^=]+)=(.*)$/.exec(line) ?? [];
        this.#environment = { ...this.#environment, [key]: value };
      }
    }
  }

  #use(step: Step, inputs: Readonly<Record<string, string>>): void {
    const [action = ""] = (step.uses ?? "").split("@");
    const given = Object.fromEntries(
      Object.entries(step.with ?? {}).map(([key, value]) => [key, this.#expand(String(value), inputs)]),
    );
    if (action.startsWith("./")) return this.#composite(action, given);
    switch (action) {
      case "actions/checkout":
        return this.#checkout(given["path"] ?? ".");
      case "actions/upload-artifact": {
        const artifact = join(this.artifacts, given["name"] ?? "");
        mkdirSync(artifact, { recursive: true });
        for (const file of (given["path"] ?? "").split("\n").filter(Boolean)) {
          const source = join(this.#workspace, file);
          if (existsSync(source)) cpSync(source, join(artifact, file));
        }
        return;
      }
      case "actions/download-artifact": {
        const artifact = join(this.artifacts, given["name"] ?? "");
        if (existsSync(artifact)) cpSync(artifact, this.#workspace, { recursive: true });
        else this.#failed = true;
        return;
      }
      // What signs in and installs has nothing to do here.
      case "actions/setup-node":
      case "actions/create-github-app-token":
      case "azure/login":
      case "pulumi/actions":
        return;
      default:
        throw new Error(`No stand-in for the action ${action}.`);
    }
  }

  #composite(action: string, given: Readonly<Record<string, string>>): void {
    const file = join(this.#workspace, action, "action.yml");
    const { inputs, runs } = parse(readFileSync(file, "utf8")) as {
      inputs: Record<string, { default?: string; required?: boolean }>;
      runs: { steps: Step[] };
    };
    const known = Object.entries(inputs).map(([key, input]) => {
      const value = given[key] ?? input.default;
      if (value === undefined) throw new Error(`${action} needs the input ${key}.`);
      return [key, value] as const;
    });
    for (const key of Object.keys(given)) if (!(key in inputs)) throw new Error(`${action} has no input ${key}.`);
    this.all(runs.steps, {}, Object.fromEntries(known));
  }

  /** Everything of this checkout by links: what a step writes stays in the workspace. */
  #checkout(path: string): void {
    const target = join(this.#workspace, path);
    mkdirSync(target, { recursive: true });
    for (const entry of readdirSync(root)) {
      if (!existsSync(join(target, entry))) symlinkSync(join(root, entry), join(target, entry));
    }
  }

  #expand(text: string, inputs: Readonly<Record<string, string>>): string {
    return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
      const value = expression.startsWith("inputs.") ? inputs[expression.slice(7)] : this.contexts[expression];
      if (value === undefined) throw new Error(`No value for \${{ ${expression} }}.`);
      return value;
    });
  }

  #file(name: string): string {
    return join(this.#files, name);
  }
}

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "federated-mlops-runner-"));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}
