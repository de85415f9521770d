/**
 * What Azure's role definitions let somebody do.
 * https://learn.microsoft.com/azure/role-based-access-control/role-definitions
 */

/** One entry of a role definition. Azure tells the caller's own rights in the same form, one entry for each role. */
export interface Permission {
  readonly actions?: readonly string[];
  /** Taken away from this entry's `actions`, and from no other entry's: it is not a ban. */
  readonly notActions?: readonly string[];
  /** What may be done with the data in a resource: blobs, secrets. */
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

/** Whether one of `permissions` allows `action`, such as `Microsoft.Storage/storageAccounts/write`. */
export function allows(permissions: readonly Permission[], action: string): boolean {
  return permissions.some(({ actions = [], notActions = [] }) => among(actions, action) && !among(notActions, action));
}

/** The same for an action on data, such as `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read`. */
export function allowsData(permissions: readonly Permission[], action: string): boolean {
  return permissions.some(
    ({ dataActions = [], notDataActions = [] }) => among(dataActions, action) && !among(notDataActions, action),
  );
}

function among(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => fits(pattern.toLowerCase(), action.toLowerCase()));
}

// A "*" stands for any text, slashes and nothing included. No page says whether Azure takes "computes/*/write" for
// "computes/write" too, as the description of AzureML Data Scientist seems to have it; here it does not.
function fits(pattern: string, action: string): boolean {
  const [start = "", ...parts] = pattern.split("*");
  const end = parts.pop();
  if (end === undefined) return pattern === action;
  if (!action.startsWith(start)) return false;
  let at = start.length;
  for (const part of parts) {
    const found = action.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at + end.length <= action.length && action.endsWith(end);
}
