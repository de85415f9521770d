import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

import { nameOf, whereIs } from "../../../facts/ids";
import { roleDefinitionId } from "../../../facts/roles";
import { uuidV5 } from "../../../facts/uuid";
import { onlyRoles, type RightsRow, roles, secretsReaderActions } from "../rights";

export interface RightsArgs {
  /** Resource group in which the project's own role is defined, by its id. */
  readonly groupId: string;
  readonly rows: readonly RightsRow[];
  /** Who each row's `principal` is. */
  readonly principals: Readonly<
    Record<string, { readonly objectId: pulumi.Input<string>; readonly type: "Group" | "ServicePrincipal" }>
  >;
  /** What must stand before a right on it can be given, by its resource id. */
  readonly standing: Readonly<Record<string, pulumi.Resource>>;
}

/** The rows' role assignments. */
export class Rights extends pulumi.ComponentResource {
  constructor(name: string, args: RightsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:Rights", name, {}, opts);
    const { rows, principals, standing, groupId } = args;
    const group = standing[groupId];
    const secretsReader = {
      guid: uuidV5(`${groupId}|state secrets reader`),
      role: new authorization.RoleDefinition(
        `${name}-secrets-reader`,
        {
          scope: groupId,
          roleDefinitionId: uuidV5(`${groupId}|state secrets reader`),
          roleName: `State secrets reader (${nameOf(groupId)})`,
          roleType: "CustomRole",
          description: "Opens the secrets of a stack's state; changes neither them nor the key.",
          assignableScopes: [groupId],
          permissions: [{ actions: [], notActions: [], dataActions: [...secretsReaderActions], notDataActions: [] }],
        },
        { parent: this, ...(group && { dependsOn: group }) },
      ),
    };
    for (const { key, principal, role, scope, mayAssign, why } of rows) {
      const guid = role === "State Secrets Reader" ? secretsReader.guid : roles[role];
      const who = principals[principal];
      if (who === undefined) throw new Error(`Right "${key}": there is no principal "${principal}".`);
      const target = standing[scope];
      new authorization.RoleAssignment(
        `${name}-${key}`,
        {
          roleAssignmentName: uuidV5(`${scope}|${role}|bootstrap/${principal}`),
          scope,
          roleDefinitionId: roleDefinitionId(whereIs(scope).subscription, guid),
          principalId: who.objectId,
          principalType: who.type,
          description: `federated-mlops, ${principal}: ${why}`,
          ...(mayAssign === undefined ? {} : { condition: onlyRoles(mayAssign), conditionVersion: "2.0" }),
        },
        {
          parent: this,
          deleteBeforeReplace: true,
          replaceOnChanges: ["principalId", "scope", "roleDefinitionId"],
          dependsOn: [...(target ? [target] : []), secretsReader.role],
        },
      );
    }
    this.registerOutputs({});
  }
}
