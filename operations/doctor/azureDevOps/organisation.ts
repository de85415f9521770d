import { type Check, well, wrong } from "../check";
import { placeOf, letIn, version } from "./place";

/**
 * Whether the organisation opens to the deployer. A token of Entra opens only one that is connected to its own tenant; of a
 * personal access token's a preview asks it.
 */
export const organisation: Check = {
  name: "Azure DevOps organisation",
  needs: letIn,
  run: async (subject, clouds) => {
    const place = placeOf(subject, clouds);
    if (place === undefined) return [];
    const { organisation: url } = place.gate;
    const projects = await place.organisation.list(`/_apis/projects?${version}`);
    return projects === "missing"
      ? [
          wrong(
            `There is no Azure DevOps organisation ${url}.`,
            `pulumi config set azuredevops:orgServiceUrl https://dev.azure.com/<organisation> --stack ${subject.stack}`,
          ),
        ]
      : [well(`${url} opens to the deployer`)];
  },
};
