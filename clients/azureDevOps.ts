/** The REST interface of Azure DevOps: https://learn.microsoft.com/rest/api/azure/devops */
import { type Client, Unreadable } from "./client";
import { send } from "./http";

interface List<T> {
  readonly value: readonly T[];
}

/** Where a list of Azure DevOps goes on, if it does. */
const continuation = "x-ms-continuationtoken";

/** A client of the organisation at `address`; `authorization` gives the header of each request. */
export function azureDevOps(address: string, authorization: () => Promise<string>): Client {
  const page = async <T>(path: string): Promise<{ body: T; next: string | undefined } | "missing"> => {
    const { status, headers, text } = await send("GET", address, path, await authorization());
    if (status === 404) return "missing";
    // Who is not signed in gets a page to sign in, with a status of success.
    if (status === 203 || status === 302) throw new Unreadable(path, 401, "Azure DevOps does not take this sign-in");
    if (status !== 200) throw new Unreadable(path, status, reason(text));
    return { body: JSON.parse(text) as T, next: headers.get(continuation) };
  };

  return {
    get: async <T>(path: string) => {
      const found = await page<T>(path);
      return found === "missing" ? found : found.body;
    },
    list: async <T>(path: string) => {
      const all: T[] = [];
      let next: string | undefined;
      do {
        const more: string =
          next === undefined ? "" : `${path.includes("?") ? "&" : "?"}continuationToken=${encodeURIComponent(next)}`;
        const found: { body: List<T>; next: string | undefined } | "missing" = await page<List<T>>(`${path}${more}`);
        if (found === "missing")
          return next === undefined ? found : Promise.reject(new Unreadable(path, 404, "a lost page"));
        all.push(...found.body.value);
        next = found.next;
      } while (next !== undefined && next !== "");
      return all;
    },
  };
}

/** What the API says of its refusal. */
function reason(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? "no reason given";
  } catch {
    return body.slice(0, 200);
  }
}
