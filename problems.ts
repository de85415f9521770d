/** Problems of a configuration: what is wrong, where, and what to do, told all at once. */
import { RunError } from "@pulumi/pulumi/errors";
import { closest, distance } from "fastest-levenshtein";

export interface Problem {
  /** Where in the stack file, from the setting's key inwards. */
  readonly path: readonly (string | number)[];
  /** What stands there, as a person would say it. */
  readonly got?: string | undefined;
  readonly needs: string;
  /** A command or an edit that mends it. */
  readonly fix: string;
}

/** A refusal of the whole configuration. Pulumi shows a RunError by its message alone. */
export class Refusal extends RunError {
  constructor(
    readonly where: string,
    readonly problems: readonly Problem[],
  ) {
    super(render(where, problems));
  }
}

/** The path as `pulumi config set --path` takes it: `federated-mlops:gate.branches.main.approvals`. */
export function settingOf(path: Problem["path"]): string {
  return path
    .map((part, index) =>
      typeof part === "number"
        ? `[${part}]`
        : /^[\w:-]+$/.test(part)
          ? index === 0
            ? part
            : `.${part}`
          : `["${part}"]`,
    )
    .join("");
}

export function render(where: string, problems: readonly Problem[]): string {
  const blocks = problems.map(({ path, got, needs, fix }) =>
    [
      `  ${settingOf(path)}`,
      ...(got === undefined ? [] : [`    got    ${got}`]),
      `    needs  ${needs}`,
      `    fix    ${fix}`,
    ].join("\n"),
  );
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return `${where} has ${count}; nothing was changed:\n\n${blocks.join("\n\n")}\n`;
}

/** The known word that `word` was probably meant to be. */
export function meant(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(word, known);
  return distance(word, candidate) <= Math.max(2, word.length / 4) ? candidate : undefined;
}
