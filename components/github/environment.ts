import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import type { Dispensable } from "../../facts/plans";

export interface DeploymentEnvironmentArgs {
  /** Its name, by which jobs ask for it and which their tokens carry. */
  readonly environment: string;
  /** Branches whose jobs may run in it, by exact name; `any` for every branch and every pull request. */
  readonly branches: readonly string[] | "any";
  /** Teams of which one member, not who started it, must approve each run; none where nobody must. */
  readonly reviewers: readonly string[];
  /** What the organisation's plan does not sell and GitHub would refuse to be asked for. */
  readonly acceptWithout: readonly Dispensable[];
}

/** A deployment environment: which branches may run in it, who must approve, and no way past either. */
export function deploymentEnvironment(
  name: string,
  { environment, branches, reviewers, acceptWithout }: DeploymentEnvironmentArgs,
  repository: github.Repository,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { parent } = opts;
  const reviewed = reviewers.length > 0 && !acceptWithout.includes("deploymentReview");
  const made = new github.RepositoryEnvironment(
    name,
    {
      repository: repository.name,
      environment,
      ...(acceptWithout.includes("noAdminBypass") ? {} : { canAdminsBypass: false }),
      ...(reviewed
        ? { preventSelfReview: true, reviewers: [{ teams: reviewers.map((slug) => teamId(slug, parent)) }] }
        : {}),
      // Not `protectedBranches`: with that, every branch may deploy as soon as no rule protects any.
      ...(branches === "any"
        ? {}
        : { deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true } }),
    },
    opts,
  );
  const policies = (branches === "any" ? [] : branches).map(
    (branch) =>
      new github.RepositoryEnvironmentDeploymentPolicy(
        `${name}-${branch}`,
        { repository: repository.name, environment: made.environment, branchPattern: branch },
        { ...(parent && { parent }) },
      ),
  );
  return [made, ...policies];
}

/** A team's number, by which an environment names its reviewers. */
function teamId(slug: string, parent: pulumi.Resource | undefined): pulumi.Output<number> {
  const opts = parent === undefined ? {} : { parent };
  return github.getTeamOutput({ slug, summaryOnly: true }, opts).apply(({ id }) => Number(id));
}
