import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import { type PipelineFile, pipelineName } from "../../facts/azureDevOps";
import { builtIn, type Group, type People } from "./people";
import type { Project } from "./project";

/** A pipeline whose YAML lies in the repository, and which nobody edits but by a reviewed change of that YAML. */
export function pipelineOf(
  name: string,
  { repositoryName, repository, project }: { repositoryName: string; repository: azuredevops.Git; project: Project },
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

/**
 * Who may not change the pipeline, and that writers may start it as it stands. With `remembering` its jobs may tag their
 * runs and keep them.
 */
export function pipelineGuards(
  name: string,
  definition: azuredevops.BuildDefinition,
  { project, people, jobs, remembering }: { project: Project; people: People; jobs: Group; remembering: boolean },
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const on = { projectId: project.id, buildDefinitionId: definition.id };
  return [
    ...["Contributors", "Build Administrators"].map(
      (group) =>
        new azuredevops.BuildDefinitionPermissions(
          `${name}-${group.toLowerCase().replace(" ", "-")}`,
          { ...on, principal: builtIn(group, project, parent), permissions: { ...notToEdit, ...notToForget } },
          { parent },
        ),
    ),
    new azuredevops.BuildDefinitionPermissions(
      `${name}-writers`,
      { ...on, principal: people.writers.descriptor, permissions: { ...toRun, ...notToEdit, ...notToForget } },
      { parent },
    ),
    new azuredevops.BuildDefinitionPermissions(
      `${name}-jobs`,
      {
        ...on,
        principal: jobs.descriptor,
        permissions: { ...notToEdit, ...notToForget, ...(remembering ? toRemember : {}) },
      },
      { parent },
    ),
  ];
}

const toRun = { ViewBuilds: "Allow", ViewBuildDefinition: "Allow", QueueBuilds: "Allow", StopBuilds: "Allow" };

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
