import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { deploymentEnvironment } from "../../../components/github/environment";
import { reviewedRepository } from "../../../components/github/reviewedRepository";
import { trustedSubject } from "../../../components/github/subject";
import { issuer } from "../../../facts/github";
import type { Lane } from "../lanes";
import type { IdentifiedLane, InfrastructureRepository, Trusted } from "../platform";
import type { GitHubSettings } from "../settings";

export interface GitHubRepositoryArgs extends Pick<
  GitHubSettings,
  "repository" | "approvals" | "codeOwners" | "deployReviewers" | "acceptWithout" | "subject"
> {
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
export class GitHubRepository extends pulumi.ComponentResource implements InfrastructureRepository {
  readonly repositoryName: pulumi.Output<string>;
  readonly fullName: pulumi.Output<string>;
  readonly repositoryId: pulumi.Output<number>;
  readonly guards: readonly pulumi.Resource[];
  readonly #subject: GitHubSettings["subject"];

  constructor(name: string, args: GitHubRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:InfrastructureRepository", name, {}, opts);
    const { repository: repositoryName, approvals, codeOwners, deployReviewers, acceptWithout } = args;
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
    this.#subject = args.subject;
    this.registerOutputs({ repositoryId: this.repositoryId });
  }

  /** Its jobs are told by variables of their environment, and carry its name in the token. */
  admit(name: string, { lane: { environment }, variables }: IdentifiedLane, gate: pulumi.Resource): Trusted {
    const told = Object.entries(variables).map(
      ([variableName, value]) =>
        new github.ActionsEnvironmentVariable(
          `${name}-${variableName}`,
          { repository: this.repositoryName, environment, variableName, value },
          { parent: this, dependsOn: [...this.guards] },
        ),
    );
    return { issuer, subject: trustedSubject(this.#subject, this, environment, gate), guards: told };
  }
}
