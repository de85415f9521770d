/** What is different between two bags of inputs, in the words of Pulumi's provider protocol. */
import { isDeepStrictEqual } from "node:util";

import type { Bag } from "./clouds/behaviour";

/** How the engine writes a value that is not known before the deployment. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Change {
  /** As Pulumi writes it: `properties.accessPolicies[0]["a.b"]`. */
  readonly path: string;
  /** The outermost property. */
  readonly top: string;
  readonly kind: "ADD" | "DELETE" | "UPDATE";
  readonly replace: boolean;
}

/** Every leaf that differs; `replaces` lists the paths whose change needs a new resource. */
export function changes(old: Bag, next: Bag, replaces: readonly string[]): Change[] {
  const found: Change[] = [];
  const compare = (was: unknown, is: unknown, path: string, top: string): void => {
    if (isDeepStrictEqual(was, is) || (isNothing(was) && isNothing(is))) return;
    if (isBag(was) && isBag(is)) {
      for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
        compare(was[key], is[key], `${path}${step(key, path)}`, top || key);
      }
    } else if (Array.isArray(was) && Array.isArray(is)) {
      for (let index = 0; index < Math.max(was.length, is.length); index++) {
        compare(was[index], is[index], `${path}[${index}]`, top);
      }
    } else {
      const kind = isNothing(was) ? "ADD" : isNothing(is) ? "DELETE" : "UPDATE";
      const replace = replaces.some(
        (prefix) => path === prefix || (/^[.[]/.test(path.slice(prefix.length)) && path.startsWith(prefix)),
      );
      found.push({ path, top, kind, replace });
    }
  };
  compare(old, next, "", "");
  return found;
}

function step(key: string, path: string): string {
  if (!/^[A-Za-z_]\w*$/.test(key)) return `["${key.replaceAll('"', '\\"')}"]`;
  return path === "" ? key : `.${key}`;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
