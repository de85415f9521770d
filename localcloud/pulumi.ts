/** Runs the real Pulumi against the local cloud, and against nothing else. */
import { spawn } from "node:child_process";

import { engine } from "./engine";
import type { Place } from "./place";
import { serveRest } from "./rest";
import { Store } from "./store";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  /** What Pulumi says goes straight to the terminal. */
  readonly show?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** Is told the engine's process id as soon as there is one. */
  readonly started?: (engine: number) => void;
}

/** One Pulumi command (`["preview", "--stack", "prod"]`), with the clouds' REST interfaces up while it runs. */
export async function pulumi(place: Place, args: readonly string[], options: Options = {}): Promise<Outcome> {
  const store = new Store(place.cloud);
  const rest = await serveRest(store);
  try {
    const environment = { FEDERATED_MLOPS_RESOURCE_MANAGER: rest.address, ...options.environment };
    return await runEngine(place, args, { ...options, environment });
  } finally {
    rest.close();
    store.close();
  }
}

/** The same without REST, for commands that run no program. */
export async function runEngine(place: Place, args: readonly string[], options: Options = {}): Promise<Outcome> {
  const { show = false, environment = {} } = options;
  const child = spawn(await engine(), ["-C", place.project, ...args], {
    stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
    env: { ...environmentFor(place), ...environment },
  });
  if (child.pid !== undefined) options.started?.(child.pid);
  // The engine gets the terminal's interrupt itself, and needs time to end in order.
  const ignore = (): void => undefined;
  process.on("SIGINT", ignore);
  try {
    return await new Promise((resolve, reject) => {
      let [stdout, stderr] = ["", ""];
      child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code: code ?? 1, stdout, stderr });
      });
    });
  } finally {
    process.off("SIGINT", ignore);
  }
}

/** The user's environment without anything that leads to a real cloud or to the user's own Pulumi. */
export function environmentFor(place: Place, user: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const leads = /^(ARM|AZURE|AZUREAD|GITHUB|GH|PULUMI)_/;
  const tuning = /^PULUMI_(OPTION|DEBUG|SKIP_CHECKPOINTS|NODEJS)/;
  const kept = Object.entries(user).filter(([key]) => !leads.test(key) || tuning.test(key));
  return {
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    ...Object.fromEntries(kept),
    PULUMI_HOME: place.home,
    // Without attributes: an engine that is killed leaves their file empty, and with it a state that cannot be read.
    PULUMI_BACKEND_URL: place.backend?.url ?? `file://${place.state}?metadata=skip`,
    ...place.backend?.environment,
    // Protects nothing: what it encrypts was made up by the local cloud.
    PULUMI_CONFIG_PASSPHRASE: "local",
    PULUMI_CREDENTIAL_STORE: "plaintext",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    // A missing token makes the real provider anonymous, so a program may insist on one.
    GITHUB_TOKEN: "local",
    FEDERATED_MLOPS_LOCAL: place.local,
    FEDERATED_MLOPS_STACKS: place.stacks,
  };
}
