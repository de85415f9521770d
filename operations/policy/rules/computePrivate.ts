import { demands, type Rule } from "../rule";

const withoutAddress = demands({
  // Without an address Azure takes a cluster only in a subnet, or in the managed network.
  "azure-native:machinelearningservices:Compute": { "properties.properties.enableNodePublicIp": false },
});

export const computePrivate: Rule = {
  control: "compute-private",
  judge: (resource, settings) => (settings.environment === "production" ? withoutAddress(resource, settings) : []),
};
