/**
 * What a stack file may say, setting by setting. The program and `npm run validate` judge by it, and editors complete
 * from it (docs/stack.schema.json). Each message says what a setting needs; each description what it means.
 */
import * as z from "zod";

import { defaultAddressSpace } from "./facts/addresses";
import { joinedGate, ownedGate } from "./schema/gate";
import { guid, networkId, resource, subnetId, text, vmSize } from "./schema/words";

const region = z
  .string({ error: "an Azure region" })
  .regex(/^[a-z][a-z0-9]+$/, "an Azure region in its short form, such as westeurope")
  .describe("Azure region in its short form, such as `westeurope`.");

const resourceName = (needs: string) => text(/^[^/\s]+$/, needs);

const nodes = z
  .int({ error: "a whole number of nodes, at least 1" })
  .min(1, "a whole number of nodes, at least 1")
  .max(100, "a whole number of nodes, at most 100");

const partySettings = {
  location: region,
  vmSize: vmSize.default("Standard_DS4_v2").describe("VM size of the compute cluster's nodes."),
  maxNodes: nodes.default(2).describe("Most nodes of the compute cluster. It shrinks to none when idle."),
  gpu: z
    .strictObject(
      {
        vmSize: vmSize.describe("VM size of the second cluster's nodes, one with GPUs."),
        maxNodes: nodes.default(1).describe("Most nodes of the second cluster."),
        cluster: resourceName("the name of a compute cluster")
          .optional()
          .describe("Name of the second cluster. Default: `<party>-gpu`."),
      },
      "an object with a vmSize",
    )
    .optional(),
  cluster: resourceName("the name of a compute cluster")
    .optional()
    .describe("Name of the compute cluster. Default: `<party>-cpu`."),
  datastore: resourceName("the name of a datastore")
    .optional()
    .describe("Name of the datastore. Default: `datastore_<party>`, as in the public FL examples."),
  container: resourceName("the name of a blob container")
    .default("private")
    .describe("Container with its data. On a joined store, one that exists."),
  subnets: z
    .strictObject(
      {
        compute: subnetId.describe("Existing subnet in which its nodes run, with a way out and a security group."),
        endpoints: subnetId.describe("Existing subnet of the same network for private endpoints."),
      },
      "{ compute: <subnet id>, endpoints: <subnet id> }",
    )
    .optional(),
};

const orchestrator = z.strictObject(partySettings, "an object with a location");

const silo = z.strictObject(
  {
    ...partySettings,
    store: z
      .strictObject(
        {
          join: resource("Microsoft.Storage/storageAccounts", "a storage account").describe(
            "Existing storage account that holds the silo's data. It stays its owner's: only a right on it is added.",
          ),
        },
        "{ join: <storage account id> }",
      )
      .optional(),
  },
  "an object with a location",
);

const user = z
  .union(
    [z.strictObject({ group: guid("an Entra group") }), z.strictObject({ user: guid("an Entra user") })],
    "one of { group: <object id> } and { user: <object id> }",
  )
  .describe("An Entra group or user by object id: names are not unique.");

const group = z.union(
  [
    z.strictObject({ create: text(/\S/, "the name of a resource group") }),
    z.strictObject({ join: text(/\S/, "the name of a resource group") }),
  ],
  "one of { create: <name> } and { join: <name> }",
);

const adopt = z
  .strictObject(
    {
      workspace: resourceName("the name of a workspace").describe("Existing Azure ML workspace."),
      store: resourceName("the name of a storage account").describe("Its default store."),
      vault: resourceName("the name of a key vault").describe("Its key vault."),
      insights: resourceName("the name of an Application Insights component").describe("Its Application Insights."),
      registry: resourceName("the name of a container registry")
        .optional()
        .describe("Its container registry. Default: it has none, and gets one."),
      systemIdentity: z
        .boolean({ error: "true or false" })
        .default(true)
        .describe(
          "Whether it acts as a system-assigned identity too. Azure does not take such an identity away again.",
        ),
    },
    "an object with the names of workspace, store, vault and insights",
  )
  .describe(
    "An existing workspace with what it leans on, all in the joined resource group: taken over and hardened in place.",
  )
  .optional();

const logs = z
  .strictObject(
    {
      join: resource("Microsoft.OperationalInsights/workspaces", "a Log Analytics workspace").describe(
        "Existing Log Analytics workspace that gets the logs. Default: one is made.",
      ),
    },
    "{ join: <Log Analytics workspace id> }",
  )
  .optional();

const imageBuilds = z
  .strictObject(
    {
      vmSize: vmSize.default("Standard_DS4_v2").describe("VM size of the building cluster's nodes."),
      maxNodes: nodes.default(1).describe("Most nodes of the building cluster."),
    },
    "an object, {} for the defaults",
  )
  .describe(
    "Builds images of environments on a cluster of its own, which may push to the registry. Default: none is built, and " +
      "jobs name images that exist.",
  )
  .optional();

/** Settings of both kinds of environment. */
const common = {
  "azure-native:subscriptionId": guid("the subscription").describe("Subscription that holds this environment."),
  "azure-native:location": region.describe("Region of the workspace and what belongs to it."),
  "github:owner": text(/^[A-Za-z0-9][A-Za-z0-9-]*$/, "the name of a GitHub organisation")
    .optional()
    .describe("GitHub organisation of the experiments repository. Required with `gate.platform: github`."),
  "azuredevops:orgServiceUrl": text(
    /^https:\/\/dev\.azure\.com\/[A-Za-z0-9][A-Za-z0-9-]*$/,
    "the address of an Azure DevOps organisation, https://dev.azure.com/<organisation>",
  )
    .optional()
    .describe(
      "Azure DevOps organisation of the experiments repository, `https://dev.azure.com/<organisation>`. Required with " +
        "`gate.platform: azureDevOps`.",
    ),
  "federated-mlops:workload": text(
    /^[a-z][a-z0-9]{0,15}$/,
    "1 to 16 lower-case letters and digits, starting with a letter",
  ).describe("Stem of every name."),
  "federated-mlops:resourceGroup": group
    .optional()
    .describe(
      "The environment's resource group: `{ create: <name> }`, or `{ join: <name> }` for one that exists. " +
        "Default: `{ create: rg-<workload>-<stack> }`.",
    ),
  "federated-mlops:silosGroup": group
    .optional()
    .describe(
      "The resource group of the silos' stores. Default: the other one's name with `-silos`, made or joined as it is.",
    ),
  "federated-mlops:generation": z
    .int({ error: "a whole number of at least 1" })
    .min(1, "a whole number of at least 1")
    .default(1)
    .describe("Raise it to come up again under new names while deleted resources still hold the old ones."),
  "federated-mlops:recover": z
    .boolean({ error: "true or false" })
    .default(false)
    .describe("Bring back the deleted key vault and the archived repository instead of making new ones."),
  "federated-mlops:users": z
    .array(user, { error: "a list of at least one group or user" })
    .min(1, "a list of at least one group or user")
    .describe("Who works here. In production they may read and never run."),
  "federated-mlops:adopt": adopt,
  "federated-mlops:logs": logs,
  "federated-mlops:orchestrator": orchestrator.describe(
    "The federation's centre: collects and aggregates what silos send.",
  ),
  "federated-mlops:silos": z
    .record(
      text(/^silo(0|[1-9]\d{0,2})$/, "silo and its slot number, such as silo0: the slot stays the silo's own for ever"),
      silo,
      { error: "a map from silo0, silo1, … to their settings" },
    )
    .describe("The data holders. The number is the silo's slot for ever: it enters names and address ranges."),
  "federated-mlops:handover": z
    .enum(["shared", "perSilo"], { error: '"shared" or "perSilo"' })
    .default("shared")
    .describe(
      "Where silos leave their models on the orchestrator's store: in one container, as the public FL examples need it, " +
        "or each in one of its own that no other silo reads.",
    ),
  "federated-mlops:imageBuilds": imageBuilds,
  "federated-mlops:pipelineRole": z
    .enum(["contributor", "submitter"], { error: '"contributor" or "submitter"' })
    .default("contributor")
    .describe(
      "What the pipeline is on the workspace: `contributor`, or `submitter`, a role of this program's own that submits " +
        "jobs and changes neither workspace nor computes nor datastores. To make it, the deployer needs " +
        "`Microsoft.Authorization/roleDefinitions/write` on the resource group.",
    ),
  "federated-mlops:alerts": z
    .strictObject(
      {
        emails: z
          .array(z.email({ error: "an e-mail address" }), { error: "a list of at least one e-mail address" })
          .min(1, "a list of at least one e-mail address")
          .describe("Who hears of role assignments, lifted policies and locks, and of costs."),
        monthlyBudget: z
          .number({ error: "an amount in the subscription's currency" })
          .positive("an amount in the subscription's currency, above 0")
          .optional()
          .describe(
            "Most that the environment should cost in a month, in the subscription's currency. None: not watched.",
          ),
        // A month, since Pulumi turns a whole date without quotes into a time of day.
        budgetFrom: text(/^\d{4}-(0[1-9]|1[0-2])$/, "a month, such as 2026-12")
          .default("2026-12")
          .describe("First month that the budget counts. A change replaces the budget."),
      },
      "an object with e-mail addresses",
    )
    .optional(),
  "federated-mlops:secrets": z
    .record(
      text(/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/, "upper-case letters, digits and underscores, not starting with GITHUB_"),
      z.string({ error: "an encrypted text" }),
    )
    .default({})
    .describe("Secrets of the deployment environment: names plain, values encrypted (`pulumi config set --secret`)."),
  "federated-mlops:tags": z
    .record(z.string(), z.string({ error: "a text" }))
    .default({})
    .describe("Tags of every Azure resource."),
};

const environmentMeaning =
  "`development` or `production`: fixes everything that decides how open the environment is, and no other setting opens it.";

const ingress = z
  .enum(["public", "private"], { error: '"public" or "private"' })
  .describe(
    "From where the workspace and its stores can be reached: everywhere with an Entra identity, or private networks alone.",
  );

const egressMeaning =
  "Where compute nodes can send to: `open` everywhere (development only), `serviceTags` Azure's services alone, " +
  "any storage account of the region among them, `approved` named targets alone (a managed network where all clusters " +
  "are in the workspace's region, else `network.firewall`).";

const cidr = text(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, "an address range such as 10.64.0.0/10");
const network = z
  .strictObject(
    {
      addressSpace: cidr
        .default(defaultAddressSpace)
        .describe("Range of all private networks. Each party gets a /22 of it that follows from its slot."),
      firewall: z
        .strictObject(
          {
            privateIp: text(/^(\d{1,3}\.){3}\d{1,3}$/, "an IPv4 address").describe("The firewall's private address."),
            network: networkId.describe("Id of the firewall's network; every compute network is peered with it."),
          },
          "the firewall's private address and network",
        )
        .optional(),
      dnsZones: text(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i, "the id of a resource group")
        .optional()
        .describe(
          "Id of the resource group that holds the private DNS zones already. Their owner links them to the networks. " +
            "Default: zones are made and linked.",
        ),
      readers: z
        .array(networkId, { error: "a list of network ids" })
        .default([])
        .describe("Networks from which people reach the studio, and self-hosted runners the workspace."),
    },
    "an object of network settings",
  )
  .optional();

/** The `config` of a stack file. */
export const stackSchema = z.discriminatedUnion(
  "federated-mlops:environment",
  [
    z.strictObject({
      "federated-mlops:environment": z.literal("production").describe(environmentMeaning),
      ...common,
      "federated-mlops:ingress": ingress.default("private"),
      "federated-mlops:egress": z
        .enum(["serviceTags", "approved"], { error: '"serviceTags" or "approved": production is never open' })
        .default("approved")
        .describe(egressMeaning),
      "federated-mlops:network": network,
      "federated-mlops:readers": z
        .enum(["codeAndResults", "metadataOnly"], { error: '"codeAndResults" or "metadataOnly"' })
        .default("codeAndResults")
        .describe("Whether people read code and results of runs on the workspace's default store, or metadata alone."),
      "federated-mlops:gate": ownedGate,
    }),
    z.strictObject({
      "federated-mlops:environment": z.literal("development").describe(environmentMeaning),
      ...common,
      "federated-mlops:ingress": ingress.default("public"),
      "federated-mlops:egress": z
        .enum(["open", "serviceTags", "approved"], { error: '"open", "serviceTags" or "approved"' })
        .default("open")
        .describe(egressMeaning),
      "federated-mlops:network": network,
      "federated-mlops:gate": joinedGate,
    }),
  ],
  { error: '"development" or "production"' },
);

export type StackConfig = z.infer<typeof stackSchema>;

export type PartyConfig = z.infer<typeof orchestrator>;
export type SiloConfig = z.infer<typeof silo>;

/** What the keys of this project's own settings start with; other settings are for the providers. */
export const namespace = "federated-mlops:";

/** Settings of other namespaces that the program cannot do without. */
export const providerSettings: readonly string[] = Object.keys(common).filter((key) => !key.startsWith(namespace));
