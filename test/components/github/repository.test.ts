import { beforeEach, describe, expect, it } from "vitest";

import { OwnedRepository } from "../../../components/github/repository";
import { created, mockEngine, only, urns } from "../../support/mocks";

const args = {
  repositoryName: "fl-experiments",
  branches: {
    main: { approvals: 2, codeOwners: ["fl-maintainers"], checks: ["dev-run"] },
    release: { approvals: 3, codeOwners: ["fl-release", "fl-maintainers"], checks: [] },
  },
  contributors: ["fl-data-scientists"],
  deployFrom: ["main"],
  deployReviewers: ["fl-release"],
  recover: false,
  protect: true,
};

describe("the experiments repository", () => {
  beforeEach(async () => {
    await mockEngine();
    new OwnedRepository("repository", args);
    await urns();
  });

  it("is private, merges by squash alone, and is archived rather than deleted", () => {
    expect(only("github:index/repository:Repository")).toMatchObject({
      visibility: "private",
      allowForking: false,
      allowAutoMerge: false,
      allowMergeCommit: false,
      allowRebaseMerge: false,
      allowSquashMerge: true,
      archiveOnDestroy: true,
    });
  });

  it("lets teams write that own code or contribute, and others only read", () => {
    expect(only("github:index/repositoryCollaborators:RepositoryCollaborators").teams).toEqual([
      { teamId: "fl-maintainers", permission: "push" },
      { teamId: "fl-release", permission: "push" },
      { teamId: "fl-data-scientists", permission: "push" },
    ]);
  });

  it("gives workflows a token that reads and cannot approve", () => {
    expect(only("github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions")).toEqual({
      repository: "fl-experiments",
      defaultWorkflowPermissions: "read",
      canApprovePullRequestReviews: false,
    });
  });

  it("protects each branch by a ruleset that nobody bypasses", () => {
    expect(only("github:index/repositoryRuleset:RepositoryRuleset", "repository-main-ruleset")).toEqual({
      repository: "fl-experiments",
      name: "federated-mlops main",
      target: "branch",
      enforcement: "active",
      bypassActors: [],
      conditions: { refName: { includes: ["refs/heads/main", "~DEFAULT_BRANCH"], excludes: [] } },
      rules: {
        creation: true,
        deletion: true,
        nonFastForward: true,
        requiredLinearHistory: true,
        pullRequest: {
          requiredApprovingReviewCount: 2,
          dismissStaleReviewsOnPush: true,
          requireCodeOwnerReview: true,
          requireLastPushApproval: true,
          requiredReviewThreadResolution: true,
          allowedMergeMethods: ["squash"],
        },
        requiredStatusChecks: {
          strictRequiredStatusChecksPolicy: true,
          requiredChecks: [{ context: "dev-run", integrationId: 15368 }],
        },
      },
    });
    expect(only("github:index/repositoryRuleset:RepositoryRuleset", "repository-release-ruleset")).toMatchObject({
      bypassActors: [],
      conditions: { refName: { includes: ["refs/heads/release"], excludes: [] } },
      rules: { pullRequest: { requiredApprovingReviewCount: 3 } },
    });
  });

  it("protects each branch a second time, administrators included", () => {
    expect(only("github:index/branchProtection:BranchProtection", "repository-main-protection")).toEqual({
      repositoryId: "R_815",
      pattern: "main",
      enforceAdmins: true,
      allowsDeletions: false,
      allowsForcePushes: false,
      requiredLinearHistory: true,
      requireConversationResolution: true,
      lockBranch: false,
      requiredPullRequestReviews: [
        {
          requiredApprovingReviewCount: 2,
          dismissStaleReviews: true,
          requireCodeOwnerReviews: true,
          requireLastPushApproval: true,
          restrictDismissals: true,
        },
      ],
      requiredStatusChecks: [{ strict: true, contexts: ["dev-run"] }],
    });
  });

  it("opens the environment prod to exactly the branches of deployFrom, with a reviewer who is not the initiator", () => {
    expect(only("github:index/repositoryEnvironment:RepositoryEnvironment", "repository-prod")).toEqual({
      repository: "fl-experiments",
      environment: "prod",
      canAdminsBypass: false,
      preventSelfReview: true,
      reviewers: [{ teams: [7] }],
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    });
    expect(only("github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy")).toEqual({
      repository: "fl-experiments",
      environment: "prod",
      branchPattern: "main",
    });
  });

  it("names an owner for every file, before the branch is protected", () => {
    expect(only("github:index/repositoryFile:RepositoryFile", "repository-release-codeowners")).toMatchObject({
      branch: "release",
      file: ".github/CODEOWNERS",
      content:
        "# Managed by federated-mlops. Every change needs the review of a member of these teams.\n" +
        "* @contoso-fl/fl-release @contoso-fl/fl-maintainers\n",
    });
    const order = created.map(({ name }) => name);
    for (const branch of ["main", "release"]) {
      for (const layer of ["ruleset", "protection"]) {
        expect(order.indexOf(`repository-${branch}-codeowners`)).toBeLessThan(
          order.indexOf(`repository-${branch}-${layer}`),
        );
      }
    }
    for (const layer of ["ruleset", "protection"]) {
      expect(order.indexOf(`repository-release-${layer}`)).toBeLessThan(order.indexOf("repository-collaborators"));
    }
    expect(order.indexOf("repository-collaborators")).toBeLessThan(order.indexOf("repository-prod"));
    expect(order.indexOf("repository-release-branch")).toBeLessThan(order.indexOf("repository-release-codeowners"));
  });
});
