/**
 * What GitHub tells of an experiments repository that exists: what it brings along that would be trusted though nobody
 * reviewed it, and from which commit on it is reviewed.
 */
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { reviewedSince } from "../facts/github";
import type { Problem } from "../problems";
import type { Found, OnGitHub } from "./github";

const path = ["federated-mlops:gate", "repository"];
const adopt = [...path, "adopt"];

export interface Adoption {
  /** The rules of this program have never stood here: nothing that it holds was reviewed by them. */
  readonly first: boolean;
  readonly problems: readonly Problem[];
}

/** Judges the repository that is owned, taken over or made before. */
export async function adoption(config: OnGitHub, found: Found): Promise<Adoption> {
  const { repository, owner, stack } = config;
  if (repository === undefined || found?.archived === true) return { first: false, problems: [] };
  const name = repository.repositoryName;
  if (found === undefined) {
    if (repository.adopt === undefined) return { first: false, problems: [] };
    const fix = `pulumi config rm --path ${path.join(".")} --stack ${stack}; pulumi config set --path ${path.join(".")}.create ${name} --stack ${stack}`;
    return {
      first: true,
      problems: [
        { path: adopt, got: `${owner}/${name}, which does not exist`, needs: "a repository that stands", fix },
      ],
    };
  }
  const recorded = await recordedCommit(name);
  if (repository.adopt === undefined) {
    const taken: Problem = {
      path: [...path, "create"],
      got: name,
      needs: `{ adopt: ${name}, reviewedSince: ${recorded} }: it was taken over, and what it held then is still unreviewed`,
      fix: `write that in Pulumi.${stack}.yaml`,
    };
    return { first: false, problems: [...(recorded === undefined ? [] : [taken]), ...(await openDoors(config))] };
  }
  const first = recorded === undefined;
  const problems = await Promise.all([
    since(config, recorded),
    first ? rulesOfOthers(config) : Promise.resolve([]),
    openDoors(config),
  ]);
  return { first, problems: [...shape(config, found), ...problems.flat()] };
}

/** The last commit that nobody had to review, as the first `up` noted it in the repository. */
async function recordedCommit(repository: string): Promise<string | undefined> {
  const found = await github
    .getActionsEnvironmentVariables({ name: repository, environment: "prod" })
    .catch(() => undefined);
  return found?.variables.find((variable) => variable.name.toUpperCase() === reviewedSince)?.value;
}

function shape({ owner, repository }: OnGitHub, found: NonNullable<Found>): Problem[] {
  const name = `${owner}/${repository?.repositoryName}`;
  return [
    ...(found.visibility === "public"
      ? [
          {
            path: adopt,
            got: `${name}, which is public`,
            needs: "a private repository",
            fix: "make it private on GitHub: who can fork it can read it",
          },
        ]
      : []),
    ...(found.defaultBranch === "main"
      ? []
      : [
          {
            path: adopt,
            got: `${name}, whose default branch is ${found.defaultBranch}`,
            needs: "a repository whose default branch is main",
            fix: "rename the branch on GitHub: open pull requests follow it",
          },
        ]),
  ];
}

/** The commit from which on `main` is reviewed, and that it held no workflow: one could ask for the environment `prod`. */
async function since({ repository, stack }: OnGitHub, recorded: string | undefined): Promise<Problem[]> {
  const name = repository?.repositoryName ?? "";
  const told = repository?.adopt?.reviewedSince;
  const head = (await github.getBranch({ repository: name, branch: "main" }).catch(() => undefined))?.sha;
  const setting = [...path, "reviewedSince"];
  const needed = recorded ?? head;
  const fix = `pulumi config set --path ${setting.join(".")} ${needed} --stack ${stack}`;
  if (told === undefined || (recorded === undefined && told !== head)) {
    return [
      {
        path: setting,
        got: told ?? "nothing",
        needs: `${needed}, the newest commit of main before its rules: what came in until then, nobody had to review`,
        fix,
      },
    ];
  }
  const { entries } = await github.getTree({ repository: name, treeSha: told, recursive: true });
  const workflows = entries.map((entry) => entry.path).filter((file) => file.startsWith(".github/workflows/"));
  if (workflows.length === 0) return [];
  return [
    {
      path: setting,
      got: `a commit with ${workflows.join(", ")}`,
      needs:
        "one without workflows: nobody reviewed them, and one could ask for the environment prod and become its identity",
      fix: "take them away from main and name the commit that does; afterwards reviewed pull requests can bring workflows back",
    },
  ];
}

/** Before the first `up`: what would stop it half-way, and branches that others filled. */
async function rulesOfOthers({ repository }: OnGitHub): Promise<Problem[]> {
  const name = repository?.repositoryName ?? "";
  const { rules } = await github.getBranchProtectionRules({ repository: name });
  const problems = await Promise.all(
    Object.keys(repository?.branches ?? {}).map(async (branch): Promise<Problem[]> => {
      const at = ["federated-mlops:gate", "branches", branch];
      const line =
        branch === "main" ? undefined : await github.getBranch({ repository: name, branch }).catch(() => undefined);
      return [
        ...(rules.some(({ pattern }) => pattern === branch)
          ? [
              {
                path: at,
                got: "a branch that is protected already",
                needs: "a branch without a classic protection of its own: two of one name cannot stand",
                fix: `delete that protection on GitHub (Settings, Branches); the rules of ${branch} take its place`,
              },
            ]
          : []),
        ...(line?.ref === undefined
          ? []
          : [
              {
                path: at,
                got: "a branch that exists already",
                needs: "a branch that does not exist yet: what was pushed to it before, nobody had to review",
                fix: `move its content to another branch, delete ${branch} on GitHub, come up, and bring the content in by a pull request`,
              },
            ]),
      ];
    }),
  );
  return problems.flat();
}

/** Who else may use the environment `prod`: by a pattern, by a tag, or under another spelling of its name. */
async function openDoors({ repository, stack }: OnGitHub): Promise<Problem[]> {
  const name = repository?.repositoryName ?? "";
  const { environments } = await github.getRepositoryEnvironments({ repository: name });
  const known = environments.map((one) => one.name);
  const misspelt = known.filter((one) => ["prod", "dev"].includes(one.toLowerCase()) && !["prod", "dev"].includes(one));
  const policies = known.includes("prod")
    ? (await github.getRepositoryEnvironmentDeploymentPolicies({ repository: name, environment: "prod" })).policies
    : [];
  const wide = policies.filter(({ pattern, type }) => type === "tag" || /[*?[]/.test(pattern));
  const others = policies.filter((one) => !wide.includes(one) && repository?.deployFrom.includes(one.pattern) !== true);
  if (others.length > 0) {
    await pulumi.log.warn(
      `The environment prod of ${name} also takes ${others.map(({ pattern }) => pattern).join(", ")}, which deployFrom does not name.`,
    );
  }
  return [
    ...(misspelt.length === 0
      ? []
      : [
          {
            path,
            got: `${name}, which has the environment ${misspelt.join(" and ")}`,
            needs:
              "prod and dev in these letters: GitHub takes other spellings for the same environment, and its rules stay",
            fix: "delete it on GitHub (Settings, Environments)",
          },
        ]),
    ...(wide.length === 0
      ? []
      : [
          {
            path: ["federated-mlops:gate", "deployFrom"],
            got: `an environment prod that also takes ${wide.map(({ pattern, type }) => `${type} ${pattern}`).join(", ")}`,
            needs:
              "branches by their whole names alone: by this policy any writer could become the production identity",
            fix: `delete that policy on GitHub (Settings, Environments, prod), then pulumi up --refresh --stack ${stack}`,
          },
        ]),
  ];
}
