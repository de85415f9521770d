import type { Check } from "./check";

/** Azure DevOps has no client here yet; a preview asks it, by the provider. */
export const azureDevOps: Check = {
  name: "Azure DevOps",
  needs: () => "",
  run: ({ stack }) =>
    Promise.resolve([
      {
        is: "unknown",
        what: "Organisation, project and groups are not asked for here.",
        fix: `pulumi preview --stack ${stack} asks for them, before anything is made`,
      },
    ]),
};
