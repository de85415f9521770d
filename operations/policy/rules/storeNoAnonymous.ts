import { demands, type Rule } from "../rule";

export const storeNoAnonymous: Rule = {
  control: "store-no-anonymous",
  judge: demands({
    "azure-native:storage:StorageAccount": { allowBlobPublicAccess: false },
    "azure-native:storage:BlobContainer": { publicAccess: "None" },
  }),
};
