/** Issuer of the tokens with which a GitHub Actions job says who it is. */
export const issuer = "https://token.actions.githubusercontent.com";

/**
 * The GitHub App that reports GitHub Actions checks. A required check without it could be reported by any writer.
 * Seen on github.com; GitHub does not document it.
 */
export const actionsAppId = 15368;

/** Numeric ids are never reused, so a repository made anew under an old name does not inherit its trust. */
export interface RepositoryIdentity {
  readonly owner: string;
  readonly ownerId: string;
  readonly repository: string;
  readonly repositoryId: number;
}

/**
 * The subject of a job's token when the job runs in `environment`. Entra compares it letter by letter.
 * Repositories made, renamed or transferred since 2026-07-15 have the immutable form.
 */
export function subjectOf(form: "immutable" | "classic", id: RepositoryIdentity, environment: string): string {
  const repository =
    form === "immutable"
      ? `${id.owner}@${id.ownerId}/${id.repository}@${id.repositoryId}`
      : `${id.owner}/${id.repository}`;
  return `repo:${repository}:environment:${environment}`;
}

/** The workflow in the experiments repository that submits to production. */
export const submissionWorkflow = ".github/workflows/submit.yml";

/** Variable of the environment `prod` of an adopted repository: the last commit that nobody had to review. */
export const reviewedSince = "REVIEWED_SINCE";
