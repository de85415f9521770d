/**
 * One simulated provider: Pulumi's provider protocol on one side, a cloud on the other. Knows no resource type.
 * Started by the engine as `provider.ts <name> [engine address]`; its first line is the port it listens on.
 */
import { setTimeout as sleep } from "node:timers/promises";

import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

import { type Bag, Refused } from "./clouds/behaviour";
import { changes, unknownValue } from "./diff";
import { behaviourOf, clouds, LocalCloud } from "./localCloud";
import { placeFromEnvironment } from "./place";
import { sdkVersion } from "./plugins";
import { serve } from "./serve";
import { type Fault, Store } from "./store";

/** The provider's answers; an error's message is what the user sees. */
export function providerService(name: string, store: Store): grpc.UntypedServiceImplementation {
  let cloud = new LocalCloud(store);

  /** Meets the faults that were injected for this operation, or just does it. */
  const meet = async <T>(urn: string, operation: Fault["operation"], work: () => T): Promise<T> => {
    const type = typeOf(urn);
    const fault = store.fault(type, operation, urn);
    if (fault?.kind === "fail") throw new Refused(`${operation} of ${type}: the cloud answered 500 (injected fault)`);
    if (fault?.kind === "slow") await sleep(fault.milliseconds ?? 0);
    const result = work();
    if (fault?.kind === "lose") throw new Refused(`${operation} of ${type}: connection reset (injected fault)`);
    return result;
  };

  return {
    handshake: unary(() => new proto.ProviderHandshakeResponse()),
    getPluginInfo: unary(() => new PluginInfo().setVersion(sdkVersion(name))),
    cancel: unary(() => new Empty()),

    checkConfig: unary((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: unary((request: proto.ConfigureRequest) => {
      const variables = [...request.getVariablesMap().entries()] as [string, string][];
      const config = variables.map(([key, value]) => [key.split(":").at(-1) ?? key, value] as const);
      cloud = new LocalCloud(store, Object.fromEntries(config));
      // Secrets are not accepted, so that the engine itself marks outputs of secret inputs as secret.
      return new proto.ConfigureResponse().setSupportspreview(true);
    }),

    check: unary((request: proto.CheckRequest) => {
      const { defaults, requires = [] } = behaviourOf(typeOf(request.getUrn()));
      const inputs = { ...defaults?.(cloud), ...bag(request.getNews()) };
      const failures = requires
        .filter((key) => inputs[key] === undefined || inputs[key] === null)
        .map((key) => new proto.CheckFailure().setProperty(key).setReason(`missing required property '${key}'`));
      return new proto.CheckResponse().setInputs(struct(inputs)).setFailuresList(failures);
    }),

    diff: unary((request: proto.DiffRequest) => {
      const type = typeOf(request.getUrn());
      const old = bag(request.getOldInputs() ?? request.getOlds());
      const next = bag(request.getNews());
      const found = changes(old, next, behaviourOf(type).replaces ?? []);
      const replaces = found.filter(({ replace }) => replace).map(({ path }) => path);
      const response = new proto.DiffResponse()
        .setChanges(
          found.length > 0 ? proto.DiffResponse.DiffChanges.DIFF_SOME : proto.DiffResponse.DiffChanges.DIFF_NONE,
        )
        .setReplacesList(replaces)
        .setDiffsList([...new Set(found.map(({ top }) => top))])
        .setHasdetaileddiff(true)
        .setDeletebeforereplace(replaces.length > 0 && cloud.collides(type, next, request.getId()));
      for (const { path, kind, replace } of found) {
        const code = `${kind}${replace ? "_REPLACE" : ""}` as const;
        response
          .getDetaileddiffMap()
          .set(path, new proto.PropertyDiff().setKind(proto.PropertyDiff.Kind[code]).setInputdiff(true));
      }
      return response;
    }),

    create: unary(async (request: proto.CreateRequest) => {
      const urn = request.getUrn();
      const type = typeOf(urn);
      const inputs = bag(request.getProperties());
      if (request.getPreview()) return new proto.CreateResponse().setProperties(struct(foreseen(type, inputs)));
      const row = await meet(urn, "create", () => cloud.create(type, inputs, urn));
      const { fills } = behaviourOf(type);
      return new proto.CreateResponse().setId(row.id).setProperties(struct({ ...fills, ...row.outputs, ...inputs }));
    }),

    read: unary(async (request: proto.ReadRequest) => {
      const urn = request.getUrn();
      const type = typeOf(urn);
      const old = request.getInputs()?.toJavaScript();
      // An import knows nothing but what the resource is called.
      const id = old === undefined ? cloud.imported(type, request.getId()) : request.getId();
      if (id === undefined) return new proto.ReadResponse();
      const found = await meet(urn, "read", () => cloud.read(type, id, old));
      if (found === undefined) return new proto.ReadResponse();
      return new proto.ReadResponse().setId(id).setInputs(struct(found.inputs)).setProperties(struct(found.outputs));
    }),

    update: unary(async (request: proto.UpdateRequest) => {
      const urn = request.getUrn();
      const type = typeOf(urn);
      const inputs = bag(request.getNews());
      const { fills } = behaviourOf(type);
      if (request.getPreview()) {
        // What the cloud added stays as it is; old inputs that are no longer asked for do not.
        const added = Object.keys(behaviourOf(type).outputs ?? {}).map((key) => [key, bag(request.getOlds())[key]]);
        return new proto.UpdateResponse().setProperties(
          struct({ ...fills, ...(Object.fromEntries(added) as Bag), ...inputs }),
        );
      }
      const row = await meet(urn, "update", () => cloud.update(type, request.getId(), inputs, urn));
      return new proto.UpdateResponse().setProperties(struct({ ...fills, ...row.outputs, ...inputs }));
    }),

    delete: unary(async (request: proto.DeleteRequest) => {
      const urn = request.getUrn();
      await meet(urn, "delete", () => {
        cloud.delete(typeOf(urn), request.getId(), urn);
      });
      return new Empty();
    }),

    invoke: unary((request: proto.InvokeRequest) =>
      new proto.InvokeResponse().setReturn(struct(cloud.invoke(request.getTok(), bag(request.getArgs())))),
    ),
  };
}

/** What a preview can say about a resource that does not exist yet: its inputs. */
function foreseen(type: string, inputs: Bag): Bag {
  const { fills, outputs } = behaviourOf(type);
  const added = [...Object.keys(fills ?? {}), ...Object.keys(outputs ?? {})];
  return { ...Object.fromEntries(added.map((key) => [key, unknownValue])), ...inputs };
}

/** `urn:pulumi:stack::project::parent$type::name` -> `type`. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function bag(values: Struct | undefined): Bag {
  return values?.toJavaScript() ?? {};
}

function struct(values: Bag): Struct {
  // Through JSON, because undefined has no place in a Struct.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(values)) as Record<string, JavaScriptValue>);
}

function unary<Q, A>(answer: (request: Q) => A | Promise<A>): grpc.handleUnaryCall<Q, A> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => {
          callback(null, response);
        },
        (error: Error) => {
          const message = error instanceof Refused ? error.message : (error.stack ?? error.message);
          callback({ code: grpc.status.UNKNOWN, message });
        },
      );
  };
}

if (require.main === module) {
  const name = process.argv[2] ?? "";
  if (clouds[name] === undefined) throw new Error(`There is no simulated provider "${name}".`);
  const store = new Store(placeFromEnvironment().cloud);
  serve(ResourceProviderService, providerService(name, store));
}
