/** What Azure tells of this environment before anything is registered. */
import type { Config } from "../config";
import { kindTag } from "../facts/azure";
import type { Problem } from "../problems";
import { ask } from "./resourceManager";

/** A sentence about the deleted vault that holds this environment's vault name, if there is one. */
export async function deletedVault(config: Config): Promise<string | undefined> {
  const { names, location, subscription } = config;
  const found = await ask<{ properties?: { scheduledPurgeDate?: string } }>(config, {
    path: `/subscriptions/${subscription}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${names.vault}?api-version=2024-11-01`,
    question: `whether a deleted key vault still holds the name ${names.vault}`,
    right: "Microsoft.KeyVault/locations/deletedVaults/read on the subscription",
  });
  if (found === undefined || found === "missing") return undefined;
  const until = found.properties?.scheduledPurgeDate?.slice(0, 10) ?? "it is purged";
  return `the deleted key vault ${names.vault} holds its name until ${until}`;
}

/** An environment that stands keeps its kind: production turned into development would open with all its data in it. */
export async function otherKind(config: Config): Promise<Problem[]> {
  const { names, environment, stack, joins } = config;
  // A group that exists already has its owner's tags: then the workspace tells.
  const bearer = joins.group
    ? { path: `${names.workspaceId}?api-version=2024-10-01`, what: `the workspace ${names.workspace}` }
    : { path: `${names.groupId}?api-version=2024-03-01`, what: `the resource group ${names.group}` };
  const found = await ask<{ tags?: Record<string, string> }>(config, {
    path: bearer.path,
    question: `to which kind of environment ${bearer.what} belongs`,
    right: "read on it",
  });
  const kind = found === undefined || found === "missing" ? undefined : found.tags?.[kindTag];
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
