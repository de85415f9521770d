import * as authorization from "@pulumi/azure-native/authorization";
import * as consumption from "@pulumi/azure-native/consumption";
import * as pulumi from "@pulumi/pulumi";

import { type Enforcement, policiesFor, policyDefinitionId } from "../facts/policies";
import type { Ingress } from "./network";
import { alertOnTampering } from "./tamperAlerts";

/** Who hears of tampering and of costs. */
export interface AlertsArgs {
  /** Addresses; at least 1. */
  readonly emails: readonly string[];
  /** Most that the environment should cost in a month, in the subscription's currency; without it, nobody watches. */
  readonly monthlyBudget?: number | undefined;
  /**
   * First month that the budget counts, `2026-12`. From the configuration, since one computed from now would be another
   * one at some preview. A change replaces the budget.
   */
  readonly budgetFrom: string;
}

/** A resource group that is watched over. */
export interface GuardedGroup {
  /** Its word in the names of what is made for it; stable. */
  readonly key: "group" | "silos-group";
  /** Resource id. */
  readonly id: pulumi.Input<string>;
}

export interface GuardrailsArgs {
  /** The environment's resource groups, its own first: alerts and the budget are kept there. */
  readonly groups: readonly [GuardedGroup, ...GuardedGroup[]];
  /** Whether policies refuse what breaks them (production) or list it (development). */
  readonly enforce: Enforcement;
  readonly ingress: Ingress;
  /** Whether `locked` is locked against deletion: production only, development is cheap to destroy. */
  readonly lock: boolean;
  /**
   * Ids of silos' stores, the vault and the log workspace, by words that stay. Never a resource group or the workspace:
   * Azure deletes no role assignment at or below a lock, so a reader could not be revoked, and no node of a cluster that
   * shrinks. For the same reason not the default store, on which readers have rights, nor the orchestrator's, on which
   * a silo has some until it leaves. Where a resource can leave by itself, as a silo's store does, its id should come
   * from an output that also waits for the role assignments on it (`pulumi.all`): the lock is then lifted before they
   * are taken away. `dependsOn` orders that only where everything is destroyed.
   */
  readonly locked: Readonly<Record<string, pulumi.Input<string>>>;
  readonly alerts?: AlertsArgs | undefined;
  readonly names: {
    /** The first group's name. */
    readonly group: pulumi.Input<string>;
    /** What the names of the action group and its alerts end in: `<workload>-<stack>`. */
    readonly place: string;
    readonly budget: string;
  };
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * What holds where this program does not reach: policies that judge whoever makes or changes a resource, locks against
 * deletion, mail about tampering and costs.
 *
 * To be made with `dependsOn` on everything that it guards. A new policy takes minutes to take hold, so that one which
 * was assigned first would judge a first `up` or not by chance; assigned last, it judges every later change, this
 * program's own too. Locks stand only once the role assignments on what they lock do. And a first `up` does not send
 * mail for each of its own role assignments.
 */
export class Guardrails extends pulumi.ComponentResource {
  constructor(name: string, args: GuardrailsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:Guardrails", name, {}, opts);
    const child = { parent: this };

    assignPolicies(name, args, child);
    if (args.lock) lock(name, args.locked, child);
    if (args.alerts !== undefined) {
      alertOnTampering(name, { ...args, emails: args.alerts.emails, watched: args.groups.map(({ id }) => id) }, child);
      watchCosts(name, args.alerts, args, child);
    }

    this.registerOutputs({});
  }
}

function assignPolicies(name: string, args: GuardrailsArgs, opts: pulumi.CustomResourceOptions): void {
  for (const group of args.groups) {
    for (const policy of policiesFor(args)) {
      new authorization.PolicyAssignment(
        `${name}-${group.key}-${policy.key}`,
        {
          policyAssignmentName: policy.key,
          scope: group.id,
          policyDefinitionId: policyDefinitionId(policy),
          displayName: `federated-mlops: ${policy.what}`,
          description: "Managed by federated-mlops: change it there.",
          nonComplianceMessages: [{ message: policy.what }],
          parameters: { effect: { value: policy.effects[args.enforce] } },
          enforcementMode: "Default",
        },
        opts,
      );
    }
  }
}

function lock(name: string, locked: GuardrailsArgs["locked"], opts: pulumi.CustomResourceOptions): void {
  const lockName = "federated-mlops";
  for (const [key, id] of Object.entries(locked)) {
    new authorization.ManagementLockByScope(
      `${name}-${key}-lock`,
      {
        lockName,
        scope: id,
        level: "CanNotDelete",
        // Azure takes 512 characters.
        notes: pulumi.interpolate`Managed by federated-mlops. Roles on this resource cannot be revoked either while it is locked. To lift it: az lock delete --ids ${id}/providers/Microsoft.Authorization/locks/${lockName}. To put it back: pulumi up --refresh.`,
      },
      opts,
    );
  }
}

function watchCosts(
  name: string,
  { emails, monthlyBudget, budgetFrom }: AlertsArgs,
  { groups, names }: GuardrailsArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  if (monthlyBudget === undefined) return;
  const mail = (thresholdType: "Actual" | "Forecasted", threshold: number) => ({
    enabled: true,
    operator: "GreaterThan",
    thresholdType,
    threshold,
    contactEmails: [...emails],
  });
  new consumption.Budget(
    `${name}-budget`,
    {
      budgetName: names.budget,
      // Clusters, wherever they run, are billed to the group of their workspace; silos' stores alone are outside.
      scope: groups[0].id,
      category: "Cost",
      amount: monthlyBudget,
      timeGrain: "Monthly",
      // In the form in which Azure gives it back, or a refresh would see a difference.
      timePeriod: { startDate: `${budgetFrom}-01T00:00:00Z` },
      notifications: { actual80: mail("Actual", 80), forecasted100: mail("Forecasted", 100) },
    },
    // Azure does not move the start of a budget: "Please delete and create a new budget" (Azure/CanadaPubSecALZ#317).
    { ...opts, replaceOnChanges: ["timePeriod.startDate"], deleteBeforeReplace: true },
  );
}
