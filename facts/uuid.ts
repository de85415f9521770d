import { createHash } from "node:crypto";

/** The namespace RFC 9562 gives to URLs; Azure resource ids are paths of URLs. */
const urlNamespace = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";

/**
 * The version 5 UUID (RFC 9562, section 5.5) of `name`: the same name gives the same UUID on every computer, so that
 * a role assignment keeps its name from one run to the next.
 */
export function uuidV5(name: string, namespace: string = urlNamespace): string {
  const bytes = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name, "utf8")
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
