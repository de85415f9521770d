/** The pipelines on Azure DevOps, held against its schema; and what must not change in them, as literals. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { againstSchema, breaches, setUp } from "../support/pipelines";
import { root } from "../support/root";

const names = ["azure-pipelines.yml", "dev-run.yml", "pipelines/dev-run.yml", "pipelines/submit.yml"];
const files = Object.fromEntries(names.map((file) => [file, readFileSync(join(root, "experiments", file), "utf8")]));

beforeAll(setUp, 600_000);

const broken = (all: Readonly<Record<string, string>>) =>
  Object.entries(all).flatMap(([file, content]) => {
    const starts = !file.startsWith("pipelines/");
    return breaches(content, { starts, extending: starts }).map((rule) => `${file} ${rule}`);
  });

describe("the pipelines", () => {
  it("are what the schema takes, and break no rule", () => {
    expect(againstSchema(files)).toEqual([]);
    expect(broken(files)).toEqual([]);
  });

  const mutate = (file: string, from: string, to: string) => {
    const before = files[file] ?? "";
    expect(before).toContain(from);
    return { [file]: before.replace(from, () => to) };
  };

  it("would be refused by the schema with a misspelt key, an input or a task that does not exist", () => {
    const submit = "pipelines/submit.yml";
    for (const [from, to] of [
      ["timeoutInMinutes", "timeoutMinutes"],
      ["azureSubscription: ", "azureSubscriptions: "],
      ["AzureCLI@2", "AzureCLI@9"],
      ["lockBehavior: sequential", "lockBehavior: in-order"],
    ] as const)
      expect(againstSchema(mutate(submit, from, to))).toEqual([submit]);
  });

  const [start, submit, devRun] = ["azure-pipelines.yml", "pipelines/submit.yml", "pipelines/dev-run.yml"];
  const extending = "extends:\n  template: submit.yml@pipelines\n";
  const mutations: readonly [what: string, file: string, from: string, to: string, breach: string][] = [
    [
      "the branch filter removed",
      start,
      "  branches:\n    include: [main]\n",
      "",
      "starts from more than named branches",
    ],
    ["a branch by wildcard", start, "include: [main]", "include: [release/*]", "starts from more than named branches"],
    ["no trigger, which is every branch", "dev-run.yml", "trigger: none\n", "", "starts from more than named branches"],
    ["a pull request as trigger", start, "pr: none", "pr: [main]", "starts from a pull request"],
    [
      "the template not extended",
      start,
      extending,
      "steps:\n  - bash: python3 submit.py\n",
      "does not extend the protected template",
    ],
    [
      "steps of its own beside",
      start,
      extending,
      `${extending}stages:\n  - stage: more\n`,
      "does not extend the protected template",
    ],
    [
      "the template of another branch",
      start,
      "refs/heads/main",
      "refs/heads/x",
      "does not extend the protected template",
    ],
    [
      "the template of another repository",
      start,
      "fl-experiments-pipelines",
      "mine",
      "does not extend the protected template",
    ],
    [
      "an error that is overlooked",
      submit,
      "displayName: Watch",
      "continueOnError: true\n                  displayName: Watch",
      "goes on after an error",
    ],
    [
      "the token left in the checkout",
      submit,
      "persistCredentials: false",
      "persistCredentials: true",
      "keeps the token in the checkout",
    ],
    [
      "a checkout by a name that the author gives",
      submit,
      "git://contoso-fl/fl-experiments-pipelines@refs/heads/main",
      "pipelines",
      "checks out what is not fixed",
    ],
    [
      "the author's text in the shell",
      submit,
      "check-ref\n",
      "check-ref $(Build.SourceVersionMessage)\n",
      "puts text into a shell",
    ],
    [
      "the connection by a variable",
      submit,
      "azureSubscription: federated-mlops-prod",
      "azureSubscription: $(connection)",
      "becomes an identity outside its environment",
    ],
    [
      "the environment left out",
      submit,
      "        environment: prod\n",
      "",
      "becomes an identity outside its environment",
    ],
    [
      "production's connection in dev",
      devRun,
      "azureSubscription: federated-mlops-dev",
      "azureSubscription: federated-mlops-prod",
      "becomes an identity outside its environment",
    ],
    [
      "the connection's token for everybody",
      submit,
      "scriptType: bash",
      "addSpnToEnvironment: true\n                    scriptType: bash",
      "hands out the connection",
    ],
    [
      "a machine that somebody chooses",
      submit,
      "{ name: fl-private }",
      "{ name: $(pool) }",
      "lets somebody choose the machine",
    ],
    ["two at a time", submit, "lockBehavior: sequential", "lockBehavior: runLatest", "deploys two at a time"],
    ["no end", submit, "        timeoutInMinutes: 1440 # the job's own token lives no longer\n", "", "does not end"],
    [
      "free text from who starts it",
      start,
      "pr: none\n",
      "pr: none\nparameters:\n  - name: ref\n    type: string\n    default: main\n",
      "takes free text from who starts it",
    ],
  ];
  it.for(mutations)("would be caught with %s", ([, file, from, to, breach]) => {
    expect(broken(mutate(file, from, to))).toContain(`${file} ${breach}`);
  });

  interface Root {
    readonly trigger: unknown;
    readonly resources: unknown;
    readonly extends: unknown;
  }
  interface Step {
    readonly bash?: string;
    readonly task?: string;
    readonly checkout?: string;
    readonly inputs?: Readonly<Record<string, string>>;
  }
  interface Job {
    readonly condition?: string;
    readonly environment?: string;
    readonly steps?: readonly Step[];
    readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly Step[] } } };
  }
  interface Template {
    readonly stages: readonly {
      readonly displayName: string;
      readonly condition?: string;
      readonly dependsOn?: readonly string[];
      readonly jobs: readonly Job[];
    }[];
  }
  const stages = (file: string) => (parse(files[file] ?? "") as Template).stages;

  it("reach production from a push to a protected branch or by hand, one at a time", () => {
    const { trigger, resources, extends: extended } = parse(files[start] ?? "") as Root;
    expect(trigger).toEqual({ batch: true, branches: { include: ["main"] }, paths: { include: ["jobs"] } });
    expect(resources).toEqual({
      repositories: [
        { repository: "pipelines", type: "git", name: "fl-experiments-pipelines", ref: "refs/heads/main" },
      ],
    });
    expect(extended).toEqual({ template: "submit.yml@pipelines" });
    expect(stages(submit).flatMap(({ jobs }) => jobs.map(({ environment }) => environment))).toEqual(["prod"]);
  });

  it("judge every pull request in both jobs: a skipped one would count as passed", () => {
    expect(stages(devRun).map(({ displayName }) => displayName)).toEqual(["references", "dev-run"]);
    for (const { condition, dependsOn = [], jobs } of stages(devRun))
      expect([condition, dependsOn, jobs.map((job) => job.condition)]).toEqual([undefined, [], [undefined]]);
    expect(stages(devRun).flatMap(({ jobs }) => jobs.map(({ environment }) => environment))).toEqual([
      undefined,
      "dev",
    ]);
  });

  it("call submit.py of the protected repository for everything, and run nothing else", () => {
    const steps = [submit, devRun]
      .flatMap(stages)
      .flatMap(({ jobs }) => jobs.flatMap((job) => job.steps ?? job.strategy?.runOnce.deploy.steps ?? []));
    expect(new Set(steps.flatMap(({ task }) => task ?? []))).toEqual(new Set(["AzureCLI@2"]));
    for (const { bash, inputs } of steps.filter((step) => step.bash !== undefined || step.task !== undefined)) {
      expect(bash ?? inputs?.["inlineScript"]).toMatch(
        /^python3 -I "\$AGENT_BUILDDIRECTORY\/pipelines\/submission\/submit\.py" --repository "\$AGENT_BUILDDIRECTORY\/experiments" [a-z-]+( --list "\$AGENT_TEMPDIRECTORY\/submitted\.json")?$/,
      );
    }
  });
});
