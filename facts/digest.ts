import { createHash } from "node:crypto";

/** Five lower-case letters and digits that follow from `text`. */
export function digest(text: string): string {
  return BigInt(`0x${createHash("sha256").update(text).digest("hex")}`)
    .toString(36)
    .slice(-5);
}
