/** Locks, policies, logs, alerts and budgets. Where no source stands beside a text, it is from memory. */
import type { Bag, Behaviour, Refusal } from "../behaviour";
import { type Child, compute, covers, error, last, registry, same, storageAccount, type, vault } from "./arm";
import { connectionsOf, type EndpointInputs, passedOn } from "./network";

export const lock = type("authorization:ManagementLockByScope");
export const policyAssignment = type("authorization:PolicyAssignment");
export const diagnosticSetting = type("monitor:DiagnosticSetting");
export const actionGroup = type("monitor:ActionGroup");

export type LockInputs = { scope: string; lockName: string; level: string };

/**
 * The provider cannot delete these and sends their defaults instead, which no lock is against:
 * `Singleton` in pulumi-azure-native, provider/pkg/gen.
 */
const resetRatherThanDeleted: readonly string[] = [type("storage:BlobServiceProperties")];

const lockedSentence = (id: string, verb: "delete" | "write", scope: string) =>
  `The scope '${id}' cannot perform ${verb} operation because following scope(s) are locked: '${scope}'. Please remove the lock and try again.`;

/**
 * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources: a lock holds for everything below
 * its scope, role assignments too (azurerm#11770), and for what would take its scope along. microsoft/AzureTRE#4664
 */
export const scopeLocked: Refusal = ({ operation, type: what, id, cloud }) => {
  const deletes = operation === "delete";
  if (what === lock || (deletes && resetRatherThanDeleted.includes(what))) return undefined;
  const held = cloud
    .all(lock)
    .map(({ inputs }) => inputs as LockInputs)
    .find(
      ({ scope, level }) => (deletes || level === "ReadOnly") && (covers(scope, id) || (deletes && covers(id, scope))),
    );
  return held === undefined
    ? undefined
    : error("ScopeLocked", lockedSentence(id, deletes ? "delete" : "write", held.scope));
};

/** hashicorp/terraform-provider-azurerm#17478: the connection that goes with an endpoint lies below the endpoint's target. */
export const targetLocked: Refusal<EndpointInputs> = ({ operation, next, id, cloud }) => {
  if (operation !== "delete") return undefined;
  const locks = cloud.all(lock).map(({ inputs }) => inputs as LockInputs);
  for (const { privateLinkServiceId: target = "" } of connectionsOf(next)) {
    const held = locks.find(({ scope }) => covers(scope, target));
    if (held !== undefined) {
      const connection = `${target}/privateEndpointConnectionProxies/${last(id)}`;
      return error("ScopeLocked", passedOn(target, lockedSentence(connection, "delete", held.scope)));
    }
  }
  return undefined;
};

export type PolicyInputs = {
  scope: string;
  policyAssignmentName: string;
  displayName?: string;
  policyDefinitionId?: string;
  parameters?: { effect?: { value?: string } };
  notScopes?: string[];
  enforcementMode?: string;
};

interface Denial {
  readonly type: string;
  readonly name: string;
  readonly denies: (inputs: Bag) => boolean;
}

const propertiesOf = (inputs: Bag) => (inputs["properties"] ?? {}) as Bag;

/** Rules of built-in definitions, by id. https://github.com/Azure/azure-policy/tree/master/built-in-policies/policyDefinitions */
const denials: Readonly<Record<string, Denial>> = {
  "438c38d2-3772-465a-a9cc-7a6666a275ce": {
    type: type("machinelearningservices:Workspace"),
    name: "Azure Machine Learning workspaces should disable public network access",
    denies: ({ publicNetworkAccess }) => publicNetworkAccess !== "Disabled",
  },
  "e96a9a5f-07ca-471b-9bc5-6a0f33cbd68f": {
    type: compute,
    name: "Azure Machine Learning Computes should have local authentication methods disabled",
    denies: (inputs) => {
      const { computeType, disableLocalAuth } = propertiesOf(inputs);
      return ["AmlCompute", "ComputeInstance"].includes(String(computeType)) && disableLocalAuth !== true;
    },
  },
  "8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54": {
    type: storageAccount,
    name: "Storage accounts should prevent shared key access",
    // Version 1.0.0 lets silence pass; that 2.0.0 does not is from memory.
    denies: ({ allowSharedKeyAccess }) => allowSharedKeyAccess !== false,
  },
  "4fa4b6c0-31ca-4c0d-b10d-24b96f62a751": {
    type: storageAccount,
    name: "Storage account public access should be disallowed",
    denies: ({ allowBlobPublicAccess }) => allowBlobPublicAccess !== false,
  },
  "b2982f36-99f2-4db5-8eff-283140c09693": {
    type: storageAccount,
    name: "Storage accounts should disable public network access",
    denies: ({ publicNetworkAccess }) => publicNetworkAccess !== "Disabled",
  },
  "dc921057-6b28-4fbe-9b83-f7bec05db6c2": {
    type: registry,
    name: "Container registries should have local admin account disabled",
    denies: ({ adminUserEnabled }) => adminUserEnabled === true,
  },
  "12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5": {
    type: vault,
    name: "Azure Key Vault should use RBAC permission model",
    denies: (inputs) => {
      const { createMode, enableRbacAuthorization } = propertiesOf(inputs);
      return createMode !== "recover" && enableRbacAuthorization !== true;
    },
  },
};

/** Text: https://github.com/Azure/Azure-Landing-Zones/issues/2954 */
export const disallowedByPolicy: Refusal = ({ operation, type: what, id, next, cloud }) => {
  const rules = Object.entries(denials).filter(([, rule]) => rule.type === what);
  if (operation === "delete" || !rules.some(([, { denies }]) => denies(next))) return undefined;
  for (const row of cloud.all(policyAssignment)) {
    const { scope, displayName, policyDefinitionId = "", notScopes = [], ...rest } = row.inputs as PolicyInputs;
    const rule = denials[last(policyDefinitionId).toLowerCase()];
    if (
      rule?.type === what &&
      rule.denies(next) &&
      same(rest.parameters?.effect?.value, "Deny") &&
      rest.enforcementMode !== "DoNotEnforce" &&
      covers(scope, id) &&
      !notScopes.some((exempt) => covers(exempt, id))
    ) {
      const identifiers = {
        policyAssignment: { name: displayName ?? rest.policyAssignmentName, id: row.id },
        policyDefinition: { name: rule.name, id: policyDefinitionId },
      };
      return error(
        "RequestDisallowedByPolicy",
        `Resource '${last(id)}' was disallowed by policy. Policy identifiers: '${JSON.stringify([identifiers])}'.`,
      );
    }
  }
  return undefined;
};

/** A table with what Resource Manager itself refuses, whatever the type. */
export const guarded = (behaviours: Readonly<Record<string, Behaviour>>): Record<string, Behaviour> =>
  Object.fromEntries(
    Object.entries(behaviours).map(([what, behaviour]) => [
      what,
      { ...behaviour, refuses: [...(behaviour.refuses ?? []), scopeLocked, disallowedByPolicy] },
    ]),
  );

/** Which definitions there are is not known here; what their ids look like is. */
export const definitionUnlike: Refusal<PolicyInputs> = ({ operation, next }) =>
  operation !== "delete" &&
  !/^(\/.+)?\/providers\/Microsoft\.Authorization\/policy(Set)?Definitions\/[^/]+$/i.test(next.policyDefinitionId ?? "")
    ? error(
        "InvalidCreatePolicyAssignmentRequest",
        `The policy definition id '${next.policyDefinitionId}' in the policy assignment '${next.policyAssignmentName}' is not valid.`,
      )
    : undefined;

type Logged = { category?: string; categoryGroup?: string; enabled?: boolean };
export type DiagnosticInputs = {
  name: string;
  resourceUri: string;
  workspaceId?: string;
  logs?: Logged[];
  metrics?: Logged[];
};

/** A store's services are there without being declared. */
const serviceOfAccount =
  /^(.+\/Microsoft\.Storage\/storageAccounts\/[^/]+)\/(blob|file|queue|table)Services\/default$/i;

export const diagnosedMissing: Refusal<DiagnosticInputs> = ({ operation, next: { resourceUri }, cloud }) =>
  operation !== "delete" &&
  resourceUri.split("/").length > 3 &&
  cloud.find(serviceOfAccount.exec(resourceUri)?.[1] ?? resourceUri) === undefined
    ? error("ResourceNotFound", `The Resource '${resourceUri}' was not found.`)
    : undefined;

export const logWorkspaceMissing: Refusal<DiagnosticInputs> = ({ operation, next: { workspaceId }, cloud }) =>
  operation !== "delete" &&
  workspaceId !== undefined &&
  cloud.find(workspaceId, type("operationalinsights:Workspace")) === undefined
    ? error("BadRequest", `The Log Analytics workspace '${workspaceId}' was not found.`)
    : undefined;

/** https://learn.microsoft.com/azure/azure-monitor/reference/tables-index: an account itself has metrics only, its services the logs. */
export const categoryUnknown: Refusal<DiagnosticInputs> = ({ operation, next: { resourceUri, logs = [] }, cloud }) => {
  const groups = cloud.find(resourceUri)?.type === storageAccount ? [] : ["allLogs", "audit"];
  const unknown = logs.find(({ categoryGroup }) => categoryGroup !== undefined && !groups.includes(categoryGroup));
  return operation === "delete" || unknown === undefined
    ? undefined
    : error("BadRequest", `Category group '${unknown.categoryGroup}' is not supported.`);
};

const categoriesOf = ({ logs = [], metrics = [] }: DiagnosticInputs) =>
  [...logs, ...metrics].filter(({ enabled }) => enabled === true).map((one) => one.categoryGroup ?? one.category);

/** Azure/terraform-azurerm-avm-ptn-aiml-landing-zone#19 */
export const sinkUsedTwice: Refusal<DiagnosticInputs> = ({ operation, next, id, cloud }) => {
  if (operation === "delete" || next.workspaceId === undefined) return undefined;
  for (const row of cloud.below(diagnosticSetting, next.resourceUri)) {
    const other = row.inputs as DiagnosticInputs;
    if (same(row.id, id) || !same(other.resourceUri, next.resourceUri) || !same(other.workspaceId, next.workspaceId))
      continue;
    const shared = categoriesOf(next).find((category) => categoriesOf(other).includes(category));
    if (shared !== undefined) {
      return error(
        "Conflict",
        `Data sink '${next.workspaceId}' is already used in diagnostic setting '${other.name}' for category '${shared}'. Data sinks can't be reused in different settings on the same category for the same resource.`,
      );
    }
  }
  return undefined;
};

export type ActionGroupInputs = Child<"actionGroupName"> & { groupShortName: string };

/** https://learn.microsoft.com/rest/api/monitor/action-groups/create-or-update */
export const shortNameTooLong: Refusal<ActionGroupInputs> = ({ operation, next }) =>
  operation !== "delete" && (next.groupShortName.length === 0 || next.groupShortName.length > 12)
    ? error("GroupShortNameInvalid", `The groupShortName '${next.groupShortName}' must have from 1 to 12 characters.`)
    : undefined;

export type AlertInputs = Child<"activityLogAlertName"> & {
  scopes: string[];
  condition: { allOf?: { field?: string; anyOf?: unknown[] }[] };
  actions?: { actionGroups?: { actionGroupId?: string }[] };
};

export const alertedGroupMissing: Refusal<AlertInputs> = ({ operation, next, cloud }) => {
  const missing = (next.actions?.actionGroups ?? []).find(
    ({ actionGroupId = "" }) => cloud.find(actionGroupId, actionGroup) === undefined,
  );
  return operation === "delete" || missing === undefined
    ? undefined
    : error("ActionGroupNotFound", `The action group '${missing.actionGroupId}' was not found.`);
};

/** https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule */
export const alertWithoutCategory: Refusal<AlertInputs> = ({ operation, next }) =>
  operation !== "delete" && !(next.condition.allOf ?? []).some(({ field }) => field === "category")
    ? error("BadRequest", "The alert rule's condition must contain the field 'category'.")
    : undefined;

/** https://learn.microsoft.com/rest/api/monitor/activity-log-alerts/create-or-update: all within the rule's own subscription. */
export const alertElsewhere: Refusal<AlertInputs> = ({ operation, next, cloud }) => {
  const home = `/subscriptions/${cloud.config["subscriptionId"]}`;
  const away = next.scopes.find((scope) => !covers(home, scope));
  return operation !== "delete" && (away !== undefined || next.scopes.length === 0)
    ? error("BadRequest", `The scope '${away ?? ""}' is not in the subscription of the alert rule.`)
    : undefined;
};

export type BudgetInputs = {
  scope: string;
  budgetName: string;
  timePeriod: { startDate: string };
  notifications?: Record<string, { contactEmails?: string[]; contactGroups?: string[] }>;
};

const day = ({ timePeriod }: BudgetInputs) => timePeriod.startDate.slice(0, 10);

/**
 * https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update. Azure also refuses a start before the current
 * month; a local cloud that did would stop working when the month ends.
 */
export const budgetStartInvalid: Refusal<BudgetInputs> = ({ operation, next }) =>
  operation !== "delete" && (!/^\d{4}-\d\d-01$/.test(day(next)) || day(next) < "2017-06-01")
    ? error("400", "Start date must be the first of a month and on or after June 1, 2017.")
    : undefined;

/** Azure/CanadaPubSecALZ#317 */
export const budgetStartMoved: Refusal<BudgetInputs> = ({ operation, next, now }) =>
  operation !== "delete" && now !== undefined && day(now.inputs as BudgetInputs) !== day(next)
    ? error("400", "Start date of budgets cannot be updated. Please delete and create a new budget.")
    : undefined;

/** https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update#notification */
export const budgetTellsNobody: Refusal<BudgetInputs> = ({ operation, next }) => {
  const silent = Object.entries(next.notifications ?? {}).find(
    ([, { contactEmails, contactGroups = [] }]) =>
      contactEmails === undefined || contactEmails.length + contactGroups.length === 0,
  );
  return operation === "delete" || silent === undefined
    ? undefined
    : error("400", `Notification '${silent[0]}' must have at least one contact email or contact group.`);
};
