/** Carries a plan out by the engine's own means. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Outcome } from "../../localcloud/pulumi";
import type { Pulumi } from "../pulumi";
import type { Plan, Standing } from "./plan";

/** Imports what stands, then has the state forget what was begun. Returns how it ended, which may be half-way. */
export async function carryOut({ imports, again, interrupted }: Plan, stack: string, pulumi: Pulumi): Promise<Outcome> {
  let outcome: Outcome = { code: 0, stdout: "", stderr: "" };
  if (imports.length > 0) outcome = await importAll(imports, stack, pulumi);
  const begun = interrupted.length + again.length + imports.filter(({ wanted }) => wanted.begun !== undefined).length;
  if (outcome.code !== 0 || begun === 0) return outcome;
  // Only a refresh clears them. Nothing is refreshed by it: what changed in the clouds is not this command's affair.
  const clear = ["refresh", "--clear-pending-creates", "--exclude", "**"];
  return pulumi([...clear, "--yes", "--skip-preview", "--non-interactive", "--stack", stack]);
}

async function importAll(imports: readonly Standing[], stack: string, pulumi: Pulumi): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), "federated-mlops-recover-"));
  try {
    const file = join(directory, "import.json");
    writeFileSync(file, JSON.stringify(importFile(imports)));
    // Code exists already, and protection is the program's to give.
    const quietly = ["--generate-code=false", "--protect=false", "--yes", "--skip-preview", "--non-interactive"];
    return await pulumi(["import", "--file", file, ...quietly, "--stack", stack]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** https://www.pulumi.com/docs/iac/adopting-pulumi/import/#bulk-import-operations */
function importFile(imports: readonly Standing[]): unknown {
  const parents = [...new Set(imports.flatMap(({ wanted: { parent } }) => (parent === undefined ? [] : [parent])))];
  const nameOf = (urn: string) => `parent${parents.indexOf(urn)}`;
  return {
    nameTable: Object.fromEntries(parents.map((urn) => [nameOf(urn), urn])),
    resources: imports.map(({ wanted: { type, name, parent, version }, ids: [id] }) => ({
      ...{ type, name, id, version },
      ...(parent === undefined ? {} : { parent: nameOf(parent) }),
    })),
  };
}
