import { demands, type Rule } from "../rule";

export const workspaceNoStoreKeys: Rule = {
  control: "workspace-no-store-keys",
  judge: demands({ "azure-native:machinelearningservices:Workspace": { systemDatastoresAuthMode: "Identity" } }),
};
