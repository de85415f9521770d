/** Who may do what with a repository, a pipeline, a connection or a group of variables. */
import { type Bag, type Behaviour, behaviour, type Refusal } from "../behaviour";
import { type InProject, inProject, isKnown, projectMissing } from "./project";

export type AclInputs = InProject & { principal: string; permissions: Record<string, string> } & Bag;

/** azuredevops/internal/service/permissions/utils/namespaces.go */
const principalUnknown: Refusal<AclInputs> = ({ operation, next, cloud }) =>
  operation !== "delete" && !isKnown(next.principal, cloud)
    ? `Failed to load identity information for defined principals [${next.principal}]`
    : undefined;

/** The provider's own words; it compares with regard to case. */
const permissionUnknown =
  (known: readonly string[]): Refusal<AclInputs> =>
  ({ operation, next }) => {
    const unknown = Object.keys(next.permissions).find((permission) => !known.includes(permission));
    return operation !== "delete" && unknown !== undefined ? `Invalid permission [${unknown}]` : undefined;
  };

const wordUnknown: Refusal<AclInputs> = ({ operation, next }) => {
  const unknown = Object.entries(next.permissions).find(([, word]) => !/^(allow|deny|notset)$/i.test(word));
  return operation !== "delete" && unknown !== undefined
    ? `Invalid permission value [${unknown[1]}] for ${unknown[0]}`
    : undefined;
};

/**
 * A list of permissions of one principal on `on`. What is read back are the listed permissions of the listed principal
 * alone: a right that somebody gives to another one is not seen.
 */
export function acl(on: string, known: readonly string[], missing: Refusal<AclInputs>): Behaviour {
  return behaviour<AclInputs>({
    requires: ["permissions", "principal", "projectId"],
    id: (inputs) => `${inputs.projectId}/${inputs[on] as string | undefined}/${inputs.principal}`,
    within: inProject,
    replaces: ["projectId", on, "principal"],
    refuses: [projectMissing, missing, principalUnknown, permissionUnknown(known), wordUnknown],
  });
}

export const onMissing =
  (key: string, type: string, what: string): Refusal<AclInputs> =>
  ({ operation, next, cloud }) => {
    const id = next[key] as string | undefined;
    return operation === "create" && id !== undefined && cloud.find(id, type) === undefined
      ? `${what} ${id} does not exist`
      : undefined;
  };

/** https://registry.terraform.io/providers/microsoft/azuredevops/latest/docs/resources/git_permissions */
export const gitPermissionNames = [
  ...["Administer", "GenericRead", "GenericContribute", "ForcePush", "CreateBranch", "CreateTag", "ManageNote"],
  ...["PolicyExempt", "CreateRepository", "DeleteRepository", "RenameRepository", "EditPolicies", "RemoveOthersLocks"],
  ...["ManagePermissions", "PullRequestContribute", "PullRequestBypassPolicy"],
];

/** https://registry.terraform.io/providers/microsoft/azuredevops/latest/docs/resources/build_definition_permissions */
export const buildPermissionNames = [
  ...["ViewBuilds", "EditBuildQuality", "RetainIndefinitely", "DeleteBuilds", "ManageBuildQualities", "DestroyBuilds"],
  ...["UpdateBuildInformation", "QueueBuilds", "ManageBuildQueue", "StopBuilds", "ViewBuildDefinition"],
  ...["EditBuildDefinition", "DeleteBuildDefinition", "OverrideBuildCheckInValidation", "AdministerBuildPermissions"],
  ...["CreateBuildDefinition", "EditPipelineQueueConfigurationPermission"],
];

/** https://registry.terraform.io/providers/microsoft/azuredevops/latest/docs/resources/serviceendpoint_permissions */
export const endpointPermissionNames = ["Use", "Administer", "Create", "ViewAuthorization", "ViewEndpoint"];

/** https://registry.terraform.io/providers/microsoft/azuredevops/latest/docs/resources/variable_group_permissions */
export const libraryPermissionNames = ["View", "Administer", "Create", "ViewSecrets", "Use", "Owner"];
