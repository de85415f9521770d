/** `npm run validate`: judges every stack file by the program's own rules, and the stack files against each other. */
import { judge } from "../config";
import type { Names } from "../names";
import { Refusal } from "../problems";
import { namesIn } from "../rules/names";
import type { StackConfig } from "../schema";
import { type StackFile, stackFiles } from "./stackFiles";

/** What is wrong with the stack files in `directory`, a text each; none where all is well. */
export function validate(directory: string): string[] {
  const files = stackFiles(directory);
  if (files.length === 0) return [`There is no Pulumi.<stack>.yaml in ${directory}.`];
  const verdicts = files.map((file) => verdict(file));
  return [
    ...verdicts.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal])),
    ...shared(verdicts.flatMap(({ known }) => (known === undefined ? [] : [known]))),
  ];
}

interface Known {
  readonly file: string;
  readonly config: StackConfig;
  readonly names: Names;
}

function verdict({ stack, file, settings, unencrypted }: StackFile): { known?: Known; refusal?: string } {
  const open = unencrypted.map((name) => ({
    path: ["federated-mlops:secrets", name],
    needs: "an encrypted value: this one can be read by everyone who reads the file; replace it where it came from too",
    fix: `pulumi config set --secret --path 'federated-mlops:secrets.${name}' --stack ${stack}`,
  }));
  try {
    const config = judge(settings, stack);
    if (open.length > 0) throw new Refusal(file, open);
    return { known: { file, config, names: namesIn(config, stack) } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      refusal: error.problems === open ? error.message : new Refusal(file, [...error.problems, ...open]).message,
    };
  }
}

/** What two stacks cannot both have: each would change or destroy what the other made. */
function shared(known: readonly Known[]): string[] {
  const claims = known.flatMap(({ file, config, names }) => {
    const { subscription, group, silosGroup } = { ...names, subscription: config["azure-native:subscriptionId"] };
    const { repository } = config["federated-mlops:gate"];
    const gate = config["federated-mlops:gate"];
    const owner =
      gate.platform === "github"
        ? config["github:owner"]
        : `${config["azuredevops:orgServiceUrl"]}/${nameOfProject(gate)}`;
    const claim = (thing: string, cure: string) => ({ file, thing, cure });
    return [
      claim(`the resource group ${group} of subscription ${subscription}`, "another federated-mlops:resourceGroup"),
      claim(`the resource group ${silosGroup} of subscription ${subscription}`, "another federated-mlops:silosGroup"),
      ...Object.entries(names.silos).map(([key, { store }]) =>
        claim(`the store ${store}`, `another silos.${key}.store`),
      ),
      "join" in repository
        ? claim(`the environment dev of ${owner}/${repository.join}`, "a repository of its own")
        : claim(`the repository ${owner}/${names.repository}`, "another gate.repository.create"),
    ];
  });
  return claims.flatMap(({ file, thing, cure }, index) => {
    const first = claims.findIndex((other) => other.thing.toLowerCase() === thing.toLowerCase());
    return first === index ? [] : [`${file} and ${claims[first]?.file} share ${thing}: give one of them ${cure}.`];
  });
}

function nameOfProject({ project }: Extract<StackConfig["federated-mlops:gate"], { platform: "azureDevOps" }>): string {
  return "join" in project ? project.join : project.create;
}

if (require.main === module) {
  const problems = validate(process.cwd());
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log("Every stack file is in order.");
  process.exitCode = problems.length === 0 ? 0 : 1;
}
