import { environmentType, isProduction } from "../environments";
import { type Rule, unmet } from "../rule";

export const environmentReviewers: Rule = {
  control: "environment-reviewers",
  judge: (resource, { acceptWithout }) =>
    resource.type === environmentType && isProduction(resource) && !acceptWithout.includes("deploymentReview")
      ? unmet(resource, {
          preventSelfReview: true,
          "reviewers[].teams": {
            needs: "at least one team",
            holds: (teams) => Array.isArray(teams) && teams.length > 0,
          },
        })
      : [],
};
