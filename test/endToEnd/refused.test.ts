import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { landedCopy } from "../support/local";
import { root } from "../support/root";

/** A directory with the committed stack files, the production one after `edit`. */
function edited(edit: (file: string) => string): string {
  const stacks = mkdtempSync(join(tmpdir(), "federated-mlops-stacks-"));
  onTestFinished(() => {
    rmSync(stacks, { recursive: true, force: true });
  });
  for (const stack of ["prod", "dev"]) cpSync(join(root, `Pulumi.${stack}.yaml`), join(stacks, `Pulumi.${stack}.yaml`));
  const file = join(stacks, "Pulumi.prod.yaml");
  writeFileSync(file, edit(readFileSync(file, "utf8")));
  return stacks;
}

it("a stack file with five problems is refused in one message that lists all five; nothing is registered", async () => {
  const stacks = edited((file) =>
    file
      .replace("approvals: 2", "approvals: 0")
      .replace("workload: fl", "workload: federatedlearn")
      .replace("silo2:", "hospital:")
      .replace("deployFrom: [main]", "deployFrom: [release]")
      .replace("config:\n", "config:\n  federated-mlops:acess: wide\n"),
  );
  const local = await landedCopy(stacks);
  const before = local.look((store) => store.lastEvent());
  const { code, stdout } = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
  expect(code).toBe(1);
  for (const part of [
    "Pulumi.prod.yaml has 5 problems",
    "federated-mlops:gate.branches.main.approvals",
    "federated-mlops:workload",
    "federated-mlops:silos.hospital",
    "federated-mlops:gate.deployFrom[0]",
    "federated-mlops:acess",
  ]) {
    expect(stdout).toContain(part);
  }
  expect(stdout).not.toContain("unhandled exception");
  expect(local.look((store) => store.lastEvent())).toBe(before);
});
