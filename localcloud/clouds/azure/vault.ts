/** Why Azure refuses a key vault. */
import type { Cloud, Refusal } from "../behaviour";
import { type Child, error, same, vault } from "./arm";

export type VaultInputs = Child<"vaultName"> & {
  properties: { enablePurgeProtection?: boolean; createMode?: string; tenantId: string };
};

const deletedVault = ({ vaultName }: VaultInputs, cloud: Cloud) =>
  cloud.allDeleted(vault).find(({ inputs }) => same(inputs["vaultName"], vaultName));

/** https://github.com/Azure/azure-cli/issues/29115, https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery */
export const vaultIsDeleted: Refusal<VaultInputs> = ({ operation, next, cloud }) =>
  operation === "create" && next.properties.createMode !== "recover" && deletedVault(next, cloud) !== undefined
    ? error(
        "ConflictError",
        `A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.`,
      )
    : undefined;

export const nothingToRecover: Refusal<VaultInputs> = ({ operation, next, id, cloud }) =>
  operation === "create" && next.properties.createMode === "recover" && cloud.findDeleted(id) === undefined
    ? error(
        "SoftDeletedVaultDoesNotExist",
        `A soft deleted vault with the given name '${next.vaultName}' does not exist.`,
      )
    : undefined;

/** https://github.com/Azure/azure-cli/issues/29115: the one value that it takes is true. */
export const purgeProtectionOff: Refusal<VaultInputs> = ({ operation, next }) =>
  operation !== "delete" && next.properties.enablePurgeProtection === false
    ? error(
        "BadRequest",
        `The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.`,
      )
    : undefined;
