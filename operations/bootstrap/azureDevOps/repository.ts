import * as pulumi from "@pulumi/pulumi";

import { type Connection, connectionTo } from "../../../components/azureDevOps/connection";
import { deploymentEnvironment } from "../../../components/azureDevOps/environment";
import { jobsOf, type People, peopleOf } from "../../../components/azureDevOps/people";
import { numberOf, pipelineGuards, pipelineOf } from "../../../components/azureDevOps/pipeline";
import { findProject, makeProject, type Project, projectWith } from "../../../components/azureDevOps/project";
import type { Checks } from "../../../components/azureDevOps/protectedResource";
import { reviewed } from "../../../components/azureDevOps/reviewedRepository";
import { lanes as pipelineFile } from "../../../facts/azureDevOps";
import type { Lane } from "../lanes";
import type { IdentifiedLane, InfrastructureRepository, Trusted } from "../platform";
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
  /**
   * This repository's id. It exists, and is not taken into the state: its provider asks how it began, and does not read that
   * back, so that an import fails.
   */
  readonly repositoryId: string;
  readonly lanes: readonly IdentifiedLane[];
}

/**
 * This repository under the gate that it hands out, with its one pipeline, and for each lane an environment and a
 * connection; and who the lanes are in the projects that they work in.
 */
export class AzureDevOpsRepository extends pulumi.ComponentResource implements InfrastructureRepository {
  readonly guards: readonly pulumi.Resource[];
  readonly #connections: ReadonlyMap<string, Connection>;

  constructor(name: string, args: AzureDevOpsRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:InfrastructureRepository", name, {}, opts);
    const { repository: repositoryName, approvals, codeOwners, deployReviewers } = args;
    const { project, settings } = projectWith(name, { join: args.project }, true, this);
    const branches = {
      main: { ...{ approvals, codeOwners, signed: false }, merge: "squash", checks: [{ name: "check" }] },
    } as const;
    const people = peopleOf(name, { repositoryName, branches, contributors: [], deployReviewers }, project, this);
    const repository = { id: args.repositoryId };
    const pipeline = pipelineOf(`${name}-lanes`, { repositoryName, repository, project }, pipelineFile, this);
    const pipelineId = numberOf(pipeline);
    const jobs = jobsOf(name, repositoryName, project, [pipeline], this);
    const rules = [
      settings,
      people.readers,
      ...pipelineGuards(
        `${name}-lanes`,
        pipeline,
        { project, people, jobs, remembering: false, startedBy: "deployReviewers" },
        this,
      ),
      ...reviewed(name, { repository, project, branches, people, jobs, pipelines: { check: pipelineId } }, this),
    ];

    const insideOf = (lane: Lane) => ({ pipelineId, checks: checksOf(lane, people) });
    const environments = args.lanes.flatMap(({ lane }) =>
      deploymentEnvironment(`${name}-${lane.key}`, lane.environment, project, insideOf(lane), this),
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
    this.#connections = new Map(
      args.lanes.map(({ lane, variables }) => [
        lane.key,
        connectionTo(
          `${name}-${lane.key}`,
          {
            ...{ project, environment: lane.environment, variables, secrets: {}, dependsOn: rules },
            identity: {
              clientId: variables.AZURE_CLIENT_ID,
              tenantId: variables.AZURE_TENANT_ID,
              // Not the one of state and keys: in that one it may read nothing.
              subscriptionId: subscriptionOf(lane),
            },
            ...insideOf(lane),
          },
          this,
        ),
      ]),
    );
    this.guards = [
      ...rules,
      ...environments,
      ...members.rights,
      ...[...this.#connections.values()].flatMap(({ guards }) => guards),
    ];
    this.registerOutputs({});
  }

  /** Its jobs carry in their token which connection they use. */
  admit(_: string, { lane }: IdentifiedLane): Trusted {
    const found = this.#connections.get(lane.key);
    if (found === undefined) throw new Error(`There is no lane ${lane.key}.`);
    return found;
  }
}

function subscriptionOf({ key, stacks: [first] }: Lane): string {
  if (first === undefined) throw new Error(`The lane ${key} works on no stack.`);
  return first.subscription;
}

/** Branch control is what keeps a pull request's own YAML, which may name every connection of the pipeline, out of a lane. */
function checksOf({ from, reviewed: approved, purpose }: Lane, { deployReviewers }: People): Checks {
  return {
    branches: from === "main" ? ["main"] : "any",
    approvers: approved ? deployReviewers : [],
    oneByOne: purpose === "deploy",
    template: undefined,
  };
}
