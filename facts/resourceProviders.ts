/** The namespaces of everything that this program makes in Azure. A subscription takes none before it is registered. */
export const resourceProviders: readonly string[] = [
  "Microsoft.Authorization",
  "Microsoft.Consumption",
  "Microsoft.ContainerRegistry",
  "Microsoft.Insights",
  "Microsoft.KeyVault",
  "Microsoft.MachineLearningServices",
  "Microsoft.ManagedIdentity",
  "Microsoft.Network",
  "Microsoft.OperationalInsights",
  "Microsoft.Resources",
  "Microsoft.Storage",
];
