/** Where a local cloud keeps its files. Several can stand side by side, each in its own directory. */
import { join, resolve } from "node:path";

export interface Place {
  /** The Pulumi program's directory. */
  readonly program: string;
  /** Where the stack files are that people edit. */
  readonly stacks: string;
  /** Everything that the local cloud writes. */
  readonly local: string;
  /** `PULUMI_HOME`, with the simulated providers. */
  readonly home: string;
  /** State of the stacks. */
  readonly state: string;
  /** The second project directory, from which Pulumi commands run. */
  readonly project: string;
  /** The clouds themselves, a SQLite file. */
  readonly cloud: string;
}

const checkout = resolve(__dirname, "..");

export function placeAt(local: string, where: { program?: string; stacks?: string } = {}): Place {
  const program = resolve(where.program ?? checkout);
  const root = resolve(local);
  return {
    program,
    stacks: resolve(where.stacks ?? program),
    local: root,
    home: join(root, "home"),
    state: join(root, "state"),
    project: join(root, "project"),
    cloud: join(root, "cloud.sqlite"),
  };
}

/** `FEDERATED_MLOPS_LOCAL` and `FEDERATED_MLOPS_STACKS`; without them `.local/` and the checkout. */
export function placeFromEnvironment(environment: NodeJS.ProcessEnv = process.env): Place {
  const { FEDERATED_MLOPS_LOCAL: local = join(checkout, ".local"), FEDERATED_MLOPS_STACKS: stacks } = environment;
  return placeAt(local, stacks === undefined ? {} : { stacks });
}
