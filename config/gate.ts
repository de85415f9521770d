/** The gate as a stack file describes it, by the platform that holds the experiments repository. */
import { risksWithout } from "../facts/plans";
import type { Names } from "../names";
import type { StackConfig } from "../schema";
import type { OwnedGate, OwnedOnAzureDevOps, OwnedOnGitHub } from "../schema/gate";

/** The review that one branch demands. */
export interface BranchConfig {
  readonly approvals: number;
  readonly codeOwners: readonly string[];
  /** With who alone reports them; the platform's own pipelines, where nobody is named. */
  readonly checks: readonly { readonly name: string; readonly reporter?: number | string }[];
  readonly merge: "squash" | "merge" | "rebase";
  readonly signed: boolean;
}

/** The experiments repository of an environment that owns it, on whatever platform. */
interface OwnedRepository extends Pick<OwnedGate, "contributors" | "deployFrom" | "deployReviewers"> {
  readonly repositoryName: string;
  readonly branches: Readonly<Record<string, BranchConfig>>;
}

interface Gate {
  readonly platform: OwnedGate["platform"];
  /** Name of the experiments repository, without its owner. */
  readonly experiments: string;
  /** The same as this environment owns it; without it, another environment does. */
  readonly repository: OwnedRepository | undefined;
}

export interface GitHubGateConfig extends Gate {
  readonly platform: "github";
  /** The organisation. */
  readonly owner: string;
  /** Form of the subject in its tokens. */
  readonly subject: "immutable" | "classic";
  readonly repository: GitHubRepositoryConfig | undefined;
}

export interface GitHubRepositoryConfig
  extends OwnedRepository, Pick<OwnedOnGitHub, "plan" | "acceptWithout" | "actions"> {
  /** It exists already and is taken over, with the last commit of `main` that nobody had to review, once that is told. */
  readonly adopt: { readonly reviewedSince: string | undefined } | undefined;
  /** The runner group that reaches the private network: to be made, or an existing one. */
  readonly runner: OwnedOnGitHub["runner"];
}

export interface AzureDevOpsGateConfig extends Gate {
  readonly platform: "azureDevOps";
  /** Address of the organisation, `https://dev.azure.com/<name>`. */
  readonly organisation: string;
  /** The project that holds the repository: to be made by this environment, or an existing one. */
  readonly project: OwnedOnAzureDevOps["project"];
  readonly repository: AzureDevOpsRepositoryConfig | undefined;
}

export interface AzureDevOpsRepositoryConfig extends OwnedRepository {
  /** The agent pool that reaches the private network: to be made in a subnet, or an existing one. */
  readonly runner: OwnedOnAzureDevOps["runner"];
}

export type GateConfig = GitHubGateConfig | AzureDevOpsGateConfig;

export function gateOf(settings: StackConfig, names: Names): GateConfig {
  const { "github:owner": owner = "", "azuredevops:orgServiceUrl": organisation = "" } = settings;
  if (settings["federated-mlops:environment"] === "development") {
    const gate = settings["federated-mlops:gate"];
    const joined = { experiments: gate.repository.join, repository: undefined };
    return gate.platform === "github" ? { ...gate, ...joined, owner } : { ...gate, ...joined, organisation };
  }
  const gate = settings["federated-mlops:gate"];
  const repositoryName = names.repository;
  if (repositoryName === undefined) throw new Error("There is no name for the repository that this environment owns.");
  const { contributors, deployFrom, deployReviewers } = gate;
  const shared = {
    ...{ repositoryName, contributors, deployFrom, deployReviewers },
    branches: Object.fromEntries(Object.entries<Rules>(gate.branches).map(([name, rules]) => [name, branchOf(rules)])),
  };
  if (gate.platform === "azureDevOps") {
    const { platform, project, runner } = gate;
    return { platform, organisation, project, experiments: repositoryName, repository: { ...shared, runner } };
  }
  const { platform, subject, repository, plan, acceptWithout, actions, runner } = gate;
  const adopt = "adopt" in repository ? { reviewedSince: repository.reviewedSince } : undefined;
  return {
    ...{ platform, owner, subject, experiments: repositoryName },
    repository: { ...shared, plan, acceptWithout, actions, runner, adopt },
  };
}

type Rules = OwnedGate["branches"][string];

function branchOf({ checks, ...review }: Rules): BranchConfig {
  const reported = (check: Rules["checks"][number]) => {
    if (typeof check === "string") return { name: check };
    return { name: check.name, reporter: "app" in check ? check.app : check.author };
  };
  return { signed: false, ...review, checks: checks.map(reported) };
}

/** What the gate's settings leave open with open eyes: the setting, and what can happen. */
export function risksOfGate(gate: GateConfig): string[] {
  const { repository } = gate;
  const runner = repository?.runner;
  const joined = runner !== undefined && "join" in runner ? [runner.join] : [];
  if (gate.platform === "azureDevOps") {
    return [
      ...(repository !== undefined && "join" in gate.project
        ? [
            `gate.project.join: whoever is in the Contributors of ${gate.project.join} can write to the repository, and their approvals count beside those of the code owners`,
          ]
        : []),
      ...joined.map((pool) => `gate.runner: who else may use the agent pool ${pool} is its owner's affair`),
    ];
  }
  return [
    ...(gate.repository?.acceptWithout ?? []).map(
      (promise) => `gate.acceptWithout ${promise}: ${risksWithout[promise]}`,
    ),
    ...(gate.repository?.adopt === undefined
      ? []
      : [
          "gate.repository.adopt: nobody had to review what main held before its rules; unchanged jobs of then are refused, and runs of then can be started again for 30 days",
        ]),
    ...(gate.subject === "classic"
      ? ["gate.subject classic: whoever makes a repository of the old name after a rename inherits the trust"]
      : []),
    ...joined.map(
      (group) => `gate.runner: who else may use the runner group ${group} is its owner's affair, and not known here`,
    ),
  ];
}
