/** The clouds' own REST interfaces, read-only, on this computer alone: what a program asks besides its providers. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { localToken } from "./clouds/azure";
import { accessRoutes } from "./clouds/azure/accessRest";
import { permissionRoutes } from "./clouds/azure/permissions";
import { armError, armRoutes } from "./clouds/azure/rest";
import { subscriptionRoutes } from "./clouds/azure/subscription";
import { accessRoutes as azureDevOpsAccessRoutes } from "./clouds/azureDevOps/accessRest";
import { azureDevOpsRoutes } from "./clouds/azureDevOps/rest";
import type { Answer, Route } from "./clouds/behaviour";
import { deployerRoutes } from "./clouds/entra/deployer";
import { directoryRoutes } from "./clouds/entra/directory";
import { graphRoutes } from "./clouds/entra/rest";
import { accessRoutes as githubAccessRoutes } from "./clouds/github/accessRest";
import { organisationRoutes } from "./clouds/github/organisation";
import { repositoryRoutes } from "./clouds/github/repositoryRest";
import { type GitHubRoute, githubRoutes } from "./clouds/github/rest";
import type { Bag, Store } from "./store";

export interface Rest {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  close(): void;
}

const routes: readonly Route[] = [
  // First: to the next ones a right on something looks like something below it.
  ...permissionRoutes,
  ...accessRoutes,
  ...armRoutes,
  ...subscriptionRoutes,
  ...graphRoutes,
  ...deployerRoutes,
  ...directoryRoutes,
  ...azureDevOpsRoutes,
  ...azureDevOpsAccessRoutes,
  ...[...githubRoutes, ...organisationRoutes, ...repositoryRoutes, ...githubAccessRoutes].map(onGitHub),
];

function onGitHub({ path, needs = [], body }: GitHubRoute): Route {
  return {
    path,
    answer: (names, store, query) => {
      if (!needs.every((permission) => store.organisation.deployer.github.includes(permission))) {
        return { status: 403, body: { message: "Resource not accessible by integration" } };
      }
      const found = body(names, store, query as Record<string, string>);
      return found === undefined ? { status: 404, body: { message: "Not Found" } } : { status: 200, body: found };
    },
  };
}

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
  const { pathname, searchParams } = new URL(url, "http://local");
  for (const route of routes) {
    if ((route.method ?? "GET") !== method) continue;
    const pattern = route.path.replace(/\{(below|scope)\}/, "(?<$1>(?:/[^/]+)*)").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
    const found = new RegExp(`^${pattern}$`, "i").exec(pathname);
    if (found === null) continue;
    const names = Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)] as const);
    return route.answer(Object.fromEntries(names), store, { ...Object.fromEntries(searchParams), ...asked });
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
