import { privateDemands, type Rule } from "../rule";

export const registryPrivate: Rule = {
  control: "registry-private",
  judge: privateDemands({
    "azure-native:containerregistry:Registry": {
      publicNetworkAccess: "Disabled",
      "policies.exportPolicy.status": "disabled",
    },
  }),
};
