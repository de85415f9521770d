/**
 * How Azure DevOps writes down who may do what: lists of entries, each for one thing that a token names, with a bit for each
 * permission. https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference
 */

export interface SecurityNamespace {
  readonly id: string;
  readonly bits: Readonly<Record<string, number>>;
}

/** Those by which somebody comes at production, with the permissions that the namespace has, in the order of their bits. */
export const securityNamespaces = {
  git: namespace("2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87", [
    ...["Administer", "GenericRead", "GenericContribute", "ForcePush", "CreateBranch", "CreateTag", "ManageNote"],
    ...["PolicyExempt", "CreateRepository", "DeleteRepository", "RenameRepository", "EditPolicies"],
    ...["RemoveOthersLocks", "ManagePermissions", "PullRequestContribute", "PullRequestBypassPolicy"],
  ]),
  build: namespace("33344d9c-fc72-4d6f-aba5-fa317101a7e9", [
    ...["ViewBuilds", "EditBuildQuality", "RetainIndefinitely", "DeleteBuilds", "ManageBuildQualities"],
    ...["DestroyBuilds", "UpdateBuildInformation", "QueueBuilds", "ManageBuildQueue", "StopBuilds"],
    ...["ViewBuildDefinition", "EditBuildDefinition", "DeleteBuildDefinition", "OverrideBuildCheckInValidation"],
    ...["AdministerBuildPermissions", "CreateBuildDefinition", "EditPipelineQueueConfigurationPermission"],
  ]),
  endpoint: namespace("49b48001-ca20-4adc-8111-5b60c903a50c", [
    ...["Use", "Administer", "Create", "ViewAuthorization", "ViewEndpoint"],
  ]),
  environment: namespace("83d4c2e6-e57d-4d6e-892b-b87222b7ad20", [
    ...["View", "Manage", "ManageHistory", "Administer", "Use", "Create"],
  ]),
  variablegroup: namespace("b7e84409-6553-448a-bbb2-af228e07cbeb", [
    ...["View", "Administer", "Create", "ViewSecrets", "Use", "Owner"],
  ]),
  queue: namespace("101eae8c-1709-47f9-b228-0e476c35b3ba", [
    ...["View", "Manage", "Listen", "AdministerPermissions", "Use", "Create"],
  ]),
} as const satisfies Readonly<Record<string, SecurityNamespace>>;

export type Securable = keyof typeof securityNamespaces;

/** Kinds of things whose use is checked and authorised, by the words of the REST interface. */
export type ProtectedKind = Exclude<Securable, "git" | "build">;

function namespace(id: string, permissions: readonly string[]): SecurityNamespace {
  return { id, bits: Object.fromEntries(permissions.map((permission, at) => [permission, 2 ** at])) };
}

/** Names of the permissions whose bits are set. */
export function permissionsIn(of: Securable, mask: number): string[] {
  return Object.entries<number>(securityNamespaces[of].bits).flatMap(([name, bit]) =>
    (mask & bit) === 0 ? [] : [name],
  );
}

/** The bits of these permissions together. */
export function maskOf(of: Securable, permissions: readonly string[]): number {
  const { bits }: SecurityNamespace = securityNamespaces[of];
  return permissions.reduce((mask, permission) => mask | (bits[permission] ?? 0), 0);
}

/** Tokens of a branch, or of a repository: its own first, then what it inherits from. */
export function gitTokens(project: string, repository: string, branch?: string): string[] {
  const own = `repoV2/${project}/${repository}`;
  return [...(branch === undefined ? [] : branchTokens(own, branch)), own, `repoV2/${project}`, "repoV2"];
}

/** Each part of a branch's name in UTF-16, as hexadecimal digits. https://devblogs.microsoft.com/devops/git-repo-tokens-for-the-security-service/ */
function branchTokens(repository: string, branch: string): string[] {
  const parts = branch.split("/").map((part) => Buffer.from(part, "utf16le").toString("hex"));
  const heads = `${repository}/refs/heads`;
  return [...parts.map((_, at) => [heads, ...parts.slice(0, at + 1)].join("/")).reverse(), heads];
}

/** Tokens of a pipeline in the folder `path` (`\` or `\jobs`). */
export function buildTokens(project: string, path: string, pipeline: string): string[] {
  const folders = path.split("\\").filter((part) => part !== "");
  const above = folders.map((_, at) => [project, ...folders.slice(0, at + 1)].join("/")).reverse();
  return [[above[0] ?? project, pipeline].join("/"), ...above, project];
}

/** Tokens of what pipelines use. */
export function protectedTokens(kind: ProtectedKind, project: string, id: string): string[] {
  switch (kind) {
    case "endpoint":
      return [`endpoints/${project}/${id}`, `endpoints/${project}`, "endpoints"];
    case "environment":
      return [`Environments/${project}/${id}`, `Environments/${project}`, "Environments"];
    case "variablegroup":
      return [`Library/${project}/VariableGroup/${id}`, `Library/${project}`, "Library"];
    case "queue":
      return [`AgentQueues/${project}/${id}`, `AgentQueues/${project}`, "AgentQueues"];
  }
}
