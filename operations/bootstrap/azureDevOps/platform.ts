import * as azuredevops from "@pulumi/azuredevops";

import type { Platform } from "../platform";
import type { AzureDevOpsSettings } from "../settings";
import { refuseOpenDoors } from "./doors";
import { AzureDevOpsRepository } from "./repository";
import { byHand, firstDeployment, settingsOf } from "./steps";

/** Azure DevOps, of which the lanes' identities are users themselves. */
export function azureDevOps(settings: AzureDevOpsSettings): Platform {
  const { project, experiments } = settings;
  return {
    acceptWithout: [],
    refuseOpenDoors: () => refuseOpenDoors(settings),
    own: async (name, lanes) => {
      const { id: projectId } = await azuredevops.getProject({ name: project });
      const { id } = await azuredevops.getGitRepository({ projectId, name: settings.repository });
      return new AzureDevOpsRepository(name, { ...settings, lanes, repositoryId: id });
    },
    byHand: (lanes) => byHand(settings, lanes),
    settingsOf: (stack) => settingsOf(settings, stack),
    firstDeployment: () => firstDeployment(settings),
    risks: () => [
      "drift and audit: whoever may start the pipeline names a commit beside its branch, so that a reviewer of deployments who also writes can run theirs as an identity that reads the state",
      `production's deployer administers ${experiments.join(" and ")}: it can change every rule there, and none of this repository`,
      "development's deployer may make connections and variable groups beside those of the environment dev",
      `who administers the organisation or ${project} can change the rules of this repository, and its Contributors can write to it`,
      "a pull request's own YAML may name every connection of the pipeline: only the checks on a connection keep it out",
    ],
    outputs: () => ({}),
  };
}
