/** How one type of resource behaves in its cloud. A cloud is a table of these, by Pulumi type token. */
import type { Organisation } from "../organisation";
import type { Bag, Key, Row, Store } from "../store";

export type { Bag };
export type Operation = "create" | "update" | "delete";

/** What a behaviour may know about its surroundings. */
export interface Cloud {
  /** The provider's configuration: `subscriptionId`, `location`, `owner`. */
  readonly config: Readonly<Record<string, string>>;
  readonly organisation: Organisation;
  /** What stands under this id; archived things stand, deleted ones do not. */
  find(id: string, type?: string): Row | undefined;
  /** What was deleted under this id and is still kept. */
  findDeleted(id: string): Row | undefined;
  /** Everything of one type that stands. */
  all(type: string): Row[];
  /** Everything of one type that stands below `id`. */
  below(type: string, id: string): Row[];
  /** Everything of one type that stands and has `value` at a JSON path (`$.subnet.id`), whatever its case. */
  having(type: string, where: "inputs" | "outputs", path: string, value: string): Row[];
  allDeleted(type: string): Row[];
  /** A GUID that depends on `seed` alone, and on how often this cloud was asked for it: a thing made anew gets a new one. */
  freshGuid(seed: string): string;
}

/** One request to change something, before the cloud answers it. */
export interface Ask<I extends Bag = Bag> {
  readonly operation: Operation;
  readonly type: string;
  /** Where the resource stands or would stand. */
  readonly id: string;
  /** What it shall be; for a deletion, what it is. */
  readonly next: I;
  /** What stands there now. */
  readonly now: Row | undefined;
  readonly cloud: Cloud;
}

/** A reason to say no, in the cloud's own words; undefined where it does not apply. */
export type Refusal<I extends Bag = Bag> = (ask: Ask<I>) => string | undefined;

/** What the cloud adds to a resource that it has just made. */
export interface Made<I extends Bag = Bag> {
  readonly inputs: I;
  readonly id: string;
  readonly cloud: Cloud;
  /** The same for the whole life of the resource, another one after it was made anew. */
  readonly guid: (label: string) => string;
  readonly number: (label: string) => number;
}

/** Everything that is omitted is ordinary. */
export interface Behaviour<I extends Bag = Bag> {
  readonly id: (inputs: I, cloud: Cloud) => string;
  /** What it goes down with, where its own id does not lie below that (`/parent/…`). */
  readonly within?: (inputs: I, cloud: Cloud) => Key | undefined;
  /** Inputs without which the provider does not even ask the cloud. */
  readonly requires?: readonly string[];
  /** Values that the provider itself fills in when the program says nothing. */
  readonly defaults?: (cloud: Cloud) => Bag;
  /** Inputs that cannot be changed in place, as paths: `properties.tenantId`. */
  readonly replaces?: readonly string[];
  /** Inputs that the cloud never shows again: secret values, as `value` or `list[].value`. Only their hash is kept. */
  readonly writeOnly?: readonly string[];
  /** What the cloud takes for granted where the request is silent; appears in outputs. */
  readonly fills?: Bag;
  readonly outputs?: Readonly<Record<string, (made: Made<I>) => unknown>>;
  readonly refuses?: readonly Refusal<I>[];
  /** Other resources that the cloud makes along with it. */
  readonly brings?: (inputs: I, cloud: Cloud) => { readonly type: string; readonly inputs: Bag }[];
  /** What a deletion leaves behind. */
  readonly deleted?: (inputs: I) => "gone" | "soft" | "archived";
  /** A creation that finds a deleted resource under its id brings it back, with its ids. */
  readonly returns?: (inputs: I) => boolean;
  /** What an id means by which the provider imports, where that is not the id that it keeps. */
  readonly imports?: (id: string, cloud: Cloud, type: string) => Row | undefined;
  /** The inputs that the provider's Read reports. Its default is what stands; `old` is what the state remembers. */
  readonly reads?: (row: Row, old: I | undefined) => Bag;
}

/** One cloud, as the provider of that name sees it. */
export interface CloudTable {
  /** Version of the plugin that it stands in for comes from this package in node_modules. */
  readonly sdk: string;
  readonly behaviours: Readonly<Record<string, Behaviour>>;
  readonly invokes: Readonly<Record<string, (args: Bag, cloud: Cloud) => Bag>>;
}

/** What a cloud's REST interface answers. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One request that a cloud's REST interface answers besides its provider. */
export interface Route {
  /** GET where nothing is said. */
  readonly method?: "POST";
  /** As in the API's documentation, with `{names}`; `{scope}` and `{below}` may be several steps. */
  readonly path: string;
  /** `asked`: what the request says in its query and its body. */
  answer(names: Readonly<Record<string, string>>, store: Store, asked: Bag): Answer;
}

/** Lets a table hold behaviours of different inputs. */
export function behaviour<I extends Bag>(of: Behaviour<I>): Behaviour {
  return of as unknown as Behaviour;
}

/** A cloud's no. The message is what the real provider would print. */
export class Refused extends Error {
  override readonly name = "Refused";
}
