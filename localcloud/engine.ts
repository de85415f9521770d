/** Finds the Pulumi engine, or builds it from its Go modules: the one piece that npm does not bring. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import { Trouble } from "./trouble";

/** Oldest engine that will do, and the one that is built. */
export const pinnedVersion = "3.274.1";

/** Oldest Go that builds it. */
const goVersion = "1.26";

let found: Promise<string> | undefined;

/** Path of an engine of at least the pinned version. */
export function engine(): Promise<string> {
  return (found ??= findOrBuild());
}

async function findOrBuild(): Promise<string> {
  const onPath = versionOf("pulumi");
  if (onPath !== undefined && atLeast(onPath, pinnedVersion)) return whereIs("pulumi");
  // Where the npm package of the official CLI looks, too.
  const directory = join(homedir(), ".pulumi", "versions", pinnedVersion, "bin");
  const built = join(directory, "pulumi");
  if (!existsSync(built)) await build(directory, built);
  return built;
}

/** Whether version `is` is `wanted` or newer; a pre-release counts as its release. */
export function atLeast(is: string, wanted: string): boolean {
  const numbers = (version: string) => (/\d+(\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
  const [left, right] = [numbers(is), numbers(wanted)];
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function versionOf(program: string): string | undefined {
  const environment = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { status, stdout } = spawnSync(program, ["version"], { encoding: "utf8", env: environment });
  return status === 0 ? stdout.trim() : undefined;
}

function whereIs(program: string): string {
  return spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
}

/** Builds in a temporary directory and renames at the end, so that an interrupted build leaves nothing half done. */
async function build(directory: string, target: string): Promise<void> {
  needGo();
  const source = mkdtempSync(join(tmpdir(), "pulumi-engine-"));
  const unfinished = join(directory, `.pulumi-${process.pid}`);
  const done = progress(
    `Building the Pulumi engine ${pinnedVersion} from its Go modules, once (3 to 4 minutes on two cores)`,
  );
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(source, "go.mod"),
      `module engine\n\ngo ${goVersion}\n\nrequire (\n\tgithub.com/pulumi/pulumi/pkg/v3 v${pinnedVersion}\n\tgithub.com/pulumi/pulumi/sdk/v3 v${pinnedVersion}\n)\n`,
    );
    writeFileSync(
      join(source, "tools.go"),
      `//go:build tools\n\npackage engine\n\nimport _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"\n`,
    );
    await go(source, ["mod", "tidy"]);
    await go(source, [
      ...["build", "-trimpath", "-tags", "osusergo,grpcnotrace"],
      ...["-ldflags", `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pinnedVersion}`],
      ...["-o", unfinished, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
    ]);
    renameSync(unfinished, target);
  } finally {
    done();
    rmSync(source, { recursive: true, force: true });
    rmSync(unfinished, { force: true });
  }
}

function needGo(): void {
  const { status, stdout } = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  const cure = `Install the Pulumi CLI ${pinnedVersion} or newer (https://www.pulumi.com/docs/install/), or Go ${goVersion} (https://go.dev/dl/).`;
  if (status !== 0)
    throw new Trouble(`No Pulumi CLI of at least ${pinnedVersion} on PATH, and no Go to build it with.`, cure);
  if (!atLeast(stdout, goVersion)) {
    throw new Trouble(`The Pulumi engine needs Go ${goVersion}; ${stdout.trim()} is on PATH.`, cure);
  }
}

function go(directory: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
    // An interrupt ends Go, which the terminal tells too; here it must leave time to clean up.
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    let errors = "";
    child.stderr.on("data", (data: Buffer) => {
      errors = (errors + data.toString()).slice(-4000);
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      process.off("SIGINT", ignore);
      if (code === 0) resolve();
      else
        reject(
          new Trouble(
            `go ${args[0] ?? ""} failed:\n${errors.trim()}`,
            "Nothing was left behind; run the command again.",
          ),
        );
    });
  });
}

/** Says what is going on and for how long; the function that it returns ends it. */
function progress(what: string): () => void {
  const start = Date.now();
  const elapsed = () => `${Math.round((Date.now() - start) / 1000)} s`;
  const { isTTY } = process.stderr;
  process.stderr.write(isTTY ? what : `${what}\n`);
  const timer = setInterval(
    () => process.stderr.write(isTTY ? `\r${what} … ${elapsed()}` : `  still building, ${elapsed()}\n`),
    isTTY ? 2_000 : 30_000,
  );
  return () => {
    clearInterval(timer);
    process.stderr.write(isTTY ? "\n" : `  ended after ${elapsed()}\n`);
  };
}
