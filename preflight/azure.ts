/** What Azure tells before anything is registered. */
import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

import type { Config } from "../config";
import { kindTag } from "../facts/azure";
import type { Problem } from "../problems";

/** A sentence about the deleted vault that holds this environment's vault name, if there is one. */
export async function deletedVault(config: Config): Promise<string | undefined> {
  const { names, location } = config;
  const found = await read<{ properties?: { scheduledPurgeDate?: string } }>(config, {
    path: `/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${names.vault}?api-version=2024-11-01`,
    question: `whether a deleted key vault still holds the name ${names.vault}`,
    right: "Microsoft.KeyVault/locations/deletedVaults/read on the subscription",
  });
  if (found === undefined) return undefined;
  const until = found.properties?.scheduledPurgeDate?.slice(0, 10) ?? "it is purged";
  return `the deleted key vault ${names.vault} holds its name until ${until}`;
}

/** An environment that stands keeps its kind: production turned into development would open with all its data in it. */
export async function otherKind(config: Config): Promise<Problem[]> {
  const { names, environment, stack } = config;
  const group = await read<{ tags?: Record<string, string> }>(config, {
    path: `/resourceGroups/${names.group}?api-version=2024-03-01`,
    question: `which kind of environment the resource group ${names.group} holds`,
    right: "Microsoft.Resources/subscriptions/resourceGroups/read on it",
  });
  const kind = group?.tags?.[kindTag];
  if (kind === undefined || kind === environment) return [];
  return [
    {
      path: ["federated-mlops:environment"],
      got: environment,
      needs: `${kind}, as which this environment was made: its data and its service principal would change hands`,
      fix: `pulumi config set federated-mlops:environment ${kind} --stack ${stack}; for the other kind, make another stack`,
    },
  ];
}

interface Question {
  /** Below the subscription. */
  readonly path: string;
  /** What it tells, as the end of a sentence. */
  readonly question: string;
  /** The right without which Azure does not answer. */
  readonly right: string;
}

/** Asks Azure Resource Manager; undefined where there is no such thing, or no answer. */
async function read<T>(config: Config, { path, question, right }: Question): Promise<T | undefined> {
  const { token } = await authorization.getClientToken({});
  const answer = await fetch(`${config.resourceManager}/subscriptions/${config.subscription}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  }).catch((error: unknown) => error);
  if (answer instanceof Response && answer.ok) return (await answer.json()) as T;
  if (answer instanceof Response && answer.status === 404) return undefined;
  const why = answer instanceof Response ? `HTTP ${answer.status}` : String(answer);
  await pulumi.log.warn(`Could not ask Azure ${question} (${why}). It needs ${right}.`);
  return undefined;
}
