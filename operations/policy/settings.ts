/**
 * What a stack's own settings say that a rule leans on. A run tells them to the pack; an exported state does not say, so
 * that there the stack file beside the pack does.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { parseDocument } from "yaml";

import type { Environment } from "../../facts/postures";

export interface Settings {
  readonly environment: Environment;
  readonly ingress: "public" | "private";
  /** GitHub organisation. */
  readonly owner: string;
  /** The experiments repository without its owner; one that is made has its generation behind it from the second on. */
  readonly repository: string;
  readonly subject: "immutable" | "classic";
  /** Whether an adopted workspace keeps a system-assigned identity. */
  readonly systemIdentity: boolean;
  /** Approvals by branch. */
  readonly approvals: Readonly<Record<string, number>>;
  readonly deployFrom: readonly string[];
  readonly acceptWithout: readonly string[];
}

/** The settings of the stack that a resource belongs to. */
export function settingsOf(urn: string): Settings {
  const stack = /^urn:pulumi:([^:]+)::/.exec(urn)?.[1] ?? "";
  const settings = known.get(stack) ?? settingsFrom(pulumi.runtime.allConfig(), stackFile(stack));
  known.set(stack, settings);
  return settings;
}

const known = new Map<string, Settings>();

/**
 * The stack file in the pack's own checkout: in a pull request's preview, that of the branch it wants to go into.
 * `FEDERATED_MLOPS_STACKS` names another directory.
 */
function stackFile(stack: string): Bag {
  const { FEDERATED_MLOPS_STACKS: directory = "." } = process.env;
  const file = resolve(__dirname, "..", "..", directory, `Pulumi.${stack}.yaml`);
  return existsSync(file) ? structured(structured(readFileSync(file, "utf8"))["config"]) : {};
}

type Bag = Readonly<Record<string, unknown>>;

/**
 * Settings as a run has them (`run`, empty where there is none) and as the pack's checkout has them. What they do not
 * say is closed. The kind is development only where both say so: nothing that is production is judged more mildly
 * because of a line in a pull request. Everything else is as the run says, or a reviewed change of the stack file would
 * fail until it is merged.
 */
export function settingsFrom(run: Bag, checkout: Bag): Settings {
  const kinds = [run, checkout]
    .filter((one) => Object.keys(one).length > 0)
    .map((one) => one["federated-mlops:environment"]);
  const environment = kinds.length > 0 && kinds.every((kind) => kind === "development") ? "development" : "production";
  const settings = Object.keys(run).length > 0 ? run : checkout;
  const gate = structured(settings["federated-mlops:gate"]);
  const repository = structured(gate["repository"]);
  const adopt = structured(settings["federated-mlops:adopt"]);
  const ingress = settings["federated-mlops:ingress"];
  return {
    environment,
    ingress: ingress === "public" || (ingress === undefined && environment === "development") ? "public" : "private",
    owner: text(settings["github:owner"]),
    repository: text(repository["create"] ?? repository["adopt"] ?? repository["join"]),
    subject: gate["subject"] === "classic" ? "classic" : "immutable",
    systemIdentity: adopt["workspace"] !== undefined && adopt["systemIdentity"] !== false,
    approvals: Object.fromEntries(
      Object.entries(structured(gate["branches"])).map(([branch, review]) => [
        branch,
        Number(structured(review)["approvals"] ?? 1),
      ]),
    ),
    deployFrom: texts(gate["deployFrom"]),
    acceptWithout: texts(gate["acceptWithout"]),
  };
}

/** A structured value: an object in a stack file, JSON in a run. Anything else says nothing. */
function structured(value: unknown): Bag {
  const parsed: unknown = typeof value === "string" ? parseDocument(value).toJS() : value;
  return typeof parsed === "object" && parsed !== null ? (parsed as Bag) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}
