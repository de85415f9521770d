/** What exists in the clouds and who may do what, for people. */
import { principals } from "./clouds/azure/access";
import { assignment } from "./clouds/azure/arm";
import type { Bag } from "./clouds/behaviour";
import { application, federatedCredential } from "./clouds/entra";
import { collaborators, deploymentPolicy, environment, repository, ruleset } from "./clouds/github/repository";
import { roleName } from "./clouds/roles";
import { LocalCloud } from "./localCloud";
import type { Row, Store } from "./store";

const resourceGroup = "azure-native:resources:ResourceGroup";

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
    ...rights(
      cloud,
      rows.filter(({ type }) => type === assignment),
    ),
    "",
  ];
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
      const role = roleName(String(inputs["roleDefinitionId"])) ?? "an unknown role";
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

function last(id: string): string {
  return id.split("/").at(-1) ?? id;
}
