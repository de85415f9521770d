import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";

export interface PipelineIdentityArgs {
  /** Display name of the application; unique in the tenant. A change updates it. */
  readonly displayName: string;
  /** Object id of who deploys: the application's only owner, so that its rights need not reach other applications. */
  readonly owner: pulumi.Input<string>;
}

/**
 * The service principal that submits reviewed jobs. It has no secret and no certificate: the one way to become it is
 * the federated credential that the gate adds last. Until then nobody can.
 */
export class PipelineIdentity extends pulumi.ComponentResource {
  readonly application: azuread.Application;
  readonly principal: azuread.ServicePrincipal;

  constructor(name: string, args: PipelineIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:PipelineIdentity", name, args, opts);
    const child = { parent: this };

    this.application = new azuread.Application(
      `${name}-application`,
      {
        displayName: args.displayName,
        signInAudience: "AzureADMyOrg",
        preventDuplicateNames: true,
        owners: [args.owner],
      },
      child,
    );

    this.principal = new azuread.ServicePrincipal(
      `${name}-principal`,
      {
        clientId: this.application.clientId,
        appRoleAssignmentRequired: true,
        owners: [args.owner],
      },
      child,
    );

    this.registerOutputs({ clientId: this.application.clientId });
  }
}
