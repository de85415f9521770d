/** One request to a cloud of Microsoft's. Throttled and failed ones are tried again by the pipeline. */
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpHeaders,
} from "@azure/core-rest-pipeline";

import { Unreadable } from "./client";

export interface Answer {
  /** HTTP status. */
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly text: string;
}

const http = createDefaultHttpClient();
const pipeline = createPipelineFromOptions({});

/** What the cloud at `address` answers. Throws {@link Unreadable} where it does not. */
export async function send(
  method: "GET" | "POST",
  address: string,
  path: string,
  authorization: string,
  body?: unknown,
): Promise<Answer> {
  const request = createPipelineRequest({
    url: `${address}${path}`,
    method,
    allowInsecureConnection: address.startsWith("http://127.0.0.1:"),
    headers: createHttpHeaders({
      authorization,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { status, headers, bodyAsText } = await pipeline.sendRequest(http, request).catch((error: unknown) => {
    throw new Unreadable(path, 0, error instanceof Error ? error.message : String(error));
  });
  return { status, headers, text: bodyAsText ?? "" };
}
