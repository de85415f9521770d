/** What the roles of the deployer let it do. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
import type { Permission } from "../../../facts/actions";
import type { Store } from "../../store";
import { armError } from "./rest";
import type { Route } from "../behaviour";
import { roleName } from "../roles";
import { roleDefinition, type RoleInputs } from "./access";
import { assignment, covers, same } from "./arm";

const authorization = "Microsoft.Authorization";

/**
 * Definitions of built-in roles, as far as they say something about what this cloud simulates. A role that is not here
 * is refused, never taken for powerless.
 */
export const builtInPermissions: Readonly<Record<string, Permission>> = {
  Owner: { actions: ["*"] },
  Contributor: {
    actions: ["*"],
    notActions: [`${authorization}/*/Delete`, `${authorization}/*/Write`, `${authorization}/elevateAccess/Action`],
  },
  Reader: { actions: ["*/read"] },
  "User Access Administrator": { actions: ["*/read", `${authorization}/*`] },
  "Role Based Access Control Administrator": {
    actions: [`${authorization}/roleAssignments/write`, `${authorization}/roleAssignments/delete`, "*/read"],
  },
  "Resource Policy Contributor": {
    actions: [
      "*/read",
      ...["policyassignments", "policydefinitions", "policyexemptions", "policysetdefinitions"].map(
        (type) => `${authorization}/${type}/*`,
      ),
    ],
  },
  "Locks Contributor": {
    actions: ["read", "write", "delete"].map((verb) => `${authorization}/locks/${verb}`),
  },
  "Network Contributor": {
    actions: [
      `${authorization}/*/read`,
      "Microsoft.Network/*",
      "Microsoft.Resources/subscriptions/resourceGroups/read",
    ],
  },
  "Private DNS Zone Contributor": {
    actions: [
      ...[`${authorization}/*/read`, "Microsoft.Network/privateDnsZones/*", "Microsoft.Network/virtualNetworks/read"],
      ...["Microsoft.Network/virtualNetworks/join/action", "Microsoft.Resources/subscriptions/resourceGroups/read"],
    ],
  },
  "Log Analytics Contributor": {
    actions: ["*/read", "Microsoft.Insights/diagnosticSettings/*", "Microsoft.OperationalInsights/*"],
  },
  "Azure AI Enterprise Network Connection Approver": {
    actions: [
      ...["ContainerRegistry/registries", "KeyVault/vaults", "MachineLearningServices/workspaces"].map(
        (type) => `Microsoft.${type}/privateEndpointConnectionsApproval/action`,
      ),
      "Microsoft.Storage/storageAccounts/PrivateEndpointConnectionsApproval/action",
      "Microsoft.Storage/storageAccounts/read",
    ],
  },
};

export const permissionRoutes: readonly Route[] = [
  {
    // https://learn.microsoft.com/rest/api/authorization/permissions: documented for groups and resources, answered on
    // a subscription too.
    path: "{scope}/providers/Microsoft.Authorization/permissions",
    answer: ({ scope = "" }, store) => {
      const [, , , kind, name] = scope.split("/");
      const group = scope.split("/").length === 5 && kind?.toLowerCase() === "resourcegroups";
      if (group && store.row(scope, "azure-native:resources:ResourceGroup") === undefined) {
        return armError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
      }
      return { status: 200, body: { value: permissionsOn(scope, store).map(complete) } };
    },
  },
];

/** One entry for each role of the deployer on `scope`: those that it brought, and those that were assigned here. */
function permissionsOn(scope: string, store: Store): Permission[] {
  const { deployer } = store.organisation;
  const assigned = store
    .rows(assignment)
    .filter(({ state, inputs }) => state === "live" && same(inputs["principalId"], deployer.objectId))
    .filter(({ inputs }) => covers(inputs["scope"], scope))
    .map(({ inputs }) => String(inputs["roleDefinitionId"]));
  const brought = deployer.roles.filter((given) => covers(given.scope, scope)).map(({ role }) => role);
  return [...brought.map(builtIn), ...assigned.flatMap((definition) => defined(definition, store))];
}

function builtIn(role: string): Permission {
  const found = builtInPermissions[role];
  if (found === undefined) {
    throw new Error(`The local cloud does not know what ${role} allows: add a row in clouds/azure/permissions.ts.`);
  }
  return found;
}

/** What a built-in role allows, or one of the organisation's own. */
function defined(definition: string, store: Store): Permission[] {
  const name = roleName(definition);
  if (name !== undefined) return [builtIn(name)];
  const own = store
    .rows(roleDefinition)
    .find(({ inputs }) => same(inputs["roleDefinitionId"], definition.split("/").at(-1)));
  return (own?.inputs as (RoleInputs & { permissions?: Permission[] }) | undefined)?.permissions ?? [];
}

const complete = ({ actions = [], notActions = [], dataActions = [], notDataActions = [] }: Permission) => ({
  actions,
  notActions,
  dataActions,
  notDataActions,
});
