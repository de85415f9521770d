/** Asks everything, and keeps what could not be asked apart from what is well. */
import { Unreadable } from "../../clients/client";
import type { Clouds } from "../../clients/clouds";
import { attempt, type Finding } from "./check";
import { checks } from "./checks";
import type { Subject } from "./subject";

export interface Examination {
  readonly stack: string;
  /** Who is signed in, in words. */
  readonly deployer: string;
  readonly checks: readonly { readonly name: string; readonly findings: readonly Finding[] }[];
}

export async function examine(subject: Subject, clouds: Clouds): Promise<Examination> {
  const found = await Promise.all(
    checks[subject.platform].map(async ({ name, needs, run }) => ({
      name,
      findings: await attempt(needs(subject), () => run(subject, clouds)),
    })),
  );
  return {
    stack: subject.stack,
    deployer: await deployerOf(subject),
    // What the stack has no use for is not spoken of.
    checks: found.filter(({ findings }) => findings.length > 0),
  };
}

async function deployerOf({ signedIn }: Subject): Promise<string> {
  try {
    const { kind, name, objectId } = await signedIn();
    return `${kind === "User" ? name : `the service principal ${name}`} (object id ${objectId})`;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return "nobody who is signed in to Azure";
  }
}
