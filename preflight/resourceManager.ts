/** Asks Azure Resource Manager, with the deployer's own token. Reads only. */
import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

import type { Config } from "../config";

export interface Question {
  /** With its API version. */
  readonly path: string;
  /** What it tells, as the end of a sentence. */
  readonly question: string;
  /** The right without which Azure does not answer. */
  readonly right: string;
}

/** What Azure answers; `missing` where there is no such thing, undefined where it does not say. */
export async function ask<T>(
  config: Pick<Config, "resourceManager">,
  { path, question, right }: Question,
): Promise<T | "missing" | undefined> {
  const { token } = await authorization.getClientToken({});
  const answer = await fetch(`${config.resourceManager}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  }).catch((error: unknown) => error);
  if (answer instanceof Response && answer.ok) return (await answer.json()) as T;
  if (answer instanceof Response && answer.status === 404) return "missing";
  const why = answer instanceof Response ? `HTTP ${answer.status}` : String(answer);
  await pulumi.log.warn(`Could not ask Azure ${question} (${why}). It needs ${right}.`);
  return undefined;
}
