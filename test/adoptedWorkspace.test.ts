import { beforeAll, describe, expect, it } from "vitest";

import { created, only, urns } from "./support/mocks";
import { runExample } from "./support/program";

const place = "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10/resourceGroups";
const landing = `${place}/rg-landing-zone/providers/Microsoft.Network/virtualNetworks`;
const ml = "azure-native:machinelearningservices";
const all = (type: string) => created.filter((one) => one.type === type).map(({ inputs }) => inputs);

describe("production around what an organisation has already", () => {
  let outputs: Record<string, unknown>;
  beforeAll(async () => {
    outputs = await runExample("adopted-workspace");
    await urns();
  });

  it("makes no group, network, zone or logs where they are joined", () => {
    expect(all("azure-native:resources:ResourceGroup").map((group) => group.resourceGroupName)).toEqual([
      "rg-legacy-silos",
    ]);
    const made = created.map(({ type }) => type);
    for (const type of [
      "azure-native:network:VirtualNetwork",
      "azure-native:network:Subnet",
      "azure-native:network:VirtualNetworkPeering",
      "azure-native:privatedns:PrivateZone",
      "azure-native:privatedns:VirtualNetworkLink",
      "azure-native:operationalinsights:Workspace",
    ]) {
      expect(made).not.toContain(type);
    }
  });

  it("makes no store for a silo that brings its own, and neither logs, locks nor changes that one", () => {
    expect(
      all("azure-native:storage:StorageAccount")
        .map(({ accountName }) => accountName)
        .sort(),
    ).toEqual(["stfl2fvfforch", "stfl2fvffsilo1", "stlegacy4711"]);
    const about = created.filter(({ inputs }) => JSON.stringify(inputs).includes("sthospital"));
    expect(about.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "azure-native:authorization:RoleAssignment access-silo0-storage-blob-data-contributor-silo0-container",
      "azure-native:machinelearningservices:Datastore federation-silo0-datastore",
      "azure-native:network:PrivateDnsZoneGroup federation-silo0-store-endpoint-names",
      "azure-native:network:PrivateEndpoint federation-silo0-store-endpoint",
    ]);
    expect(only(`${ml}:Datastore`, "federation-silo0-datastore").properties).toMatchObject({
      accountName: "sthospital",
      containerName: "images",
      resourceGroup: "rg-hospital",
      credentials: { credentialsType: "None" },
    });
  });

  it("runs nodes in the existing subnets, and gives endpoints an address there", () => {
    const nodes = all(`${ml}:Compute`).map(({ computeName, properties }) => {
      const { computeLocation, properties: own } = properties as {
        computeLocation: string;
        properties: { vmSize: string; subnet: { id: string }; enableNodePublicIp: boolean };
      };
      expect(own.enableNodePublicIp).toBe(false);
      return [computeName, computeLocation, own.vmSize, own.subnet.id.replace(`${landing}/`, "")].join(" ");
    });
    expect(nodes.sort()).toEqual([
      "hospital-cpu eastus Standard_DS4_v2 vnet-fl-us/subnets/compute",
      "image-build westeurope Standard_DS4_v2 vnet-fl-we/subnets/compute",
      "orchestrator-cpu westeurope Standard_DS4_v2 vnet-fl-we/subnets/compute",
      "silo0-gpu eastus Standard_NC24ads_A100_v4 vnet-fl-us/subnets/compute",
      "silo1-cpu westeurope Standard_DS4_v2 vnet-fl-we/subnets/compute-silo1",
    ]);
    for (const { location, subnet } of all("azure-native:network:PrivateEndpoint")) {
      const network = location === "eastus" ? "vnet-fl-us" : "vnet-fl-we";
      expect(subnet).toMatchObject({ id: `${landing}/${network}/subnets/endpoints` });
    }
  });

  it("runs both clusters of a silo as the silo's one identity", () => {
    const identityOf = (name: string) => only(`${ml}:Compute`, name).identity;
    expect(identityOf("federation-silo0-gpu-cluster")).toEqual(identityOf("federation-silo0-cluster"));
    expect(identityOf("federation-silo1-cluster")).not.toEqual(identityOf("federation-silo0-cluster"));
  });

  it("builds images on a cluster of its own", () => {
    expect(only(`${ml}:Workspace`).imageBuildCompute).toBe("image-build");
    expect(only(`${ml}:Compute`, "image-builder-cluster").identity).toEqual({
      type: "UserAssigned",
      userAssignedIdentities: ["image-builder-identity-id"],
    });
  });

  it("names what stays open", () => {
    expect(outputs.acceptedRisks).toEqual([
      "gate.repository.adopt: nobody had to review what main held before its rules; unchanged jobs of then are refused, and runs of then can be started again for 30 days",
      "gate.runner: who else may use the runner group fl-private is its owner's affair, and not known here",
      "resourceGroup.join: whoever has rights on rg-legacy from before keeps them",
      "subnets: what lies behind the existing subnets' way out is their owner's affair",
      "adopt.systemIdentity: Azure gave the workspace's system-assigned identity a role on the resource group",
      "imageBuilds: a job on the cluster image-build can replace any image",
      "default store: every cluster can read and replace what other clusters keep there (code, outputs, logs of runs)",
    ]);
  });

  it("says of the federation what the public examples' config.yaml needs", () => {
    expect(outputs.federation).toEqual({
      aml: {
        subscription_id: "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10",
        resource_group_name: "rg-legacy",
        workspace_name: "aml-legacy",
      },
      federated_learning: {
        orchestrator: { compute: "orchestrator-cpu", datastore: "datastore_orchestrator" },
        silos: [
          {
            name: "silo0",
            computes: ["hospital-cpu", "silo0-gpu"],
            datastore: "hospital",
            handover: "datastore_orchestrator_silo0",
          },
          {
            name: "silo1",
            computes: ["silo1-cpu"],
            datastore: "datastore_silo1",
            handover: "datastore_orchestrator_silo1",
          },
        ],
      },
    });
  });

  describe("the role that submits jobs", () => {
    const may = (action: string) => {
      const [permission] = only("azure-native:authorization:RoleDefinition").permissions as { actions: string[] }[];
      return permission?.actions.some((pattern) =>
        new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`, "i").test(
          `Microsoft.MachineLearningServices/workspaces/${action}`,
        ),
      );
    };

    it("is this environment's own, and assignable in its group alone", () => {
      expect(only("azure-native:authorization:RoleDefinition")).toMatchObject({
        scope: `${place}/rg-legacy`,
        assignableScopes: [`${place}/rg-legacy`],
        roleName: "Federated learning job submitter (fl-prod)",
        roleType: "CustomRole",
      });
    });

    for (const action of [
      "jobs/write",
      "jobs/cancel/action",
      "codes/versions/write",
      "codes/versions/startPendingUpload/action",
      "components/versions/write",
      "environments/versions/write",
      "environments/build/action",
      "data/versions/write",
      "computes/read",
      "datastores/read",
      "metadata/artifacts/write",
    ]) {
      it(`may ${action}`, () => {
        expect(may(action)).toBe(true);
      });
    }

    for (const action of [
      "write",
      "delete",
      "listKeys/action",
      "listStorageAccountKeys/action",
      "computes/write",
      "computes/delete",
      "computes/listNodes/action",
      "datastores/write",
      "datastores/listsecrets/action",
      "connections/write",
      "connections/listsecrets/action",
      "schedules/write",
      "onlineEndpoints/write",
      "batchEndpoints/write",
      "outboundRules/write",
      "privateEndpointConnectionsApproval/action",
    ]) {
      it(`may not ${action}`, () => {
        expect(may(action)).toBe(false);
      });
    }
  });
});

it("production in one region has no risk of another store, and no cluster outside the managed network", async () => {
  const { acceptedRisks } = await runExample("single-region");
  await urns();
  expect(acceptedRisks).toEqual([
    "handover shared: a silo's job can read the models that other silos hand over",
    "default store: every cluster can read and replace what other clusters keep there (code, outputs, logs of runs)",
  ]);
  for (const { properties } of all(`${ml}:Compute`)) {
    expect(properties).toMatchObject({ computeLocation: "westeurope", properties: { enableNodePublicIp: false } });
    expect(properties).not.toHaveProperty("properties.subnet");
  }
});
