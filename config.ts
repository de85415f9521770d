/**
 * The only reader of configuration. Everything that is wrong with it is said at once, before any resource is registered.
 */
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";

import { type GateConfig, gateOf, risksOfGate } from "./config/gate";
import { defaultAddressSpace } from "./facts/addresses";
import { type Posture, postures } from "./facts/postures";
import type { Names, PartyNames } from "./names";
import { Refusal, settingOf } from "./problems";
import { rules } from "./rules";
import { namesIn } from "./rules/names";
import {
  namespace,
  type PartyConfig,
  providerSettings,
  type SiloConfig,
  type StackConfig,
  stackSchema,
} from "./schema";
import { problemsOf, resourceManagerIn, settled } from "./settings";

/** Who works in an environment: an Entra group or user. */
export interface User {
  readonly kind: "Group" | "User";
  readonly objectId: string;
}

/** A firewall that filters by name, in a network of the organisation's own. */
export interface Firewall {
  /** Its private address, the next hop of every route out. */
  readonly privateIp: string;
  /** Id of its network, to which every compute network is peered. */
  readonly network: string;
}

/**
 * How compute nodes reach what they need: through a NAT gateway to Azure's service tags alone, through the firewall, by
 * the workspace's managed network, or as the owner of the existing subnets arranged it.
 */
export type WayOut =
  { readonly nat: true } | { readonly firewall: Firewall } | { readonly managed: true } | { readonly joined: true };

/** One environment, as its stack file describes it. */
export interface Config {
  readonly stack: string;
  readonly subscription: string;
  readonly location: string;
  /** Where Azure Resource Manager answers. */
  readonly resourceManager: string;
  readonly environment: StackConfig["federated-mlops:environment"];
  readonly posture: Posture;
  readonly names: Names;
  /** Which of the two resource groups exist already. */
  readonly joins: { readonly group: boolean; readonly silosGroup: boolean };
  /** An existing workspace to take over: whether it has a registry, and a system-assigned identity. */
  readonly adopts: { readonly registry: boolean; readonly systemIdentity: boolean } | undefined;
  readonly generation: number;
  readonly recover: boolean;
  readonly users: readonly User[];
  /** From where the workspace and its stores can be reached. */
  readonly ingress: "public" | "private";
  /** How compute nodes reach what they need; undefined where they reach everything and there is no network. */
  readonly way: WayOut | undefined;
  /** What `egress` promises of that way. */
  readonly egress: StackConfig["federated-mlops:egress"];
  /** Whether compute nodes run in the workspace's managed network. */
  readonly managed: boolean;
  /** Range of all private networks. */
  readonly addressSpace: string;
  /** Id of the resource group that has the private DNS zones already; undefined where they are made. */
  readonly dnsZones: string | undefined;
  /** Ids of the networks from which people and runners come. */
  readonly readerNetworks: readonly string[];
  /** Id of the Log Analytics workspace that exists already; undefined where one is made. */
  readonly joinedLogs: string | undefined;
  /** Whether people in production read code and results of runs, or metadata alone. */
  readonly readers: "codeAndResults" | "metadataOnly";
  /** Where silos leave their models: in one container of the orchestrator's store, or each in its own. */
  readonly handover: "shared" | "perSilo";
  readonly orchestrator: PartyConfig;
  readonly silos: Readonly<Record<string, SiloConfig>>;
  /** The cluster that builds images; undefined where none does. */
  readonly imageBuilds: StackConfig["federated-mlops:imageBuilds"];
  /** What the pipeline is on the workspace. */
  readonly pipelineRole: StackConfig["federated-mlops:pipelineRole"];
  /** Who hears of tampering and of costs. */
  readonly alerts: StackConfig["federated-mlops:alerts"];
  /** The way in: the experiments repository, and the platform that holds it. */
  readonly gate: GateConfig;
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Reads the running stack's configuration. Throws a {@link Refusal} that tells every problem. */
export function readConfig(): Config {
  return configOf(settled(pulumi.runtime.allConfig(), namespace), pulumi.getStack());
}

/** The environment that the settings of `stack` describe. Throws a {@link Refusal} that tells every problem. */
export function configOf(raw: Readonly<Record<string, unknown>>, stack: string): Config {
  const settings = judge(raw, stack);
  const secrets = settings["federated-mlops:secrets"];
  const names = namesIn(settings, stack);
  const way = wayOut(settings);
  const adopt = settings["federated-mlops:adopt"];
  return {
    stack,
    subscription: settings["azure-native:subscriptionId"],
    location: settings["azure-native:location"],
    resourceManager: resourceManagerIn(raw),
    environment: settings["federated-mlops:environment"],
    posture: postures[settings["federated-mlops:environment"]],
    names,
    joins: joinsIn(settings),
    adopts: adopt && { registry: adopt.registry !== undefined, systemIdentity: adopt.systemIdentity },
    generation: settings["federated-mlops:generation"],
    recover: settings["federated-mlops:recover"],
    users: settings["federated-mlops:users"].map((user) =>
      "group" in user ? { kind: "Group", objectId: user.group } : { kind: "User", objectId: user.user },
    ),
    ingress: settings["federated-mlops:ingress"],
    way,
    egress: settings["federated-mlops:egress"],
    managed: way !== undefined && "managed" in way,
    addressSpace: settings["federated-mlops:network"]?.addressSpace ?? defaultAddressSpace,
    dnsZones: settings["federated-mlops:network"]?.dnsZones,
    readerNetworks: settings["federated-mlops:network"]?.readers ?? [],
    joinedLogs: settings["federated-mlops:logs"]?.join,
    readers: "federated-mlops:readers" in settings ? settings["federated-mlops:readers"] : "codeAndResults",
    handover: settings["federated-mlops:handover"],
    orchestrator: settings["federated-mlops:orchestrator"],
    silos: settings["federated-mlops:silos"],
    imageBuilds: settings["federated-mlops:imageBuilds"],
    pipelineRole: settings["federated-mlops:pipelineRole"],
    alerts: settings["federated-mlops:alerts"],
    gate: gateOf(settings, names),
    // Secret whatever the stack file says: a value that someone forgot to encrypt must still not reach the state.
    secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, pulumi.secret(value)])),
    tags: settings["federated-mlops:tags"],
  };
}

/** Which of the resource groups exist already, by these settings. */
export function joinsIn(settings: StackConfig): Config["joins"] {
  const group = settings["federated-mlops:resourceGroup"];
  const silosGroup = settings["federated-mlops:silosGroup"] ?? group;
  const joins = (setting: typeof group) => setting !== undefined && "join" in setting;
  return { group: joins(group), silosGroup: joins(silosGroup) };
}

/** How compute nodes of the environment that these settings describe reach what they need. */
export function wayOut(settings: StackConfig): Config["way"] {
  const firewall = settings["federated-mlops:network"]?.firewall;
  // The rules see to it that all parties have existing subnets, or none.
  if (settings["federated-mlops:orchestrator"].subnets !== undefined) return { joined: true };
  switch (settings["federated-mlops:egress"]) {
    case "open":
      return undefined;
    case "serviceTags":
      return { nat: true };
    case "approved":
      return firewall === undefined ? { managed: true } : { firewall };
  }
}

/** What the configuration leaves open with open eyes: the setting, and what can happen. */
export function acceptedRisks(config: Config): string[] {
  const { egress, handover, environment, adopts, gate, imageBuilds, joins, names, way } = config;
  if (environment === "development") return [];
  return [
    ...risksOfGate(gate),
    ...(joins.group ? [`resourceGroup.join: whoever has rights on ${names.group} from before keeps them`] : []),
    ...(way !== undefined && "joined" in way
      ? ["subnets: what lies behind the existing subnets' way out is their owner's affair"]
      : []),
    ...(egress === "serviceTags"
      ? ["egress serviceTags: a reviewed job can write to any storage account of its region"]
      : []),
    ...(adopts?.systemIdentity === true
      ? ["adopt.systemIdentity: Azure gave the workspace's system-assigned identity a role on the resource group"]
      : []),
    ...(imageBuilds === undefined ? [] : ["imageBuilds: a job on the cluster image-build can replace any image"]),
    ...(handover === "shared" ? ["handover shared: a silo's job can read the models that other silos hand over"] : []),
    "default store: every cluster can read and replace what other clusters keep there (code, outputs, logs of runs)",
  ];
}

/** The parties, the orchestrator first, as their networks need to know them. */
export function partyNetworks({ names, orchestrator, silos }: Config) {
  const party = (key: string, { place }: PartyNames, spec: PartyConfig | undefined) => ({
    key,
    place,
    location: spec?.location ?? orchestrator.location,
    subnets: spec?.subnets,
  });
  return [
    party("orchestrator", names.orchestrator, orchestrator),
    ...Object.entries(names.silos).map(([key, silo]) => party(key, silo, silos[key])),
  ];
}

/** The federation as the public FL examples' config.yaml and the experiments' federation.yaml know it. */
export function federationOf({ orchestrator, silos }: Pick<Names, "orchestrator" | "silos">, way: Config["handover"]) {
  return {
    orchestrator: { compute: orchestrator.cluster, datastore: orchestrator.datastore },
    silos: Object.entries(silos).map(([name, silo]) => ({
      name,
      computes: [silo.cluster, ...(silo.gpuCluster === undefined ? [] : [silo.gpuCluster])],
      datastore: silo.datastore,
      /** The datastore through which it hands models over. */
      handover: way === "shared" ? orchestrator.datastore : silo.handoverDatastore,
    })),
  };
}

/**
 * Judges the `config` part of the stack file of `stack`. Returns its settings with defaults filled in, or throws a
 * {@link Refusal} that tells every problem. Settings of the providers that the schema does not know are left alone.
 */
export function judge(raw: Readonly<Record<string, unknown>>, stack: string): StackConfig {
  const ours = Object.fromEntries(
    Object.entries(raw).filter(([key]) => key.startsWith(namespace) || providerSettings.includes(key)),
  );
  const parsed = stackSchema.safeParse(ours);
  const issues = [...(parsed.error?.issues ?? []), ...issuesBehind(parsed.error, ours)];
  const single = issues.flatMap((issue) => problemsOf(issue, ours, stack, stackSchema));
  const across = rules.flatMap(({ needs, check }) => {
    const part = needs.safeParse(ours);
    return part.success ? check(part.data, stack) : [];
  });
  // One word about one setting: what is wrong by itself is not told once more as unfit for others.
  const told = new Set(single.map(({ path }) => settingOf(path)));
  const problems = [...single, ...across.filter(({ path }) => !told.has(settingOf(path)))];
  if (!parsed.success || problems.length > 0) throw new Refusal(`Pulumi.${stack}.yaml`, problems);
  return parsed.data;
}

/** Where the kind itself is wrong, the schema says no more: what else is wrong with the kind that was probably meant. */
function issuesBehind(error: z.ZodError | undefined, ours: Readonly<Record<string, unknown>>): z.core.$ZodIssue[] {
  const environment = "federated-mlops:environment";
  if (!error?.issues.some(({ path }) => path.length === 1 && path[0] === environment)) return [];
  const makes = JSON.stringify(ours["federated-mlops:gate"] ?? {}).includes('"create"');
  const meant = { ...ours, [environment]: makes ? "production" : "development" };
  return stackSchema.safeParse(meant).error?.issues ?? [];
}
