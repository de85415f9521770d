/** Names by which this program, the experiments' pipelines and Azure DevOps find each other, and what Azure DevOps fixes. */

/** A pipeline of a repository: what its own name ends in, and its YAML at the root. */
export interface PipelineFile {
  readonly pipeline: string;
  readonly file: string;
}

/** Submits to production what was merged. Its YAML extends the template. */
export const submission: PipelineFile = { pipeline: "submit", file: "azure-pipelines.yml" };

/** The lanes of this repository, its checks among them. */
export const lanes: PipelineFile = { pipeline: "lanes", file: "azure-pipelines.yml" };

/** Runs in dev what a pull request changes. */
export const devRun: PipelineFile = checkPipeline("dev-run");

/** The pipeline that a check of this name is. */
export function checkPipeline(check: string): PipelineFile {
  return { pipeline: check, file: `${check}.yml` };
}

/** What the pipeline of `repository` is called in its project. */
export function pipelineName(repository: string, { pipeline }: PipelineFile): string {
  return `${repository}-${pipeline}`;
}

/** The branch of the templates that counts. */
export const templateRef = "refs/heads/main";

/** The template that the submission must extend, in the repository of the templates. */
export const template = "submit.yml";

/** The repository that holds the template: beside the experiments, so that no change of those changes it too. */
export function templatesRepository(experiments: string): string {
  return `${experiments}-pipelines`;
}

/** By which a project that this program made is known. */
export const projectDescription = "Federated learning experiments. Managed by federated-mlops.";

/** The service connection, and the variable group, of one environment. */
export function nameFor(environment: string): string {
  return `federated-mlops-${environment}`;
}

/** Azure DevOps, to Entra. https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/service-principal-managed-identity */
export const azureDevOpsResource = "499b84ac-1321-427f-aa17-267ca6975798";

/** Whom a subnet is given to, by delegation, in which machines of a Managed DevOps Pool start; its resource type too. */
export const poolService = "Microsoft.DevOpsInfrastructure/pools";

/** A subnet's delegation, as Azure Resource Manager shows it. */
export interface Delegation {
  readonly properties?: { readonly serviceName?: string };
}

/** Whether the subnet with these delegations is given to pools. */
export function servesPools(delegations: readonly Delegation[]): boolean {
  return delegations.some(({ properties }) => properties?.serviceName?.toLowerCase() === poolService.toLowerCase());
}

/** The name of the organisation at this address. */
export function organisationAt(url: string): string {
  return url.split("/").at(-1) ?? "";
}
