/** Ingress, egress, and the networks that keep what they promise. */
import * as z from "zod";

import { defaultAddressSpace, placeOf, placesIn } from "../facts/addresses";
import { rule } from "./rule";

const located = z.object({
  location: z.string(),
  subnets: z.object({ compute: z.string().optional(), endpoints: z.string().optional() }).optional(),
});

const networked = z.object({
  "azure-native:location": z.string(),
  "federated-mlops:environment": z.enum(["development", "production"]),
  "federated-mlops:ingress": z.enum(["public", "private"]).optional(),
  "federated-mlops:egress": z.enum(["open", "serviceTags", "approved"]).optional(),
  "federated-mlops:network": z
    .object({
      addressSpace: z.string().optional(),
      firewall: z.unknown().optional(),
      dnsZones: z.string().optional(),
      readers: z.array(z.string()).optional(),
    })
    .optional(),
  "federated-mlops:orchestrator": located,
  "federated-mlops:silos": z.record(z.string(), located),
});

/** Ingress and egress as they are where the stack file does not say. */
function postureOf(settings: z.infer<typeof networked>) {
  const production = settings["federated-mlops:environment"] === "production";
  return {
    ingress: settings["federated-mlops:ingress"] ?? (production ? "private" : "public"),
    egress: settings["federated-mlops:egress"] ?? (production ? "approved" : "open"),
  };
}

function partiesIn(settings: z.infer<typeof networked>) {
  return [settings["federated-mlops:orchestrator"], ...Object.values(settings["federated-mlops:silos"])];
}

/** Whether all clusters are in the workspace's region, as a managed network needs it. */
function inOneRegion(settings: z.infer<typeof networked>): boolean {
  return partiesIn(settings).every(({ location }) => location === settings["azure-native:location"]);
}

function joinsSubnets(settings: z.infer<typeof networked>): boolean {
  return partiesIn(settings).some(({ subnets }) => subnets !== undefined);
}

/** Parties whose endpoints would stand in a subnet in which nodes run. */
function mixed(settings: z.infer<typeof networked>): string[] {
  const own = [
    ["orchestrator", settings["federated-mlops:orchestrator"]] as const,
    ...Object.entries(settings["federated-mlops:silos"]),
  ];
  const nodes = new Set(own.map(([, { subnets }]) => subnets?.compute?.toLowerCase()));
  return own.flatMap(([key, { subnets }]) =>
    subnets?.endpoints !== undefined && nodes.has(subnets.endpoints.toLowerCase()) ? [key] : [],
  );
}

/** Parties whose nodes would run in the subnet of a party before them, with that one. */
function sharing(settings: z.infer<typeof networked>): [string, string][] {
  const subnets = [
    ["orchestrator", settings["federated-mlops:orchestrator"]] as const,
    ...Object.entries(settings["federated-mlops:silos"]),
  ].flatMap(([key, { subnets: own }]) =>
    own?.compute === undefined ? [] : [{ key, compute: own.compute.toLowerCase() }],
  );
  return subnets.flatMap(({ key, compute }, index): [string, string][] => {
    const first = subnets.findIndex((other) => other.compute === compute);
    return first === index ? [] : [[key, subnets[first]?.key ?? ""]];
  });
}

export const subnetsForAll = rule(networked, (settings, stack) => {
  if (!joinsSubnets(settings)) return [];
  const { egress } = postureOf(settings);
  const own = settings["federated-mlops:network"];
  const unused = (["addressSpace", "firewall"] as const).filter((key) => own?.[key] !== undefined);
  const lacking = [
    ["federated-mlops:orchestrator", settings["federated-mlops:orchestrator"]] as const,
    ...Object.entries(settings["federated-mlops:silos"]),
  ].filter(([, { subnets }]) => subnets === undefined);
  return [
    ...lacking.map(([key]) => ({
      path: key.startsWith("silo") ? ["federated-mlops:silos", key, "subnets"] : [key, "subnets"],
      got: "none, where another party has existing ones",
      needs: "existing subnets for every party, or for none",
      fix: `write subnets { compute, endpoints } in Pulumi.${stack}.yaml`,
    })),
    ...sharing(settings).map(([key, other]) => ({
      path: key === "orchestrator" ? [`federated-mlops:${key}`, "subnets"] : ["federated-mlops:silos", key, "subnets"],
      got: `the compute subnet of ${other}`,
      needs: "a compute subnet of its own: nodes in one subnet reach each other",
      fix: `write another one in Pulumi.${stack}.yaml`,
    })),
    ...mixed(settings).map((key) => ({
      path: key === "orchestrator" ? [`federated-mlops:${key}`, "subnets"] : ["federated-mlops:silos", key, "subnets"],
      got: "endpoints in a subnet of nodes",
      needs: "a subnet for endpoints alone: the rules for nodes would not hold there",
      fix: `write another one in Pulumi.${stack}.yaml`,
    })),
    ...unused.map((key) => ({
      path: ["federated-mlops:network", key],
      got: "a setting that nothing uses",
      needs: "subnets that are made: existing ones have their ranges and their way out",
      fix: `pulumi config rm --path federated-mlops:network.${key} --stack ${stack}`,
    })),
    ...(egress === "open"
      ? [
          {
            path: ["federated-mlops:egress"],
            got: egress,
            needs: "serviceTags or approved, as the existing subnets are held to",
            fix: `pulumi config set federated-mlops:egress approved --stack ${stack}`,
          },
        ]
      : []),
  ];
});

export const privateNeedsWayOut = rule(networked, (settings, stack) => {
  const { ingress, egress } = postureOf(settings);
  if (ingress !== "private" || egress !== "open") return [];
  return [
    {
      path: ["federated-mlops:egress"],
      got: egress,
      needs: "serviceTags or approved: a private workspace that sends everywhere is not private",
      fix: `pulumi config set federated-mlops:egress serviceTags --stack ${stack}`,
    },
  ];
});

export const approvedNeedsFilter = rule(networked, (settings, stack) => {
  const { egress } = postureOf(settings);
  const firewall = settings["federated-mlops:network"]?.firewall;
  if (egress !== "approved" || firewall !== undefined || inOneRegion(settings) || joinsSubnets(settings)) return [];
  return [
    {
      path: ["federated-mlops:network", "firewall"],
      got: "none, with clusters in several regions",
      needs: "a firewall: only it, or a managed network, filters by name, and Azure's managed network spans one region",
      fix:
        `set network.firewall { privateIp, network } in Pulumi.${stack}.yaml\n` +
        `           pulumi config set federated-mlops:egress serviceTags --stack ${stack}   (any storage account of a region stays reachable)`,
    },
  ];
});

export const readersReach = rule(networked, (settings, stack) => {
  const { ingress } = postureOf(settings);
  // Existing subnets are reached as their owner arranged it.
  if (ingress !== "private" || joinsSubnets(settings)) return [];
  if ((settings["federated-mlops:network"]?.readers ?? []).length > 0) return [];
  return [
    {
      path: ["federated-mlops:network", "readers"],
      got: "none",
      needs: "at least one network from which people and runners reach the private workspace",
      fix: `list the network's resource id under network.readers in Pulumi.${stack}.yaml`,
    },
  ];
});

export const networkIsUsed = rule(networked, (settings, stack) => {
  const { ingress, egress } = postureOf(settings);
  if (ingress === "private" || egress !== "open" || settings["federated-mlops:network"] === undefined) return [];
  return [
    {
      path: ["federated-mlops:network"],
      got: "settings that nothing uses",
      needs: "private ingress, or egress serviceTags or approved: with neither there is no network",
      fix: `pulumi config rm federated-mlops:network --stack ${stack}`,
    },
  ];
});

export const zonesAreUsed = rule(networked, (settings, stack) => {
  const { ingress, egress } = postureOf(settings);
  const zones = settings["federated-mlops:network"]?.dnsZones;
  // Where there is no network at all, another rule says so.
  if (zones === undefined || ingress === "private" || egress === "open") return [];
  return [
    {
      path: ["federated-mlops:network", "dnsZones"],
      got: zones,
      needs: "private ingress: without it nothing has a name in a private zone",
      fix: `pulumi config rm --path federated-mlops:network.dnsZones --stack ${stack}`,
    },
  ];
});

export const slotsFit = rule(networked, (settings, stack) => {
  const space = settings["federated-mlops:network"]?.addressSpace ?? defaultAddressSpace;
  const unfit = Object.keys(settings["federated-mlops:silos"]).filter((key) => placeOf(key) >= placesIn(space));
  if (unfit.length === 0) return [];
  return [
    {
      path: ["federated-mlops:network", "addressSpace"],
      got: space,
      needs: `room for a /22 of every slot; there is none for ${unfit.join(", ")}`,
      fix: `pulumi config set --path federated-mlops:network.addressSpace ${defaultAddressSpace} --stack ${stack}`,
    },
  ];
});
