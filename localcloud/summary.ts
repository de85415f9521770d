/** What exists in the clouds and who may do what, for people. */
import { principals, roleCalled } from "./clouds/azure/access";
import { assignment, compute, last } from "./clouds/azure/arm";
import { lock, policyAssignment, type PolicyInputs } from "./clouds/azure/guardrails";
import {
  connectionsOf,
  opensInternet,
  privateEndpoint,
  subnet,
  type SubnetInputs,
  wayOut,
  zoneGroup,
  type ZoneGroupInputs,
} from "./clouds/azure/network";
import { isolated, type WorkspaceInputs } from "./clouds/azure/workspace";
import type { Bag } from "./clouds/behaviour";
import { application, federatedCredential } from "./clouds/entra";
import { collaborators, deploymentPolicy, environment, repository, ruleset } from "./clouds/github/repository";
import { LocalCloud } from "./localCloud";
import type { Row, Store } from "./store";

const resourceGroup = "azure-native:resources:ResourceGroup";
const workspace = "azure-native:machinelearningservices:Workspace";

/** Kinds as people say them, one and several. */
const kinds: Readonly<Record<string, readonly [string, string]>> = {
  "machinelearningservices:Workspace": ["Azure ML workspace", "Azure ML workspaces"],
  "machinelearningservices:Compute": ["compute cluster", "compute clusters"],
  "machinelearningservices:Datastore": ["datastore", "datastores"],
  "storage:StorageAccount": ["store", "stores"],
  "storage:BlobContainer": ["container", "containers"],
  "keyvault:Vault": ["key vault", "key vaults"],
  "containerregistry:Registry": ["registry", "registries"],
  "managedidentity:UserAssignedIdentity": ["identity", "identities"],
  "operationalinsights:Workspace": ["log workspace", "log workspaces"],
  "applicationinsights:Component": ["Application Insights", "Application Insights"],
  "network:VirtualNetwork": ["network", "networks"],
  "network:PrivateEndpoint": ["private endpoint", "private endpoints"],
  "privatedns:PrivateZone": ["DNS zone", "DNS zones"],
};

export function summary(store: Store): string {
  const cloud = new LocalCloud(store);
  const azureLines = subscriptions(cloud).flatMap((subscription) => azure(cloud, subscription));
  return [...azureLines, ...github(cloud), ...entra(cloud)].join("\n");
}

function subscriptions(cloud: LocalCloud): string[] {
  return [...new Set(cloud.all(resourceGroup).map(({ id }) => id.split("/")[2] ?? ""))];
}

function azure(cloud: LocalCloud, subscription: string): string[] {
  const rows = cloud.store
    .rows()
    .filter(({ id, state }) => state !== "soft" && id.startsWith(`/subscriptions/${subscription}/`));
  const groups = rows.filter(({ type }) => type === resourceGroup);
  const inside = (group: Row) => rows.filter(({ id }) => id.toLowerCase().startsWith(`${group.id}/`.toLowerCase()));
  return [
    `Azure subscription ${subscription}`,
    ...groups.map((group) => `  ${last(group.id)}: ${counted(inside(group))}`),
    ...networks(cloud, rows),
    ...rights(
      cloud,
      rows.filter(({ type }) => type === assignment),
    ),
    "",
  ];
}

/** How open an environment is: its ways in, the ways out of its subnets, and what guards it. */
function networks(cloud: LocalCloud, rows: readonly Row[]): string[] {
  const of = (type: string) => rows.filter((row) => row.type === type);
  const denies = of(policyAssignment).filter(
    ({ inputs }) => (inputs as PolicyInputs).parameters?.effect?.value?.toLowerCase() === "deny",
  );
  const guards = [
    `private endpoints: ${of(privateEndpoint).length}`,
    `locks: ${of(lock).length}`,
    `policies: ${of(policyAssignment).length}, of which ${denies.length} deny`,
  ].join("; ");
  return [
    ...of(workspace).map(({ id, inputs }) => {
      const { publicNetworkAccess, managedNetwork } = inputs as WorkspaceInputs & { publicNetworkAccess?: string };
      const ingress = publicNetworkAccess === "Disabled" ? "private ingress" : "public ingress";
      const mode = managedNetwork?.isolationMode ?? "Disabled";
      return `    ${last(id)}: ${[ingress, ...(mode === "Disabled" ? [] : [`managed network ${mode}`]), guards].join("; ")}`;
    }),
    ...of(subnet).map(
      ({ id, inputs }) =>
        `      ${id.split("/").slice(-3).join("/").replace("/subnets/", "/")}: ${open(inputs, cloud)}`,
    ),
    ...of(compute)
      .filter(({ inputs }) => isolated(inputs, (id) => wayOut(cloud.find(id)?.inputs ?? {}, cloud)))
      .map(({ id }) => `      ${last(id)} has no way out: it never gets a node`),
    ...overwritten(of(zoneGroup), cloud),
  ];
}

function open(inputs: Bag, cloud: LocalCloud): string {
  const { networkSecurityGroup: security } = inputs as SubnetInputs;
  const group = security?.id === undefined ? undefined : cloud.find(security.id);
  const filter =
    group === undefined
      ? "no security group"
      : `${last(group.id)} ${opensInternet(group.inputs) ? "lets out to the Internet" : "denies the Internet"}`;
  return `${filter}; ${wayOut(inputs, cloud) ?? "no way out"}`;
}

/** Endpoints of one target write the same name into a zone that they share, and the last one stands. */
function overwritten(groups: readonly Row[], cloud: LocalCloud): string[] {
  const writers = new Map<string, number>();
  for (const { id, inputs } of groups) {
    const endpoint = cloud.find(id.split("/privateDnsZoneGroups/")[0] ?? "");
    for (const { privateLinkServiceId = "", groupIds = [] } of connectionsOf(endpoint?.inputs ?? {})) {
      for (const { privateDnsZoneId = "" } of (inputs as ZoneGroupInputs).privateDnsZoneConfigs ?? []) {
        const name = `${last(privateLinkServiceId)} (${groupIds.join(", ")}) in ${last(privateDnsZoneId)}`;
        const key = `${privateDnsZoneId} ${privateLinkServiceId}`.toLowerCase() + ` ${name}`;
        writers.set(key, (writers.get(key) ?? 0) + 1);
      }
    }
  }
  return [...writers]
    .filter(([, count]) => count > 1)
    .map(
      ([key, count]) =>
        `      ${count} endpoints write the name of ${key.split(" ").slice(2).join(" ")}: the last one stands`,
    );
}

/** Who may do what, people first: `fl-data-scientists: Reader on aml-fl-prod`. */
function rights(cloud: LocalCloud, assignments: readonly Row[]): string[] {
  const everybody = principals(cloud).sort((a, b) => a.name.localeCompare(b.name));
  const inOrder = [
    ...everybody.filter(({ kind }) => kind !== "ServicePrincipal"),
    ...everybody.filter(({ kind }) => kind === "ServicePrincipal"),
  ];
  return inOrder.flatMap(({ objectId, name }) => {
    const scopes = new Map<string, string[]>();
    for (const { inputs } of assignments.filter((row) => row.inputs["principalId"] === objectId)) {
      const role = roleCalled(inputs["roleDefinitionId"], cloud) ?? "an unknown role";
      scopes.set(role, [...(scopes.get(role) ?? []), place(String(inputs["scope"]))]);
    }
    const lines = [...scopes].map(([role, on]) => `      ${role} on ${on.sort().join(", ")}`).sort();
    return lines.length === 0 ? [] : [`    ${name}`, ...lines];
  });
}

/** What a scope is called: the end of its id, and for a container its store too. */
function place(scope: string): string {
  return /storageAccounts\/([^/]+)\/.*\/containers\/(.+)$/.exec(scope)?.slice(1).join("/") ?? last(scope);
}

function github(cloud: LocalCloud): string[] {
  return cloud.all(repository).flatMap((repo) => {
    const here = (type: string) => cloud.all(type).filter(({ inputs }) => inputs["repository"] === repo.id);
    const { visibility = "public" } = repo.inputs;
    return [
      `GitHub ${String(repo.outputs["fullName"])} (${repo.state === "archived" ? "archived" : String(visibility)})`,
      ...here(collaborators).map(({ inputs }) => {
        const teams = (inputs["teams"] as { teamId: string; permission?: string }[] | undefined) ?? [];
        return `  teams: ${teams.map(({ teamId, permission }) => `${teamId} (${permission ?? "push"})`).join(", ")}`;
      }),
      ...here(ruleset).map(rules),
      ...here(environment).map((row) => gate(row, cloud, here(deploymentPolicy))),
    ];
  });
}

function rules({ inputs }: Row): string {
  const { name, enforcement, conditions, rules, bypassActors } = inputs as {
    name: string;
    enforcement: string;
    conditions?: { refName?: { includes?: string[] } };
    rules: { pullRequest?: { requiredApprovingReviewCount?: number; requireCodeOwnerReview?: boolean } } & Bag;
    bypassActors?: unknown[];
  };
  const review = rules.pullRequest;
  const words = [
    ...(review === undefined ? [] : [`a pull request with ${review.requiredApprovingReviewCount ?? 0} approvals`]),
    ...(review?.requireCodeOwnerReview === true ? ["code owners approve"] : []),
    (bypassActors ?? []).length === 0 ? "nobody bypasses" : `${bypassActors?.length} may bypass`,
  ];
  const refs = conditions?.refName?.includes?.map((ref) => ref.replace("refs/heads/", "")) ?? [];
  return `  rules "${name}" (${enforcement}) on ${refs.join(", ")}: ${words.join("; ")}`;
}

function gate({ inputs }: Row, cloud: LocalCloud, policies: readonly Row[]): string {
  const name = String(inputs["environment"]);
  const policy = inputs["deploymentBranchPolicy"] as { customBranchPolicies: boolean } | undefined;
  const patterns = policies
    .filter((row) => row.inputs["environment"] === name)
    .map((row) => String(row.inputs["branchPattern"] ?? row.inputs["tagPattern"]));
  const branches =
    policy === undefined
      ? "every branch"
      : policy.customBranchPolicies
        ? patterns.join(", ") || "no branch"
        : "protected branches";
  const teams = ((inputs["reviewers"] as { teams?: number[] }[] | undefined) ?? []).flatMap(({ teams = [] }) => teams);
  const reviewers = teams.map((id) => cloud.organisation.github.teams.find((team) => team.id === id)?.slug ?? id);
  return [
    `  environment ${name}: deploys from ${branches}`,
    reviewers.length > 0 ? `approved by ${reviewers.join(", ")}` : "no approval",
    ...(inputs["preventSelfReview"] === true ? ["not by who started it"] : []),
    ...(inputs["canAdminsBypass"] === false ? ["administrators cannot bypass"] : []),
  ].join("; ");
}

function entra(cloud: LocalCloud): string[] {
  return cloud.all(application).flatMap(({ id, inputs }) => {
    const credentials = cloud.all(federatedCredential).filter((row) => row.inputs["applicationId"] === id);
    return [
      `Entra application ${String(inputs["displayName"])}`,
      ...(credentials.length === 0
        ? ["  nobody can become it"]
        : credentials.map((row) => `  trusts ${String(row.inputs["subject"])}`)),
    ];
  });
}

function counted(rows: readonly Row[]): string {
  return Object.entries(kinds)
    .flatMap(([kind, [one, several]]) => {
      const found = rows.filter(({ type }) => type === `azure-native:${kind}`);
      if (found.length > 1) return [`${found.length} ${several}`];
      return found.map(({ id }) => `${one} ${last(id)}`);
    })
    .join(", ");
}
