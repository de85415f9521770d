/** The stack files of this project, read without Pulumi. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { namespace } from "../schema";
import { settled } from "../settings";

export interface StackFile {
  readonly stack: string;
  readonly file: string;
  /** Its settings, encrypted values replaced by a word. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Secrets whose value stands there for everyone to read. */
  readonly unencrypted: readonly string[];
}

const secrets = "federated-mlops:secrets";

export function stackFiles(directory: string): StackFile[] {
  return readdirSync(directory)
    .flatMap((file) => {
      const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
      return stack === undefined ? [] : [{ stack, file }];
    })
    .map(({ stack, file }) => {
      const content = parse(readFileSync(join(directory, file), "utf8")) as { config?: Record<string, unknown> } | null;
      const settings = content?.config ?? {};
      const named = settings[secrets];
      return {
        stack,
        file,
        settings: settled(veiled(settings) as Record<string, unknown>, namespace),
        unencrypted: isMap(named) ? Object.keys(named).filter((name) => typeof named[name] === "string") : [],
      };
    });
}

/** Pulumi writes an encrypted value as `{ secure: … }`; whoever judges a stack file needs to know only that it is one. */
function veiled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(veiled);
  if (!isMap(value)) return value;
  if (typeof value.secure === "string" && Object.keys(value).length === 1) return "encrypted";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, veiled(inner)]));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
