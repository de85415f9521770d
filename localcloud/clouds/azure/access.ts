/** Roles and their assignments: who can be given what, and why Azure refuses. */
import type { Row } from "../../store";
import type { Cloud, Refusal } from "../behaviour";
import { servicePrincipal } from "../entra";
import { roleName } from "../roles";
import { assignment, covers, error, identity, same, type } from "./arm";

export type AssignmentInputs = {
  scope: string;
  roleAssignmentName: string;
  roleDefinitionId: string;
  principalId: string;
  principalType?: string;
};

export type RoleInputs = {
  scope: string;
  roleDefinitionId: string;
  roleName?: string;
  assignableScopes?: string[];
};

export const roleDefinition = type("authorization:RoleDefinition");
const isGuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

const roleGuid = (definition: unknown) => String(definition).split("/").at(-1)?.toLowerCase();

/** https://learn.microsoft.com/azure/role-based-access-control/troubleshooting */
export const assignedAlready: Refusal<AssignmentInputs> = ({ operation, next, cloud, id }) => {
  if (operation !== "create") return undefined;
  const twin = cloud
    .below(assignment, next.scope)
    .find(
      ({ id: other, inputs }) =>
        same(inputs["scope"], next.scope) &&
        same(inputs["principalId"], next.principalId) &&
        roleGuid(inputs["roleDefinitionId"]) === roleGuid(next.roleDefinitionId) &&
        !same(other, id),
    );
  return twin === undefined ? undefined : error("RoleAssignmentExists", "The role assignment already exists.");
};

export const assignmentChanged: Refusal<AssignmentInputs> = ({ operation, next, now }) => {
  // A PUT on a standing assignment is an update, whoever sends it.
  if (operation === "delete" || now === undefined) return undefined;
  const fixed = ["scope", "principalId", "roleDefinitionId"] as const;
  return fixed.some((key) => !same(now.inputs[key], next[key]))
    ? error(
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
      )
    : undefined;
};

export const scopeMissing: Refusal<{ scope: string }> = ({ operation, next, cloud }) =>
  operation === "create" &&
  next.scope.split("/").length > 3 &&
  !cloud.organisation.managementGroups.some((group) => same(group, next.scope)) &&
  cloud.find(next.scope) === undefined
    ? error("ResourceNotFound", `The Resource '${next.scope}' was not found.`)
    : undefined;

/** A custom role, by the end of its definition's id. */
const customRole = (definition: unknown, cloud: Cloud) =>
  cloud.all(roleDefinition).find(({ inputs }) => same(inputs["roleDefinitionId"], roleGuid(definition)));

/** What a role is called, built in or custom. */
export const roleCalled = (definition: unknown, cloud: Cloud) =>
  roleName(String(definition)) ?? (customRole(definition, cloud)?.inputs["roleName"] as string | undefined);

export const roleMissing: Refusal<AssignmentInputs> = ({ operation, next, cloud }) =>
  operation === "create" && roleCalled(next.roleDefinitionId, cloud) === undefined
    ? error(
        "RoleDefinitionDoesNotExist",
        `The specified role definition with ID '${roleGuid(next.roleDefinitionId)}' does not exist.`,
      )
    : undefined;

export const assignmentMisnamed: Refusal<AssignmentInputs> = ({ operation, next }) =>
  operation === "create" && !isGuid(next.roleAssignmentName)
    ? error(
        "InvalidRoleAssignmentId",
        `The role assignment ID '${next.roleAssignmentName}' is not valid. The role assignment ID must be a GUID.`,
      )
    : undefined;

/** https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#custom-roles */
export const outsideAssignableScopes: Refusal<AssignmentInputs> = ({ operation, next, cloud }) => {
  const role = customRole(next.roleDefinitionId, cloud)?.inputs as RoleInputs | undefined;
  return operation === "create" && role !== undefined && !assignableOf(role).some((scope) => covers(scope, next.scope))
    ? error(
        "RoleAssignmentScopeNotAssignableToRoleDefinition",
        `The role assignment scope '${next.scope}' must match one of the assignable scopes of the role definition.`,
      )
    : undefined;
};

const assignableOf = ({ assignableScopes, scope }: RoleInputs) => assignableScopes ?? [scope];

export const roleMisnamed: Refusal<RoleInputs> = ({ operation, next }) =>
  operation === "create" && !isGuid(next.roleDefinitionId)
    ? error(
        "InvalidRoleDefinitionId",
        `The role definition ID '${next.roleDefinitionId}' is not valid. The role definition ID must be a GUID.`,
      )
    : undefined;

/** https://learn.microsoft.com/azure/role-based-access-control/custom-roles#assignablescopes: groups and above. */
export const notAssignableThere: Refusal<RoleInputs> = ({ operation, next }) => {
  const wrong = assignableOf(next).find(
    (scope) =>
      !/^\/(subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?|providers\/Microsoft\.Management\/.+)$/i.test(scope),
  );
  return operation === "delete" || wrong === undefined
    ? undefined
    : error(
        "RoleDefinitionScopeInvalid",
        `The assignable scope '${wrong}' is not a management group, subscription or resource group.`,
      );
};

/** https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#custom-roles */
export const roleNameTaken: Refusal<RoleInputs> = ({ operation, next, id, cloud }) =>
  operation !== "delete" &&
  cloud.all(roleDefinition).some((row) => !same(row.id, id) && same(row.inputs["roleName"], next.roleName))
    ? error(
        "RoleDefinitionWithSameNameExists",
        `A custom role with the same name already exists in this directory. Use a different name.`,
      )
    : undefined;

/** https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#custom-roles */
export const roleStillAssigned: Refusal<RoleInputs> = ({ operation, next, cloud }) =>
  operation === "delete" &&
  cloud.all(assignment).some(({ inputs }) => same(roleGuid(inputs["roleDefinitionId"]), next.roleDefinitionId))
    ? error("RoleDefinitionHasAssignments", "There are existing role assignments referencing role.")
    : undefined;

interface Principal {
  readonly objectId: string;
  readonly kind: "User" | "Group" | "ServicePrincipal";
  readonly name: string;
}

/** Every object id in the tenant that can be given a role, with its kind. */
export function principals(cloud: Cloud): Principal[] {
  return principalsAmong(cloud, (type) => cloud.all(type));
}

function principal(objectId: string, cloud: Cloud): Principal | undefined {
  const alike = principalsAmong(cloud, (type, key) => cloud.having(type, "outputs", `$.${key}`, objectId));
  return alike.find((one) => same(one.objectId, objectId));
}

function principalsAmong(cloud: Cloud, rows: (type: string, key: string) => Row[]): Principal[] {
  const { people, groups, deployer } = cloud.organisation;
  const made = (type: string, key: string, name: (row: Row) => unknown) =>
    rows(type, key).map((row) => ({
      objectId: String(row.outputs[key]),
      kind: "ServicePrincipal" as const,
      name: String(name(row)),
    }));
  return [
    ...people.map(({ objectId, name }) => ({ objectId, kind: "User" as const, name })),
    ...groups.map(({ objectId, name }) => ({ objectId, kind: "Group" as const, name })),
    { objectId: deployer.objectId, kind: "ServicePrincipal", name: "deployer" },
    ...made(servicePrincipal, "objectId", ({ outputs }) => outputs["displayName"]),
    ...made(identity, "principalId", ({ inputs }) => inputs["resourceName"]),
  ];
}

/** MicrosoftDocs/azure-docs#103085: who names no principalType is looked up in a replica that may not know yet. */
export const principalMissing: Refusal<AssignmentInputs> = ({ operation, next, cloud }) => {
  if (operation !== "create") return undefined;
  const found = principal(next.principalId, cloud);
  if (found === undefined) {
    return error(
      "PrincipalNotFound",
      `Principal ${next.principalId} does not exist in the directory ${cloud.organisation.tenantId}. Check that you have the correct principal ID.`,
    );
  }
  return next.principalType !== undefined && next.principalType !== found.kind
    ? error(
        "UnmatchedPrincipalType",
        `The PrincipalId '${next.principalId}' has type '${found.kind}', which is different from specified PrinciaplType '${next.principalType}'.`,
      )
    : undefined;
};
