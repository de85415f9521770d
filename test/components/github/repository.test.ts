import { beforeEach, describe, expect, it } from "vitest";

import { OwnedRepository, type OwnedRepositoryArgs } from "../../../components/github/repository";
import { created, headOfMain, mockEngine, only, urns } from "../../support/mocks";

const args = {
  repositoryName: "fl-experiments",
  branches: {
    main: {
      approvals: 2,
      codeOwners: ["fl-maintainers"],
      checks: [{ name: "dev-run" }],
      merge: "squash",
      signed: false,
    },
    release: {
      approvals: 3,
      codeOwners: ["fl-release", "fl-maintainers"],
      checks: [{ name: "scan", reporter: 4711 }],
      merge: "merge",
      signed: true,
    },
  },
  contributors: ["fl-data-scientists"],
  deployFrom: ["main"],
  deployReviewers: ["fl-release"],
  actions: ["actions/checkout@*"],
  runner: { create: "fl-private" },
  acceptWithout: [],
  takenOver: false,
  recover: false,
  protect: true,
} satisfies OwnedRepositoryArgs;

describe("the experiments repository", () => {
  beforeEach(async () => {
    await mockEngine();
    new OwnedRepository("repository", args);
    await urns();
  });

  it("is private, merges as its branches say and no other way, and is archived rather than deleted", () => {
    expect(only("github:index/repository:Repository")).toMatchObject({
      visibility: "private",
      allowForking: false,
      allowAutoMerge: false,
      allowMergeCommit: true,
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
      rules: {
        requiredSignatures: true,
        pullRequest: { requiredApprovingReviewCount: 3, allowedMergeMethods: ["merge"] },
        requiredStatusChecks: { requiredChecks: [{ context: "scan", integrationId: 4711 }] },
      },
    });
    expect(
      only("github:index/repositoryRuleset:RepositoryRuleset", "repository-release-ruleset").rules,
    ).not.toHaveProperty("requiredLinearHistory");
  });

  it("protects each branch a second time, administrators included", () => {
    expect(only("github:index/branchProtection:BranchProtection", "repository-main-protection")).toEqual({
      repositoryId: "R_815",
      pattern: "main",
      enforceAdmins: true,
      allowsDeletions: false,
      allowsForcePushes: false,
      requiredLinearHistory: true,
      requireSignedCommits: false,
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

  it("lets nobody make, move or delete a tag", () => {
    expect(only("github:index/repositoryRuleset:RepositoryRuleset", "repository-tags")).toEqual({
      repository: "fl-experiments",
      name: "federated-mlops tags",
      target: "tag",
      enforcement: "active",
      bypassActors: [],
      conditions: { refName: { includes: ["~ALL"], excludes: [] } },
      rules: { creation: true, update: true, deletion: true },
    });
  });

  it("lets workflows use the listed actions alone, each by its commit", () => {
    expect(only("github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions")).toEqual({
      repository: "fl-experiments",
      enabled: true,
      allowedActions: "selected",
      allowedActionsConfig: {
        githubOwnedAllowed: false,
        verifiedAllowed: false,
        patternsAlloweds: ["actions/checkout@*"],
      },
      shaPinningRequired: true,
    });
  });

  it("keeps the runners inside the private network for the submission workflow of a branch that may deploy", () => {
    expect(only("github:index/actionsRunnerGroup:ActionsRunnerGroup")).toEqual({
      name: "fl-private",
      visibility: "selected",
      selectedRepositoryIds: [815],
      allowsPublicRepositories: false,
      restrictedToWorkflows: true,
      selectedWorkflows: ["contoso-fl/fl-experiments/.github/workflows/submit.yml@refs/heads/main"],
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
    for (const guard of ["release-ruleset", "release-protection", "tags", "actions", "runners"]) {
      expect(order.indexOf(`repository-${guard}`), guard).toBeGreaterThanOrEqual(0);
      expect(order.indexOf(`repository-${guard}`), guard).toBeLessThan(order.indexOf("repository-collaborators"));
    }
    expect(order.indexOf("repository-collaborators")).toBeLessThan(order.indexOf("repository-prod"));
    expect(order.indexOf("repository-release-branch")).toBeLessThan(order.indexOf("repository-release-codeowners"));
  });
});

describe("an experiments repository", () => {
  beforeEach(() => mockEngine());

  it("asks for no review of deployments where the organisation does without it, and still for its branches", async () => {
    new OwnedRepository("repository", { ...args, acceptWithout: ["deploymentReview", "noAdminBypass"] });
    await urns();
    expect(only("github:index/repositoryEnvironment:RepositoryEnvironment", "repository-prod")).toEqual({
      repository: "fl-experiments",
      environment: "prod",
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    });
  });

  it("makes no runner group where one is joined, or none is needed", async () => {
    new OwnedRepository("joined", { ...args, runner: { join: "theirs" } });
    new OwnedRepository("hosted", { ...args, runner: undefined });
    await urns();
    expect(created.filter(({ type }) => type.includes("actionsRunnerGroup"))).toEqual([]);
  });

  it("that is taken over notes where reviewed history begins", async () => {
    new OwnedRepository("repository", { ...args, adopt: { reviewedSince: headOfMain }, takenOver: true });
    await urns();
    expect(
      only("github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable", "repository-reviewed-since"),
    ).toEqual({ repository: "fl-experiments", environment: "prod", variableName: "REVIEWED_SINCE", value: headOfMain });
    const order = created.map(({ name }) => name);
    for (const rule of ["repository-main-ruleset", "repository-main-protection", "repository-prod"]) {
      expect(order.indexOf(rule)).toBeLessThan(order.indexOf("repository-reviewed-since"));
    }
  });
});
