import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";

import { audience } from "../../../facts/azure";
import { credentialOf } from "../names";
import type { IdentifiedLane, InfrastructureRepository } from "../platform";
import type { Settings } from "../settings";

export interface LaneGateArgs extends IdentifiedLane {
  readonly platform: Settings["platform"];
  readonly resourceGroupName: pulumi.Input<string>;
  readonly repository: InfrastructureRepository;
}

/**
 * What opens one lane: what its jobs must know, and last the federated credential by which they become its identity.
 * Make it with `dependsOn` on every right and every rule.
 */
export class LaneGate extends pulumi.ComponentResource {
  readonly credential: managedidentity.FederatedIdentityCredential;

  constructor(name: string, args: LaneGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:LaneGate", name, {}, opts);
    const { lane, identity, identityName, resourceGroupName, repository, platform } = args;
    const { issuer, subject, guards } = repository.admit(name, args, this);
    this.credential = new managedidentity.FederatedIdentityCredential(
      `${name}-credential`,
      {
        resourceGroupName,
        resourceName: identityName,
        federatedIdentityCredentialResourceName: credentialOf(platform, lane.environment),
        issuer,
        audiences: [audience],
        subject,
      },
      {
        parent: this,
        dependsOn: pulumi
          .output(opts?.dependsOn ?? [])
          .apply((before) => [...[before].flat(), identity.identity, ...repository.guards, ...guards]),
      },
    );
    this.registerOutputs({});
  }
}
