import * as pulumi from "@pulumi/pulumi";

import { connectionTo } from "../../../components/azureDevOps/connection";
import { deploymentEnvironment, type InEnvironment } from "../../../components/azureDevOps/environment";
import { jobsOf, type People, peopleOf } from "../../../components/azureDevOps/people";
import { numberOf, pipelineGuards, pipelineOf } from "../../../components/azureDevOps/pipeline";
import { findProject, makeProject, type Project, projectWith } from "../../../components/azureDevOps/project";
import { gitRepository, reviewed } from "../../../components/azureDevOps/reviewedRepository";
import { lanes as pipelineFile } from "../../../facts/azureDevOps";
import type { Lane } from "../lanes";
import type { Admission, IdentifiedLane, InfrastructureRepository, Trusted } from "../platform";
import type { AzureDevOpsSettings } from "../settings";
import { Members } from "./members";
import { memberships } from "./rights";

export interface AzureDevOpsRepositoryArgs extends Pick<
  AzureDevOpsSettings,
  | "approvals"
  | "codeOwners"
  | "deployReviewers"
  | "experiments"
  | "makesExperiments"
  | "project"
  | "repository"
  | "workload"
> {
  /** By which this repository is taken over, `<project's id>/<repository's id>`. It exists. */
  readonly adopt: string;
  readonly lanes: readonly IdentifiedLane[];
}

/**
 * This repository under the gate that it hands out, with its one pipeline and an environment a lane; and who the lanes are
 * in the projects that they work in.
 */
export class AzureDevOpsRepository extends pulumi.ComponentResource implements InfrastructureRepository {
  readonly guards: readonly pulumi.Resource[];
  readonly #project: Project;
  readonly #inside: ReadonlyMap<string, InEnvironment>;

  constructor(name: string, args: AzureDevOpsRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:InfrastructureRepository", name, {}, opts);
    const { repository: repositoryName, approvals, codeOwners, deployReviewers } = args;
    const { project, settings } = projectWith(name, { join: args.project }, true, this);
    const branches = {
      main: { ...{ approvals, codeOwners, signed: false }, merge: "squash", checks: [{ name: "check" }] },
    } as const;
    const people = peopleOf(name, { repositoryName, branches, contributors: [], deployReviewers }, project, this);
    const repository = gitRepository(`${name}-repository`, repositoryName, project, true, this, args.adopt);
    const pipeline = pipelineOf(`${name}-lanes`, { repositoryName, repository, project }, pipelineFile, this);
    const pipelineId = numberOf(pipeline);
    const jobs = jobsOf(name, repositoryName, project, [pipeline], this);
    const rules = [
      settings,
      people.readers,
      ...pipelineGuards(`${name}-lanes`, pipeline, { project, people, jobs, remembering: false }, this),
      ...reviewed(name, { repository, project, branches, people, jobs, pipelines: { check: pipelineId } }, this),
    ];

    this.#project = project;
    this.#inside = new Map(
      args.lanes.map(({ lane }) => [lane.key, { pipelineId, checks: checksOf(lane, people) }] as const),
    );
    const environments = args.lanes.flatMap(({ lane: { key, environment } }) =>
      deploymentEnvironment(`${name}-${key}`, environment, project, this.#insideOf(key), this),
    );
    const experiments = args.experiments.map((experiment): [string, Project] => [
      experiment,
      args.makesExperiments
        ? makeProject(`${name}-${experiment}`, experiment, true, this)
        : findProject({ join: experiment }, this),
    ]);
    const members = new Members(
      `${name}-members`,
      {
        ...{ workload: args.workload, lanes: args.lanes },
        rows: memberships(
          args.lanes.map(({ lane }) => lane),
          project.name,
        ),
        projects: Object.fromEntries([...experiments, [project.name, project]]),
      },
      { parent: this },
    );
    this.guards = [...rules, ...environments, ...members.rights];
    this.registerOutputs({});
  }

  /** Its jobs are told by a variable group, and carry in the token which connection they use. */
  admit(name: string, { lane, variables }: Admission, gate: pulumi.Resource): Trusted {
    const { key, environment, stacks } = lane;
    return connectionTo(
      name,
      {
        ...{ project: this.#project, environment, variables, secrets: {}, dependsOn: this.guards },
        identity: {
          clientId: variables.AZURE_CLIENT_ID,
          tenantId: variables.AZURE_TENANT_ID,
          // Not the one of state and keys: in that one it may read nothing.
          subscriptionId: stacks[0]?.subscription ?? "",
        },
        ...this.#insideOf(key),
      },
      gate,
    );
  }

  #insideOf(lane: string): InEnvironment {
    const found = this.#inside.get(lane);
    if (found === undefined) throw new Error(`There is no lane ${lane}.`);
    return found;
  }
}

/** Branch control is what keeps a pull request's own YAML, which may name every connection of the pipeline, out of a lane. */
function checksOf({ from, reviewed: approved, purpose }: Lane, { deployReviewers }: People): InEnvironment["checks"] {
  return {
    branches: from === "main" ? ["main"] : "any",
    approvers: approved ? deployReviewers : [],
    oneByOne: purpose === "deploy",
    template: undefined,
  };
}
