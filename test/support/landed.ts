/** Brings the two example environments up once, by the command that a newcomer types, for all end-to-end tests. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import type { TestProject } from "vitest/node";

import { contoso, root } from "./root";

declare module "vitest" {
  interface ProvidedContext {
    /** The directory of the local cloud on which both environments stand. */
    readonly landed: string;
    /** What `npm start` said. */
    readonly summary: string;
    /** What git says of tracked files, before `npm start` and after it. */
    readonly tracked: readonly [before: string, after: string];
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const landed = mkdtempSync(join(tmpdir(), "federated-mlops-landed-"));
  const tracked = () =>
    execFileSync("git", ["diff", "HEAD", "--stat"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
  const before = tracked();
  // Without a time limit: where there is no engine yet, it is built first.
  const { stdout } = await promisify(execFile)("npm", ["start"], {
    cwd: root,
    env: { ...process.env, FEDERATED_MLOPS_LOCAL: landed, FEDERATED_MLOPS_STACKS: contoso },
    maxBuffer: 1 << 26,
  });
  project.provide("landed", landed);
  project.provide("summary", stdout);
  project.provide("tracked", [before, tracked()]);
  return () => {
    rmSync(landed, { recursive: true, force: true });
  };
}
