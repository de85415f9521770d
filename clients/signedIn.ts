/**
 * Who is signed in to Azure, by the claims of an access token. Nobody here checks its signature: this is for telling
 * people what to do, and decides nothing. https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
import { Unreadable } from "./client";

export interface SignedIn {
  /** As a role assignment says it. */
  readonly kind: "ServicePrincipal" | "User";
  readonly objectId: string;
  /** A person's sign-in name, a service principal's client id. */
  readonly name: string;
}

export function signedInBy(token: string): SignedIn {
  const { oid, appid, upn, unique_name, idtyp, scp } = claimsOf(token);
  if (typeof oid !== "string") throw new Unreadable("the access token", 0, "it does not say whose it is");
  // Only who acts for a person has scopes; `idtyp` is not in every token.
  const isApp = idtyp === "app" || (idtyp === undefined && scp === undefined);
  const name = isApp ? appid : (upn ?? unique_name);
  return { kind: isApp ? "ServicePrincipal" : "User", objectId: oid, name: typeof name === "string" ? name : oid };
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
