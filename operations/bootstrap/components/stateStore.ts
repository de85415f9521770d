import * as keyvault from "@pulumi/azure-native/keyvault";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";

import { privateStore } from "../../../components/store";
import { postures } from "../../../facts/postures";
import { keyOf, type Names, stateOf } from "../names";

export interface StateStoreArgs {
  readonly names: Names;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tenantId: pulumi.Input<string>;
  /** The stacks whose state is kept; each has a container and a key of its own. */
  readonly stacks: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Where the stacks' state lies, and the keys that encrypt what is secret in it: a container and a key a stack, so that a
 * right on one is no right on another. It is reached from everywhere, by Entra identities alone: pipelines run on
 * GitHub's computers. What is overwritten stays as an older version, what is deleted for some weeks.
 */
export class StateStore extends pulumi.ComponentResource {
  /** Every container and every key by its id, as rights on them need it. */
  readonly standing: Readonly<Record<string, pulumi.Resource>>;

  constructor(name: string, args: StateStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:StateStore", name, {}, opts);
    const { names, resourceGroupName, location, tags } = args;
    const posture = postures.production;
    const kept = { parent: this, protect: true };

    const account = privateStore(
      `${name}-account`,
      { resourceGroupName, location, accountName: names.store, posture, ingress: "public", versions: true, tags },
      this,
    );
    const vault = new keyvault.Vault(
      `${name}-vault`,
      {
        resourceGroupName,
        location,
        tags,
        vaultName: names.vault,
        properties: {
          tenantId: args.tenantId,
          sku: { family: "A", name: "standard" },
          enableRbacAuthorization: true,
          enableSoftDelete: true,
          // Without its key a state's secrets are lost: nobody can purge it.
          enablePurgeProtection: true,
          softDeleteRetentionInDays: posture.vaultRetentionDays,
          publicNetworkAccess: "Enabled",
        },
      },
      kept,
    );
    this.standing = Object.fromEntries(
      args.stacks.flatMap((stack): [string, pulumi.Resource][] => {
        const container = new storage.BlobContainer(
          `${name}-${stack}`,
          { resourceGroupName, accountName: account.name, containerName: stack },
          kept,
        );
        const key = new keyvault.Key(
          `${name}-${stack}-key`,
          {
            ...{ resourceGroupName, tags },
            vaultName: vault.name,
            keyName: stack,
            properties: { kty: "RSA", keySize: 3072, keyOps: ["encrypt", "decrypt", "wrapKey", "unwrapKey"] },
          },
          kept,
        );
        return [
          [stateOf(names, stack), container],
          [keyOf(names, stack), key],
        ];
      }),
    );
    this.registerOutputs({});
  }
}
