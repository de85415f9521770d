import { demands, type Rule } from "../rule";

export const datastoreNoKeys: Rule = {
  control: "datastore-no-keys",
  judge: demands({
    "azure-native:machinelearningservices:Datastore": { "properties.credentials.credentialsType": "None" },
  }),
};
