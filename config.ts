/**
 * The only reader of configuration. Everything that is wrong with it is said at once, before any resource is registered.
 */
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";

import { resourceManagerOf } from "./facts/azure";
import { type Posture, postures } from "./facts/postures";
import type { Names } from "./names";
import { meant, type Problem, Refusal, settingOf } from "./problems";
import { namesIn, rules } from "./rules";
import { namespace, type OwnedGate, type PartyConfig, providerSettings, type StackConfig, stackSchema } from "./schema";

/** Who works in an environment: an Entra group or user. */
export interface User {
  readonly kind: "Group" | "User";
  readonly objectId: string;
}

/** One environment, as its stack file describes it. */
export interface Config {
  readonly stack: string;
  readonly subscription: string;
  readonly location: string;
  /** Where Azure Resource Manager answers. */
  readonly resourceManager: string;
  readonly environment: StackConfig["federated-mlops:environment"];
  readonly posture: Posture;
  readonly names: Names;
  readonly generation: number;
  readonly recover: boolean;
  readonly users: readonly User[];
  readonly orchestrator: PartyConfig;
  readonly silos: Readonly<Record<string, PartyConfig>>;
  readonly owner: string;
  /** The experiments repository as this environment makes it; without it, another environment does. */
  readonly repository:
    | (Pick<OwnedGate, "branches" | "contributors" | "deployFrom" | "deployReviewers"> & {
        readonly repositoryName: string;
        readonly recover: boolean;
      })
    | undefined;
  readonly gate: {
    /** Name of the experiments repository, without its owner. */
    readonly repository: string;
    /** Form of the subject in GitHub's tokens. */
    readonly subject: "immutable" | "classic";
  };
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Reads the running stack's configuration. Throws a {@link Refusal} that tells every problem. */
export function readConfig(): Config {
  const stack = pulumi.getStack();
  const raw = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig()).map(([key, value]) => [key, settled(value)]),
  );
  const settings = judge(raw, stack);
  const secrets = settings["federated-mlops:secrets"];
  const names = namesIn(settings, stack);
  return {
    stack,
    subscription: settings["azure-native:subscriptionId"],
    location: settings["azure-native:location"],
    resourceManager: localResourceManager() ?? resourceManagerOf(raw["azure-native:environment"]),
    environment: settings["federated-mlops:environment"],
    posture: postures[settings["federated-mlops:environment"]],
    names,
    generation: settings["federated-mlops:generation"],
    recover: settings["federated-mlops:recover"],
    users: settings["federated-mlops:users"].map((user) =>
      "group" in user ? { kind: "Group", objectId: user.group } : { kind: "User", objectId: user.user },
    ),
    orchestrator: settings["federated-mlops:orchestrator"],
    silos: settings["federated-mlops:silos"],
    owner: settings["github:owner"],
    ...gateOf(settings, names),
    // Secret whatever the stack file says: a value that someone forgot to encrypt must still not reach the state.
    secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, pulumi.secret(value)])),
    tags: settings["federated-mlops:tags"],
  };
}

function gateOf(settings: StackConfig, names: Names): Pick<Config, "repository" | "gate"> {
  if (settings["federated-mlops:environment"] === "development") {
    const { repository, subject } = settings["federated-mlops:gate"];
    return { repository: undefined, gate: { repository: repository.join, subject } };
  }
  const { repository, subject, branches, contributors, deployFrom, deployReviewers } = settings["federated-mlops:gate"];
  const repositoryName = names.repository ?? repository.create;
  const recover = settings["federated-mlops:recover"];
  return {
    repository: { repositoryName, branches, contributors, deployFrom, deployReviewers, recover },
    gate: { repository: repositoryName, subject },
  };
}

/**
 * Judges the `config` part of the stack file of `stack`. Returns its settings with defaults filled in, or throws a
 * {@link Refusal} that tells every problem. Settings of the providers that the schema does not know are left alone.
 */
export function judge(raw: Readonly<Record<string, unknown>>, stack: string): StackConfig {
  const ours = Object.fromEntries(
    Object.entries(raw).filter(([key]) => key.startsWith(namespace) || providerSettings.includes(key)),
  );
  const parsed = stackSchema.safeParse(ours);
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, ours, stack)),
    ...rules.flatMap(({ needs, check }) => {
      const part = needs.safeParse(ours);
      return part.success ? check(part.data, stack) : [];
    }),
  ];
  if (!parsed.success || problems.length > 0) throw new Refusal(`Pulumi.${stack}.yaml`, problems);
  return parsed.data;
}

/** The local cloud's, where it runs. Only this computer's own address is taken: a deployer's token goes there. */
function localResourceManager(): string | undefined {
  const address = process.env.FEDERATED_MLOPS_RESOURCE_MANAGER;
  return address?.match(/^http:\/\/127\.0\.0\.1:\d+$/)?.[0];
}

/** Pulumi hands every setting over as text: objects, lists, numbers and booleans come as JSON. */
function settled(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function problemsOf(issue: z.core.$ZodIssue, raw: unknown, stack: string): Problem[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const candidate = meant(key, knownKeys());
      return {
        path: [...path, key],
        needs: `a setting that exists; this one does not${candidate === undefined ? "" : `, did you mean ${candidate}?`}`,
        fix: `pulumi config rm --path '${settingOf([...path, key])}' --stack ${stack}`,
      };
    });
  }
  if (issue.code === "invalid_key") {
    return [
      {
        path,
        needs: `as its key ${issue.issues[0]?.message ?? "another word"}`,
        fix: `rename it in Pulumi.${stack}.yaml`,
      },
    ];
  }
  return [
    {
      path,
      got: shown(path, raw),
      needs: issue.message,
      fix: `pulumi config set --path '${settingOf(path)}' <value> --stack ${stack}`,
    },
  ];
}

/** The value at `path` in a few characters; never one that may be secret. */
function shown(path: Problem["path"], raw: unknown): string {
  if (path[0] === "federated-mlops:secrets") return "a value that is not shown";
  const value = path.reduce<unknown>(
    (at, part) => (typeof at === "object" && at !== null ? (at as Record<string | number, unknown>)[part] : undefined),
    raw,
  );
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Every key that the schema knows, at any depth. */
function knownKeys(): string[] {
  const keys = new Set<string>();
  JSON.stringify(z.toJSONSchema(stackSchema, { io: "input" }), (key, value: unknown) => {
    if (key === "properties" && typeof value === "object" && value !== null) {
      for (const name of Object.keys(value)) keys.add(name);
    }
    return value;
  });
  return [...keys];
}
