import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";

/** What a resource that keeps logs is. */
export type DiagnosticsKind = "workspace" | "vault" | "registry" | "store" | "files";

/** Services of a storage account, each with logs of its own; the account itself has none. */
const services: Partial<Record<DiagnosticsKind, string>> = { store: "blobServices", files: "fileServices" };

export interface DiagnosticsTarget {
  readonly kind: DiagnosticsKind;
  /** Resource id; of the storage account itself where the kind is `store` or `files`. */
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
  const service = services[target.kind];
  return new monitor.DiagnosticSetting(
    `${name}-diagnostics`,
    {
      name: "federated-mlops",
      resourceUri: service === undefined ? target.id : pulumi.interpolate`${target.id}/${service}/default`,
      workspaceId: logs,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
      // A store's metrics count transactions, each of which is in the logs already.
      ...(service !== undefined ? {} : { metrics: [{ category: "AllMetrics", enabled: true }] }),
    },
    opts,
  );
}
