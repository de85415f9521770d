/** A local cloud of a test's own, on which both example environments stand already. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { inject, onTestFinished } from "vitest";

import { type Backend, type Place, placeAt } from "../../localcloud/place";
import { prepare } from "../../localcloud/project";
import { type Outcome, pulumi } from "../../localcloud/pulumi";
import { Store } from "../../localcloud/store";
import { tamper } from "../../localcloud/tamper";

export interface Local {
  readonly place: Place;
  /** A Pulumi command: `local.pulumi("preview", "--stack", "prod")`. */
  pulumi(...args: string[]): Promise<Outcome>;
  /** A change behind Pulumi's back: `local.tamper("users-reader")`. */
  tamper(...args: string[]): void;
  /** The same local cloud once more, to go another way from here. */
  fork(): Promise<Local>;
  /** Another program, with its own stack files, on the same clouds. */
  program(directory: string): Promise<Local>;
  /** A look into the cloud. */
  look<T>(at: (store: Store) => T): T;
}

/** Where its stack files are, if not the committed ones; another program than ours; where it keeps state. */
interface Where {
  readonly stacks?: string | undefined;
  readonly program?: string;
  readonly backend?: Backend;
}

/** A local cloud on which nothing stands yet. */
export function freshLocal(stacks: string, where: Omit<Where, "stacks"> = {}): Promise<Local> {
  return open(temporary(), { ...where, stacks });
}

/** A copy of the landed local cloud. `stacks`: where its stack files are, if not the committed ones. */
export function landedCopy(stacks?: string): Promise<Local> {
  return copyOf(inject("landed"), stacks);
}

function copyOf(original: string, stacks?: string): Promise<Local> {
  const directory = temporary();
  cpSync(original, directory, { recursive: true });
  return open(directory, { stacks });
}

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "federated-mlops-"));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

async function open(directory: string, where: Where = {}): Promise<Local> {
  const { stacks, program, backend } = where;
  const place = placeAt(directory, {
    ...(stacks && { stacks }),
    ...(program && { program }),
    ...(backend && { backend }),
  });
  await prepare(place);
  return {
    place,
    pulumi: (...args) => pulumi(place, args),
    tamper: (...args) => {
      const code = tamper(place, args);
      if (code !== 0) throw new Error(`tamper ${args.join(" ")} ended with ${code}.`);
    },
    fork: () => copyOf(directory, stacks),
    program: (other) => open(directory, { program: other }),
    look: (at) => {
      const store = new Store(place.cloud);
      try {
        return at(store);
      } finally {
        store.close();
      }
    },
  };
}
