/** Where in Azure DevOps the gate is, and what more than one check asks there. */
import type { AzureDevOps, Clouds } from "../../../clients/clouds";
import type { AzureDevOpsGateConfig } from "../../../config/gate";
import type { Subject } from "../subject";

export const version = "api-version=7.1";

export interface Place extends AzureDevOps {
  readonly gate: AzureDevOpsGateConfig;
  /** Of the project that is made or joined. */
  readonly projectName: string;
}

/** Undefined where the gate is on another platform. */
export function placeOf({ gate }: Subject, { azureDevOps }: Clouds): Place | undefined {
  if (gate.platform !== "azureDevOps") return undefined;
  const projectName = "create" in gate.project ? gate.project.create : gate.project.join;
  return { ...azureDevOps(gate.organisation), gate, projectName };
}

export interface ShownProject {
  readonly id: string;
  readonly name: string;
  readonly visibility: string;
  readonly description?: string;
}

export function projectIn({ organisation }: Place, name: string): Promise<ShownProject | "missing"> {
  return organisation.get<ShownProject>(`/_apis/projects/${encodeURIComponent(name)}?${version}`);
}

/** Lets the deployer in, in words: Azure DevOps has no command for it. */
export function letIn({ gate }: Subject): string {
  if (gate.platform !== "azureDevOps") return "";
  return `${gate.organisation}/_settings/users: add the deployer with the access level Basic; or export AZDO_PERSONAL_ACCESS_TOKEN`;
}
