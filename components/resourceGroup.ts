import * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";

import { groupId } from "../facts/ids";

export interface ResourceGroupArgs {
  readonly resourceGroupName: string;
  readonly subscription: string;
  /** It exists and stays its owner's: it is read, never changed or deleted. */
  readonly join: boolean;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A resource group of this environment's own, or one that exists. */
export function resourceGroup(
  name: string,
  args: ResourceGroupArgs,
  opts: pulumi.CustomResourceOptions,
): resources.ResourceGroup {
  const { resourceGroupName, subscription, join, location, tags } = args;
  return join
    ? resources.ResourceGroup.get(name, groupId(subscription, resourceGroupName))
    : new resources.ResourceGroup(name, { resourceGroupName, location, tags }, opts);
}
