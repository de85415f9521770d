/** What the example's stacks tell Azure about doors, word for word. */
import { beforeEach, describe, expect, it } from "vitest";

import { created, only, urns } from "../support/mocks";
import { runProgram } from "../support/program";

const inputsOf = (type: string) => created.filter((one) => one.type === type).map(({ inputs }) => inputs);

describe.each(["prod", "dev"])("in %s", (stack) => {
  beforeEach(async () => {
    await runProgram(stack);
    await urns();
  });

  it("no store takes account keys, anonymous readers, old TLS or another tenant", () => {
    const stores = inputsOf("azure-native:storage:StorageAccount");
    expect(stores).toHaveLength(5);
    for (const store of stores) {
      expect(store).toMatchObject({
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        enableHttpsTrafficOnly: true,
        minimumTlsVersion: "TLS1_2",
        isSftpEnabled: false,
        isLocalUserEnabled: false,
      });
    }
    for (const container of inputsOf("azure-native:storage:BlobContainer")) {
      expect(container.publicAccess).toBe("None");
    }
  });

  it("the workspace acts as its own identity and reaches its stores as that identity", () => {
    expect(only("azure-native:machinelearningservices:Workspace")).toMatchObject({
      identity: { type: "UserAssigned", userAssignedIdentities: ["associated-identity-id"] },
      primaryUserAssignedIdentity: "associated-identity-id",
      systemDatastoresAuthMode: "Identity",
      v1LegacyMode: false,
      hbiWorkspace: stack === "prod",
    });
  });

  it("the vault asks Entra for every right", () => {
    const { properties } = only("azure-native:keyvault:Vault");
    expect(properties).toMatchObject({ enableRbacAuthorization: true, enableSoftDelete: true });
    // Azure refuses an explicit false.
    expect((properties as Record<string, unknown>).enablePurgeProtection).toBe(stack === "prod" ? true : undefined);
  });

  it("the registry has no administrator and no anonymous readers", () => {
    expect(only("azure-native:containerregistry:Registry")).toMatchObject({
      adminUserEnabled: false,
      anonymousPullEnabled: false,
    });
    expect(only("azure-native:applicationinsights:Component").disableLocalAuth).toBe(true);
  });

  it("every cluster runs as its party's own identity, in its party's region, and shuts down when idle", () => {
    const clusters = inputsOf("azure-native:machinelearningservices:Compute");
    expect(
      clusters.map((cluster) => [cluster.computeName, (cluster.identity as Identity).userAssignedIdentities]),
    ).toEqual([
      ["orchestrator-cpu", ["federation-orchestrator-identity-id"]],
      ["silo0-cpu", ["federation-silo0-identity-id"]],
      ["silo1-cpu", ["federation-silo1-identity-id"]],
      ["silo2-cpu", ["federation-silo2-identity-id"]],
    ]);
    for (const { properties } of clusters) {
      expect(properties).toMatchObject({
        disableLocalAuth: true,
        properties: { remoteLoginPortPublicAccess: "Disabled", scaleSettings: { minNodeCount: 0 } },
      });
    }
    expect(clusters.map(({ properties }) => (properties as { computeLocation: string }).computeLocation)).toEqual([
      "westeurope",
      "australiaeast",
      "eastus",
      "westeurope",
    ]);
  });

  it("every datastore is without credentials, and silos' stores lie in a group of their own", () => {
    for (const { properties } of inputsOf("azure-native:machinelearningservices:Datastore")) {
      expect(properties).toMatchObject({ credentials: { credentialsType: "None" } });
    }
    const place = ({ accountName, resourceGroupName }: Record<string, unknown>) =>
      `${String(accountName).replace(/^stfl.{5}/, "")} in ${String(resourceGroupName)}`;
    expect(inputsOf("azure-native:storage:StorageAccount").map(place)).toEqual([
      `ws in rg-fl-${stack}`,
      `orch in rg-fl-${stack}`,
      `silo0 in rg-fl-${stack}-silos`,
      `silo1 in rg-fl-${stack}-silos`,
      `silo2 in rg-fl-${stack}-silos`,
    ]);
  });

  it("the pipeline's application has one owner, no secret and no second credential", () => {
    expect(only("azuread:index/application:Application")).toEqual({
      displayName: `fl-${stack}-pipeline`,
      signInAudience: "AzureADMyOrg",
      preventDuplicateNames: true,
      owners: ["deployer"],
    });
    expect(created.filter(({ type }) => type.includes("Credential") || type.includes("Password"))).toHaveLength(1);
    expect(
      only("azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential").subject,
    ).toBe(`repo:contoso-fl@4711/fl-experiments@815:environment:${stack}`);
  });
});

interface Identity {
  readonly userAssignedIdentities: string[];
}
