/** What an administrator does after the bootstrap, as commands to be copied. */
import type { Config } from "../../config";
import { needsOf, roleFor } from "../../facts/deployer";
import { nameOf } from "../../facts/ids";
import type { Lane } from "./lanes";
import { identityOf } from "./names";
import type { Platform, Step } from "./platform";
import { bootstrapState, onlyRoles, rolesAssigned } from "./rights";
import type { Settings } from "./settings";

/** Where the state of a stack lies, as `pulumi login` takes it. */
export const backendOf = ({ names }: Pick<Settings, "names">, stack: string): string =>
  `azblob://${stack}?storage_account=${names.store}`;

/** What encrypts the secrets of a stack, as `--secrets-provider` takes it. */
export const secretsProviderOf = ({ names }: Pick<Settings, "names">, stack: string): string =>
  `azurekeyvault://${names.vault}.vault.azure.net/keys/${stack}`;

/** The steps in their order, as a text: what each is for, and its commands. */
export function nextSteps(settings: Settings, platform: Platform, lanes: readonly Lane[]): string {
  const { stack: own, stacks } = settings;
  const steps: readonly Step[] = [
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
    ...platform.byHand(lanes),
    ...stacks.map((config): Step => [
      `Make the stack ${config.stack} (in the checkout), and commit what this changes in Pulumi.${config.stack}.yaml`,
      [...stackCommands(settings, config), ...platform.settingsOf(config)],
    ]),
    ...joins(settings, lanes),
    ["See that all is there", stacks.map(({ stack }) => `npm run doctor -- --stack ${stack}`)],
    ...platform.firstDeployment(lanes),
  ];
  return steps
    .filter(([, commands]) => commands.length > 0)
    .map(([what, commands], index) => [`${index + 1}. ${what}:`, ...commands.map((line) => `   ${line}`)].join("\n"))
    .join("\n\n");
}

/** What is made here is joined there: one of the two, never both. */
export const toJoin = (setting: string, name: string, stack: string): string[] => [
  `pulumi config rm --path '${setting}.create' --stack ${stack}`,
  `pulumi config set --path '${setting}.join' ${name} --stack ${stack}`,
];

function stackCommands(settings: Settings, { stack, joins, names, secrets }: Config): string[] {
  const set = (setting: string, group: string, joined: boolean) => (joined ? [] : toJoin(setting, group, stack));
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
function joins({ stacks, workload, names }: Settings, lanes: readonly Lane[]): Step[] {
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
