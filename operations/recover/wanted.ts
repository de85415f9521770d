/** What may stand in a cloud without the state's knowledge, read from the engine's own JSON. */
import * as z from "zod";

export type Inputs = Readonly<Record<string, unknown>>;

/** A resource that the program would make, or that an interrupted update was making. */
export interface Wanted {
  readonly urn: string;
  /** Pulumi's token, `azure-native:storage:StorageAccount`. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  readonly parent: string | undefined;
  /** Version of the provider that makes it. */
  readonly version: string | undefined;
  /** Secret ones as the engine veils them. */
  readonly inputs: Inputs;
  /** Undefined where no update is known to have begun it. */
  readonly begun?: {
    /** What the cloud had called it when the update was interrupted, if it had answered. */
    readonly id: string | undefined;
    /** Another one of that name is in the state: it was being replaced. */
    readonly replaces: boolean;
  };
}

/** An interrupted change of what the state knows. */
export interface Interrupted {
  readonly urn: string;
  /** In the engine's words: `updating`, `deleting`. */
  readonly operation: string;
}

export interface State {
  /** Creations that were interrupted. */
  readonly begun: readonly Wanted[];
  readonly interrupted: readonly Interrupted[];
  /** Everything that this stack made; not what it only reads or has taken over. */
  readonly made: readonly { readonly type: string; readonly id: string }[];
  /** Names of repositories by the node id that GitHub gives them. */
  readonly repositories: Readonly<Record<string, string>>;
}

const values = z.record(z.string(), z.unknown());
const resource = z.object({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().nullish(),
  id: z.string().nullish(),
  inputs: values.nullish(),
  outputs: values.nullish(),
  parent: z.string().nullish(),
  provider: z.string().nullish(),
  external: z.boolean().nullish(),
  importID: z.string().nullish(),
});
type Resource = z.infer<typeof resource>;

const exported = z.object({
  deployment: z.object({
    resources: z.array(resource).nullish(),
    pending_operations: z.array(z.object({ type: z.string(), resource })).nullish(),
  }),
});

/** Reads `pulumi stack export`. Throws where it is not that. */
export function stateIn(json: string): State {
  const { deployment } = exported.parse(JSON.parse(json));
  const resources = deployment.resources ?? [];
  const pending = deployment.pending_operations ?? [];
  const urns = new Set(resources.map(({ urn }) => urn));
  const begun = pending
    .filter(({ type, resource }) => type === "creating" && isMade(resource))
    .map(({ resource }) => ({
      ...wanted(resource),
      begun: { id: resource.id || undefined, replaces: urns.has(resource.urn) },
    }));
  return {
    // Who was interrupted twice at the same resource finds it twice; the later one knows more.
    begun: [...new Map(begun.map((one) => [one.urn, one])).values()],
    interrupted: pending
      .filter(({ type }) => type !== "creating")
      .map(({ type, resource: { urn } }) => ({ urn, operation: type })),
    made: resources.flatMap(({ type, id, external, importID }) =>
      id && external !== true && !importID ? [{ type, id }] : [],
    ),
    repositories: Object.fromEntries(
      resources.flatMap(({ type, id, outputs }) =>
        type === "github:index/repository:Repository" && id && typeof outputs?.["nodeId"] === "string"
          ? [[outputs["nodeId"], id]]
          : [],
      ),
    ),
  };
}

export interface Preview {
  /** What the program would make. */
  readonly creates: readonly Wanted[];
  /** The stack's settings, secret values veiled. */
  readonly config: Readonly<Record<string, string>>;
}

const previewed = z.object({
  config: z.record(z.string(), z.string()).nullish(),
  steps: z.array(z.object({ op: z.string(), newState: resource.nullish() })).nullish(),
});

/** Reads `pulumi preview --json`. Throws where it is not that. */
export function previewIn(json: string): Preview {
  const { config, steps } = previewed.parse(JSON.parse(json));
  const creates = (steps ?? []).flatMap(({ op, newState }) =>
    op === "create" && newState && isMade(newState) ? [wanted(newState)] : [],
  );
  return { creates, config: config ?? {} };
}

/** Components and providers are the engine's own; no cloud has them. */
function isMade({ custom, type }: Resource): boolean {
  return custom === true && !type.startsWith("pulumi:");
}

function wanted({ urn, type, inputs, parent, provider }: Resource): Wanted {
  return {
    urn,
    type,
    name: urn.split("::").at(-1) ?? "",
    parent: parent ?? undefined,
    // A default provider is named after its version: `…::default_3_28_0::<id>`.
    version: /::default_([^:]+)::/.exec(provider ?? "")?.[1]?.replaceAll("_", "."),
    inputs: inputs ?? {},
  };
}
