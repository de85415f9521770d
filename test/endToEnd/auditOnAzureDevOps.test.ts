/** Each way in that somebody opens in Azure DevOps behind Pulumi's back, read from its own interface as the real one would be. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { declaredArguments, exceptionsIn, locally } from "../../audit/audit";
import { readRoles } from "../../audit/collect/azure";
import { Reader } from "../../audit/collect/reader";
import type { Target } from "../../audit/collect/world";
import { declaredWorld } from "../../audit/declared";
import { exitCodeOf, exitCodes, judge } from "../../audit/judge";
import { placesOf, targetAt } from "../../audit/target";
import { type AuditedId, controls, type ThreatId } from "../../facts/controls";
import { commitOf } from "../../localcloud/clouds/azureDevOps/repository";
import { type Place, placeAt } from "../../localcloud/place";
import { prepare } from "../../localcloud/project";
import { pulumi } from "../../localcloud/pulumi";
import { Store } from "../../localcloud/store";
import { audited as auditedCopy } from "../support/audited";
import { contoso } from "../support/root";

const stack = "prod-azuredevops";
const writers = "whoever writes to contoso-fl/fl-experiments";
const makers = "whoever makes a pipeline in contoso-fl";
const emre = "emre@contoso.example";
const up = `pulumi up --refresh --stack ${stack}`;
const reset = "az devops security permission reset";
const leave = "az devops security group membership remove";

interface Opening {
  readonly tampers: readonly (readonly string[])[];
  /** Where the route begins that is new. */
  readonly who: string;
  readonly control: AuditedId;
  readonly threat: ThreatId;
  /** Part of what closes it. */
  readonly close: string;
}

const opening = (
  threat: ThreatId,
  control: AuditedId,
  who: string,
  close: string,
  ...tampers: readonly (readonly string[])[]
): Opening => ({ tampers, who, control, threat, close });

const openings: Readonly<Record<string, Opening>> = {
  "no policy asks for approvals": opening("T04", "branch-approvals", writers, up, ["policy-off", "MinReviewers"]),
  "no policy asks an owner": opening("T13", "branch-code-owners", writers, up, ["policy-off", "AutoReviewers"]),
  "nobody reviews the template": opening("T04", "branch-approvals", `${writers}-pipelines`, up, [
    ...["policy-off", "MinReviewers", "pipelines"],
  ]),
  "somebody pushes past policies": opening("T02", "branch-no-bypass", emre, reset, [
    ...["allow", "emre", "PolicyExempt", "main"],
  ]),
  "a group completes past policies": opening("T02", "branch-no-bypass", "fl-release", reset, [
    ...["allow", "fl-release", "PullRequestBypassPolicy", "main"],
  ]),
  "somebody edits policies": opening("T03", "audit-rules", emre, reset, ["allow", "emre", "EditPolicies", "main"]),
  "a job votes": opening("T08", "workflow-token", writers, reset, [
    ...["allow", "contoso-fl Build Service (contoso-fl)", "PullRequestContribute", "main"],
  ]),
  "a job pushes": opening("T08", "workflow-token", writers, reset, [
    ...["allow", "contoso-fl Build Service (contoso-fl)", "GenericContribute", "main"],
  ]),
  "a group gives runs variables": opening("T27", "workflow-inputs", "fl-release", reset, [
    ...["allow", "fl-release", "EditPipelineQueueConfigurationPermission", "pipeline"],
  ]),
  "somebody administers the project": opening("T03", "organisation-owners", emre, leave, [
    ...["devops-join", "Project Administrators", "emre"],
  ]),
  "a group administers the organisation": opening("T03", "organisation-owners", "fl-release", leave, [
    ...["devops-join", "Project Collection Administrators", "fl-release"],
  ]),
  "somebody administers builds": opening("T39", "runner-group", emre, leave, [
    ...["devops-join", "Build Administrators", "emre"],
  ]),
  "every pipeline uses the connection": opening("T32", "pipeline-authorised-singly", makers, "allPipelines", [
    "every-pipeline",
  ]),
  "every pipeline uses the environment": opening(
    "T32",
    "pipeline-authorised-singly",
    makers,
    "Permissions/environment",
    [...["every-pipeline", "environment"]],
  ),
  "every pipeline uses the agents": opening(
    ...([
      "T39",
      "runner-group",
      "whoever may run a pipeline on the machines of fl-private",
      "Permissions/queue",
    ] as const),
    ["every-pipeline", "queue"],
  ),
  "another pipeline uses the connection": opening("T32", "pipeline-authorised-singly", makers, '"authorized":false', [
    "another-pipeline",
  ]),
  "the connection takes every branch": opening("T19", "environment-branches", writers, up, ["check-off", "branches"]),
  "the connection takes another branch": opening("T19", "environment-branches", writers, up, [
    ...["check-branches", "refs/heads/main,refs/heads/wip"],
  ]),
  "the environment takes every branch": opening("T19", "environment-branches", writers, up, [
    ...["check-off", "branches", "environment"],
  ]),
  "nobody approves a run": opening("T31", "environment-reviewers", writers, up, ["check-off", "approval"]),
  "who starts a run approves it": opening("T31", "environment-reviewers", writers, up, ["self-approval"]),
  "a pipeline says what it likes": opening("T33", "pipeline-not-editable", writers, up, ["check-off", "template"]),
  "somebody administers the connection": opening("T30", "environment-no-admin-bypass", emre, reset, [
    ...["allow", "emre", "Administer", "connection"],
  ]),
  "somebody administers the variables": opening("T30", "environment-no-admin-bypass", emre, reset, [
    ...["allow", "emre", "Administer", "variables"],
  ]),
  "a group edits the pipeline": opening("T33", "pipeline-not-editable", "fl-release", reset, [
    ...["allow", "fl-release", "EditBuildDefinition", "pipeline"],
  ]),
  "a second connection becomes the same principal": opening(
    ...(["T44", "audit-application", "whoever uses the service connection second of contoso-fl"] as const),
    "federated-credential delete",
    ["second-connection", "fl-prod-azuredevops-pipeline"],
  ),
  "runs are started with variables": opening("T27", "workflow-inputs", writers, up, ["settable-variables"]),
  "classic pipelines are made": opening("T35", "pipeline-classic-off", makers, "_settings", ["classic-pipelines"]),
  "an extension puts steps into every job": opening(
    ...(["T38", "tasks-restricted", "whoever publishes the extension acme.scanner"] as const),
    "az devops extension uninstall",
    ["extension", "acme.scanner"],
  ),
  "the project is public": opening(
    ...(["T15", "repository-private", "whoever sees the public project contoso-fl", "--visibility private"] as const),
    ["public-project"],
  ),
};

/** What the audit finds on an untouched cloud: what is reviewed, and what the committed file accepts. */
const known = [
  ["accepted", "fl-break-glass"],
  ["accepted", "freya@contoso.example"],
  ["accepted", "freya@contoso.example"],
  ["accepted", "whoever has the secret local cloud of fl-deployer"],
  ["reviewed", writers],
  ["reviewed", `${writers}-pipelines`],
];

describe("npm run audit of a gate on Azure DevOps", () => {
  let place: Place;
  let target: Target;
  beforeAll(async () => {
    place = placeAt(mkdtempSync(join(tmpdir(), "federated-mlops-azuredevops-")), { stacks: contoso });
    await prepare(place);
    const landed = await pulumi(place, ["up", "--yes", "--skip-preview", "--stack", stack]);
    expect(landed.code, landed.stdout).toBe(0);
    target = targetAt(await placesOf(stack, (args) => pulumi(place, args)));
  }, 300_000);
  afterAll(() => {
    rmSync(place.local, { recursive: true, force: true });
  });
  const audited = (...tampers: readonly (readonly string[])[]) => auditedCopy(place.local, target, tampers);

  it("finds of an untouched cloud what is reviewed, what is accepted by name, and nothing else", async () => {
    const judgement = await audited();
    expect(judgement.routes.map(({ verdict, who }) => [verdict, who.name]).sort()).toEqual(known);
    expect([judgement.unknown, judgement.idle]).toEqual([[], []]);
    expect(exitCodeOf(judgement)).toBe(exitCodes.clean);
  });

  for (const [what, { tampers, who, control, threat, close }] of Object.entries(openings)) {
    it(`finds that ${what}`, async () => {
      const judgement = await audited(...tampers);
      const open = judgement.routes.filter(({ verdict }) => verdict === "unreviewed");
      const told = open.map((route) => `${route.who.name}, ${route.control}: ${route.close.join("; ")}`).join("\n");
      const found = open.filter((route) => route.who.name === who && route.control === control);
      expect(found, told).not.toEqual([]);
      expect(found.flatMap((route) => route.close).join("\n")).toContain(close);
      expect(exitCodeOf(judgement)).toBe(exitCodes.unreviewed);
      expect(controls[control].threats).toContain(threat);
      expect(judgement.unknown).toEqual([]);
    });
  }

  it("finds a job of the pipeline, of the commit on main, to be as it should, and another one not", async () => {
    const workspace = "workspaces/aml-fl-prod-azuredevops";
    const tip = reviewedCommit();
    const reviewed = await audited(["job", workspace, "fl-prod-azuredevops-pipeline", tip]);
    expect(exitCodeOf(reviewed)).toBe(exitCodes.clean);
    const other = await audited(["job", workspace, "fl-prod-azuredevops-pipeline", "c".repeat(40)]);
    expect(other.routes.filter(({ verdict }) => verdict === "unreviewed").map(({ control }) => control)).toEqual([
      "audit-jobs",
    ]);
  });

  it("judges what the stack declares, and every setting of it that is loosened", async () => {
    const { code, stdout, stderr } = await pulumi(place, declaredArguments(stack));
    expect(code, stderr).toBe(0);
    const preview = stdout.slice(stdout.indexOf("{"));
    const subscription = "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
    const declared = async (json: string) => {
      const world = await locally(place.cloud)(async ({ azure }) =>
        declaredWorld(json, stack, await readRoles(new Reader(), azure, subscription), new Date()),
      );
      return judge(world, exceptionsIn(contoso)).routes.map(({ verdict, who, control }) => [
        verdict,
        who.name,
        control,
      ]);
    };
    const reviewed = [writers, `${writers}-pipelines`].map((who) => ["reviewed", who, undefined]);
    expect(await declared(preview)).toEqual(reviewed);
    const loosened: Readonly<Record<string, readonly [was: string, becomes: string]>> = {
      "environment-reviewers": ['"requesterCanApprove": false', '"requesterCanApprove": true'],
      "branch-last-push": ['"lastPusherCannotApprove": true', '"lastPusherCannotApprove": false'],
      "branch-code-owners": ['"autoReviewerIds"', '"pathFilters": ["/jobs/*"], "autoReviewerIds"'],
      "branch-no-bypass": ['"PolicyExempt": "Deny"', '"PolicyExempt": "Allow"'],
      "environment-branches": ['"verifyBranchProtection": true', '"verifyBranchProtection": false'],
      "pipeline-not-editable": [
        '"repositoryName": "contoso-fl/fl-experiments-pipelines"',
        '"repositoryName": "contoso-fl/playground"',
      ],
      "workflow-inputs": ['"enforceSettableVar": true', '"enforceSettableVar": false'],
    };
    for (const [control, [was, becomes]] of Object.entries(loosened)) {
      const changed = preview.replaceAll(was, becomes);
      expect(changed, was).not.toBe(preview);
      expect((await declared(changed)).map(([verdict, , of]) => [verdict, of])).toContainEqual(["unreviewed", control]);
    }
  });

  it("believes a denial of a group that Entra has somebody in", async () => {
    expect(exitCodeOf(await audited(["allow", "emre", "EditBuildDefinition", "pipeline"]))).toBe(exitCodes.clean);
  });

  it("does not know what it may not see, and is not clean", async () => {
    const judgement = await auditedCopy(place.local, { ...target, trustedSubject: "/eid1/another" }, []);
    expect(judgement.unknown.map(({ what }) => what)).toContain("the service connection that production trusts");
    expect(exitCodeOf(judgement)).not.toBe(exitCodes.clean);
    const elsewhere = { ...target, repository: { ...target.repository, project: "nowhere" } };
    const nothing = await auditedCopy(place.local, elsewhere, []);
    expect(nothing.unknown.map(({ what }) => what)).toContain("the project nowhere");
    expect(exitCodeOf(nothing)).not.toBe(exitCodes.clean);
  });

  /** The newest commit of the experiments' main. */
  function reviewedCommit(): string {
    const store = new Store(place.cloud);
    try {
      const { id = "" } =
        store.rows("azuredevops:index/git:Git").find(({ inputs }) => inputs["name"] === "fl-experiments") ?? {};
      return commitOf(id);
    } finally {
      store.close();
    }
  }
});
