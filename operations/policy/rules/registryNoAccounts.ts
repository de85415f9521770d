import { demands, off, type Rule } from "../rule";

export const registryNoAccounts: Rule = {
  control: "registry-no-accounts",
  judge: demands({
    "azure-native:containerregistry:Registry": { adminUserEnabled: false, anonymousPullEnabled: off },
  }),
};
