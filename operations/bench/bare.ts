/**
 * The bare program: registers what the program registered, through the same classes of the same SDKs, and nothing else.
 * No components, no outputs that flow, no dependencies: what it costs is what the resources themselves cost.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import * as pulumi from "@pulumi/pulumi";

import { withoutApiVersions } from "../../components/aliases";
import type { Registration, Value } from "./registrations";

type Class = new (name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;

const load = createRequire(__filename);

/** `azure-native:network:Subnet` and `azuread:index/application:Application` as classes. */
function classOf(type: string): Class {
  const [sdk = "", module = "", name = ""] = type.split(":");
  const path = sdk === "azure-native" ? `@pulumi/${sdk}/${module}` : `@pulumi/${sdk}`;
  const found = (load(path) as Record<string, Class>)[name];
  if (found === undefined) throw new Error(`${path} has no ${name}.`);
  return found;
}

/** A recorded input, its secret parts secret again. */
function input(value: Value): pulumi.Input<unknown> {
  if (Array.isArray(value)) return value.map(input);
  if (typeof value !== "object" || value === null) return value;
  if (typeof value["plaintext"] === "string") return pulumi.secret(JSON.parse(value["plaintext"]) as unknown);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, input(inner)]));
}

export = async () => {
  // As the program does, or the bare one would be the slower of the two.
  withoutApiVersions();
  const waves = JSON.parse(readFileSync(process.env["BENCH_WAVES"] ?? "", "utf8")) as Registration[][];
  for (const wave of waves) {
    const made = wave.map(({ type, name, inputs, protect }) => {
      const Resource = classOf(type);
      return new Resource(name, input(inputs) as pulumi.Inputs, { protect });
    });
    await Promise.all(made.map(({ urn }) => new Promise((resolve) => urn.apply(resolve))));
  }
};
