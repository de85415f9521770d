import { kindTag } from "../../../facts/azure";
import { type Rule, unmet } from "../rule";

/** Types of Azure that take no tags, as this program uses them. */
const untagged: ReadonlySet<string> = new Set(
  [
    "authorization:ManagementLockByScope",
    "authorization:PolicyAssignment",
    "authorization:RoleAssignment",
    "authorization:RoleDefinition",
    "consumption:Budget",
    "machinelearningservices:Datastore",
    "machinelearningservices:ManagedNetworkSettingsRule",
    "monitor:DiagnosticSetting",
    "network:PrivateDnsZoneGroup",
    "network:Subnet",
    "network:VirtualNetworkPeering",
    "storage:BlobContainer",
    "storage:BlobServiceProperties",
  ].map((type) => `azure-native:${type}`),
);

export const kindTagged: Rule = {
  control: "kind-tagged",
  judge: (resource, { environment }) =>
    resource.type.startsWith("azure-native:") && !untagged.has(resource.type)
      ? unmet(resource, { [`tags.${kindTag}`]: environment })
      : [],
};
