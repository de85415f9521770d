/** Each way into production that somebody may open on Azure DevOps, and the promise that it breaks. */
import { judge, type Judged } from "../../audit/judge";
import type { AzureDevOps, Project, ProtectedResource, World } from "../../audit/model";
import type { Draft } from "./world";
import type { Edit, Opened } from "./opened";
import { administrators, changedOnAzureDevOps, issuer } from "./worldOnAzureDevOps";
import { assignment, services, trust, workspace } from "./world";

type Part<T> = (what: Draft<T>) => void;

export const onDevOps =
  (edit: Part<AzureDevOps>): Edit =>
  (world) => {
    edit(world.azureDevOps!);
  };
export const onProject = (edit: Part<Project>): Edit => onDevOps(({ project }) => edit(project));
const onPolicy = (kind: string, edit: Part<Project["policies"][number]>): Edit =>
  onProject(({ policies }) => edit(policies.find((one) => one.kind === kind)!));
const onGate = (edit: Part<NonNullable<Project["gate"]>>): Edit => onProject(({ gate }) => edit(gate!));
const onUsed = (kind: ProtectedResource["kind"], edit: Part<ProtectedResource>): Edit =>
  onProject(({ uses }) => edit(uses.find((one) => one.kind === kind)!));

/** Allows it on `main` of the experiments itself. */
export const allowOnMain = (subject: string, ...allow: string[]): Edit =>
  onProject(({ repositories }) => {
    repositories[0]!.branches[0]!.access[0]!.entries.push({ subject, allow, deny: [] });
  });
const join = (group: string, member: string): Edit =>
  onDevOps(({ subjects }) => {
    subjects[group]!.members!.push(member);
  });

export const writers = "whoever writes to contoso-fl/fl-experiments";
const makers = "whoever makes a pipeline in contoso-fl";
const up = "pulumi up --refresh --stack prod";
const reset = "az devops security permission reset --namespace-id";
const leave = "az devops security group membership remove --group-id";

const opens = (
  threat: Opened["threat"],
  control: Opened["control"],
  who: string,
  close: string,
  edit: Edit,
): Opened => ({ edit, who, threat, control, close });

export const openedOnAzureDevOps: Readonly<Record<string, Opened>> = {
  "no policy at all": opens(
    "T01",
    "branch-pull-request",
    writers,
    up,
    onProject((project) => {
      project.policies = project.policies.filter(({ scopes }) => scopes[0]!.repository !== project.repositories[0]!.id);
    }),
  ),
  "policies that are about another repository": opens(
    "T01",
    "branch-pull-request",
    writers,
    up,
    onProject((project) => {
      for (const { scopes } of project.policies) scopes[0]!.repository = project.repositories[1]!.id;
    }),
  ),
  "a policy of reviewers that does not block": opens(
    "T04",
    "branch-approvals",
    writers,
    up,
    onPolicy("reviewers", (policy) => {
      policy.inForce = false;
    }),
  ),
  "an approval by nobody": opens(
    "T04",
    "branch-approvals",
    writers,
    up,
    onPolicy("reviewers", (policy) => {
      policy.approvals = 0;
    }),
  ),
  "an author who counts": opens(
    "T04",
    "branch-approvals",
    writers,
    up,
    onPolicy("reviewers", (policy) => {
      policy.authorCounts = true;
    }),
  ),
  "approvals that stay": opens(
    "T05",
    "branch-stale-reviews",
    writers,
    up,
    onPolicy("reviewers", (policy) => {
      policy.resets = false;
    }),
  ),
  "a last pusher who counts": opens(
    "T06",
    "branch-last-push",
    writers,
    up,
    onPolicy("reviewers", (policy) => {
      policy.lastPusherCounts = true;
    }),
  ),
  "no owner": opens(
    "T13",
    "branch-code-owners",
    writers,
    up,
    onPolicy("owners", (policy) => {
      policy.inForce = false;
    }),
  ),
  "owners of some paths": opens(
    "T13",
    "branch-code-owners",
    writers,
    up,
    onPolicy("owners", (policy) => {
      policy.partial = true;
    }),
  ),
  "owners who own their own": opens(
    "T13",
    "branch-code-owners",
    writers,
    up,
    onPolicy("owners", (policy) => {
      policy.authorCounts = true;
    }),
  ),
  "templates that nobody reviews": opens(
    "T01",
    "branch-pull-request",
    `${writers}-pipelines`,
    up,
    onProject((project) => {
      project.policies = project.policies.filter(({ scopes }) => scopes[0]!.repository === project.repositories[0]!.id);
    }),
  ),
  "who pushes past policies": opens("T02", "branch-no-bypass", "emre", reset, allowOnMain("aad.emre", "PolicyExempt")),
  "who completes past policies": opens(
    "T02",
    "branch-no-bypass",
    "fl-release",
    reset,
    allowOnMain("aadgp.release", "PullRequestBypassPolicy"),
  ),
  "who edits policies": opens("T03", "audit-rules", "emre", reset, allowOnMain("aad.emre", "EditPolicies")),
  "who gives permissions": opens("T03", "audit-rules", "emre", reset, allowOnMain("aad.emre", "ManagePermissions")),
  "contributors who are let past policies": opens("T02", "branch-no-bypass", "fl-release", reset, (world) => {
    join("vssgp.contributors", "aadgp.release")(world);
    allowOnMain("vssgp.contributors", "PolicyExempt")(world);
  }),
  "jobs that vote": opens("T08", "workflow-token", writers, reset, allowOnMain("svc.project", "PullRequestContribute")),
  "jobs that push": opens("T08", "workflow-token", writers, reset, allowOnMain("svc.project", "GenericContribute")),
  "jobs that push by their group, in all of the repository": opens(
    "T08",
    "workflow-token",
    writers,
    `${reset} 2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87 --subject vssgp.jobs`,
    onProject(({ repositories: [experiments] }) => {
      const own = experiments!.branches[0]!.access.find(({ token }) => token.endsWith(experiments!.id));
      own!.entries = own!.entries.filter(({ subject }) => subject !== "vssgp.jobs");
      own!.entries.push({ subject: "vssgp.jobs", allow: ["GenericContribute"], deny: [] });
    }),
  ),
  "an application that pushes": opens("T14", "audit-writers", "whoever has the secret ci of robot", reset, (world) => {
    world.directory.principals.robot = {
      ...structuredClone(world.directory.principals[services.pipeline]!),
      ...{ name: "robot", clientId: "client of robot", trusts: [], owners: [] },
      secrets: [{ id: "k1", name: "ci", kind: "secret", on: "application", ends: "2027-05-01T00:00:00Z" }],
    };
    world.azureDevOps!.subjects["aadsp.robot"] = { name: "robot", kind: "entra", objectId: "robot" };
    allowOnMain("aadsp.robot", "GenericContribute")(world);
  }),
  "who administers the repository": opens("T03", "audit-rules", "emre", reset, allowOnMain("aad.emre", "Administer")),
  "jobs that push past policies": opens(
    "T02",
    "branch-no-bypass",
    makers,
    reset,
    allowOnMain("svc.project", "PolicyExempt"),
  ),
  "an administrator of the project": opens(
    "T03",
    "organisation-owners",
    "emre",
    leave,
    join("vssgp.administrators", "aad.emre"),
  ),
  "administrators in a group of a group": opens(
    "T03",
    "organisation-owners",
    "fl-release",
    `${leave} vssgp.inner`,
    (world) => {
      onDevOps(({ subjects }) => {
        subjects["vssgp.inner"] = { name: "inner", kind: "group", members: ["aadgp.release"] };
      })(world);
      join("vssgp.collection", "vssgp.inner")(world);
    },
  ),
  "a build administrator, who lets others onto the agents": opens(
    "T39",
    "runner-group",
    "emre",
    leave,
    join("vssgp.builders", "aad.emre"),
  ),
  "every pipeline at the connection": opens(
    "T32",
    "pipeline-authorised-singly",
    makers,
    `--body '{"allPipelines":{"authorized":false}}'`,
    onGate((gate) => {
      gate.pipelines = "all";
    }),
  ),
  "another pipeline at the connection": opens(
    "T32",
    "pipeline-authorised-singly",
    makers,
    `--body '{"pipelines":[{"id":18,"authorized":false}]}'`,
    onGate((gate) => {
      (gate.pipelines as string[]).push("18");
    }),
  ),
  "every pipeline in the environment": opens(
    "T32",
    "pipeline-authorised-singly",
    makers,
    "pipelinePermissions/environment/1",
    onUsed("environment", (one) => {
      one.pipelines = "all";
    }),
  ),
  "a connection that another project has": opens(
    "T32",
    "pipeline-authorised-singly",
    "whoever makes a pipeline in the project lab",
    "remove lab",
    onGate((gate) => {
      gate.sharedWith.push("lab");
    }),
  ),
  "a pipeline of that name with other steps": opens(
    "T32",
    "pipeline-authorised-singly",
    makers,
    "authorized",
    onProject(({ pipelines }) => {
      pipelines[0]!.yaml = "mine.yml";
    }),
  ),
  "no branch control": opens(
    "T19",
    "environment-branches",
    writers,
    up,
    onGate(({ checks }) => {
      checks.branches = [];
    }),
  ),
  "a branch control of every branch": opens(
    "T12",
    "environment-branches",
    writers,
    up,
    onGate(({ checks }) => {
      checks.branches[0]!.allowed = ["*"];
    }),
  ),
  "a branch that nobody rules": opens(
    "T19",
    "environment-branches",
    writers,
    up,
    onGate(({ checks }) => {
      checks.branches[0]!.allowed.push("refs/heads/wip");
    }),
  ),
  "a branch control that asks for no policy": opens(
    "T21",
    "environment-branches",
    writers,
    up,
    onGate(({ checks }) => {
      checks.branches[0]!.verifies = false;
    }),
  ),
  "a branch control that lets pass what it does not know": opens(
    "T21",
    "environment-branches",
    writers,
    up,
    onGate(({ checks }) => {
      checks.branches[0]!.ignoresUnknown = true;
    }),
  ),
  "an environment of every branch": opens(
    "T19",
    "environment-branches",
    writers,
    up,
    onUsed("environment", ({ checks }) => {
      checks.branches = [];
    }),
  ),
  "no approval of a run": opens(
    "T31",
    "environment-reviewers",
    writers,
    up,
    onGate(({ checks }) => {
      checks.approvals = [];
    }),
  ),
  "who starts a run approves it": opens(
    "T31",
    "environment-reviewers",
    writers,
    up,
    onGate(({ checks }) => {
      checks.approvals[0]!.selfReview = true;
    }),
  ),
  "no template": opens(
    "T33",
    "pipeline-not-editable",
    writers,
    up,
    onGate(({ checks }) => {
      checks.templates = [];
    }),
  ),
  "a template of somebody else's": opens(
    "T33",
    "pipeline-not-editable",
    writers,
    up,
    onGate(({ checks }) => {
      checks.templates[0]![0]!.repository = "contoso-fl/playground";
    }),
  ),
  "a template on a branch that nobody rules": opens(
    "T33",
    "pipeline-not-editable",
    writers,
    up,
    onGate(({ checks }) => {
      checks.templates[0]![0]!.ref = "refs/heads/wip";
    }),
  ),
  "an administrator of the connection": opens(
    "T30",
    "environment-no-admin-bypass",
    "emre",
    reset,
    onGate(({ access }) => {
      access[0]!.entries.push({ subject: "aad.emre", allow: ["Administer"], deny: [] });
    }),
  ),
  "a user of the connection": opens(
    "T30",
    "environment-no-admin-bypass",
    "fl-release",
    reset,
    onGate(({ access }) => {
      access[0]!.entries.push({ subject: "aadgp.release", allow: ["Use"], deny: [] });
    }),
  ),
  "an administrator of the environment": opens(
    "T30",
    "environment-no-admin-bypass",
    "emre",
    reset,
    onUsed("environment", ({ access }) => {
      access[0]!.entries.push({ subject: "aad.emre", allow: ["Administer"], deny: [] });
    }),
  ),
  "an administrator of the variables": opens(
    "T30",
    "environment-no-admin-bypass",
    "emre",
    reset,
    onUsed("variablegroup", ({ access }) => {
      access[0]!.entries.push({ subject: "aad.emre", allow: ["Administer"], deny: [] });
    }),
  ),
  "who edits the pipeline": opens(
    "T33",
    "pipeline-not-editable",
    "emre",
    reset,
    onProject(({ pipelines }) => {
      pipelines[0]!.access[0]!.entries.push({ subject: "aad.emre", allow: ["EditBuildDefinition"], deny: [] });
    }),
  ),
  "who administers the pipeline": opens(
    "T33",
    "pipeline-not-editable",
    "emre",
    reset,
    onProject(({ pipelines }) => {
      pipelines[0]!.access[0]!.entries.push({ subject: "aad.emre", allow: ["AdministerBuildPermissions"], deny: [] });
    }),
  ),
  "who starts the pipeline with variables": opens(
    "T27",
    "workflow-inputs",
    "emre",
    reset,
    onProject(({ pipelines }) => {
      const allow = ["EditPipelineQueueConfigurationPermission"];
      pipelines[0]!.access[0]!.entries.push({ subject: "aad.emre", allow, deny: [] });
    }),
  ),
  "variables at the start of a run": opens(
    "T27",
    "workflow-inputs",
    writers,
    up,
    onProject(({ settings }) => {
      settings.settableLimited = false;
    }),
  ),
  "a variable that may be set": opens(
    "T27",
    "workflow-inputs",
    writers,
    up,
    onProject(({ pipelines }) => {
      pipelines[0]!.settable.push("PATH");
    }),
  ),
  "classic pipelines": opens(
    "T35",
    "pipeline-classic-off",
    makers,
    "_settings/pipelinessettings",
    onProject(({ settings }) => {
      settings.classicOff = false;
    }),
  ),
  "jobs that reach everything": opens(
    "T34",
    "workflow-token",
    makers,
    up,
    onProject(({ settings }) => {
      settings.jobsScoped = false;
    }),
  ),
  "agents for every pipeline": opens(
    "T39",
    "runner-group",
    "whoever may run a pipeline on the machines of fl-private",
    "pipelinePermissions/queue/1",
    onUsed("queue", (queue) => {
      queue.pipelines = "all";
    }),
  ),
  "agents for every branch": opens(
    "T39",
    "runner-group",
    "whoever may run a pipeline on the machines of fl-private",
    up,
    onUsed("queue", ({ checks }) => {
      checks.branches = [];
    }),
  ),
  "a service principal that votes": opens(
    "T14",
    "audit-writers",
    "whoever has the secret ci of robot",
    reset,
    (world) => {
      const robot = "a0000000-0000-4000-8000-00000000000f";
      world.directory.principals[robot] = {
        ...structuredClone(world.directory.principals[services.pipeline]!),
        ...{ name: "robot", clientId: "client of robot", trusts: [], owners: [] },
        secrets: [{ id: "k1", name: "ci", kind: "secret", on: "application", ends: "2027-05-01T00:00:00Z" }],
      };
      world.azureDevOps!.subjects["aadsp.robot"] = { name: "robot", kind: "entra", objectId: robot };
      allowOnMain("aadsp.robot", "PullRequestContribute")(world);
    },
  ),
  "an extension that puts steps into every job": opens(
    "T38",
    "tasks-restricted",
    "whoever publishes the extension acme.scanner",
    "az devops extension uninstall --publisher-id acme --extension-id scanner",
    onDevOps(({ decorators }) => {
      decorators.push({ id: "acme.scanner", name: "Scanner" });
    }),
  ),
  "the principal of another connection, with a right in production": opens(
    "T48",
    "environments-apart",
    "whoever uses the service connection second of contoso-fl",
    "az role assignment delete --ids",
    (world) => {
      world.directory.principals[services.devPipeline]!.trusts = [trust("dev", "/eid1/second", { issuer })];
      world.azure.assignments.push(assignment(services.devPipeline, "Contributor", workspace));
    },
  ),
  "a public project": opens(
    "T15",
    "repository-private",
    "whoever sees the public project contoso-fl",
    "--visibility private",
    onProject((project) => {
      project.visibility = "public";
    }),
  ),
  "a second connection that becomes the same principal": opens(
    "T44",
    "audit-application",
    "whoever uses the service connection second of contoso-fl",
    "federated-credential delete",
    (world) => {
      world.directory.principals[services.pipeline]!.trusts.push(trust("second", "/eid1/second", { issuer }));
    },
  ),
  "a connection of another project that becomes it": opens(
    "T44",
    "audit-application",
    `whoever ${issuer} calls /eid1/elsewhere`,
    "federated-credential delete",
    (world) => {
      world.directory.principals[services.pipeline]!.trusts.push(trust("third", "/eid1/elsewhere", { issuer }));
    },
  ),
};

/** What the audit says of a world besides what the clean one has. */
export function newsOnAzureDevOps(world: World): Judged[] {
  const { routes } = judge(world, [administrators]);
  return routes.filter(({ verdict }) => verdict === "unreviewed" || verdict === "unknown");
}

/** The route that the audit finds once this is opened; else what it found instead. */
export function foundOnAzureDevOps({ edit, who, control }: Opened): Judged | string {
  const all = newsOnAzureDevOps(changedOnAzureDevOps(edit));
  const told = all.map((one) => `${one.who.name}, ${one.control}: ${one.close.join("; ")}`);
  return all.find((one) => one.who.name === who && one.control === control) ?? told.join("\n");
}
