import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";

import { graphClientId } from "../../../facts/graph";
import type { GraphRole } from "../lanes";

export interface LaneIdentityArgs {
  readonly identityName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  /** Rights in Microsoft Graph. */
  readonly graph: readonly GraphRole[];
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Who a lane is. A user-assigned identity, not an application: it can have no secret, and nobody owns it but who has
 * rights on its resource group. Until its credential stands, nobody can become it.
 */
export class LaneIdentity extends pulumi.ComponentResource {
  readonly identity: managedidentity.UserAssignedIdentity;
  readonly graphRoles: readonly azuread.AppRoleAssignment[];

  constructor(name: string, args: LaneIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:LaneIdentity", name, {}, opts);
    const child = { parent: this };
    const { resourceGroupName, location, tags } = args;
    this.identity = new managedidentity.UserAssignedIdentity(
      `${name}-identity`,
      { resourceGroupName, location, tags, resourceName: args.identityName },
      child,
    );
    const graph = azuread.getServicePrincipalOutput({ clientId: graphClientId }, child);
    this.graphRoles = args.graph.map(
      (role) =>
        new azuread.AppRoleAssignment(
          `${name}-${role.toLowerCase().replaceAll(".", "-")}`,
          {
            appRoleId: graph.appRoleIds.apply((ids) => idOf(role, ids)),
            principalObjectId: this.identity.principalId,
            resourceObjectId: graph.objectId,
          },
          child,
        ),
    );
    this.registerOutputs({ clientId: this.identity.clientId });
  }
}

function idOf(role: GraphRole, ids: Readonly<Record<string, string>>): string {
  const id = ids[role];
  if (id === undefined) throw new pulumi.RunError(`Microsoft Graph of this tenant has no application role ${role}.`);
  return id;
}
