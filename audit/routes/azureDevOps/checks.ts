/** What it takes to use something that is checked on Azure DevOps. */
import { azureDevOpsResource } from "../../../facts/azureDevOps";
import type { AuditedId } from "../../../facts/controls";
import type { AzureDevOps, GitRepository, Project, ProtectedResource, RequiredTemplate } from "../../model";
import type { Gap } from "../branches";
import { isRuled } from "./policies";

/** What people call it. */
export const called = ({ kind, name }: ProtectedResource): string => `the ${words[kind]} ${name}`;

const words = {
  endpoint: "service connection",
  environment: "environment",
  variablegroup: "group of variables",
  queue: "agent queue",
} as const;

/** Branches of the experiments that a run may be on, by name, and whose rules are told. */
export function reviewedBranches(project: Project, resource: ProtectedResource): string[] {
  const experiments = project.repositories.find(({ purpose }) => purpose === "experiments");
  return letIn(resource).flatMap((ref) => {
    const branch = branchOf(ref);
    return branch !== undefined && experiments !== undefined && isTold(project, experiments, branch) ? [branch] : [];
  });
}

/** Refs and patterns that pass each of the checks. */
function letIn({ checks: { branches } }: ProtectedResource): string[] {
  const passes = (ref: string, allowed: readonly string[]) =>
    allowed.some((pattern) => new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`).test(ref));
  const all = new Set(branches.flatMap(({ allowed }) => allowed));
  return [...all].filter((ref) => branches.every(({ allowed }) => passes(ref, allowed)));
}

const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

/** Of the default branch, what a merge takes is told whether or not that is anything. */
function isTold(project: Project, repository: GitRepository, branch: string): boolean {
  return branch === repository.defaultBranch || isRuled(project, repository, branch);
}

/** Ways in from a branch that nobody rules. */
export function openBranches(project: Project, resource: ProtectedResource, up: string): Gap[] {
  const { branches } = resource.checks;
  const reviewed = reviewedBranches(project, resource);
  const gap = gapOf(resource, "environment-branches", "runs what nobody reviewed, on a branch", up);
  if (branches.length === 0) return [gap("branches", "takes every branch")];
  return [
    ...letIn(resource)
      .filter((ref) => !reviewed.includes(branchOf(ref) ?? ""))
      .map((ref) => gap(ref, `takes ${ref}, which no policy holds`)),
    ...(branches.some(({ verifies, ignoresUnknown }) => verifies && !ignoresUnknown)
      ? []
      : [gap("unverified", "does not ask whether the branches of other repositories are protected")]),
  ];
}

/** Ways in past a second person's approval of each run. */
export function unapproved(resource: ProtectedResource, up: string): Gap[] {
  const { approvals } = resource.checks;
  const gap = gapOf(resource, "environment-reviewers", "runs without somebody else's approval", up);
  if (!approvals.some(({ approvers }) => approvers > 0)) return [gap("approval", "asks nobody")];
  return approvals.some(({ selfReview }) => !selfReview) ? [] : [gap("self", "lets who starts a run approve it")];
}

/** Ways in past the template that says what a run does. */
export function untemplated(project: Project, resource: ProtectedResource, up: string): Gap[] {
  const { templates } = resource.checks;
  const gap = gapOf(resource, "pipeline-not-editable", "says in a pipeline what it likes", up);
  if (templates.length === 0) return [gap("template", "takes pipelines that extend no template")];
  return templates.some((list) => list.every((one) => reviewedTemplate(project, one) !== undefined))
    ? []
    : [gap("templates", "takes a template that nobody has to review")];
}

/** The repository and branch of a template, where merges into it take review. */
export function reviewedTemplate(project: Project, { repository, ref }: RequiredTemplate) {
  const [of = "", name = ""] = repository.includes("/") ? repository.split("/") : [project.name, repository];
  const found = project.repositories.find((one) => one.name.toLowerCase() === name.toLowerCase());
  const branch = branchOf(ref);
  return of.toLowerCase() === project.name.toLowerCase() &&
    found !== undefined &&
    branch !== undefined &&
    isTold(project, found, branch)
    ? { repository: found, branch }
    : undefined;
}

/** Ways in for another pipeline than those in `own`. */
export function otherPipelines(
  { url, project }: AzureDevOps,
  resource: ProtectedResource,
  own: readonly string[],
  control: AuditedId,
): Gap[] {
  const { kind, id, pipelines } = resource;
  const close = (body: unknown) =>
    `az rest --method PATCH --resource ${azureDevOpsResource} --url '${url}/${encodeURIComponent(project.name)}/_apis/pipelines/pipelinePermissions/${kind}/${id}?api-version=7.1-preview.1' --body '${JSON.stringify(body)}'`;
  const gap = (what: string, body: unknown) =>
    gapOf(resource, control, "uses it in a pipeline of its own", close(body))(what, `lets in ${what}`);
  if (pipelines === "all") return [gap("every pipeline", { allPipelines: { authorized: false } })];
  return pipelines
    .filter((pipeline) => !own.includes(pipeline))
    .map((pipeline) => {
      const name = project.pipelines.find((one) => one.id === pipeline)?.name ?? pipeline;
      return gap(`the pipeline ${name}`, { pipelines: [{ id: Number(pipeline), authorized: false }] });
    });
}

const gapOf =
  (resource: ProtectedResource, control: AuditedId, can: string, close: string) =>
  (id: string, what: string): Gap => ({
    ...{ can, control, close },
    evidence: { id: `${resource.kind} ${resource.id} ${control} ${id}`, what: `${called(resource)} ${what}` },
  });

/** The branch of a whole name without patterns. */
function branchOf(ref: string): string | undefined {
  const [, branch] = /^refs\/heads\/([^*?]+)$/.exec(ref) ?? [];
  return branch;
}
