/** What a gate promises that a GitHub plan may not sell for private repositories. */
export const planPromises = {
  branchRules: "branch rules",
  deploymentBranches: "the environment's branch policy",
  deploymentReview: "a reviewer of each production run, other than who started it",
  noAdminBypass: "administrators of the repository who cannot skip the environment's rules",
} as const;

export type PlanPromise = keyof typeof planPromises;

/** What happens without each of those that an organisation may do without. The others are the gate itself. */
export const risksWithout = {
  deploymentReview: "who merges to a branch of deployFrom runs it in production, with no further approval",
  noAdminBypass: "an administrator of the repository can skip the rules of the environment prod",
} as const satisfies Partial<Record<PlanPromise, string>>;

export type Dispensable = keyof typeof risksWithout;

/** What each plan lacks. https://docs.github.com/get-started/learning-about-github/githubs-plans */
export const plans = {
  free: ["branchRules", "deploymentBranches", "deploymentReview", "noAdminBypass"],
  team: ["deploymentReview", "noAdminBypass"],
  enterprise: [],
} as const satisfies Record<string, readonly PlanPromise[]>;

export type PlanName = keyof typeof plans;
