/** Permissions in Microsoft Graph by their ids. https://learn.microsoft.com/graph/permissions-reference */
export const graphPermissions = {
  "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
  "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
  "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
  "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
  "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
  "User.ReadBasic.All": "97235f07-e226-4f63-ace3-39588e11d3a1",
  "PrivilegedEligibilitySchedule.Read.AzureADGroup": "edb419d6-7edc-42a3-9345-509bfdf5d87c",
} as const;

/** The application that Microsoft Graph is in every tenant. */
export const graphClientId = "00000003-0000-0000-c000-000000000000";

/**
 * Roles of people in Entra that register applications, by the ids of their templates.
 * https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
 */
export const registeringRoles = {
  "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
  "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
  "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
  "Application Developer": "cf1c38e5-3621-4004-a7cb-879624dced7c",
} as const;
