import { demands, none, type Rule } from "../rule";

export const vaultByRole: Rule = {
  control: "vault-by-role",
  judge: demands({
    "azure-native:keyvault:Vault": { "properties.enableRbacAuthorization": true, "properties.accessPolicies": none },
  }),
};
