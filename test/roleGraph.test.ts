/** Who may do what in each committed stack, written out: one assignment more or less is a decision, not an update. */
import { expect, it } from "vitest";

import { roles } from "../facts/roles";
import { created, urns } from "./support/mocks";
import { examples, runExample } from "./support/program";

type Graph = Readonly<Record<string, readonly string[]>>;

/** By principal, the roles that it has and on what; the five characters that tell global names apart left out. */
const graphs: Readonly<Record<keyof typeof examples, Graph>> = {
  prod: {
    "fl-data-scientists": [
      "Reader @ aml-fl-prod",
      "Storage Blob Data Reader @ stfl-ws",
      "Storage File Data Privileged Reader @ stfl-ws",
    ],
    workspace: [
      "Contributor @ aml-fl-prod",
      "Contributor @ appi-fl-prod",
      "Contributor @ crfl",
      "Contributor @ kv-fl",
      "Contributor @ stfl-ws",
      "Key Vault Administrator @ kv-fl",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    orchestrator: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod",
      "Storage Blob Data Contributor @ stfl-orch",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    pipeline: [
      "Contributor @ aml-fl-prod",
      "Storage Blob Data Contributor @ stfl-ws",
      "Storage File Data Privileged Contributor @ stfl-ws",
    ],
    silo0: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo0",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    silo1: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo1",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    silo2: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo2",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
  },
  "prod-azuredevops": {
    "fl-data-scientists": [
      "Reader @ aml-fl-prod-azuredevops",
      "Storage Blob Data Reader @ stfl-ws",
      "Storage File Data Privileged Reader @ stfl-ws",
    ],
    workspace: [
      "Azure AI Enterprise Network Connection Approver @ crfl",
      "Azure AI Enterprise Network Connection Approver @ kv-fl",
      "Azure AI Enterprise Network Connection Approver @ stfl-orch",
      "Azure AI Enterprise Network Connection Approver @ stfl-silo0",
      "Azure AI Enterprise Network Connection Approver @ stfl-silo1",
      "Azure AI Enterprise Network Connection Approver @ stfl-ws",
      "Contributor @ aml-fl-prod-azuredevops",
      "Contributor @ appi-fl-prod-azuredevops",
      "Contributor @ crfl",
      "Contributor @ kv-fl",
      "Contributor @ stfl-ws",
      "Key Vault Administrator @ kv-fl",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    orchestrator: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod-azuredevops",
      "Storage Blob Data Contributor @ stfl-orch",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    pipeline: [
      "Contributor @ aml-fl-prod-azuredevops",
      "Storage Blob Data Contributor @ stfl-ws",
      "Storage File Data Privileged Contributor @ stfl-ws",
    ],
    silo0: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod-azuredevops",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo0",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    silo1: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod-azuredevops",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo1",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
  },
  dev: {
    "fl-data-scientists": [
      "AzureML Compute Operator @ aml-fl-dev",
      "AzureML Data Scientist @ aml-fl-dev",
      "Storage Blob Data Contributor @ stfl-orch",
      "Storage Blob Data Contributor @ stfl-silo0",
      "Storage Blob Data Contributor @ stfl-silo1",
      "Storage Blob Data Contributor @ stfl-silo2",
      "Storage Blob Data Contributor @ stfl-ws",
      "Storage File Data Privileged Contributor @ stfl-ws",
    ],
    workspace: [
      "Contributor @ aml-fl-dev",
      "Contributor @ appi-fl-dev",
      "Contributor @ crfl",
      "Contributor @ kv-fl",
      "Contributor @ stfl-ws",
      "Key Vault Administrator @ kv-fl",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    orchestrator: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-dev",
      "Storage Blob Data Contributor @ stfl-orch",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    pipeline: [
      "Contributor @ aml-fl-dev",
      "Storage Blob Data Contributor @ stfl-ws",
      "Storage File Data Privileged Contributor @ stfl-ws",
    ],
    silo0: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-dev",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo0",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    silo1: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-dev",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo1",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    silo2: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-dev",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo2",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
  },
  "single-region": {
    "fl-data-scientists": [
      "Reader @ aml-fl-prod",
      "Storage Blob Data Reader @ stfl-ws",
      "Storage File Data Privileged Reader @ stfl-ws",
    ],
    workspace: [
      "Azure AI Enterprise Network Connection Approver @ crfl",
      "Azure AI Enterprise Network Connection Approver @ kv-fl",
      "Azure AI Enterprise Network Connection Approver @ stfl-orch",
      "Azure AI Enterprise Network Connection Approver @ stfl-silo0",
      "Azure AI Enterprise Network Connection Approver @ stfl-silo1",
      "Azure AI Enterprise Network Connection Approver @ stfl-silo2",
      "Azure AI Enterprise Network Connection Approver @ stfl-ws",
      "Contributor @ aml-fl-prod",
      "Contributor @ appi-fl-prod",
      "Contributor @ crfl",
      "Contributor @ kv-fl",
      "Contributor @ stfl-ws",
      "Key Vault Administrator @ kv-fl",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    orchestrator: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod",
      "Storage Blob Data Contributor @ stfl-orch",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    pipeline: [
      "Contributor @ aml-fl-prod",
      "Storage Blob Data Contributor @ stfl-ws",
      "Storage File Data Privileged Contributor @ stfl-ws",
    ],
    silo0: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo0",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    silo1: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo1",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
    silo2: [
      "AcrPull @ crfl",
      "Monitoring Metrics Publisher @ appi-fl-prod",
      "Storage Blob Data Contributor @ stfl-orch/private",
      "Storage Blob Data Contributor @ stfl-silo2",
      "Storage Blob Data Contributor @ stfl-ws",
    ],
  },
  "adopted-workspace": {
    "fl-data-scientists": [
      "Reader @ aml-legacy",
      "Storage Blob Data Reader @ stlegacy4711",
      "Storage File Data Privileged Reader @ stlegacy4711",
    ],
    workspace: [
      "Contributor @ aml-legacy",
      "Contributor @ appi-legacy",
      "Contributor @ crlegacy4711",
      "Contributor @ kv-legacy-4711",
      "Contributor @ stlegacy4711",
      "Key Vault Administrator @ kv-legacy-4711",
      "Storage Blob Data Contributor @ stlegacy4711",
    ],
    "image-builder": ["AcrPush @ crlegacy4711", "Storage Blob Data Contributor @ stlegacy4711"],
    orchestrator: [
      "AcrPull @ crlegacy4711",
      "Monitoring Metrics Publisher @ appi-legacy",
      "Storage Blob Data Contributor @ stfl-orch",
      "Storage Blob Data Contributor @ stlegacy4711",
    ],
    pipeline: [
      "Storage Blob Data Contributor @ stlegacy4711",
      "Storage File Data Privileged Contributor @ stlegacy4711",
      "submitter @ aml-legacy",
    ],
    silo0: [
      "AcrPull @ crlegacy4711",
      "Monitoring Metrics Publisher @ appi-legacy",
      "Storage Blob Data Contributor @ stfl-orch/handover-silo0",
      "Storage Blob Data Contributor @ sthospital/images",
      "Storage Blob Data Contributor @ stlegacy4711",
    ],
    silo1: [
      "AcrPull @ crlegacy4711",
      "Monitoring Metrics Publisher @ appi-legacy",
      "Storage Blob Data Contributor @ stfl-orch/handover-silo1",
      "Storage Blob Data Contributor @ stfl-silo1",
      "Storage Blob Data Contributor @ stlegacy4711",
    ],
  },
};

const people: Readonly<Record<string, string>> = {
  "8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11": "fl-data-scientists",
  "associated-identity-principal": "workspace",
  "pipeline-principal-object": "pipeline",
};

/** The graph of what was registered. */
function registeredGraph(): Graph {
  const roleNames = new Map<string | undefined, string>(Object.entries(roles).map(([role, guid]) => [guid, role]));
  const own = created.find(({ type }) => type === "azure-native:authorization:RoleDefinition");
  if (own !== undefined) roleNames.set(String(own.inputs.roleDefinitionId), "submitter");
  const graph: Record<string, string[]> = {};
  for (const { type, inputs } of created) {
    if (type !== "azure-native:authorization:RoleAssignment") continue;
    const id = String(inputs.principalId);
    const who = people[id] ?? id.replace(/^federation-/, "").replace(/-identity-principal$/, "");
    const role = roleNames.get(String(inputs.roleDefinitionId).split("/").at(-1)) ?? "a role that nobody knows";
    const place = String(inputs.scope)
      .split("/")
      .slice(8)
      .join("/")
      .replace("/blobServices/default/containers", "")
      .replace(/fl-?(2fvff|8vhig|lv4ef)-?(?=\w)/, "fl-")
      .replace(/fl-?(2fvff|8vhig|lv4ef)$/, "fl");
    (graph[who] ??= []).push(`${role} @ ${place}`);
  }
  return Object.fromEntries(Object.entries(graph).map(([who, rights]) => [who, rights.sort()]));
}

for (const example of Object.keys(examples) as (keyof typeof examples)[]) {
  it(`people and machines in ${example} have exactly these roles`, async () => {
    await runExample(example);
    await urns();
    expect(registeredGraph()).toEqual(graphs[example]);
  });
}
