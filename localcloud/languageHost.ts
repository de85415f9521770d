/**
 * A stand-in for `pulumi-language-nodejs`, which comes with the official CLI and not as a Go module: finds out which
 * providers a program needs, and runs it; runs policy packs too. Started by the engine as `languageHost.ts <engine
 * address>`.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { pinnedVersion } from "./engine";
import { runPolicyPack } from "./policyPack";
import { serve } from "./serve";

/** Whether the official host is at hand: on PATH, or beside the CLI `engine`. */
export function hasOfficialHost(engine: string): boolean {
  if (existsSync(join(dirname(engine), "pulumi-language-nodejs"))) return true;
  return spawnSync("sh", ["-c", "command -v pulumi-language-nodejs"], { stdio: "ignore" }).status === 0;
}

/** Exit code by which @pulumi/pulumi says that the user has already been told what went wrong. */
const alreadyTold = 32;

function languageService(engine: string): grpc.UntypedServiceImplementation {
  let program: ChildProcess | undefined;

  return {
    getPluginInfo: ((_call, callback) => {
      callback(null, new PluginInfo().setVersion(pinnedVersion));
    }) satisfies grpc.handleUnaryCall<Empty, PluginInfo>,

    getRequiredPackages: ((call, callback) => {
      const directory = call.request.getInfo()?.getProgramDirectory() ?? process.cwd();
      callback(null, new proto.GetRequiredPackagesResponse().setPackagesList(providersOf(directory)));
    }) satisfies grpc.handleUnaryCall<proto.GetRequiredPackagesRequest, proto.GetRequiredPackagesResponse>,

    run: ((call, callback) => {
      program = run(call.request, engine);
      program.on("error", (error) => {
        callback(null, new proto.RunResponse().setError(error.message));
      });
      program.on("exit", (code, signal) => {
        const response = new proto.RunResponse();
        if (code === alreadyTold) response.setBail(true);
        else if (code !== 0) response.setError(`Program exited with ${signal ?? `non-zero exit code: ${code}`}`);
        callback(null, response);
      });
    }) satisfies grpc.handleUnaryCall<proto.RunRequest, proto.RunResponse>,

    runPlugin: ((call) => {
      const kind = call.request.getKind();
      if (kind === "analyzer") runPolicyPack(call);
      else
        call.emit("error", {
          code: grpc.status.UNIMPLEMENTED,
          details: `The local cloud runs no plugin of kind ${kind}.`,
        });
    }) satisfies grpc.handleServerStreamingCall<proto.RunPluginRequest, proto.RunPluginResponse>,

    cancel: ((_call, callback) => {
      program?.kill();
      callback(null, new Empty());
    }) satisfies grpc.handleUnaryCall<Empty, Empty>,
  };
}

function run(request: proto.RunRequest, engine: string): ChildProcess {
  const info = request.getInfo();
  const directory = info?.getProgramDirectory() ?? request.getPwd();
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const runner = createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  const nodeArguments = typeof options["nodeargs"] === "string" ? options["nodeargs"].split(" ") : [];
  const values: [string, string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engine],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info?.getRootDirectory() ?? directory],
    ["stack", request.getStack()],
    ["pwd", request.getPwd()],
    ["parallel", String(request.getParallel())],
  ];
  const flags = values.filter(([, value]) => value !== "").flatMap(([flag, value]) => [`--${flag}`, value]);
  const dryRun = request.getDryrun() ? ["--dry-run"] : [];
  const entryPoint = info?.getEntryPoint() ?? request.getProgram();
  const tsconfig = options["tsconfig"];
  return spawn(process.execPath, [...nodeArguments, runner, ...flags, ...dryRun, entryPoint], {
    cwd: directory,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(configOf(request))),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...(options["typescript"] === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
      ...(typeof tsconfig === "string" ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
    },
  });
}

/** Configuration with the keys that the SDK reads: `namespace:config:name`. */
function configOf(request: proto.RunRequest): [string, string][] {
  const entries = [...request.getConfigMap().entries()] as [string, string][];
  return entries.map(([key, value]) => [key.replace(/^([^:]+):(?!config:)/, "$1:config:"), value]);
}

/** Every package that says that it is the SDK of a provider, with the version of the plugin that it wants. */
function providersOf(program: string): PackageDependency[] {
  const modules = join(program, "node_modules");
  const scoped = existsSync(join(modules, "@pulumi")) ? readdirSync(join(modules, "@pulumi")) : [];
  const direct = Object.keys(manifest(program)?.dependencies ?? {});
  const names = new Set([...scoped.map((name) => `@pulumi/${name}`), ...direct]);
  return [...names].flatMap((name) => {
    const found = manifest(join(modules, name));
    if (found?.pulumi?.resource !== true) return [];
    const { pulumi, version } = found;
    const dependency = new PackageDependency().setKind("resource");
    dependency.setName(pulumi.name ?? name.replace(/^@pulumi\//, "")).setVersion(`v${pulumi.version ?? version}`);
    return [pulumi.server === undefined ? dependency : dependency.setServer(pulumi.server)];
  });
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
  };
}

function manifest(directory: string): Manifest | undefined {
  const file = join(directory, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Manifest) : undefined;
}

if (require.main === module) serve(LanguageRuntimeService, languageService(process.argv[2] ?? ""));
