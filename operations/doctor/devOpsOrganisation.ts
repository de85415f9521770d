import { type Check, well, wrong } from "./check";
import { devOpsOf, letIn, version } from "./devOps";

/**
 * Whether the organisation opens to the deployer. A token of Entra opens only one that is connected to its own tenant; of a
 * personal access token's a preview asks it.
 */
export const devOpsOrganisation: Check = {
  name: "Azure DevOps organisation",
  needs: ({ gate }) => (gate.platform === "azureDevOps" ? letIn(gate) : ""),
  run: async (subject, clouds) => {
    const devOps = devOpsOf(subject, clouds);
    if (devOps === undefined) return [];
    const { organisation: url } = devOps.gate;
    const projects = await devOps.organisation.list(`/_apis/projects?${version}`);
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
