/** What Azure DevOps tells before anything is registered. */
import type { AzureDevOpsGateConfig } from "../config/gate";
import type { Standing } from "./standing";

export type OnAzureDevOps = AzureDevOpsGateConfig & { readonly stack: string };

export function onAzureDevOps(_gate: OnAzureDevOps): Promise<Standing> {
  return Promise.resolve({ archived: undefined, takenOver: false, problems: [] });
}
