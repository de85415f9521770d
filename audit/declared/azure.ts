/** Rights, roles and identities that a stack declares in Azure. */
import { groupId } from "../../facts/ids";
import type { Assignment, Azure, RoleDefinition } from "../model";
import { type Resources, text } from "./preview";

const identityType = "azure-native:managedidentity:UserAssignedIdentity";

export function assignmentsIn(resources: Resources): Assignment[] {
  return resources.of("azure-native:authorization:RoleAssignment").map((one): Assignment => {
    const { scope, roleDefinitionId, roleAssignmentName, condition } = one.inputs;
    const place = text(scope) ?? groupId(resources.subscription, "");
    const provider = "Microsoft.Authorization/roleAssignments";
    const under = text(condition);
    return {
      id: `${place}/providers/${provider}/${text(roleAssignmentName) ?? one.urn}`,
      principal: resources.principal(one, "principalId"),
      role: text(roleDefinitionId)?.split("/").at(-1)?.toLowerCase() ?? "",
      scope: place,
      ...(under === undefined ? {} : { condition: under }),
      held: "always",
    };
  });
}

export function ownRoles(resources: Resources): Record<string, RoleDefinition> {
  return Object.fromEntries(
    resources.of("azure-native:authorization:RoleDefinition").map(({ inputs, urn }): [string, RoleDefinition] => [
      (text(inputs["roleDefinitionId"]) ?? urn).toLowerCase(),
      {
        name: text(inputs["roleName"]) ?? urn,
        custom: true,
        assignableScopes: inputs["assignableScopes"] as string[],
        permissions: inputs["permissions"] as RoleDefinition["permissions"],
      },
    ]),
  );
}

/** Identities, with the computes and the workspace that have them. */
export function identitiesIn(resources: Resources, workspaceId: string): Azure["identities"] {
  const having = [
    ...resources.of("azure-native:machinelearningservices:Workspace").map((one) => ({ one, id: workspaceId })),
    ...resources
      .of("azure-native:machinelearningservices:Compute")
      .map((one) => ({ one, id: `${workspaceId}/computes/${text(one.inputs["computeName"])}` })),
  ];
  return resources.of(identityType).map((identity) => ({
    id: resources.armId(identity, "Microsoft.ManagedIdentity/userAssignedIdentities", "resourceName"),
    principal: identity.urn.toLowerCase(),
    trusts: [],
    attached: having.flatMap(({ one, id }) => (one.waits["identity"]?.includes(identity.urn) === true ? [id] : [])),
  }));
}

/** Whoever is given a role by an object id that the stack file has, by kind. */
export function peopleIn(resources: Resources, kind: "User" | "Group"): Record<string, string> {
  return Object.fromEntries(
    resources
      .of("azure-native:authorization:RoleAssignment")
      .filter(({ inputs }) => inputs["principalType"] === kind)
      .flatMap(({ inputs }) => text(inputs["principalId"]) ?? [])
      .map((id) => [id.toLowerCase(), id]),
  );
}
