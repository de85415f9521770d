/** Settings as Pulumi hands them over, and what a schema finds wrong with them in a person's words. */
import * as z from "zod";

import { resourceManagerOf } from "./facts/azure";
import { meant, type Problem, settingOf } from "./problems";

/**
 * Pulumi hands every setting over as text: objects, lists, numbers and booleans come as JSON. What does not begin with
 * `own` is the providers', text to them even where it looks like a number.
 */
export function settled(raw: Readonly<Record<string, unknown>>, own: string): Record<string, unknown> {
  const parse = (value: string): unknown => {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  };
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [
      key,
      key.startsWith(own) && typeof value === "string" ? parse(value) : value,
    ]),
  );
}

/** Where Azure Resource Manager answers: the local cloud where it runs, else as `azure-native:environment` says. */
export function resourceManagerIn(raw: Readonly<Record<string, unknown>>): string {
  return localCloudAddress() ?? resourceManagerOf(raw["azure-native:environment"]);
}

/** Where the local cloud answers for all clouds, where it runs. */
export function localCloudAddress(): string | undefined {
  // Only this computer's own address is taken: a deployer's token goes there.
  return process.env.FEDERATED_MLOPS_RESOURCE_MANAGER?.match(/^http:\/\/127\.0\.0\.1:\d+$/)?.[0];
}

/** What one issue that `schema` found in `raw`, the settings of `stack`, means to who wrote them. */
export function problemsOf(issue: z.core.$ZodIssue, raw: unknown, stack: string, schema: z.ZodType): Problem[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const candidate = meant(
        key,
        knownKeys(schema, path.length === 0).filter((known) => known !== key),
      );
      return {
        path: [...path, key],
        needs: `a setting that exists here; this one does not${candidate === undefined ? "" : `, did you mean ${candidate}?`}`,
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
      fix: structured(issue, path, raw)
        ? `edit it in Pulumi.${stack}.yaml`
        : `pulumi config set --path '${settingOf(path)}' <value> --stack ${stack}`,
    },
  ];
}

/** Whether a list or an object stands there or is needed: the command line sets single values only. */
function structured(issue: z.core.$ZodIssue, path: Problem["path"], raw: unknown): boolean {
  const value = valueAt(path, raw);
  if (typeof value === "object" && value !== null) return true;
  // By its discriminator a union tells one value from another.
  const union = issue.code === "invalid_union" && issue.discriminator === undefined;
  return union || (issue.code === "invalid_type" && /array|object|record/.test(issue.expected));
}

function valueAt(path: Problem["path"], raw: unknown): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === "object" && at !== null ? (at as Record<string | number, unknown>)[part] : undefined),
    raw,
  );
}

/** The value at `path` in a few characters; never one that may be secret. */
function shown(path: Problem["path"], raw: unknown): string {
  if (path[0] === "federated-mlops:secrets") return "a value that is not shown";
  const value = valueAt(path, raw);
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Every key that the schema knows, at the top or below. */
function knownKeys(schema: z.ZodType, top: boolean): string[] {
  const keys = new Set<string>();
  JSON.stringify(z.toJSONSchema(schema, { io: "input" }), (key, value: unknown) => {
    if (key === "properties" && typeof value === "object" && value !== null) {
      for (const name of Object.keys(value)) keys.add(name);
    }
    return value;
  });
  return [...keys].filter((key) => key.includes(":") === top);
}
