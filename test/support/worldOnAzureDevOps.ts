/** The same production with its gate on Azure DevOps, with nothing open but what is accepted: who administers it. */
import type {
  Access,
  AccessEntry,
  AzureDevOps,
  BranchPolicy,
  Checks,
  GitRepository,
  ProtectedResource,
  World,
} from "../../audit/model";
import { changed, type Draft, people, scientists, services, trust } from "./world";

export const projectId = "a68b177d-e5ec-4dec-8fed-a4b6d48ac643";
export const release = "b2c93e61-85d8-4e96-8a3d-3f408e61ad44";
const ids = { experiments: "11111111-0000-4000-8000-000000000001", templates: "11111111-0000-4000-8000-000000000002" };
export const issuer = "https://login.microsoftonline.com/contoso/v2.0";
const url = "https://dev.azure.com/contoso-fl";

const allow = (subject: string, ...permissions: string[]): AccessEntry => ({ subject, allow: permissions, deny: [] });
const deny = (subject: string, ...permissions: string[]): AccessEntry => ({ subject, allow: [], deny: permissions });
const over = ["PolicyExempt", "PullRequestBypassPolicy", "EditPolicies", "ManagePermissions"];
const write = ["GenericContribute", "PullRequestContribute"];

/** Lists of a repository, or of a branch of it. */
function gitAccess(repository: string, branch?: string): Access {
  const own = `repoV2/${projectId}/${repository}`;
  return [
    ...(branch === undefined ? [] : [{ token: `${own}/refs/heads/${branch}`, entries: [] }]),
    {
      token: own,
      entries: [
        { ...allow("vssgp.writers", ...write), deny: over },
        deny("vssgp.contributors", ...over),
        deny("vssgp.builders", ...over),
        deny("vssgp.jobs", ...over, ...write),
        deny("vssgp.administrators", "PolicyExempt", "PullRequestBypassPolicy"),
      ],
    },
    {
      token: `repoV2/${projectId}`,
      entries: [
        allow("vssgp.contributors", ...write),
        allow("vssgp.builders", ...write),
        allow("vssgp.administrators", ...write, "EditPolicies", "ManagePermissions"),
        allow("vssgp.collection", ...write, "EditPolicies", "ManagePermissions"),
      ],
    },
  ];
}

const access = (token: string, permissions: readonly string[], more: readonly AccessEntry[] = []): Access => [
  { token: `${token}/1`, entries: more },
  {
    token,
    entries: ["builders", "administrators", "collection"].map((group) => allow(`vssgp.${group}`, ...permissions)),
  },
];
const denied = (...permissions: string[]) => [
  deny("vssgp.contributors", ...permissions),
  deny("vssgp.builders", ...permissions),
];

const policy = (repository: string, kind: BranchPolicy["kind"]): BranchPolicy => ({
  ...{ id: `${kind} of ${repository}`, kind, inForce: true, approvals: kind === "reviewers" ? 2 : 1 },
  scopes: [{ repository, ref: "refs/heads/main", match: "Exact" }],
  ...{ authorCounts: false, lastPusherCounts: false, resets: true, partial: false },
});

const repository = (purpose: GitRepository["purpose"], name: string): GitRepository => ({
  ...{ id: ids[purpose], name, purpose, defaultBranch: "main", access: gitAccess(ids[purpose]) },
  branches: [{ name: "main", access: gitAccess(ids[purpose], "main") }],
});

const checks = (approved: boolean): Checks => ({
  branches: [{ id: "1", allowed: ["refs/heads/main"], verifies: true, ignoresUnknown: false }],
  approvals: approved ? [{ id: "2", approvers: 1, selfReview: false }] : [],
  templates: [[{ repository: "contoso-fl/fl-experiments-pipelines", ref: "refs/heads/main", path: "submit.yml" }]],
});
const used = (kind: ProtectedResource["kind"], name: string, own: Access): ProtectedResource => ({
  ...{ kind, id: "1", name, pipelines: ["17"], checks: checks(kind !== "queue"), access: own },
});

function azureDevOps(): AzureDevOps {
  const project = { name: "contoso-fl", id: projectId, visibility: "private" as const };
  const administer = ["Use", "Administer"];
  return {
    organisation: "contoso-fl",
    url,
    decorators: [],
    subjects: {
      "vssgp.writers": { name: "fl-experiments writers", kind: "group", members: ["aadgp.scientists"] },
      "vssgp.contributors": { name: "Contributors", kind: "group", members: [] },
      "vssgp.builders": { name: "Build Administrators", kind: "group", members: [] },
      "vssgp.jobs": { name: "fl-experiments jobs", kind: "group", members: ["svc.project"] },
      "vssgp.administrators": { name: "Project Administrators", kind: "group", members: [], administers: "project" },
      "vssgp.collection": {
        ...{ name: "Project Collection Administrators", kind: "group", members: ["aad.freya"] },
        administers: "organisation",
      },
      "aadgp.scientists": { name: "fl-data-scientists", kind: "entra", objectId: scientists },
      "aadgp.release": { name: "fl-release", kind: "entra", objectId: release },
      "aad.freya": { name: "freya", kind: "entra", objectId: people.freya },
      "aad.emre": { name: "emre", kind: "entra", objectId: people.emre },
      "svc.project": { name: "contoso-fl Build Service (contoso-fl)", kind: "jobs" },
    },
    project: {
      ...project,
      repositories: [repository("experiments", "fl-experiments"), repository("templates", "fl-experiments-pipelines")],
      policies: Object.values(ids).flatMap((id) => [
        policy(id, "reviewers"),
        policy(id, "owners"),
        policy(id, "other"),
      ]),
      pipelines: [
        {
          ...{ id: "17", name: "fl-experiments-submit", yaml: "azure-pipelines.yml", repository: ids.experiments },
          settable: [],
          access: access(projectId, ["EditBuildDefinition"], denied("EditBuildDefinition")),
        },
        {
          ...{ id: "18", name: "helper", yaml: "helper.yml", repository: ids.experiments, settable: [], access: [] },
        },
      ],
      gate: {
        ...used(
          "endpoint",
          "federated-mlops-prod",
          access(`endpoints/${projectId}`, administer, denied(...administer)),
        ),
        ...{ kind: "endpoint", issuer, subject: "/eid1/prod", sharedWith: [] },
      },
      connections: [{ id: "9", name: "second", issuer, subject: "/eid1/second" }],
      uses: [
        used("environment", "prod", access(`Environments/${projectId}`, ["View"])),
        used(
          "variablegroup",
          "federated-mlops-prod",
          access(`Library/${projectId}`, administer, denied(...administer)),
        ),
        used("queue", "fl-private", access(`AgentQueues/${projectId}`, ["Manage"])),
      ],
      settings: { settableLimited: true, classicOff: true, jobsScoped: true },
    },
  };
}

/** Production with nothing open but what is accepted, changed. */
export function changedOnAzureDevOps(edit: (world: Draft<World>) => void = () => undefined): World {
  return changed((world) => {
    world.azureDevOps = azureDevOps() as Draft<AzureDevOps>;
    delete world.github;
    // Whoever deploys is another story.
    world.azure.identities.pop();
    world.azure.assignments = world.azure.assignments.filter(({ principal }) => principal !== services.deployer);
    world.directory.groups[release] = {
      ...{ name: "fl-release", members: [people.emre], owners: [], privileged: false },
    };
    const pipeline = world.directory.principals[services.pipeline]!;
    pipeline.owners = [];
    pipeline.trusts = [trust("azure-devops-prod", "/eid1/prod", { issuer })];
    edit(world);
  });
}

/** The one thing that the clean world leaves open. */
export const administrators = {
  who: "freya",
  through: "Project Collection Administrators of contoso-fl",
  people: [],
  reason: "somebody has to administer the organisation",
  owner: "freya@contoso.example",
  expires: "2027-06-30",
};
