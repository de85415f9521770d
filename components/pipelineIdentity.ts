import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";

export interface PipelineIdentityArgs {
  /** Display name of the application; unique in the tenant. A change updates it. */
  readonly displayName: string;
  /**
   * Object id of who makes the application: its only owner, so that whoever deploys needs no right to other applications.
   * A change does nothing: a preview by somebody else must not take the ownership over.
   */
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
    super("federated-mlops:index:PipelineIdentity", name, {}, opts);
    const owned = { parent: this, ignoreChanges: ["owners"] };

    this.application = new azuread.Application(
      `${name}-application`,
      {
        displayName: args.displayName,
        signInAudience: "AzureADMyOrg",
        preventDuplicateNames: true,
        owners: [args.owner],
      },
      owned,
    );

    this.principal = new azuread.ServicePrincipal(
      `${name}-principal`,
      {
        clientId: this.application.clientId,
        appRoleAssignmentRequired: true,
        owners: [args.owner],
      },
      owned,
    );

    this.registerOutputs({ clientId: this.application.clientId });
  }
}
