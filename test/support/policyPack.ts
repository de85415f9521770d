/** The policy pack, run by the engine. */
import { join } from "node:path";

import { root } from "./root";

/** Makes the engine ask it. By its whole path: the local cloud runs Pulumi elsewhere. */
export const policyPack = ["--policy-pack", join(root, "operations", "policy")];

/** One violation, as the engine tells it. */
export interface Violation {
  readonly level: string;
  /** Name of the policy. */
  readonly policy: string;
  /** Name of the resource. */
  readonly resource: string;
}

/** Every violation in what Pulumi says, in its order. */
export function violationsIn(output: string): Violation[] {
  const lines = output.matchAll(/^ +- \[(\w+)\] +([\w-]+) +\(.*: ([^\s:]+)\)$/gm);
  return [...lines].map(([, level = "", policy = "", resource = ""]) => ({ level, policy, resource }));
}
