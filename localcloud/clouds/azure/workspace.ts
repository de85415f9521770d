/** Why Azure Machine Learning refuses a workspace, a rule of its network, a compute or a datastore. */
import type { Cloud, Refusal } from "../behaviour";
import { roleName } from "../roles";
import { assignment, type Child, covers, error, same, workspaceId } from "./arm";
import { groupsOf, regionOf } from "./network";

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
  const lacking = associates.flatMap((key) => {
    const resource = next[key];
    if (resource === undefined) return [];
    return rolesBefore[key]
      .filter((role) => !holds(primary.outputs["principalId"], [role], resource, cloud))
      .map((role) => `${role} on ${resource}`);
  });
  return lacking.length === 0
    ? undefined
    : error(
        "FailedIdentityOperation",
        `The user-assigned identity '${primary.id}' does not have the permissions that the workspace needs. Missing: ${lacking.join("; ")}.`,
      );
};

function holds(principalId: unknown, roles: readonly string[], resource: string, cloud: Cloud): boolean {
  return cloud
    .all(assignment)
    .some(
      ({ inputs }) =>
        same(inputs["principalId"], principalId) &&
        covers(inputs["scope"], resource) &&
        roles.includes(roleName(String(inputs["roleDefinitionId"])) ?? ""),
    );
}

const isolationOf = (workspace: WorkspaceInputs | undefined) => workspace?.managedNetwork?.isolationMode ?? "Disabled";

/** https://learn.microsoft.com/azure/machine-learning/how-to-managed-network#limitations */
export const isolationUndone: Refusal<WorkspaceInputs> = ({ operation, next, now }) =>
  operation !== "delete" &&
  now !== undefined &&
  isolationOf(now.inputs as WorkspaceInputs) !== "Disabled" &&
  isolationOf(next) === "Disabled"
    ? error("BadRequest", "Managed network isolation cannot be disabled once it has been enabled.")
    : undefined;

const systemAssigned = (inputs: unknown) =>
  (inputs as WorkspaceInputs | undefined)?.identity?.type.includes("SystemAssigned") ?? false;

/** "It can be updated to SAI+UAI, but not back" (how-to-identity-based-service-authentication); the text is from memory. */
export const identityTakenAway: Refusal<WorkspaceInputs> = ({ operation, next, now }) =>
  operation === "update" && systemAssigned(now?.inputs) && !systemAssigned(next)
    ? error("BadRequest", "The system-assigned identity of a workspace cannot be removed.")
    : undefined;

/** https://github.com/Azure/ResourceModules/issues/3596 */
export const workspaceIsDeleted: Refusal<WorkspaceInputs> = ({ operation, id, cloud }) =>
  operation === "create" && cloud.findDeleted(id) !== undefined
    ? error("BadRequest", "Soft-deleted workspace exists. Please purge or recover it. https://aka.ms/wsoftdelete")
    : undefined;

type RuleDestination = { serviceResourceId?: string; subresourceTarget?: string };
export type RuleInputs = Child<"workspaceName"> & {
  ruleName: string;
  properties: { type: string; destination?: string | RuleDestination };
};

const workspaceOf = (inputs: Child<"workspaceName">, cloud: Cloud) =>
  cloud.find(workspaceId(inputs, cloud))?.inputs as WorkspaceInputs | undefined;

const privateTarget = ({ properties }: RuleInputs) =>
  properties.type === "PrivateEndpoint" ? ((properties.destination ?? {}) as RuleDestination) : undefined;

/** https://learn.microsoft.com/azure/machine-learning/how-to-managed-network */
export const networkNotManaged: Refusal<RuleInputs> = ({ operation, next, cloud }) => {
  const workspace = workspaceOf(next, cloud);
  return operation !== "delete" && workspace !== undefined && isolationOf(workspace) === "Disabled"
    ? error("BadRequest", `Outbound rule '${next.ruleName}' cannot be created: the workspace has no managed network.`)
    : undefined;
};

/** https://learn.microsoft.com/azure/machine-learning/how-to-managed-network: where everything goes out, only endpoints add to it. */
export const ruleWithoutApproval: Refusal<RuleInputs> = ({ operation, next, cloud }) =>
  operation !== "delete" &&
  privateTarget(next) === undefined &&
  isolationOf(workspaceOf(next, cloud)) === "AllowInternetOutbound"
    ? error(
        "BadRequest",
        `Outbound rules of type ${next.properties.type} need the isolation mode AllowOnlyApprovedOutbound.`,
      )
    : undefined;

export const ruleTargetMissing: Refusal<RuleInputs> = ({ operation, next, cloud }) => {
  const target = privateTarget(next);
  return operation === "delete" || target === undefined || cloud.find(target.serviceResourceId ?? "") !== undefined
    ? undefined
    : error(
        "ValidationError",
        `The target resource '${target.serviceResourceId}' of outbound rule '${next.ruleName}' was not found.`,
      );
};

export const ruleGroupUnknown: Refusal<RuleInputs> = ({ operation, next, cloud }) => {
  const { serviceResourceId = "", subresourceTarget = "" } = privateTarget(next) ?? {};
  const known = groupsOf(cloud.find(serviceResourceId));
  return operation === "delete" || known.length === 0 || known.includes(subresourceTarget)
    ? undefined
    : error(
        "ValidationError",
        `'${subresourceTarget}' is no sub-resource of '${serviceResourceId}'. Supported are ${known.join(", ")}.`,
      );
};

/** Roles with `privateEndpointConnectionsApproval/action` on the resource. */
const approvers = ["Azure AI Enterprise Network Connection Approver", "Contributor", "Owner"];

/** https://learn.microsoft.com/azure/machine-learning/how-to-managed-network#approval-of-private-endpoints */
export const cannotApprove: Refusal<RuleInputs> = ({ operation, next, cloud }) => {
  const target = privateTarget(next)?.serviceResourceId;
  const workspace = workspaceOf(next, cloud);
  const primary = cloud.find(workspace?.primaryUserAssignedIdentity ?? "");
  return operation === "delete" ||
    target === undefined ||
    primary === undefined ||
    holds(primary.outputs["principalId"], approvers, target, cloud)
    ? undefined
    : error(
        "ValidationError",
        `The workspace's managed identity '${primary.id}' does not have permission to approve private endpoint connections on '${target}'. Assign it the role ${approvers[0]}.`,
      );
};

type AmlCompute = { subnet?: { id?: string }; enableNodePublicIp?: boolean };
export type ComputeInputs = Child<"workspaceName"> & {
  computeName: string;
  properties: { computeLocation?: string; properties?: AmlCompute };
};

/** https://learn.microsoft.com/azure/machine-learning/how-to-managed-network: one region only. */
export const outsideManagedNetwork: Refusal<ComputeInputs> = ({ operation, next, cloud }) => {
  const workspace = workspaceOf(next, cloud);
  const region = regionOfCompute(next);
  return operation === "create" && isolationOf(workspace) !== "Disabled" && !same(region, workspace?.location)
    ? error(
        "BadRequest",
        `Compute in region ${region} cannot be created: the workspace has a managed network in region ${workspace?.location}.`,
      )
    : undefined;
};

const regionOfCompute = ({ properties, location }: ComputeInputs) => properties.computeLocation ?? location;
const subnetOf = ({ properties }: ComputeInputs) => properties.properties?.subnet?.id;

/** https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet: in the cluster's own region. */
export const computeSubnetMissing: Refusal<ComputeInputs> = ({ operation, next, cloud }) => {
  const subnet = subnetOf(next);
  return operation === "create" && subnet !== undefined && !same(regionOf(subnet, cloud), regionOfCompute(next))
    ? error("BadRequest", `The specified subnet ${subnet} does not exist in region ${regionOfCompute(next)}.`)
    : undefined;
};

/** https://learn.microsoft.com/azure/machine-learning/how-to-managed-network#limitations: one network or the other. */
export const twoNetworks: Refusal<ComputeInputs> = ({ operation, next, cloud }) =>
  operation === "create" && subnetOf(next) !== undefined && isolationOf(workspaceOf(next, cloud)) !== "Disabled"
    ? error("BadRequest", `Compute ${next.computeName} cannot have a subnet: its workspace has a managed network.`)
    : undefined;

/** hashicorp/terraform-provider-azurerm#27866 */
export const neitherAddressNorNetwork: Refusal<ComputeInputs> = ({ operation, next, cloud }) =>
  operation === "create" &&
  next.properties.properties?.enableNodePublicIp === false &&
  subnetOf(next) === undefined &&
  isolationOf(workspaceOf(next, cloud)) === "Disabled"
    ? error(
        "BadRequest",
        `Compute ${next.computeName} without public IP needs a subnet, or a workspace with a managed network.`,
      )
    : undefined;

/** Whether Azure made a cluster whose nodes can never start: no public address, and no way out of their subnet. */
export const isolated = (inputs: unknown, wayOut: (subnet: string) => string | undefined): boolean => {
  const compute = inputs as ComputeInputs;
  const subnet = subnetOf(compute);
  return (
    compute.properties.properties?.enableNodePublicIp === false && subnet !== undefined && wayOut(subnet) === undefined
  );
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
