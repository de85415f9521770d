/** Deployment environments, what lies in them, and why GitHub refuses. */
import type { Refusal } from "../behaviour";
import {
  type CollaboratorInputs,
  collaborators,
  environment,
  findRepository,
  type InRepository,
  invalid,
  isPrivate,
  problem,
} from "./repository";

export type InEnvironment = InRepository & { environment: string };

export const inEnvironment = (inputs: InEnvironment) => ({ type: environment, id: environmentId(inputs) });
// https://github.com/integrations/terraform-provider-github: the parts of an id are joined by colons.
export const environmentId = ({ repository, environment }: InEnvironment) =>
  `${repository}:${environment.replaceAll(":", "??")}`;

export const environmentMissing: Refusal<InEnvironment> = ({ operation, next, cloud }) =>
  operation === "create" && cloud.find(environmentId(next), environment) === undefined
    ? `404 Not Found [environment ${next.environment}]`
    : undefined;

export type EnvironmentInputs = InEnvironment & {
  reviewers?: { teams?: number[]; users?: number[] }[];
  waitTimer?: number;
  preventSelfReview?: boolean;
  canAdminsBypass?: boolean;
  deploymentBranchPolicy?: { protectedBranches: boolean; customBranchPolicies: boolean };
};

export const reviewersOf = ({ reviewers }: EnvironmentInputs) =>
  (reviewers ?? []).flatMap(({ teams = [], users = [] }) => [...teams, ...users]);

/**
 * https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments; the text for reviewers:
 * https://github.com/Azure/ALZ-PowerShell-Module/issues/193
 */
export const planWithoutReviewers: Refusal<EnvironmentInputs> = ({ operation, next, cloud }) => {
  const asks: [boolean, string][] = [
    [reviewersOf(next).length > 0, "required reviewers"],
    [next.preventSelfReview === true, "prevent self-review"],
    [next.canAdminsBypass === false, "admin bypass"],
    [(next.waitTimer ?? 0) > 0, "wait timer"],
  ];
  const asked = asks.find(([is]) => is)?.[1];
  return operation !== "delete" &&
    asked !== undefined &&
    cloud.organisation.github.plan !== "enterprise" &&
    isPrivate(findRepository(next.repository, cloud))
    ? `422 Failed to create the environment protection rule. Please ensure the billing plan supports the ${asked} protection rule. []`
    : undefined;
};

/** https://github.com/github-community-projects/safe-settings/issues/628 */
export const selfReviewOfNobody: Refusal<EnvironmentInputs> = ({ operation, next }) =>
  operation !== "delete" && next.preventSelfReview === true && reviewersOf(next).length === 0
    ? "422 Failed to create or update the environment protection rule. Required reviewers must have at least one reviewer to set prevent_self_review. []"
    : undefined;

export const tooManyReviewers: Refusal<EnvironmentInputs> = ({ operation, next }) =>
  operation !== "delete" && reviewersOf(next).length > 6
    ? invalid("An environment can have at most 6 reviewers")
    : undefined;

export const reviewerWithoutAccess: Refusal<EnvironmentInputs> = ({ operation, next, cloud }) => {
  const access = cloud.find(next.repository, collaborators)?.inputs as CollaboratorInputs | undefined;
  const { teams } = cloud.organisation.github;
  const blind = (next.reviewers ?? [])
    .flatMap(({ teams = [] }) => teams)
    .find((id) => {
      const slug = teams.find((team) => team.id === id)?.slug;
      return !access?.teams?.some(({ teamId }) => teamId === slug || teamId === String(id));
    });
  return operation !== "delete" && blind !== undefined
    ? `422 Failed to create the environment protection rule. Please ensure the reviewers (team ${blind}) have at least read access to the repository. []`
    : undefined;
};

/** https://docs.github.com/rest/deployments/environments: both true or both false is refused. */
export const branchPolicyAmbiguous: Refusal<EnvironmentInputs> = ({
  operation,
  next: { deploymentBranchPolicy: policy },
}) =>
  operation !== "delete" && policy != null && policy.protectedBranches === policy.customBranchPolicies
    ? invalid("protected_branches and custom_branch_policies cannot have the same value")
    : undefined;

export const noCustomPolicies: Refusal<InEnvironment> = ({ operation, next, cloud }) => {
  const policy = (cloud.find(environmentId(next), environment)?.inputs as EnvironmentInputs | undefined)
    ?.deploymentBranchPolicy;
  return operation === "create" && policy?.customBranchPolicies !== true
    ? problem("404 Not Found", "the environment has no custom deployment branch policies")
    : undefined;
};

export const reservedName =
  (key: string): Refusal =>
  ({ operation, next }) => {
    const name = String(next[key]);
    if (operation !== "create" || (/^[A-Za-z_]\w*$/.test(name) && !/^GITHUB_/i.test(name))) return undefined;
    return invalid(
      `${name}: names can only contain letters, digits and underscores, must not start with a digit or GITHUB_`,
    );
  };
