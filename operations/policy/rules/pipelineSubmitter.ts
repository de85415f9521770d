import { submitterActions, submitterGuid } from "../../../facts/roles";
import { textAt, valueAt } from "../resource";
import { type Rule, unmet } from "../rule";

const allowed = new Set(submitterActions.map((action) => action.toLowerCase()));

/** Every role that the program defines is this one: another one could hold anything. */
export const pipelineSubmitter: Rule = {
  control: "pipeline-submitter",
  judge(resource) {
    if (resource.type !== "azure-native:authorization:RoleDefinition") return [];
    const scope = textAt(resource, "scope");
    const [, subscription = "", group = ""] = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)$/i.exec(scope) ?? [];
    return unmet(resource, {
      roleDefinitionId: submitterGuid(subscription, group),
      permissions: { needs: "only what submits jobs (submitterActions in facts/roles.ts)", holds: submitsOnly },
      assignableScopes: {
        needs: "its own resource group alone",
        holds: (scopes) => Array.isArray(scopes) && scopes.length === 1 && scopes[0] === valueAt(resource, "scope"),
      },
    });
  },
};

function submitsOnly(permissions: unknown): boolean {
  if (!Array.isArray(permissions)) return false;
  return (permissions as { actions?: unknown; dataActions?: unknown }[]).every(
    ({ actions = [], dataActions = [] }) =>
      Array.isArray(actions) &&
      actions.every((action) => allowed.has(String(action).toLowerCase())) &&
      Array.isArray(dataActions) &&
      dataActions.length === 0,
  );
}
