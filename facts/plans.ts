/** What a GitHub plan sells for private repositories. https://docs.github.com/get-started/learning-about-github/githubs-plans */
export interface Plan {
  /** Rulesets, branch protection and deployment branch policies. */
  readonly protectsBranches: boolean;
  /** Required reviewers of an environment, without self-review and without administrators who bypass them. */
  readonly reviewsDeployments: boolean;
}

export const plans = {
  free: { protectsBranches: false, reviewsDeployments: false },
  team: { protectsBranches: true, reviewsDeployments: false },
  enterprise: { protectsBranches: true, reviewsDeployments: true },
} as const satisfies Record<string, Plan>;
