/**
 * A policy pack written for Node, on behalf of the language host. The engine tells which stack is judged only once the
 * pack answers, and the pack (`@pulumi/pulumi/cmd/run-policy-pack`) wants to know it from its environment when it starts:
 * so the host answers first, and starts the pack when the engine has spoken. `pulumi policy analyze` names no stack.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import * as proto from "@pulumi/pulumi/proto/language_pb";

import { anySize, listen } from "./serve";

/** Serves one pack until the engine hangs up. */
export const runPolicyPack: grpc.handleServerStreamingCall<proto.RunPluginRequest, proto.RunPluginResponse> = (
  call,
) => {
  let stack: analyzer.AnalyzerStackConfigureRequest | undefined;
  let pack: Pack | undefined;

  const forward = (path: string): grpc.handleUnaryCall<Buffer, Buffer> => {
    return ({ request }, callback) => {
      pack ??= start(call, stack);
      pack.client.then((client) => client.makeUnaryRequest(path, same, same, request, callback), callback);
    };
  };
  const server = listen(
    passedOn,
    {
      ...Object.fromEntries(Object.entries(passedOn).map(([name, { path }]) => [name, forward(path)])),
      handshake: ((_call, callback) => {
        callback(null, new analyzer.AnalyzerHandshakeResponse());
      }) satisfies grpc.handleUnaryCall<analyzer.AnalyzerHandshakeRequest, analyzer.AnalyzerHandshakeResponse>,
      configureStack: (({ request }, callback) => {
        stack = request;
        callback(null, new analyzer.AnalyzerStackConfigureResponse());
      }) satisfies grpc.handleUnaryCall<
        analyzer.AnalyzerStackConfigureRequest,
        analyzer.AnalyzerStackConfigureResponse
      >,
    },
    (port) => call.write(new proto.RunPluginResponse().setStdout(Buffer.from(`${port}\n`))),
  );
  call.on("cancelled", () => {
    pack?.process.kill();
    server.forceShutdown();
  });
};

const same = (bytes: Buffer): Buffer => bytes;

/** The service with what only passes through as the bytes that it is. */
const { handshake, configureStack, ...calls } = AnalyzerService;
const passedOn: grpc.ServiceDefinition = {
  handshake,
  configureStack,
  ...Object.fromEntries(
    Object.entries(calls).map(([name, method]) => [
      name,
      {
        ...method,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  ),
};

interface Pack {
  readonly process: ChildProcess;
  /** Resolves once the pack answers. */
  readonly client: Promise<grpc.Client>;
}

type Call = grpc.ServerWritableStream<proto.RunPluginRequest, proto.RunPluginResponse>;

function start(call: Call, stack: analyzer.AnalyzerStackConfigureRequest | undefined): Pack {
  const { request } = call;
  const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const runner = createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const pack = spawn(process.execPath, [runner, ...request.getArgsList(), directory], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...variables(request.getEnvList()), ...(stack === undefined ? {} : environmentOf(stack)) },
  });
  // The pack itself waits for ever.
  const end = () => pack.kill();
  process.on("exit", end);
  pack.on("exit", () => process.off("exit", end));
  pack.stderr.on("data", (text: Buffer) => call.write(new proto.RunPluginResponse().setStderr(text)));
  const client = new Promise<grpc.Client>((resolve, reject) => {
    const lines = createInterface(pack.stdout);
    lines.once("line", (port) => {
      resolve(new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), anySize));
      lines.on("line", (line) => call.write(new proto.RunPluginResponse().setStdout(Buffer.from(`${line}\n`))));
    });
    pack.on("error", reject);
    pack.on("exit", (code, signal) => {
      reject(new Error(`The policy pack in ${directory} ended with ${signal ?? code}.`));
    });
  });
  return { process: pack, client };
}

function variables(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map((entry) => [entry.replace(/=.*/s, ""), entry.replace(/^[^=]*=/, "")]));
}

/** What the SDK in the pack reads, as a program's does. */
function environmentOf(stack: analyzer.AnalyzerStackConfigureRequest): Record<string, string> {
  return {
    PULUMI_NODEJS_ORGANIZATION: stack.getOrganization(),
    PULUMI_NODEJS_PROJECT: stack.getProject(),
    PULUMI_NODEJS_STACK: stack.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(stack.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(stack.getConfigMap().entries() as Iterable<[string, string]>)),
  };
}
