/** What a stack file may say of the gate, by the platform that holds the experiments repository. */
import * as z from "zod";

import { type Dispensable, risksWithout } from "../facts/plans";
import { distinct, guid, subnetId, text, vmSize } from "./words";

const slug = text(/^[a-z0-9][a-z0-9-]*$/, "the short name (slug) of a GitHub team");
const entraGroup = guid("an Entra group");
const repositoryName = text(/^[A-Za-z0-9._-]{1,100}$/, "the name of a repository, without its owner");
const branchName = text(
  // As git takes it, without what reads like a whole reference.
  /^(?!refs\/|HEAD$|.*(\/\/|\.\.|\.lock$|\.lock\/|\/\.))[A-Za-z0-9][A-Za-z0-9._/-]*(?<![./])$/,
  "the whole name of one branch, without wildcards",
);

const platformMeaning = "What holds the experiments repository and runs its pipeline: `github` or `azureDevOps`.";
const checksMeaning =
  "Checks that must pass on the newest commit. On GitHub by name, as GitHub Actions reports it, or `{ name, app }` for " +
  "another GitHub App by its number. On Azure DevOps by the name of a pipeline, whose YAML is `<name>.yml`, or " +
  "`{ name, author }` for a status `<genre>/<name>` that the identity of this id posts.";
const repositoryMeaning =
  "The experiments repository, which this stack owns: `{ create: <name> }`, or on GitHub " +
  "`{ adopt: <name>, reviewedSince: <commit> }` for one that exists, with the last commit of `main` that nobody had " +
  "to review (the first preview names it).";
const runnerMeaning =
  "What runs the submission inside a network of `network.readers`. On GitHub a runner group: `{ create: <name> }` makes " +
  "it for the submission workflow alone (the deployer needs the organisation's `Self-hosted runners: write`). On " +
  "Azure DevOps an agent pool: `{ create: <name>, subnet: <id> }` makes a Managed DevOps Pool in that subnet. " +
  "`{ join: <name> }` trusts its owner.";
const projectMeaning =
  "The project that holds the repository: `{ create: <name> }`, or `{ join: <name> }` for one that exists. Its pipeline " +
  "settings become strict for everything in it.";

const subject = z
  .enum(["immutable", "classic"], { error: '"immutable" or "classic"' })
  .default("immutable")
  .describe(
    "Form of the OIDC subject that GitHub issues: with numeric ids (repositories made since 2026-07-15, or opted in) or without.",
  );

const merge = z
  .enum(["squash", "merge", "rebase"], { error: '"squash", "merge" or "rebase"' })
  .default("squash")
  .describe("How pull requests are merged. With `merge` the history is not linear.");

const approvals = z
  .int({ error: "a whole number of at least 1" })
  .min(1, "a whole number of at least 1: unreviewed code must not be mergeable")
  .describe("How many people must approve a pull request.");

const repositoryToJoin = z.strictObject(
  { join: repositoryName.describe("Name of the experiments repository, which the production stack owns.") },
  "{ join: <name> }",
);

/** What every platform is told of the gate that a stack owns; teams are GitHub's, or Entra's groups. */
const owned = <Team extends z.ZodType, Branch extends z.ZodType>(team: Team, branch: Branch) => ({
  branches: z
    .record(branchName, branch, { error: "a map from branch names to their rules" })
    .describe("Protected branches and their level of review. `main` is the default branch and must be among them."),
  deployFrom: distinct(branchName, "a list of at least one protected branch")
    .min(1, "a list of at least one protected branch")
    .describe("Branches whose pipeline may become the production service principal. Each must have rules."),
  contributors: distinct(team, "a list of teams")
    .default([])
    .describe(
      "Teams that may push branches and open pull requests, besides the code owners. Teams are named on GitHub by their " +
        "short names (slugs), on Azure DevOps as Entra groups by object id.",
    ),
  deployReviewers: distinct(team, "a list of one to six teams")
    .min(1, "a list of one to six teams")
    .max(6, "a list of one to six teams")
    .describe("Teams of which one member, not the initiator, must approve every production run."),
});

const codeOwners = <Team extends z.ZodType>(team: Team) =>
  distinct(team, "a list of at least one team")
    .min(1, "a list of at least one team")
    .describe("Teams that own every file; one of their members must be among the approvals.");

const gitHub = z.literal("github", { error: '"github"' }).describe(platformMeaning);

const runnerGroupName = text(/^[\w .:-]+$/, "the name of a runner group: letters, digits, spaces and . : _ -");

const gitHubCheck = z.union(
  [
    text(/\S/, "the name of a check"),
    z.strictObject({
      name: text(/\S/, "the name of a check"),
      app: z.int({ error: "the number of a GitHub App" }).positive("the number of a GitHub App"),
    }),
  ],
  "the name of a check, or { name, app }",
);

const gitHubBranch = z.strictObject({
  approvals: approvals.max(6, "a whole number of at most 6, the most that GitHub counts"),
  codeOwners: codeOwners(slug),
  checks: distinct(gitHubCheck, "a list of checks").default([]).describe(checksMeaning),
  merge,
  signed: z
    .boolean({ error: "true or false" })
    .default(false)
    .describe("Whether every commit must carry a verified signature."),
});

const ownedOnGitHub = z.strictObject({
  platform: gitHub,
  plan: z
    .enum(["free", "team", "enterprise"], { error: '"free", "team" or "enterprise"' })
    .describe("The organisation's GitHub plan: it decides what GitHub can enforce in a private repository."),
  acceptWithout: distinct(
    z.enum(Object.keys(risksWithout) as [Dispensable, ...Dispensable[]], {
      error: `one of ${Object.keys(risksWithout).join(", ")}`,
    }),
    "a list of promises",
  )
    .default([])
    .describe("Promises that the plan does not enforce and that are done without; each becomes an accepted risk."),
  repository: z
    .union(
      [
        z.strictObject({ create: repositoryName }),
        z.strictObject({
          adopt: repositoryName,
          reviewedSince: text(/^[0-9a-f]{40}$/, "the full SHA of a commit").optional(),
        }),
      ],
      "one of { create: <name> } and { adopt: <name>, reviewedSince: <commit> }",
    )
    .describe(repositoryMeaning),
  ...owned(slug, gitHubBranch),
  actions: distinct(text(/^[\w.-]+\/[\w./-]+@[\w.*/-]+$/, "an action, such as actions/checkout@*"), "a list of actions")
    .default(["actions/checkout@*"])
    .describe("Actions that workflows may use, and no others; each must be named by a full commit SHA."),
  runner: z
    .union(
      [z.strictObject({ create: runnerGroupName }), z.strictObject({ join: runnerGroupName })],
      "one of { create: <name> } and { join: <name> }",
    )
    .describe(runnerMeaning)
    .optional(),
  subject,
});

const joinedOnGitHub = z.strictObject({ platform: gitHub, repository: repositoryToJoin, subject });

const azureDevOps = z.literal("azureDevOps", { error: '"azureDevOps"' }).describe(platformMeaning);

const projectName = text(
  // https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions, without what a pipeline's
  // `checkout: git://<project>/<repository>` could read otherwise, such as spaces.
  /^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$/,
  "the name of a project: letters, digits and . _ -, at most 64 characters",
);

/** With room for a generation's number and for the name of the repository beside it that holds the pipelines. */
const azureReposName = text(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/,
  "the name of a repository: letters, digits and . _ -, at most 50 characters",
);

const poolName = text(
  /^[A-Za-z0-9][A-Za-z0-9.-]{1,42}[A-Za-z0-9-]$/,
  "the name of a pool, one in all of Azure: 3 to 44 letters, digits, dots and hyphens",
);

const azureDevOpsCheck = z.union(
  [
    text(/^[A-Za-z0-9][\w-]*$/, "the name of a pipeline: letters, digits, _ and -"),
    z.strictObject({
      name: text(/^([^/]+\/)?[^/]+$/, "the name of a status, <name> or <genre>/<name>"),
      author: guid("the identity that posts the status"),
    }),
  ],
  "the name of a pipeline, or { name, author }",
);

const azureDevOpsBranch = z.strictObject({
  approvals,
  codeOwners: codeOwners(entraGroup),
  checks: distinct(azureDevOpsCheck, "a list of checks").default([]).describe(checksMeaning),
  merge,
});

const ownedOnAzureDevOps = z.strictObject({
  platform: azureDevOps,
  project: z
    .union(
      [z.strictObject({ create: projectName }), z.strictObject({ join: projectName })],
      "one of { create: <name> } and { join: <name> }",
    )
    .describe(projectMeaning),
  repository: z.strictObject({ create: azureReposName }, "{ create: <name> }").describe(repositoryMeaning),
  ...owned(entraGroup, azureDevOpsBranch),
  runner: z
    .union(
      [
        z.strictObject({
          create: poolName,
          subnet: subnetId.describe(
            "Subnet of the pool's machines, in a network of `network.readers` and delegated to " +
              "`Microsoft.DevOpsInfrastructure/pools`. Its owner lets the service principal DevOpsInfrastructure join it.",
          ),
          vmSize: vmSize.default("Standard_D2ads_v5").describe("VM size of the pool's machines."),
        }),
        z.strictObject({ join: text(/\S/, "the name of an agent pool") }),
      ],
      "one of { create: <name>, subnet: <id> } and { join: <name> }",
    )
    .describe(runnerMeaning)
    .optional(),
});

const joinedOnAzureDevOps = z.strictObject({
  platform: azureDevOps,
  project: z.strictObject({ join: projectName }, "{ join: <name> }").describe(projectMeaning),
  repository: repositoryToJoin,
});

const platforms = {
  error: ({ code }: { code: string }) =>
    code === "invalid_type" ? "an object of settings, platform among them" : '"github" or "azureDevOps"',
};
export const ownedGate = z
  .discriminatedUnion("platform", [ownedOnGitHub, ownedOnAzureDevOps], platforms)
  .describe("The way into this environment: repository, branch rules, deployment environment.");
export const joinedGate = z
  .discriminatedUnion("platform", [joinedOnGitHub, joinedOnAzureDevOps], platforms)
  .describe("The way into this environment, in the repository that the production stack owns.");

export type OwnedGate = z.infer<typeof ownedGate>;
export type OwnedOnGitHub = z.infer<typeof ownedOnGitHub>;
export type OwnedOnAzureDevOps = z.infer<typeof ownedOnAzureDevOps>;
