import * as azuread from "@pulumi/azuread";
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { audience } from "../../facts/azure";
import { issuer } from "../../facts/github";
import type { Gate, GateArgs } from "../gate";
import type { ExperimentsRepository } from "./repository";
import { trustedSubject } from "./subject";

export interface GitHubGateArgs extends GateArgs<ExperimentsRepository> {
  /** Form of the subject in GitHub's tokens. */
  readonly subject: "immutable" | "classic";
}

/**
 * What one stack adds to its deployment environment: variables, secrets, and last the federated credential by which a
 * job in that environment becomes the service principal. Until the credential stands the gate is shut; it depends on
 * every protection, so that it is made after them and destroyed before them.
 */
export class GitHubGate extends pulumi.ComponentResource implements Gate {
  readonly subject: pulumi.Output<string>;

  constructor(name: string, args: GitHubGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:GitHubGate", name, {}, opts);
    const child = { parent: this };
    const { repository, environment } = args;
    const place = { repository: repository.repositoryName, environment };
    const environmentStands = { dependsOn: [...repository.guards] };

    const variables = Object.entries(args.variables).map(
      ([variableName, value]) =>
        new github.ActionsEnvironmentVariable(
          `${name}-${variableName}`,
          { ...place, variableName, value },
          { ...child, ...environmentStands },
        ),
    );

    const secrets = Object.entries(args.secrets).map(
      ([secretName, value]) =>
        new github.ActionsEnvironmentSecret(
          `${name}-${secretName}`,
          { ...place, secretName, value },
          { ...child, ...environmentStands },
        ),
    );

    this.subject = trustedSubject(args.subject, repository, environment, this);

    new azuread.ApplicationFederatedIdentityCredential(
      `${name}-credential`,
      {
        applicationId: args.identity.applicationId,
        displayName: `github-${environment}`,
        description: `GitHub Actions jobs in the environment ${environment} of the experiments repository`,
        issuer,
        audiences: [audience],
        subject: this.subject,
      },
      {
        ...child,
        dependsOn: pulumi
          .output(opts?.dependsOn ?? [])
          .apply((before) => [...[before].flat(), ...repository.guards, ...variables, ...secrets]),
      },
    );

    this.registerOutputs({ subject: this.subject });
  }
}
