import { uuidV5 } from "./uuid";

/**
 * The built-in role definitions that this program assigns, and no others.
 * Ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export const roles = {
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "AzureML Data Scientist": "f6c7c914-8db3-469d-8ca1-694a8f32e121",
  "AzureML Compute Operator": "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815",
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  "Storage File Data Privileged Contributor": "69566ab7-960f-475b-8e7c-b3118f30c6bd",
  "Storage File Data Privileged Reader": "b8eda974-7b85-4f76-af95-65846b26df6d",
  "Key Vault Administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
  "Azure AI Enterprise Network Connection Approver": "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
  "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
  AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
} as const;

export type Role = keyof typeof roles;

/** Roles that nobody is ever given here: they give rights to others, or list the keys of stores. */
export const neverAssigned = {
  Owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
  "Storage Account Contributor": "17d1049b-9a84-46fb-8f53-869881c3d3ab",
  "Storage Account Key Operator Service Role": "81a9662b-bebf-436f-a333-f67b29880f12",
  "Reader and Data Access": "c12c1c16-33a1-487b-954d-41c89c60f349",
} as const;

/** The id by which a role assignment in `subscription` names a role. */
export function roleDefinitionId(subscription: string, guid: string): string {
  return `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
}

/** The GUID in the id by which a role assignment names a role, in lower case; empty where it is no such id. */
export function guidIn(roleDefinitionId: string): string {
  const [, guid = ""] =
    /^(?:\/subscriptions\/[^/]+)?\/providers\/Microsoft\.Authorization\/roleDefinitions\/([\da-f-]{36})$/i.exec(
      roleDefinitionId,
    ) ?? [];
  return guid.toLowerCase();
}

/** GUID of this program's own role, which it defines in a resource group. */
export function submitterGuid(subscription: string, group: string): string {
  return uuidV5(`${subscription}/${group}|submitter`);
}

const ml = "Microsoft.MachineLearningServices/workspaces";

/**
 * What submitting a job with its code, components, environments and data takes, and no more: neither the workspace nor
 * its computes, datastores, connections, endpoints or schedules can be changed, and no key or secret be listed.
 * https://learn.microsoft.com/azure/machine-learning/how-to-assign-roles
 */
export const submitterActions: readonly string[] = [
  `${ml}/read`,
  `${ml}/*/read`,
  `${ml}/jobs/*`,
  `${ml}/experiments/*`,
  `${ml}/metadata/*`,
  // Uploading code is codes/…/versions/startPendingUpload, which no page on roles names: hence all of codes.
  `${ml}/codes/*`,
  `${ml}/components/*`,
  `${ml}/environments/*`,
  `${ml}/data/*`,
  `${ml}/models/*`,
];
