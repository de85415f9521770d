/**
 * What only the clouds can tell, asked before anything is registered. Reads only. What the deployer may not read is
 * said as a warning and does not stop it.
 */
import type { Config } from "./config";
import { adoption } from "./preflight/adoptedRepository";
import { deletedVault, otherKind } from "./preflight/azure";
import { existingResources } from "./preflight/existing";
import {
  archivedRepository,
  experimentsRepository,
  organisation,
  repositoryToJoin,
  teams,
  unreviewedBranches,
} from "./preflight/github";
import { type Problem, Refusal } from "./problems";

/** Deleted things that hold this environment's names, to be brought back instead of made. */
export interface Recovered {
  readonly vault: boolean;
  readonly repository: boolean;
  /** An existing repository is taken over for the first time. */
  readonly takenOver: boolean;
}

/** Throws a {@link Refusal} that tells every problem; else says what `recover` brings back. */
export async function preflight(config: Config): Promise<Recovered> {
  const standing = await experimentsRepository(config);
  const { first, problems: brought } = await adoption(config, standing);
  const [vault, ...others] = await Promise.all([
    deletedVault(config),
    otherKind(config),
    existingResources(config),
    organisation(config),
    teams(config),
    unreviewedBranches(config, standing),
  ]);
  const repository = archivedRepository(config, standing);
  const held = [vault, repository].filter((held) => held !== undefined);
  const problems = [
    ...(config.recover ? [] : leftovers(config, held)),
    ...repositoryToJoin(config, standing),
    ...brought,
    ...others.flat(),
  ];
  if (problems.length > 0) throw new Refusal(`Pulumi.${config.stack}.yaml`, problems);
  return {
    vault: config.recover && vault !== undefined,
    repository: config.recover && repository !== undefined,
    takenOver: first,
  };
}

function leftovers({ generation, stack }: Config, held: readonly string[]): Problem[] {
  if (held.length === 0) return [];
  return [
    {
      path: ["federated-mlops:generation"],
      got: String(generation),
      needs: `a generation whose names are free; ${held.join(", and ")}`,
      fix:
        `pulumi config set --path federated-mlops:recover true --stack ${stack}   (bring the old ones back; the way where the environment stands)\n` +
        `           pulumi config set --path federated-mlops:generation ${generation + 1} --stack ${stack}   (come up under new names)`,
    },
  ];
}
