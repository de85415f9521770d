import { oneOf, type Rule, unmet } from "../rule";

export const workspaceOwnIdentity: Rule = {
  control: "workspace-own-identity",
  judge: (resource, { systemIdentity }) =>
    resource.type === "azure-native:machinelearningservices:Workspace"
      ? unmet(resource, {
          // Azure gives a system-assigned one a role on the whole resource group, and takes it from no workspace that has it.
          "identity.type": oneOf("UserAssigned", ...(systemIdentity ? ["SystemAssigned,UserAssigned"] : [])),
        })
      : [],
};
