/** Rights in Microsoft Entra ID by which somebody becomes an application, joins a group, or takes all of Azure. */

export type DirectoryPower = "applications" | "groups" | "privileged groups" | "everything";

/**
 * What the actions of a directory role let its holder do.
 * https://learn.microsoft.com/entra/identity/role-based-access-control/custom-available-permissions
 */
export function directoryPowers(actions: readonly string[]): DirectoryPower[] {
  const found = new Set<DirectoryPower>();
  for (const action of actions) {
    const [, entity = "", property = "", verb = ""] =
      /^microsoft\.directory\/([^/]+)\/([^/]+)\/([^/]+)$/i.exec(action.trim()) ?? [];
    if (!/^(update|allTasks|manage)$/i.test(verb)) continue;
    const all = /^allProperties$/i.test(property);
    if (/^(applications|servicePrincipals)(\.|$)/i.test(entity) && (all || /^(credentials|owners)$/i.test(property))) {
      found.add("applications");
    }
    if (/^groups(\.|$)/i.test(entity) && (all || /^(members|owners)$/i.test(property))) found.add("groups");
    if (/^groupsAssignableToRoles$/i.test(entity) && (all || /^(members|owners)$/i.test(property))) {
      found.add("privileged groups");
    }
    // Who hands out roles makes itself Global Administrator, who may take every subscription:
    // https://learn.microsoft.com/azure/role-based-access-control/elevate-access-global-admin
    if (/^(roleAssignments|allEntities)$/i.test(entity) && all) found.add("everything");
  }
  return [...found];
}

/**
 * The same of permissions in Microsoft Graph that an application holds by itself.
 * https://learn.microsoft.com/graph/permissions-reference
 */
export const graphPowers: Readonly<Record<string, readonly DirectoryPower[]>> = {
  "Application.ReadWrite.All": ["applications"],
  "AppRoleAssignment.ReadWrite.All": ["everything"],
  "Directory.ReadWrite.All": ["groups"],
  "Group.ReadWrite.All": ["groups"],
  "GroupMember.ReadWrite.All": ["groups"],
  "PrivilegedAccess.ReadWrite.AzureADGroup": ["groups", "privileged groups"],
  "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup": ["groups", "privileged groups"],
  "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup": ["groups", "privileged groups"],
  "RoleManagement.ReadWrite.Directory": ["everything"],
  "RoleAssignmentSchedule.ReadWrite.Directory": ["everything"],
  "RoleEligibilitySchedule.ReadWrite.Directory": ["everything"],
};

/** Tenants of Microsoft's own services: what runs there is the cloud itself. */
export const microsoftTenants: readonly string[] = [
  "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
  "72f988bf-86f1-41af-91ab-2d7cd011db47",
];
