import { afterEach, beforeEach, expect, test } from "vitest";

import { LocalCloud } from "../../localcloud/localCloud";
import { type Rest, serveRest } from "../../localcloud/rest";
import { Store } from "../../localcloud/store";

const subscription = "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
const path = `/subscriptions/${subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv-fl?api-version=2024-11-01`;
const rg = { resourceGroupName: "rg", location: "westeurope" };

let store: Store;
let rest: Rest;

beforeEach(async () => {
  store = new Store(":memory:");
  rest = await serveRest(store);
});
afterEach(() => {
  rest.close();
});

async function get(url: string, token = "local"): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${rest.address}${url}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: await answer.json() };
}

test("a deleted vault is found until it stands again", async () => {
  expect(await get(path)).toMatchObject({ status: 404, body: { error: { code: "DeletedVaultNotFound" } } });

  const cloud = new LocalCloud(store, { subscriptionId: subscription });
  cloud.create("azure-native:resources:ResourceGroup", rg);
  const properties = { tenantId: "t", softDeleteRetentionInDays: 7, enablePurgeProtection: true };
  const { id } = cloud.create("azure-native:keyvault:Vault", { ...rg, vaultName: "kv-fl", properties });
  expect((await get(path)).status).toBe(404);

  cloud.delete("azure-native:keyvault:Vault", id);
  const { status, body } = await get(path);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    name: "kv-fl",
    properties: { vaultId: id, location: "westeurope", purgeProtectionEnabled: true },
  });
  const { deletionDate, scheduledPurgeDate } = (body as { properties: Record<string, string> }).properties;
  expect(Date.parse(scheduledPurgeDate ?? "") - Date.parse(deletionDate ?? "")).toBe(7 * 24 * 60 * 60 * 1000);

  cloud.create("azure-native:keyvault:Vault", {
    ...rg,
    vaultName: "kv-fl",
    properties: { ...properties, createMode: "recover" },
  });
  expect((await get(path)).status).toBe(404);
});

test("what stands is answered as Resource Manager does, its properties in one place", async () => {
  const cloud = new LocalCloud(store, { subscriptionId: subscription });
  cloud.create("azure-native:resources:ResourceGroup", rg);
  const account = { ...rg, accountName: "stfl", kind: "StorageV2", sku: { name: "Standard_LRS" } };
  const { id } = cloud.create("azure-native:storage:StorageAccount", {
    ...account,
    enableHttpsTrafficOnly: true,
    networkRuleSet: { defaultAction: "Deny" },
    tags: { a: "b" },
  });
  expect(await get(`${id}?api-version=2024-01-01`)).toEqual({
    status: 200,
    body: {
      id,
      name: "stfl",
      type: "Microsoft.Storage/storageAccounts",
      kind: "StorageV2",
      location: "westeurope",
      sku: { name: "Standard_LRS" },
      tags: { a: "b" },
      properties: {
        // Azure's own defaults, where the request is silent.
        allowSharedKeyAccess: true,
        minimumTlsVersion: "TLS1_0",
        publicNetworkAccess: "Enabled",
        supportsHttpsTrafficOnly: true,
        networkAcls: { defaultAction: "Deny" },
      },
    },
  });
  expect((await get(`${id}/blobServices/default/containers/private?api-version=2024-01-01`)).status).toBe(404);
  const rules = [{ name: "deny", priority: 100, direction: "Outbound", access: "Deny" }];
  const group = cloud.create("azure-native:network:NetworkSecurityGroup", {
    ...rg,
    networkSecurityGroupName: "nsg",
    securityRules: rules,
  });
  expect((await get(group.id)).body).toMatchObject({
    properties: { securityRules: [{ name: "deny", properties: { direction: "Outbound", access: "Deny" } }] },
  });
});

test("Graph finds an application by its name, its owners and whom it trusts", async () => {
  const cloud = new LocalCloud(store);
  const application = (displayName: string) =>
    cloud.create("azuread:index/application:Application", { displayName, owners: ["deployer"] });
  const { id, outputs } = application("fl's pipeline");
  application("another");
  const { clientId } = outputs;
  const principal = cloud.create("azuread:index/servicePrincipal:ServicePrincipal", { clientId });
  cloud.create("azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential", {
    applicationId: id,
    displayName: "github-prod",
    issuer: "i",
    subject: "s",
    audiences: ["a"],
  });

  const filter = (text: string) => `?$filter=${encodeURIComponent(text)}`;
  const [, , object] = id.split("/");
  expect(await get(`/v1.0/applications${filter("displayName eq 'FL''s pipeline'")}`)).toMatchObject({
    status: 200,
    body: { value: [{ id: object, appId: clientId, displayName: "fl's pipeline" }] },
  });
  expect(await get(`/v1.0/servicePrincipals${filter(`appId eq '${String(clientId)}'`)}`)).toMatchObject({
    body: { value: [{ id: principal.outputs["objectId"], displayName: "fl's pipeline" }] },
  });
  expect((await get(`/v1.0${id}/owners`)).body).toMatchObject({ value: [{ id: "deployer" }] });
  expect((await get(`/v1.0${id}/federatedIdentityCredentials`)).body).toMatchObject({
    value: [{ name: "github-prod", issuer: "i", subject: "s", audiences: ["a"] }],
  });
  expect((await get("/v1.0/applications/nobody/owners")).status).toBe(404);
  expect((await get(`/v1.0/applications${filter("startswith(displayName, 'fl')")}`)).status).toBe(400);
});

test("nobody asks without the token, and nothing unknown is answered", async () => {
  expect((await get(path, "other")).status).toBe(401);
  expect(await get("/nowhere")).toMatchObject({
    status: 404,
    body: { error: { message: /add a row in localcloud\/rest.ts/ } },
  });
});
