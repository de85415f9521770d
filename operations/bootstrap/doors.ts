/** What this repository has already that would let unreviewed code into a lane. Asked on every run; reads only. */
import * as github from "@pulumi/github";

import { type Problem, Refusal } from "../../problems";
import type { Lane } from "./lanes";
import type { Settings } from "./settings";

/** Throws a {@link Refusal} where a lane's environment lets in more than `main`. */
export async function refuseOpenDoors(settings: Settings, lanes: readonly Lane[]): Promise<void> {
  const { owner, repository, stack } = settings;
  const found = await github.getRepository({ fullName: `${owner}/${repository}` }).catch(() => undefined);
  if (found?.repoId === undefined) {
    throw new Refusal(`Pulumi.${stack}.yaml`, [
      {
        path: ["federated-mlops-bootstrap:repository"],
        got: `${owner}/${repository}, which GitHub does not show`,
        needs: "the repository of the organisation that holds this checkout",
        fix: `gh repo create ${owner}/${repository} --private --source . --push, or export a GITHUB_TOKEN that sees it`,
      },
    ]);
  }
  const { environments } = await github.getRepositoryEnvironments({ repository });
  const standing = environments.map(({ name }) => name);
  const problems = await Promise.all(
    lanes
      .filter(({ from, environment }) => from === "main" && standing.includes(environment))
      .map(async ({ environment }): Promise<Problem[]> => {
        const { policies } = await github.getRepositoryEnvironmentDeploymentPolicies({ repository, environment });
        const others = policies.filter(({ pattern, type }) => pattern !== "main" || type === "tag");
        if (others.length === 0) return [];
        return [
          {
            path: ["federated-mlops-bootstrap:repository"],
            got: `an environment ${environment} that also lets in ${others.map(({ type, pattern }) => `${type} ${pattern}`).join(", ")}`,
            needs: "one that lets in the branch main alone",
            fix: `https://github.com/${owner}/${repository}/settings/environments, ${environment}: take the others out`,
          },
        ];
      }),
  );
  if (problems.flat().length > 0) throw new Refusal(`Pulumi.${stack}.yaml`, problems.flat());
}
