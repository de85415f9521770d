/** Why Azure Machine Learning refuses a workspace, a compute or a datastore. */
import type { Refusal } from "../behaviour";
import { roleName } from "../roles";
import { assignment, type Child, error, same, workspaceId } from "./arm";

export type WorkspaceInputs = Child<"workspaceName"> & {
  identity?: { type: string; userAssignedIdentities?: string[] };
  primaryUserAssignedIdentity?: string;
  storageAccount?: string;
  keyVault?: string;
  containerRegistry?: string;
  applicationInsights?: string;
  managedNetwork?: { isolationMode?: string };
};

const associates = ["storageAccount", "keyVault", "containerRegistry", "applicationInsights"] as const;

export const associateMissing: Refusal<WorkspaceInputs> = ({ operation, next, cloud }) => {
  if (operation === "delete") return undefined;
  const missing = associates.find((key) => next[key] !== undefined && cloud.find(next[key]) === undefined);
  return missing === undefined
    ? undefined
    : error(
        "ValidationError",
        `Associated resource ${missing} '${next[missing]}' does not exist or could not be reached.`,
      );
};

export const identityMissing: Refusal<WorkspaceInputs> = ({ operation, next, cloud }) => {
  const wanted = [...(next.identity?.userAssignedIdentities ?? []), next.primaryUserAssignedIdentity].find(
    (id) => id !== undefined && cloud.find(id) === undefined,
  );
  return operation === "delete" || wanted === undefined
    ? undefined
    : error(
        "FailedIdentityOperation",
        `Identity operation for resource failed with error 'The resource '${wanted}' was not found'.`,
      );
};

/** https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication */
const rolesBefore: Readonly<Record<(typeof associates)[number], readonly string[]>> = {
  storageAccount: ["Contributor", "Storage Blob Data Contributor"],
  keyVault: ["Contributor", "Key Vault Administrator"],
  containerRegistry: ["Contributor"],
  applicationInsights: ["Contributor"],
};

export const identityLacksRoles: Refusal<WorkspaceInputs> = ({ operation, next, cloud }) => {
  const primary = next.primaryUserAssignedIdentity && cloud.find(next.primaryUserAssignedIdentity);
  if (operation !== "create" || !primary) return undefined;
  const held = cloud
    .all(assignment)
    .filter(({ inputs }) => same(inputs["principalId"], primary.outputs["principalId"]));
  const lacking = associates.flatMap((key) => {
    const resource = next[key];
    if (resource === undefined) return [];
    return rolesBefore[key]
      .filter(
        (role) =>
          !held.some(
            ({ inputs }) => reaches(inputs["scope"], resource) && roleName(String(inputs["roleDefinitionId"])) === role,
          ),
      )
      .map((role) => `${role} on ${resource}`);
  });
  return lacking.length === 0
    ? undefined
    : error(
        "FailedIdentityOperation",
        `The user-assigned identity '${primary.id}' does not have the permissions that the workspace needs. Missing: ${lacking.join("; ")}.`,
      );
};

/** Whether a right on `scope` holds on `resource`. */
function reaches(scope: unknown, resource: string): boolean {
  return same(scope, resource) || resource.toLowerCase().startsWith(`${String(scope).toLowerCase()}/`);
}

/** https://github.com/Azure/ResourceModules/issues/3596 */
export const workspaceIsDeleted: Refusal<WorkspaceInputs> = ({ operation, id, cloud }) =>
  operation === "create" && cloud.findDeleted(id) !== undefined
    ? error("BadRequest", "Soft-deleted workspace exists. Please purge or recover it. https://aka.ms/wsoftdelete")
    : undefined;

export type ComputeInputs = Child<"workspaceName"> & { computeName: string; properties: { computeLocation?: string } };

/** https://learn.microsoft.com/azure/machine-learning/how-to-managed-network: one region only. */
export const outsideManagedNetwork: Refusal<ComputeInputs> = ({ operation, next, cloud }) => {
  const workspace = cloud.find(workspaceId(next, cloud))?.inputs as WorkspaceInputs | undefined;
  const mode = workspace?.managedNetwork?.isolationMode ?? "Disabled";
  const region = next.properties.computeLocation ?? next.location;
  return operation === "create" && mode !== "Disabled" && !same(region, workspace?.location)
    ? error(
        "BadRequest",
        `Compute in region ${region} cannot be created: the workspace has a managed network in region ${workspace?.location}.`,
      )
    : undefined;
};

export type DatastoreInputs = Child<"workspaceName"> & {
  name: string;
  properties: { credentials?: { credentialsType?: string } };
};

/** `credentials` is required by the type definition, API 2025-12-01; for identity access it is `None`. */
export const withoutCredentials: Refusal<DatastoreInputs> = ({ operation, next }) =>
  operation !== "delete" && next.properties.credentials?.credentialsType === undefined
    ? error("ValidationError", "The request is invalid: the Credentials field is required.")
    : undefined;
