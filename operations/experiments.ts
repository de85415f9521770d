/**
 * `npm run experiments -- --stack prod --out DIR`: writes what a new experiments repository consists of, and on Azure
 * DevOps, with `--pipelines DIR`, the repository of its pipelines. The files are those of experiments/, which stands for the
 * example stacks; what differs by organisation is written anew.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { type Config, federationOf, judge } from "../config";
import { templateRef, templatesRepository } from "../facts/azureDevOps";
import type { Names } from "../names";
import { Refusal } from "../problems";
import { namesIn } from "../rules/names";
import type { StackConfig } from "../schema";
import { stackFiles } from "./stackFiles";

const source = join(__dirname, "..", "experiments");

/** What the command cannot do, in a sentence that says what to do. */
export class Hindrance extends Error {}

/** Where the experiments live. */
type Place = OnGitHub | OnAzureDevOps;

interface OnGitHub {
  readonly platform: "github";
  readonly organisation: string;
  /** Teams that own every file. */
  readonly codeOwners: readonly string[];
  /** Runner group that submits to production; GitHub's own machines where there is none. */
  readonly runner: string | undefined;
}

interface OnAzureDevOps {
  readonly platform: "azureDevOps";
  readonly project: string;
  /** Name of the experiments repository; that of its pipelines follows from it. */
  readonly repository: string;
  /** Agent pool that submits to production; Microsoft's own machines where there is none. */
  readonly runner: string | undefined;
}

/** Files by path, of each repository. */
export interface StarterFiles {
  readonly experiments: ReadonlyMap<string, string>;
  /** What the experiments' authors cannot change alone. On GitHub code owners see to that, in the same repository. */
  readonly pipelines: ReadonlyMap<string, string>;
}

/** The files for the stack that makes the repository. */
export function experimentsFiles(directory: string, stack: string): StarterFiles {
  const file = stackFiles(directory).find((one) => one.stack === stack);
  if (file === undefined) {
    const known = stackFiles(directory).map((one) => one.stack);
    throw new Hindrance(`There is no Pulumi.${stack}.yaml in ${directory}: name one of ${known.join(", ")}.`);
  }
  const settings = judge(file.settings, stack);
  if (settings["federated-mlops:environment"] === "development") {
    throw new Hindrance(`${stack} joins a repository that another stack makes: name the production stack.`);
  }
  const { deployFrom } = settings["federated-mlops:gate"];
  const names = namesIn(settings, stack);
  return filesAt(
    placeOf(settings, names),
    deployFrom,
    federation(names, settings["federated-mlops:handover"], deployFrom),
  );
}

function placeOf(settings: ProductionSettings, { repository = "" }: Names): Place {
  const gate = settings["federated-mlops:gate"];
  const runner =
    gate.runner === undefined ? undefined : "create" in gate.runner ? gate.runner.create : gate.runner.join;
  if (gate.platform === "azureDevOps") {
    const project = "create" in gate.project ? gate.project.create : gate.project.join;
    return { platform: gate.platform, project, repository, runner };
  }
  const { "github:owner": organisation = "" } = settings;
  return { platform: gate.platform, organisation, codeOwners: gate.branches.main?.codeOwners ?? [], runner };
}

type ProductionSettings = Extract<StackConfig, { "federated-mlops:environment": "production" }>;

/** The files at `place`, with `federation` as federation.yaml. */
function filesAt(place: Place, deployFrom: readonly string[], federation: string): StarterFiles {
  const written: Readonly<Record<string, (content: string) => string>> = {
    "federation.yaml": () => federation,
    ...(place.platform === "github" ? onGitHub(place, deployFrom) : onAzureDevOps(place, deployFrom)),
  };
  const experiments = new Map<string, string>();
  const pipelines = new Map<string, string>();
  for (const path of filesBelow(source)) {
    const content = readFileSync(join(source, path), "utf8");
    const text = written[path]?.(content) ?? content;
    const [repository, target] = targetOf(path, place.platform);
    if (repository !== undefined) ({ experiments, pipelines })[repository].set(target, text);
  }
  return { experiments, pipelines };
}

/** In which repository a file of experiments/ goes, and under which path; nowhere what is another platform's. */
function targetOf(path: string, platform: Place["platform"]): [keyof StarterFiles | undefined, string] {
  const azureDevOps = path.startsWith("pipelines/") || path === "azure-pipelines.yml" || path === "dev-run.yml";
  if (platform === "github") return [azureDevOps ? undefined : "experiments", path];
  if (path.startsWith("pipelines/")) return ["pipelines", path.slice("pipelines/".length)];
  if (path.startsWith("submission/")) return ["pipelines", path];
  if (path === ".github/pull_request_template.md") return ["experiments", path.replace(".github", ".azuredevops")];
  return [path.startsWith(".github/") ? undefined : "experiments", path];
}

/** Throws where a file stands in `out` already that says something else than what would be written. */
export function refuseOverwriting(files: ReadonlyMap<string, string>, out: string): void {
  const standing = [...files].filter(([path, content]) => {
    const target = join(out, path);
    return existsSync(target) && readFileSync(target, "utf8") !== content;
  });
  if (standing.length > 0) {
    throw new Hindrance(
      `${out} has files that would be overwritten; nothing was written:\n\n${standing.map(([path]) => `  ${path}\n`).join("")}\n` +
        "Delete them first (in a clone of a new repository: git rm README.md .github/CODEOWNERS), or name another directory.",
    );
  }
}

/** Writes files to `out`. */
export function writeExperiments(files: ReadonlyMap<string, string>, out: string): void {
  refuseOverwriting(files, out);
  for (const [path, content] of files) {
    const target = join(out, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

/** Paths of all files below `directory`, without what Python and its tools leave behind. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/__pycache__|_cache(\/|$)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

/** Who takes part, in the shape that the public FL examples read. */
function federation(names: Names, way: Config["handover"], deployFrom: readonly string[]): string {
  const { orchestrator, silos } = federationOf(names, way);
  const listed = silos.map(
    ({ name, computes, datastore, handover }) => `    - name: ${name}
      computes: [${computes.join(", ")}]
      datastore: ${datastore}
      handover: ${handover}
`,
  );
  return `# Who takes part, by the names that Azure knows. Jobs loop over it (README.md); the public FL examples read it too.
federated_learning:
  orchestrator:
    compute: ${orchestrator.compute}
    datastore: ${orchestrator.datastore}
  silos:
${listed.join("")}
# Branches from which jobs reach production.
deploy_from: ${list(deployFrom)}

# Registries whose environments and components jobs may name, with a version.
registries: [azureml]
`;
}

/** CODEOWNERS. */
function owned(organisation: string, teams: readonly string[]): string {
  const owners = teams.map((team) => `@${organisation}/${team}`).join(" ");
  const patterns = ["/.github/", "/.github/CODEOWNERS", "/submission/", "/federation.yaml", "*"];
  return `# Who must review. The last line that fits a file counts: the \`*\` line stays last, so that no line above it takes a file
# away from these teams. A change of teams comes here first, then into the stack file of federated-mlops.
${patterns.map((pattern) => `${pattern} ${owners}\n`).join("")}`;
}

type Written = Readonly<Record<string, (content: string) => string>>;

// Not by a variable of the repository: whoever can change one without a review would choose the machine that becomes the
// production identity.
function onGitHub({ organisation, codeOwners, runner }: OnGitHub, deployFrom: readonly string[]): Written {
  const machine = runner === undefined ? "ubuntu-24.04" : `{ group: ${quoted(runner)} }`;
  return {
    ".github/CODEOWNERS": () => owned(organisation, codeOwners),
    ".github/workflows/submit.yml": (content) =>
      replaced(
        replaced(content, /^ {4}branches: .*$/gm, `    branches: ${list(deployFrom)}`),
        /^ {4}runs-on: .*$/gm,
        `    runs-on: ${machine}`,
      ),
  };
}

function onAzureDevOps({ project, repository, runner }: OnAzureDevOps, deployFrom: readonly string[]): Written {
  const pipelines = templatesRepository(repository);
  const pool = runner === undefined ? "{ vmImage: ubuntu-24.04 }" : `{ name: ${quoted(runner)} }`;
  const extending = (content: string) => replaced(content, /^ {6}name: .*$/gm, `      name: ${quoted(pipelines)}`);
  const checkout = (content: string, times: number) =>
    replaced(content, /- checkout: git:.*$/gm, `- checkout: git://${project}/${pipelines}@${templateRef}`, times);
  return {
    "azure-pipelines.yml": (content) =>
      extending(replaced(content, /^ {4}include: \[main\]$/gm, `    include: ${list(deployFrom)}`)),
    "dev-run.yml": extending,
    "pipelines/submit.yml": (content) => checkout(replaced(content, /^ {8}pool: .*$/gm, `        pool: ${pool}`), 1),
    "pipelines/dev-run.yml": (content) => checkout(content, 2),
  };
}

function replaced(text: string, line: RegExp, by: string, times = 1): string {
  if (text.match(line)?.length !== times) throw new Error(`experiments/: not ${times} lines like ${line.source}`);
  return text.replace(line, () => by);
}

const list = (names: readonly string[]): string => `[${names.map(quoted).join(", ")}]`;

/** As YAML, in quotes where it could be read as something else. */
function quoted(text: string): string {
  return /^[a-z][a-z0-9._/-]*$/i.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

const next = (out: string) => `
Written to ${out}. Next, in a clone of the experiments repository (pulumi up makes it):

  git switch --create starter-files, copy the files if they are elsewhere, commit and push
  open a pull request: from here on review is the only way in
  gate.branches.main.checks should name the checks that the workflows report: [dev-run, references]
`;

const nextOfTwo = (out: string, pipelines: string) => `
Written to ${out} and ${pipelines}. Next, in a clone of each repository (pulumi up makes both):

  git switch --create starter-files, copy the files if they are elsewhere, commit and push
  open a pull request, that of the pipelines first: from here on review is the only way in
`;

if (require.main === module) {
  const usage = "npm run experiments -- --stack prod --out <directory> [--pipelines <directory>]";
  try {
    const options = { stack: { type: "string" }, out: { type: "string" }, pipelines: { type: "string" } } as const;
    const { stack, out, pipelines } = parseArgs({ options }).values;
    if (stack === undefined || out === undefined) throw new Hindrance(`Name the stack and a directory: ${usage}`);
    const files = experimentsFiles(process.cwd(), stack);
    if (files.pipelines.size > 0 && pipelines === undefined)
      throw new Hindrance(
        `On Azure DevOps the pipelines have a repository of their own: name its clone, too. ${usage}`,
      );
    if (files.pipelines.size === 0 && pipelines !== undefined)
      throw new Hindrance(`The experiments of ${stack} live in one repository: leave out --pipelines.`);
    if (pipelines !== undefined) refuseOverwriting(files.pipelines, resolve(pipelines));
    writeExperiments(files.experiments, resolve(out));
    if (pipelines !== undefined) writeExperiments(files.pipelines, resolve(pipelines));
    console.log(pipelines === undefined ? next(resolve(out)) : nextOfTwo(resolve(out), resolve(pipelines)));
  } catch (error) {
    const known = error instanceof Hindrance || error instanceof Refusal || error instanceof TypeError;
    if (!known) throw error;
    console.error(error instanceof TypeError ? `${error.message}\n${usage}` : error.message);
    process.exitCode = 1;
  }
}
