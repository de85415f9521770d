import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";

/** What a resource that keeps logs is. */
export type DiagnosticsKind = "workspace" | "vault" | "registry" | "store";

export interface DiagnosticsTarget {
  readonly kind: DiagnosticsKind;
  /** Resource id; of the storage account itself where the kind is `store`. */
  readonly id: pulumi.Input<string>;
}

/**
 * Sends every log that `target` keeps, and its metrics, to the Log Analytics workspace with the id `logs`. Without a
 * setting Azure keeps none of the logs. How long they stay is the log workspace's `retentionInDays`: a setting's own
 * `retentionPolicy` only ever ruled copies in storage accounts, and Azure has retired it.
 */
export function diagnostics(
  name: string,
  target: DiagnosticsTarget,
  logs: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): monitor.DiagnosticSetting {
  const store = target.kind === "store";
  return new monitor.DiagnosticSetting(
    `${name}-diagnostics`,
    {
      name: "federated-mlops",
      // A storage account itself has no logs: who read or wrote what is its blob service's.
      resourceUri: store ? pulumi.interpolate`${target.id}/blobServices/default` : target.id,
      workspaceId: logs,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
      // A store's metrics count transactions, each of which is in the logs already.
      ...(store ? {} : { metrics: [{ category: "AllMetrics", enabled: true }] }),
    },
    opts,
  );
}
