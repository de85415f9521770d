/** Projects, who is in them, and what holds for everything that lies in one. Texts are from memory where no source stands. */
import { createHash } from "node:crypto";

import type { Organisation } from "../../organisation";
import type { Row, Store } from "../../store";
import { principals } from "../azure/access";
import type { Bag, Cloud, Refusal } from "../behaviour";

/** Pulumi's token of a resource of the azuredevops provider. */
export const type = (name: string) => `azuredevops:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
export const project = type("Project");
export const pipelineSettings = type("ProjectPipelineSettings");
export const git = type("Git");
export const gitBranch = type("GitRepositoryBranch");
export const gitFile = type("GitRepositoryFile");
export const group = type("Group");
export const membership = type("GroupMembership");
export const entitlement = type("ServicePrincipalEntitlement");
export const buildDefinition = type("BuildDefinition");
export const environment = type("Environment");
export const queue = type("Queue");
export const variableGroup = type("VariableGroup");
export const serviceEndpoint = type("ServiceEndpointAzureRM");
export const authorization = type("PipelineAuthorization");
export const gitPermissions = type("GitPermissions");
export const checkApproval = type("CheckApproval");
export const branchControl = type("CheckBranchControl");

export type InProject = { projectId: string };

export const inProject = ({ projectId }: InProject) => ({ type: project, id: projectId });

/** Azure DevOps counts what is no project, repository or connection. */
export const numbered = (seed: string, cloud: Cloud) => String(Number.parseInt(cloud.freshGuid(seed).slice(0, 6), 16));

/** Names of groups, pipelines and the like are one in their project whatever their case. */
export const same = (left: unknown, right: unknown) => String(left).toLowerCase() === String(right).toLowerCase();

export const standing = (store: Store, of: string) => store.rows(of).filter(({ state }) => state === "live");

/** The project of this id or name. */
export const findProject = (idOrName: string, cloud: Cloud): Row | undefined =>
  cloud.all(project).find(({ id, inputs }) => same(id, idOrName) || same(inputs["name"], idOrName));

/** What of `of` the project has under this name. */
export const namedIn = (of: string, projectId: string, name: string, cloud: Cloud): Row | undefined =>
  cloud.all(of).find(({ inputs }) => same(inputs["projectId"], projectId) && same(inputs["name"], name));

/** What the provider imports by its project and its own id. azuredevops/internal/utils/tfhelper/importers.go */
export function importedInProject(named: string, cloud: Cloud, of: string): Row | undefined {
  const [projectId = "", id = ""] = named.split("/");
  const found = cloud.find(id, of);
  return same(found?.inputs["projectId"], findProject(projectId, cloud)?.id) ? found : undefined;
}

export const projectMissing: Refusal<InProject> = ({ operation, next, cloud }) =>
  operation === "create" && cloud.find(next.projectId, project) === undefined
    ? `TF200016: The following project does not exist: ${next.projectId}. Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.`
    : undefined;

/** https://learn.microsoft.com/azure/devops/reference/error/tf200019-team-project-exists */
export const projectTaken: Refusal<{ name: string }> = ({ operation, next, cloud }) =>
  operation === "create" && findProject(next.name, cloud) !== undefined
    ? `TF200019: The following project already exists on the Azure DevOps Server: ${next.name}.`
    : undefined;

/** https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions */
export const projectMisnamed: Refusal<{ name: string }> = ({ operation, next: { name } }) =>
  operation !== "delete" && (name.length > 64 || /[\\/:*?"<>|;#$*{},+=[\]]|^[_.]|\.$/.test(name))
    ? `TF200012: The project name '${name}' is not valid.`
    : undefined;

/** What Azure DevOps says of a name that is taken, by what has it. */
const takenTexts: Readonly<Record<string, (name: string) => string>> = {
  [git]: (name) => `TF400948: A Git repository with the name ${name} already exists.`,
  [environment]: (name) => `Environment with name ${name} already exists in the project.`,
  [variableGroup]: (name) => `Variable group with name '${name}' already exists in the current project.`,
};

export const nameTaken: Refusal<InProject & { name: string }> = ({ operation, next, id, type: of, cloud }) => {
  const found = namedIn(of, next.projectId, next.name, cloud);
  return operation !== "delete" && found !== undefined && found.id !== id ? takenTexts[of]?.(next.name) : undefined;
};

/** Groups that every project has, and one of the organisation's own. */
const builtInGroups = ["Readers", "Contributors", "Build Administrators", "Project Administrators"];
const organisationGroups = ["Project Collection Administrators", "Project Collection Build Service Accounts"];

/** A descriptor as Azure DevOps makes it: who keeps it, and something opaque. */
const descriptorOf = (kind: "vssgp" | "aadgp" | "aad" | "aadsp" | "svc", seed: string) =>
  `${kind}.${createHash("sha256").update(seed.toLowerCase()).digest("base64url").slice(0, 32)}`;

export const groupIdOf = (descriptor: string) => guid(descriptor);

function guid(seed: string): string {
  const hex = createHash("sha256").update(seed).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Descriptor of a group that is there without having been made: of a project, or of the organisation. */
export function builtInGroup(name: string, projectId: string | undefined): string | undefined {
  return groupsThere(projectId).find((one) => same(one.name, name))?.descriptor;
}

/** All of those. */
export function groupsThere(projectId: string | undefined): { name: string; descriptor: string }[] {
  const known = projectId === undefined ? organisationGroups : builtInGroups;
  return known.map((name) => ({ name, descriptor: descriptorOf("vssgp", `${projectId ?? ""}/${name}`) }));
}

export const personDescriptor = (objectId: string) => descriptorOf("aad", objectId);

/** Whoever runs Pulumi. */
export const deployerDescriptor = ({ deployer: { kind, objectId } }: Organisation) =>
  kind === "User" ? personDescriptor(objectId) : descriptorOf("aadsp", objectId);

/** As whom jobs run that may reach every project. */
export const organisationJobs = ({ azureDevOps: { id, name } }: Organisation) => ({
  descriptor: descriptorOf("svc", id),
  displayName: `Project Collection Build Service (${name})`,
});

/** As whom jobs of the project run. */
export const buildServiceOf = (row: Row, { organisation }: Pick<Cloud, "organisation">) => ({
  descriptor: descriptorOf("svc", row.id),
  displayName: `${String(row.inputs["name"])} Build Service (${organisation.azureDevOps.name})`,
  principalName: row.id,
});

export type GroupInputs = { scope?: string; displayName?: string; originId?: string; members?: string[] };

export const entraGroup = ({ originId }: GroupInputs, { organisation }: Cloud) =>
  organisation.groups.find(({ objectId }) => same(objectId, originId));

export const groupDescriptor = ({ scope, displayName, originId }: GroupInputs) =>
  originId === undefined ? descriptorOf("vssgp", `${scope ?? ""}/${displayName}`) : descriptorOf("aadgp", originId);

/** A service principal or a managed identity as a user of the organisation. */
export type EntitlementInputs = { originId: string };

export const servicePrincipalDescriptor = ({ originId }: EntitlementInputs) => descriptorOf("aadsp", originId);

/** The text is from memory. */
export const servicePrincipalMissing: Refusal<EntitlementInputs> = ({ operation, next, cloud }) =>
  operation === "create" &&
  !principals(cloud).some(({ kind, objectId }) => kind === "ServicePrincipal" && same(objectId, next.originId))
    ? `VS860016: Could not find a service principal with the origin id ${next.originId} in the directory of the organization.`
    : undefined;

/** Whether Azure DevOps knows somebody by this descriptor. */
export function isKnown(descriptor: string, cloud: Cloud): boolean {
  const projects = cloud.all(project);
  return (
    cloud.find(descriptor, group) !== undefined ||
    cloud.all(entitlement).some(({ outputs }) => outputs["descriptor"] === descriptor) ||
    organisationGroups.some((name) => builtInGroup(name, undefined) === descriptor) ||
    projects.some(
      (row) =>
        buildServiceOf(row, cloud).descriptor === descriptor ||
        builtInGroups.some((name) => builtInGroup(name, row.id) === descriptor),
    )
  );
}

/** Whether a policy or a check can name somebody by this id. */
export const isKnownId = (id: string, cloud: Cloud) =>
  cloud.all(group).some((row) => same(row.outputs["groupId"], id)) ||
  cloud.organisation.people.some(({ objectId }) => same(objectId, id));

export const entraGroupMissing: Refusal<GroupInputs> = ({ operation, next, cloud }) =>
  operation === "create" && next.originId !== undefined && entraGroup(next, cloud) === undefined
    ? `VS860016: Could not find a group with the origin id ${next.originId} in the directory of the organization.`
    : undefined;

export const groupTaken: Refusal<GroupInputs> = ({ operation, next, now }) =>
  operation === "create" && next.originId === undefined && now !== undefined
    ? `VS860007: A group with the name ${next.displayName} already exists.`
    : undefined;

/** azuredevops/internal/service/graph/resource_group.go: the provider's own schema (ConflictsWith). */
export const groupOfTwoKinds: Refusal<GroupInputs> = ({ operation, next }) =>
  operation !== "delete" && next.originId !== undefined && (next.displayName ?? next.scope) !== undefined
    ? '"origin_id": conflicts with display_name, scope'
    : undefined;

const unknownAmong = (members: readonly string[], cloud: Cloud) => members.find((one) => !isKnown(one, cloud));

export const memberMissing: Refusal<{ members?: string[] }> = ({ operation, next, cloud }) => {
  const unknown = operation === "delete" ? undefined : unknownAmong(next.members ?? [], cloud);
  return unknown === undefined
    ? undefined
    : `VS860012: Error adding group memberships: the subject descriptor ${unknown} could not be resolved.`;
};

/** ProjectPipelineSettings: provider 3.15.0 guards one switch by the other's presence. */
export const withoutReleaseScope = ({ inputs }: Row): Bag =>
  inputs["statusBadgesArePrivate"] === undefined && inputs["enforceJobScopeForRelease"] !== undefined
    ? { ...inputs, enforceJobScopeForRelease: false }
    : inputs;
