/** Judges of Azure Pipelines files: the schema that Microsoft publishes, and rules for what a schema cannot see. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

import { parse } from "yaml";

import { python } from "./tools";

/** Files by path. */
export type Files = Readonly<Record<string, string>>;

let interpreter = "";

/** Gets the schema's checker; half a minute, the first time. */
export function setUp(): void {
  interpreter = join(python("check-jsonschema"), "python");
}

/** Paths of the files that the schema does not take. */
export function againstSchema(files: Files): string[] {
  const directory = mkdtempSync(join(tmpdir(), "federated-mlops-pipelines-"));
  try {
    const paths = Object.entries(files).map(([file, content]) => {
      const path = join(directory, `${file}.json`);
      mkdirSync(dirname(path), { recursive: true });
      // Azure reads every scalar as a text, and so does its schema.
      writeFileSync(path, JSON.stringify(parse(content, { schema: "failsafe" })));
      return path;
    });
    const options = [
      "--builtin-schema",
      "vendor.azure-pipelines",
      "--regex-variant",
      "python",
      "--output-format",
      "json",
    ];
    const { stdout, stderr, error } = spawnSync(interpreter, ["-m", "check_jsonschema", ...options, ...paths], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    if (error !== undefined || stdout === "") throw new Error(`check-jsonschema: ${error?.message ?? stderr}`);
    const { errors, parse_errors: unread = [] } = JSON.parse(stdout) as Record<string, { filename: string }[]>;
    const found = [...(errors ?? []), ...unread].map(({ filename }) => filename);
    return [...new Set(found.map((path) => relative(directory, path).replace(/\.json$/, "")))].sort();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Step {
  readonly checkout?: string;
  readonly persistCredentials?: boolean;
  readonly task?: string;
  readonly bash?: string;
  readonly script?: string;
  readonly pwsh?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly job?: string;
  readonly deployment?: string;
  readonly environment?: string;
  readonly pool?: unknown;
  readonly timeoutInMinutes?: unknown;
  readonly variables?: readonly { readonly group?: string }[];
  readonly steps?: readonly Step[];
  readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly Step[] } } };
}

interface Pipeline {
  readonly trigger?:
    null | "none" | { readonly branches?: { readonly include?: readonly string[] }; readonly tags?: unknown };
  readonly pr?: unknown;
  readonly parameters?: readonly { readonly type?: string; readonly values?: unknown }[];
  readonly resources?: { readonly repositories?: readonly Readonly<Record<string, string>>[] };
  readonly extends?: { readonly template: string };
  readonly stages?: readonly { readonly lockBehavior?: string; readonly jobs?: readonly Job[] }[];
  readonly jobs?: readonly Job[];
  readonly steps?: readonly Step[];
}

/** Parts of text that Azure puts into a shell before it runs, but for what a reviewed file says. */
const macro = /\$\(\s*\w+\.[\w.]+\s*\)|\$\[|\$\{\{(?! parameters\.(command|before|stack|environment) \}\})/;

/**
 * What in a file breaks a rule, by the rules' names. `starts` says whether a pipeline is started from it, rather than that
 * it is a template; `extends`, whether it may do nothing but extend one of the protected repository.
 */
export function breaches(
  content: string,
  { starts, extending = false }: { starts: boolean; extending?: boolean },
): string[] {
  const pipeline = parse(content) as Pipeline;
  const jobs = [...(pipeline.stages ?? []).flatMap((stage) => stage.jobs ?? []), ...(pipeline.jobs ?? [])];
  const own = jobs.filter((job) => job.job !== undefined || job.deployment !== undefined);
  const stepsOf = (job: Job) => job.steps ?? job.strategy?.runOnce.deploy.steps ?? [];
  const steps = [...own.flatMap(stepsOf), ...(pipeline.steps ?? [])];
  const cloud = (job: Job) => stepsOf(job).filter(({ task }) => task !== undefined && /^Azure/.test(task));
  const shell = ({ bash, script, pwsh, inputs }: Step) => [bash, script, pwsh, inputs?.["inlineScript"]].join("\n");
  const { trigger, resources } = pipeline;
  const branches = typeof trigger === "object" ? trigger?.branches?.include : undefined;
  const template = /^([\w-]+\.yml)@(\w+)$/.exec(pipeline.extends?.template ?? "");
  const resource = resources?.repositories?.find(({ repository }) => repository === template?.[2]);

  const rules: Readonly<Record<string, boolean>> = {
    "goes on after an error": /^\s*(- )?continueOnError:/m.test(content),
    "keeps the token in the checkout": steps.some(
      ({ checkout, persistCredentials }) => checkout !== undefined && persistCredentials !== false,
    ),
    "checks out what is not fixed": steps.some(
      ({ checkout }) => checkout !== undefined && !/^(self|git:\/\/[\w.-]+\/[\w.-]+@refs\/heads\/main)$/.test(checkout),
    ),
    "puts text into a shell": steps.some((step) => macro.test(shell(step))),
    "hands out more than the token": steps.some(({ env = {}, task }) =>
      Object.entries(env).some(
        ([name, value]) => name !== "SYSTEM_ACCESSTOKEN" || value !== "$(System.AccessToken)" || task !== "AzureCLI@2",
      ),
    ),
    "hands out the connection": steps.some(({ inputs = {} }) => "addSpnToEnvironment" in inputs),
    "becomes an identity outside its environment": own.some(
      (job) =>
        cloud(job).length > 0 &&
        (job.environment === undefined ||
          cloud(job).some(({ inputs }) => inputs?.["azureSubscription"] !== `federated-mlops-${job.environment}`) ||
          (job.variables ?? []).some(({ group }) => group !== `federated-mlops-${job.environment}`)),
    ),
    "lets somebody choose the machine": own.some(
      ({ pool }) => pool === undefined || JSON.stringify(pool).includes("$"),
    ),
    "does not end": own.some(({ timeoutInMinutes }) => timeoutInMinutes === undefined),
    "deploys two at a time": (pipeline.stages ?? []).some(
      ({ jobs = [], lockBehavior }) =>
        jobs.some(({ environment }) => environment === "prod") && lockBehavior !== "sequential",
    ),
    "starts from more than named branches":
      starts &&
      (trigger === undefined ||
        trigger === null ||
        (trigger !== "none" && (trigger.tags !== undefined || !branches?.every((one) => /^[\w./-]+$/.test(one))))),
    "starts from a pull request": starts && pipeline.pr !== "none",
    "takes free text from who starts it":
      starts && (pipeline.parameters ?? []).some(({ type, values }) => type !== "boolean" && values === undefined),
    "does not extend the protected template":
      extending &&
      (resource === undefined ||
        resource["type"] !== "git" ||
        resource["ref"] !== "refs/heads/main" ||
        !/^[\w.-]+-pipelines$/.test(resource["name"] ?? "") ||
        own.length + steps.length + (pipeline.stages ?? []).length > 0),
  };
  return Object.keys(rules).filter((rule) => rules[rule]);
}
