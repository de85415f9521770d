import type { Platform } from "../gate";
import { AzureDevOpsGate } from "./gate";
import type { ProjectChoice } from "./project";
import { type ExperimentsRepository, findRepository, OwnedRepository } from "./repository";
import type { PoolPlace, RunnerChoice } from "./runners";

export interface AzureDevOpsSettings extends PoolPlace {
  readonly project: ProjectChoice;
  /** What Azure DevOps alone is told of a repository, where this stack owns it. */
  readonly repository: { readonly runner: RunnerChoice | undefined } | undefined;
}

/** Azure DevOps, for repositories of one project. */
export function azureDevOps({ project, repository, ...place }: AzureDevOpsSettings): Platform<ExperimentsRepository> {
  return {
    own: (name, args, opts) => new OwnedRepository(name, { ...args, project, runner: repository?.runner, place }, opts),
    find: (repositoryName) => findRepository(project, repositoryName),
    open: (name, args, opts) => new AzureDevOpsGate(name, args, opts),
    urlOf: ({ url }) => url,
  };
}
