/** Repositories, what lies directly in them, and why GitHub refuses. */
import type { Row } from "../../store";
import type { Cloud, Refusal } from "../behaviour";

/** Pulumi's token of a resource of the github provider. */
export const type = (name: string) => `github:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
export const repository = type("Repository");
export const ruleset = type("RepositoryRuleset");
export const environment = type("RepositoryEnvironment");
export const deploymentPolicy = type("RepositoryEnvironmentDeploymentPolicy");
export const collaborators = type("RepositoryCollaborators");
export const protection = type("BranchProtection");
export const variable = type("ActionsEnvironmentVariable");
export const secret = type("ActionsEnvironmentSecret");
export const branch = type("Branch");
export const file = type("RepositoryFile");
export const workflowToken = type("WorkflowRepositoryPermissions");
export const actionsPermissions = type("ActionsRepositoryPermissions");
export const deployKey = type("RepositoryDeployKey");
export const runnerGroup = type("ActionsRunnerGroup");

export type InRepository = { repository: string };

export const problem = (status: string, ...details: string[]) => `${status} [${details.join(" ")}]`;
export const invalid = (detail: string) => problem("422 Validation Failed", detail);

export const findRepository = (name: string, cloud: Cloud) => cloud.find(name, repository);
export const isPrivate = (row: Row | undefined) =>
  row?.inputs["visibility"] === "private" || row?.inputs["private"] === true;
export const defaultBranch = (row: Row | undefined) => (row?.inputs["defaultBranch"] as string | undefined) ?? "main";

export const inRepository = ({ repository: id }: InRepository) => ({ type: repository, id });

export const repositoryMissing: Refusal<InRepository> = ({ operation, next, cloud }) =>
  operation === "create" && findRepository(next.repository, cloud) === undefined
    ? `GET https://api.github.com/repos/${cloud.organisation.github.login}/${next.repository}: 404 Not Found []`
    : undefined;

/** https://docs.github.com/repositories/archiving-a-github-repository/archiving-repositories */
export const archived: Refusal<InRepository> = ({ next, cloud }) =>
  findRepository(next.repository, cloud)?.state === "archived"
    ? problem("403 Repository was archived so is read-only.")
    : undefined;

export const exists =
  (text: string): Refusal =>
  ({ operation, now }) =>
    operation === "create" && now !== undefined ? text : undefined;

/** Names stay taken while a repository is archived. */
export const nameTaken: Refusal<{ name: string }> = ({ operation, now }) =>
  operation === "create" && now !== undefined
    ? problem(
        "422 Repository creation failed.",
        "{Resource:Repository Field:name Code:custom Message:name already exists on this account}",
      )
    : undefined;

/** The one thing that can be done with an archived repository is to bring it back. */
export const staysArchived: Refusal<{ archived?: boolean }> = ({ operation, next, now }) =>
  operation === "update" && now?.state === "archived" && next.archived === true
    ? problem("403 Repository was archived so is read-only.")
    : undefined;

export type CollaboratorInputs = InRepository & {
  teams?: { teamId: string; permission?: string }[];
  users?: { username: string; permission?: string }[];
};

export const teamMissing: Refusal<CollaboratorInputs> = ({ operation, next, cloud }) => {
  const { teams, login } = cloud.organisation.github;
  const unknown = next.teams?.find(
    ({ teamId }) => !teams.some(({ slug, id }) => slug === teamId || String(id) === teamId),
  );
  return operation !== "delete" && unknown !== undefined
    ? `GET https://api.github.com/orgs/${login}/teams/${unknown.teamId}: 404 Not Found []`
    : undefined;
};
