/** Where a local cloud keeps its files. Several can stand side by side, each in its own directory. */
import { basename, join, resolve } from "node:path";

export interface Place {
  /** The Pulumi program's directory. */
  readonly program: string;
  /** Where the stack files are that people edit. */
  readonly stacks: string;
  /** Everything that the local cloud writes. */
  readonly local: string;
  /** `PULUMI_HOME`, with the simulated providers. */
  readonly home: string;
  /** State of the stacks, where no other backend is named. */
  readonly state: string;
  readonly backend?: Backend | undefined;
  /** The second project directory, from which Pulumi commands run. */
  readonly project: string;
  /** The clouds themselves, a SQLite file. */
  readonly cloud: string;
}

/** A backend for the stacks' state that is no directory of the local cloud's own. */
export interface Backend {
  /** As `pulumi login` takes it: `azblob://…`. */
  readonly url: string;
  /** What the engine needs to reach it. */
  readonly environment: Readonly<Record<string, string>>;
}

const checkout = resolve(__dirname, "..");

export function placeAt(local: string, where: { program?: string; stacks?: string; backend?: Backend } = {}): Place {
  const program = resolve(where.program ?? checkout);
  const root = resolve(local);
  return {
    program,
    stacks: resolve(where.stacks ?? program),
    local: root,
    home: join(root, "home"),
    state: join(root, "state"),
    backend: where.backend,
    // Programs that share the clouds have a project directory each.
    project: join(root, program === checkout ? "project" : `project-${basename(program)}`),
    cloud: join(root, "cloud.sqlite"),
  };
}

/**
 * `FEDERATED_MLOPS_LOCAL` and `FEDERATED_MLOPS_STACKS`; without them `.local/` and the checkout. `program`: another
 * program's directory, with its stack files.
 */
export function placeFromEnvironment(environment: NodeJS.ProcessEnv = process.env, program?: string): Place {
  const { FEDERATED_MLOPS_LOCAL: local = join(checkout, ".local"), FEDERATED_MLOPS_STACKS: stacks } = environment;
  if (program !== undefined) return placeAt(local, { program });
  return placeAt(local, stacks === undefined ? {} : { stacks });
}
