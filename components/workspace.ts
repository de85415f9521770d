import * as ml from "@pulumi/azure-native/machinelearningservices";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Posture } from "../facts/postures";
import type { Names } from "../names";
import type { AssociatedResources } from "./associatedResources";

export interface MlWorkspaceArgs {
  readonly group: resources.ResourceGroup;
  /** Azure region; a change replaces the workspace. */
  readonly location: string;
  readonly names: Names;
  readonly associated: AssociatedResources;
  readonly posture: Posture;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The Azure Machine Learning workspace. It acts as its user-assigned identity and reaches its stores as that identity:
 * a system-assigned one would be given Azure AI Administrator on the whole resource group by Azure itself, keys of
 * every storage account in it included.
 */
export class MlWorkspace extends pulumi.ComponentResource {
  /** Resource id. */
  readonly id: pulumi.Output<string>;
  /** Its name, known only once it stands. */
  readonly workspaceName: pulumi.Output<string>;

  constructor(name: string, args: MlWorkspaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:MlWorkspace", name, args, opts);
    const { associated, posture, names } = args;

    const workspace = new ml.Workspace(
      `${name}-workspace`,
      {
        resourceGroupName: args.group.name,
        location: args.location,
        workspaceName: names.workspace,
        friendlyName: names.workspace,
        kind: "Default",
        sku: { name: "Basic", tier: "Basic" },
        identity: { type: "UserAssigned", userAssignedIdentities: [associated.identity.id] },
        primaryUserAssignedIdentity: associated.identity.id,
        storageAccount: associated.store.id,
        keyVault: associated.vault.id,
        containerRegistry: associated.registry.id,
        applicationInsights: associated.insights.id,
        systemDatastoresAuthMode: "Identity",
        hbiWorkspace: posture.highBusinessImpact,
        publicNetworkAccess: "Enabled",
        v1LegacyMode: false,
        tags: args.tags,
      },
      {
        parent: this,
        protect: posture.protect,
        // Its identity's rights on what it leans on, which Azure checks while it makes the workspace.
        ...(opts?.dependsOn === undefined ? {} : { dependsOn: opts.dependsOn }),
      },
    );

    this.id = workspace.id;
    this.workspaceName = workspace.name;
    this.registerOutputs({ id: this.id });
  }
}
