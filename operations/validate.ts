/** `npm run validate`: judges every stack file by the program's own rules, and the stack files against each other. */
import { judge } from "../config";
import type { Names } from "../names";
import { Refusal } from "../problems";
import { namesIn } from "../rules";
import { type StackFile, stackFiles } from "./stackFiles";

/** What is wrong with the stack files in `directory`, a text each; none where all is well. */
export function validate(directory: string): string[] {
  const files = stackFiles(directory);
  if (files.length === 0) return [`There is no Pulumi.<stack>.yaml in ${directory}.`];
  const verdicts = files.map((file) => verdict(file));
  return [
    ...verdicts.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal])),
    ...sharedGroups(verdicts.flatMap(({ known }) => (known === undefined ? [] : [known]))),
  ];
}

interface Known {
  readonly file: string;
  readonly subscription: string;
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
    return { known: { file, subscription: config["azure-native:subscriptionId"], names: namesIn(config, stack) } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      refusal: error.problems === open ? error.message : new Refusal(file, [...error.problems, ...open]).message,
    };
  }
}

/** Two environments in one resource group could reach each other's resources, and destroy them. */
function sharedGroups(known: readonly Known[]): string[] {
  const places = known.flatMap(({ file, subscription, names }) =>
    [names.group, names.silosGroup].map((group) => ({ file, group, place: `${subscription}/${group}`.toLowerCase() })),
  );
  return places.flatMap(({ file, group, place }, index) => {
    const first = places.findIndex((other) => other.place === place);
    return first === index
      ? []
      : [
          `${file} and ${places[first]?.file} share the resource group ${group}: give one of them another federated-mlops:resourceGroup.`,
        ];
  });
}

if (require.main === module) {
  const problems = validate(process.cwd());
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log("Every stack file is in order.");
  process.exitCode = problems.length === 0 ? 0 : 1;
}
