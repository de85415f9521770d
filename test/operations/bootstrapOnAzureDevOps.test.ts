import { beforeAll, describe, expect, it, test } from "vitest";

import { memberships } from "../../operations/bootstrap/azureDevOps/rights";
import { byHand, settingsOf } from "../../operations/bootstrap/azureDevOps/steps";
import { lanesOf } from "../../operations/bootstrap/lanes";
import { type AzureDevOpsSettings, judge } from "../../operations/bootstrap/settings";
import { Refusal } from "../../problems";
import { type Created, created, urns, waitsFor } from "../support/mocks";
import { registeredBy } from "../support/registered";
import { bootstrapSettings, runBootstrap, runBootstrapOnAzureDevOps } from "../support/program";

const own = "federated-mlops-bootstrap:";
const settings = judge(bootstrapSettings("azureDevOps"), "organisation-azuredevops") as AzureDevOpsSettings;
const lanes = lanesOf(settings.stacks, []);
const devops = (name: string) => `azuredevops:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const credential = "azure-native:managedidentity:FederatedIdentityCredential";
const all = (type: string): Created[] => created.filter((one) => one.type === type);
const only = (type: string, name?: string) => {
  const [found, ...others] = all(type).filter((one) => name === undefined || one.name === name);
  if (found === undefined || others.length > 0) throw new Error(`Not one ${type} ${name}.`);
  return found.inputs;
};

test("every lane is this in Azure DevOps, and no more", () => {
  const looking = "Readers; connections: ViewEndpoint, ViewAuthorization, Use; library: View";
  expect(
    memberships(lanes, "fl-platform").map(
      ({ lane, project, memberOf, connections, library, notWithProject }) =>
        `${lane} in ${project}: ${memberOf}; connections: ${connections.join(", ")}; library: ${library.join(", ")}` +
        (notWithProject.length > 0 ? `; but not: ${notWithProject.join(", ")}` : ""),
    ),
  ).toEqual([
    "deploy-dev-azuredevops in contoso-fl: Readers; connections: Create, ViewEndpoint; library: Create, View",
    `preview in contoso-fl: ${looking}`,
    `drift in contoso-fl: ${looking}`,
    `audit in contoso-fl: ${looking}`,
    `audit in fl-platform: ${looking}`,
    "deploy-prod-azuredevops in contoso-fl: Project Administrators; connections: ; library: ; but not: DELETE, RENAME, UPDATE_VISIBILITY",
  ]);
});

describe("what the bootstrap registers on Azure DevOps", () => {
  let outputs: Record<string, unknown> = {};
  beforeAll(async () => {
    outputs = await runBootstrapOnAzureDevOps();
    await urns();
  });
  const onMain = [
    {
      repositoryId: "repository-federated-mlops",
      repositoryRef: "refs/heads/main",
      matchType: "Exact",
    },
  ];
  const policy = { projectId: "project-fl-platform", enabled: true, blocking: true };
  const pipeline = 100 + "repository-lanes".length;

  it("leaves this repository itself out of its state, and puts main under every policy", () => {
    expect(all(devops("Git"))).toEqual([]);
    expect(only(devops("BranchPolicyMinReviewers"))).toEqual({
      ...policy,
      settings: {
        scopes: onMain,
        reviewerCount: 2,
        submitterCanVote: false,
        lastPusherCannotApprove: true,
        allowCompletionWithRejectsOrWaits: false,
        onPushResetApprovedVotes: true,
        onPushResetAllVotes: true,
      },
    });
    expect(only(devops("BranchPolicyAutoReviewers"))).toEqual({
      ...policy,
      settings: {
        scopes: onMain,
        autoReviewerIds: ["repository-main-owners-group"],
        minimumNumberOfReviewers: 1,
        submitterCanVote: false,
        message: "Code owners",
      },
    });
    expect(only(devops("Group"), "repository-main-owners")["members"]).toEqual([
      "repository-entra-9a7a1c4f-63b6-4c74-8e1b-1d2e6c4f8b22-descriptor",
    ]);
    expect(only(devops("BranchPolicyBuildValidation"))).toEqual({
      ...policy,
      settings: {
        scopes: onMain,
        displayName: "check",
        buildDefinitionId: pipeline,
        manualQueueOnly: false,
        queueOnSourceUpdateOnly: false,
        validDuration: 0,
      },
    });
    expect(only(devops("BranchPolicyCommentResolution"))).toEqual({ ...policy, settings: { scopes: onMain } });
    expect(only(devops("BranchPolicyMergeTypes"))).toMatchObject({
      ...policy,
      settings: { scopes: onMain, allowSquash: true, allowBasicNoFastForward: false, allowRebaseAndFastForward: false },
    });
  });

  it("gives nobody a way past them, nor jobs a vote, nor anybody the pipeline to edit", () => {
    const denied = (type: string, ...permissions: string[]) =>
      all(devops(type)).filter(({ inputs }) =>
        permissions.every((one) => (inputs["permissions"] as Record<string, string>)[one] === "Deny"),
      );
    expect(denied("GitPermissions", "PolicyExempt", "PullRequestBypassPolicy", "ForcePush")).toHaveLength(5);
    expect(all(devops("GitPermissions"))).toHaveLength(5);
    expect(
      denied("GitPermissions", "EditPolicies", "ManagePermissions", "Administer", "DeleteRepository").map(
        ({ name }) => name,
      ),
    ).toEqual(
      ["contributors", "build-administrators", "jobs", "writers"].map((who) => `repository-permissions-${who}`),
    );
    expect(only(devops("GitPermissions"), "repository-permissions-jobs")["permissions"]).toMatchObject({
      GenericContribute: "Deny",
      PullRequestContribute: "Deny",
    });
    expect(denied("BuildDefinitionPermissions", "EditBuildDefinition", "AdministerBuildPermissions")).toHaveLength(4);
    expect(denied("BuildDefinitionPermissions", "DeleteBuilds", "UpdateBuildInformation")).toHaveLength(4);
  });

  it("has one pipeline, whose YAML is the checkout's, in a project with strict settings", () => {
    expect(only(devops("BuildDefinition"))).toMatchObject({
      name: "federated-mlops-lanes",
      repository: { repoType: "TfsGit", branchName: "refs/heads/main", ymlPath: "azure-pipelines.yml" },
      jobAuthorizationScope: "project",
    });
    expect(only(devops("ProjectPipelineSettings"))).toMatchObject({
      projectId: "project-fl-platform",
      enforceJobScope: true,
      enforceSettableVar: true,
      enforceReferencedRepoScopedToken: true,
    });
  });

  it("lets that pipeline alone use what a lane has", () => {
    const authorised = all(devops("PipelineAuthorization"));
    expect(authorised).toHaveLength(3 * lanes.length);
    for (const { inputs } of authorised) expect(inputs["pipelineId"]).toBe(pipeline);
    expect(
      new Set(authorised.map(({ inputs }) => `${String(inputs["type"])} ${String(inputs["resourceId"])}`)).size,
    ).toBe(3 * lanes.length);
    for (const { inputs } of all(devops("VariableGroup"))) expect(inputs["allowAccess"]).toBe(false);
  });

  it("puts these checks before environment, connection and variables of each lane", () => {
    const checks = (lane: string) =>
      ["", "-connection", "-variables"].map((part) =>
        [
          ["CheckBranchControl", "branches"],
          ["CheckApproval", "approval"],
          ["CheckExclusiveLock", "lock"],
        ].flatMap(([type = "", suffix = ""]) =>
          all(devops(type)).some(({ name }) => name === `repository-${lane}${part}-${suffix}`) ? [suffix] : [],
        ),
      );
    expect(Object.fromEntries(lanes.map(({ key }) => [key, checks(key)]))).toEqual({
      "deploy-dev-azuredevops": [["branches", "lock"], ["branches", "lock"], ["branches"]],
      // A pull request's branch is none of a fixed name: somebody else looks at each run.
      preview: [["approval"], ["approval"], []],
      drift: [["branches"], ["branches"], ["branches"]],
      audit: [["branches"], ["branches"], ["branches"]],
      "deploy-prod-azuredevops": [["branches", "approval", "lock"], ["branches", "approval", "lock"], ["branches"]],
    });
    for (const { inputs } of all(devops("CheckBranchControl"))) {
      expect(inputs).toMatchObject({
        allowedBranches: "refs/heads/main",
        verifyBranchProtection: true,
        ignoreUnknownProtectionStatus: false,
      });
    }
    for (const { inputs } of all(devops("CheckApproval"))) {
      expect(inputs).toMatchObject({
        approvers: ["repository-entra-b2c93e61-85d8-4e96-8a3d-3f408e61ad44-group"],
        minimumRequiredApprovers: 1,
        requesterCanApprove: false,
      });
    }
    expect(all(devops("CheckRequiredTemplate"))).toEqual([]);
  });

  it("calls them as the YAML does, and signs in where the identity may read", () => {
    const connections = all(devops("ServiceEndpointAzureRM")).map(({ inputs }) => inputs);
    expect(connections.map((one) => [one["serviceEndpointName"], one["azurermSubscriptionId"]])).toEqual(
      lanes.map(({ environment, stacks }) => [`federated-mlops-${environment}`, stacks[0]?.subscription]),
    );
    expect(all(devops("VariableGroup")).map(({ inputs }) => inputs["name"])).toEqual(
      lanes.map(({ environment }) => `federated-mlops-${environment}`),
    );
    expect(all(devops("Environment")).map(({ inputs }) => inputs["name"])).toEqual(
      lanes.map(({ environment }) => environment),
    );
    for (const one of connections) {
      expect(one).toMatchObject({ serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation" });
      expect(JSON.stringify(one)).not.toMatch(/key|secret/i);
    }
    const [first] = all(devops("VariableGroup"));
    expect(first?.inputs["variables"]).toEqual([
      { name: "AZURE_CLIENT_ID", value: "deploy-dev-azuredevops-identity-client" },
      { name: "AZURE_TENANT_ID", value: "3c9f1f0e-2b7c-4f5e-8d70-6a1f4f0b9d11" },
      { name: "STATE_ACCOUNT", value: settings.names.store },
    ]);
  });

  it("trusts what each lane's own connection says of itself", () => {
    const trusted = all(credential).map(({ inputs }) => [
      inputs["resourceName"],
      inputs["federatedIdentityCredentialResourceName"],
      inputs["issuer"],
      inputs["subject"],
    ]);
    expect(trusted.sort()).toEqual(
      lanes
        .map(({ key, environment }) => [
          `id-fl-${key}`,
          `azure-devops-${environment}`,
          "https://login.microsoftonline.com/tenant/v2.0",
          `/eid1/c/pub/t/tenant/a/app/sc/organisation/repository-${key}-connection`,
        ])
        .sort(),
    );
  });

  it("opens no lane before everything stands, and production's deployer last", () => {
    expect(created.at(-1)?.name).toBe("deploy-prod-azuredevops-gate-credential");
    const first = created.findIndex(({ type }) => type === credential);
    expect(created.slice(first).filter(({ type }) => type.startsWith("azuredevops:"))).toEqual([]);
    expect(waitsFor.get("drift-gate-credential")).toBeGreaterThan(all(devops("PipelineAuthorization")).length);
  });

  it("makes each identity a user, and the experiments' project, of which no deployer need be asked", () => {
    const users = all(devops("ServicePrincipalEntitlement")).map(({ inputs }) => inputs);
    expect(users).toEqual(
      lanes.map(({ key }) => ({
        originId: `${key}-identity-principal`,
        origin: "aad",
        accountLicenseType: "express",
      })),
    );
    expect(only(devops("Project"))).toMatchObject({ name: "contoso-fl", visibility: "private" });
    const group = "repository-members-deploy-prod-azuredevops-contoso-fl";
    expect(only(devops("GroupMembership"), `${group}-in`)).toEqual({
      group: "repository-contoso-fl-project-id/Project Administrators",
      members: [`${group}-descriptor`],
      mode: "add",
    });
    expect(only(devops("ProjectPermissions"))).toEqual({
      projectId: "repository-contoso-fl-project-id",
      principal: `${group}-descriptor`,
      permissions: { DELETE: "Deny", RENAME: "Deny", UPDATE_VISIBILITY: "Deny" },
    });
    expect(only(devops("LibraryPermissions"), "repository-members-deploy-dev-azuredevops-contoso-fl-library")).toEqual({
      projectId: "repository-contoso-fl-project-id",
      principal: "repository-members-deploy-dev-azuredevops-contoso-fl-descriptor",
      permissions: { Create: "Allow", View: "Allow" },
    });
  });

  it("says what it leaves open, and no word of GitHub", () => {
    expect(outputs["acceptedRisks"]).toContain(
      "production's deployer administers contoso-fl: it can change every rule there, and none of this repository",
    );
    expect(outputs).not.toHaveProperty("apps");
    expect(JSON.stringify([outputs["acceptedRisks"], outputs["nextSteps"]])).not.toMatch(/github/i);
  });
});

describe("what is left to do by hand", () => {
  it("names lanes that the YAML does not know, and none where it knows all", () => {
    const step = (of: typeof lanes) => byHand(settings, of).find(([what]) => what.startsWith("Write these"))?.[1];
    expect(step(lanes)).toContain("infra-prod-azuredevops: prod-azuredevops");
    const named = judge(bootstrapSettings(), "organisation").stacks;
    expect(step(lanesOf(named, []))).toEqual([]);
  });

  it("turns the project that is made here into one that is joined", () => {
    const [, prod] = settings.stacks;
    if (prod === undefined) throw new Error("There is no production.");
    expect(settingsOf(settings, prod)).toEqual([
      "pulumi config rm --path 'federated-mlops:gate.project.create' --stack prod-azuredevops",
      "pulumi config set --path 'federated-mlops:gate.project.join' 'contoso-fl' --stack prod-azuredevops",
    ]);
    expect(settingsOf({ ...settings, makesExperiments: false }, prod)).toEqual([]);
  });
});

it("this repository, its project and every group of Entra outlive the bootstrap", async () => {
  const registered = await registeredBy(() => runBootstrapOnAzureDevOps());
  const of = (type: string) => registered.filter((one) => one.type === devops(type));
  expect(of("Git")).toEqual([]);
  expect(of("Project").map(({ inputs }) => inputs["name"])).toEqual(["contoso-fl"]);
  const entra = of("Group").filter(({ inputs }) => "originId" in inputs);
  expect(entra.map(({ opts }) => opts.retainOnDelete)).toEqual([true, true]);
});

it("an existing project of the experiments is joined", async () => {
  await runBootstrapOnAzureDevOps({ ...bootstrapSettings("azureDevOps"), [`${own}experiments`]: "join" });
  await urns();
  expect(all(devops("Project"))).toEqual([]);
  expect(only(devops("GroupMembership"), "repository-members-deploy-prod-azuredevops-contoso-fl-in")["group"]).toBe(
    "project-contoso-fl/Project Administrators",
  );
});

describe("an open door", () => {
  const refused = (edit: Record<string, unknown>, lists?: Parameters<typeof runBootstrapOnAzureDevOps>[1]) =>
    expect(runBootstrapOnAzureDevOps({ ...bootstrapSettings("azureDevOps"), ...edit }, lists)).rejects;
  const moved = { "/refs": [{ name: "refs/heads/main", objectId: "f".repeat(40) }] };
  const policy = (isBlocking: boolean, id = "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd") => ({
    "/policy/configurations": [{ isEnabled: true, isBlocking, type: { id } }],
  });

  it("stops the run: commits that nobody looked through", async () => {
    await refused({}, moved).toThrow(`the newest commit of main, ${"f".repeat(40)}, once you looked`);
    // A policy that does not block, or one that counts nobody's vote, is no review.
    await refused({}, { ...moved, ...policy(false) }).toThrow("reviewedSince");
    await refused({}, { ...moved, ...policy(true, "c6a1889d-b943-4856-b76f-9e46bb6b0df2") }).toThrow("reviewedSince");
  });

  it("is none once the rules stand", async () => {
    const outputs = await runBootstrapOnAzureDevOps(undefined, { ...moved, ...policy(true) });
    await urns();
    expect(outputs).toHaveProperty("nextSteps");
  });

  it("stops the run: a public project, one without this repository, one that does not exist", async () => {
    await refused({ [`${own}project`]: "open" }).toThrow(
      /federated-mlops-bootstrap:project.*\n\s+got\s+open, which is public/,
    );
    await refused({ [`${own}project`]: "empty" }).toThrow("federated-mlops, which empty does not have");
    await refused({ [`${own}project`]: "gone" }).toThrow("gone, which does not exist");
  });

  it("stops the run: too few to review, or to approve deployments", async () => {
    const lonely = "11111111-1111-4111-8111-111111111111";
    await refused({ [`${own}codeOwners`]: [lonely] }).toThrow(
      /federated-mlops-bootstrap:approvals\n.*\n.*fewer than the 1 people[^]*federated-mlops-bootstrap:codeOwners\n/,
    );
    await refused({ [`${own}deployReviewers`]: [lonely] }).toThrow(
      /federated-mlops-bootstrap:deployReviewers\n.*\n.*at least 2 people: who starts a run cannot approve it/,
    );
  });
});

describe("settings that are wrong", () => {
  const wrong: Record<string, [edit: Record<string, unknown>, ...says: string[]]> = {
    "a platform that does not exist": [{ [`${own}platform`]: "gitlab" }, "github or azureDevOps"],
    "a word of GitHub's": [{ [`${own}plan`]: "enterprise" }, "federated-mlops-bootstrap:plan", "config rm"],
    "a team by name": [{ [`${own}codeOwners`]: ["fl-platform"] }, "the object id of an Entra group"],
    "one alone to approve": [{ [`${own}approvals`]: 1 }, "at least 2"],
    "no organisation": [{ "azuredevops:orgServiceUrl": undefined }, "https://dev.azure.com/<organisation>"],
    "another organisation than the experiments'": [
      { "azuredevops:orgServiceUrl": "https://dev.azure.com/fabrikam" },
      "dev-azuredevops, whose experiments lie in another organisation",
      "prod-azuredevops, whose experiments lie in another organisation",
    ],
    "the project of the experiments": [
      { [`${own}project`]: "Contoso-FL" },
      "another project than that of the experiments: who deploys production administers that one",
    ],
    "a stack whose experiments lie on GitHub": [
      { [`${own}stacks`]: ["dev-azuredevops", "prod"] },
      "prod, whose experiments lie on github",
    ],
  };
  for (const [what, [edit, ...says]] of Object.entries(wrong)) {
    it(`are refused: ${what}`, () => {
      const told = Object.fromEntries(
        Object.entries({ ...bootstrapSettings("azureDevOps"), ...edit }).filter(([, value]) => value !== undefined),
      );
      const judged = () => judge(told, "organisation-azuredevops");
      expect(judged).toThrow(Refusal);
      for (const text of says) expect(judged).toThrow(text);
    });
  }

  it("are refused on GitHub too: a stack whose experiments lie on Azure DevOps", async () => {
    const stacks = { [`${own}stacks`]: ["dev", "prod-azuredevops"] };
    await expect(runBootstrap({ ...bootstrapSettings(), ...stacks })).rejects.toThrow(
      "prod-azuredevops, whose experiments lie on azureDevOps",
    );
  });
});
