/** The example organisation's production as the audit sees it, with nothing open. Tests change it one thing at a time. */
import type { Permission } from "../../facts/actions";
import { issuer } from "../../facts/github";
import type { Assignment, Collaborator, Repository, ServicePrincipal, World } from "../../audit/model";

export const subscription = "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
export const group = `${subscription}/resourceGroups/rg-fl-prod`;
export const workspace = `${group}/providers/Microsoft.MachineLearningServices/workspaces/aml-fl-prod`;
export const store = `${group}/providers/Microsoft.Storage/storageAccounts/stfl2fvffws`;
export const siloStore = `${subscription}/resourceGroups/rg-fl-prod-silos/providers/Microsoft.Storage/storageAccounts/stfl2fvffsilo0`;
export const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/crfl2fvff`;
export const managementGroup = "/providers/Microsoft.Management/managementGroups/contoso";
export const state = `${subscription}/resourceGroups/rg-fl-operations/providers/Microsoft.Storage/storageAccounts/stflstate/blobServices/default/containers/prod`;

export const people = {
  amina: "1b6f3e0c-7f5d-4a52-8f0b-6a3f5f0c9d01",
  bjarne: "2c7a4f1d-8a6e-4b63-9a1c-7b4a6a1d0e02",
  emre: "5fad7c40-1d91-4e96-8d4f-0e7d9d403b05",
  freya: "60be8d51-2ea2-4fa7-9e50-1f8eae514c06",
};
export const scientists = "8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11";

/** Object ids of service principals. */
export const services = {
  pipeline: "a0000000-0000-4000-8000-000000000001",
  devPipeline: "a0000000-0000-4000-8000-000000000002",
  deployer: "a0000000-0000-4000-8000-000000000003",
  silo0: "a0000000-0000-4000-8000-000000000004",
};
export const identity = (name: string) =>
  `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-fl-prod-${name}`;

const authorization = "Microsoft.Authorization";
const ml = "Microsoft.MachineLearningServices/workspaces";
const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/** As Azure defines them. */
const definitions: Readonly<Record<string, Permission>> = {
  Owner: { actions: ["*"] },
  Contributor: {
    actions: ["*"],
    notActions: [`${authorization}/*/Delete`, `${authorization}/*/Write`, `${authorization}/elevateAccess/Action`],
  },
  Reader: { actions: ["*/read"] },
  "User Access Administrator": { actions: ["*/read", `${authorization}/*`] },
  "Role Based Access Control Administrator": {
    actions: [`${authorization}/roleAssignments/write`, `${authorization}/roleAssignments/delete`, "*/read"],
  },
  "AzureML Data Scientist": {
    actions: ["read", "action", "delete", "write"].map((verb) => `${ml}/*/${verb}`),
    notActions: [`${ml}/delete`, `${ml}/write`, `${ml}/computes/*/write`, `${ml}/listKeys/action`],
  },
  "AzureML Compute Operator": { actions: [`${ml}/computes/*`, `${ml}/notebooks/vm/*`] },
  "Managed Identity Operator": {
    actions: ["Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action"],
  },
  "Storage Account Key Operator Service Role": {
    actions: ["Microsoft.Storage/storageAccounts/listkeys/action"],
  },
  "Storage Blob Data Contributor": {
    dataActions: [`${blobs}/delete`, `${blobs}/read`, `${blobs}/write`, `${blobs}/move/action`, `${blobs}/add/action`],
  },
  "Storage Blob Data Reader": { dataActions: [`${blobs}/read`] },
  AcrPush: {
    actions: ["Microsoft.ContainerRegistry/registries/pull/read", "Microsoft.ContainerRegistry/registries/push/write"],
  },
  AcrPull: { actions: ["Microsoft.ContainerRegistry/registries/pull/read"] },
};

/** The id of a role, which is its name here. */
export const role = (name: string) => name.toLowerCase();

let count = 0;
/** A role assignment; its id says what it gives. */
export function assignment(principal: string, name: string, scope: string, more: Partial<Assignment> = {}): Assignment {
  const id = `${scope === "/" ? "" : scope}/providers/Microsoft.Authorization/roleAssignments/${++count}`;
  return { id, principal, role: role(name), scope, held: "always", ...more };
}

const service = (name: string, more: Partial<ServicePrincipal> = {}): ServicePrincipal => ({
  name,
  clientId: `client of ${name}`,
  kind: "application",
  tenant: "contoso",
  application: `application of ${name}`,
  secrets: [],
  trusts: [],
  owners: [],
  ...more,
});

export const trust = (id: string, subject: string, more: { issuer?: string; expression?: boolean } = {}) => ({
  id,
  name: id,
  issuer,
  subject,
  expression: false,
  ...more,
});

const review = { approvals: 2, dismissesStale: true, codeOwners: true, lastPush: true };

/** A repository with every rule that the program gives one. */
function repository(name: string, more: Pick<Repository, "purpose" | "subject" | "gates" | "people" | "environments">) {
  return {
    name,
    defaultBranch: "main",
    deployKeys: [],
    rulesets: [
      {
        id: "1",
        name: "federated-mlops main",
        source: "Repository",
        target: "branch",
        active: true,
        include: ["refs/heads/main", "~DEFAULT_BRANCH"],
        exclude: [],
        bypass: [],
        review: { ...review, unattributed: true },
        rules: ["creation", "deletion", "non_fast_forward", "pull_request"],
      },
    ],
    branches: [
      {
        name: "main",
        protection: { review, admins: true, forcePushes: false, deletions: false, bypassers: [] },
        codeOwnerErrors: [],
        owners: ["@contoso-fl/fl-maintainers"],
      },
    ],
    actions: { allowed: "selected" as const, pinned: true, tokenWrites: false, approves: false },
    runners: [],
    ...more,
  } satisfies Repository;
}

const closed = {
  lets: [{ kind: "branch" as const, pattern: "main" }],
  reviewers: ["fl-release"],
  selfReview: false,
  adminsBypass: false,
  variables: {},
  secrets: [],
};
const writer = (login: string, team: string): Collaborator => ({ login, role: "write", by: { team }, more: [] });

export const experiments = "repo:contoso-fl@148213907/fl-experiments@700000001";
export const infrastructure = "repo:contoso-fl@148213907/federated-mlops@700000002";

/** Production with nothing open but what is accepted: owners of the organisation. */
export function cleanWorld(): World {
  return {
    stack: "prod",
    at: "2026-11-25T08:00:00Z",
    production: {
      workspace: { id: workspace },
      pipeline: services.pipeline,
      stores: [{ id: store, sharedKey: false, credentials: [] }],
      registry: { id: registry, adminUser: false },
      computes: [
        { id: `${workspace}/computes/orchestrator-cpu`, kind: "AmlCompute", localAuth: false },
        { id: `${workspace}/computes/silo0-cpu`, kind: "AmlCompute", localAuth: false },
      ],
      jobs: [{ id: `${workspace}/jobs/brave_fish`, by: services.pipeline, commit: "c1", reviewed: true }],
      schedules: [],
      state: { id: state },
    },
    azure: {
      roles: Object.fromEntries(
        Object.entries(definitions).map(([name, permission]) => [
          role(name),
          { name, custom: false, assignableScopes: ["/"], permissions: [permission] },
        ]),
      ),
      above: { "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10": [managementGroup] },
      identities: [
        {
          id: identity("silo0"),
          principal: services.silo0,
          trusts: [],
          attached: [`${workspace}/computes/silo0-cpu`],
        },
        {
          id: `${subscription}/resourceGroups/rg-fl-operations/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-fl-deploy-prod`,
          principal: services.deployer,
          trusts: [trust("github-infra-prod", `${infrastructure}:environment:infra-prod`)],
          attached: [],
        },
      ],
      assignments: [
        assignment(scientists, "Reader", workspace),
        assignment(scientists, "Storage Blob Data Reader", store),
        assignment(services.pipeline, "Contributor", workspace),
        assignment(services.pipeline, "Storage Blob Data Contributor", store),
        assignment(services.silo0, "Storage Blob Data Contributor", store),
        assignment(services.silo0, "Storage Blob Data Contributor", siloStore),
        assignment(services.silo0, "AcrPull", registry),
        assignment(services.deployer, "Contributor", group),
        assignment(services.deployer, "Role Based Access Control Administrator", group),
        assignment(services.deployer, "Storage Blob Data Contributor", state),
      ],
    },
    directory: {
      tenant: "contoso",
      people: Object.fromEntries(Object.entries(people).map(([name, id]) => [id, name])),
      groups: {
        [scientists]: {
          name: "fl-data-scientists",
          members: Object.values(people),
          owners: [people.freya],
          privileged: false,
        },
      },
      principals: {
        [services.pipeline]: service("fl-prod-pipeline", {
          trusts: [trust("github-prod", `${experiments}:environment:prod`)],
          owners: [{ id: services.deployer, of: "application" }],
        }),
        [services.devPipeline]: service("fl-dev-pipeline", {
          trusts: [trust("github-dev", `${experiments}:environment:dev`)],
        }),
        [services.silo0]: service("id-fl-prod-silo0", { kind: "managedIdentity", application: undefined }),
        [services.deployer]: service("id-fl-deploy-prod", { kind: "managedIdentity", application: undefined }),
      },
      roles: [],
      permissions: [],
    },
    github: {
      organisation: { login: "contoso-fl", owners: ["freya"], apps: [] },
      repositories: [
        repository("contoso-fl/fl-experiments", {
          purpose: "experiments",
          subject: experiments,
          gates: ["prod"],
          people: [
            { login: "freya", role: "admin", by: "owner", more: [] },
            writer("amina", "fl-maintainers"),
            writer("bjarne", "fl-maintainers"),
            writer("emre", "fl-data-scientists"),
          ],
          environments: [
            { ...closed, name: "prod" },
            { ...closed, name: "dev", lets: "any", reviewers: [], adminsBypass: true },
          ],
        }),
        repository("contoso-fl/federated-mlops", {
          purpose: "infrastructure",
          subject: infrastructure,
          gates: ["infra-prod"],
          people: [{ login: "freya", role: "admin", by: "owner", more: [] }, writer("bjarne", "fl-platform")],
          environments: [{ ...closed, name: "infra-prod" }],
        }),
      ],
    },
    unknown: [],
  };
}

/** The one thing that the clean world leaves open. */
export const owners = {
  who: "owners of contoso-fl",
  through: "owner of the organisation contoso-fl",
  people: ["freya"],
  reason: "somebody has to administer the organisation",
  owner: "freya@contoso.example",
  expires: "2027-06-30",
};

/** Everything in it may be changed. */
export type Draft<T> = T extends (...args: never) => unknown ? T : { -readonly [Key in keyof T]: Draft<T[Key]> };

/** The clean world, changed. */
export function changed(edit: (world: Draft<World>) => void): World {
  const world = structuredClone(cleanWorld()) as Draft<World>;
  edit(world);
  return world;
}
