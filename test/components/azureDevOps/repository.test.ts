import { beforeEach, describe, expect, it } from "vitest";

import { OwnedRepository, type OwnedRepositoryArgs } from "../../../components/azureDevOps/repository";
import { created, mockEngine, only, urns } from "../../support/mocks";

const devops = (name: string) => `azuredevops:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

const owners = "a1b82d50-74c7-4d85-9f2c-2e3f7d509c33";
const release = "b2c93e61-85d8-4e96-8a3d-3f408e61ad44";
const scientists = "8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11";
const scanner = "c3d04f72-96e9-4fa7-9b4e-40519f72be55";

const args = {
  repositoryName: "fl-experiments",
  project: { create: "contoso-fl" },
  branches: {
    main: { approvals: 2, codeOwners: [owners], checks: [{ name: "dev-run" }], merge: "squash", signed: false },
    "release/1": {
      approvals: 3,
      codeOwners: [release, owners],
      checks: [{ name: "scan/quality", reporter: scanner }],
      merge: "merge",
      signed: false,
    },
  },
  contributors: [scientists],
  deployFrom: ["main", "release/1"],
  deployReviewers: [release],
  runner: { create: "fl-private", subnet: "/subnets/pipelines", vmSize: "Standard_D2ads_v5" },
  place: {
    organisation: "https://dev.azure.com/contoso-fl",
    group: { name: "rg-fl-prod" } as unknown as OwnedRepositoryArgs["place"]["group"],
    location: "westeurope",
    tags: {},
    devCenter: "dc-fl-abcde",
  },
  protect: true,
} satisfies OwnedRepositoryArgs;

const submit = 117;
const devRun = 118;
const inProject = { projectId: "repository-project-id" };
const onMain = [{ repositoryId: "repository-repository-id", repositoryRef: "refs/heads/main", matchType: "Exact" }];
const onRelease = [{ ...onMain[0], repositoryRef: "refs/heads/release/1" }];
const policy = { ...inProject, enabled: true, blocking: true };
const order = () => created.map(({ name }) => name);
const before = (first: string, then: string) => {
  expect(order().indexOf(first), first).toBeGreaterThanOrEqual(0);
  expect(order().indexOf(first), `${first} before ${then}`).toBeLessThan(order().indexOf(then));
};

describe("the experiments repository on Azure DevOps", () => {
  beforeEach(async () => {
    await mockEngine();
    new OwnedRepository("repository", args);
    await urns();
  });

  it("is in a private project without what nothing needs", () => {
    expect(only(devops("Project"))).toMatchObject({
      name: "contoso-fl",
      visibility: "private",
      versionControl: "Git",
      features: { artifacts: "disabled", testplans: "disabled" },
    });
  });

  it("makes the pipelines of its project strict, every switch of them", () => {
    expect(only(devops("ProjectPipelineSettings"))).toEqual({
      ...inProject,
      enforceJobScope: true,
      enforceJobScopeForRelease: true,
      enforceReferencedRepoScopedToken: true,
      enforceSettableVar: true,
      publishPipelineMetadata: true,
      statusBadgesArePrivate: true,
    });
  });

  it("has a repository beside it for what its pipeline must extend", () => {
    for (const [suffix, name] of [
      ["repository", "fl-experiments"],
      ["templates", "fl-experiments-pipelines"],
    ]) {
      expect(only(devops("Git"), `repository-${suffix}`)).toEqual({
        ...inProject,
        name,
        defaultBranch: "refs/heads/main",
        initialization: { initType: "Clean" },
      });
    }
  });

  it("asks for approvals by others, which new commits take away", () => {
    const settings = {
      submitterCanVote: false,
      lastPusherCannotApprove: true,
      allowCompletionWithRejectsOrWaits: false,
      onPushResetApprovedVotes: true,
      onPushResetAllVotes: true,
    };
    expect(only(devops("BranchPolicyMinReviewers"), "repository-main-approvals")).toEqual({
      ...policy,
      settings: { ...settings, scopes: onMain, reviewerCount: 2 },
    });
    expect(only(devops("BranchPolicyMinReviewers"), "repository-release/1-approvals")).toEqual({
      ...policy,
      settings: { ...settings, scopes: onRelease, reviewerCount: 3 },
    });
    // The template is as hard to change as the branch that may deploy by it.
    expect(only(devops("BranchPolicyMinReviewers"), "repository-templates-main-approvals")).toEqual({
      ...policy,
      settings: {
        ...settings,
        scopes: [{ ...onMain[0], repositoryId: "repository-templates-id" }],
        reviewerCount: 2,
      },
    });
  });

  it("asks an owner of every file, who is not the author", () => {
    const settings = { minimumNumberOfReviewers: 1, submitterCanVote: false, message: "Code owners" };
    expect(only(devops("BranchPolicyAutoReviewers"), "repository-main-owners")).toEqual({
      ...policy,
      settings: { ...settings, scopes: onMain, autoReviewerIds: ["repository-main-owners-group"] },
    });
    expect(only(devops("Group"), "repository-release/1-owners")).toMatchObject({
      scope: "repository-project-id",
      displayName: "fl-experiments owners of release-1",
      members: [`repository-entra-${release}-descriptor`, `repository-entra-${owners}-descriptor`],
    });
  });

  it("runs a check anew when either branch moves, and takes a status from its author alone", () => {
    expect(only(devops("BranchPolicyBuildValidation"))).toEqual({
      ...policy,
      settings: {
        scopes: onMain,
        displayName: "dev-run",
        buildDefinitionId: devRun,
        manualQueueOnly: false,
        queueOnSourceUpdateOnly: false,
        validDuration: 0,
      },
    });
    expect(only(devops("BranchPolicyStatusCheck"))).toEqual({
      ...policy,
      settings: { scopes: onRelease, genre: "scan", name: "quality", authorId: scanner, invalidateOnUpdate: true },
    });
  });

  it("settles every comment, and merges as the branch says and no other way", () => {
    expect(only(devops("BranchPolicyCommentResolution"), "repository-main-comments")).toEqual({
      ...policy,
      settings: { scopes: onMain },
    });
    const ways = { allowBasicNoFastForward: false, allowRebaseAndFastForward: false, allowRebaseWithMerge: false };
    expect(only(devops("BranchPolicyMergeTypes"), "repository-main-merges").settings).toEqual({
      ...ways,
      scopes: onMain,
      allowSquash: true,
    });
    expect(only(devops("BranchPolicyMergeTypes"), "repository-release/1-merges").settings).toEqual({
      ...ways,
      scopes: onRelease,
      allowSquash: false,
      allowBasicNoFastForward: true,
    });
  });

  it("lets nobody past a rule, and whoever writes change none", () => {
    const past = { PolicyExempt: "Deny", PullRequestBypassPolicy: "Deny", ForcePush: "Deny", CreateTag: "Deny" };
    const over = {
      Administer: "Deny",
      EditPolicies: "Deny",
      ManagePermissions: "Deny",
      DeleteRepository: "Deny",
      RenameRepository: "Deny",
    };
    const silent = { GenericContribute: "Deny", CreateBranch: "Deny", PullRequestContribute: "Deny" };
    const write = {
      GenericRead: "Allow",
      GenericContribute: "Allow",
      CreateBranch: "Allow",
      PullRequestContribute: "Allow",
    };
    for (const [name, repositoryId, writers] of [
      ["repository", "repository-repository-id", "repository-writers-descriptor"],
      // Whoever only contributes does not write what judges it.
      ["repository-templates", "repository-templates-id", "repository-main-owners-descriptor"],
    ] as const) {
      const rows: [string, string, object][] = [
        ["contributors", "repository-project-id/Contributors", { ...past, ...over }],
        ["build-administrators", "repository-project-id/Build Administrators", { ...past, ...over }],
        ["project-administrators", "repository-project-id/Project Administrators", past],
        ["jobs", "repository-jobs-descriptor", { ...past, ...over, ...silent }],
        ["writers", writers, { ...write, ...past, ...over }],
      ];
      for (const [suffix, principal, permissions] of rows) {
        expect(only(devops("GitPermissions"), `${name}-permissions-${suffix}`)).toEqual({
          ...inProject,
          repositoryId,
          principal,
          permissions,
        });
      }
    }
    expect(created.filter(({ type }) => type === devops("GitPermissions"))).toHaveLength(10);
  });

  it("knows writers, and as whom its jobs run, by groups with all their members", () => {
    expect(only(devops("Group"), "repository-writers").members).toEqual(
      [owners, release, scientists].map((id) => `repository-entra-${id}-descriptor`),
    );
    expect(only(devops("Group"), "repository-jobs").members).toEqual([
      "organisation/Project Collection Build Service Accounts",
      "svc.ours",
    ]);
    expect(only(devops("Group"), `repository-entra-${release}`)).toEqual({ originId: release });
    expect(only(devops("GroupMembership"))).toEqual({
      group: "repository-project-id/Readers",
      members: ["repository-writers-descriptor", `repository-entra-${release}-descriptor`],
      mode: "add",
    });
  });

  it("has pipelines that only a reviewed change of their YAML changes", () => {
    for (const [name, ymlPath] of [
      ["submit", "azure-pipelines.yml"],
      ["dev-run", "dev-run.yml"],
    ]) {
      expect(only(devops("BuildDefinition"), `repository-${name}`)).toEqual({
        ...inProject,
        name: `fl-experiments-${name}`,
        repository: {
          repoType: "TfsGit",
          repoId: "repository-repository-id",
          branchName: "refs/heads/main",
          ymlPath,
        },
        ciTrigger: { useYaml: true },
        jobAuthorizationScope: "project",
        features: [{ skipFirstRun: true }],
      });
      const edit = {
        EditBuildDefinition: "Deny",
        DeleteBuildDefinition: "Deny",
        AdministerBuildPermissions: "Deny",
        OverrideBuildCheckInValidation: "Deny",
        EditPipelineQueueConfigurationPermission: "Deny",
      };
      const see = { ViewBuilds: "Allow", ViewBuildDefinition: "Allow" };
      const idle = { QueueBuilds: "Deny" };
      // By hand only the project's administrators start the submission, and nobody's job starts anything.
      const others = name === "submit" ? idle : {};
      const start = name === "submit" ? idle : { QueueBuilds: "Allow", StopBuilds: "Allow" };
      const forget = {
        ...{ DeleteBuilds: "Deny", DestroyBuilds: "Deny", EditBuildQuality: "Deny", UpdateBuildInformation: "Deny" },
      };
      const remember = {
        ...{ ViewBuilds: "Allow", ViewBuildDefinition: "Allow", RetainIndefinitely: "Allow" },
        ...{ EditBuildQuality: "Allow", UpdateBuildInformation: "Allow" },
      };
      const on = { ...inProject, buildDefinitionId: String(name === "submit" ? submit : devRun) };
      const rows: [string, string, object][] = [
        ["contributors", "repository-project-id/Contributors", { ...edit, ...forget, ...others }],
        ["build-administrators", "repository-project-id/Build Administrators", { ...edit, ...forget, ...others }],
        ["writers", "repository-writers-descriptor", { ...see, ...start, ...edit, ...forget }],
        ["jobs", "repository-jobs-descriptor", { ...edit, ...forget, ...idle, ...remember }],
      ];
      for (const [suffix, principal, permissions] of rows) {
        expect(only(devops("BuildDefinitionPermissions"), `repository-${name}-${suffix}`)).toEqual({
          ...on,
          principal,
          permissions,
        });
      }
    }
  });

  it("opens the environment prod to the submission from branches that may deploy, approved by somebody else", () => {
    const target = { ...inProject, targetResourceId: "repository-prod-id", targetResourceType: "environment" };
    expect(only(devops("Environment"), "repository-prod")).toMatchObject({ ...inProject, name: "prod" });
    expect(only(devops("PipelineAuthorization"), "repository-prod-pipeline")).toEqual({
      ...inProject,
      resourceId: "repository-prod-id",
      type: "environment",
      pipelineId: submit,
    });
    expect(only(devops("CheckBranchControl"), "repository-prod-branches")).toEqual({
      ...target,
      displayName: "federated-mlops branches",
      allowedBranches: "refs/heads/main,refs/heads/release/1",
      verifyBranchProtection: true,
      ignoreUnknownProtectionStatus: false,
      timeout: 1440,
    });
    expect(only(devops("CheckApproval"), "repository-prod-approval")).toEqual({
      ...target,
      approvers: [`repository-entra-${release}-group`],
      minimumRequiredApprovers: 1,
      requesterCanApprove: false,
      timeout: 43200,
    });
    expect(only(devops("CheckRequiredTemplate"), "repository-prod-template")).toEqual({
      ...target,
      requiredTemplates: [
        {
          repositoryType: "azuregit",
          repositoryName: "contoso-fl/fl-experiments-pipelines",
          repositoryRef: "refs/heads/main",
          templatePath: "submit.yml",
        },
      ],
    });
    expect(only(devops("CheckExclusiveLock"), "repository-prod-lock")).toMatchObject(target);
  });

  it("opens the environment dev to pull requests, by one pipeline", () => {
    expect(only(devops("PipelineAuthorization"), "repository-dev-pipeline")).toEqual({
      ...inProject,
      resourceId: "repository-dev-id",
      type: "environment",
      pipelineId: devRun,
    });
    expect(created.filter(({ name }) => /^repository-dev-(branches|approval|template|lock)$/.test(name))).toEqual([]);
  });

  it("authorises every thing for one pipeline, and the template for the two that take from it", () => {
    const authorised = created.filter(({ type }) => type === devops("PipelineAuthorization"));
    expect(authorised.map(({ name, inputs }) => [name, inputs.type, inputs.pipelineId])).toEqual(
      expect.arrayContaining([
        ["repository-prod-pipeline", "environment", submit],
        ["repository-dev-pipeline", "environment", devRun],
        ["repository-runners-pipeline", "queue", submit],
        ["repository-templates-submit", "repository", submit],
        ["repository-templates-dev-run", "repository", devRun],
      ]),
    );
    expect(authorised).toHaveLength(5);
    expect(only(devops("PipelineAuthorization"), "repository-templates-submit").resourceId).toBe(
      "repository-project-id.repository-templates-id",
    );
  });

  it("keeps the machines inside the private network for the submission, each for one job", () => {
    expect(only("azure-native:devopsinfrastructure:Pool")).toMatchObject({
      poolName: "fl-private",
      devCenterProjectResourceId: "repository-runners-pool-center-project-id",
      maximumConcurrency: 1,
      agentProfile: { kind: "Stateless" },
      organizationProfile: {
        kind: "AzureDevOps",
        organizations: [
          { url: "https://dev.azure.com/contoso-fl", projects: ["contoso-fl"], parallelism: 1, openAccess: false },
        ],
        permissionProfile: { kind: "CreatorOnly" },
      },
      fabricProfile: { networkProfile: { subnetId: "/subnets/pipelines" }, sku: { name: "Standard_D2ads_v5" } },
    });
    const target = { ...inProject, targetResourceId: "queue-fl-private", targetResourceType: "queue" };
    expect(only(devops("CheckBranchControl"), "repository-runners-branches")).toMatchObject({
      ...target,
      allowedBranches: "refs/heads/main,refs/heads/release/1",
    });
    expect(only(devops("CheckRequiredTemplate"), "repository-runners-template")).toMatchObject(target);
  });

  it("lets nobody write before all rules stand", () => {
    for (const rule of [
      ...["main-approvals", "main-owners", "main-comments", "main-merges", "main-dev-run", "release/1-approvals"],
      ...["contributors", "build-administrators", "project-administrators", "jobs"].map((who) => `permissions-${who}`),
    ]) {
      before(`repository-${rule}`, "repository-permissions-writers");
    }
    before("repository-release/1-branch", "repository-release/1-approvals");
    before("repository-templates-main-approvals", "repository-templates-permissions-writers");
  });
});

describe("an experiments repository on Azure DevOps", () => {
  beforeEach(() => mockEngine());

  it("in a project that exists makes none", async () => {
    new OwnedRepository("repository", { ...args, project: { join: "lab" } });
    await urns();
    expect(created.filter(({ type }) => type === devops("Project"))).toEqual([]);
    expect(only(devops("Git"), "repository-repository").projectId).toBe("project-lab");
  });

  it("makes no pool where one is joined, and guards the project's queue for it all the same", async () => {
    new OwnedRepository("repository", { ...args, runner: { join: "theirs" } });
    await urns();
    expect(created.filter(({ type }) => type.includes("devopsinfrastructure") || type.includes("devcenter"))).toEqual(
      [],
    );
    expect(only(devops("PipelineAuthorization"), "repository-runners-pipeline")).toMatchObject({
      resourceId: "queue-theirs",
      pipelineId: submit,
    });
  });

  it("asks for no pool where Microsoft's own agents run", async () => {
    new OwnedRepository("repository", { ...args, runner: undefined });
    await urns();
    expect(created.filter(({ name }) => name.includes("runners"))).toEqual([]);
  });

  it("cannot promise signatures", async () => {
    const signed = { main: { ...args.branches.main, signed: true } };
    expect(() => new OwnedRepository("repository", { ...args, branches: signed, deployFrom: ["main"] })).toThrow(
      "Azure DevOps verifies no signatures.",
    );
    await urns();
  });
});
