import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";

import { trustedSubject } from "../../../components/github/subject";
import { audience, issuer } from "../../../facts/github";
import { credentialOf } from "../names";
import type { InfrastructureRepository } from "./infrastructureRepository";
import type { LaneIdentity } from "./laneIdentity";

export interface LaneGateArgs {
  /** GitHub environment whose jobs become the identity. */
  readonly environment: string;
  readonly identity: LaneIdentity;
  readonly identityName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly repository: InfrastructureRepository;
  /** Identifiers that its jobs read. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** Form of the subject in GitHub's tokens. */
  readonly subject: "immutable" | "classic";
}

/**
 * What opens one lane: what its jobs must know, and last the federated credential by which they become its identity.
 * Make it with `dependsOn` on every right and every rule.
 */
export class LaneGate extends pulumi.ComponentResource {
  readonly credential: managedidentity.FederatedIdentityCredential;

  constructor(name: string, args: LaneGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:LaneGate", name, {}, opts);
    const { environment, identity, identityName, resourceGroupName, repository } = args;
    const told = repository.tell(name, environment, args.variables);
    this.credential = new managedidentity.FederatedIdentityCredential(
      `${name}-credential`,
      {
        resourceGroupName,
        resourceName: identityName,
        federatedIdentityCredentialResourceName: credentialOf(environment),
        issuer,
        audiences: [audience],
        subject: trustedSubject(args.subject, repository, environment, this),
      },
      {
        parent: this,
        dependsOn: pulumi
          .output(opts?.dependsOn ?? [])
          .apply((before) => [...[before].flat(), identity.identity, ...repository.guards, ...told]),
      },
    );
    this.registerOutputs({});
  }
}
