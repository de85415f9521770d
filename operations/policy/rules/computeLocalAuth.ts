import { demands, type Rule } from "../rule";

export const computeLocalAuth: Rule = {
  control: "compute-local-auth",
  judge: demands({
    "azure-native:machinelearningservices:Compute": {
      "properties.disableLocalAuth": true,
      "properties.properties.remoteLoginPortPublicAccess": "Disabled",
    },
  }),
};
