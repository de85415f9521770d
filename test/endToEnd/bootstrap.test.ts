import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { exceptionsIn, locally } from "../../audit/audit";
import { collect } from "../../audit/collect/world";
import { judge } from "../../audit/judge";
import { placesOf, targetAt } from "../../audit/target";
import { LocalCloud } from "../../localcloud/localCloud";
import type { Event } from "../../localcloud/store";
import { freshLocal, type Local } from "../support/local";
import { policyPack, violationsIn } from "../support/policyPack";
import { contoso, root } from "../support/root";

const credential = "azure-native:managedidentity:FederatedIdentityCredential";
const stack = "organisation";
const bootstrapOn = (local: Local) => local.program(join(root, "operations", "bootstrap"), join(contoso, "bootstrap"));
const nameOf = ({ urn }: Event) => urn.split("::").at(-1) ?? "";

/** The lines of a text that begin so, as the arguments of a command. */
function commands(text: string, start: string): string[][] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith(start))
    .map((line) => line.split(/\s+/).map((word) => word.replaceAll("'", "")));
}

describe("the bootstrap on Azure DevOps", () => {
  it("opens production's lane last, and what it prints lets production come up in the project that it made", async () => {
    const onAzureDevOps = "organisation-azuredevops";
    const local = await freshLocal(contoso);
    const bootstrap = await bootstrapOn(local);
    const up = await bootstrap.pulumi("up", "--yes", "--skip-preview", "--stack", onAzureDevOps);
    expect(up.code, up.stdout).toBe(0);

    const made = bootstrap.look((store) => store.events()).filter(({ urn }) => urn !== "");
    expect(nameOf(made.at(-1) as Event)).toBe("deploy-prod-azuredevops-gate-credential");
    // No lane opens before every rule, right and check of all of them: after the first, only credentials and their roles.
    const first = made.findIndex(({ type }) => type === credential);
    const before = new Set(made.slice(0, first).map(nameOf));
    for (const guard of [
      ...["repository-main-approvals", "repository-main-owners", "repository-main-check"],
      ...["repository-permissions-writers", "repository-lanes-contributors"],
      ...["repository-preview-approval", "repository-preview-connection-approval"],
      ...["repository-deploy-prod-azuredevops-connection-branches", "repository-drift-variables-branches"],
      ...[
        "repository-members-deploy-prod-azuredevops-contoso-fl-in",
        "repository-members-drift-contoso-fl-connections",
      ],
    ]) {
      expect(before).toContain(guard);
    }
    expect(made.slice(first).filter(({ type }) => /azuredevops|RoleAssignment/.test(type))).toEqual([]);
    const trusted = bootstrap.look((store) => store.rows(credential)).map(({ inputs }) => String(inputs["subject"]));
    expect(new Set(trusted).size).toBe(5);
    for (const subject of trusted) expect(subject).toMatch(/^\/eid1\/c\/pub\/t\//);

    const { stdout: steps } = await bootstrap.pulumi("stack", "output", "nextSteps", "--stack", onAzureDevOps);
    const configured = commands(steps, "pulumi config").filter(
      (words) => words.includes("prod-azuredevops") && !words.includes("--secret"),
    );
    expect(configured.map(([, , , , path]) => path)).toContain("federated-mlops:gate.project.join");
    // Neither changes what the other looks at.
    const [again, landing] = await Promise.all([
      bootstrap.pulumi("preview", "--stack", onAzureDevOps, "--refresh", "--expect-no-changes"),
      (async () => {
        for (const [, ...words] of configured) {
          const { code, stderr } = await local.pulumi(...words);
          expect(code, `${words.join(" ")}\n${stderr}`).toBe(0);
        }
        // The pack judges environments; the bootstrap is not one.
        return local.pulumi("preview", "--stack", "prod-azuredevops", ...policyPack);
      })(),
    ]);
    expect(again.code, again.stdout).toBe(0);
    expect(landing.code, landing.stdout).toBe(0);
    expect(violationsIn(landing.stdout).filter(({ level }) => level === "mandatory")).toEqual([]);
    expect(landing.stdout).not.toMatch(/^ \+ +(azuredevops:index:Project|azure-native:resources:ResourceGroup) /m);
  });
});

describe("the bootstrap", () => {
  it("opens production's lane last, and both environments come up with what it prints", async () => {
    const local = await freshLocal(contoso);
    const bootstrap = await bootstrapOn(local);
    bootstrap.tamper("unregister", "Microsoft.KeyVault");
    const up = await bootstrap.pulumi("up", "--yes", "--skip-preview", "--stack", stack);
    expect(up.code, up.stdout).toBe(0);

    const made = bootstrap.look((store) => store.events()).filter(({ urn }) => urn !== "");
    expect(nameOf(made.at(-1) as Event)).toBe("deploy-prod-gate-credential");
    // No lane opens before its rules: what stands when the first credential does.
    const first = made.findIndex(({ type }) => type === credential);
    const before = new Set(made.slice(0, first).map(nameOf));
    for (const guard of ["repository-main-ruleset", "repository-main-protection", "repository-collaborators"]) {
      expect(before).toContain(guard);
    }
    expect(made.slice(first).filter(({ type }) => /ruleset|protection|RoleAssignment/i.test(type))).toEqual([]);

    const again = await bootstrap.pulumi("preview", "--stack", stack, "--refresh", "--expect-no-changes");
    expect(again.code, again.stdout).toBe(0);

    const { stdout: steps } = await bootstrap.pulumi("stack", "output", "nextSteps", "--stack", stack);
    const configured = commands(steps, "pulumi config").filter((words) => !words.includes("--secret"));
    expect(configured.length).toBeGreaterThan(4);
    for (const [, ...words] of configured) {
      const { code, stderr } = await local.pulumi(...words);
      expect(code, `${words.join(" ")}\n${stderr}`).toBe(0);
    }
    // With the stack files as these commands left them.
    const examined = (stack: string) =>
      spawnSync("npm", ["run", "--silent", "doctor", "--", "--stack", stack, "--local"], {
        cwd: root,
        env: {
          ...process.env,
          FEDERATED_MLOPS_LOCAL: local.place.local,
          FEDERATED_MLOPS_STACKS: local.place.project,
        },
        encoding: "utf8",
      });
    const { status, stdout: said } = examined("prod");
    expect(status, said).toBe(0);
    for (const environment of ["prod", "dev"]) {
      const landed = await local.pulumi("up", "--yes", "--skip-preview", "--stack", environment);
      expect(landed.code, landed.stdout).toBe(0);
    }
    const groups = local
      .look((store) => store.events())
      .filter(({ type, operation }) => type === "azure-native:resources:ResourceGroup" && operation === "create");
    expect(groups.map(({ urn }) => urn.split("::")[1])).toEqual(Array(5).fill("federated-mlops-bootstrap"));

    // The audit knows the deployer's repository by whom its identity trusts, and who may write what it deploys from.
    const target = targetAt(await placesOf("prod", (args) => local.pulumi(...args)));
    const [account = ""] = local
      .look((store) => store.rows("azure-native:storage:StorageAccount"))
      .flatMap(({ id, inputs }) => (id.includes("rg-fl-operations") ? [String(inputs["accountName"])] : []));
    const audited = async () => {
      const backend = `azblob://prod?storage_account=${account}`;
      const world = await locally(local.place.cloud)((clouds) => collect({ ...target, backend }, clouds, new Date()));
      expect(world.unknown).toEqual([]);
      const { routes } = judge(world, exceptionsIn(contoso));
      return routes
        .filter(({ verdict }) => verdict !== "accepted")
        .map(({ verdict, who, control }) => `${verdict}: ${who.name}${control === undefined ? "" : `, ${control}`}`);
    };
    const reviewed = ["federated-mlops", "fl-experiments"].map(
      (name) => `reviewed: whoever writes to contoso-fl/${name}`,
    );
    expect(await audited()).toEqual(["unreviewed: fl-platform, audit-state", ...reviewed]);
    bootstrap.tamper("environment-reviewers", "infra-prod");
    expect(await audited()).toContain("unreviewed: whoever writes to contoso-fl/federated-mlops, audit-environment");

    // Whoever lets another branch or another subject into a lane afterwards is told of, and stops the next run.
    bootstrap.look((store) => {
      new LocalCloud(store, { subscriptionId: "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10" }).found(credential, {
        ...{ resourceGroupName: "rg-fl-operations", resourceName: "id-fl-deploy-prod" },
        ...{ federatedIdentityCredentialResourceName: "mine", issuer: "https://elsewhere.example", subject: "me" },
      });
    });
    const trusting = await bootstrap.pulumi("preview", "--stack", stack);
    expect(trusting.code).not.toBe(0);
    expect(trusting.stdout).toContain("id-fl-deploy-prod, which also trusts me by the credential mine");
    bootstrap.tamper("remove", "federatedIdentityCredentials/mine");
    bootstrap.tamper("set", "DeploymentPolicy federated-mlops:infra-prod", "branchPattern", '"*"');
    const open = await bootstrap.pulumi("preview", "--stack", stack);
    expect(open.code).not.toBe(0);
    expect(open.stdout).toContain("an environment infra-prod that also lets in branch *");
  });
});
