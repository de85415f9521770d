import { demands, off, type Rule } from "../rule";

export const storeNoLocalUsers: Rule = {
  control: "store-no-local-users",
  judge: demands({ "azure-native:storage:StorageAccount": { isLocalUserEnabled: false, isSftpEnabled: off } }),
};
