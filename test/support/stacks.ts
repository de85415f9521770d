/** Stack files of a test's own. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { contoso } from "./root";

/** A directory with the committed stack files, the production one after `edit`. */
export function editedStacks(edit: (file: string) => string): string {
  const stacks = mkdtempSync(join(tmpdir(), "federated-mlops-stacks-"));
  onTestFinished(() => {
    rmSync(stacks, { recursive: true, force: true });
  });
  for (const stack of ["prod", "dev"])
    cpSync(join(contoso, `Pulumi.${stack}.yaml`), join(stacks, `Pulumi.${stack}.yaml`));
  const file = join(stacks, "Pulumi.prod.yaml");
  const before = readFileSync(file, "utf8");
  const after = edit(before);
  if (after === before) throw new Error("The edit changed nothing of Pulumi.prod.yaml.");
  writeFileSync(file, after);
  return stacks;
}
