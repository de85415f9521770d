/**
 * A policy pack written for Node, on behalf of the language host. The engine tells which stack is judged only once the
 * pack answers, and the pack (`@pulumi/pulumi/cmd/run-policy-pack`) wants to know it from its environment when it starts:
 * so the host answers first, and starts the pack when the engine has spoken. `pulumi policy analyze` names no stack.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient, AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import * as proto from "@pulumi/pulumi/proto/language_pb";

import { anySize, listen } from "./serve";

type Call = grpc.ServerWritableStream<proto.RunPluginRequest, proto.RunPluginResponse>;
type StackRequest = analyzer.AnalyzerStackConfigureRequest;

/** Serves one pack until the engine hangs up. */
export function runPolicyPack(call: Call): void {
  let stack: StackRequest | undefined;
  let pack: Promise<grpc.Client> | undefined;

  const forward = (path: string): grpc.handleUnaryCall<Buffer, Buffer> => {
    return ({ request }, callback) => {
      pack ??= start(call, stack);
      pack.then((client) => client.makeUnaryRequest(path, same, same, request, callback), callback);
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
      }) satisfies grpc.handleUnaryCall<StackRequest, analyzer.AnalyzerStackConfigureResponse>,
    },
    (port) => call.write(new proto.RunPluginResponse().setStdout(Buffer.from(`${port}\n`))),
  );
  call.on("cancelled", () => {
    server.forceShutdown();
  });
}

const same = (bytes: Buffer): Buffer => bytes;
const asBytes = {
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
};

/** The service, with what only passes through as the bytes that it is. */
const { handshake, configureStack, ...calls } = AnalyzerService;
const passedOn: grpc.ServiceDefinition = {
  handshake,
  configureStack,
  ...Object.fromEntries(Object.entries(calls).map(([name, method]) => [name, { ...method, ...asBytes }])),
};

/** Resolves once the pack answers and knows its stack. */
async function start(call: Call, stack: StackRequest | undefined): Promise<grpc.Client> {
  const { request } = call;
  const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const runner = createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const pack = spawn(process.execPath, [runner, ...request.getArgsList(), directory], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...variables(request.getEnvList()), ...(stack === undefined ? {} : environmentOf(stack)) },
  });
  // By itself it waits for ever.
  const end = () => pack.kill();
  call.on("cancelled", end);
  process.on("exit", end);
  pack.stderr.on("data", (text: Buffer) => call.write(new proto.RunPluginResponse().setStderr(text)));

  const lines = createInterface(pack.stdout);
  const port = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    pack.on("error", reject);
    pack.on("exit", (code, signal) => {
      process.off("exit", end);
      reject(new Error(`The policy pack in ${directory} ended with ${signal ?? code}.`));
    });
  });
  lines.on("line", (line) => call.write(new proto.RunPluginResponse().setStdout(Buffer.from(`${line}\n`))));

  const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), anySize);
  if (stack !== undefined) await tell(client, stack);
  return client;
}

/** Tells the pack what its environment has no place for, such as the stack's tags. Older ones do not listen. */
function tell(client: AnalyzerClient, stack: StackRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    client.configureStack(stack, (error) => {
      if (error === null || error.code === grpc.status.UNIMPLEMENTED) resolve();
      else reject(error);
    });
  });
}

function variables(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map((entry) => [entry.replace(/=.*/s, ""), entry.replace(/^[^=]*=/, "")]));
}

/** What the SDK in the pack reads, as a program's does. */
function environmentOf(stack: StackRequest): Record<string, string> {
  const values = {
    PULUMI_NODEJS_ORGANIZATION: stack.getOrganization(),
    PULUMI_NODEJS_PROJECT: stack.getProject(),
    PULUMI_NODEJS_STACK: stack.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(stack.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(stack.getConfigMap().entries() as Iterable<[string, string]>)),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}
