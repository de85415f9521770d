/** The simulated Azure DevOps: open where the real one is open, blind where its provider is blind. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { azureDevOps } from "../../localcloud/clouds/azureDevOps";
import { builtInGroup, project, type } from "../../localcloud/clouds/azureDevOps/project";
import type { Bag } from "../../localcloud/clouds/behaviour";
import { localToken } from "../../localcloud/clouds/azure";
import { LocalCloud } from "../../localcloud/localCloud";
import { contoso } from "../../localcloud/organisation";
import { answerTo } from "../../localcloud/rest";
import { Store } from "../../localcloud/store";
import { root } from "../support/root";

const aCloud = () => new LocalCloud(new Store(":memory:"), { orgServiceUrl: contoso.azureDevOps.url });

/** A cloud with a project, and a way to make things in it. */
function aProject() {
  const cloud = aCloud();
  const { id: projectId } = cloud.create(project, { name: "fl" });
  const make = (of: string, inputs: Bag) => cloud.create(type(of), { projectId, ...inputs });
  return { cloud, projectId, make };
}

describe("Azure DevOps", () => {
  it("takes every branch and every pipeline where nothing is said", () => {
    const { cloud, make } = aProject();
    const { id } = make("Environment", { name: "prod" });
    const target = { targetResourceId: id, targetResourceType: "environment" };
    const open = make("CheckBranchControl", target);
    expect(cloud.read(type("CheckBranchControl"), open.id)?.outputs).toMatchObject({
      allowedBranches: "*",
      verifyBranchProtection: false,
    });
    expect(make("PipelineAuthorization", { resourceId: id, type: "environment" }).id).toBe(`environment/${id}/all`);
  });

  it("gives a connection issuer and subject of its own, and to one with a secret neither", () => {
    const { make } = aProject();
    const federated = {
      serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation",
      azurermSpnTenantid: contoso.tenantId,
    };
    const [one, other] = ["one", "other"].map((name) =>
      make("ServiceEndpointAzureRM", { serviceEndpointName: name, ...federated }),
    );
    expect(one?.outputs["workloadIdentityFederationIssuer"]).toBe(
      `https://login.microsoftonline.com/${contoso.tenantId}/v2.0`,
    );
    expect(one?.outputs["workloadIdentityFederationSubject"]).toMatch(/^\/eid1\/c\/pub\/t\//);
    expect(one?.outputs["workloadIdentityFederationSubject"]).not.toBe(
      other?.outputs["workloadIdentityFederationSubject"],
    );
    const secret = make("ServiceEndpointAzureRM", { serviceEndpointName: "secret" });
    expect(secret.outputs["workloadIdentityFederationSubject"]).toBeUndefined();
  });

  it("never shows a secret variable again, and keeps none", () => {
    const { cloud, make } = aProject();
    const variables = [
      { name: "A", value: "1" },
      { name: "KEY", secretValue: "hunter2", isSecret: true },
    ];
    const { id } = make("VariableGroup", { name: "federated-mlops-prod", variables });
    expect(JSON.stringify(cloud.store.rows())).not.toContain("hunter2");
    expect(cloud.read(type("VariableGroup"), id)?.inputs["variables"]).toEqual([
      { name: "A", value: "1" },
      { name: "KEY", isSecret: true },
    ]);
    // What the provider remembers of it stays as it is.
    expect(cloud.read(type("VariableGroup"), id, { variables })?.inputs["variables"]).toEqual(variables);
  });

  it("knows the identity of a project's jobs from its first pipeline on", () => {
    const { cloud, projectId, make } = aProject();
    const services = () =>
      cloud.invoke("azuredevops:index/getUsers:getUsers", { subjectTypes: ["svc"] })["users"] as Bag[];
    expect(services()).toEqual([]);
    const { id } = make("Git", { name: "experiments", initialization: { initType: "Clean" } });
    make("BuildDefinition", { name: "submit", repository: { repoType: "TfsGit", repoId: id } });
    expect(services()).toMatchObject([{ principalName: projectId, displayName: "fl Build Service (contoso-fl)" }]);
  });

  it("takes a service principal into groups once it is a user", () => {
    const { cloud, make } = aProject();
    const member = (members: string[]) => make("Group", { displayName: "deployers", members });
    const user = cloud.create(type("ServicePrincipalEntitlement"), { originId: contoso.deployer.objectId });
    const descriptor = String(user.outputs["descriptor"]);
    expect(descriptor).toMatch(/^aadsp\./);
    expect(member([descriptor]).inputs["members"]).toEqual([descriptor]);
    cloud.delete(type("ServicePrincipalEntitlement"), user.id);
    expect(() => make("Group", { displayName: "others", members: [descriptor] })).toThrow("could not be resolved");
  });

  it("shows of a branch its commit, and which policies hold it", () => {
    const { cloud, projectId, make } = aProject();
    const { id } = make("Git", { name: "experiments", initialization: { initType: "Clean" } });
    const get = (path: string) =>
      answerTo("GET", `/contoso-fl/${projectId}/_apis/git/${path}`, `Bearer ${localToken}`, cloud.store);
    const policies = (ref: string) => get(`policy/configurations?repositoryId=${id}&refName=refs/heads/${ref}`).body;
    expect(get(`repositories/${id}/refs?filter=heads/main&api-version=7.1`)).toMatchObject({
      status: 200,
      body: {
        count: 1,
        value: [{ name: "refs/heads/main", objectId: expect.stringMatching(/^[0-9a-f]{40}$/) as string }],
      },
    });
    expect(policies("main")).toMatchObject({ count: 0 });
    const scopes = [{ repositoryId: id, repositoryRef: "refs/heads/main", matchType: "Exact" }];
    make("BranchPolicyMinReviewers", { blocking: false, settings: { scopes, reviewerCount: 2 } });
    expect(policies("main")).toMatchObject({
      value: [{ isEnabled: true, isBlocking: false, type: { id: "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd" } }],
    });
    expect(policies("release")).toMatchObject({ count: 0 });
    expect(get(`repositories/${projectId}/refs`).status).toBe(404);
  });

  it("answers for its own organisation alone", () => {
    const elsewhere = new LocalCloud(new Store(":memory:"), { orgServiceUrl: "https://dev.azure.com/fabrikam" });
    const ask = (cloud: LocalCloud) => cloud.invoke("azuredevops:index/getClientConfig:getClientConfig", {});
    expect(ask(aCloud())).toMatchObject({ organizationUrl: contoso.azureDevOps.url, tenantId: contoso.tenantId });
    expect(() => ask(elsewhere)).toThrow("TF400813");
  });
});

describe("the provider of Azure DevOps", () => {
  it("imports a repository by its project and its id", () => {
    const { cloud, projectId, make } = aProject();
    const { id } = make("Git", { name: "experiments", initialization: { initType: "Clean" } });
    expect(cloud.imported(type("Git"), `${projectId}/${id}`)).toBe(id);
    expect(cloud.imported(type("Git"), `fl/${id}`)).toBe(id);
    expect(cloud.imported(type("Git"), id)).toBeUndefined();
    expect(cloud.imported(type("Git"), `lab/${id}`)).toBeUndefined();
  });

  it("does not see that every pipeline may use what is authorised for one", () => {
    const { cloud, make } = aProject();
    const { id: resourceId } = make("Environment", { name: "prod" });
    const repository = make("Git", { name: "experiments", initialization: { initType: "Clean" } });
    const { id } = make("BuildDefinition", { name: "submit", repository: { repoId: repository.id } });
    const row = make("PipelineAuthorization", { resourceId, type: "environment", pipelineId: Number(id) });
    cloud.tamper(row, { ...row.inputs, allPipelines: true });
    expect(cloud.read(type("PipelineAuthorization"), row.id)?.inputs).toEqual(row.inputs);
  });

  it("sends the switch for releases only together with that for badges", () => {
    const { cloud, make } = aProject();
    const settings = (inputs: Bag) => {
      const { id } = make("ProjectPipelineSettings", { enforceJobScopeForRelease: true, ...inputs });
      return cloud.read(type("ProjectPipelineSettings"), id)?.inputs["enforceJobScopeForRelease"];
    };
    expect(settings({})).toBe(false);
    expect(settings({ statusBadgesArePrivate: true })).toBe(true);
  });

  it("looks at the listed permissions of the listed group alone", () => {
    const { cloud, projectId, make } = aProject();
    const { id: repositoryId } = make("Git", { name: "experiments", initialization: { initType: "Clean" } });
    const of = (group: string, permission: string) => ({
      ...{ repositoryId, principal: builtInGroup(group, projectId) },
      permissions: { PolicyExempt: permission },
    });
    const ours = make("GitPermissions", of("Contributors", "Deny"));
    make("GitPermissions", of("Readers", "Allow"));
    expect(cloud.read(type("GitPermissions"), ours.id)?.inputs).toMatchObject(of("Contributors", "Deny"));
  });

  const file = join(root, "..", "shared", "schemas", "azuredevops.json");
  it.runIf(existsSync(file))("requires and replaces what its schema says", () => {
    const { resources } = JSON.parse(readFileSync(file, "utf8")) as {
      resources: Record<
        string,
        { requiredInputs?: string[]; inputProperties: Record<string, { willReplaceOnChanges?: true }> }
      >;
    };
    for (const [token, { requires = [], replaces = [] }] of Object.entries(azureDevOps.behaviours)) {
      const { requiredInputs = [], inputProperties = {} } = resources[token] ?? {};
      const replacing = Object.entries(inputProperties).flatMap(([name, { willReplaceOnChanges }]) =>
        willReplaceOnChanges ? [name] : [],
      );
      expect([...requires].sort(), token).toEqual([...requiredInputs].sort());
      expect([...replaces].sort(), token).toEqual(replacing.sort());
    }
  });
});
