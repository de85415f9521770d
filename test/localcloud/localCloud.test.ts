import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";

import { LocalCloud } from "../../localcloud/localCloud";
import { Store } from "../../localcloud/store";
import { tamperWith } from "../../localcloud/tamper";

const group = "azure-native:resources:ResourceGroup";
const account = "azure-native:storage:StorageAccount";
const container = "azure-native:storage:BlobContainer";
const vault = "azure-native:keyvault:Vault";
const logs = "azure-native:operationalinsights:Workspace";
const identity = "azure-native:managedidentity:UserAssignedIdentity";
const workspace = "azure-native:machinelearningservices:Workspace";
const assignment = "azure-native:authorization:RoleAssignment";
const repository = "github:index/repository:Repository";
const collaborators = "github:index/repositoryCollaborators:RepositoryCollaborators";
const environment = "github:index/repositoryEnvironment:RepositoryEnvironment";
const policy = "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy";
const secret = "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret";

const rg = { resourceGroupName: "rg", location: "westeurope" };
const vaultInputs = (properties: object = {}) => ({
  ...rg,
  vaultName: "kv-fl",
  properties: { tenantId: "t", ...properties },
});
const fl = { repository: "fl", environment: "prod" };
const custom = { protectedBranches: false, customBranchPolicies: true };

let store: Store;
let cloud: LocalCloud;

beforeEach(() => {
  store = new Store(":memory:");
  cloud = new LocalCloud(store, { subscriptionId: "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10", location: "westeurope" });
});

describe("what is deleted takes along what is below it", () => {
  test("a resource group everything in it, whatever the case of the ids", () => {
    const { id } = cloud.create(group, rg);
    cloud.create(account, { ...rg, resourceGroupName: "RG", accountName: "stfl" });
    cloud.create(container, { ...rg, accountName: "stfl", containerName: "private" });
    cloud.delete(group, id.toUpperCase());
    expect(store.rows()).toEqual([]);
  });

  test("a neighbour whose name begins alike stays", () => {
    cloud.create(group, rg);
    cloud.create(group, { ...rg, resourceGroupName: "rg-silos" });
    cloud.delete(group, cloud.all(group)[0]?.id ?? "");
    expect(cloud.all(group).map(({ inputs }) => inputs["resourceGroupName"])).toEqual(["rg-silos"]);
  });

  test("a repository its environments and what is in them; a list of collaborators nothing", () => {
    cloud.create(repository, { name: "fl" });
    cloud.create(collaborators, { repository: "fl" });
    cloud.create(environment, { ...fl, deploymentBranchPolicy: custom });
    cloud.create(policy, { ...fl, branchPattern: "main" });
    cloud.delete(collaborators, "fl");
    expect(store.rows()).toHaveLength(3);
    cloud.delete(repository, "fl");
    expect(store.rows()).toEqual([]);
  });

  test("an application its service principal and credentials", () => {
    const { id, outputs } = cloud.create("azuread:index/application:Application", { displayName: "fl" });
    cloud.create("azuread:index/servicePrincipal:ServicePrincipal", { clientId: outputs["clientId"] });
    cloud.create("azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential", {
      ...{ applicationId: id, displayName: "prod", issuer: "i", subject: "s", audiences: ["a"] },
    });
    cloud.delete("azuread:index/application:Application", id);
    expect(store.rows()).toEqual([]);
  });
});

describe("what a deletion leaves behind", () => {
  test("a vault that only recovery brings back", () => {
    cloud.create(group, rg);
    const { id } = cloud.create(vault, vaultInputs());
    cloud.delete(group, cloud.all(group)[0]?.id ?? "");
    cloud.create(group, rg);
    expect(cloud.read(vault, id)).toBeUndefined();
    expect(cloud.create(vault, vaultInputs({ createMode: "recover" })).state).toBe("live");
    expect(cloud.read(vault, id)).toBeDefined();
  });

  test("a log workspace that comes back by itself, with the ids it had", () => {
    cloud.create(group, rg);
    const inputs = { ...rg, workspaceName: "log-fl" };
    const { id, outputs } = cloud.create(logs, inputs);
    cloud.delete(logs, id);
    expect(cloud.create(logs, inputs).outputs).toEqual(outputs);
  });

  test.each([
    ["UserAssigned", 0],
    ["SystemAssigned", 1],
  ])("an ML workspace, %s: %i", (type, left) => {
    cloud.create(group, rg);
    const { id } = cloud.create(workspace, { ...rg, workspaceName: "aml-fl", identity: { type } });
    cloud.delete(workspace, id);
    expect(cloud.allDeleted(workspace)).toHaveLength(left);
  });

  test("an archived repository, which an update brings back", () => {
    cloud.create(repository, { name: "fl", archiveOnDestroy: true });
    cloud.delete(repository, "fl");
    expect(cloud.read(repository, "fl")?.inputs).toMatchObject({ archived: true });
    cloud.update(repository, "fl", { name: "fl", archiveOnDestroy: true });
    expect(cloud.read(repository, "fl")?.outputs).toMatchObject({ archived: false });
  });
});

test("ids that a cloud gives are the same in every local cloud, and new for what is made anew", () => {
  const make = (where: LocalCloud) => where.create(identity, { ...rg, resourceName: "id-fl" });
  cloud.create(group, rg);
  const first = make(cloud);
  const other = new LocalCloud(new Store(":memory:"), cloud.config);
  other.create(group, rg);
  expect(make(other).outputs).toEqual(first.outputs);
  cloud.delete(identity, first.id);
  expect(make(cloud).outputs["principalId"]).not.toBe(first.outputs["principalId"]);
});

test("a new repository has its default branch", () => {
  cloud.create(repository, { name: "fl", autoInit: true });
  expect(cloud.find("fl:main", "github:index/branch:Branch")).toBeDefined();
});

test("secret values are kept nowhere", () => {
  const directory = mkdtempSync(join(tmpdir(), "localcloud-"));
  try {
    const file = join(directory, "cloud.sqlite");
    const onDisk = new LocalCloud(new Store(file));
    onDisk.create(repository, { name: "fl" });
    onDisk.create(environment, fl);
    const inputs = { ...fl, secretName: "KEY", value: "very-secret-value" };
    const { id } = onDisk.create(secret, inputs);
    expect(onDisk.read(secret, id, inputs)?.inputs).toEqual(inputs);
    expect(onDisk.read(secret, id)?.inputs).not.toHaveProperty("value");
    onDisk.store.close();
    expect(readFileSync(file, "latin1")).not.toContain("very-secret-value");
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe("reads see what the real provider sees", () => {
  const reviewers = [{ users: [1] }];
  const asked = { ...fl, reviewers, deploymentBranchPolicy: custom };
  const read = () => cloud.read(environment, "fl:prod", asked)?.inputs;

  beforeEach(() => {
    cloud.create(repository, { name: "fl" });
    cloud.create(environment, asked);
  });

  test("a changed branch policy", () => {
    tamperWith(store, ["environment-branches"]);
    expect(read()).toEqual({ ...fl, reviewers });
  });

  test("other reviewers, but not that there are none any more", () => {
    tamperWith(store, ["set", "fl:prod", "reviewers", '[{"users":[2]}]']);
    expect(read()).toMatchObject({ reviewers: [{ users: [2] }] });
    tamperWith(store, ["environment-reviewers"]);
    expect(store.row("fl:prod")?.inputs).not.toHaveProperty("reviewers");
    expect(read()).toEqual(asked);
  });
});

describe("a person in a portal", () => {
  beforeEach(() => {
    cloud.create(group, rg);
    cloud.create(account, { ...rg, accountName: "stflsilo0" });
    cloud.create(container, { ...rg, accountName: "stflsilo0", containerName: "private" });
  });

  test("grants a role, and takes the Reader role away", () => {
    tamperWith(store, ["grant", "amina", "Owner", "storageAccounts/stflsilo0"]);
    tamperWith(store, ["grant", "fl-data-scientists", "Reader", "storageAccounts/stflsilo0"]);
    tamperWith(store, ["users-reader"]);
    expect(cloud.all(assignment).map(({ inputs }) => inputs["principalType"])).toEqual(["User"]);
  });

  test("deletes a silo's store with what is in it", () => {
    expect(tamperWith(store, ["silo-store", "silo0"])).toContain("and the 1 below it");
    expect(cloud.all(container)).toEqual([]);
    expect(store.events().map(({ operation }) => operation)).toEqual([
      "create",
      "create",
      "create",
      "tamper",
      "tamper",
    ]);
  });

  test("lets administrators bypass a branch's rules", () => {
    cloud.create(repository, { name: "fl" });
    const ruleset = "github:index/repositoryRuleset:RepositoryRuleset";
    const conditions = { refName: { includes: ["~ALL"], excludes: [] } };
    const { id } = cloud.create(ruleset, {
      repository: "fl",
      name: "main",
      target: "branch",
      enforcement: "active",
      rules: {},
      conditions,
    });
    tamperWith(store, ["bypass"]);
    expect(cloud.read(ruleset, id)?.inputs["bypassActors"]).toHaveLength(1);
  });

  test.each([
    [["remove", "nothing"], 'There is no thing called "nothing"'],
    [["remove", "storageAccounts"], "There is more than one thing"],
    [["set", "containers/private", "publicAccess", "Blob"], "is not JSON"],
    [["grant", "nobody", "Owner", "rg"], 'Nobody is called "nobody"'],
    [["grant", "amina", "Emperor", "rg"], '"Emperor" is no built-in role'],
    [["frobnicate"], 'There is no tamper "frobnicate"'],
  ])("is told what went wrong: %j", (args, says) => {
    expect(() => tamperWith(store, args)).toThrow(says);
  });
});
