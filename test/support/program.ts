/** Runs the whole program on a stack file, under the recording engine. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import { parse } from "yaml";

import program from "../../index";
import { findBefore } from "../../localcloud/before";
import { localToken } from "../../localcloud/clouds/azure";
import { answerTo } from "../../localcloud/rest";
import { Store } from "../../localcloud/store";
import bootstrap from "../../operations/bootstrap/index";
import { mockEngine } from "./mocks";
import { contoso, root } from "./root";

/** The committed stack files: their stack, and the directory where they are. */
export const examples = {
  prod: { stack: "prod", directory: contoso },
  dev: { stack: "dev", directory: contoso },
  "prod-azuredevops": { stack: "prod-azuredevops", directory: contoso },
  "single-region": { stack: "prod", directory: join(root, "examples", "single-region") },
  "adopted-workspace": { stack: "prod", directory: join(root, "examples", "adopted-workspace") },
} as const;

/** The settings of a committed stack file, an encrypted value replaced by `veil`. */
export function settingsOf(
  stack: string,
  veil = "canary-secret",
  directory: string = contoso,
): Record<string, unknown> {
  const file = readFileSync(join(directory, `Pulumi.${stack}.yaml`), "utf8");
  const { config } = parse(file, (_, value: unknown) =>
    typeof value === "object" && value !== null && "secure" in value ? veil : value,
  ) as { config: Record<string, unknown> };
  return config;
}

/** Runs index.ts on a committed stack file, with what its organisation has already. */
export function runExample(
  example: keyof typeof examples,
  edit: (settings: Record<string, unknown>) => void = () => undefined,
): Promise<Record<string, unknown>> {
  const { stack, directory } = examples[example];
  const settings = settingsOf(stack, undefined, directory);
  edit(settings);
  return runProgram(stack, settings, standingIn(directory));
}

/** Azure Resource Manager of an example, before its first `up`. `edit` changes what stands there. */
export function standingIn(
  directory: string,
  edit: (before: string) => string = (before) => before,
): (path: string) => Response | undefined {
  const file = join(directory, "before.yaml");
  const store = new Store(":memory:");
  if (existsSync(file)) findBefore(store, edit(readFileSync(file, "utf8")));
  return (path) => {
    const { status, body } = answerTo("GET", path, `Bearer ${localToken}`, store);
    return new Response(JSON.stringify(body), { status });
  };
}

/** Runs index.ts. `azure` answers what the program asks Azure Resource Manager; without an answer, a thing does not exist. */
export async function runProgram(
  stack: string,
  settings = settingsOf(stack),
  azure: (path: string) => Response | undefined = () => undefined,
): Promise<Record<string, unknown>> {
  return run(program, stack, settings, azure);
}

/** The bootstrap's committed stacks, by platform. */
const organisations = { github: "organisation", azureDevOps: "organisation-azuredevops" } as const;

/** The settings of the bootstrap's committed stack file. */
export const bootstrapSettings = (platform: keyof typeof organisations = "github") =>
  settingsOf(organisations[platform], "", join(contoso, "bootstrap"));

/** Runs the bootstrap on its committed stack file. */
export async function runBootstrap(settings = bootstrapSettings()): Promise<Record<string, unknown>> {
  const registered = () => new Response(JSON.stringify({ registrationState: "Registered" }));
  return run(bootstrap, "organisation", settings, registered);
}

/** The same for Azure DevOps. `lists`: what its REST interface has there already, by the ends of paths. */
export async function runBootstrapOnAzureDevOps(
  settings = bootstrapSettings("azureDevOps"),
  lists: Readonly<Record<string, readonly unknown[]>> = {},
): Promise<Record<string, unknown>> {
  const main = {
    name: "refs/heads/main",
    objectId: bootstrapSettings("azureDevOps")["federated-mlops-bootstrap:reviewedSince"],
  };
  const there: typeof lists = {
    "/refs": [{ name: "refs/heads/main2", objectId: "0".repeat(40) }, main],
    "/policy/configurations": [],
    ...lists,
  };
  return run(bootstrap, "organisation-azuredevops", settings, (path) => {
    const value = there[Object.keys(there).find((end) => path.endsWith(end)) ?? ""];
    return new Response(JSON.stringify(value === undefined ? { registrationState: "Registered" } : { value }));
  });
}

/** Settings are handed over as Pulumi does it: structured values as JSON, everything as text. */
async function run(
  program: () => Promise<Record<string, unknown>>,
  stack: string,
  settings: Record<string, unknown>,
  azure: (path: string) => Response | undefined,
): Promise<Record<string, unknown>> {
  await mockEngine(stack);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  );
  const missing = () => new Response(null, { status: 404 });
  vi.stubGlobal("fetch", (url: string) => Promise.resolve(azure(new URL(url).pathname) ?? missing()));
  let outputs: Promise<Record<string, unknown>> = Promise.resolve({});
  // A failure is the caller's to see, from what is returned; the stack would throw it a second time.
  await pulumi.runtime.runInPulumiStack(() => (outputs = program()).catch(() => ({})));
  return outputs;
}
