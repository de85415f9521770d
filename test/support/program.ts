/** Runs the whole program on a stack file, under the recording engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import { parse } from "yaml";

import program from "../../index";
import { mockEngine } from "./mocks";
import { root } from "./root";

/** The settings of a committed stack file, an encrypted value replaced by `veil`. */
export function settingsOf(stack: string, veil = "canary-secret"): Record<string, unknown> {
  const file = readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8");
  const { config } = parse(file, (_, value: unknown) =>
    typeof value === "object" && value !== null && "secure" in value ? veil : value,
  ) as { config: Record<string, unknown> };
  return config;
}

/**
 * Runs index.ts. Settings are handed over as Pulumi does it: structured values as JSON, everything as text. `azure`
 * answers what the program asks Azure Resource Manager; without an answer, a thing does not exist.
 */
export async function runProgram(
  stack: string,
  settings = settingsOf(stack),
  azure: (path: string) => Response | undefined = () => undefined,
): Promise<Record<string, unknown>> {
  await mockEngine(stack);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  );
  const missing = () => new Response(null, { status: 404 });
  vi.stubGlobal("fetch", (url: string) => Promise.resolve(azure(new URL(url).pathname) ?? missing()));
  return program();
}
