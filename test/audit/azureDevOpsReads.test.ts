/** What the audit makes of Azure DevOps' own answers. */
import { afterEach, beforeEach, expect, it } from "vitest";

import { readAzureDevOps } from "../../audit/collect/azureDevOps";
import { Reader } from "../../audit/collect/reader";
import type { AzureDevOps } from "../../audit/model";
import { localClouds } from "../../clients/clouds";
import { type } from "../../localcloud/clouds/azureDevOps/project";
import type { Bag } from "../../localcloud/clouds/behaviour";
import { LocalCloud } from "../../localcloud/localCloud";
import { contoso } from "../../localcloud/organisation";
import { type Rest, serveRest } from "../../localcloud/rest";
import { Store } from "../../localcloud/store";

const { url } = contoso.azureDevOps;
const repository = "fl-experiments";
let store: Store;
let rest: Rest;
let cloud: LocalCloud;
let projectId: string;
const make = (of: string, inputs: Bag) => cloud.create(type(of), { projectId, ...inputs });
const git = (name: string) =>
  make("Git", { name, defaultBranch: "refs/heads/main", initialization: { initType: "Clean" } }).id;

beforeEach(async () => {
  store = new Store(":memory:");
  cloud = new LocalCloud(store, { orgServiceUrl: url });
  rest = await serveRest(store);
  projectId = cloud.create(type("Project"), { name: "fl" }).id;
});
afterEach(() => {
  rest.close();
  store.close();
});

async function read(trustedSubject: unknown): Promise<AzureDevOps> {
  const place = { url, project: "fl", repository, trustedSubject: String(trustedSubject) };
  const found = await readAzureDevOps(new Reader(), localClouds(rest.address).azureDevOps(url), place);
  if (found === undefined) throw new Error("There is no project.");
  return found;
}

/** A connection that one pipeline of the experiments may use. */
function aGate(): { readonly subject: unknown; readonly pipelineId: number } {
  const repoId = git(repository);
  const repo = { repoType: "TfsGit", repoId, branchName: "refs/heads/main", ymlPath: "azure-pipelines.yml" };
  const pipelineId = Number(make("BuildDefinition", { name: `${repository}-submit`, repository: repo }).id);
  const { id: resourceId, outputs } = make("ServiceEndpointAzureRM", {
    ...{ serviceEndpointName: "federated-mlops-prod", azurermSpnTenantid: contoso.tenantId },
    ...{ serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation" },
  });
  make("PipelineAuthorization", { resourceId, type: "endpoint", pipelineId });
  return { subject: outputs["workloadIdentityFederationSubject"], pipelineId };
}

it("reads what was given on a branch alone, though such lists are called by a token with a slash at its end", async () => {
  const { subject } = aGate();
  const { id: principal } = make("Group", { projectId: undefined, scope: projectId, displayName: "helpers" });
  const [repositoryId] = cloud.all(type("Git")).map(({ id }) => id);
  const permissions = { PolicyExempt: "Allow" };
  make("GitPermissions", { repositoryId, branchName: "refs/heads/main", principal, permissions });
  const [experiments] = (await read(subject)).project.repositories;
  expect(experiments?.branches[0]?.access[0]?.entries).toEqual([
    { subject: principal, allow: ["PolicyExempt"], deny: [] },
  ]);
});

it("takes for the gate's own what its pipeline was let use, and not what every pipeline may use", async () => {
  const { subject, pipelineId } = aGate();
  const used = (of: string, kind: string, name: string, allowed: Bag) => {
    const { id: resourceId } = make(of, { name, variables: [] });
    make("PipelineAuthorization", { resourceId, type: kind, ...allowed });
  };
  used("Environment", "environment", "prod", { pipelineId });
  used("Environment", "environment", "lab", {});
  used("Queue", "queue", "Default", {});
  used("VariableGroup", "variablegroup", "theirs", {});
  expect((await read(subject)).project.uses.map(({ name }) => name)).toEqual(["prod"]);
});
