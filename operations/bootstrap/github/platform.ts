import type { Platform } from "../platform";
import type { GitHubSettings } from "../settings";
import { appOf } from "./apps";
import { refuseOpenDoors } from "./doors";
import { GitHubRepository } from "./repository";
import { byHand, firstDeployment } from "./steps";

/** GitHub, whose Apps nobody can make but a person. */
export function gitHub(settings: GitHubSettings): Platform {
  return {
    acceptWithout: settings.acceptWithout,
    refuseOpenDoors: (lanes) => refuseOpenDoors(settings, lanes),
    own: (name, lanes) =>
      Promise.resolve(new GitHubRepository(name, { ...settings, lanes: lanes.map(({ lane }) => lane) })),
    byHand: (lanes) => byHand(settings, lanes),
    settingsOf: () => [],
    firstDeployment: (lanes) => firstDeployment(settings, lanes),
    risks: () => [
      "the Apps of drift and audit may change rules: GitHub shows who bypasses one to nobody else",
      "production's App may administer every repository of the organisation, this one too: GitHub lets it make one no otherwise",
      "development's App may change the variables and secrets of every environment of the experiments repository",
    ],
    outputs: (lanes) => ({ apps: lanes.map((lane) => appOf(lane, settings.workload)) }),
  };
}
