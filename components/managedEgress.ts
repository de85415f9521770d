import * as ml from "@pulumi/azure-native/machinelearningservices";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../names";
import type { Access } from "./access";
import type { Federation } from "./federation";
import type { MlWorkspace } from "./workspace";

export interface ManagedEgressArgs {
  readonly group: resources.ResourceGroup;
  readonly workspace: MlWorkspace;
  readonly federation: Federation;
  readonly access: Access;
  /** Names of the parties, by which the rights on their stores are found. */
  readonly names: Pick<Names, "orchestrator" | "silos">;
}

/**
 * What the workspace's managed network lets compute nodes reach besides the workspace's own resources, which Azure
 * approves by itself: one private endpoint for each party's store. Made after the rights on that store, since Azure approves
 * an endpoint in the name of the workspace's identity; not after all rights, or each silo would wait for every other one.
 */
export class ManagedEgress extends pulumi.ComponentResource {
  constructor(name: string, args: ManagedEgressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:ManagedEgress", name, {}, opts);

    const { federation, access, names } = args;
    const parties = [
      { key: "orchestrator", party: federation.orchestrator, storeId: names.orchestrator.storeId },
      ...Object.entries(federation.silos).map(([key, party]) => ({
        ...{ key, party },
        storeId: names.silos[key]?.storeId ?? key,
      })),
    ];
    for (const { key, party, storeId } of parties) {
      new ml.ManagedNetworkSettingsRule(
        `${name}-${key}`,
        {
          resourceGroupName: args.group.name,
          workspaceName: args.workspace.workspaceName,
          ruleName: `${key}-store`,
          properties: {
            type: "PrivateEndpoint",
            category: "UserDefined",
            destination: { serviceResourceId: party.store.id, subresourceTarget: "blob", sparkEnabled: false },
          },
        },
        { parent: this, dependsOn: access.on(storeId) },
      );
    }

    this.registerOutputs({});
  }
}
