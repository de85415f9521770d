import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

import { nameOf, whereIs } from "../../../facts/ids";
import { roleDefinitionId } from "../../../facts/roles";
import { uuidV5 } from "../../../facts/uuid";
import { definerActions, onlyRoles, type RightsRow, roles } from "../rights";

export interface RightsArgs {
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
  constructor(name: string, { rows, principals, standing }: RightsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:Rights", name, {}, opts);
    for (const { key, principal, role, scope, mayAssign, why } of rows) {
      const guid = role === "definer" ? uuidV5(`${scope}|definer`) : roles[role];
      const own =
        role === "definer"
          ? new authorization.RoleDefinition(
              `${name}-${key}-role`,
              {
                scope,
                roleDefinitionId: guid,
                roleName: `Definer of roles (${nameOf(scope)})`,
                roleType: "CustomRole",
                description: "Defines roles in one resource group. Assigns none.",
                assignableScopes: [scope],
                permissions: [{ actions: [...definerActions], notActions: [], dataActions: [], notDataActions: [] }],
              },
              { parent: this },
            )
          : undefined;
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
          dependsOn: [...(target ? [target] : []), ...(own ? [own] : [])],
        },
      );
    }
    this.registerOutputs({});
  }
}
