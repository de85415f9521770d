import { demands, type Rule } from "../rule";

export const computeLocalAuth: Rule = {
  control: "compute-local-auth",
  judge: demands({
    "azure-native:machinelearningservices:Compute": {
      // A compute instance or a joined machine says elsewhere who gets in.
      "properties.computeType": "AmlCompute",
      "properties.disableLocalAuth": true,
      "properties.properties.remoteLoginPortPublicAccess": "Disabled",
    },
  }),
};
