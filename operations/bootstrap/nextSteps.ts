/** What an administrator does after the bootstrap, as commands to be copied. */
import type { Config } from "../../config";
import { needsOf, roleFor } from "../../facts/deployer";
import { nameOf } from "../../facts/ids";
import { appOf } from "./apps";
import type { Lane } from "./lanes";
import { identityOf } from "./names";
import { bootstrapState, onlyRoles, rolesAssigned } from "./rights";
import type { Settings } from "./settings";

/** Where the state of a stack lies, as `pulumi login` takes it. */
export const backendOf = ({ names }: Pick<Settings, "names">, stack: string): string =>
  `azblob://${stack}?storage_account=${names.store}`;

/** What encrypts the secrets of a stack, as `--secrets-provider` takes it. */
export const secretsProviderOf = ({ names }: Pick<Settings, "names">, stack: string): string =>
  `azurekeyvault://${names.vault}.vault.azure.net/keys/${stack}`;

/** The steps in their order, as a text: what each is for, and its commands. */
export function nextSteps(settings: Settings, lanes: readonly Lane[]): string {
  const { stack: own, owner, repository, stacks } = settings;
  const app = (lane: Lane): string[] => {
    const { name, environment } = appOf(lane, settings.workload);
    const there = `--repo ${owner}/${repository} --env ${environment}`;
    return [
      `gh variable set APP_CLIENT_ID ${there} --body <client id of ${name}>`,
      `gh secret set APP_PRIVATE_KEY ${there} < ${name}.private-key.pem && rm ${name}.private-key.pem`,
    ];
  };
  const first = (lane: Lane) => ownsRepository(lane) || lane.purpose === "drift";
  const drift = lanes.filter(({ purpose }) => purpose === "drift").map((lane) => appOf(lane, settings.workload).name);
  const settingsPage = `https://github.com/organizations/${owner}/settings/apps`;
  const steps: [string, string[]][] = [
    [
      "Sign in as a member of the group of administrators: nobody else may read state and keys. Rights take some minutes",
      ["az login"],
    ],
    [
      `Move the state of this project to where it belongs (in operations/bootstrap), and commit Pulumi.${own}.yaml`,
      [
        `pulumi stack export --stack ${own} --file ${own}.json`,
        `pulumi login '${backendOf(settings, bootstrapState)}'`,
        `pulumi stack init ${own} --secrets-provider '${secretsProviderOf(settings, bootstrapState)}'`,
        `pulumi stack import --stack ${own} --file ${own}.json && rm ${own}.json`,
      ],
    ],
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
      `Make the GitHub App of production as \`pulumi stack output apps\` lists it (${settingsPage}) and install it on every repository; make ${drift.join(", ")}, which shows what production would get, and install it on this repository until the other one stands; hand over their ids and keys`,
      lanes.filter(first).flatMap(app),
    ],
    ...stacks.map((config): [string, string[]] => [
      `Make the stack ${config.stack} (in the checkout), and commit what this changes in Pulumi.${config.stack}.yaml`,
      stackCommands(settings, config),
    ]),
    ...joins(settings, lanes),
    ["See that all is there", stacks.map(({ stack }) => `npm run doctor -- --stack ${stack}`)],
    [
      "Merge the stack files by a pull request. The run that this starts fails in development, whose repository does not stand yet; deploy production by hand",
      [`gh workflow run deploy.yml --repo ${owner}/${repository} --field stacks=production`],
    ],
    [
      `Move the installation of ${drift.join(", ")} to the experiments repository; make the other Apps, install them where the list says, and hand over their ids and keys`,
      lanes.filter((lane) => !first(lane)).flatMap(app),
    ],
    ["Deploy the rest", [`gh workflow run deploy.yml --repo ${owner}/${repository} --field stacks=all`]],
  ];
  return steps
    .filter(([, commands]) => commands.length > 0)
    .map(([what, commands], index) => [`${index + 1}. ${what}:`, ...commands.map((line) => `   ${line}`)].join("\n"))
    .join("\n\n");
}

/** Whether its App makes the experiments repository, on which the others are installed. */
const ownsRepository = ({ purpose, stacks }: Lane): boolean =>
  purpose === "deploy" && stacks.some(({ environment }) => environment === "production");

function stackCommands(settings: Settings, { stack, joins, names, secrets }: Config): string[] {
  const set = (setting: string, group: string, joined: boolean) =>
    joined
      ? []
      : [
          // One of the two, never both.
          `pulumi config rm --path '${setting}.create' --stack ${stack}`,
          `pulumi config set --path '${setting}.join' ${group} --stack ${stack}`,
        ];
  return [
    `pulumi login '${backendOf(settings, stack)}'`,
    `pulumi stack init ${stack} --secrets-provider '${secretsProviderOf(settings, stack)}'`,
    ...set("federated-mlops:resourceGroup", names.group, joins.group),
    ...(names.silosGroup === names.group ? [] : set("federated-mlops:silosGroup", names.silosGroup, joins.silosGroup)),
    // What was encrypted otherwise, the new key does not open.
    ...Object.keys(secrets).map(
      (name) => `pulumi config set --secret --path 'federated-mlops:secrets.${name}' --stack ${stack}`,
    ),
  ];
}

/** Rights on what is joined and belongs to somebody else: its owner grants them. */
function joins({ stacks, workload, names }: Settings, lanes: readonly Lane[]): [string, string[]][] {
  const wanted = stacks.flatMap((config) => {
    const { stack, estate } = config;
    const own = [estate.group, estate.silosGroup];
    const lane = lanes.find(({ purpose, stacks: [of] }) => purpose === "deploy" && of?.stack === stack);
    return needsOf(estate)
      .filter(({ scope }) => lane !== undefined && !own.includes(scope))
      .map(({ scope, action }) => {
        const role = roleFor({ scope, action }, estate);
        const limit =
          role === "Role Based Access Control Administrator"
            ? ` --condition-version 2.0 --condition "${onlyRoles(rolesAssigned(config, scope))}"`
            : "";
        return { scope, role, limit, identity: identityOf(workload, lane?.key ?? "") };
      });
  });
  if (wanted.length === 0) return [];
  const commands = wanted.map(
    ({ scope, role, limit, identity }) =>
      `az role assignment create --role "${role}" --scope ${scope}${limit} --assignee-principal-type ServicePrincipal --assignee-object-id "$(az identity show --name ${identity} --resource-group ${names.group} --query principalId --output tsv)"`,
  );
  const things = [...new Set(wanted.map(({ scope }) => nameOf(scope)))];
  return [[`Let the owners of ${things.join(", ")} give the deployers what joining takes`, [...new Set(commands)]]];
}
