/** GitHub's REST interface. Throttled and failed requests are tried again. */
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";

import { type Client, Unreadable } from "./client";

const Patient = Octokit.plugin(retry, throttling);
const tries = 2;

/** A client of the API at `address`; without a `token` nothing is readable. */
export function gitHub(address: string, token: string | undefined): Client {
  const octokit = new Patient({
    baseUrl: address,
    auth: token,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    throttle: {
      onRateLimit: (_after, _options, _octokit, count) => count < tries,
      onSecondaryRateLimit: (_after, _options, _octokit, count) => count < tries,
    },
  });

  const attempt = async <T>(path: string, work: () => Promise<T>): Promise<T | "missing"> => {
    if (token === undefined || token === "") throw new Unreadable(path, 401, "there is no GITHUB_TOKEN");
    try {
      return await work();
    } catch (error) {
      const { status = 0, message } = error as { status?: number; message: string };
      // A failed connection has status 500 here, and no response.
      const answered =
        typeof error === "object" && error !== null && "response" in error && error.response !== undefined;
      if (answered && status === 404) return "missing";
      throw new Unreadable(path, answered ? status : 0, message);
    }
  };

  return {
    get: (path) => attempt(path, async () => (await octokit.request(`GET ${path}`)).data as never),
    list: (path) => attempt(path, async () => (await octokit.paginate(`GET ${path}`, { per_page: 100 })) as never),
  };
}
