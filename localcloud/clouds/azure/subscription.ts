/** What Azure tells of a subscription besides its resources: providers, names, sizes and quotas. */
import type { Row, Store } from "../../store";
import type { Answer, Bag, Route } from "../behaviour";
import { compute, registry, same, storageAccount, vault } from "./arm";

export const subscriptionRoutes: readonly Route[] = [
  {
    // https://learn.microsoft.com/rest/api/resources/providers/list
    path: "/subscriptions/{subscription}/providers",
    answer: ({ subscription = "" }, store) => ({
      status: 200,
      body: {
        value: [...new Set([...known, ...store.organisation.providers])].map((namespace) =>
          provider(subscription, namespace, store),
        ),
      },
    }),
  },
  {
    // https://learn.microsoft.com/rest/api/resources/providers/get
    path: "/subscriptions/{subscription}/providers/{namespace}",
    answer: ({ subscription = "", namespace = "" }, store) => ({
      status: 200,
      body: provider(subscription, namespace, store),
    }),
  },
  {
    // https://learn.microsoft.com/rest/api/resources/providers/register
    method: "POST",
    path: "/subscriptions/{subscription}/providers/{namespace}/register",
    answer: ({ subscription = "", namespace = "" }, store) => {
      store.reorganise((organisation) => ({
        ...organisation,
        providers: [...new Set([...organisation.providers, namespace])],
      }));
      return { status: 200, body: provider(subscription, namespace, store) };
    },
  },
  {
    // https://learn.microsoft.com/rest/api/azureml/virtual-machine-sizes/list
    path: "/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}/vmSizes",
    answer: (_names, store) => ({
      status: 200,
      body: {
        value: store.organisation.vmSizes.map(({ name, family, cores, gpus }) => ({
          name,
          family,
          vCPUs: cores,
          gpus,
          osVhdSizeMB: 1047552,
          memoryGB: cores * 4,
          lowPriorityCapable: true,
          premiumIO: true,
          supportedComputeTypes: ["AmlCompute", "ComputeInstance"],
        })),
      },
    }),
  },
  {
    // https://learn.microsoft.com/rest/api/azureml/usages/list
    path: "/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}/usages",
    answer: ({ subscription = "", location = "" }, store) => {
      const { vmSizes, quota } = store.organisation;
      const families = [...new Set(vmSizes.map(({ family }) => family))];
      const used = usedCores(subscription, location, store);
      return {
        status: 200,
        body: {
          value: [
            usage(subscription, "dedicatedCores", "Total Cluster Dedicated Regional vCPUs", sum(used), quota.total),
            ...families.map((family) =>
              usage(
                subscription,
                "vmFamily",
                quotaName(family),
                sum(used.filter((one) => one.family === family)),
                quota.families[family] ?? quota.total,
              ),
            ),
            ...used.map(({ id, family, cores }) => ({
              ...usage(subscription, "workspaces/computes", quotaName(family), cores, -1),
              id: `${id}/usages/${quotaName(family).replaceAll(" ", "_")}`,
            })),
          ],
        },
      };
    },
  },
  ...nameQuestions(),
];

function provider(subscription: string, namespace: string, store: Store): Bag {
  return {
    id: `/subscriptions/${subscription}/providers/${namespace}`,
    namespace,
    registrationPolicy: "RegistrationRequired",
    registrationState: store.organisation.providers.includes(namespace) ? "Registered" : "NotRegistered",
    resourceTypes: [],
  };
}

/** Namespaces that Azure has, registered or not; no list of all. */
const known = [
  ...["Authorization", "Resources", "Consumption", "Insights", "OperationalInsights", "ManagedIdentity", "Network"],
  ...["Storage", "KeyVault", "ContainerRegistry", "MachineLearningServices", "Compute", "Databricks"],
].map((name) => `Microsoft.${name}`);

/** `standardDSv2Family` as the names of quotas write it. */
const quotaName = (family: string) =>
  `${family.replace(/^standard(.*)Family$/, "Standard $1 Family")} Cluster Dedicated vCPUs`;

function usage(subscription: string, kind: string, name: string, currentValue: number, limit: number): Bag {
  return {
    id: `/subscriptions/${subscription}/usages/${name.replaceAll(" ", "_")}`,
    type: `Microsoft.MachineLearningServices/${kind}/usages`,
    unit: "Count",
    currentValue,
    limit,
    name: { value: name, localizedValue: name },
  };
}

const sum = (used: readonly { cores: number }[]) => used.reduce((all, { cores }) => all + cores, 0);

/** Cores of nodes that run at this moment; somebody puts `nodes` on a cluster, since no job runs here. */
function usedCores(subscription: string, location: string, store: Store) {
  const clusters = store.rows(compute).filter(({ id }) => same(id.split("/")[2], subscription));
  return clusters.flatMap(({ id, inputs }) => {
    const {
      computeLocation,
      nodes = 0,
      properties,
    } = inputs["properties"] as {
      computeLocation?: string;
      nodes?: number;
      properties?: { vmSize?: string };
    };
    const size = store.organisation.vmSizes.find(({ name }) => same(name, properties?.vmSize));
    return size === undefined || !same(computeLocation, location)
      ? []
      : [{ id, family: size.family, cores: nodes * size.cores }];
  });
}

/** Whether a name that is one in all of Azure can be had. The question changes nothing, and is a POST. */
function nameQuestions(): Route[] {
  const questions = [
    {
      // https://learn.microsoft.com/rest/api/storagerp/storage-accounts/check-name-availability
      provider: "Microsoft.Storage",
      type: storageAccount,
      key: "accountName",
      text: (name: string) => `The storage account named ${name} is already taken.`,
    },
    {
      // https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/check-name-availability
      provider: "Microsoft.KeyVault",
      type: vault,
      key: "vaultName",
      text: (name: string) =>
        `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
    },
    {
      // https://learn.microsoft.com/rest/api/containerregistry/registries/check-name-availability
      provider: "Microsoft.ContainerRegistry",
      type: registry,
      key: "registryName",
      text: (name: string) => `The registry ${name} is already in use.`,
    },
  ];
  return questions.map(({ provider, type, key, text }) => ({
    method: "POST",
    path: `/subscriptions/{subscription}/providers/${provider}/checkNameAvailability`,
    answer: (_names, store, { name }): Answer => {
      const held = (row: Row) => same(row.inputs[key], name);
      const taken = store.rows(type).some(held) || store.organisation.takenNames.some((one) => same(one, name));
      return {
        status: 200,
        body: taken
          ? { nameAvailable: false, reason: "AlreadyExists", message: text(String(name)) }
          : { nameAvailable: true },
      };
    },
  }));
}
