/**
 * `npm run experiments -- --stack prod --out DIR`: writes what a new experiments repository consists of. The files are
 * those of experiments/, which stands for the example's Pulumi.prod.yaml; what differs by organisation is written anew.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { type Config, federationOf, judge } from "../config";
import type { Names } from "../names";
import { Refusal } from "../problems";
import { namesIn } from "../rules/names";
import type { OwnedOnGitHub } from "../schema/gate";
import { stackFiles } from "./stackFiles";

const source = join(__dirname, "..", "experiments");

/** What the command cannot do, in a sentence that says what to do. */
export class Hindrance extends Error {}

/** The files by path, for the stack that makes the repository. */
export function experimentsFiles(directory: string, stack: string): Map<string, string> {
  const file = stackFiles(directory).find((one) => one.stack === stack);
  if (file === undefined) {
    const known = stackFiles(directory).map((one) => one.stack);
    throw new Hindrance(`There is no Pulumi.${stack}.yaml in ${directory}: name one of ${known.join(", ")}.`);
  }
  const settings = judge(file.settings, stack);
  if (settings["federated-mlops:environment"] === "development") {
    throw new Hindrance(`${stack} joins a repository that another stack makes: name the production stack.`);
  }
  const gate = settings["federated-mlops:gate"];
  if (gate.platform !== "github")
    throw new Hindrance(`${stack} has its repository on Azure DevOps, which is not built.`);
  const written: Record<string, (content: string) => string> = {
    "federation.yaml": () =>
      federation(namesIn(settings, stack), settings["federated-mlops:handover"], gate.deployFrom),
    ".github/CODEOWNERS": () => codeOwners(settings["github:owner"] ?? "", gate.branches.main?.codeOwners ?? []),
    ".github/workflows/submit.yml": (content) => submission(content, gate),
  };
  return new Map(
    filesBelow(source).map((path) => {
      const content = readFileSync(join(source, path), "utf8");
      return [path, written[path]?.(content) ?? content];
    }),
  );
}

/** Writes the files to `out`; refuses where one stands there already that says something else. */
export function writeExperiments(files: ReadonlyMap<string, string>, out: string): void {
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
deploy_from: [${deployFrom.map(quoted).join(", ")}]

# Registries whose environments and components jobs may name, with a version.
registries: [azureml]
`;
}

function codeOwners(organisation: string, teams: readonly string[]): string {
  const owners = teams.map((team) => `@${organisation}/${team}`).join(" ");
  const owned = ["/.github/", "/.github/CODEOWNERS", "/submission/", "/federation.yaml", "*"];
  return `# Who must review. The last line that fits a file counts: the \`*\` line stays last, so that no line above it takes a file
# away from these teams. A change of teams comes here first, then into the stack file of federated-mlops.
${owned.map((pattern) => `${pattern} ${owners}\n`).join("")}`;
}

/**
 * The workflow with the branches and the runner of the stack. Not by a variable of the repository: whoever can change
 * one without a review would choose the machine that becomes the production identity.
 */
function submission(workflow: string, { deployFrom, runner }: OwnedOnGitHub): string {
  const machine =
    runner === undefined ? "ubuntu-24.04" : `{ group: ${quoted("create" in runner ? runner.create : runner.join)} }`;
  return replaced(
    replaced(workflow, /^ {4}branches: .*$/gm, `    branches: [${deployFrom.map(quoted).join(", ")}]`),
    /^ {4}runs-on: .*$/gm,
    `    runs-on: ${machine}`,
  );
}

function replaced(text: string, line: RegExp, by: string): string {
  if (text.match(line)?.length !== 1) throw new Error(`experiments/: not exactly one line like ${line.source}`);
  return text.replace(line, () => by);
}

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

if (require.main === module) {
  const usage = "npm run experiments -- --stack prod --out <directory>";
  try {
    const { stack, out } = parseArgs({ options: { stack: { type: "string" }, out: { type: "string" } } }).values;
    if (stack === undefined || out === undefined) throw new Hindrance(`Name the stack and a directory: ${usage}`);
    writeExperiments(experimentsFiles(process.cwd(), stack), resolve(out));
    console.log(next(resolve(out)));
  } catch (error) {
    const known = error instanceof Hindrance || error instanceof Refusal || error instanceof TypeError;
    if (!known) throw error;
    console.error(error instanceof TypeError ? `${error.message}\n${usage}` : error.message);
    process.exitCode = 1;
  }
}
