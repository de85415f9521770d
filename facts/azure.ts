import { RunError } from "@pulumi/pulumi/errors";

/** The tag by which every resource says which kind of environment it belongs to. */
export const kindTag = "federated-mlops-environment";

const resourceManagers: Readonly<Record<string, string>> = {
  public: "https://management.azure.com",
  usgovernment: "https://management.usgovcloudapi.net",
  china: "https://management.chinacloudapi.cn",
};

/** Where Azure Resource Manager answers in the cloud that the setting `azure-native:environment` names. */
export function resourceManagerOf(environment: unknown): string {
  const address = resourceManagers[typeof environment === "string" ? environment : "public"];
  if (address === undefined) {
    throw new RunError(
      `azure-native:environment is ${JSON.stringify(environment)}; it can be ${Object.keys(resourceManagers).join(", ")}.`,
    );
  }
  return address;
}

/** The audience that Entra expects in a token of another issuer. */
export const audience = "api://AzureADTokenExchange";
