import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { deploymentEnvironment } from "../../../components/github/environment";
import { reviewedRepository } from "../../../components/github/reviewedRepository";
import type { Dispensable } from "../../../facts/plans";
import type { Lane } from "../lanes";

export interface InfrastructureRepositoryArgs {
  /** This repository's name, without its owner. It exists, and is taken over. */
  readonly repositoryName: string;
  readonly approvals: number;
  readonly codeOwners: readonly string[];
  readonly deployReviewers: readonly string[];
  readonly acceptWithout: readonly Dispensable[];
  readonly lanes: readonly Lane[];
}

/** Actions that the workflows of this repository use. Each is pinned by its commit there. */
export const actions = [
  "actions/checkout@*",
  "actions/create-github-app-token@*",
  "actions/download-artifact@*",
  "actions/setup-node@*",
  "actions/upload-artifact@*",
  "azure/login@*",
  "pulumi/actions@*",
];

/**
 * This repository under the gate that it hands out: its pipelines can run code in production, so only reviewed code may
 * become them.
 */
export class InfrastructureRepository extends pulumi.ComponentResource {
  readonly repositoryName: pulumi.Output<string>;
  readonly fullName: pulumi.Output<string>;
  readonly repositoryId: pulumi.Output<number>;
  /** What must stand before any lane may open. */
  readonly guards: readonly pulumi.Resource[];

  constructor(name: string, args: InfrastructureRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:InfrastructureRepository", name, {}, opts);
    const { repositoryName, approvals, codeOwners, deployReviewers, acceptWithout } = args;
    const { repository, collaborators, guards } = reviewedRepository(
      name,
      {
        ...{ repositoryName, codeOwners, deployReviewers, actions, adopt: true, recover: false, protect: true },
        description: "Deploys federated-mlops. Rules and environments are managed by its own bootstrap.",
        contributors: [],
        branches: {
          main: {
            ...{ approvals, codeOwners, merge: "squash", signed: false },
            checks: [{ name: "check" }],
          },
        },
      },
      this,
    );
    const environments = args.lanes.flatMap(({ key, environment, from, reviewed }) =>
      deploymentEnvironment(
        `${name}-${key}`,
        {
          environment,
          branches: from === "main" ? ["main"] : "any",
          reviewers: reviewed ? deployReviewers : [],
          acceptWithout,
        },
        repository,
        { parent: this, dependsOn: collaborators },
      ),
    );
    this.repositoryName = repository.name;
    this.fullName = repository.fullName;
    this.repositoryId = repository.repoId;
    this.guards = [...guards, ...environments];
    this.registerOutputs({ repositoryId: this.repositoryId });
  }

  /** Gives the jobs of an environment identifiers, by name. */
  tell(
    name: string,
    environment: string,
    variables: Readonly<Record<string, pulumi.Input<string>>>,
  ): github.ActionsEnvironmentVariable[] {
    return Object.entries(variables).map(
      ([variableName, value]) =>
        new github.ActionsEnvironmentVariable(
          `${name}-${variableName}`,
          { repository: this.repositoryName, environment, variableName, value },
          { parent: this, dependsOn: [...this.guards] },
        ),
    );
  }
}
