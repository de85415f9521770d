/** Names of what pipelines need before they can deploy, computed and checked beforehand. */
import { digest } from "../../facts/digest";
import { containerId, groupId, resourceId } from "../../facts/ids";
import { breach, limits } from "../../facts/limits";

/** What names are made of. */
export interface Stem {
  readonly subscription: string;
  readonly workload: string;
}

export interface Names {
  readonly group: string;
  readonly groupId: string;
  /** Storage account that holds the state of every stack. */
  readonly store: string;
  readonly storeId: string;
  /** Key vault with the keys that encrypt the stacks' secrets. */
  readonly vault: string;
  readonly vaultId: string;
  /** What the names of alerts end in. */
  readonly place: string;
}

export function namesOf({ subscription, workload }: Stem): Names {
  const suffix = digest(`${subscription}/${workload}/operations`);
  const group = `rg-${workload}-operations`;
  const store = `st${workload}state${suffix}`;
  const vault = `kv-${workload}-ops-${suffix}`;
  return {
    group,
    groupId: groupId(subscription, group),
    store,
    storeId: resourceId(subscription, group, "Microsoft.Storage/storageAccounts", store),
    vault,
    vaultId: resourceId(subscription, group, "Microsoft.KeyVault/vaults", vault),
    place: `${workload}-operations`,
  };
}

/** What Azure would say against these names; nothing where it takes them. */
export function refusedNames({ store, vault }: Names): string[] {
  return [breach(limits.store, store), breach(limits.vault, vault)].filter((problem) => problem !== undefined);
}

/** Id of the container with a stack's state. */
export const stateOf = ({ storeId }: Names, stack: string): string => containerId(storeId, stack);

/** Id of the key that encrypts a stack's secrets. */
export const keyOf = ({ vaultId }: Names, stack: string): string => `${vaultId}/keys/${stack}`;

/** Name of a lane's identity. */
export const identityOf = (workload: string, lane: string): string => `id-${workload}-${lane}`;

const trusted = { github: "github", azureDevOps: "azure-devops" } as const;

/** Name of the one credential of a lane's identity. */
export const credentialOf = (platform: keyof typeof trusted, environment: string): string =>
  `${trusted[platform]}-${environment}`;
