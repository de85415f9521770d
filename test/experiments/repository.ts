/** An experiments repository with real git history, in a directory of its own. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { onTestFinished } from "vitest";

import { experimentsFiles, type StarterFiles, writeExperiments } from "../../operations/experiments";
import { contoso } from "../support/root";

export interface StackOf {
  readonly silos?: number;
  readonly handover?: "shared" | "perSilo";
}

/** The starter files for the example's production stack, with another number of silos or another hand-over. */
export function starterFiles(of: StackOf = {}): ReadonlyMap<string, string> {
  return filesOf("prod", of).experiments;
}

/** The starter files of both repositories of the example on Azure DevOps. */
export function starterFilesOnAzureDevOps(): StarterFiles {
  return filesOf("prod-azuredevops", {});
}

function filesOf(stack: string, { silos = 3, handover = "shared" }: StackOf): StarterFiles {
  const directory = temporary();
  const file = `Pulumi.${stack}.yaml`;
  const map = Array.from({ length: silos }, (_, slot) => `    silo${slot}: { location: westeurope }\n`).join("");
  const settings = readFileSync(join(contoso, file), "utf8")
    .replace(/silos:\n( {4}silo.*\n)+/, () => `silos:\n${map}`)
    .replace("config:\n", () => `config:\n  federated-mlops:handover: ${handover}\n`);
  writeFileSync(join(directory, file), settings);
  return experimentsFiles(directory, stack);
}

export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "federated-mlops-experiments-"));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

export class Repository {
  readonly directory = temporary();

  constructor(files: ReadonlyMap<string, string> = starterFiles()) {
    this.git("init", "--quiet", "--initial-branch=main");
    writeExperiments(files, this.directory);
  }

  git(...args: string[]): string {
    const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@contoso.example", "-c", "commit.gpgSign=false"];
    return execFileSync("git", [...identity, ...args], { cwd: this.directory, encoding: "utf8", stdio: "pipe" }).trim();
  }

  write(path: string, content: string | Buffer): this {
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), content);
    return this;
  }

  edit(path: string, from: string, to: string): this {
    const content = readFileSync(join(this.directory, path), "utf8");
    if (!content.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}.`);
    return this.write(
      path,
      content.replace(from, () => to),
    );
  }

  remove(path: string): this {
    rmSync(join(this.directory, path), { recursive: true, force: true });
    return this;
  }

  /** Commits everything, and returns the commit. */
  commit(): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", "Change");
    return this.git("rev-parse", "HEAD");
  }

  /** Runs the repository's own submit.py. */
  submit(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync("python3", ["-I", join(this.directory, "submission", "submit.py"), ...args], { encoding: "utf8" });
  }
}
