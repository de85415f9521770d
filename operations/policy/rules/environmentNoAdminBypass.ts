import { environmentType, isProduction } from "../environments";
import { type Rule, unmet } from "../rule";

export const environmentNoAdminBypass: Rule = {
  control: "environment-no-admin-bypass",
  judge: (resource, { acceptWithout }) =>
    resource.type === environmentType && isProduction(resource) && !acceptWithout.includes("noAdminBypass")
      ? unmet(resource, { canAdminsBypass: false })
      : [],
};
