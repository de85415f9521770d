/** What sets Azure right, in the words of more than one check. */
import type { SignedIn } from "../../clients/signedIn";
import type { Subject } from "./subject";

/** Gives `who` a role. */
export function grant({ kind, objectId }: SignedIn, role: string, scope: string): string {
  return `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ${kind} --role "${role}" --scope ${scope}`;
}

/** What lets the deployer read what it asks of its subscription. */
export function readsSubscription({ subscription }: Subject): string {
  return `give the deployer Reader on /subscriptions/${subscription}, and register the resource providers first`;
}
