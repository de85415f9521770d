/** Who has which right, as Azure Resource Manager lists it. https://learn.microsoft.com/rest/api/authorization */
import { guidOf, LocalCloud } from "../../localCloud";
import type { Row, Store } from "../../store";
import type { Answer, Bag, Route } from "../behaviour";
import { builtInRoles } from "../roles";
import { principals } from "./access";
import { assignment, covers, identity, same, storageAccount } from "./arm";
import { armBody, armError } from "./rest";
import { definitionBodies } from "./roleDefinitions";

const answered = (value: unknown): Answer => ({ status: 200, body: { value } });
const inSubscription = (subscription: string) => `/subscriptions/${subscription}`;
const live = (store: Store, type: string, subscription: string) =>
  store.rows(type).filter(({ state, id }) => state === "live" && covers(inSubscription(subscription), id));

export const accessRoutes: readonly Route[] = [
  {
    // https://learn.microsoft.com/rest/api/resources/subscriptions/list
    path: "/subscriptions",
    answer: (_names, { organisation: { subscriptions, tenantId } }) =>
      answered(
        subscriptions.map((subscriptionId) => ({
          id: inSubscription(subscriptionId),
          ...{ subscriptionId, tenantId, displayName: subscriptionId, state: "Enabled" },
        })),
      ),
  },
  {
    // Without a filter: those above the scope, at it and below it.
    path: "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleAssignments",
    answer: ({ subscription = "" }, store) => answered(assignmentsIn(subscription, store)),
  },
  {
    path: "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances",
    answer: ({ subscription = "" }, store) => answered(heldIn(subscription, store, true)),
  },
  {
    path: "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions",
    answer: ({ subscription = "" }, store) => answered(definitionBodies(inSubscription(subscription), store)),
  },
  {
    // Retired, and empty ever since.
    path: "/subscriptions/{subscription}/providers/Microsoft.Authorization/classicAdministrators",
    answer: () => answered([]),
  },
  {
    // https://learn.microsoft.com/rest/api/resources/resources/list: what lies directly in a group.
    path: "/subscriptions/{subscription}/resources",
    answer: ({ subscription = "" }, store) =>
      answered(
        store
          .rows()
          .filter(({ state, id }) => state === "live" && covers(inSubscription(subscription), id))
          .filter(({ id }) => id.split("/").length === 9)
          .map((row) => {
            const { properties: _properties, ...body } = armBody(row);
            return body;
          }),
      ),
  },
  {
    path: "/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/workspaces",
    answer: ({ subscription = "" }, store) =>
      answered(live(store, "azure-native:machinelearningservices:Workspace", subscription).map(armBody)),
  },
  {
    path: "/subscriptions/{subscription}/providers/Microsoft.Storage/storageAccounts",
    answer: ({ subscription = "" }, store) => answered(live(store, storageAccount, subscription).map(armBody)),
  },
  {
    // https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/get
    path: "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
    answer: ({ subscription = "", group = "", name = "" }, store) => {
      const provider = "Microsoft.ManagedIdentity/userAssignedIdentities";
      const row = store.row(
        `/subscriptions/${subscription}/resourceGroups/${group}/providers/${provider}/${name}`,
        identity,
      );
      if (row?.state !== "live")
        return armError(404, "ResourceNotFound", `The Resource '${provider}/${name}' was not found.`);
      const { principalId, clientId, tenantId } = row.outputs;
      return { status: 200, body: { ...armBody(row), properties: { principalId, clientId, tenantId } } };
    },
  },
];

/** Those that were made, those of the deployer, and those that people hold always. */
function assignmentsIn(subscription: string, store: Store): Bag[] {
  const { managementGroups } = store.organisation;
  const above = ["/", ...managementGroups];
  const made = store
    .rows(assignment)
    .filter(({ state, inputs }) => {
      const scope = String(inputs["scope"]);
      return state === "live" && (covers(inSubscription(subscription), scope) || above.some((one) => same(one, scope)));
    })
    .map((row) => madeBody(row));
  return [...made, ...heldIn(subscription, store, false)];
}

function madeBody({ id, inputs }: Row): Bag {
  const { roleDefinitionId, principalId, principalType, scope, condition = null, conditionVersion = null } = inputs;
  return {
    ...{ id, name: id.split("/").at(-1), type: "Microsoft.Authorization/roleAssignments" },
    properties: { roleDefinitionId, principalId, principalType, scope, condition, conditionVersion },
  };
}

function heldIn(subscription: string, store: Store, eligible: boolean): Bag[] {
  const { deployer, rights, managementGroups } = store.organisation;
  const brought = eligible ? [] : deployer.roles.map((one) => ({ ...one, principal: deployer.objectId }));
  const own = rights.filter((one) => (one.eligible ?? false) === eligible);
  const kinds = new Map(principals(new LocalCloud(store)).map(({ objectId, kind }) => [objectId, kind]));
  return [...brought, ...own]
    .filter(({ scope }) => covers(inSubscription(subscription), scope) || ["/", ...managementGroups].includes(scope))
    .map(({ principal, role, scope }) => {
      const name = guidOf(`${principal} ${role} ${scope}`);
      const type = `Microsoft.Authorization/${eligible ? "roleEligibilityScheduleInstances" : "roleAssignments"}`;
      return {
        id: `${scope === "/" ? "" : scope}/providers/${type}/${name}`,
        ...{ name, type },
        properties: {
          roleDefinitionId: `${inSubscription(subscription)}/providers/Microsoft.Authorization/roleDefinitions/${builtInRoles[role]}`,
          ...{ principalId: principal, principalType: kinds.get(principal), scope, condition: null },
        },
      };
    });
}
