/** What workflows may use and where they run, and why GitHub refuses. Texts are from memory where no source stands. */
import type { Refusal } from "../behaviour";
import { type InRepository, invalid, problem, runnerGroup } from "./repository";

export type PermissionsInputs = InRepository & {
  enabled?: boolean;
  allowedActions?: string;
  allowedActionsConfig?: { githubOwnedAllowed?: boolean; verifiedAllowed?: boolean; patternsAlloweds?: string[] };
};

/** https://docs.github.com/rest/actions/permissions: the list belongs to `selected` alone. */
export const listWithoutSelection: Refusal<PermissionsInputs> = ({ operation, next }) =>
  operation !== "delete" && next.allowedActionsConfig !== undefined && next.allowedActions !== "selected"
    ? problem("409 Conflict", "Selected actions can only be set where allowed_actions is selected")
    : undefined;

export type RunnerGroupInputs = {
  name: string;
  visibility: string;
  selectedRepositoryIds?: number[];
  restrictedToWorkflows?: boolean;
  selectedWorkflows?: string[];
};

/** https://docs.github.com/rest/actions/self-hosted-runner-groups */
export const groupNameTaken: Refusal<RunnerGroupInputs> = ({ operation, next, id, cloud }) =>
  operation !== "delete" && cloud.all(runnerGroup).some((row) => row.id !== id && row.inputs["name"] === next.name)
    ? problem("409 Conflict", `A runner group named ${next.name} exists already`)
    : undefined;

/** https://docs.github.com/actions/how-tos/manage-runners/self-hosted-runners/manage-access: Team and Enterprise. */
export const planWithoutGroups: Refusal<RunnerGroupInputs> = ({ operation, cloud }) =>
  operation !== "delete" && cloud.organisation.github.plan === "free"
    ? problem("403 Upgrade to GitHub Team to make runner groups.")
    : undefined;

/** A workflow by file and ref: `owner/repository/.github/workflows/file.yml@refs/heads/branch`. */
export const workflowMisnamed: Refusal<RunnerGroupInputs> = ({ operation, next }) => {
  const wrong = next.selectedWorkflows?.find(
    (workflow) => !/^[^/]+\/[^/]+\/\.github\/workflows\/[^@]+\.ya?ml@\S+$/.test(workflow),
  );
  return operation !== "delete" && wrong !== undefined
    ? invalid(`selected_workflows: ${wrong} is not owner/repository/.github/workflows/file@ref`)
    : undefined;
};
