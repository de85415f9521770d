import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";

import { LocalCloud } from "../../localcloud/localCloud";
import { Store } from "../../localcloud/store";
import { summary } from "../../localcloud/summary";
import { tamperWith } from "../../localcloud/tamper";

const group = "azure-native:resources:ResourceGroup";
const account = "azure-native:storage:StorageAccount";
const container = "azure-native:storage:BlobContainer";
const vault = "azure-native:keyvault:Vault";
const logs = "azure-native:operationalinsights:Workspace";
const identity = "azure-native:managedidentity:UserAssignedIdentity";
const workspace = "azure-native:machinelearningservices:Workspace";
const blobService = "azure-native:storage:BlobServiceProperties";
const compute = "azure-native:machinelearningservices:Compute";
const network = "azure-native:network:VirtualNetwork";
const subnet = "azure-native:network:Subnet";
const securityGroup = "azure-native:network:NetworkSecurityGroup";
const routes = "azure-native:network:RouteTable";
const privateEndpoint = "azure-native:network:PrivateEndpoint";
const zoneGroup = "azure-native:network:PrivateDnsZoneGroup";
const privateZone = "azure-native:privatedns:PrivateZone";
const lock = "azure-native:authorization:ManagementLockByScope";
const policyAssignment = "azure-native:authorization:PolicyAssignment";
const assignment = "azure-native:authorization:RoleAssignment";
const repository = "github:index/repository:Repository";
const collaborators = "github:index/repositoryCollaborators:RepositoryCollaborators";
const environment = "github:index/repositoryEnvironment:RepositoryEnvironment";
const policy = "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy";
const ruleset = "github:index/repositoryRuleset:RepositoryRuleset";
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

describe("a lock", () => {
  const held = { ...rg, accountName: "stfl" };
  const service = { ...held, blobServicesName: "default" };

  beforeEach(() => {
    cloud.create(group, rg);
    cloud.create(account, held);
    cloud.create(blobService, service);
    cloud.create(lock, { scope: cloud.all(account)[0]?.id, lockName: "keep", level: "CanNotDelete" });
  });

  test("holds until it is deleted itself", () => {
    const [{ id } = { id: "" }] = cloud.all(account);
    expect(() => {
      cloud.delete(account, id);
    }).toThrow("ScopeLocked");
    cloud.delete(lock, cloud.all(lock)[0]?.id ?? "");
    cloud.delete(account, id);
    expect(cloud.all(account)).toEqual([]);
  });

  test("is no matter to changes, nor to settings that are reset rather than deleted, nor to a neighbour", () => {
    cloud.update(account, cloud.all(account)[0]?.id ?? "", { ...held, tags: { a: "b" } });
    cloud.delete(blobService, cloud.all(blobService)[0]?.id ?? "");
    cloud.delete(account, cloud.create(account, { ...held, accountName: "stfl2" }).id);
    expect(cloud.all(account)).toHaveLength(1);
  });
});

describe("a policy lets pass", () => {
  const denial = {
    policyAssignmentName: "keys",
    policyDefinitionId: "/providers/Microsoft.Authorization/policyDefinitions/8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54",
    parameters: { effect: { value: "Deny" } },
  };

  test.each([
    ["what it demands", {}, { allowSharedKeyAccess: false }],
    ["what it only audits", { parameters: { effect: { value: "Audit" } } }, {}],
    ["what it is not enforced on", { enforcementMode: "DoNotEnforce" }, {}],
    ["what is outside its scope", {}, { resourceGroupName: "rg-silos" }],
  ])("%s", (_what, assigned, inputs) => {
    const { id: scope } = cloud.create(group, rg);
    cloud.create(group, { ...rg, resourceGroupName: "rg-silos" });
    cloud.create(policyAssignment, { scope, ...denial, ...assigned });
    expect(cloud.create(account, { ...rg, accountName: "stfl", ...inputs }).state).toBe("live");
  });
});

describe("the summary tells how open an environment is", () => {
  const inRg = { resourceGroupName: "rg" };

  beforeEach(() => {
    cloud.create(group, rg);
    cloud.create(network, { ...rg, virtualNetworkName: "vnet", addressSpace: { addressPrefixes: ["10.20.0.0/16"] } });
  });

  /** A subnet with a cluster of no public addresses in it. */
  const cluster = (inputs: object) => {
    const { id } = cloud.create(subnet, {
      ...{ ...inRg, virtualNetworkName: "vnet", subnetName: "snet", addressPrefix: "10.20.1.0/24" },
      ...inputs,
    });
    cloud.create(workspace, { ...rg, workspaceName: "aml-fl", publicNetworkAccess: "Disabled" });
    cloud.create(compute, {
      ...{ ...rg, workspaceName: "aml-fl", computeName: "silo0-cpu" },
      properties: { computeType: "AmlCompute", properties: { subnet: { id }, enableNodePublicIp: false } },
    });
    return summary(store);
  };

  test("a cluster that can never start", () => {
    const text = cluster({ defaultOutboundAccess: false });
    expect(text).toContain("aml-fl: private ingress; private endpoints: 0; locks: 0; policies: 0, of which 0 deny");
    expect(text).toContain("vnet/snet: no security group; no way out");
    expect(text).toContain("silo0-cpu has no way out: it never gets a node");
  });

  test("a cluster that gets out by a firewall, and a security group that lets it", () => {
    const { id: routeTable } = cloud.create(routes, {
      ...{ ...rg, routeTableName: "rt" },
      routes: [{ addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.0.4" }],
    });
    const { id: nsg } = cloud.create(securityGroup, { ...rg, networkSecurityGroupName: "nsg" });
    const text = cluster({
      defaultOutboundAccess: false,
      routeTable: { id: routeTable },
      networkSecurityGroup: { id: nsg },
    });
    expect(text).toContain("vnet/snet: nsg lets out to the Internet; a route to 10.0.0.4");
    expect(text).not.toContain("never gets a node");
  });

  test("two endpoints of one store in one zone", () => {
    const { id: subnetId } = cloud.create(subnet, {
      ...{ ...inRg, virtualNetworkName: "vnet", subnetName: "snet", addressPrefix: "10.20.1.0/24" },
    });
    const { id: target } = cloud.create(account, { ...rg, accountName: "stfl" });
    const zone = { ...inRg, privateZoneName: "privatelink.blob.core.windows.net", location: "global" };
    const { id: privateDnsZoneId } = cloud.create(privateZone, zone);
    for (const privateEndpointName of ["pe1", "pe2"]) {
      cloud.create(privateEndpoint, {
        ...{ ...rg, privateEndpointName, subnet: { id: subnetId } },
        privateLinkServiceConnections: [{ name: "blob", privateLinkServiceId: target, groupIds: ["blob"] }],
      });
      cloud.create(zoneGroup, {
        ...{ ...inRg, privateEndpointName, privateDnsZoneGroupName: "default" },
        privateDnsZoneConfigs: [{ name: "blob", privateDnsZoneId }],
      });
    }
    expect(summary(store)).toContain(
      "2 endpoints write the name of stfl (blob) in privatelink.blob.core.windows.net: the last one stands",
    );
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

test("GitHub's rulesets and protections are imported by other ids than they keep", () => {
  cloud.create(repository, { name: "fl", autoInit: true });
  const rules = { repository: "fl", target: "branch", enforcement: "active", rules: {} };
  const conditions = { refName: { includes: ["~ALL"], excludes: [] } };
  const { id } = cloud.create(ruleset, { ...rules, name: "main", conditions });
  const protection = "github:index/branchProtection:BranchProtection";
  const { id: protectionId } = cloud.create(protection, { repositoryId: "fl", pattern: "main" });
  expect(cloud.imported(ruleset, `fl:${id}`)).toBe(id);
  expect(cloud.imported(ruleset, id)).toBeUndefined();
  expect(cloud.imported(protection, "fl:main")).toBe(protectionId);
  expect(cloud.imported(protection, protectionId)).toBeUndefined();
  expect(cloud.imported(repository, "fl")).toBe("fl");
  expect(cloud.imported(repository, "other")).toBeUndefined();
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

  test("opens a network and a store, and a read sees both", () => {
    const rule = { name: "deny", priority: 100, direction: "Outbound", access: "Deny", destinationAddressPrefix: "*" };
    const nsg = cloud.create(securityGroup, { ...rg, networkSecurityGroupName: "nsg-silo0", securityRules: [rule] });
    tamperWith(store, ["open-network", "silo0"]);
    expect(cloud.read(securityGroup, nsg.id)?.inputs["securityRules"]).toMatchObject([
      rule,
      { priority: 101, direction: "Outbound", access: "Allow", destinationAddressPrefix: "Internet" },
    ]);
    const { id } = cloud.create(account, { ...rg, accountName: "stprivate", publicNetworkAccess: "Disabled" });
    tamperWith(store, ["public-access", "stprivate"]);
    expect(cloud.read(account, id)?.inputs).toMatchObject({ publicNetworkAccess: "Enabled" });
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
