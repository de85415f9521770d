import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import { projectDescription } from "../../facts/azureDevOps";

/** To be made, or one that exists. */
export type ProjectChoice = { readonly create: string } | { readonly join: string };

/** A repository on which rules are, whoever made it. */
export interface Repository {
  readonly id: pulumi.Input<string>;
}

export interface Project {
  readonly id: pulumi.Output<string>;
  readonly name: string;
}

/** The project that exists under the chosen name. */
export function findProject(choice: ProjectChoice, parent?: pulumi.Resource): Project {
  const name = "create" in choice ? choice.create : choice.join;
  return { name, id: azuredevops.getProjectOutput({ name }, parent === undefined ? {} : { parent }).id };
}

/** The project, private, or the one that exists; and what holds for all its pipelines. */
export function projectWith(
  name: string,
  choice: ProjectChoice,
  protect: boolean,
  parent: pulumi.Resource,
): { project: Project; settings: pulumi.Resource } {
  const project = "create" in choice ? makeProject(name, choice.create, protect, parent) : findProject(choice, parent);
  const settings = new azuredevops.ProjectPipelineSettings(
    `${name}-pipeline-settings`,
    {
      projectId: project.id,
      enforceJobScope: true,
      enforceReferencedRepoScopedToken: true,
      // Queue-time variables would be inputs that nobody reviewed.
      enforceSettableVar: true,
      publishPipelineMetadata: true,
      // Provider 3.15.0 sends the first of these two only together with the second.
      enforceJobScopeForRelease: true,
      statusBadgesArePrivate: true,
    },
    { parent },
  );
  return { project, settings };
}

/** A private project for experiments. */
export function makeProject(name: string, projectName: string, protect: boolean, parent: pulumi.Resource): Project {
  const made = new azuredevops.Project(
    `${name}-project`,
    {
      name: projectName,
      description: projectDescription,
      visibility: "private",
      versionControl: "Git",
      workItemTemplate: "Agile",
      // What nothing here needs and each would be another place for packages and results.
      features: { artifacts: "disabled", testplans: "disabled" },
    },
    { parent, protect },
  );
  return { id: made.id, name: projectName };
}
