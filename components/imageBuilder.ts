import * as identity from "@pulumi/azure-native/managedidentity";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../names";
import { cluster } from "./cluster";
import type { PrivateNetwork } from "./network";
import type { MlWorkspace } from "./workspace";

export interface ImageBuilderArgs {
  /** The environment's resource group. */
  readonly group: resources.ResourceGroup;
  readonly workspace: MlWorkspace;
  readonly names: Names;
  /** Region of the workspace. */
  readonly location: string;
  /** Region of the orchestrator, in whose network its nodes run. */
  readonly computeLocation: string;
  readonly vmSize: string;
  readonly maxNodes: number;
  readonly network: PrivateNetwork | undefined;
  readonly managed: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The cluster on which Azure ML builds images of environments where the registry is private. Its identity is the only
 * one that may push (access.ts): a job that runs here could replace the image that a silo pulls.
 */
export class ImageBuilder extends pulumi.ComponentResource {
  readonly identity: identity.UserAssignedIdentity;

  constructor(name: string, args: ImageBuilderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:ImageBuilder", name, {}, opts);
    const { names, group, location, tags } = args;

    this.identity = new identity.UserAssignedIdentity(
      `${name}-identity`,
      { resourceGroupName: group.name, location, tags, resourceName: names.imageBuilder.identity },
      { parent: this },
    );
    cluster(
      name,
      {
        ...args,
        resourceGroupName: group.name,
        computeName: names.imageBuilder.cluster,
        identity: this.identity,
        subnet: args.network?.computeSubnet("orchestrator"),
      },
      this,
    );

    this.registerOutputs({});
  }
}
