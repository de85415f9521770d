import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";

export interface TamperAlertsArgs {
  /** Who hears of it; at least 1 address. */
  readonly emails: readonly string[];
  /** Ids of the resource groups that are watched over. */
  readonly watched: readonly pulumi.Input<string>[];
  readonly names: {
    /** The group in which the alerts are kept. */
    readonly group: pulumi.Input<string>;
    /** What their names end in. */
    readonly place: string;
  };
  readonly tags: Readonly<Record<string, string>>;
}

/** What is done behind the program's back, and how its activity log calls it. */
const tampering = [
  { key: "role-granted", operation: "Microsoft.Authorization/roleAssignments/write", what: "A role was assigned" },
  { key: "role-revoked", operation: "Microsoft.Authorization/roleAssignments/delete", what: "A role was taken away" },
  { key: "policy-removed", operation: "Microsoft.Authorization/policyAssignments/delete", what: "A policy was lifted" },
  { key: "policy-changed", operation: "Microsoft.Authorization/policyAssignments/write", what: "A policy was changed" },
  {
    key: "policy-exempted",
    operation: "Microsoft.Authorization/policyExemptions/write",
    what: "Something was exempted from a policy",
  },
  { key: "lock-removed", operation: "Microsoft.Authorization/locks/delete", what: "A lock was lifted" },
  { key: "logs-stopped", operation: "Microsoft.Insights/diagnosticSettings/delete", what: "Logs were switched off" },
  {
    key: "identity-trusts",
    operation: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
    what: "Somebody outside was let become a cluster's or the workspace's identity",
  },
] as const;

/** Mail about what somebody does in the groups behind the program's back. */
export function alertOnTampering(
  name: string,
  { emails, watched, names, tags }: TamperAlertsArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const place = { resourceGroupName: names.group, location: "Global", tags };
  const people = new monitor.ActionGroup(
    `${name}-people`,
    {
      ...place,
      actionGroupName: `ag-${names.place}`,
      // At most 12 characters; mail is signed with it.
      groupShortName: "fed-mlops",
      enabled: true,
      emailReceivers: emails.map((address) => ({ name: address, emailAddress: address, useCommonAlertSchema: true })),
    },
    opts,
  );
  for (const { key, operation, what } of tampering) {
    new monitor.ActivityLogAlert(
      `${name}-${key}`,
      {
        ...place,
        activityLogAlertName: `alert-${names.place}-${key}`,
        description: `${what} in ${names.place}, or somebody tried. Expected during a deployment only.`,
        enabled: true,
        // Everything in the groups; what happens to the subscription above them is not seen from here.
        scopes: [...watched],
        // Nothing about the outcome: an attempt that failed is worth a mail too.
        condition: {
          allOf: [
            { field: "category", equals: "Administrative" },
            { field: "operationName", equals: operation },
          ],
        },
        actions: { actionGroups: [{ actionGroupId: people.id }] },
      },
      opts,
    );
  }
}
