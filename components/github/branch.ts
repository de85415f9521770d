import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { codeOwnersFile } from "../../facts/codeOwners";
import { actionsAppId } from "../../facts/github";
import type { BranchRules } from "../gate";

/** CODEOWNERS, then both layers of rules of one branch: the stricter one counts, and some readers know only the older. */
export function protectBranch(
  name: string,
  branch: string,
  { approvals, codeOwners, checks, merge, signed }: BranchRules,
  repository: github.Repository,
  main: github.BranchDefault,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const child = { parent };
  const line: pulumi.Resource[] =
    branch === "main"
      ? [main]
      : [
          new github.Branch(
            `${name}-branch`,
            { repository: repository.name, branch, sourceBranch: "main" },
            { ...child, dependsOn: main },
          ),
        ];

  const owners = new github.RepositoryFile(
    `${name}-codeowners`,
    {
      repository: repository.name,
      branch,
      file: ".github/CODEOWNERS",
      content: repository.fullName.apply((full) => codeOwnersFile(full.replace(/\/.*/, ""), codeOwners)),
      commitMessage: "Name the code owners",
      overwriteOnCreate: true,
    },
    {
      ...child,
      dependsOn: line,
      // From the next resource on the branch takes pull requests only. Later changes come that way (preflight tells
      // when the teams here and there differ), and on destroy the file stays in the archived repository.
      ignoreChanges: ["content", "commitMessage", "commitAuthor", "commitEmail"],
      retainOnDelete: true,
    },
  );

  const ruleset = new github.RepositoryRuleset(
    `${name}-ruleset`,
    {
      repository: repository.name,
      name: `federated-mlops ${branch}`,
      target: "branch",
      enforcement: "active",
      // Written out: a missing list and an empty one look the same to a reader without the right to see it.
      bypassActors: [],
      // By name and by role: whoever changes the default branch changes nothing about either.
      conditions: {
        refName: {
          includes: [`refs/heads/${branch}`, ...(branch === "main" ? ["~DEFAULT_BRANCH"] : [])],
          excludes: [],
        },
      },
      rules: {
        creation: true,
        deletion: true,
        nonFastForward: true,
        ...(merge === "merge" ? {} : { requiredLinearHistory: true }),
        ...(signed ? { requiredSignatures: true } : {}),
        pullRequest: {
          requiredApprovingReviewCount: approvals,
          dismissStaleReviewsOnPush: true,
          requireCodeOwnerReview: true,
          requireLastPushApproval: true,
          requiredReviewThreadResolution: true,
          allowedMergeMethods: [merge],
        },
        ...(checks.length === 0
          ? {}
          : {
              requiredStatusChecks: {
                strictRequiredStatusChecksPolicy: true,
                // Without its app, a check could be reported by anybody who can write.
                requiredChecks: checks.map(({ name: context, reporter = actionsAppId }) => ({
                  context,
                  integrationId: Number(reporter),
                })),
              },
            }),
      },
    },
    { ...child, dependsOn: owners },
  );

  const protection = new github.BranchProtection(
    `${name}-protection`,
    {
      repositoryId: repository.nodeId,
      pattern: branch,
      enforceAdmins: true,
      allowsDeletions: false,
      allowsForcePushes: false,
      requiredLinearHistory: merge !== "merge",
      requireSignedCommits: signed,
      requireConversationResolution: true,
      lockBranch: false,
      requiredPullRequestReviews: [
        {
          requiredApprovingReviewCount: approvals,
          dismissStaleReviews: true,
          requireCodeOwnerReviews: true,
          requireLastPushApproval: true,
          restrictDismissals: true,
        },
      ],
      requiredStatusChecks: checks.length === 0 ? [] : [{ strict: true, contexts: checks.map((check) => check.name) }],
    },
    { ...child, dependsOn: owners },
  );

  return [...line, owners, ruleset, protection];
}
