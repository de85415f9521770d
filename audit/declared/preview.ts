/** The resources that a preview would have, read from the engine's JSON. */
import * as z from "zod";

import { resourceId } from "../../facts/ids";

export type Bag = Readonly<Record<string, unknown>>;

const previewSchema = z.object({
  config: z.record(z.string(), z.string()),
  steps: z.array(
    z.object({
      op: z.string(),
      newState: z
        .object({
          urn: z.string(),
          type: z.string(),
          inputs: z.record(z.string(), z.unknown()).optional(),
          propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).optional(),
        })
        .optional(),
    }),
  ),
});

/** How the engine writes a value that is not known before the deployment. */
const unknownValue = /^04da6b54-80e4-46f7-96ec-[0-9a-f]{12}$/;

export interface Declared {
  readonly urn: string;
  readonly inputs: Bag;
  /** Urns of the resources that a property waits for. */
  readonly waits: Readonly<Record<string, readonly string[] | null>>;
}

/** The resources of a preview, found by their type, and what one of them means to another. */
export class Resources {
  readonly #all = new Map<string, Declared[]>();
  readonly #byUrn = new Map<string, Declared>();
  readonly #subscription: string;

  /** Settings of the stack. */
  readonly config: Readonly<Record<string, string>>;

  /** Reads the preview. Throws where it is not one. */
  constructor(json: string) {
    const told = previewSchema.parse(JSON.parse(json));
    this.config = told.config;
    this.#subscription = told.config["azure-native:subscriptionId"] ?? "";
    for (const { op, newState } of told.steps) {
      if (newState === undefined || op.startsWith("delete")) continue;
      const { urn, type, inputs = {}, propertyDependencies: waits = {} } = newState;
      const one = { urn, inputs, waits };
      this.#all.set(type, [...(this.#all.get(type) ?? []), one]);
      this.#byUrn.set(urn, one);
    }
  }

  of(type: string): readonly Declared[] {
    return this.#all.get(type) ?? [];
  }

  github(type: string): readonly Declared[] {
    return this.of(bridged("github", type));
  }

  azureDevOps(type: string): readonly Declared[] {
    return this.of(bridged("azuredevops", type));
  }

  /** The resources of `type` that a property of `one` waits for. */
  behind(one: Declared, property: string, type: string): readonly Declared[] {
    const urns = one.waits[property] ?? [];
    return this.of(type).filter(({ urn }) => urns.includes(urn));
  }

  behindOnAzureDevOps(one: Declared, property: string, type: string): readonly Declared[] {
    return this.behind(one, property, bridged("azuredevops", type));
  }

  /** The ARM id that a resource will have. */
  armId(one: Declared, type: string, name: string): string {
    const group = text(one.inputs["resourceGroupName"]);
    const [made] = this.behind(one, "resourceGroupName", "azure-native:resources:ResourceGroup");
    const known = group ?? text(made?.inputs["resourceGroupName"]) ?? "";
    return resourceId(this.#subscription, known, type, text(one.inputs[name]) ?? "");
  }

  /** Whoever a property names: by the urn of what the stack makes, else by object id. */
  principal(one: Declared, property: string): string {
    return (one.waits[property]?.[0] ?? text(one.inputs[property]) ?? one.urn).toLowerCase();
  }

  get subscription(): string {
    return this.#subscription;
  }
}

/** Pulumi's token of a bridged provider's type. */
const bridged = (provider: string, type: string) =>
  `${provider}:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`;

/** A text that is known already. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && !unknownValue.test(value) ? value : undefined;
}
