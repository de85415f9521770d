import * as ml from "@pulumi/azure-native/machinelearningservices";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Posture } from "../facts/postures";
import { subresources } from "../facts/zones";
import type { Names } from "../names";
import type { AssociatedResources } from "./associatedResources";
import { takenOver } from "./adopted";
import { diagnostics } from "./diagnostics";
import { type Ingress, privateEndpoint, type PrivateNetwork, publicAccess } from "./network";

export interface MlWorkspaceArgs {
  readonly group: resources.ResourceGroup;
  /** Azure region; a change replaces the workspace. */
  readonly location: string;
  readonly names: Names;
  readonly associated: AssociatedResources;
  readonly posture: Posture;
  readonly ingress: Ingress;
  /** The workspace's own managed network has the compute nodes and lets them reach approved targets alone. */
  readonly managed: boolean;
  /** Take over an existing workspace; Azure does not take a system-assigned identity away again. */
  readonly adopts: { readonly systemIdentity: boolean } | undefined;
  /** Name of the cluster that builds images; undefined where none does. */
  readonly imageBuilder: string | undefined;
  /** Where private endpoints and serverless compute go. */
  readonly network: PrivateNetwork | undefined;
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
    super("federated-mlops:index:MlWorkspace", name, {}, opts);
    const { associated, posture, names, ingress, network, managed, adopts } = args;
    const serverlessSubnet = network?.computeSubnet("orchestrator");

    const workspace = new ml.Workspace(
      `${name}-workspace`,
      {
        resourceGroupName: args.group.name,
        location: args.location,
        workspaceName: names.workspace,
        friendlyName: names.workspace,
        kind: "Default",
        sku: { name: "Basic", tier: "Basic" },
        identity: {
          type: adopts?.systemIdentity === true ? "SystemAssigned,UserAssigned" : "UserAssigned",
          userAssignedIdentities: [associated.identity.id],
        },
        primaryUserAssignedIdentity: associated.identity.id,
        storageAccount: associated.store.id,
        keyVault: associated.vault.id,
        containerRegistry: associated.registry.id,
        applicationInsights: associated.insights.id,
        systemDatastoresAuthMode: "Identity",
        hbiWorkspace: posture.highBusinessImpact,
        publicNetworkAccess: publicAccess(ingress),
        allowPublicAccessWhenBehindVnet: false,
        managedNetwork: { isolationMode: managed ? "AllowOnlyApprovedOutbound" : "Disabled" },
        // Jobs without a cluster run beside the orchestrator's, by the same way out: no way around the silos' networks.
        ...(serverlessSubnet === undefined
          ? {}
          : {
              serverlessComputeSettings: {
                serverlessComputeCustomSubnet: serverlessSubnet,
                serverlessComputeNoPublicIP: true,
              },
            }),
        ...(args.imageBuilder === undefined ? {} : { imageBuildCompute: args.imageBuilder }),
        v1LegacyMode: false,
        tags: args.tags,
      },
      {
        parent: this,
        protect: posture.protect,
        ...takenOver(adopts && names.workspaceId, ["hbiWorkspace", "encryption", "friendlyName", "kind", "sku"]),
        // Its identity's rights on what it leans on, which Azure checks while it makes the workspace.
        ...(opts?.dependsOn === undefined ? {} : { dependsOn: opts.dependsOn }),
      },
    );

    diagnostics(name, { kind: "workspace", id: workspace.id }, associated.logs.id, { parent: this });

    if (ingress === "private") {
      if (network === undefined) throw new Error("Private ingress needs a private network.");
      privateEndpoint(
        name,
        {
          network,
          near: "orchestrator",
          resourceGroupName: args.group.name,
          target: workspace.id,
          subresource: subresources.workspace,
          endpointName: `pe-${names.workspace}`,
          tags: args.tags,
        },
        this,
      );
    }

    this.id = workspace.id;
    this.workspaceName = workspace.name;
    this.registerOutputs({ id: this.id });
  }
}
