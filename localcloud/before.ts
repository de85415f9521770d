/** Resources that somebody made before the first `up`, from a file beside the stack files. */
import { parse } from "yaml";

import { LocalCloud } from "./localCloud";
import type { Bag, Store } from "./store";

interface Before {
  readonly subscription: string;
  /** In the order in which they lean on each other. */
  readonly resources: readonly { readonly type: string; readonly inputs: Bag }[];
}

/** Puts what the text of `before.yaml` lists into the clouds. */
export function findBefore(store: Store, text: string): void {
  const { subscription, resources } = parse(text) as Before;
  const cloud = new LocalCloud(store, { subscriptionId: subscription });
  for (const { type, inputs } of resources) cloud.found(type, inputs);
}
