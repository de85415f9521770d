import type { Rule } from "../rule";

/**
 * What the program makes, and what the engine makes of it. Rules go by type, so that the same thing under another one
 * (an older API, a template, a script) would slip past all of them: whoever needs a new type brings it here first, with
 * the rules that it needs.
 */
const known: ReadonlySet<string> = new Set([
  "pulumi:pulumi:Stack",
  ...[
    "applicationinsights:Component",
    "authorization:ManagementLockByScope",
    "authorization:PolicyAssignment",
    "authorization:RoleAssignment",
    "authorization:RoleDefinition",
    "consumption:Budget",
    "containerregistry:Registry",
    "keyvault:Vault",
    "machinelearningservices:Compute",
    "machinelearningservices:Datastore",
    "machinelearningservices:ManagedNetworkSettingsRule",
    "machinelearningservices:Workspace",
    "managedidentity:UserAssignedIdentity",
    "monitor:ActionGroup",
    "monitor:ActivityLogAlert",
    "monitor:DiagnosticSetting",
    "network:NatGateway",
    "network:NetworkSecurityGroup",
    "network:PrivateDnsZoneGroup",
    "network:PrivateEndpoint",
    "network:PublicIPAddress",
    "network:RouteTable",
    "network:Subnet",
    "network:VirtualNetwork",
    "network:VirtualNetworkPeering",
    "operationalinsights:Workspace",
    "privatedns:PrivateZone",
    "privatedns:VirtualNetworkLink",
    "resources:ResourceGroup",
    "storage:BlobContainer",
    "storage:BlobServiceProperties",
    "storage:StorageAccount",
  ].map((type) => `azure-native:${type}`),
  ...["Application", "ApplicationFederatedIdentityCredential", "ServicePrincipal"].map((type) =>
    bridged("azuread", type),
  ),
  ...[
    "ActionsEnvironmentSecret",
    "ActionsEnvironmentVariable",
    "ActionsRepositoryPermissions",
    "ActionsRunnerGroup",
    "Branch",
    "BranchDefault",
    "BranchProtection",
    "Repository",
    "RepositoryCollaborators",
    "RepositoryEnvironment",
    "RepositoryEnvironmentDeploymentPolicy",
    "RepositoryFile",
    "RepositoryRuleset",
    "WorkflowRepositoryPermissions",
  ].map((type) => bridged("github", type)),
]);

function bridged(provider: string, type: string): string {
  return `${provider}:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`;
}

/** The providers that the engine makes from the stack's settings. One that the program makes could lead elsewhere. */
const defaultProvider = /::pulumi:providers:(azure-native|azuread|github)::default_\d+_\d+_\d+$/;

/** This program's own components: what is in them is judged by itself. */
const component = /^federated-mlops:index:\w+$/;

export const typesKnown: Rule = {
  control: "types-known",
  withoutInputs: true,
  judge: ({ type, urn }) =>
    known.has(type) || component.test(type) || defaultProvider.test(urn)
      ? []
      : [`No rule knows what a ${type} can do. Bring it into operations/policy/rules/typesKnown.ts first.`],
};
