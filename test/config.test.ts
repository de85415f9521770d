import { describe, expect, it } from "vitest";

import { judge } from "../config";
import { Refusal, settingOf } from "../problems";
import { settingsOf } from "./support/program";

type Settings = Record<string, unknown>;

/** The refusal of the example's production stack file after `edit`. */
function refusal(edit: (settings: Settings) => void, stack = "prod"): Refusal {
  const settings = structuredClone(settingsOf(stack));
  edit(settings);
  try {
    judge(settings, stack);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("The settings were accepted.");
}

const gateOf = (settings: Settings) => settings["federated-mlops:gate"] as Record<string, unknown>;
const networkOf = (settings: Settings) => settings["federated-mlops:network"] as Record<string, unknown>;
const mainOf = (settings: Settings) => (gateOf(settings).branches as Record<string, Settings>)["main"] as Settings;
const silosOf = (settings: Settings) => settings["federated-mlops:silos"] as Record<string, unknown>;
const inGroup = "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10/resourceGroups/rg-hub/providers";
const network = `${inGroup}/Microsoft.Network/virtualNetworks/vnet-office`;
const subnets = { compute: `${network}/subnets/compute`, endpoints: `${network}/subnets/endpoints` };
const store = `${inGroup}/Microsoft.Storage/storageAccounts/sthospital`;
const places = ({ problems }: Refusal) => problems.map(({ path }) => settingOf(path)).sort();

describe("a stack file", () => {
  it("is accepted as the examples are, with defaults filled in", () => {
    expect(judge(settingsOf("prod"), "prod")["federated-mlops:silos"].silo0).toEqual({
      location: "australiaeast",
      vmSize: "Standard_DS4_v2",
      maxNodes: 2,
      container: "private",
    });
    expect(judge(settingsOf("dev"), "dev")["federated-mlops:environment"]).toBe("development");
  });

  it("is refused with every problem in one message", async () => {
    const refused = refusal((settings) => {
      settings["federated-mlops:workload"] = "federatedlearn";
      settings["federated-mlops:user"] = [];
      settings["federated-mlops:silos"] = { silo0: { location: "eastus" }, hospital: { location: "eastus" } };
      gateOf(settings).branches = { main: { approvals: 0, codeOwners: ["fl-maintainers"] } };
      gateOf(settings).deployFrom = ["release"];
    });
    expect(places(refused)).toEqual([
      "federated-mlops:gate.branches.main.approvals",
      "federated-mlops:gate.deployFrom[0]",
      "federated-mlops:silos.hospital",
      "federated-mlops:user",
      "federated-mlops:workload",
    ]);
    await expect(refused.message).toMatchFileSnapshot("messages/five-problems.txt");
  });

  const refused: Record<string, [edit: (settings: Settings) => void, place: string]> = {
    "production without a gate": [(s) => delete s["federated-mlops:gate"], "federated-mlops:gate"],
    "an environment of a third kind": [
      (s) => (s["federated-mlops:environment"] = "staging"),
      "federated-mlops:environment",
    ],
    "a missing subscription": [(s) => delete s["azure-native:subscriptionId"], "azure-native:subscriptionId"],
    "a group by name": [
      (s) => (s["federated-mlops:users"] = [{ group: "scientists" }]),
      "federated-mlops:users[0].group",
    ],
    "nobody who works here": [(s) => (s["federated-mlops:users"] = []), "federated-mlops:users"],
    "the same group twice": [
      (s) => {
        const group = "8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11";
        s["federated-mlops:users"] = [{ group }, { group: group.toUpperCase() }];
      },
      "federated-mlops:users[1]",
    ],
    "no silo": [(s) => (s["federated-mlops:silos"] = {}), "federated-mlops:silos"],
    "a slot with a leading zero": [
      (s) => (s["federated-mlops:silos"] = { silo01: { location: "eastus" } }),
      "federated-mlops:silos.silo01",
    ],
    "a wildcard to deploy from": [(s) => (gateOf(s).deployFrom = ["release/*"]), "federated-mlops:gate.deployFrom[0]"],
    "a wildcard with rules": [
      (s) =>
        (gateOf(s).branches = { main: { approvals: 1, codeOwners: ["a"] }, "*": { approvals: 1, codeOwners: ["a"] } }),
      'federated-mlops:gate.branches["*"]',
    ],
    "no rules for main": [
      (s) => {
        gateOf(s).branches = { release: { approvals: 1, codeOwners: ["a"] } };
        gateOf(s).deployFrom = ["release"];
      },
      "federated-mlops:gate.branches",
    ],
    "nobody who owns the code": [
      (s) => (gateOf(s).branches = { main: { approvals: 1, codeOwners: [] } }),
      "federated-mlops:gate.branches.main.codeOwners",
    ],
    "nobody who reviews deployments": [(s) => (gateOf(s).deployReviewers = []), "federated-mlops:gate.deployReviewers"],
    "a plan that cannot review deployments": [(s) => (gateOf(s).plan = "team"), "federated-mlops:gate.plan"],
    "a plan that cannot protect branches": [(s) => (gateOf(s).plan = "free"), "federated-mlops:gate.plan"],
    "production that joins a repository": [
      (s) => (gateOf(s).repository = { join: "fl-experiments" }),
      "federated-mlops:gate.repository",
    ],
    "a secret with a name that GitHub keeps": [
      (s) => (s["federated-mlops:secrets"] = { GITHUB_PAT: "x" }),
      "federated-mlops:secrets.GITHUB_PAT",
    ],
    "an open egress in production": [(s) => (s["federated-mlops:egress"] = "open"), "federated-mlops:egress"],
    "a third kind of ingress": [(s) => (s["federated-mlops:ingress"] = "office"), "federated-mlops:ingress"],
    "approved egress from several regions without a firewall": [
      (s) => delete networkOf(s).firewall,
      "federated-mlops:network.firewall",
    ],
    "private ingress that nobody reaches": [(s) => (networkOf(s).readers = []), "federated-mlops:network.readers"],
    "private ingress with runners that GitHub hosts": [(s) => delete gateOf(s).runner, "federated-mlops:gate.runner"],
    "a range without room for every slot": [
      (s) => (networkOf(s).addressSpace = "10.0.0.0/21"),
      "federated-mlops:network.addressSpace",
    ],
    "a range that is none": [(s) => (networkOf(s).addressSpace = "10.0.0.0"), "federated-mlops:network.addressSpace"],
    "a firewall without a network": [
      (s) => (networkOf(s).firewall = { privateIp: "10.0.0.4" }),
      "federated-mlops:network.firewall.network",
    ],
    "a readers' network by name": [
      (s) => (networkOf(s).readers = ["vnet-office"]),
      "federated-mlops:network.readers[0]",
    ],
    "a third way to hand over": [(s) => (s["federated-mlops:handover"] = "none"), "federated-mlops:handover"],
    "readers that see everything": [(s) => (s["federated-mlops:readers"] = "all"), "federated-mlops:readers"],
    "a region in its long form": [(s) => (s["azure-native:location"] = "West Europe"), "azure-native:location"],
    "no location": [(s) => delete s["azure-native:location"], "azure-native:location"],
    "no organisation": [(s) => delete s["github:owner"], "github:owner"],
    "a silo without a location": [
      (s) => (s["federated-mlops:silos"] = { silo0: {} }),
      "federated-mlops:silos.silo0.location",
    ],
    "a silo that is only a region": [
      (s) => (s["federated-mlops:silos"] = { silo0: "westeurope" }),
      "federated-mlops:silos.silo0",
    ],
    "no node at all": [
      (s) => (s["federated-mlops:orchestrator"] = { location: "westeurope", maxNodes: 0 }),
      "federated-mlops:orchestrator.maxNodes",
    ],
    "half a node": [
      (s) => (s["federated-mlops:orchestrator"] = { location: "westeurope", maxNodes: 1.5 }),
      "federated-mlops:orchestrator.maxNodes",
    ],
    "a VM size that is none": [
      (s) => (s["federated-mlops:orchestrator"] = { location: "westeurope", vmSize: "large" }),
      "federated-mlops:orchestrator.vmSize",
    ],
    "a slot beyond three digits": [
      (s) => (s["federated-mlops:silos"] = { silo1000: { location: "eastus" } }),
      "federated-mlops:silos.silo1000",
    ],
    "more approvals than GitHub counts": [
      (s) => (gateOf(s).branches = { main: { approvals: 7, codeOwners: ["a"] } }),
      "federated-mlops:gate.branches.main.approvals",
    ],
    "a code owner by display name": [
      (s) => (gateOf(s).branches = { main: { approvals: 1, codeOwners: ["FL Maintainers"] } }),
      "federated-mlops:gate.branches.main.codeOwners[0]",
    ],
    "the same branch to deploy from twice": [
      (s) => (gateOf(s).deployFrom = ["main", "main"]),
      "federated-mlops:gate.deployFrom",
    ],
    "a branch to deploy from that only looks like one with rules": [
      (s) => (gateOf(s).deployFrom = ["main", "constructor"]),
      "federated-mlops:gate.deployFrom[1]",
    ],
    "a whole reference instead of a branch": [
      (s) => (gateOf(s).deployFrom = ["refs/heads/main"]),
      "federated-mlops:gate.deployFrom[0]",
    ],
    "seven teams that review deployments": [
      (s) => (gateOf(s).deployReviewers = ["a", "b", "c", "d", "e", "f", "g"]),
      "federated-mlops:gate.deployReviewers",
    ],
    "a third form of subject": [(s) => (gateOf(s).subject = "new"), "federated-mlops:gate.subject"],
    "a platform that is not there yet": [(s) => (gateOf(s).platform = "gitlab"), "federated-mlops:gate.platform"],
    "a team plan whose losses nobody accepted": [(s) => (gateOf(s).plan = "team"), "federated-mlops:gate.plan"],
    "a team plan with one of two losses accepted": [
      (s) => Object.assign(gateOf(s), { plan: "team", acceptWithout: ["noAdminBypass"] }),
      "federated-mlops:gate.plan",
    ],
    "a free plan, whatever is accepted": [
      (s) => Object.assign(gateOf(s), { plan: "free", acceptWithout: ["deploymentReview", "noAdminBypass"] }),
      "federated-mlops:gate.plan",
    ],
    "a loss that the plan does not have": [
      (s) => (gateOf(s).acceptWithout = ["noAdminBypass"]),
      "federated-mlops:gate.acceptWithout",
    ],
    "a loss that nobody can do without": [
      (s) => Object.assign(gateOf(s), { plan: "free", acceptWithout: ["branchRules"] }),
      "federated-mlops:gate.acceptWithout[0]",
    ],
    "an action without a version": [
      (s) => (gateOf(s).actions = ["actions/checkout"]),
      "federated-mlops:gate.actions[0]",
    ],
    "a check of an app by name": [
      (s) => (mainOf(s).checks = [{ name: "scan", app: "scanner" }]),
      "federated-mlops:gate.branches.main.checks[0]",
    ],
    "a way to merge that GitHub does not have": [
      (s) => (mainOf(s).merge = "fast-forward"),
      "federated-mlops:gate.branches.main.merge",
    ],
    "a runner group by its bare name": [(s) => (gateOf(s).runner = "fl-private"), "federated-mlops:gate.runner"],
    "a repository with its owner": [
      (s) => (gateOf(s).repository = { create: "contoso-fl/fl-experiments" }),
      "federated-mlops:gate.repository.create",
    ],
    "a generation before the first": [(s) => (s["federated-mlops:generation"] = 0), "federated-mlops:generation"],
    "recover in words": [(s) => (s["federated-mlops:recover"] = "please"), "federated-mlops:recover"],
    "a resource group that Azure does not take": [
      (s) => (s["federated-mlops:resourceGroup"] = { create: "my group!" }),
      "federated-mlops:resourceGroup",
    ],
    "a resource group that is made and joined": [
      (s) => (s["federated-mlops:resourceGroup"] = { create: "rg-a", join: "rg-b" }),
      "federated-mlops:resourceGroup",
    ],
    "a resource group by its bare name": [
      (s) => (s["federated-mlops:resourceGroup"] = "rg-fl"),
      "federated-mlops:resourceGroup",
    ],
    "a group of the silos that Azure does not take": [
      (s) => (s["federated-mlops:silosGroup"] = { join: "silos." }),
      "federated-mlops:silosGroup",
    ],
    "an existing workspace in a group that is made": [
      (s) => (s["federated-mlops:adopt"] = { workspace: "aml", store: "st1", vault: "kv1", insights: "appi" }),
      "federated-mlops:resourceGroup",
    ],
    "an existing workspace without its vault": [
      (s) => (s["federated-mlops:adopt"] = { workspace: "aml", store: "st1", insights: "appi" }),
      "federated-mlops:adopt.vault",
    ],
    "an existing store whose name Azure cannot have given": [
      (s) => {
        s["federated-mlops:resourceGroup"] = { join: "rg" };
        s["federated-mlops:adopt"] = { workspace: "aml", store: "St-1", vault: "kv1", insights: "appi" };
      },
      "federated-mlops:adopt.store",
    ],
    "logs by name": [(s) => (s["federated-mlops:logs"] = { join: "log-central" }), "federated-mlops:logs.join"],
    "DNS zones by name": [
      (s) => (s["federated-mlops:network"] = { dnsZones: "rg-dns", readers: [network] }),
      "federated-mlops:network.dnsZones",
    ],
    "DNS zones where nothing is private": [
      (s) => {
        s["federated-mlops:ingress"] = "public";
        s["federated-mlops:egress"] = "serviceTags";
        s["federated-mlops:network"] = { dnsZones: "/subscriptions/s/resourceGroups/rg-dns" };
      },
      "federated-mlops:network.dnsZones",
    ],
    "two silos that join one store": [
      (s) => {
        silosOf(s).silo0 = { location: "australiaeast", store: { join: store } };
        silosOf(s).silo1 = { location: "eastus", store: { join: store.replace("rg-hub", "RG-hub") } };
      },
      "federated-mlops:silos.silo1.store.join",
    ],
    "a store to join by its name": [
      (s) => (silosOf(s).silo0 = { location: "australiaeast", store: { join: "sthospital" } }),
      "federated-mlops:silos.silo0.store.join",
    ],
    "an orchestrator that joins a store": [
      (s) => (s["federated-mlops:orchestrator"] = { location: "westeurope", store: { join: store } }),
      "federated-mlops:orchestrator.store",
    ],
    "two clusters of one name": [
      (s) => (silosOf(s).silo0 = { location: "australiaeast", cluster: "silo1-cpu" }),
      "federated-mlops:silos.silo1.cluster",
    ],
    "a cluster with the name of the one that builds images": [
      (s) => (silosOf(s).silo0 = { location: "australiaeast", cluster: "image-build" }),
      "federated-mlops:silos.silo0.cluster",
    ],
    "the cluster name of the public examples, which the API does not take": [
      (s) => (silosOf(s).silo0 = { location: "australiaeast", cluster: "silo0-01" }),
      "federated-mlops:silos.silo0.cluster",
    ],
    "two datastores of one name": [
      (s) => (silosOf(s).silo0 = { location: "australiaeast", datastore: "datastore_orchestrator" }),
      "federated-mlops:silos.silo0.datastore",
    ],
    "a container in capitals": [
      (s) => (silosOf(s).silo0 = { location: "australiaeast", container: "Private" }),
      "federated-mlops:silos.silo0.container",
    ],
    "GPUs of no size": [
      (s) => (silosOf(s).silo0 = { location: "australiaeast", gpu: { maxNodes: 1 } }),
      "federated-mlops:silos.silo0.gpu.vmSize",
    ],
    "existing subnets for one party alone": [
      (s) => (silosOf(s).silo0 = { location: "australiaeast", subnets }),
      "federated-mlops:orchestrator.subnets",
    ],
    "two parties in one subnet": [
      (s) => {
        delete networkOf(s).firewall;
        Object.assign(s["federated-mlops:orchestrator"] as object, { subnets });
        for (const silo of Object.keys(silosOf(s))) Object.assign(silosOf(s)[silo] as object, { subnets });
      },
      "federated-mlops:silos.silo2.subnets",
    ],
    "existing subnets and a firewall": [
      (s) => (silosOf(s).silo0 = { location: "australiaeast", subnets }),
      "federated-mlops:network.firewall",
    ],
    "a network in place of a subnet": [
      (s) => (silosOf(s).silo0 = { location: "australiaeast", subnets: { ...subnets, compute: network } }),
      "federated-mlops:silos.silo0.subnets.compute",
    ],
    "a role of the pipeline that owns the workspace": [
      (s) => (s["federated-mlops:pipelineRole"] = "owner"),
      "federated-mlops:pipelineRole",
    ],
    "image builds by yes": [(s) => (s["federated-mlops:imageBuilds"] = true), "federated-mlops:imageBuilds"],
    "a workload in capitals": [(s) => (s["federated-mlops:workload"] = "FL"), "federated-mlops:workload"],
    "a workload that makes names too long": [
      (s) => (s["federated-mlops:workload"] = "federatedlearn"),
      "federated-mlops:workload",
    ],
    "a key of the gate that development and production do not share": [
      (s) => (gateOf(s).approvals = 2),
      "federated-mlops:gate.approvals",
    ],
    "a key that opens production": [
      (s) => (s["federated-mlops:publicNetworkAccess"] = "Enabled"),
      "federated-mlops:publicNetworkAccess",
    ],
  };
  for (const [what, [edit, place]] of Object.entries(refused)) {
    it(`is refused with ${what}`, () => {
      expect(places(refusal(edit))).toContain(place);
    });
  }

  it("is refused in words that a person can act on", async () => {
    const texts = Object.entries(refused).map(([what, [edit]]) => `--- ${what}\n${refusal(edit).message}`);
    expect(texts.length).toBeGreaterThanOrEqual(40);
    await expect(texts.join("\n")).toMatchFileSnapshot("messages/refused.txt");
  });

  it("is refused in development when it brings its own branch rules", () => {
    expect(places(refusal((s) => (gateOf(s).branches = {}), "dev"))).toContain("federated-mlops:gate.branches");
  });

  it("is never quoted where it may hold a secret", () => {
    const refused = refusal((s) => (s["federated-mlops:secrets"] = { WANDB_API_KEY: { open: "hunter2" } }));
    expect(refused.message).not.toContain("hunter2");
  });

  it("keeps settings of the providers", () => {
    expect(() => judge({ ...settingsOf("prod"), "azure-native:tenantId": "x" }, "prod")).not.toThrow();
  });
});

describe("a stack file whose gate is on Azure DevOps", () => {
  const stack = "prod-azuredevops";
  const devops = network.replace("vnet-office", "vnet-devops");
  const runnerOf = (settings: Settings) => gateOf(settings).runner as Record<string, unknown>;
  const owners = ["a1b82d50-74c7-4d85-9f2c-2e3f7d509c33"];

  it("is accepted as the example is, with defaults filled in", () => {
    const { "federated-mlops:gate": gate } = judge(settingsOf(stack), stack);
    expect(gate).toEqual({
      platform: "azureDevOps",
      project: { create: "contoso-fl" },
      repository: { create: "fl-experiments" },
      branches: { main: { approvals: 2, codeOwners: owners, checks: ["dev-run"], merge: "squash" } },
      contributors: ["8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11"],
      deployFrom: ["main"],
      deployReviewers: ["b2c93e61-85d8-4e96-8a3d-3f408e61ad44"],
      runner: { create: "fl-private", subnet: `${devops}/subnets/pipelines`, vmSize: "Standard_D2ads_v5" },
    });
  });

  it("is accepted without a runner where the workspace is reached from everywhere", () => {
    const settings = settingsOf(stack);
    delete gateOf(settings).runner;
    settings["federated-mlops:ingress"] = "public";
    expect(() => judge(settings, stack)).not.toThrow();
  });

  const refused: Record<string, [edit: (settings: Settings) => void, place: string]> = {
    "a third platform": [(s) => (gateOf(s).platform = "gitlab"), "federated-mlops:gate.platform"],
    "no organisation": [(s) => delete s["azuredevops:orgServiceUrl"], "azuredevops:orgServiceUrl"],
    "an organisation on a server of one's own": [
      (s) => (s["azuredevops:orgServiceUrl"] = "https://devops.contoso.example/fl"),
      "azuredevops:orgServiceUrl",
    ],
    "an organisation by http": [
      (s) => (s["azuredevops:orgServiceUrl"] = "http://dev.azure.com/contoso-fl"),
      "azuredevops:orgServiceUrl",
    ],
    "no project": [(s) => delete gateOf(s).project, "federated-mlops:gate.project"],
    "a project by its name alone": [(s) => (gateOf(s).project = "contoso-fl"), "federated-mlops:gate.project"],
    "a project with a space": [
      (s) => (gateOf(s).project = { create: "Contoso FL" }),
      "federated-mlops:gate.project.create",
    ],
    "a repository that is taken over": [
      (s) => (gateOf(s).repository = { adopt: "lab" }),
      "federated-mlops:gate.repository.adopt",
    ],
    "a repository with a slash": [
      (s) => (gateOf(s).repository = { create: "contoso-fl/fl-experiments" }),
      "federated-mlops:gate.repository.create",
    ],
    "owners by the name of their group": [
      (s) => (mainOf(s).codeOwners = ["fl-maintainers"]),
      "federated-mlops:gate.branches.main.codeOwners[0]",
    ],
    "nobody who owns the code": [(s) => (mainOf(s).codeOwners = []), "federated-mlops:gate.branches.main.codeOwners"],
    "no approval": [(s) => (mainOf(s).approvals = 0), "federated-mlops:gate.branches.main.approvals"],
    "signatures, which Azure DevOps does not verify": [
      (s) => (mainOf(s).signed = true),
      "federated-mlops:gate.branches.main.signed",
    ],
    "a check by the number of a GitHub App": [
      (s) => (mainOf(s).checks = [{ name: "scan", app: 12 }]),
      "federated-mlops:gate.branches.main.checks[0]",
    ],
    "a check whose author has a name": [
      (s) => (mainOf(s).checks = [{ name: "scan/quality", author: "scanner" }]),
      "federated-mlops:gate.branches.main.checks[0].author",
    ],
    "a pipeline whose YAML would lie in a folder": [
      (s) => (mainOf(s).checks = ["ci/dev-run"]),
      "federated-mlops:gate.branches.main.checks[0]",
    ],
    "no rules for main": [
      (s) => {
        gateOf(s).branches = { release: { approvals: 1, codeOwners: owners } };
        gateOf(s).deployFrom = ["release"];
      },
      "federated-mlops:gate.branches",
    ],
    "a branch without rules to deploy from": [
      (s) => (gateOf(s).deployFrom = ["main", "hotfix"]),
      "federated-mlops:gate.deployFrom[1]",
    ],
    "nobody who reviews deployments": [(s) => (gateOf(s).deployReviewers = []), "federated-mlops:gate.deployReviewers"],
    "reviewers by name": [
      (s) => (gateOf(s).deployReviewers = ["fl-release"]),
      "federated-mlops:gate.deployReviewers[0]",
    ],
    "a plan, which is GitHub's": [(s) => (gateOf(s).plan = "enterprise"), "federated-mlops:gate.plan"],
    "the form of GitHub's subjects": [(s) => (gateOf(s).subject = "immutable"), "federated-mlops:gate.subject"],
    "actions, which are GitHub's": [
      (s) => (gateOf(s).actions = ["actions/checkout@*"]),
      "federated-mlops:gate.actions",
    ],
    "private ingress with machines that Microsoft hosts": [
      (s) => delete gateOf(s).runner,
      "federated-mlops:gate.runner",
    ],
    "a pool without a subnet": [(s) => delete runnerOf(s).subnet, "federated-mlops:gate.runner"],
    "a pool in a network that is not let in": [
      (s) => (runnerOf(s).subnet = `${network.replace("vnet-office", "vnet-other")}/subnets/pipelines`),
      "federated-mlops:gate.runner.subnet",
    ],
    "a subnet by name": [(s) => (runnerOf(s).subnet = "pipelines"), "federated-mlops:gate.runner.subnet"],
    "a pool's name with a space": [(s) => (runnerOf(s).create = "fl private"), "federated-mlops:gate.runner.create"],
    "a pool that a project still to be made should have": [
      (s) => (gateOf(s).runner = { join: "fl-private" }),
      "federated-mlops:gate.runner.join",
    ],
    "production that joins a repository": [
      (s) => (gateOf(s).repository = { join: "fl-experiments" }),
      "federated-mlops:gate.repository.join",
    ],
  };
  for (const [what, [edit, place]] of Object.entries(refused)) {
    it(`is refused with ${what}`, () => {
      expect(places(refusal(edit, stack))).toContain(place);
    });
  }

  it("is refused in words that a person can act on", async () => {
    const texts = Object.entries(refused).map(([what, [edit]]) => `--- ${what}\n${refusal(edit, stack).message}`);
    await expect(texts.join("\n")).toMatchFileSnapshot("messages/refused-azuredevops.txt");
  });

  it("is refused in development when it makes a project, a pool or rules", () => {
    const inDevelopment = (edit: (settings: Settings) => void) =>
      places(
        refusal((s) => {
          s["azuredevops:orgServiceUrl"] = "https://dev.azure.com/contoso-fl";
          s["federated-mlops:gate"] = {
            ...{ platform: "azureDevOps", project: { join: "contoso-fl" }, repository: { join: "fl-experiments" } },
          };
          edit(s);
        }, "dev"),
      );
    expect(inDevelopment((s) => (gateOf(s).project = { create: "contoso-fl" }))).toEqual([
      "federated-mlops:gate.project.create",
      "federated-mlops:gate.project.join",
    ]);
    expect(inDevelopment((s) => (gateOf(s).runner = { join: "fl-private" }))).toEqual(["federated-mlops:gate.runner"]);
    expect(inDevelopment((s) => (gateOf(s).branches = {}))).toEqual(["federated-mlops:gate.branches"]);
  });
});
