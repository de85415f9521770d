/** What one check of the doctor asks, and what it can find. */
import { Unreadable } from "../../clients/client";
import type { Clouds } from "../../clients/clouds";
import { type Problem, settingOf } from "../../problems";
import type { Subject } from "./subject";

export type Finding =
  | { readonly is: "well"; readonly what: string }
  /** It would stop `pulumi up`, or leave an environment that does not work. */
  | { readonly is: "wrong"; readonly what: string; readonly fix: string }
  /** The cloud did not say; with who could ask. It is never taken for well. */
  | { readonly is: "unknown"; readonly what: string; readonly fix: string }
  /** It can be asked only once something stands. */
  | { readonly is: "later"; readonly what: string };

export interface Check {
  readonly name: string;
  /** Nothing where the stack has no use for it. May throw {@link Unreadable}. */
  readonly run: (subject: Subject, clouds: Clouds) => Promise<Finding[]>;
  /** What lets it be asked where it cannot. */
  readonly needs: (subject: Subject) => string;
}

export const well = (what: string): Finding => ({ is: "well", what });
export const wrong = (what: string, fix: string): Finding => ({ is: "wrong", what, fix });
export const later = (what: string): Finding => ({ is: "later", what });

/** What `question` finds, or that it could not be asked and `needs` what. */
export async function attempt(needs: string, question: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return [untold(error, needs)];
  }
}

/** That the cloud did not say it: nobody is signed in, it did not answer, or who asks `needs` something. */
export function untold(error: Unreadable, needs: string): Finding {
  const isGitHub = /^\/(orgs|repos)\//.test(error.path);
  const signIn = isGitHub ? "export GITHUB_TOKEN=<token>, or try again" : "az login as the deployer, or try again";
  const fix = error.status === 0 || error.status === 401 ? signIn : needs;
  return { is: "unknown", what: `Could not ask ${error.message}`, fix };
}

/** What the program's own checks before a deployment would refuse. */
export function refused(problems: readonly Problem[]): Finding[] {
  return problems.map(({ path, got, needs, fix }) =>
    wrong(`${settingOf(path)}: ${got === undefined ? "" : `got ${got}, `}needs ${needs}`, fix),
  );
}
