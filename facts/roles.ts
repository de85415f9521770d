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

/** The id by which a role assignment in `subscription` names a role. */
export function roleDefinitionId(subscription: string, guid: string): string {
  return `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
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
