import { privateDemands, type Rule } from "../rule";

export const vaultPrivate: Rule = {
  control: "vault-private",
  judge: privateDemands({
    "azure-native:keyvault:Vault": {
      "properties.publicNetworkAccess": "Disabled",
      "properties.networkAcls.defaultAction": "Deny",
    },
  }),
};
