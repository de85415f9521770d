/** What an organisation is and has before the first `up`, from a file beside the stack files. */
import { parse } from "yaml";

import { LocalCloud } from "./localCloud";
import type { Organisation } from "./organisation";
import type { Bag, Store } from "./store";

interface Before {
  readonly subscription: string;
  /** Where it is not the example organisation: what is different (organisation.ts). Lists stand for the whole list. */
  readonly organisation?: Bag;
  /** In the order in which they lean on each other. */
  readonly resources?: readonly { readonly type: string; readonly inputs: Bag }[];
}

/** Makes the clouds what the text of `before.yaml` says. */
export function findBefore(store: Store, text: string): void {
  const { subscription, organisation = {}, resources = [] } = parse(text) as Before;
  store.reorganise((example) => changed({ ...example }, organisation) as unknown as Organisation);
  const cloud = new LocalCloud(store, { subscriptionId: subscription });
  for (const { type, inputs } of resources) cloud.found(type, inputs);
}

function changed(whole: Bag, by: Bag): Bag {
  const isBag = (value: unknown): value is Bag => typeof value === "object" && value !== null && !Array.isArray(value);
  const parts = Object.entries(by).map(([key, value]) => {
    const old = whole[key];
    return [key, isBag(old) && isBag(value) ? changed(old, value) : value];
  });
  return { ...whole, ...(Object.fromEntries(parts) as Bag) };
}
