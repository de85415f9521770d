/** Locks, policies, logs, alerts and budgets: rows of the table in azure.ts. */
import { type Behaviour, behaviour } from "../behaviour";
import { scopeMissing } from "./access";
import { arm, defaults, described, groupMissing, inGroup, misnamed, standsAlready, type } from "./arm";
import {
  actionGroup,
  type ActionGroupInputs,
  alertedGroupMissing,
  alertElsewhere,
  type AlertInputs,
  alertWithoutCategory,
  type BudgetInputs,
  budgetStartInvalid,
  budgetStartMoved,
  budgetTellsNobody,
  categoryUnknown,
  definitionUnlike,
  diagnosedMissing,
  type DiagnosticInputs,
  diagnosticSetting,
  lock,
  type LockInputs,
  logWorkspaceMissing,
  policyAssignment,
  type PolicyInputs,
  shortNameTooLong,
  sinkUsedTwice,
} from "./guardrails";
import { placedIn } from "./network";

const insightsName = /^[^*#&+:<>?@%{}\\/]{1,260}$/;

/** Besides `global`, for data that must not leave a region. Versions of AVM res/insights, from memory. */
const actionGroupElsewhere = placedIn(
  "global",
  "swedencentral",
  "germanywestcentral",
  "northcentralus",
  "southcentralus",
);
const alertPlacedElsewhere = placedIn("global", "westeurope", "northeurope");

export const guardrailTypes: Readonly<Record<string, Behaviour>> = {
  [diagnosticSetting]: behaviour<DiagnosticInputs>({
    requires: ["resourceUri"],
    id: ({ resourceUri, name }) => `${resourceUri}/providers/Microsoft.Insights/diagnosticSettings/${name}`,
    replaces: ["resourceUri", "name"],
    outputs: { type: () => "Microsoft.Insights/diagnosticSettings" },
    refuses: [
      standsAlready,
      misnamed("name", /^[^*<>%&:\\?+/]{1,260}$/),
      diagnosedMissing,
      logWorkspaceMissing,
      categoryUnknown,
      sinkUsedTwice,
    ],
  }),

  [actionGroup]: behaviour<ActionGroupInputs>({
    requires: ["enabled", "groupShortName", "resourceGroupName"],
    id: inGroup("Microsoft.Insights/actionGroups", "actionGroupName"),
    defaults,
    replaces: [...arm("actionGroupName"), "location"],
    outputs: described("Microsoft.Insights/actionGroups", "actionGroupName"),
    refuses: [
      standsAlready,
      misnamed("actionGroupName", insightsName),
      groupMissing,
      actionGroupElsewhere,
      shortNameTooLong,
    ],
  }),

  [type("monitor:ActivityLogAlert")]: behaviour<AlertInputs>({
    requires: ["actions", "condition", "resourceGroupName", "scopes"],
    id: inGroup("Microsoft.Insights/activityLogAlerts", "activityLogAlertName"),
    defaults,
    replaces: [...arm("activityLogAlertName"), "location"],
    fills: { enabled: true },
    outputs: described("Microsoft.Insights/activityLogAlerts", "activityLogAlertName"),
    refuses: [
      standsAlready,
      misnamed("activityLogAlertName", insightsName),
      groupMissing,
      alertPlacedElsewhere,
      alertedGroupMissing,
      alertWithoutCategory,
      alertElsewhere,
    ],
  }),

  [policyAssignment]: behaviour<PolicyInputs>({
    requires: ["scope"],
    id: ({ scope, policyAssignmentName }) =>
      `${scope}/providers/Microsoft.Authorization/policyAssignments/${policyAssignmentName}`,
    defaults,
    replaces: ["scope", "policyAssignmentName", "location"],
    fills: { enforcementMode: "Default" },
    outputs: described("Microsoft.Authorization/policyAssignments", "policyAssignmentName"),
    refuses: [
      standsAlready,
      misnamed("policyAssignmentName", /^[^<>%&:\\?/]{0,63}[^<>%&:\\?/. ]$/),
      scopeMissing,
      definitionUnlike,
    ],
  }),

  [lock]: behaviour<LockInputs>({
    requires: ["level", "scope"],
    id: ({ scope, lockName }) => `${scope}/providers/Microsoft.Authorization/locks/${lockName}`,
    replaces: ["scope", "lockName"],
    outputs: described("Microsoft.Authorization/locks", "lockName"),
    refuses: [standsAlready, misnamed("lockName", /^[\w().-]{0,89}[\w()-]$/), scopeMissing],
  }),

  [type("consumption:Budget")]: behaviour<BudgetInputs>({
    requires: ["amount", "category", "scope", "timeGrain", "timePeriod"],
    id: ({ scope, budgetName }) => `${scope}/providers/Microsoft.Consumption/budgets/${budgetName}`,
    replaces: ["scope", "budgetName"],
    outputs: described("Microsoft.Consumption/budgets", "budgetName"),
    refuses: [
      standsAlready,
      misnamed("budgetName", /^[a-zA-Z0-9_-]{1,63}$/),
      scopeMissing,
      budgetStartInvalid,
      budgetStartMoved,
      budgetTellsNobody,
    ],
  }),
};
