/** What a preview with refresh says, read from the engine's JSON. */
import * as z from "zod";

import { type Noise, noiseAt } from "./noise";

/** One resource that is not as declared. */
export interface Finding {
  /** Pulumi's token, `azure-native:storage:StorageAccount`. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  readonly urn: string;
  readonly change: "missing" | "changed" | "must be replaced" | "no longer declared";
  /** Paths of the properties that differ; none where all of it does. */
  readonly properties: readonly string[];
}

export interface Findings {
  readonly drift: readonly Finding[];
  /** Differences that are known and explained. */
  readonly quiet: readonly { readonly finding: Finding; readonly noise: readonly Noise[] }[];
}

const preview = z.object({
  steps: z.array(
    z.object({
      op: z.string(),
      urn: z.string(),
      detailedDiff: z.record(z.string(), z.unknown()).nullish(),
      diffReasons: z.array(z.string()).nullish(),
    }),
  ),
  changeSummary: z.record(z.string(), z.number()),
});

const changes: Readonly<Record<string, Finding["change"]>> = {
  create: "missing",
  update: "changed",
  delete: "no longer declared",
  replace: "must be replaced",
  "create-replacement": "must be replaced",
  "delete-replaced": "must be replaced",
};

/** Reads `pulumi preview --refresh --json`. Throws where it is not that: what cannot be read is not "no drift". */
export function findingsIn(json: string): Findings {
  const { steps } = preview.parse(JSON.parse(json));
  const found = new Map<string, Finding>();
  for (const { op, urn, detailedDiff, diffReasons } of steps) {
    const change = changes[op];
    if (change === undefined) continue;
    const [, , types = "", name = ""] = urn.split("::");
    const properties = Object.keys(detailedDiff ?? {});
    found.set(urn, {
      type: types.split("$").at(-1) ?? "",
      name,
      urn,
      change,
      properties: properties.length > 0 ? properties : (diffReasons ?? []),
    });
  }
  const drift: Finding[] = [];
  const quiet: { finding: Finding; noise: Noise[] }[] = [];
  for (const finding of found.values()) {
    const explained = finding.properties.flatMap((path) => noiseAt(finding.type, path) ?? []);
    const all = finding.change === "changed" && finding.properties.length > 0;
    if (all && explained.length === finding.properties.length) quiet.push({ finding, noise: [...new Set(explained)] });
    else drift.push(finding);
  }
  return { drift, quiet };
}
