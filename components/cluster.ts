import * as ml from "@pulumi/azure-native/machinelearningservices";
import type * as identity from "@pulumi/azure-native/managedidentity";
import type * as pulumi from "@pulumi/pulumi";

import type { MlWorkspace } from "./workspace";

export interface ClusterArgs {
  /** Resource group of the workspace. */
  readonly resourceGroupName: pulumi.Input<string>;
  readonly workspace: MlWorkspace;
  readonly computeName: string;
  /** Region of the workspace, in which Azure keeps the record of every cluster. */
  readonly location: string;
  /** Region of the nodes; a change replaces the cluster. */
  readonly computeLocation: string;
  /** As which jobs run here. */
  readonly identity: identity.UserAssignedIdentity;
  /** A change replaces the cluster. */
  readonly vmSize: string;
  /** Most nodes; the fewest is none. A change updates the cluster. */
  readonly maxNodes: number;
  /** Id of the subnet in which the nodes run; undefined where they have public addresses or the managed network. */
  readonly subnet: pulumi.Input<string> | undefined;
  /** Nodes run in the workspace's managed network. */
  readonly managed: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** A compute cluster that takes no local accounts, has no public address where it has a network, and costs nothing idle. */
export function cluster(name: string, args: ClusterArgs, parent: pulumi.Resource): ml.Compute {
  const { subnet, managed } = args;
  return new ml.Compute(
    `${name}-cluster`,
    {
      resourceGroupName: args.resourceGroupName,
      workspaceName: args.workspace.workspaceName,
      computeName: args.computeName,
      location: args.location,
      identity: { type: "UserAssigned", userAssignedIdentities: [args.identity.id] },
      properties: {
        computeType: "AmlCompute",
        computeLocation: args.computeLocation,
        disableLocalAuth: true,
        properties: {
          vmSize: args.vmSize,
          vmPriority: "Dedicated",
          osType: "Linux",
          remoteLoginPortPublicAccess: "Disabled",
          ...(subnet === undefined ? {} : { subnet: { id: subnet } }),
          ...(subnet === undefined && !managed ? {} : { enableNodePublicIp: false }),
          // From none, so that idle costs nothing and every job starts on the newest node image.
          scaleSettings: { minNodeCount: 0, maxNodeCount: args.maxNodes, nodeIdleTimeBeforeScaleDown: "PT300S" },
        },
      },
      tags: args.tags,
    },
    { parent },
  );
}
