import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import { type PipelineFile, pipelineName } from "../../facts/azureDevOps";
import { type Group, ordinaryGroups, type People } from "./people";
import type { Project, Repository } from "./project";

/** A pipeline whose YAML lies in the repository, and which nobody edits but by a reviewed change of that YAML. */
export function pipelineOf(
  name: string,
  { repositoryName, repository, project }: { repositoryName: string; repository: Repository; project: Project },
  file: PipelineFile,
  parent: pulumi.Resource,
): azuredevops.BuildDefinition {
  return new azuredevops.BuildDefinition(
    name,
    {
      projectId: project.id,
      name: pipelineName(repositoryName, file),
      repository: { repoType: "TfsGit", repoId: repository.id, branchName: "refs/heads/main", ymlPath: file.file },
      ciTrigger: { useYaml: true },
      jobAuthorizationScope: "project",
      features: [{ skipFirstRun: true }],
    },
    { parent },
  );
}

/** Azure DevOps counts pipelines, and Pulumi has every id as text. */
export function numberOf(definition: azuredevops.BuildDefinition | undefined): pulumi.Output<number> {
  if (definition === undefined) throw new Error("There is no such pipeline.");
  return definition.id.apply(Number);
}

export interface PipelineGuardsArgs {
  readonly project: Project;
  readonly people: People;
  /** As whom pipelines run. */
  readonly jobs: Group;
  /** Whether its jobs may tag their runs and keep them. */
  readonly remembering: boolean;
  /**
   * Who starts it by hand, besides the project's administrators: `writers`, `deployReviewers`, or `nobody`. Whoever starts a
   * run names its commit apart from its branch, so that whatever looks at the branch alone says nothing of the commit.
   */
  readonly startedBy: "writers" | "deployReviewers" | "nobody";
}

/** Who may not change the pipeline, and who may start it as it stands. */
export function pipelineGuards(
  name: string,
  definition: azuredevops.BuildDefinition,
  { project, people, jobs, remembering, startedBy }: PipelineGuardsArgs,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const on = { projectId: project.id, buildDefinitionId: definition.id };
  const closed = startedBy === "writers" ? {} : notToStart;
  return [
    ...ordinaryGroups(project, parent).map(
      ({ suffix, descriptor: principal }) =>
        new azuredevops.BuildDefinitionPermissions(
          `${name}-${suffix}`,
          {
            ...on,
            principal,
            permissions: { ...notToEdit, ...notToForget, ...closed },
          },
          { parent },
        ),
    ),
    new azuredevops.BuildDefinitionPermissions(
      `${name}-writers`,
      {
        ...on,
        principal: people.writers.descriptor,
        permissions: { ...toSee, ...notToEdit, ...notToForget, ...writersStart[startedBy] },
      },
      { parent },
    ),
    ...(startedBy === "deployReviewers"
      ? people.deployReviewers.map(
          ({ descriptor }, index) =>
            new azuredevops.BuildDefinitionPermissions(
              `${name}-starters${index === 0 ? "" : index + 1}`,
              { ...on, principal: descriptor, permissions: { ...toSee, ...toStart } },
              { parent },
            ),
        )
      : []),
    new azuredevops.BuildDefinitionPermissions(
      `${name}-jobs`,
      {
        ...on,
        principal: jobs.descriptor,
        // Whoever has a job start another one is not who started it: they could approve it.
        permissions: { ...notToEdit, ...notToForget, ...notToStart, ...(remembering ? toRemember : {}) },
      },
      { parent },
    ),
  ];
}

const toSee = { ViewBuilds: "Allow", ViewBuildDefinition: "Allow" };

const toStart = { QueueBuilds: "Allow", StopBuilds: "Allow" };

const notToStart = { QueueBuilds: "Deny" };

// Reviewers of deployments may be writers too: what is denied to these would be denied to them.
const writersStart = { writers: toStart, deployReviewers: {}, nobody: notToStart };

const notToEdit = {
  EditBuildDefinition: "Deny",
  DeleteBuildDefinition: "Deny",
  AdministerBuildPermissions: "Deny",
  OverrideBuildCheckInValidation: "Deny",
  // Variables and the like at the start of a run.
  EditPipelineQueueConfigurationPermission: "Deny",
};

/** A run's tags say what it submitted. */
const notToForget = {
  DeleteBuilds: "Deny",
  DestroyBuilds: "Deny",
  EditBuildQuality: "Deny",
  UpdateBuildInformation: "Deny",
};

/** Tags the runs, and keeps them. */
const toRemember = {
  ViewBuilds: "Allow",
  ViewBuildDefinition: "Allow",
  EditBuildQuality: "Allow",
  UpdateBuildInformation: "Allow",
  RetainIndefinitely: "Allow",
};
