/** Azure DevOps' REST interface, in its own words and shapes. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Client } from "../../clients/client";
import { localClouds } from "../../clients/clouds";
import { type } from "../../localcloud/clouds/azureDevOps/project";
import type { Bag } from "../../localcloud/clouds/behaviour";
import { LocalCloud } from "../../localcloud/localCloud";
import { contoso } from "../../localcloud/organisation";
import { type Rest, serveRest } from "../../localcloud/rest";
import { Store } from "../../localcloud/store";

const { url, id: organisationId } = contoso.azureDevOps;

let store: Store;
let cloud: LocalCloud;
let rest: Rest;
let projectId: string;
let organisation: Client;
let people: Client;
beforeEach(async () => {
  store = new Store(":memory:");
  cloud = new LocalCloud(store, { orgServiceUrl: url });
  rest = await serveRest(store);
  ({ organisation, people } = localClouds(rest.address).azureDevOps(url));
  projectId = cloud.create(type("Project"), { name: "fl", description: "ours" }).id;
});
afterEach(() => {
  rest.close();
  store.close();
});

const make = (of: string, inputs: Bag) => cloud.create(type(of), { projectId, ...inputs });
describe("Azure DevOps' REST interface", () => {
  it("shows projects by id and by name, and no other organisation's", async () => {
    const shown = { id: projectId, name: "fl", description: "ours", visibility: "private", state: "wellFormed" };
    expect(await organisation.list("/_apis/projects")).toMatchObject([shown]);
    expect(await organisation.get("/_apis/projects/FL")).toMatchObject(shown);
    expect(await organisation.get(`/_apis/projects/${projectId}`)).toMatchObject(shown);
    expect(await organisation.get("/_apis/projects/none")).toBe("missing");
    expect(await organisation.list("/none/_apis/git/repositories")).toBe("missing");
    const other = localClouds(rest.address).azureDevOps("https://dev.azure.com/fabrikam");
    expect(await other.organisation.list("/_apis/projects")).toBe("missing");
  });

  it("answers a list with its count", async () => {
    const answer = await organisation.get("/_apis/projects");
    expect(answer).toMatchObject({ count: 1, value: [{ id: projectId }] });
  });

  it("shows what lies in a project, each kind in its own words", async () => {
    const initialization = { initType: "Clean" };
    const { id: repoId } = make("Git", { name: "experiments", defaultBranch: "refs/heads/main", initialization });
    const definition = make("BuildDefinition", {
      name: "submit",
      repository: { repoType: "TfsGit", repoId, branchName: "refs/heads/main", ymlPath: "azure-pipelines.yml" },
      ciTrigger: { useYaml: true },
      jobAuthorizationScope: "project",
    });
    const { id: environment } = make("Environment", { name: "prod" });
    const variables = [
      { name: "A", value: "1" },
      { name: "KEY", secretValue: "hunter2", isSecret: true },
    ];
    make("VariableGroup", { name: "federated-mlops-prod", variables });
    const endpoint = make("ServiceEndpointAzureRM", {
      serviceEndpointName: "federated-mlops-prod",
      serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation",
      azurermSpnTenantid: contoso.tenantId,
      credentials: { serviceprincipalid: "client" },
    });
    make("Queue", { name: "fl-private" });

    expect(await organisation.get("/fl/_apis/git/repositories/experiments")).toMatchObject({
      id: repoId,
      defaultBranch: "refs/heads/main",
      project: { id: projectId, name: "fl" },
    });
    expect(await organisation.list("/fl/_apis/build/definitions?name=submit")).toMatchObject([
      { id: Number(definition.id), path: "\\" },
    ]);
    expect(await organisation.list("/fl/_apis/build/definitions?name=other")).toEqual([]);
    expect(await organisation.get(`/fl/_apis/build/definitions/${definition.id}`)).toMatchObject({
      jobAuthorizationScope: "project",
      process: { type: 2, yamlFilename: "azure-pipelines.yml" },
      repository: { id: repoId, type: "TfsGit" },
    });
    expect(await organisation.list("/fl/_apis/pipelines/environments?name=prod")).toMatchObject([
      { id: Number(environment), project: { id: projectId } },
    ]);
    expect(
      await organisation.list("/fl/_apis/distributedtask/variablegroups?groupName=federated-mlops-prod"),
    ).toMatchObject([{ variables: { A: { value: "1" }, KEY: { value: null, isSecret: true } } }]);
    expect(
      await organisation.list("/fl/_apis/serviceendpoint/endpoints?endpointNames=a,federated-mlops-prod"),
    ).toMatchObject([
      {
        id: endpoint.id,
        type: "azurerm",
        authorization: {
          scheme: "WorkloadIdentityFederation",
          parameters: {
            serviceprincipalid: "client",
            workloadIdentityFederationSubject: endpoint.outputs["workloadIdentityFederationSubject"],
          },
        },
      },
    ]);
    expect(await organisation.list("/fl/_apis/distributedtask/queues?queueName=fl-private")).toMatchObject([
      { projectId, pool: { name: "fl-private" } },
    ]);
  });

  it("shows a repository's branches, and what each has beyond main", async () => {
    const { id: repositoryId } = make("Git", { name: "experiments", initialization: { initType: "Clean" } });
    const repository = `/_apis/git/repositories/${repositoryId}`;
    make("GitRepositoryBranch", { repositoryId, name: "release/1.0", refBranch: "refs/heads/main" });
    make("GitRepositoryBranch", { repositoryId, name: "release/2.0", refCommitId: "a".repeat(40) });
    expect(await organisation.list(`${repository}/refs?filter=heads/release/1`)).toMatchObject([
      { name: "refs/heads/release/1.0" },
    ]);
    const ahead = (name: string) => organisation.get(`${repository}/stats/branches?name=${name}`);
    expect(await ahead("main")).toMatchObject({ aheadCount: 0, isBaseVersion: true });
    expect(await ahead("release/1.0")).toMatchObject({ aheadCount: 0, isBaseVersion: false });
    expect(await ahead("release/2.0")).toMatchObject({ aheadCount: 1, commit: { commitId: "a".repeat(40) } });
    expect(await ahead("none")).toBe("missing");
  });

  it("shows policies under the names of the interface, and by kind", async () => {
    const { id: repositoryId } = make("Git", { name: "experiments", initialization: { initType: "Clean" } });
    const scopes = [{ repositoryId, repositoryRef: "refs/heads/main", matchType: "Exact" }];
    const settings = { scopes, reviewerCount: 2, lastPusherCannotApprove: true, onPushResetAllVotes: true };
    const { id } = make("BranchPolicyMinReviewers", { settings });
    make("BranchPolicyCommentResolution", { settings: { scopes } });
    const path = "/fl/_apis/policy/configurations";
    expect(await organisation.list(path)).toHaveLength(2);
    expect(await organisation.list(`${path}?policyType=fa4e907d-c16b-4a4c-9dfa-4906e5d171dd`)).toMatchObject([
      {
        id: Number(id),
        isEnabled: true,
        isBlocking: true,
        settings: {
          minimumApproverCount: 2,
          blockLastPusherVote: true,
          resetRejectionsOnSourcePush: true,
          creatorVoteCounts: false,
          scope: [{ repositoryId, refName: "refs/heads/main", matchKind: "Exact" }],
        },
      },
    ]);
  });

  it("shows the checks of one thing, and what they ask only where that is asked for", async () => {
    const { id } = make("Environment", { name: "prod" });
    const { id: other } = make("Environment", { name: "dev" });
    const target = { targetResourceId: id, targetResourceType: "environment" };
    make("CheckBranchControl", { ...target, allowedBranches: "refs/heads/main", verifyBranchProtection: true });
    make("CheckApproval", { ...target, approvers: [contoso.people[0]?.objectId], minimumRequiredApprovers: 1 });
    make("CheckExclusiveLock", { ...target, targetResourceId: other });
    const path = `/fl/_apis/pipelines/checks/configurations?resourceType=environment&resourceId=${id}`;
    expect(await organisation.list(`${path}&$expand=settings`)).toMatchObject([
      {
        type: { id: "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", name: "Task Check" },
        resource: { type: "environment", id },
        settings: {
          definitionRef: { name: "evaluatebranchProtection" },
          inputs: { allowedBranches: "refs/heads/main", ensureProtectionOfBranch: "true" },
        },
      },
      {
        type: { name: "Approval" },
        settings: { minRequiredApprovers: 1, requesterCannotBeApprover: true },
      },
    ]);
    for (const check of (await organisation.list<Bag>(path)) as Bag[]) expect(check).not.toHaveProperty("settings");
  });

  it("shows groups of projects, of the organisation and of Entra", async () => {
    const made = make("Group", { projectId: undefined, scope: projectId, displayName: "writers" });
    const [entra] = contoso.groups;
    make("Group", { projectId: undefined, originId: entra?.objectId });
    const groups = (await people.list<Bag>("/_apis/graph/groups")) as Bag[];
    expect(groups).toContainEqual(
      expect.objectContaining({ displayName: "Contributors", principalName: "[fl]\\Contributors", origin: "vsts" }),
    );
    expect(groups).toContainEqual(
      expect.objectContaining({
        descriptor: made.id,
        domain: `vstfs:///Classification/TeamProject/${projectId}`,
        originId: made.outputs["groupId"],
      }),
    );
    expect(groups).toContainEqual(
      expect.objectContaining({ displayName: entra?.name, origin: "aad", originId: entra?.objectId }),
    );
    expect(groups).toContainEqual(
      expect.objectContaining({
        displayName: "Project Collection Administrators",
        domain: `vstfs:///Framework/IdentityDomain/${organisationId}`,
      }),
    );
  });
});
