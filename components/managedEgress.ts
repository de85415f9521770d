import * as ml from "@pulumi/azure-native/machinelearningservices";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Federation } from "./federation";
import type { MlWorkspace } from "./workspace";

export interface ManagedEgressArgs {
  readonly group: resources.ResourceGroup;
  readonly workspace: MlWorkspace;
  readonly federation: Federation;
}

/**
 * What the workspace's managed network lets compute nodes reach besides the workspace's own resources, which Azure
 * approves by itself: one private endpoint for each party's store. Made after the access table, since Azure approves an
 * endpoint in the name of the workspace's identity.
 */
export class ManagedEgress extends pulumi.ComponentResource {
  constructor(name: string, args: ManagedEgressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:ManagedEgress", name, {}, opts);

    for (const [key, { store }] of Object.entries({
      orchestrator: args.federation.orchestrator,
      ...args.federation.silos,
    })) {
      new ml.ManagedNetworkSettingsRule(
        `${name}-${key}`,
        {
          resourceGroupName: args.group.name,
          workspaceName: args.workspace.workspaceName,
          ruleName: `${key}-store`,
          properties: {
            type: "PrivateEndpoint",
            category: "UserDefined",
            destination: { serviceResourceId: store.id, subresourceTarget: "blob", sparkEnabled: false },
          },
        },
        { parent: this, ...(opts?.dependsOn === undefined ? {} : { dependsOn: opts.dependsOn }) },
      );
    }

    this.registerOutputs({});
  }
}
