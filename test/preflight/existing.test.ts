import { afterEach, describe, expect, it, vi } from "vitest";

import { Refusal } from "../../problems";
import { created, urns } from "../support/mocks";
import { examples, runProgram, settingsOf, standingIn } from "../support/program";

type Settings = Record<string, unknown>;

const { stack, directory } = examples["adopted-workspace"];

/** What the example's run is refused with, after `edit` of what stands and of its settings. */
async function refusal(edit: (before: string) => string, change: (settings: Settings) => void = () => undefined) {
  const settings = settingsOf(stack, undefined, directory);
  change(settings);
  try {
    await runProgram(stack, settings, standingIn(directory, edit));
  } catch (error) {
    await urns();
    if (!(error instanceof Refusal)) throw error;
    expect(created).toEqual([]);
    return error.message;
  }
  throw new Error("The run was not refused.");
}

/** An edit that must find what it replaces. */
const swap =
  (old: string | RegExp, by: string) =>
  (before: string): string => {
    const after = before.replace(old, by);
    if (after === before) throw new Error(`There is no ${String(old)} in before.yaml.`);
    return after;
  };
const as = (before: string) => before;

const refused: Record<string, [edit: (before: string) => string, change?: (settings: Settings) => void]> = {
  "a resource group that does not exist": [swap("resourceGroupName: rg-legacy", "resourceGroupName: rg-old")],
  "logs that do not exist": [swap("workspaceName: log-central", "workspaceName: log-other")],
  "a DNS zone that does not exist": [swap("privatelink.vaultcore.azure.net", "privatelink.vault.azure.net")],
  "a silo's store that does not exist": [swap(/accountName: sthospital/g, 'accountName: "stclinic"')],
  "a container that does not exist": [swap("containerName: images", "containerName: scans")],
  "a silo's store with every door open": [
    swap(
      /minimumTlsVersion: TLS1_2\n.*\n.*\n.*\n.*\n/,
      "minimumTlsVersion: TLS1_0\n      enableHttpsTrafficOnly: false\n      isSftpEnabled: true\n      allowBlobPublicAccess: true\n",
    ),
  ],
  "a silo's store that another environment made": [
    swap(
      "accountName: sthospital\n      location",
      "accountName: sthospital\n      tags: { federated-mlops-environment: development }\n      location",
    ),
  ],
  "a subnet that does not exist": [swap("subnetName: compute-silo1", "subnetName: compute-silo2")],
  "a network in another region than its clusters": [
    swap(
      "virtualNetworkName: vnet-fl-us\n      location: eastus",
      "virtualNetworkName: vnet-fl-us\n      location: eastus2",
    ),
  ],
  "a subnet without a security group, without a route, and with Azure's own way out": [
    swap(
      /subnetName: compute-silo1\n(.*\n).*\n(?: {6}networkSecurityGroup:[^]*?)?(?= {2}- type: azure-native:network:Virtual)/,
      "subnetName: compute-silo1\n$1",
    ),
  ],
  "endpoints in another network than the nodes": [
    as,
    (settings) => {
      const { silo0, silo1 } = settings["federated-mlops:silos"] as Record<string, { subnets: { endpoints: string } }>;
      if (silo0 && silo1) silo1.subnets.endpoints = silo0.subnets.endpoints;
    },
  ],
  "a security group that lets out to the Internet, where nothing else filters": [
    as,
    (settings) => (settings["federated-mlops:egress"] = "serviceTags"),
  ],
  "a route table that leads to the Internet": [swap("nextHopType: VirtualAppliance\n", "nextHopType: Internet\n")],
  "a NAT gateway beside the firewall": [
    swap("subnetName: compute-silo1\n", "subnetName: compute-silo1\n      natGateway: { id: /x/natGateways/ng }\n"),
  ],
  "a workspace in which somebody's computer goes on running": [
    (before) =>
      `${before}  - type: azure-native:machinelearningservices:Compute
    inputs:
      resourceGroupName: rg-legacy
      workspaceName: aml-legacy
      computeName: ci-mallory
      location: westeurope
      properties: { computeType: ComputeInstance }
`,
  ],
  "a silo's store that lets some networks in": [
    swap(
      "publicNetworkAccess: Disabled\n",
      "publicNetworkAccess: Enabled\n      networkRuleSet: { defaultAction: Deny, ipRules: [{ iPAddressOrRange: 0.0.0.0/1 }] }\n",
    ),
  ],
  "a workspace that does not exist": [swap("workspaceName: aml-legacy", "workspaceName: aml-other")],
  "a workspace in another region": [
    swap(/location: westeurope(\n.*workspaceName: aml-legacy)/, "location: northeurope$1"),
  ],
  "a store that is not the workspace's": [swap(/storageAccounts\/stlegacy4711/, "storageAccounts/stother")],
  "an identity that Azure does not take away": [
    as,
    (settings) => Object.assign(settings["federated-mlops:adopt"] as Settings, { systemIdentity: false }),
  ],
  "an identity that the workspace does not have": [swap("type: SystemAssigned", "type: UserAssigned")],
  "a registry that nobody told": [as, (settings) => delete (settings["federated-mlops:adopt"] as Settings)["registry"]],
  "a workspace that stands as the other kind": [
    swap(
      "workspaceName: aml-legacy",
      "workspaceName: aml-legacy\n      tags: { federated-mlops-environment: development }",
    ),
  ],
};

describe("what is joined or taken over", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is let through as the example has it", async () => {
    await expect(
      runProgram(stack, settingsOf(stack, undefined, directory), standingIn(directory)),
    ).resolves.toBeDefined();
    await urns();
  });

  it("is refused in words that a person can act on, and nothing is registered", async () => {
    const texts: string[] = [];
    for (const [what, [edit, change]] of Object.entries(refused)) {
      texts.push(`--- ${what}\n${await refusal(edit, change)}`);
    }
    await expect(texts.join("\n")).toMatchFileSnapshot("../messages/existing.txt");
  });

  it("is refused with every problem in one message", async () => {
    const everything = await refusal(
      (before) =>
        swap(
          "workspaceName: log-central",
          "workspaceName: log-other",
        )(swap("containerName: images", "containerName: scans")(before)),
      (settings) => (settings["federated-mlops:egress"] = "serviceTags"),
    );
    for (const setting of ["logs.join", "silos.silo0.container", "silos.silo1.subnets.compute"]) {
      expect(everything).toContain(`federated-mlops:${setting}`);
    }
  });
});
