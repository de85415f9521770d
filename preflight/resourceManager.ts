/** Asks Azure Resource Manager, with the deployer's own token. Reads only. */
import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

import type { Config } from "../config";
import type { Problem } from "../problems";

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

/** A resource as Azure shows it. */
export interface Resource {
  readonly id: string;
  readonly name?: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly identity?: { readonly type?: string };
  readonly properties?: Readonly<Record<string, unknown>>;
}

export type Seen = Resource | "missing" | undefined;

/** The resource `id`, `missing`, or undefined where Azure does not say. */
export function look(config: Config, id: string, apiVersion: string): Promise<Seen> {
  return ask<Resource>(config, {
    path: `${id}?api-version=${apiVersion}`,
    question: `about ${id}`,
    right: "read on it",
  });
}

/** Everything in the collection `id`, page by page; undefined where Azure does not say. */
export async function lookThrough(config: Config, id: string, apiVersion: string): Promise<Resource[] | undefined> {
  const all: Resource[] = [];
  let path: string | undefined = `${id}?api-version=${apiVersion}`;
  while (path !== undefined) {
    type Page = { readonly value?: readonly Resource[]; readonly nextLink?: string };
    const page: Page | "missing" | undefined = await ask<Page>(config, {
      path,
      question: `what is in ${id}`,
      right: "read on it",
    });
    if (page === undefined) return undefined;
    if (page === "missing") return all;
    all.push(...(page.value ?? []));
    path = page.nextLink?.startsWith(config.resourceManager)
      ? page.nextLink.slice(config.resourceManager.length)
      : undefined;
  }
  return all;
}

/** What is wrong where `id`, named at `path`, does not stand; in production also where nobody can see whether it does. */
export function stands({ stack, environment }: Config, path: Problem["path"], id: string, seen: Seen): Problem[] {
  if (seen === "missing") {
    return [
      {
        path,
        got: id,
        needs: "a resource that exists; Azure does not know this one",
        fix: `correct it in Pulumi.${stack}.yaml, or make it first`,
      },
    ];
  }
  if (seen !== undefined || environment === "development") return [];
  return [unreadable(path, id)];
}

/** In production what cannot be looked at is not taken for closed. */
export function unreadable(path: Problem["path"], id: string): Problem {
  return {
    path,
    got: `${id}, which Azure does not show`,
    needs: "a resource that the deployer can read: what cannot be looked at is not taken for closed",
    fix: "give the deployer Reader on it, or try again where Azure did not answer",
  };
}
