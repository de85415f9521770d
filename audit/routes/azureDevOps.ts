/**
 * From a person to a job on Azure DevOps: who writes, who administers, what a merge takes, what a run takes. The token names
 * the service connection and nothing else: whatever stands before that connection is the gate.
 */
import { pipelineName, submission } from "../../facts/azureDevOps";
import type { Securable } from "../../facts/azureDevOpsSecurity";
import type { AuditedId } from "../../facts/controls";
import type { Access, AzureDevOps, Directory, GitRepository, Pipeline, ServiceConnection, Unknown } from "../model";
import {
  called,
  openBranches,
  otherPipelines,
  reviewedBranches,
  reviewedTemplate,
  unapproved,
  untemplated,
} from "./azureDevOps/checks";
import { Holders } from "./azureDevOps/holders";
import { policyGaps } from "./azureDevOps/policies";
import * as stages from "./azureDevOps/stages";
import type { Gap } from "./branches";
import type { Principals } from "./directory";
import type { Graph } from "./graph";
import { whoever } from "./people";

interface Place {
  readonly graph: Graph;
  readonly azureDevOps: AzureDevOps;
  readonly holders: Holders;
  /** The command by which the stack sets back what it declares. */
  readonly up: string;
}

export function addAzureDevOps(
  graph: Graph,
  azureDevOps: AzureDevOps,
  {
    principals,
    directory,
    up,
    unknown,
  }: {
    readonly principals: Principals;
    readonly directory: Directory;
    readonly up: string;
    readonly unknown: Unknown[];
  },
): void {
  const holders = new Holders(azureDevOps, graph, principals, directory, unknown);
  const place: Place = { graph, azureDevOps, holders, up };
  const { project } = azureDevOps;
  for (const repository of project.repositories) {
    addMerges(place, repository);
    addRulers(place, repository);
  }
  if (project.gate !== undefined) addRuns(place, project.gate);
  addAdministrators(place);
}

const passing = ["PolicyExempt", "PullRequestBypassPolicy"];
const ruling = ["Administer", "EditPolicies", "ManagePermissions"];
const writing = ["GenericContribute", "PullRequestContribute"];

/** What a job does of that counts as nobody's: whoever made it do that may approve it. */
const machines: Readonly<Record<string, string>> = { GenericContribute: "push", PullRequestContribute: "approve" };

function addMerges({ graph, azureDevOps: { project, url }, holders, up }: Place, repository: GitRepository): void {
  const from = writersOf({ graph, holders, project }, repository);
  const name = `${project.name}/${repository.name}`;
  for (const branch of repository.branches) {
    const to = stages.commit(graph, project, repository, branch.name);
    const gaps = policyGaps(project, repository, branch.name, up);
    const strangers = passing.flatMap((permission) => holders.of(branch.access, permission));
    graph.connect({
      from,
      to,
      can: "merges what somebody else approved",
      evidence: { id: `${repository.id} ${branch.name}`, what: `policies of ${branch.name} of ${name}` },
      gate: "holds",
      ...(gaps.length + strangers.length === 0 ? { refuses: `pushes to ${branch.name}, or merges alone` } : {}),
    });
    for (const gap of gaps) graph.connect({ ...gap, from, to, gate: "open" });
    if (project.visibility === "private") continue;
    graph.connect({
      from: whoever(graph, `the public of ${project.id}`, `sees the ${project.visibility} project ${project.name}`),
      to,
      can: "brings in a fork, and reads what its pipelines print",
      evidence: { id: `visibility of ${project.id}`, what: `the project ${project.name} is ${project.visibility}` },
      gate: "open",
      control: "repository-private",
      close: `az devops project update --project '${project.name}' --visibility private --organization ${url}`,
    });
  }
}

function writersOf(
  { graph, holders, project }: Pick<Place, "graph" | "holders"> & Pick<AzureDevOps, "project">,
  repository: GitRepository,
): string {
  return stages.writers(graph, project, repository, holders.people(holders.of(repository.access, "GenericContribute")));
}

/** Whoever steps over the policies, changes them, or lets a job push or vote. */
function addRulers(place: Place, repository: GitRepository): void {
  const { graph, azureDevOps, holders } = place;
  const { project } = azureDevOps;
  for (const branch of repository.branches) {
    const to = stages.commit(graph, project, repository, branch.name);
    const on = `${branch.name} of ${project.name}/${repository.name}`;
    const right = (permission: string, can: string, control: AuditedId) =>
      addRights(place, "git", branch.access, permission, { to, can, thing: on, control });
    for (const permission of passing)
      right(permission, `pushes to ${branch.name}, or merges, past its policies`, "branch-no-bypass");
    for (const permission of ruling) right(permission, `lifts the policies of ${branch.name}`, "audit-rules");
    for (const permission of writing) addServices(place, branch.access, permission, { to, on });
    const from = writersOf({ graph, holders, project }, repository);
    for (const [permission, does] of Object.entries(machines)) {
      for (const job of holders.of(branch.access, permission)) {
        if (!holders.isJobs(job.who)) continue;
        graph.connect({
          ...holders.edge(job, "git", permission, on, "workflow-token"),
          ...{ from, to, can: `has a job ${does} as ${holders.name(job.who)}`, gate: "open" },
        });
      }
    }
  }
}

/** Service principals that write, or vote: whoever acts as one is not the author, and approves. */
function addServices(
  { graph, holders }: Place,
  access: Access,
  permission: string,
  { to, on }: { to: string; on: string },
): void {
  for (const holder of holders.of(access, permission)) {
    if (holders.administers(holder.by) || !holders.isService(holder.who)) continue;
    const edge = holders.edge(holder, "git", permission, on, "audit-writers");
    graph.connect({ ...edge, to, can: "pushes or approves as nobody, and adds an approval as somebody" });
  }
}

/** Everybody who has a permission, but for administrators: they have all of them. */
function addRights(
  { graph, holders }: Place,
  of: Securable,
  access: Access,
  permission: string,
  { to, can, thing, control }: { to: string; can: string; thing: string; control: AuditedId },
): void {
  for (const holder of holders.of(access, permission)) {
    if (holders.administers(holder.by)) continue;
    graph.connect({ ...holders.edge(holder, of, permission, thing, control), to, can });
  }
}

/** What stands before a token of the connection, and whoever takes that away. */
function addRuns(place: Place, gate: ServiceConnection): void {
  const { graph, azureDevOps, holders, up } = place;
  const { project, url } = azureDevOps;
  const to = stages.job(graph, project, gate);
  const experiments = project.repositories.find(({ purpose }) => purpose === "experiments");
  const writers = experiments && writersOf({ graph, holders, project }, experiments);
  const makers = stages.pipelineMakers(graph, project);
  const own = project.pipelines.filter((pipeline) => isSubmission(pipeline, experiments));
  const environments = project.uses.filter(({ kind }) => kind === "environment");
  const open = (from: string, gap: Gap) => {
    graph.connect({ ...gap, from, to, gate: "open" });
  };

  const doors = [gate, ...environments].flatMap((one) => openBranches(project, one, up));
  const lacks = [gate, ...environments].flatMap((one) => unapproved(one, up));
  for (const door of doors) open(writers ?? makers, door);
  for (const branch of experiments === undefined ? [] : reviewedBranches(project, gate)) {
    const from = experiments === undefined ? makers : stages.commit(graph, project, experiments, branch);
    for (const lack of lacks) open(from, lack);
    if (lacks.length > 0) continue;
    // Who approves a run looks at the run: it is no review of the code.
    graph.connect({
      from,
      to,
      can: `runs with ${gate.name} once a reviewer approves`,
      evidence: { id: `${gate.id} ${branch}`, what: `checks of ${called(gate)}` },
      ...(doors.length === 0 ? { refuses: `runs a pipeline of another branch with ${gate.name}` } : {}),
    });
  }
  for (const template of gate.checks.templates.flat()) {
    const found = reviewedTemplate(project, template);
    if (found === undefined) continue;
    graph.connect({
      from: stages.commit(graph, project, found.repository, found.branch),
      to,
      can: "says what each run does",
      evidence: { id: `${gate.id} ${template.path}`, what: `the template ${template.path} of ${template.repository}` },
    });
  }
  for (const one of [gate, ...environments]) {
    for (const gap of untemplated(project, one, up)) open(writers ?? makers, gap);
    const ids = own.map(({ id }) => id);
    for (const gap of otherPipelines(azureDevOps, one, ids, "pipeline-authorised-singly")) open(makers, gap);
  }
  for (const name of gate.sharedWith) {
    open(whoever(graph, `project ${name}`, `makes a pipeline in the project ${name}`), {
      can: `uses ${gate.name}, which is shared with it`,
      evidence: { id: `${gate.id} ${name}`, what: `${called(gate)} is shared with ${name}` },
      control: "pipeline-authorised-singly",
      close: `${url}/${encodeURIComponent(project.name)}/_settings/adminservices?resourceId=${gate.id}: Security, Project permissions: remove ${name}`,
    });
  }
  for (const { id, name } of azureDevOps.decorators) {
    const [publisher = "", extension = ""] = id.split(".");
    open(whoever(graph, `extension ${id}`, `publishes the extension ${id}`), {
      can: "puts steps into every job",
      evidence: { id: `extension ${id}`, what: `the extension ${name}` },
      control: "tasks-restricted",
      close: `az devops extension uninstall --publisher-id ${publisher} --extension-id ${extension} --organization ${url} --yes`,
    });
  }
  addSettings(place, gate, own, writers ?? makers);
  addKeepers(place, gate, own);
  addMachines(place, gate, own);
}

/** The one pipeline that submits: by its name, and by YAML in the experiments' repository. */
function isSubmission({ name, yaml, repository }: Pipeline, experiments: GitRepository | undefined): boolean {
  return (
    experiments !== undefined &&
    name === pipelineName(experiments.name, submission) &&
    yaml?.replace(/^\//, "") === submission.file &&
    repository?.toLowerCase() === experiments.id.toLowerCase()
  );
}

/** Settings of the project by which a run is another one than its YAML says. */
function addSettings(
  { graph, azureDevOps, up }: Place,
  gate: ServiceConnection,
  own: readonly Pipeline[],
  writers: string,
): void {
  const { project, url } = azureDevOps;
  const to = stages.job(graph, project, gate);
  const { settableLimited, classicOff, jobsScoped } = project.settings;
  const open = (from: string, id: string, gap: Omit<Gap, "evidence">, what: string) => {
    graph.connect({ ...gap, from, to, gate: "open", evidence: { id: `${id} of ${project.id}`, what } });
  };
  if (settableLimited === false) {
    const can = "sets any variable at the start of a run";
    open(
      writers,
      "variables",
      { can, control: "workflow-inputs", close: up },
      `${project.name} does not limit variables that are set at the start of a run`,
    );
  }
  for (const { id, name, settable } of own) {
    for (const variable of settable) {
      const can = `sets the variable ${variable} at the start of a run`;
      open(
        writers,
        `${id} ${variable}`,
        { can, control: "workflow-inputs", close: up },
        `the variable ${variable} of the pipeline ${name} may be set`,
      );
    }
  }
  if (classicOff === false) {
    open(
      stages.pipelineMakers(graph, project),
      "classic pipelines",
      {
        can: "makes a classic pipeline, which asks for no template",
        control: "pipeline-classic-off",
        close: `${url}/_settings/pipelinessettings: disable the creation of classic build and of classic release pipelines`,
      },
      `classic pipelines can be made in ${project.name}`,
    );
  }
  if (jobsScoped === false) {
    open(
      stages.pipelineMakers(graph, project),
      "job scope",
      { can: "reaches every repository from a job", control: "workflow-token", close: up },
      `jobs of ${project.name} reach further than their own repositories`,
    );
  }
}

/** Whoever takes a check away, lets another pipeline in, or changes what the pipeline runs. */
function addKeepers(place: Place, gate: ServiceConnection, own: readonly Pipeline[]): void {
  const { graph, azureDevOps } = place;
  const to = stages.job(graph, azureDevOps.project, gate);
  const things = [gate, ...azureDevOps.project.uses.filter(({ kind }) => kind !== "queue")];
  for (const thing of things) {
    const permissions = thing.kind === "endpoint" ? ["Administer", "Use"] : ["Administer"];
    const can =
      thing.kind === "variablegroup" ? "sets a variable of the job" : `takes the checks of ${thing.name} away`;
    for (const permission of permissions) {
      addRights(place, thing.kind, thing.access, permission, {
        to,
        can,
        thing: called(thing),
        control: "environment-no-admin-bypass",
      });
    }
  }
  for (const { name, access } of own) {
    for (const permission of ["EditBuildDefinition", "AdministerBuildPermissions"]) {
      addRights(place, "build", access, permission, {
        ...{ to, can: "changes what the pipeline runs, and its variables", thing: `the pipeline ${name}` },
        control: "pipeline-not-editable",
      });
    }
    addRights(place, "build", access, "EditPipelineQueueConfigurationPermission", {
      ...{ to, can: "starts it with variables that nobody reviewed", thing: `the pipeline ${name}` },
      control: "workflow-inputs",
    });
  }
}

/** The agents: whoever else runs there can leave something behind for the next job. */
function addMachines(place: Place, gate: ServiceConnection, own: readonly Pipeline[]): void {
  const { graph, azureDevOps, up } = place;
  const { project } = azureDevOps;
  const to = stages.job(graph, project, gate);
  const ids = own.map(({ id }) => id);
  const can = "leaves something behind for the next job";
  for (const queue of project.uses.filter(({ kind }) => kind === "queue")) {
    const from = whoever(graph, `queue ${queue.id}`, `may run a pipeline on the machines of ${queue.name}`);
    const gaps = [
      ...otherPipelines(azureDevOps, queue, ids, "runner-group"),
      ...[...openBranches(project, queue, up), ...untemplated(project, queue, up)].map((gap) => ({
        ...gap,
        control: "runner-group" as const,
      })),
    ];
    for (const gap of gaps) graph.connect({ ...gap, from, to, can, gate: "open" });
    for (const permission of ["Manage", "AdministerPermissions"]) {
      addRights(place, "queue", queue.access, permission, {
        to,
        can: `lets others onto the machines of ${queue.name}`,
        thing: called(queue),
        control: "runner-group",
      });
    }
  }
}

function addAdministrators({ graph, azureDevOps, holders }: Place): void {
  const { project, organisation } = azureDevOps;
  const from = stages.administration(graph, project);
  const evidence = { id: from, what: `administration of the project ${project.name}` };
  for (const repository of project.repositories) {
    for (const { name } of repository.branches) {
      const to = stages.commit(graph, project, repository, name);
      graph.connect({ from, to, can: `lifts the policies of ${name}`, evidence });
    }
  }
  if (project.gate !== undefined) {
    const to = stages.job(graph, project, project.gate);
    graph.connect({ from, to, can: `takes the checks of ${project.gate.name} away`, evidence });
  }
  for (const holder of holders.administrators()) {
    const whole = azureDevOps.subjects[holder.by]?.administers === "organisation";
    graph.connect({
      from: holders.node(holder.who),
      to: from,
      can: `administers ${whole ? "every project" : "the project"}`,
      evidence: {
        id: `${holder.by} ${holder.who}`,
        what: `${holders.name(holder.by)} of ${whole ? organisation : project.name}`,
      },
      control: "organisation-owners",
      close: holders.leave(holder),
    });
  }
}
