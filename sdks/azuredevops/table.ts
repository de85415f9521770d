/** Makes of one row of the table (index.ts) what a Pulumi package has: a class for a resource, two functions for a lookup. */
import * as pulumi from "@pulumi/pulumi";

/** Version of the provider's plugin that the engine looks for. The same stands in package.json. */
export const version = "3.15.0";

/** What a value is, in the words of Pulumi's schema. */
export type Kind =
  "string" | "integer" | "boolean" | { readonly list: Kind } | { readonly map: Kind } | { readonly object: Fields };

/** A property: what it is, whether it must be given, may be, or is the cloud's alone, and whether it is always answered. */
export interface Field<
  K extends Kind = Kind,
  Given extends "must" | "may" | "never" = "must" | "may" | "never",
  Answered extends boolean = boolean,
> {
  readonly kind: K;
  readonly given: Given;
  readonly answered: Answered;
}

export type Fields = Readonly<Record<string, Field>>;

/** Must be given, and is answered. */
export const required = <const K extends Kind>(kind: K): Field<K, "must", true> => field(kind, "must", true);
/** May be given; answered if it was. */
export const optional = <const K extends Kind>(kind: K): Field<K, "may", false> => field(kind, "may", false);
/** May be given; the cloud fills in what was not. */
export const filled = <const K extends Kind>(kind: K): Field<K, "may", true> => field(kind, "may", true);
/** Answered, never given. */
export const answered = <const K extends Kind>(kind: K): Field<K, "never", true> => field(kind, "never", true);

const field = <K extends Kind, G extends Field["given"], A extends boolean>(kind: K, given: G, answered: A) => ({
  kind,
  given,
  answered,
});

/** A value of the kind, plain. */
type Plain<K> = K extends "string"
  ? string
  : K extends "integer"
    ? number
    : K extends "boolean"
      ? boolean
      : K extends { readonly list: infer Item }
        ? Plain<Item>[]
        : K extends { readonly map: infer Item }
          ? { readonly [key: string]: Plain<Item> }
          : K extends { readonly object: infer F extends Fields }
            ? Answers<F>
            : never;

/** The same as an argument: each part may come from another resource. */
type Argument<K> = pulumi.Input<
  K extends { readonly list: infer Item }
    ? Argument<Item>[]
    : K extends { readonly map: infer Item }
      ? Record<string, Argument<Item>>
      : K extends { readonly object: infer F extends Fields }
        ? Arguments<F>
        : Plain<K>
>;

type KindOf<F> = F extends Field<infer K> ? K : never;
type Needed<F, G> = F extends { readonly given: G } ? unknown : never;

type Arguments<F extends Fields> = {
  [P in keyof F as Needed<F[P], "must"> extends never ? never : P]: Argument<KindOf<F[P]>>;
} & {
  [P in keyof F as Needed<F[P], "may"> extends never ? never : P]?: Argument<KindOf<F[P]>>;
};

type PlainArguments<F extends Fields> = {
  [P in keyof F as Needed<F[P], "must"> extends never ? never : P]: Plain<KindOf<F[P]>>;
} & {
  [P in keyof F as Needed<F[P], "may"> extends never ? never : P]?: Plain<KindOf<F[P]>>;
};

type Answer<F> = F extends { readonly answered: true } ? Plain<KindOf<F>> : Plain<KindOf<F>> | undefined;
type Answers<F extends Fields> = { readonly [P in keyof F]: Answer<F[P]> };
type Outputs<F extends Fields> = { readonly [P in keyof F]: pulumi.Output<Answer<F[P]>> };

export interface ResourceClass<F extends Fields> {
  new (name: string, args: Arguments<F>, opts?: pulumi.CustomResourceOptions): pulumi.CustomResource & Outputs<F>;
  /** Its type token. */
  readonly __pulumiType: string;
  /** Its row of the table. */
  readonly fields: F;
}

const token = (name: string) => `azuredevops:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

/** The class of the resource `name`. */
export function resource<const F extends Fields>(name: string, fields: F): ResourceClass<F> {
  const type = token(name);
  class Resource extends pulumi.CustomResource {
    static readonly __pulumiType = type;
    static readonly fields = fields;

    constructor(own: string, args: Readonly<Record<string, unknown>>, opts?: pulumi.CustomResourceOptions) {
      for (const [key, { given }] of Object.entries(fields)) {
        if (given === "must" && args[key] === undefined) throw new Error(`Missing required property '${key}'`);
      }
      const properties = Object.fromEntries(Object.keys(fields).map((key) => [key, args[key]]));
      super(type, own, properties, pulumi.mergeOptions({ version }, opts));
    }
  }
  return Resource as unknown as ResourceClass<F>;
}

export interface Lookup<I extends Fields, O extends Fields> {
  (args: PlainArguments<I>, opts?: pulumi.InvokeOptions): Promise<Answers<O> & { readonly id: string }>;
  /** Its token. */
  readonly __pulumiType: string;
  /** Its row of the table. */
  readonly takes: I;
  readonly gives: O;
}

export type OutputLookup<I extends Fields, O extends Fields> = (
  args: Arguments<I>,
  opts?: pulumi.InvokeOutputOptions,
) => pulumi.Output<Answers<O> & { readonly id: string }>;

/** The two functions of the lookup `name`: with values, and with what other resources will give. */
export function lookup<const I extends Fields, const O extends Fields>(
  name: string,
  takes: I,
  gives: O,
): [Lookup<I, O>, OutputLookup<I, O>] {
  const type = `azuredevops:index/${name}:${name}`;
  const plain = (args: object, opts?: pulumi.InvokeOptions) =>
    pulumi.runtime.invoke(type, { ...args }, pulumi.mergeOptions({ version }, opts));
  const output = (args: object, opts?: pulumi.InvokeOutputOptions) =>
    pulumi.runtime.invokeOutput(type, { ...args }, pulumi.mergeOptions({ version }, opts));
  return [Object.assign(plain, { __pulumiType: type, takes, gives }) as Lookup<I, O>, output as OutputLookup<I, O>];
}
