/**
 * What only the clouds can tell, asked before anything is registered. Reads only. What the deployer may not read is
 * said as a warning and does not stop it.
 */
import type { Config } from "./config";
import { deletedVault, otherKind } from "./preflight/azure";
import { onAzureDevOps } from "./preflight/azureDevOps";
import { existingResources } from "./preflight/existing";
import { onGitHub } from "./preflight/github";
import { type Problem, Refusal } from "./problems";

/** Deleted things that hold this environment's names, to be brought back instead of made. */
export interface Recovered {
  readonly vault: boolean;
  readonly repository: {
    readonly recover: boolean;
    /** An existing one is taken over for the first time. */
    readonly takenOver: boolean;
  };
}

/** Throws a {@link Refusal} that tells every problem; else says what `recover` brings back. */
export async function preflight(config: Config): Promise<Recovered> {
  const { gate, stack } = config;
  const [standing, vault, ...others] = await Promise.all([
    gate.platform === "github" ? onGitHub({ ...gate, stack }) : onAzureDevOps({ ...gate, stack }),
    deletedVault(config),
    otherKind(config),
    existingResources(config),
  ]);
  const held = [vault, standing.archived].filter((held) => held !== undefined);
  const problems = [...(config.recover ? [] : leftovers(config, held)), ...standing.problems, ...others.flat()];
  if (problems.length > 0) throw new Refusal(`Pulumi.${stack}.yaml`, problems);
  return {
    vault: config.recover && vault !== undefined,
    repository: { recover: config.recover && standing.archived !== undefined, takenOver: standing.takenOver },
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
