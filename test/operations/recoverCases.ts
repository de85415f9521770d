/** Shapes of the cases of recover.test.ts. */
import type { LocalCloud } from "../../localcloud/localCloud";
import type { Bag } from "../../localcloud/store";

export const urnOf = (type: string, name: string) =>
  `urn:pulumi:prod::federated-mlops::federated-mlops:index:C$${type}::${name}`;

/** A resource as the engine writes it. */
export const resource = (type: string, name: string, inputs: Bag, more: Bag = {}) => ({
  ...{ urn: urnOf(type, name), type, custom: true, inputs, parent: urnOf("federated-mlops:index:C", "c") },
  ...{ provider: "urn:pulumi:prod::federated-mlops::pulumi:providers:x::default_3_28_0::id", ...more },
});

export type Resource = ReturnType<typeof resource>;

/** What the clouds hold, what the program wants, and whether it is this stack's. */
export interface Claim {
  readonly stands: (cloud: LocalCloud) => unknown;
  readonly type: string;
  readonly inputs: (cloud: LocalCloud) => Bag;
  readonly state?: (cloud: LocalCloud) => readonly Resource[];
  /** The sentence that says why. */
  readonly why: string;
}
