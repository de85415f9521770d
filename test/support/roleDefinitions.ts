/** Azure's own definitions of its built-in roles, where they lie beside the checkout. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Permission } from "../../facts/actions";
import { root } from "./root";

interface Definition {
  readonly id: string;
  readonly permissions: readonly Permission[];
}

const file = join(root, "..", "shared", "schemas", "azure-roles.json");

/** By the role's name; undefined where a checkout stands on its own. */
export const definitions = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, Definition>>)
  : undefined;
