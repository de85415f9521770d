/** What the bootstrap is told: its own few settings, and the stack files for which it prepares the ground. */
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";

import { type Config, configOf, judge as judgeStack } from "../../config";
import type { Estate } from "../../facts/deployer";
import { organisationAt } from "../../facts/azureDevOps";
import { breach, limits } from "../../facts/limits";
import { type Dispensable, planPromises, type PlanName, plans, risksWithout } from "../../facts/plans";
import { type Problem, Refusal } from "../../problems";
import { localCloudAddress, problemsOf, resourceManagerIn, settled } from "../../settings";
import { estateOf } from "../doctor/estate";
import { stackFiles } from "../stackFiles";
import { type Names, namesOf, refusedNames } from "./names";
import { bootstrapState } from "./rights";

const text = (pattern: RegExp, needs: string) => z.string({ error: needs }).regex(pattern, needs);
const distinct = <T extends z.ZodType>(item: T, needs: string) =>
  z
    .array(item, { error: needs })
    .min(1, needs)
    .refine((all) => new Set(all).size === all.length, `${needs}, each once`);
const team = text(/^[a-z0-9][a-z0-9-]*$/, "the short name (slug) of a GitHub team");
const entraGroup = z.guid({ error: "the object id of an Entra group (a GUID)" });

const own = "federated-mlops-bootstrap:";
const platform = `${own}platform` as const;

/** What every platform is told; teams are GitHub's, or Entra's groups. */
const shared = <Team extends z.ZodType>(team: Team) => ({
  "azure-native:subscriptionId": z.guid({ error: "the subscription that holds state, keys and identities (a GUID)" }),
  "azure-native:location": text(/^[a-z][a-z0-9]+$/, "an Azure region in its short form, such as westeurope"),
  "federated-mlops-bootstrap:workload": text(
    /^[a-z][a-z0-9]*$/,
    "the workload of the stack files: small letters and digits, starting with a letter",
  ),
  "federated-mlops-bootstrap:stacks": distinct(z.string(), "the stacks that pipelines deploy, as a list"),
  // From operations/bootstrap.
  "federated-mlops-bootstrap:stackFiles": z.string({ error: "the directory of the stack files" }).default("../.."),
  "federated-mlops-bootstrap:repository": text(
    /^[A-Za-z0-9._-]{1,100}$/,
    "the name of this repository, without its owner",
  ),
  // One could push to somebody's pull request by a workflow, and approve that: neither its author nor who pushed last.
  "federated-mlops-bootstrap:approvals": z
    .int({ error: "a whole number of people, at least 2" })
    .min(2, "a whole number of people, at least 2: one alone could push by a workflow and approve")
    .max(6, "at most 6: GitHub takes no more")
    .default(2),
  "federated-mlops-bootstrap:codeOwners": distinct(team, "the teams that review this repository, as a list"),
  "federated-mlops-bootstrap:deployReviewers": distinct(
    team,
    "the teams of which one member approves production's deployments and live previews, as a list",
  ),
  "federated-mlops-bootstrap:administrators": z.guid({
    error: "the object id of the Entra group that may restore state and set secrets (a GUID)",
  }),
  "federated-mlops-bootstrap:alerts": distinct(z.email({ error: "a mail address" }), "mail addresses, as a list"),
  "federated-mlops-bootstrap:reviewedSince": text(
    /^[0-9a-f]{40}$/,
    "the whole SHA of the commit of main that you looked through (git rev-parse HEAD)",
  ),
});

const onGitHub = z.strictObject({
  "federated-mlops-bootstrap:platform": z.literal("github"),
  "github:owner": text(/^[A-Za-z0-9-]+$/, "the GitHub organisation that has this repository"),
  ...shared(team),
  "federated-mlops-bootstrap:plan": z.enum(Object.keys(plans) as [PlanName, ...PlanName[]], {
    error: `the organisation's GitHub plan: ${Object.keys(plans).join(", ")}`,
  }),
  "federated-mlops-bootstrap:acceptWithout": z
    .array(z.enum(Object.keys(risksWithout) as [Dispensable, ...Dispensable[]]), {
      error: `a list of what the plan lacks and is done without: ${Object.keys(risksWithout).join(", ")}`,
    })
    .default([]),
  "federated-mlops-bootstrap:subject": z
    .enum(["immutable", "classic"], { error: "immutable or classic" })
    .default("immutable"),
});

const onAzureDevOps = z.strictObject({
  "federated-mlops-bootstrap:platform": z.literal("azureDevOps"),
  "azuredevops:orgServiceUrl": text(
    /^https:\/\/dev\.azure\.com\/[A-Za-z0-9-]+$/,
    "the Azure DevOps organisation that has this repository, https://dev.azure.com/<organisation>",
  ),
  ...shared(entraGroup),
  "federated-mlops-bootstrap:project": text(/\S/, "the name of the project that has this repository"),
  // Production's deployer administers it: with an existing one comes whatever is in it.
  "federated-mlops-bootstrap:experiments": z
    .enum(["create", "join"], {
      error: "create or join: whether the project of the experiments is made here or exists",
    })
    .default("create"),
});

const schema = z.discriminatedUnion("federated-mlops-bootstrap:platform", [onGitHub, onAzureDevOps], {
  error: "github or azureDevOps: what has this repository and runs its pipelines",
});

type Told = z.infer<typeof schema>;
type ToldOnGitHub = z.infer<typeof onGitHub>;
type ToldOnAzureDevOps = z.infer<typeof onAzureDevOps>;

/** One environment, and what its deployer must find and be allowed in Azure. */
export interface Stack extends Config {
  readonly estate: Estate;
}

/** What holds on every platform. */
interface Shared {
  /** Name of the stack whose settings these are. */
  readonly stack: string;
  /** Subscription that holds state, keys and identities. */
  readonly subscription: string;
  readonly location: string;
  /** Where Azure Resource Manager answers. */
  readonly resourceManager: string;
  readonly workload: string;
  readonly names: Names;
  /** The environments that pipelines deploy, as their stack files describe them. */
  readonly stacks: readonly Stack[];
  /** Name of this repository, without its owner. */
  readonly repository: string;
  /** People who must approve a change of this repository. */
  readonly approvals: number;
  /** Teams by short name on GitHub, Entra groups by object id on Azure DevOps; so are the next. */
  readonly codeOwners: readonly string[];
  readonly deployReviewers: readonly string[];
  /** Object id of the Entra group that may restore state and set secrets by hand. */
  readonly administrators: string;
  /** Who hears when somebody changes rights or trust behind the program's back. */
  readonly alerts: readonly string[];
  /** The commit of `main` from which on this repository is reviewed, as its owner looked through it. */
  readonly reviewedSince: string;
}

export interface GitHubSettings extends Shared {
  readonly platform: "github";
  /** The organisation. */
  readonly owner: string;
  readonly plan: PlanName;
  /** What the organisation's plan does not enforce, and is done without. */
  readonly acceptWithout: readonly Dispensable[];
  /** Form of the subject in GitHub's tokens for this repository. */
  readonly subject: "immutable" | "classic";
}

export interface AzureDevOpsSettings extends Shared {
  readonly platform: "azureDevOps";
  /** Address of the organisation, `https://dev.azure.com/<name>`. */
  readonly organisation: string;
  /** Where its REST interface answers. */
  readonly rest: string;
  /** Name of the project that has this repository. */
  readonly project: string;
  /** Names of the projects of the stacks' experiments. */
  readonly experiments: readonly string[];
  /** Whether those are made here, or exist. */
  readonly makesExperiments: boolean;
}

export type Settings = GitHubSettings | AzureDevOpsSettings;

/** Reads the running stack's settings and the stack files of the checkout. Throws a {@link Refusal} with every problem. */
export function readSettings(): Settings {
  return judge(settled(pulumi.runtime.allConfig(), own), pulumi.getStack());
}

/** Judges `raw`, the settings of `stack`, together with the stack files that they name. */
export function judge(raw: Readonly<Record<string, unknown>>, stack: string): Settings {
  const file = `Pulumi.${stack}.yaml`;
  const known = { ...onGitHub.shape, ...onAzureDevOps.shape };
  const ours = {
    [`${own}platform`]: "github",
    ...Object.fromEntries(Object.entries(raw).filter(([key]) => key.startsWith(own) || key in known)),
  };
  const parsed = schema.safeParse(ours);
  if (!parsed.success) {
    const { issues } = parsed.error;
    throw new Refusal(
      file,
      issues.flatMap((issue) => problemsOf(issue, ours, stack, schema)),
    );
  }
  const told = parsed.data;
  const directory = join(__dirname, told["federated-mlops-bootstrap:stackFiles"]);
  const { found, problems } = environments(told["federated-mlops-bootstrap:stacks"], stack, directory);
  const subscription = told["azure-native:subscriptionId"];
  const workload = told["federated-mlops-bootstrap:workload"];
  const names = namesOf({ subscription, workload });
  const all = [
    ...problems,
    ...unfit(names, stack),
    ...(told[platform] === "github" ? unenforced(told, stack) : apart(told, found, stack)),
    ...elsewhere(told, found, stack),
  ];
  if (all.length > 0) throw new Refusal(file, all);
  const shared: Shared = {
    ...{ stack, subscription, workload, names },
    location: told["azure-native:location"],
    resourceManager: resourceManagerIn(raw),
    stacks: found,
    repository: told["federated-mlops-bootstrap:repository"],
    approvals: told["federated-mlops-bootstrap:approvals"],
    codeOwners: told["federated-mlops-bootstrap:codeOwners"],
    deployReviewers: told["federated-mlops-bootstrap:deployReviewers"],
    administrators: told["federated-mlops-bootstrap:administrators"],
    alerts: told["federated-mlops-bootstrap:alerts"],
    reviewedSince: told["federated-mlops-bootstrap:reviewedSince"],
  };
  if (told[platform] === "github") {
    return {
      ...shared,
      platform: "github",
      owner: told["github:owner"],
      plan: told["federated-mlops-bootstrap:plan"],
      acceptWithout: told["federated-mlops-bootstrap:acceptWithout"],
      subject: told["federated-mlops-bootstrap:subject"],
    };
  }
  const organisation = told["azuredevops:orgServiceUrl"];
  const local = localCloudAddress();
  return {
    ...shared,
    ...{ platform: "azureDevOps", organisation },
    rest: local === undefined ? organisation : `${local}/${organisationAt(organisation)}`,
    project: told["federated-mlops-bootstrap:project"],
    experiments: projectsOf(found),
    makesExperiments: told["federated-mlops-bootstrap:experiments"] === "create",
  };
}

/** The environments of `stacks`, and what is wrong with their files. */
function environments(
  stacks: readonly string[],
  stack: string,
  directory: string,
): { found: Stack[]; problems: Problem[] } {
  const files = stackFiles(directory);
  const found: Stack[] = [];
  const problems: Problem[] = [];
  stacks.forEach((name, index) => {
    const path = [`${own}stacks`, index];
    const file = files.find((one) => one.stack === name);
    const misnamed =
      name === bootstrapState ? "this project's own state bears that name" : breach(limits.container, name);
    if (misnamed !== undefined) {
      const fix = "give the stack another name: a container keeps its state";
      problems.push({ path, got: name, needs: `the name of a stack that can be a container's; ${misnamed}`, fix });
    } else if (file === undefined) {
      const fix = `write Pulumi.${name}.yaml, or take ${name} out of the list in Pulumi.${stack}.yaml`;
      problems.push({ path, got: name, needs: `a stack that has a file; there is no Pulumi.${name}.yaml`, fix });
    } else {
      try {
        const config = configOf(file.settings, name);
        if (config.pipelineRole === "submitter") {
          const needs =
            "pipelineRole contributor: to define a role takes a right by which a deployer could give itself any";
          problems.push({
            path,
            got: `${name}, whose pipelineRole is submitter`,
            needs,
            fix: `pulumi config set federated-mlops:pipelineRole contributor --stack ${name}; or deploy it by hand`,
          });
        }
        found.push({ ...config, estate: estateOf(judgeStack(file.settings, name), config.names) });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const needs = `a stack file that is in order; Pulumi.${name}.yaml has ${error.problems.length} problems`;
        problems.push({ path, got: name, needs, fix: "npm run validate tells them" });
      }
    }
  });
  return { found, problems };
}

function unfit(names: Names, stack: string): Problem[] {
  return refusedNames(names).map((problem) => ({
    path: [`${own}workload`],
    needs: `a workload from which Azure takes every name; ${problem}`,
    fix: `pulumi config set ${own}workload <shorter> --stack ${stack}`,
  }));
}

/** What the organisation's plan does not sell, and nobody said that it is done without. */
function unenforced(told: ToldOnGitHub, stack: string): Problem[] {
  const plan = told["federated-mlops-bootstrap:plan"];
  const accepted: readonly string[] = told["federated-mlops-bootstrap:acceptWithout"];
  const lacking = plans[plan].filter((promise) => !accepted.includes(promise));
  if (lacking.length === 0) return [];
  const dispensable = lacking.every((promise) => promise in risksWithout);
  return [
    {
      path: [`${own}plan`],
      got: plan,
      needs: `a plan that enforces ${lacking.map((promise) => planPromises[promise]).join(" and ")} in private repositories`,
      fix: dispensable
        ? `GitHub Enterprise; or name ${lacking.join(", ")} under acceptWithout in Pulumi.${stack}.yaml, knowing that ${lacking
            .map((promise) => risksWithout[promise as Dispensable])
            .join("; ")}`
        : "GitHub Team or Enterprise: without branch rules nobody has to review what the pipelines run",
    },
  ];
}

/** The lanes have rights on one platform: a stack's experiments lie where its pipelines do. */
function elsewhere(told: Told, stacks: readonly Stack[], stack: string): Problem[] {
  const here = told[platform];
  return stacks
    .filter(({ gate }) => gate.platform !== here)
    .map(({ stack: name, gate }) => ({
      path: [`${own}stacks`],
      got: `${name}, whose experiments lie on ${gate.platform}`,
      needs: `stacks whose gate.platform is ${here}, as the pipelines that deploy them`,
      fix: `take ${name} out of the list in Pulumi.${stack}.yaml, or write another stack file for ${gate.platform}`,
    }));
}

/** The projects of the stacks' experiments on Azure DevOps, each once. */
export function projectsOf(stacks: readonly Pick<Config, "gate">[]): string[] {
  const named = stacks.flatMap(({ gate }) => {
    if (gate.platform !== "azureDevOps") return [];
    return ["create" in gate.project ? gate.project.create : gate.project.join];
  });
  return [...new Set(named)];
}

/** Production's deployer administers the project of the experiments: in it, it could change the rules of this repository. */
function apart(told: ToldOnAzureDevOps, stacks: readonly Stack[], stack: string): Problem[] {
  const project = told["federated-mlops-bootstrap:project"];
  const organisation = told["azuredevops:orgServiceUrl"];
  const strangers = stacks.filter(({ gate }) => gate.platform === "azureDevOps" && gate.organisation !== organisation);
  return [
    ...(projectsOf(stacks).some((name) => name.toLowerCase() === project.toLowerCase())
      ? [
          {
            path: [`${own}project`],
            got: `${project}, where the experiments are`,
            needs: "another project than that of the experiments: who deploys production administers that one",
            fix: `move this repository, and pulumi config set ${own}project <its project> --stack ${stack}`,
          },
        ]
      : []),
    ...strangers.map(({ stack: name }) => ({
      path: [`${own}stacks`],
      got: `${name}, whose experiments lie in another organisation`,
      needs: `stacks of ${organisation}`,
      fix: `correct azuredevops:orgServiceUrl in Pulumi.${name}.yaml or Pulumi.${stack}.yaml`,
    })),
  ];
}
