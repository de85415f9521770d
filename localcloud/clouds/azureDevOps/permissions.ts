/** Who may do what with a project, a repository, a pipeline, a connection or variables. */
import { type Bag, type Behaviour, behaviour, type Refusal } from "../behaviour";
import {
  buildDefinition,
  git,
  gitPermissions,
  type InProject,
  inProject,
  isKnown,
  projectMissing,
  serviceEndpoint,
  type,
  variableGroup,
} from "./project";

type AclInputs = InProject & { principal: string; permissions: Record<string, string> } & Bag;

interface Securable {
  /** The input that names what the permissions are on, and what that is; none where they are on the project, or all of its. */
  readonly key?: string;
  readonly on?: string;
  /** Without that input, they are on all of the project's. */
  readonly optional?: true;
  /** A part of it that the permissions can be about alone. */
  readonly part?: string;
  readonly permissions: readonly string[];
}

/** By type, as the provider's documentation lists them: https://registry.terraform.io/providers/microsoft/azuredevops/latest/docs */
const securables: Readonly<Record<string, Securable>> = {
  [gitPermissions]: {
    ...{ key: "repositoryId", on: git, optional: true, part: "branchName" },
    permissions: [
      ...["Administer", "GenericRead", "GenericContribute", "ForcePush", "CreateBranch", "CreateTag", "ManageNote"],
      ...["PolicyExempt", "CreateRepository", "DeleteRepository", "RenameRepository", "EditPolicies"],
      ...["RemoveOthersLocks", "ManagePermissions", "PullRequestContribute", "PullRequestBypassPolicy"],
    ],
  },
  [type("BuildDefinitionPermissions")]: {
    ...{ key: "buildDefinitionId", on: buildDefinition },
    permissions: [
      ...["ViewBuilds", "EditBuildQuality", "RetainIndefinitely", "DeleteBuilds", "ManageBuildQualities"],
      ...["DestroyBuilds", "UpdateBuildInformation", "QueueBuilds", "ManageBuildQueue", "StopBuilds"],
      ...["ViewBuildDefinition", "EditBuildDefinition", "DeleteBuildDefinition", "OverrideBuildCheckInValidation"],
      ...["AdministerBuildPermissions", "CreateBuildDefinition", "EditPipelineQueueConfigurationPermission"],
    ],
  },
  [type("ServiceendpointPermissions")]: {
    ...{ key: "serviceendpointId", on: serviceEndpoint, optional: true },
    permissions: ["Use", "Administer", "Create", "ViewAuthorization", "ViewEndpoint"],
  },
  [type("VariableGroupPermissions")]: {
    ...{ key: "variableGroupId", on: variableGroup },
    permissions: ["View", "Administer", "Create", "ViewSecrets", "Use", "Owner"],
  },
  [type("ProjectPermissions")]: {
    permissions: [
      ...["GENERIC_READ", "GENERIC_WRITE", "DELETE", "RENAME", "UPDATE_VISIBILITY", "CHANGE_PROCESS"],
      ...["PUBLISH_TEST_RESULTS", "ADMINISTER_BUILD", "START_BUILD", "EDIT_BUILD_STATUS", "UPDATE_BUILD"],
      ...["DELETE_TEST_RESULTS", "VIEW_TEST_RESULTS", "MANAGE_TEST_ENVIRONMENTS", "MANAGE_TEST_CONFIGURATIONS"],
      ...["WORK_ITEM_DELETE", "WORK_ITEM_MOVE", "WORK_ITEM_PERMANENTLY_DELETE", "MANAGE_PROPERTIES"],
      ...["MANAGE_SYSTEM_PROPERTIES", "BYPASS_PROPERTY_CACHE", "BYPASS_RULES", "SUPPRESS_NOTIFICATIONS"],
      ...["AGILETOOLS_BACKLOG", "AGILETOOLS_PLANS"],
    ],
  },
  [type("LibraryPermissions")]: {
    permissions: ["View", "Administer", "Create", "ViewSecrets", "Use", "Owner"],
  },
};

/** azuredevops/internal/service/permissions/utils/namespaces.go */
const principalUnknown: Refusal<AclInputs> = ({ operation, next, cloud }) =>
  operation !== "delete" && !isKnown(next.principal, cloud)
    ? `Failed to load identity information for defined principals [${next.principal}]`
    : undefined;

/** The provider's own check, which looks at case. */
const permissionUnknown: Refusal<AclInputs> = ({ operation, next, type: of }) => {
  const unknown = Object.keys(next.permissions).find((one) => securables[of]?.permissions.includes(one) === false);
  return operation !== "delete" && unknown !== undefined ? `Invalid permission [${unknown}]` : undefined;
};

const wordUnknown: Refusal<AclInputs> = ({ operation, next }) => {
  const unknown = Object.entries(next.permissions).find(([, word]) => !/^(allow|deny|notset)$/i.test(word));
  return operation !== "delete" && unknown !== undefined
    ? `Invalid permission value [${unknown[1]}] for ${unknown[0]}`
    : undefined;
};

const securableMissing: Refusal<AclInputs> = ({ operation, next, type: of, cloud }) => {
  const { key = "", on = "" } = securables[of] ?? {};
  const id = next[key] as string | undefined;
  return operation === "create" && id !== undefined && cloud.find(id, on) === undefined
    ? `${on.split(":").at(-1)} ${id} does not exist`
    : undefined;
};

/**
 * Permissions of one principal on one thing. What is read back are the listed permissions of the listed principal alone: a
 * right that somebody gives to another one is not seen.
 */
export const acls: Readonly<Record<string, Behaviour>> = Object.fromEntries(
  Object.entries(securables).map(([of, { key = "", optional = false, part = "" }]) => [
    of,
    behaviour<AclInputs>({
      requires: ["permissions", "principal", "projectId", ...(optional || key === "" ? [] : [key])],
      id: (inputs) => [inputs.projectId, inputs[key], inputs[part], inputs.principal].join("/"),
      within: inProject,
      replaces: ["projectId", "principal", ...[key, part].filter((input) => input !== "")],
      refuses: [projectMissing, securableMissing, principalUnknown, permissionUnknown, wordUnknown],
    }),
  ]),
);
