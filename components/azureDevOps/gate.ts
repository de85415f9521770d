import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";

import { audience } from "../../facts/azure";
import { nameFor } from "../../facts/azureDevOps";
import type { Gate, GateArgs } from "../gate";
import { connectionTo } from "./connection";
import type { ExperimentsRepository } from "./repository";

/**
 * What one stack adds to its deployment environment: a variable group, a service connection, and last the federated
 * credential by which a job that may use that connection becomes the service principal. Until the credential stands the
 * gate is shut; it depends on every protection, so that it is made after them and destroyed before them.
 */
export class AzureDevOpsGate extends pulumi.ComponentResource implements Gate {
  readonly subject: pulumi.Output<string>;

  constructor(name: string, args: GateArgs<ExperimentsRepository>, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:AzureDevOpsGate", name, {}, opts);
    const { repository, environment, identity, variables, secrets } = args;
    const { project, guards } = repository;
    const inside = repository.environments[environment];
    if (inside === undefined) throw new Error(`This stack has no part in the environment ${environment}.`);

    const connection = connectionTo(
      name,
      { project, environment, identity, variables, secrets, ...inside, dependsOn: guards },
      this,
    );
    this.subject = connection.subject;

    new azuread.ApplicationFederatedIdentityCredential(
      `${name}-credential`,
      {
        applicationId: identity.applicationId,
        displayName: `azure-devops-${environment}`,
        description: `Azure Pipelines jobs that use the service connection ${nameFor(environment)}`,
        // As the connection gives them: Azure DevOps changes their form, and composes them of what only it knows.
        issuer: connection.issuer,
        audiences: [audience],
        subject: this.subject,
      },
      {
        parent: this,
        dependsOn: pulumi
          .output(opts?.dependsOn ?? [])
          .apply((before) => [...[before].flat(), ...guards, ...connection.guards]),
      },
    );

    this.registerOutputs({ subject: this.subject });
  }
}
