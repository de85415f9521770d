import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { created, urns } from "../support/mocks";
import { runProgram, settingsOf } from "../support/program";
import { root } from "../support/root";

const inputsOf = (type: string) => created.filter((one) => one.type === type).map(({ inputs }) => inputs);
const names = (type: string) =>
  created
    .filter((one) => one.type === type)
    .map(({ name }) => name)
    .sort();

describe("production in several regions", () => {
  beforeEach(async () => {
    await runProgram("prod");
    await urns();
  });

  it("gives every party a network whose range follows from its slot", () => {
    const ranges = inputsOf("azure-native:network:VirtualNetwork").map(
      ({ virtualNetworkName, location, addressSpace }) => [
        virtualNetworkName,
        location,
        ...(addressSpace as { addressPrefixes: string[] }).addressPrefixes,
      ],
    );
    expect(ranges).toEqual([
      ["vnet-fl-prod-orchestrator", "westeurope", "10.64.0.0/22"],
      ["vnet-fl-prod-silo0", "australiaeast", "10.64.4.0/22"],
      ["vnet-fl-prod-silo1", "eastus", "10.64.8.0/22"],
      ["vnet-fl-prod-silo2", "westeurope", "10.64.12.0/22"],
    ]);
  });

  it("lets silos reach the orchestrator's network, and never each other's", () => {
    expect(
      names("azure-native:network:VirtualNetworkPeering").filter((name) => !/firewall|readers/.test(name)),
    ).toEqual([
      "network-orchestrator-to-silo0",
      "network-orchestrator-to-silo1",
      "network-orchestrator-to-silo2",
      "network-silo0-to-orchestrator",
      "network-silo1-to-orchestrator",
      "network-silo2-to-orchestrator",
    ]);
  });

  it("lets nodes out by the firewall alone", () => {
    for (const { routes } of inputsOf("azure-native:network:RouteTable")) {
      expect(routes).toEqual([
        { name: "out", addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.0.4" },
      ]);
    }
    const compute = inputsOf("azure-native:network:Subnet").filter(({ subnetName }) => subnetName === "compute");
    expect(compute).toHaveLength(4);
    for (const subnet of compute) {
      expect(subnet.defaultOutboundAccess).toBe(false);
      expect(subnet.routeTable).toBeDefined();
      expect(subnet.networkSecurityGroup).toBeDefined();
    }
  });

  it("ends every list of what may go out with a refusal of the Internet", () => {
    const groups = inputsOf("azure-native:network:NetworkSecurityGroup");
    expect(groups).toHaveLength(4);
    for (const { securityRules } of groups) {
      const rules = securityRules as { access: string; priority: number; destinationAddressPrefix: string }[];
      const last = rules.toSorted((a, b) => a.priority - b.priority).at(-1);
      expect(last).toMatchObject({ access: "Deny", destinationAddressPrefix: "Internet", direction: "Outbound" });
      const allowed = rules.filter(({ access }) => access === "Allow").map((rule) => rule.destinationAddressPrefix);
      expect(allowed.map((tag) => tag.replace(/\..*/, ""))).toEqual([
        "AzureActiveDirectory",
        "AzureMachineLearning",
        "AzureMachineLearning",
        "BatchNodeManagement",
        "Storage",
        "AzureFrontDoor",
        "MicrosoftContainerRegistry",
        "AzureMonitor",
      ]);
    }
  });

  it("closes every public door", () => {
    for (const type of ["storage:StorageAccount", "containerregistry:Registry", "machinelearningservices:Workspace"]) {
      for (const inputs of inputsOf(`azure-native:${type}`)) expect(inputs.publicNetworkAccess, type).toBe("Disabled");
    }
    for (const { networkRuleSet } of inputsOf("azure-native:storage:StorageAccount")) {
      expect(networkRuleSet).toMatchObject({ defaultAction: "Deny" });
    }
    expect(inputsOf("azure-native:keyvault:Vault")[0]?.properties).toMatchObject({
      publicNetworkAccess: "Disabled",
      networkAcls: { defaultAction: "Deny" },
    });
    expect(inputsOf("azure-native:containerregistry:Registry")[0]?.policies).toEqual({
      exportPolicy: { status: "disabled" },
    });
  });

  it("has one endpoint for each target, a silo's store in its own network alone", () => {
    const endpoints = inputsOf("azure-native:network:PrivateEndpoint").map(({ privateEndpointName, subnet }) => [
      String(privateEndpointName).replace(/fl[a-z0-9]{5}/, ""),
      (subnet as { id: string }).id,
    ]);
    expect(endpoints.sort()).toEqual([
      ["pe-aml-fl-prod", "network-orchestrator-endpoints-id"],
      ["pe-cr-registry", "network-orchestrator-endpoints-id"],
      ["pe-kv-fl-2fvff-vault", "network-orchestrator-endpoints-id"],
      ["pe-storch-blob", "network-orchestrator-endpoints-id"],
      ["pe-stsilo0-blob", "network-silo0-endpoints-id"],
      ["pe-stsilo1-blob", "network-silo1-endpoints-id"],
      ["pe-stsilo2-blob", "network-silo2-endpoints-id"],
      ["pe-stws-blob", "network-orchestrator-endpoints-id"],
      ["pe-stws-file", "network-orchestrator-endpoints-id"],
    ]);
  });

  it("runs no node on a public address, and jobs without a cluster beside the orchestrator's", () => {
    for (const { properties } of inputsOf("azure-native:machinelearningservices:Compute")) {
      expect(properties).toMatchObject({
        properties: { enableNodePublicIp: false, subnet: { id: expect.stringContaining("-compute-id") as string } },
      });
    }
    expect(inputsOf("azure-native:machinelearningservices:Workspace")[0]).toMatchObject({
      managedNetwork: { isolationMode: "Disabled" },
      serverlessComputeSettings: {
        serverlessComputeCustomSubnet: "network-orchestrator-compute-id",
        serverlessComputeNoPublicIP: true,
      },
    });
  });

  it("links each zone once to each network that asks it", () => {
    const links = inputsOf("azure-native:privatedns:VirtualNetworkLink").map(({ privateZoneName, virtualNetwork }) =>
      JSON.stringify([privateZoneName, virtualNetwork]),
    );
    expect(links).toHaveLength(6 * 2 + 3 * 3);
    expect(new Set(links).size).toBe(links.length);
  });
});

describe("production in one region", () => {
  it("leaves the nodes to the workspace's managed network, with one rule for each store", async () => {
    const file = readFileSync(join(root, "examples", "single-region", "Pulumi.prod.yaml"), "utf8");
    await runProgram("prod", (parse(file) as { config: Record<string, unknown> }).config);
    await urns();
    expect(inputsOf("azure-native:machinelearningservices:Workspace")[0]).toMatchObject({
      managedNetwork: { isolationMode: "AllowOnlyApprovedOutbound" },
      publicNetworkAccess: "Disabled",
    });
    const rules = inputsOf("azure-native:machinelearningservices:ManagedNetworkSettingsRule");
    expect(rules.map(({ ruleName, properties }) => [ruleName, (properties as { type: string }).type])).toEqual([
      ["orchestrator-store", "PrivateEndpoint"],
      ["silo0-store", "PrivateEndpoint"],
      ["silo1-store", "PrivateEndpoint"],
      ["silo2-store", "PrivateEndpoint"],
    ]);
    expect(names("azure-native:network:VirtualNetwork")).toEqual(["network-orchestrator-vnet"]);
    expect(names("azure-native:network:Subnet")).toEqual(["network-orchestrator-endpoints"]);
    for (const { properties } of inputsOf("azure-native:machinelearningservices:Compute")) {
      const { properties: cluster } = properties as { properties: Record<string, unknown> };
      expect(cluster.enableNodePublicIp).toBe(false);
      expect(cluster).not.toHaveProperty("subnet");
    }
  });
});

describe("egress by service tags", () => {
  it("gives every compute subnet a NAT gateway of its own", async () => {
    await runProgram("prod", {
      ...settingsOf("prod"),
      "federated-mlops:egress": "serviceTags",
      "federated-mlops:network": {
        readers: ["/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v"],
      },
    });
    await urns();
    expect(names("azure-native:network:NatGateway")).toHaveLength(4);
    expect(names("azure-native:network:RouteTable")).toEqual([]);
    for (const { subnetName, natGateway } of inputsOf("azure-native:network:Subnet")) {
      expect(natGateway === undefined).toBe(subnetName === "endpoints");
    }
  });
});

describe("development", () => {
  it("is open, and has no network", async () => {
    await runProgram("dev");
    await urns();
    expect(created.filter(({ type }) => type.startsWith("azure-native:network:"))).toEqual([]);
    expect(inputsOf("azure-native:machinelearningservices:Workspace")[0]).toMatchObject({
      publicNetworkAccess: "Enabled",
      managedNetwork: { isolationMode: "Disabled" },
    });
  });
});
