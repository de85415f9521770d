import { privateDemands, type Rule } from "../rule";

export const storePrivate: Rule = {
  control: "store-private",
  judge: privateDemands({
    "azure-native:storage:StorageAccount": {
      publicNetworkAccess: "Disabled",
      "networkRuleSet.defaultAction": "Deny",
    },
  }),
};
