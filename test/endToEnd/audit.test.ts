/** Each way in that somebody opens behind Pulumi's back, read from the clouds' own interfaces as the real ones would be. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeAll, describe, expect, inject, it } from "vitest";

import { declaredArguments, exceptionsIn, locally } from "../../audit/audit";
import { readRoles } from "../../audit/collect/azure";
import { Reader } from "../../audit/collect/reader";
import type { Target } from "../../audit/collect/world";
import { declaredWorld } from "../../audit/declared";
import { exitCodeOf, exitCodes, judge, type Judgement } from "../../audit/judge";
import { placesOf, targetAt } from "../../audit/target";
import { type AuditedId, controls, type ThreatId } from "../../facts/controls";
import { placeAt } from "../../localcloud/place";
import { pulumi } from "../../localcloud/pulumi";
import { Store } from "../../localcloud/store";
import { audited as auditedCopy } from "../support/audited";
import { freshLocal, landedCopy, type Local } from "../support/local";
import { contoso, root } from "../support/root";

const subscription = "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
const workspace = "workspaces/aml-fl-prod";
const store = "storageAccounts/stfl2fvffws";
const subject = "repo:contoso-fl@148213907/fl-experiments@933608206";
const writers = "whoever writes to contoso-fl/fl-experiments";
const emre = "emre@contoso.example";
const submits = readFileSync(join(root, "experiments", ".github", "workflows", "submit.yml"), "utf8");

interface Opening {
  readonly tampers: readonly (readonly string[])[];
  /** Where the route begins that is new. */
  readonly who: string;
  readonly control: AuditedId;
  readonly threats: readonly ThreatId[];
  /** Part of what closes it. */
  readonly close: string;
}

const opening = (
  threats: string,
  control: AuditedId,
  who: string,
  close: string,
  ...tampers: readonly (readonly string[])[]
): Opening => ({ tampers, who, control, threats: threats.split(" ") as ThreatId[], close });

const up = "pulumi up --refresh --stack prod";
const drop = "az role assignment delete --ids";

/** What somebody does, and what the audit says of it that it does not say of an untouched cloud. */
const openings: Readonly<Record<string, Opening>> = {
  "the ruleset is off": opening("T01", "branch-pull-request", writers, up, ["ruleset-off"]),
  "the protection is gone": opening("T01", "branch-pull-request", writers, up, ["unprotect"]),
  "administrators bypass the ruleset": opening("T02", "audit-rules", writers, up, ["bypass"]),
  "administrators bypass a second ruleset": opening("T02", "audit-rules", writers, "--method DELETE", [
    "second-ruleset",
  ]),
  "a person administers the repository": opening("T03", "audit-writers", "emre", "collaborators/emre", [
    "collaborator",
    "emre",
    "admin",
  ]),
  "a team administers the repository": opening(
    "T03",
    "audit-writers",
    "the team fl-data-scientists",
    "teams/fl-data-scientists",
    ["team-admin", "fl-data-scientists"],
  ),
  "the organisation has another owner": opening("T03", "organisation-owners", "owners of contoso-fl", "", [
    "organisation-owner",
    "emre",
  ]),
  "nobody needs to approve": opening("T04", "branch-approvals", writers, up, [
    "set",
    "BranchProtection BPR",
    "requiredPullRequestReviews",
    '[{"requiredApprovingReviewCount":0,"dismissStaleReviews":true,"requireCodeOwnerReviews":true,"requireLastPushApproval":true}]',
  ]),
  "workflows approve": opening("T08", "workflow-token", writers, up, ["workflows-approve"]),
  "nobody owns a file": opening("T13", "branch-code-owners", writers, "CODEOWNERS", [
    "merge",
    ".github/CODEOWNERS",
    "* @contoso-fl/fl-maintainers\n/jobs/",
  ]),
  "a deploy key pushes": opening("T14", "audit-writers", writers, "keys/", ["deploy-key"]),
  "an App administers": opening(
    "T14",
    "audit-writers",
    "whoever has the private key of the GitHub App helper",
    "installations/",
    ["app", "helper", "administration"],
  ),
  "an App pushes": opening(
    "T14",
    "audit-writers",
    "whoever has the private key of the GitHub App helper",
    "installations/",
    ["app", "helper", "contents"],
  ),
  "what a machine wrote counts as a person's": opening("T17", "review-by-machine", writers, "settings/rules", [
    "machines-review",
  ]),
  "every branch deploys": opening("T19", "environment-branches", writers, up, ["environment-branches"]),
  "a tag deploys": opening("T22", "audit-environment", writers, "take the tag v* out", ["deploy-tag", "v*"]),
  "another branch deploys": opening("T19", "audit-environment", writers, "take the branch wip out", [
    "deploy-branch",
    "wip",
  ]),
  "the environment is gone": opening("T20", "audit-environment", writers, up, [
    "remove",
    "RepositoryEnvironment fl-experiments:prod",
  ]),
  "administrators skip the environment's rules": opening(
    "T30",
    "environment-no-admin-bypass",
    "owners of contoso-fl",
    up,
    ["admins-bypass"],
  ),
  "nobody approves production's runs": opening("T31", "audit-environment", writers, "add the reviewers", [
    "environment-reviewers",
  ]),
  "any action runs": opening(
    "T38",
    "actions-allowed",
    "whoever publishes an action that contoso-fl/fl-experiments uses",
    up,
    ["every-action"],
  ),
  "the runners take every workflow": opening(
    "T39",
    "runner-group",
    "whoever may run a workflow on the machines of fl-private",
    up,
    ["merge", ".github/workflows/submit.yml", submits],
    ["open-runners"],
  ),
  "somebody contributes to the subscription": opening("T42", "audit-rights", emre, drop, [
    "grant",
    "emre",
    "Contributor",
    subscription,
  ]),
  "somebody owns a management group": opening("T42", "audit-rights", emre, drop, [
    "grant",
    "emre",
    "Owner",
    "/providers/Microsoft.Management/managementGroups/contoso",
  ]),
  "somebody gives roles on everything": opening("T42", "audit-rights", emre, drop, [
    "grant",
    "emre",
    "User Access Administrator",
    "/",
  ]),
  "somebody may become Owner": opening("T42", "audit-rights", emre, "Privileged Identity Management", [
    "eligible",
    "emre",
    "Owner",
    `${subscription}/resourceGroups/rg-fl-prod`,
  ]),
  "a group of users may submit": opening("T42", "audit-rights", "fl-data-scientists", drop, [
    "grant",
    "fl-data-scientists",
    "AzureML Data Scientist",
    workspace,
  ]),
  "somebody joins the break-glass group": opening(
    "T42",
    "audit-rights",
    "fl-break-glass",
    "az ad group member remove",
    ["join", "fl-break-glass", "emre"],
  ),
  "a group lies in the break-glass group": opening(
    "T42",
    "audit-rights",
    "fl-break-glass",
    "az ad group member remove",
    ["join", "fl-break-glass", "fl-data-scientists"],
  ),
  "somebody owns the break-glass group": opening("T42", "audit-rights", emre, "az ad group owner remove", [
    "own-group",
    "fl-break-glass",
    "emre",
  ]),
  "a store of code takes keys": opening("T43", "store-no-shared-key", "whoever has an account key of stfl2fvffws", up, [
    "set",
    `StorageAccount ${subscription}/resourceGroups/rg-fl-prod/providers/Microsoft.Storage/${store}`,
    "allowSharedKeyAccess",
    "true",
  ]),
  "the pipeline has a secret": opening(
    "T44",
    "audit-application",
    "whoever has the secret temporary of fl-prod-pipeline",
    "az ad app credential delete",
    ["secret", "fl-prod-pipeline"],
  ),
  "the pipeline trusts a branch": opening("T44", "audit-application", writers, "federated-credential delete", [
    "trust",
    "fl-prod-pipeline",
    `${subject}:ref:refs/heads/wip`,
  ]),
  "the pipeline trusts development's environment": opening(
    "T44",
    "audit-application",
    writers,
    "federated-credential delete",
    ["trust", "fl-prod-pipeline", `${subject}:environment:dev`],
  ),
  "the pipeline trusts another repository": opening(
    "T44",
    "audit-application",
    "whoever GitHub calls repo:emre/playground:ref:refs/heads/main",
    "federated-credential delete",
    ["trust", "fl-prod-pipeline", "repo:emre/playground:ref:refs/heads/main"],
  ),
  "the pipeline has another owner": opening("T44", "audit-application", emre, "/owners/", [
    "own",
    "fl-prod-pipeline",
    "emre",
  ]),
  "somebody administers applications": opening("T44", "tenant-administrators", emre, "roleAssignments/", [
    "directory-role",
    "emre",
    "Application Administrator",
  ]),
  "the pipeline owns the group": opening("T45", "pipeline-scope", writers, drop, [
    "grant",
    "fl-prod-pipeline",
    "Owner",
    `ResourceGroup ${subscription}/resourceGroups/rg-fl-prod`,
  ]),
  "somebody writes the store of code": opening("T46", "audit-code", emre, drop, [
    "grant",
    "emre",
    "Storage Blob Data Contributor",
    `StorageAccount ${subscription}/resourceGroups/rg-fl-prod/providers/Microsoft.Storage/${store}`,
  ]),
  "somebody pushes images": opening("T46", "audit-code", emre, drop, [
    "grant",
    "emre",
    "AcrPush",
    `Registry ${subscription}/resourceGroups/rg-fl-prod/providers/Microsoft.ContainerRegistry/registries/crfl2fvff`,
  ]),
  "somebody lends a cluster's identity": opening("T46", "audit-identities", emre, drop, [
    "grant",
    "emre",
    "Managed Identity Operator",
    "userAssignedIdentities/id-fl-prod-silo0",
  ]),
  "another cluster has a silo's identity": opening("T46", "audit-identities", "whoever runs code on silo0-cpu", "off", [
    "attach",
    "id-fl-prod-silo0",
    "aml-fl-dev/computes/silo0-cpu",
  ]),
  "somebody's schedule starts jobs": opening("T47", "people-read-only", emre, "az ml schedule disable", [
    "schedule",
    workspace,
    "emre",
  ]),
  "somebody submitted a job": opening("T47", "audit-jobs", emre, "az ml job cancel", ["job", workspace, "emre"]),
  "the pipeline submitted what nobody reviewed": opening(
    "T47",
    "audit-jobs",
    "whoever had the pipeline submit a commit that is on no branch that deploys",
    "az ml job cancel",
    ["job", workspace, "fl-prod-pipeline", "c".repeat(40)],
  ),
  "development's pipeline contributes to production": opening("T48", "environments-apart", writers, drop, [
    "grant",
    "fl-dev-pipeline",
    "Contributor",
    `Workspace ${subscription}/resourceGroups/rg-fl-prod/providers/Microsoft.MachineLearningServices/${workspace}`,
  ]),
};

/** What the audit finds on an untouched cloud: what is reviewed, and what the committed file accepts. */
const known = [
  ["accepted", "fl-break-glass"],
  ["accepted", "freya@contoso.example"],
  ["accepted", "whoever has the secret local cloud of fl-deployer"],
  ["accepted", "owners of contoso-fl"],
  ["accepted", "whoever has the private key of the GitHub App fl-deployer"],
  ["reviewed", writers],
];

describe("npm run audit", () => {
  let target: Target;
  beforeAll(async () => {
    target = targetAt(await placesOf("prod", (args) => pulumi(placeAt(inject("landed")), args)));
  });

  const audited = (...tampers: readonly (readonly string[])[]) => auditedCopy(inject("landed"), target, tampers);

  it("finds of an untouched cloud what is reviewed, what is accepted by name, and nothing else", async () => {
    const judgement = await audited();
    expect(judgement.routes.map(({ verdict, who }) => [verdict, who.name])).toEqual(known);
    expect([judgement.unknown, judgement.idle]).toEqual([[], []]);
    expect(exitCodeOf(judgement)).toBe(exitCodes.clean);
  });

  for (const [what, { tampers, who, control, threats, close }] of Object.entries(openings)) {
    it(`finds that ${what}`, async () => {
      const judgement = await audited(...tampers);
      const open = judgement.routes.filter(({ verdict }) => verdict === "unreviewed");
      const told = open.map((route) => `${route.who.name}, ${route.control}: ${route.close.join("; ")}`).join("\n");
      const found = open.filter((route) => route.who.name === who && route.control === control);
      expect(found, told).not.toEqual([]);
      expect(found.flatMap((route) => route.close).join("\n")).toContain(close);
      expect(exitCodeOf(judgement)).toBe(exitCodes.unreviewed);
      for (const threat of threats) expect(controls[control].threats).toContain(threat);
      expect(judgement.unknown).toEqual([]);
    });
  }

  it("finds a job of the pipeline, of the commit on main, to be as it should", async () => {
    const clouds = new Store(placeAt(inject("landed")).cloud);
    const main = clouds.row("fl-experiments:main")?.outputs["sha"];
    clouds.close();
    const judgement = await audited(["job", workspace, "fl-prod-pipeline", String(main)]);
    expect(judgement.routes.map(({ verdict, who }) => [verdict, who.name])).toEqual(known);
  });

  it("does not know what it may not see, and says so", async () => {
    const judgement = await audited(["token-permission", "administration"], ["token-permission", "members"]);
    expect(exitCodeOf(judgement)).not.toBe(exitCodes.clean);
    expect(judgement.unknown.map(({ what }) => what)).toContain("deploy keys of contoso-fl/fl-experiments");
    expect(judgement.unknown.map(({ why }) => why).join("\n")).toContain("HTTP 403");
  });

  it("is a command, and tells what no preview sees", async () => {
    const local = await landedCopy();
    const audit = (...more: string[]) =>
      spawnSync("npm", ["run", "--silent", "audit", "--", "--stack", "prod", "--local", ...more], {
        cwd: root,
        env: { ...process.env, FEDERATED_MLOPS_LOCAL: local.place.local, FEDERATED_MLOPS_STACKS: contoso },
        encoding: "utf8",
      });
    const before = audit();
    expect(before.status, before.stderr).toBe(0);
    expect(before.stdout).toContain("Only reviewed code runs in prod, but for 5 routes that are accepted.");

    local.tamper("grant", "emre", "Contributor", subscription);
    local.tamper("environment-reviewers");
    const preview = await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes");
    expect(preview.code, preview.stdout).toBe(0);

    const page = join(local.place.local, "audit.html");
    const after = audit("--json", "--html", page);
    expect(after.status, after.stderr).toBe(7);
    const { routes } = JSON.parse(after.stdout) as { routes: { verdict: string; control: string; close?: string[] }[] };
    const open = routes.filter(({ verdict }) => verdict === "unreviewed");
    expect(open.map(({ control }) => control).sort()).toEqual(["audit-environment", "audit-rights"]);
    const [command = ""] = open.find(({ control }) => control === "audit-rights")?.close ?? [];
    expect(command).toMatch(
      new RegExp(
        `^az role assignment delete --ids ${subscription}/providers/Microsoft.Authorization/roleAssignments/[0-9a-f-]{36}$`,
      ),
    );
    expect(readFileSync(page, "utf8")).toContain(command);

    expect(audit("--stack", "nowhere").status).toBe(2);
    expect(audit("--nothing").status).toBe(2);
    const development = audit("--stack", "dev");
    expect([development.status, development.stderr]).toEqual([1, expect.stringContaining("people may run anything")]);
  });
});

describe("npm run audit -- --declared", () => {
  /** What a stack declares, before anything stands, and after a change of the preview's JSON. */
  async function declared(local: Local, change: (preview: string) => string = (preview) => preview) {
    const { code, stdout, stderr } = await local.pulumi(...declaredArguments("prod"));
    expect(code, stderr).toBe(0);
    const roles = await locally(local.place.cloud)(async ({ azure }) => {
      const world = declaredWorld(
        change(stdout.slice(stdout.indexOf("{"))),
        "prod",
        await readRoles(new Reader(), azure, subscription),
        new Date(),
      );
      return world;
    });
    return judge(roles, exceptionsIn(contoso));
  }
  const toldOf = ({ routes }: Judgement) => routes.map(({ verdict, who, control }) => [verdict, who.name, control]);

  it("judges the stack before anything stands, and finds one way in: the reviewed one", async () => {
    const local = await freshLocal(contoso);
    expect(toldOf(await declared(local))).toEqual([["reviewed", writers, undefined]]);
    // Somebody who writes the users' role anew, in the program.
    const [reader, contributor] = ["acdd72a7-3385-48ef-bd42-f606fba81ae7", "b24988ac-6180-42a0-ab88-20f7382dd24c"];
    expect(toldOf(await declared(local, (preview) => preview.replaceAll(reader, contributor)))).toContainEqual([
      "unreviewed",
      "the group 8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11",
      "audit-rights",
    ]);
    expect(
      toldOf(await declared(local, (preview) => preview.replaceAll('"enforceAdmins": true', '"enforceAdmins": false'))),
    ).toContainEqual(["unreviewed", writers, "branch-no-bypass"]);
  });

  it("judges the standing stack alike", async () => {
    expect(toldOf(await declared(await landedCopy()))).toEqual([["reviewed", writers, undefined]]);
  });

  it("finds what the stack file does without", async () => {
    const stacks = mkdtempSync(join(tmpdir(), "federated-mlops-stacks-"));
    const without = "plan: team\n    acceptWithout: [deploymentReview, noAdminBypass]";
    const settings = readFileSync(join(contoso, "Pulumi.prod.yaml"), "utf8").replace("plan: enterprise", without);
    writeFileSync(join(stacks, "Pulumi.prod.yaml"), settings);
    const local = await freshLocal(stacks);
    local.tamper("plan", "team");
    expect(toldOf(await declared(local)).map(([verdict, , control]) => [verdict, control])).toEqual([
      ["unreviewed", "audit-environment"],
    ]);
    rmSync(stacks, { recursive: true });
  });
});
