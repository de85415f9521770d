import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import {
  checkPipeline,
  devRun,
  type PipelineFile,
  pipelineName,
  submission,
  template,
  templateRef,
  templatesRepository,
} from "../../facts/azureDevOps";
import type { DeploymentEnvironment, RepositoryArgs } from "../gate";
import { deploymentEnvironment, type InEnvironment } from "./environment";
import { jobsOf, peopleOf } from "./people";
import { numberOf, pipelineGuards, pipelineOf } from "./pipeline";
import { findProject, type Project, type ProjectChoice, projectWith } from "./project";
import { type Checks, protectedResource } from "./protectedResource";
import { gitRepository, reviewed } from "./reviewedRepository";
import { type PoolPlace, queueOf, type RunnerChoice } from "./runners";

/** What a gate knows about the experiments repository, whether this stack owns it or not. */
export interface ExperimentsRepository {
  readonly project: Project;
  /** Its page. */
  readonly url: pulumi.Input<string>;
  /** The environments that this stack may open. */
  readonly environments: Readonly<Partial<Record<DeploymentEnvironment, InEnvironment>>>;
  /** What must stand before a gate in this repository may open. */
  readonly guards: readonly pulumi.Resource[];
}

export interface OwnedRepositoryArgs extends RepositoryArgs {
  readonly project: ProjectChoice;
  readonly runner: RunnerChoice | undefined;
  readonly place: PoolPlace;
}

/**
 * The experiments repository, and beside it the one that holds the template of its pipeline: reviewed into their protected
 * branches, and from there by one pipeline into the environments.
 */
export class OwnedRepository extends pulumi.ComponentResource implements ExperimentsRepository {
  readonly project: Project;
  readonly url: pulumi.Output<string>;
  readonly environments: Readonly<Record<DeploymentEnvironment, InEnvironment>>;
  readonly guards: readonly pulumi.Resource[];

  constructor(name: string, args: OwnedRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:AzureDevOpsRepository", name, {}, opts);
    const { repositoryName, branches, protect } = args;
    const { project, settings } = projectWith(name, args.project, protect, this);
    const people = peopleOf(name, args, project, this);
    const repository = gitRepository(`${name}-repository`, repositoryName, project, protect, this);
    const templatesName = templatesRepository(repositoryName);
    const templates = gitRepository(`${name}-templates`, templatesName, project, protect, this);

    const files = [submission, devRun, ...checksOf(args)];
    const pipelines = new Map(
      [...new Map(files.map((file) => [file.pipeline, file])).values()].map((file) => [
        file.pipeline,
        pipelineOf(`${name}-${file.pipeline}`, { repositoryName, repository, project }, file, this),
      ]),
    );
    const idOf = ({ pipeline }: PipelineFile) => numberOf(pipelines.get(pipeline));
    const jobs = jobsOf(name, repositoryName, project, [...pipelines.values()], this);
    const unedited = [...pipelines].flatMap(([pipeline, definition]) =>
      pipelineGuards(`${name}-${pipeline}`, definition, { project, people, jobs, remembering: true }, this),
    );

    const main = mainOf(branches);
    const rules = [
      ...reviewed(
        name,
        {
          ...{ repository, project, branches, people, jobs },
          pipelines: Object.fromEntries([...pipelines].map(([pipeline, made]) => [pipeline, numberOf(made)])),
        },
        this,
      ),
      ...reviewed(
        `${name}-templates`,
        {
          ...{ repository: templates, project, people, jobs, pipelines: {} },
          branches: { main: { ...main, checks: [] } },
        },
        this,
      ),
    ];

    const checks: Checks = {
      branches: args.deployFrom,
      approvers: people.deployReviewers,
      oneByOne: true,
      template: { repository: `${project.name}/${templatesName}`, ref: templateRef, path: template },
    };
    const submitting = { pipelineId: idOf(submission), checks };
    const running = { pipelineId: idOf(devRun), checks: undefined };
    const inside = [
      ...deploymentEnvironment(`${name}-prod`, "prod", project, submitting, this),
      ...deploymentEnvironment(`${name}-dev`, "dev", project, running, this),
      ...queue(`${name}-runners`, args, project, submitting, this),
      ...[submission, devRun].map(
        (file) =>
          new azuredevops.PipelineAuthorization(
            `${name}-templates-${file.pipeline}`,
            {
              projectId: project.id,
              resourceId: pulumi.interpolate`${project.id}.${templates.id}`,
              type: "repository",
              pipelineId: idOf(file),
            },
            { parent: this },
          ),
      ),
    ];

    this.project = project;
    this.url = repository.webUrl;
    this.environments = { prod: submitting, dev: running };
    this.guards = [settings, people.readers, ...unedited, ...rules, ...inside];
    this.registerOutputs({ url: this.url });
  }
}

/** The pipelines that branches ask to pass; what others report is no pipeline of ours. */
function checksOf({ branches }: RepositoryArgs): PipelineFile[] {
  return Object.values(branches)
    .flatMap(({ checks }) => checks)
    .flatMap(({ name, reporter }) => (reporter === undefined ? [checkPipeline(name)] : []));
}

function mainOf(branches: RepositoryArgs["branches"]): RepositoryArgs["branches"][string] {
  const { main } = branches;
  if (main === undefined) throw new Error("main has no rules.");
  return main;
}

/** The agents inside the private network, for the submission alone: whatever else ran there would be inside too. */
function queue(
  name: string,
  { runner, place }: OwnedRepositoryArgs,
  project: Project,
  inside: InEnvironment,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const id = queueOf(name, runner, project, place, parent);
  if (id === undefined) return [];
  return protectedResource(name, { projectId: project.id, type: "queue", id, approved: false, ...inside }, parent);
}

/** The repository that another stack owns; only its environment `dev` is for others to open. */
export function findRepository(choice: ProjectChoice, repositoryName: string): ExperimentsRepository {
  const project = findProject(choice);
  const found = azuredevops.getGitRepositoryOutput({ projectId: project.id, name: repositoryName });
  const pipeline = azuredevops.getBuildDefinitionOutput({
    projectId: project.id,
    name: pipelineName(repositoryName, devRun),
  });
  return {
    project,
    url: found.webUrl,
    environments: { dev: { pipelineId: pipeline.id.apply(Number), checks: undefined } },
    guards: [],
  };
}
