/** What an administrator does on Azure DevOps after the bootstrap. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { lanes as pipelineFile, pipelineName } from "../../../facts/azureDevOps";
import type { Lane } from "../lanes";
import { identityOf } from "../names";
import { toJoin } from "../nextSteps";
import type { Step } from "../platform";
import type { AzureDevOpsSettings, Stack } from "../settings";

const lane = join(__dirname, "..", "..", "..", ".azuredevops", "lane.yml");

export function byHand(settings: AzureDevOpsSettings, lanes: readonly Lane[]): Step[] {
  const { organisation, project, workload, stack } = settings;
  const page = (of: string) => `${organisation}/${encodeURIComponent(of)}/_settings`;
  const pools = lanes.filter(makesPool).map(({ key }) => identityOf(workload, key));
  return [
    [
      "Run `pulumi up` once more: the identity as which jobs run came with the first pipeline",
      [`pulumi up --stack ${stack}`],
    ],
    [
      "Turn on what the provider has no word for, `Disable creation of classic build pipelines` and of classic release pipelines",
      [`${organisation}/_settings/pipelinessettings`, ...settings.experiments.map((of) => `${page(of)}/settings`)],
    ],
    [
      "Give the people of the groups the access level Basic, by a rule a group: without it they can neither review nor approve",
      [`${organisation}/_settings/users?type=groupRules`],
    ],
    [
      `See that nobody but administrators of this repository is in Project Administrators, Build Administrators and Contributors of ${project}`,
      [`${page(project)}/permissions`],
    ],
    [
      `Make ${pools.join(", ")} Administrator of the organisation's agent pools (Security): nothing less makes a pool`,
      pools.length > 0 ? [`${organisation}/_settings/agentpools`] : [],
    ],
    [
      "Write these environments and stacks into azure-pipelines.yml and .azuredevops/lane.yml, in place of those that are there",
      unnamed(lanes),
    ],
  ];
}

/** The project of the experiments was made here. */
export function settingsOf({ makesExperiments }: AzureDevOpsSettings, { stack, gate }: Stack): string[] {
  if (!makesExperiments || gate.platform !== "azureDevOps" || "join" in gate.project) return [];
  return toJoin("federated-mlops:gate.project", `'${gate.project.create}'`, stack);
}

export function firstDeployment({ organisation, project, repository }: AzureDevOpsSettings): Step[] {
  const pipeline = pipelineName(repository, pipelineFile);
  const run = (what: string) =>
    `az pipelines run --organization ${organisation} --project '${project}' --name ${pipeline} --branch main --parameters 'run=${what}'`;
  return [
    [
      "Merge the stack files by a pull request. The run that this starts fails in development, whose repository does not stand yet; deploy production by hand",
      [run("deploy production")],
    ],
    ["Deploy the rest", [run("deploy")]],
    [
      "Let those be told who look after it: a run of the night that fails is the only notice of drift",
      [`${organisation}/${encodeURIComponent(project)}/_settings/notifications`],
    ],
  ];
}

const makesPool = ({ purpose, stacks }: Lane): boolean =>
  purpose === "deploy" &&
  stacks.some(({ gate }) => {
    const runner = gate.platform === "azureDevOps" ? gate.repository?.runner : undefined;
    return runner !== undefined && "create" in runner;
  });

/** Lanes that the YAML of this checkout does not know under their names. */
function unnamed(lanes: readonly Lane[]): string[] {
  const { parameters } = parse(readFileSync(lane, "utf8")) as { parameters: { name: string; values?: string[] }[] };
  const known = parameters.flatMap(({ values = [] }) => values);
  return lanes.flatMap(({ environment, stacks }) =>
    [environment, ...stacks.map(({ stack }) => stack)].every((name) => known.includes(name))
      ? []
      : [`${environment}: ${stacks.map(({ stack }) => stack).join(", ")}`],
  );
}
