/** Azure Resource Manager and Microsoft Graph. */
import { type AskingClient, Unreadable } from "./client";
import { send as request } from "./http";

interface Page<T> {
  readonly value?: readonly T[];
  readonly nextLink?: string;
  readonly "@odata.nextLink"?: string;
}

/** A client of the API at `address`; `token` gives a bearer token for each request. */
export function microsoft(address: string, token: () => Promise<string>): AskingClient {
  const send = async <T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T | "missing"> => {
    const { status, text } = await request(method, address, path, `Bearer ${await tokenOf(path, token)}`, body);
    if (status === 404) return "missing";
    if (status < 200 || status > 299) throw new Unreadable(path, status, reason(text));
    return JSON.parse(text) as T;
  };

  return {
    get: (path) => send("GET", path),
    list: async <T>(path: string) => {
      const all: T[] = [];
      let next: string | undefined = path;
      while (next !== undefined) {
        const page: Page<T> | "missing" = await send<Page<T>>("GET", next);
        if (page === "missing") return next === path ? page : Promise.reject(new Unreadable(next, 404, "a lost page"));
        all.push(...(page.value ?? []));
        const link: string | undefined = page.nextLink ?? page["@odata.nextLink"];
        if (link !== undefined && !link.startsWith(address)) throw new Unreadable(next, 200, `a page of ${link}`);
        next = link?.slice(address.length);
      }
      return all;
    },
    ask: async <T>(path: string, question: unknown) => {
      const answer = await send<T>("POST", path, question);
      if (answer === "missing") throw new Unreadable(path, 404, "there is no such question");
      return answer;
    },
  };
}

/** The token, or that nobody is signed in. */
export async function tokenOf(path: string, token: () => Promise<string>): Promise<string> {
  return token().catch((error: unknown) => {
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Unreadable(path, 0, `not signed in: az login (${first})`);
  });
}

/** What the API says of its refusal. */
function reason(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: string; message?: string } };
    return `${error?.code ?? "no code"}: ${error?.message ?? ""}`;
  } catch {
    return body.slice(0, 200);
  }
}
