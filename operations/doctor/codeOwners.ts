import { codeOwnersFile } from "../../facts/codeOwners";
import { attempt, type Check, type Finding, later, well, wrong } from "./check";
import { notMade, type Subject } from "./subject";
import type { Client } from "../../clients/client";

const needs = "give GITHUB_TOKEN the repository's Contents: read and Actions: read";

/** Whether GitHub finds a fault in CODEOWNERS: it passes over such a line, and then nobody's review is asked for. */
export const codeOwners: Check = {
  name: "code owners",
  needs: () => needs,
  run: async (subject, { github }) => {
    const { owned, owner, repository } = subject;
    if (owned === undefined) return [];
    const path = `/repos/${owner}/${repository}`;
    if ((await github.get(path)) === "missing") return [later(notMade(subject))];
    if ((await github.get(`${path}/environments/prod`)) === "missing") {
      return [later(`the file of ${owner}/${repository} is replaced when it comes under this program's rules`)];
    }
    const branches = Object.keys(owned.branches);
    const found = await Promise.all(
      branches.map((branch) => attempt(needs, () => judgeBranch(branch, path, subject, github))),
    );
    const findings = found.flat();
    return findings.length > 0 ? findings : [well(`GitHub finds no fault on ${branches.join(", ")}`)];
  },
};

interface CodeOwnersError {
  readonly path: string;
  readonly line: number;
  readonly kind: string;
  readonly source?: string;
  readonly suggestion?: string | null;
}

async function judgeBranch(
  branch: string,
  path: string,
  { owned, owner, stack }: Subject,
  github: Client,
): Promise<Finding[]> {
  const teams = owned?.branches[branch]?.codeOwners ?? [];
  const line = codeOwnersFile(owner, teams).trimEnd().split("\n").at(-1);
  const answer = await github.get<{ errors: CodeOwnersError[] }>(`${path}/codeowners/errors?ref=${branch}`);
  if (answer === "missing") {
    return [
      wrong(`${branch} has no CODEOWNERS.`, `by a pull request, write .github/CODEOWNERS with the last line: ${line}`),
    ];
  }
  return answer.errors.map(({ path: file, line: number, kind, source, suggestion }) =>
    wrong(
      `${file}:${number} on ${branch}: ${kind}: ${source ?? ""}${suggestion ? `; ${suggestion}` : ""}`,
      `pulumi up --refresh --stack ${stack} gives the stack's own teams their access back\n` +
        `or correct the file by a pull request; its last line should be: ${line}`,
    ),
  );
}
