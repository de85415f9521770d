/** The provider protocol, over a real connection as the engine makes it. */
import * as grpc from "@grpc/grpc-js";
import {
  type IResourceProviderClient,
  ResourceProviderClient,
  ResourceProviderService,
} from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { Bag } from "../../localcloud/clouds/behaviour";
import { unknownValue } from "../../localcloud/diff";
import { sdkVersion } from "../../localcloud/plugins";
import { providerService } from "../../localcloud/provider";
import { Store } from "../../localcloud/store";

const group = "azure-native:resources:ResourceGroup";
const account = "azure-native:storage:StorageAccount";
const urn = (type: string) => `urn:pulumi:prod::federated-mlops::federated-mlops:index:Component$${type}::name`;
const struct = (bag: Bag) => Struct.fromJavaScript(bag as Record<string, JavaScriptValue>);
const rg = { resourceGroupName: "rg", location: "westeurope" };
const inputs = { ...rg, accountName: "stfl", kind: "StorageV2" };

let store: Store;
let server: grpc.Server;
let client: IResourceProviderClient & grpc.Client;

beforeEach(async () => {
  store = new Store(":memory:");
  server = new grpc.Server();
  server.addService(ResourceProviderService, providerService("azure-native", store));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const configuration = new proto.ConfigureRequest();
  configuration.getVariablesMap().set("azure-native:config:subscriptionId", "5f1c7a52");
  configuration.getVariablesMap().set("azure-native:config:location", "westeurope");
  const configured = await call<proto.ConfigureResponse>((done) => client.configure(configuration, done));
  expect(configured.getSupportspreview()).toBe(true);
  expect(configured.getAcceptsecrets()).toBe(false);
});

afterEach(() => {
  client.close();
  server.forceShutdown();
});

function call<A>(make: (done: (error: grpc.ServiceError | null, answer: A) => void) => unknown): Promise<A> {
  return new Promise((resolve, reject) => {
    make((error, answer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
}

const create = (type: string, properties: Bag, preview = false) =>
  call<proto.CreateResponse>((done) =>
    client.create(
      new proto.CreateRequest().setUrn(urn(type)).setProperties(struct(properties)).setPreview(preview),
      done,
    ),
  );

const read = (type: string, id: string, old?: Bag) =>
  call<proto.ReadResponse>((done) => {
    const request = new proto.ReadRequest().setUrn(urn(type)).setId(id);
    return client.read(old === undefined ? request : request.setInputs(struct(old)).setProperties(struct(old)), done);
  });

const diff = (type: string, id: string, old: Bag, next: Bag) =>
  call<proto.DiffResponse>((done) =>
    client.diff(
      new proto.DiffRequest()
        .setUrn(urn(type))
        .setId(id)
        .setOldInputs(struct(old))
        .setOlds(struct(old))
        .setNews(struct(next)),
      done,
    ),
  );

test("reports the version of the SDK", async () => {
  const info = await call<{ getVersion(): string }>((done) => client.getPluginInfo(new Empty(), done));
  expect(info.getVersion()).toBe(sdkVersion("azure-native"));
});

test("fills in the configured location", async () => {
  const request = new proto.CheckRequest().setUrn(urn(group)).setNews(struct({ resourceGroupName: "rg" }));
  const checked = await call<proto.CheckResponse>((done) => client.check(request, done));
  expect(checked.getInputs()?.toJavaScript()).toEqual(rg);
});

test("does not let a required input be missing, but not yet known", async () => {
  const check = async (news: Bag) => {
    const request = new proto.CheckRequest().setUrn(urn(account)).setNews(struct(news));
    const checked = await call<proto.CheckResponse>((done) => client.check(request, done));
    return checked.getFailuresList().map((failure) => failure.getReason());
  };
  const given = { ...inputs, sku: { name: "Standard_LRS" } };
  expect(await check({ ...given, resourceGroupName: unknownValue })).toEqual([]);
  expect(await check({ ...given, resourceGroupName: null })).toEqual(["missing required property 'resourceGroupName'"]);
});

test("a preview makes nothing and knows nothing but inputs", async () => {
  const foreseen = await create(account, inputs, true);
  expect(foreseen.getId()).toBe("");
  expect(foreseen.getProperties()?.toJavaScript()).toMatchObject({ ...inputs, primaryEndpoints: unknownValue });
  expect(store.rows()).toEqual([]);
});

test("creates, reads back, changes and deletes", async () => {
  await create(group, rg);
  const made = await create(account, inputs);
  const id = "/subscriptions/5f1c7a52/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stfl";
  expect(made.getId()).toBe(id);
  expect(made.getProperties()?.toJavaScript()).toMatchObject({ ...inputs, minimumTlsVersion: "TLS1_0", name: "stfl" });

  const next = { ...inputs, minimumTlsVersion: "TLS1_2" };
  const update = new proto.UpdateRequest().setUrn(urn(account)).setId(id).setOlds(struct(inputs)).setNews(struct(next));
  await call<proto.UpdateResponse>((done) => client.update(update.setPreview(true), done));
  expect((await read(account, id, inputs)).getInputs()?.toJavaScript()).toEqual(inputs);
  await call<proto.UpdateResponse>((done) => client.update(update.setPreview(false), done));
  // An import's read comes with an id and nothing else.
  expect((await read(account, id)).getInputs()?.toJavaScript()).toEqual(next);

  await call<Empty>((done) => client.delete(new proto.DeleteRequest().setUrn(urn(account)).setId(id), done));
  expect((await read(account, id, next)).getId()).toBe("");
  expect(store.events().map(({ operation, urn }) => [operation, urn])).toEqual([
    ["create", urn.call(undefined, group)],
    ...["create", "update", "delete"].map((operation) => [operation, urn(account)]),
  ]);
});

test("tells a change in place from a replacement", async () => {
  await create(group, rg);
  const id = (await create(account, inputs)).getId();
  const same = await diff(account, id, inputs, inputs);
  expect(same.getChanges()).toBe(proto.DiffResponse.DiffChanges.DIFF_NONE);

  const tagged = await diff(account, id, inputs, { ...inputs, tags: { "cost.centre": "fl" } });
  expect(tagged.getReplacesList()).toEqual([]);
  expect([...tagged.getDetaileddiffMap().keys()]).toEqual(["tags"]);

  const moved = await diff(account, id, inputs, { ...inputs, location: "eastus" });
  expect(moved.getReplacesList()).toEqual(["location"]);
  expect(moved.getDeletebeforereplace()).toBe(true);

  const renamed = await diff(account, id, inputs, { ...inputs, accountName: "stother" });
  expect(renamed.getReplacesList()).toEqual(["accountName"]);
  expect(renamed.getDeletebeforereplace()).toBe(false);
});

test("an error's text is the cloud's", async () => {
  await expect(create(account, inputs)).rejects.toMatchObject({
    details: `Code="ResourceGroupNotFound" Message="Resource group 'rg' could not be found."`,
  });
  await expect(create("azure-native:batch:Pool", {})).rejects.toMatchObject({
    details: "The local cloud does not know the type azure-native:batch:Pool: add a row in localcloud/clouds/azure.ts.",
  });
});

test("meets faults at the operation that they were injected for, once", async () => {
  store.inject({ type: group, operation: "create", nth: 2, kind: "fail" });
  await create(group, rg);
  await expect(create(group, { ...rg, resourceGroupName: "b" })).rejects.toThrow("injected fault");
  expect(store.rows()).toHaveLength(1);
  await create(group, { ...rg, resourceGroupName: "b" });

  store.inject({ type: group, operation: "create", nth: 1, kind: "lose" });
  await expect(create(group, { ...rg, resourceGroupName: "c" })).rejects.toThrow("connection reset");
  expect(store.rows()).toHaveLength(3);

  store.inject({ type: group, operation: "create", nth: 1, kind: "slow", milliseconds: 50 });
  const begin = Date.now();
  await create(group, { ...rg, resourceGroupName: "d" });
  expect(Date.now() - begin).toBeGreaterThanOrEqual(49);
});

test("meets a fault of every type once at each resource", async () => {
  store.inject({ type: "*", operation: "create", nth: 1, kind: "fail" });
  const named = (name: string) =>
    call<proto.CreateResponse>((done) => {
      const properties = struct({ ...rg, resourceGroupName: name });
      return client.create(new proto.CreateRequest().setUrn(`${urn(group)}-${name}`).setProperties(properties), done);
    });
  for (const name of ["a", "b"]) {
    await expect(named(name)).rejects.toThrow("injected fault");
    await named(name);
  }
  expect(store.rows()).toHaveLength(2);
});

test("answers who deploys, and gives the token that the local Resource Manager takes", async () => {
  const invoke = (token: string) =>
    call<proto.InvokeResponse>((done) =>
      client.invoke(new proto.InvokeRequest().setTok(token).setArgs(struct({})), done),
    );
  const config = await invoke("azure-native:authorization:getClientConfig");
  expect(config.getReturn()?.toJavaScript()).toMatchObject({ subscriptionId: "5f1c7a52" });
  const token = await invoke("azure-native:authorization:getClientToken");
  expect(token.getReturn()?.toJavaScript()).toEqual({ token: "local" });
});
