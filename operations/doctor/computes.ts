import { distance } from "fastest-levenshtein";

import type { AskingClient } from "../../clients/client";
import { settingOf } from "../../problems";
import { readsSubscription } from "./azure";
import { attempt, type Check, type Finding, well, wrong } from "./check";
import type { Subject } from "./subject";

/** Whether Azure ML has each cluster's VM size in its region, and cores enough for all nodes at once. */
export const computes: Check = {
  name: "VM sizes and cores",
  needs: readsSubscription,
  run: async (subject, { azure }) => {
    const regions = [...Map.groupBy(clustersOf(subject), ({ region }) => region)];
    const findings = await Promise.all(
      regions.map(([region, clusters]) =>
        attempt(readsSubscription(subject), () => judgeRegion(region, clusters, subject, azure)),
      ),
    );
    return findings.flat();
  },
};

interface Cluster {
  readonly id: string;
  readonly name: string;
  /** The setting with its `vmSize` and `maxNodes`. */
  readonly setting: readonly string[];
  readonly region: string;
  readonly vmSize: string;
  readonly nodes: number;
}

function clustersOf({ settings, names }: Subject): Cluster[] {
  const cluster = (name: string, setting: readonly string[], region: string, vmSize: string, nodes: number) => ({
    ...{ id: `${names.workspaceId}/computes/${name}`, name, setting, region, vmSize, nodes },
  });
  const orchestrator = settings["federated-mlops:orchestrator"];
  const parties = [
    { own: names.orchestrator, spec: orchestrator, setting: ["federated-mlops:orchestrator"] },
    ...Object.entries(settings["federated-mlops:silos"]).flatMap(([key, spec]) => {
      const own = names.silos[key];
      return own === undefined ? [] : [{ own, spec, setting: ["federated-mlops:silos", key] }];
    }),
  ];
  const builds = settings["federated-mlops:imageBuilds"];
  return [
    ...parties.flatMap(({ own, spec, setting }) => [
      cluster(own.cluster, setting, spec.location, spec.vmSize, spec.maxNodes),
      ...(spec.gpu === undefined || own.gpuCluster === undefined
        ? []
        : [cluster(own.gpuCluster, [...setting, "gpu"], spec.location, spec.gpu.vmSize, spec.gpu.maxNodes)]),
    ]),
    ...(builds === undefined
      ? []
      : [
          cluster(
            ...([
              names.imageBuilder.cluster,
              ["federated-mlops:imageBuilds"],
              orchestrator.location,
              builds.vmSize,
            ] as const),
            builds.maxNodes,
          ),
        ]),
  ];
}

interface Size {
  readonly name: string;
  readonly family: string;
  readonly vCPUs: number;
  readonly gpus: number;
  readonly supportedComputeTypes?: readonly string[];
}

interface Usage {
  readonly id: string;
  readonly type: string;
  readonly currentValue: number;
  /** Below 0 where there is none. */
  readonly limit: number;
  readonly name: { readonly value: string };
}

async function judgeRegion(
  region: string,
  clusters: readonly Cluster[],
  { subscription, stack }: Subject,
  azure: AskingClient,
): Promise<Finding[]> {
  const location = `/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices/locations/${region}`;
  const sizes = await azure.list<Size>(`${location}/vmSizes?api-version=2024-10-01`);
  const usages = await azure.list<Usage>(`${location}/usages?api-version=2024-10-01`);
  if (sizes === "missing" || usages === "missing") {
    const fix = `register Microsoft.MachineLearningServices first, or write another location in Pulumi.${stack}.yaml`;
    return [{ is: "unknown", what: `Azure ML does not answer for ${region}.`, fix }];
  }
  const fitting = sizes.filter(({ supportedComputeTypes: types }) => types?.includes("AmlCompute") !== false);
  const placed = clusters.map((cluster) => ({
    cluster,
    size: fitting.find(({ name }) => name.toLowerCase() === cluster.vmSize.toLowerCase()),
  }));
  const unknown = placed.flatMap(({ cluster, size }) =>
    size === undefined ? [notOffered(cluster, fitting, stack)] : [],
  );
  const sized = placed.flatMap(({ cluster, size }) => (size === undefined ? [] : [{ ...cluster, size }]));
  const families = [...Map.groupBy(sized, ({ size }) => size.family)];
  const short = [
    ...families.flatMap(([family, some]) =>
      judgeCores(`${family} Cluster Dedicated vCPUs`, region, some, usages, stack),
    ),
    ...judgeCores("Total Cluster Dedicated Regional vCPUs", region, sized, usages, stack),
  ];
  const findings = [...unknown, ...short];
  return findings.length > 0 ? findings : [well(`${coresOf(sized)} cores in ${region}`)];
}

function notOffered({ name, setting, vmSize, region }: Cluster, sizes: readonly Size[], stack: string): Finding {
  const gpu = setting.includes("gpu");
  const some = sizes
    .filter(({ gpus }) => gpus > 0 === gpu)
    .toSorted((one, other) => distance(one.name, vmSize) - distance(other.name, vmSize))
    .slice(0, 5);
  return wrong(
    `${region} has no ${vmSize} for the cluster ${name}; it has ${some.map((size) => size.name).join(", ") || "none like it"}.`,
    `pulumi config set --path '${settingOf([...setting, "vmSize"])}' <size> --stack ${stack}`,
  );
}

type Sized = Cluster & { readonly size: Size };

const coresOf = (clusters: readonly Sized[]) => clusters.reduce((sum, { nodes, size }) => sum + nodes * size.vCPUs, 0);

/** A quota's name and a family's spell the same words in two ways: `Standard DSv2 Family …`, `standardDSv2Family`. */
const letters = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");

function judgeCores(
  quota: string,
  region: string,
  clusters: readonly Sized[],
  usages: readonly Usage[],
  stack: string,
): Finding[] {
  const named = usages.filter(({ name }) => letters(name.value) === letters(quota));
  const whole = named.find(({ id }) => !/\/workspaces\//i.test(id));
  const need = coresOf(clusters);
  if (need === 0) return [];
  const [page, largest] = [
    "https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas",
    clusters.toSorted((one, other) => coresOf([other]) - coresOf([one]))[0],
  ];
  if (whole === undefined) {
    const fix = `look for "${quota}" among the quotas of Machine Learning in ${region}: ${page}`;
    return [{ is: "unknown", what: `Azure tells no quota "${quota}" in ${region}.`, fix }];
  }
  // Nodes of these clusters that run at this moment are not somebody else's.
  const ours = usages.filter(({ id, name }) =>
    clusters.some(
      (one) =>
        id.toLowerCase().startsWith(`${one.id.toLowerCase()}/`) &&
        letters(name.value).includes(letters(one.size.family)),
    ),
  );
  const others = whole.currentValue - ours.reduce((sum, { currentValue }) => sum + currentValue, 0);
  const free = whole.limit < 0 ? Infinity : whole.limit - others;
  if (need <= free) return [];
  const whose = clusters.map(({ name, nodes, vmSize }) => `${name} ${nodes} × ${vmSize}`).join(", ");
  const used = others > 0 ? `, of which others use ${others}` : "";
  return [
    wrong(
      `${region} needs ${need} cores (${whose}), and "${whole.name.value}" is ${whole.limit}${used}.`,
      `ask for ${need + others} in ${region}: ${page} (provider Machine Learning)\n` +
        `or fewer nodes: pulumi config set --path '${settingOf([...(largest?.setting ?? []), "maxNodes"])}' <nodes> --stack ${stack}`,
    ),
  ];
}
