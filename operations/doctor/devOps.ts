/** What more than one check asks of Azure DevOps. */
import type { AzureDevOps, Clouds } from "../../clients/clouds";
import type { AzureDevOpsGateConfig } from "../../config/gate";
import type { Subject } from "./subject";

export const version = "api-version=7.1";

export interface ShownProject {
  readonly id: string;
  readonly name: string;
  readonly visibility: string;
  readonly description?: string;
}

/** The organisation of the stack's gate; undefined where the gate is on another platform. */
export function devOpsOf(
  { gate }: Subject,
  { azureDevOps }: Clouds,
): (AzureDevOps & { readonly gate: AzureDevOpsGateConfig; readonly projectName: string }) | undefined {
  if (gate.platform !== "azureDevOps") return undefined;
  const projectName = "create" in gate.project ? gate.project.create : gate.project.join;
  return { ...azureDevOps(gate.organisation), gate, projectName };
}

export function projectIn({ organisation }: AzureDevOps, name: string): Promise<ShownProject | "missing"> {
  return organisation.get<ShownProject>(`/_apis/projects/${encodeURIComponent(name)}?${version}`);
}

/** Lets the deployer in, in words: Azure DevOps has no command for it. */
export const letIn = ({ organisation }: AzureDevOpsGateConfig) =>
  `${organisation}/_settings/users: add the deployer with the access level Basic; or export AZDO_PERSONAL_ACCESS_TOKEN`;
