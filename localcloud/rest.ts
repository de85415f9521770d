/** The clouds' own REST interfaces, read-only, on this computer alone: what a program asks besides its providers. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { localToken } from "./clouds/azure";
import { armError, armRoutes } from "./clouds/azure/rest";
import type { Answer, Route } from "./clouds/behaviour";
import { graphRoutes } from "./clouds/entra/rest";
import { githubRoutes } from "./clouds/github/rest";
import type { Bag, Store } from "./store";

export interface Rest {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  close(): void;
}

const routes: readonly Route[] = [
  ...armRoutes,
  ...graphRoutes,
  ...githubRoutes.map(({ path, body }): Route => ({
    path,
    answer: (names, store) => {
      const found = body(names, store);
      return found === undefined ? { status: 404, body: { message: "Not Found" } } : { status: 200, body: found };
    },
  })),
];

/** Listens until it is closed. Every request needs the token that the local cloud's own clients get. */
export async function serveRest(store: Store): Promise<Rest> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const asked = text === "" ? {} : (JSON.parse(text) as Bag);
      const { method, url, headers } = request;
      const { status, body } = answerTo(method, url, headers.authorization, store, asked);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What the clouds answer to one request. */
export function answerTo(
  method = "",
  url = "",
  authorization: string | undefined,
  store: Store,
  asked: Bag = {},
): Answer {
  // GitHub's clients say "token", Microsoft's say "Bearer".
  if (!/^(bearer|token) /i.test(authorization ?? "") || authorization?.split(" ")[1] !== localToken) {
    return armError(
      401,
      "AuthenticationFailed",
      "Authentication failed. The 'Authorization' header is missing or invalid.",
    );
  }
  const { pathname } = new URL(url, "http://local");
  for (const route of routes) {
    if ((route.method ?? "GET") !== method) continue;
    const pattern = route.path.replace(/\{(below|scope)\}/, "(?<$1>(?:/[^/]+)*)").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
    const found = new RegExp(`^${pattern}$`, "i").exec(pathname);
    if (found === null) continue;
    const names = Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)] as const);
    return route.answer(Object.fromEntries(names), store, asked);
  }
  if (method !== "GET") {
    return armError(405, "MethodNotAllowed", `The local cloud does not answer ${method} ${pathname}.`);
  }
  return armError(
    404,
    "NotFound",
    `The local cloud does not know ${pathname}: add a row in localcloud/clouds/*/rest.ts.`,
  );
}
