import { off, privateDemands, type Rule } from "../rule";

export const workspacePrivate: Rule = {
  control: "workspace-private",
  judge: privateDemands({
    "azure-native:machinelearningservices:Workspace": {
      publicNetworkAccess: "Disabled",
      allowPublicAccessWhenBehindVnet: off,
    },
  }),
};
