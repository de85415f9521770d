import { demands, type Rule } from "../rule";

export const storeNoSharedKey: Rule = {
  control: "store-no-shared-key",
  judge: demands({ "azure-native:storage:StorageAccount": { allowSharedKeyAccess: false } }),
};
