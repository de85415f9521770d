/** What an administrator does after the bootstrap, as commands to be copied. */
import type { Config } from "../../config";
import { needsOf, roleFor } from "../../facts/deployer";
import { nameOf } from "../../facts/ids";
import { appOf } from "./apps";
import type { Lane } from "./lanes";
import { identityOf } from "./names";
import { bootstrapState } from "./rights";
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
  const steps: [string, string[]][] = [
    [
      "Move the state of this project to where it belongs (in operations/bootstrap)",
      [
        `pulumi stack export --stack ${own} --file ${own}.json`,
        `pulumi login '${backendOf(settings, bootstrapState)}'`,
        `pulumi stack init ${own} --secrets-provider '${secretsProviderOf(settings, bootstrapState)}'`,
        `pulumi stack import --stack ${own} --file ${own}.json && rm ${own}.json`,
      ],
    ],
    [
      `Make the GitHub Apps that \`pulumi stack output apps\` lists (https://github.com/organizations/${owner}/settings/apps), install them, and hand each one's client id and private key to its environment`,
      lanes.flatMap((lane) => {
        const { name, environment } = appOf(lane, settings.workload);
        const there = `--repo ${owner}/${repository} --env ${environment}`;
        return [
          `gh variable set APP_CLIENT_ID ${there} --body <client id of ${name}>`,
          `gh secret set APP_PRIVATE_KEY ${there} < ${name}.private-key.pem`,
        ];
      }),
    ],
    ...stacks.map((config): [string, string[]] => [
      `Make the stack ${config.stack} (in the checkout), and commit what this changes in Pulumi.${config.stack}.yaml`,
      stackCommands(settings, config),
    ]),
    ...joins(settings, lanes),
    ["See that all is there", stacks.map(({ stack }) => `npm run doctor -- --stack ${stack}`)],
    [
      "Merge the stack files by a pull request, then deploy production for the first time: it makes what the other stacks join",
      [`gh workflow run deploy.yml --repo ${owner}/${repository} --field stacks=production`],
    ],
  ];
  return steps
    .filter(([, commands]) => commands.length > 0)
    .map(([what, commands], index) => [`${index + 1}. ${what}:`, ...commands.map((line) => `   ${line}`)].join("\n"))
    .join("\n\n");
}

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
  const wanted = stacks.flatMap(({ stack, estate }) => {
    const own = [estate.group, estate.silosGroup];
    const lane = lanes.find(({ purpose, stacks: [of] }) => purpose === "deploy" && of?.stack === stack);
    return needsOf(estate)
      .filter(({ scope }) => lane !== undefined && !own.includes(scope))
      .map((need) => ({
        scope: need.scope,
        role: roleFor(need, estate),
        identity: identityOf(workload, lane?.key ?? ""),
      }));
  });
  if (wanted.length === 0) return [];
  const commands = wanted.map(
    ({ scope, role, identity }) =>
      `az role assignment create --role "${role}" --scope ${scope} --assignee-principal-type ServicePrincipal --assignee-object-id "$(az identity show --name ${identity} --resource-group ${names.group} --query principalId --output tsv)"`,
  );
  const things = [...new Set(wanted.map(({ scope }) => nameOf(scope)))];
  return [[`Let the owners of ${things.join(", ")} give the deployers what joining takes`, [...new Set(commands)]]];
}
