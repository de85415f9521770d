/** What an administrator does on GitHub after the bootstrap. */
import type { Lane } from "../lanes";
import type { Step } from "../platform";
import type { GitHubSettings } from "../settings";
import { appOf } from "./apps";

export function byHand(settings: GitHubSettings, lanes: readonly Lane[]): Step[] {
  const { owner, repository } = settings;
  return [
    [
      "Delete what ran here before the rules stood: anybody who can write could run it again for 30 days, as it was then",
      [
        `gh run list --repo ${owner}/${repository} --limit 1000 --json databaseId --jq '.[].databaseId' | xargs --no-run-if-empty --max-args 1 gh run delete --repo ${owner}/${repository}`,
      ],
    ],
    [
      "See that no deploy key may write and no runner of your own takes the jobs meant for GitHub's",
      [
        `gh api repos/${owner}/${repository}/keys --jq '.[] | select(.read_only | not)'`,
        `gh api repos/${owner}/${repository}/actions/runners --jq '.runners[].labels[].name'`,
        `gh api orgs/${owner}/actions/runners --jq '.runners[].labels[].name'`,
      ],
    ],
    [
      `Make the GitHub App of production as \`pulumi stack output apps\` lists it (https://github.com/organizations/${owner}/settings/apps) and install it on every repository; make ${drift(settings, lanes)}, which shows what production would get, and install it on this repository until the other one stands; hand over their ids and keys`,
      lanes.filter(first).flatMap((lane) => handOver(settings, lane)),
    ],
  ];
}

export function firstDeployment(settings: GitHubSettings, lanes: readonly Lane[]): Step[] {
  const { owner, repository } = settings;
  return [
    [
      "Merge the stack files by a pull request. The run that this starts fails in development, whose repository does not stand yet; deploy production by hand",
      [`gh workflow run deploy.yml --repo ${owner}/${repository} --field stacks=production`],
    ],
    [
      `Move the installation of ${drift(settings, lanes)} to the experiments repository; make the other Apps, install them where the list says, and hand over their ids and keys`,
      lanes.filter((lane) => !first(lane)).flatMap((lane) => handOver(settings, lane)),
    ],
    ["Deploy the rest", [`gh workflow run deploy.yml --repo ${owner}/${repository} --field stacks=all`]],
  ];
}

function handOver({ owner, repository, workload }: GitHubSettings, lane: Lane): string[] {
  const { name, environment } = appOf(lane, workload);
  const there = `--repo ${owner}/${repository} --env ${environment}`;
  return [
    `gh variable set APP_CLIENT_ID ${there} --body <client id of ${name}>`,
    `gh secret set APP_PRIVATE_KEY ${there} < ${name}.private-key.pem && rm ${name}.private-key.pem`,
  ];
}

/** The Apps without which production cannot come up. */
const first = (lane: Lane): boolean => ownsRepository(lane) || lane.purpose === "drift";

/** Whether its App makes the experiments repository, on which the others are installed. */
const ownsRepository = ({ purpose, stacks }: Lane): boolean =>
  purpose === "deploy" && stacks.some(({ environment }) => environment === "production");

const drift = ({ workload }: GitHubSettings, lanes: readonly Lane[]): string =>
  lanes
    .filter(({ purpose }) => purpose === "drift")
    .map((lane) => appOf(lane, workload).name)
    .join(", ");
