/** Each check of the doctor against the local clouds: well as they are, and with its fixing command where they are not. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, describe, expect, it, onTestFinished } from "vitest";

import { Unreadable } from "../../clients/client";
import { type Clouds, localClouds } from "../../clients/clouds";
import { findBefore } from "../../localcloud/before";
import { LocalCloud } from "../../localcloud/localCloud";
import { serveRest } from "../../localcloud/rest";
import { Store } from "../../localcloud/store";
import { tamperWith } from "../../localcloud/tamper";
import { exitCodeOf, exitCodes } from "../../operations/doctor";
import { checks } from "../../operations/doctor/checks";
import { examine, type Examination } from "../../operations/doctor/examine";
import { report as reported, verdictOf } from "../../operations/doctor/report";
import { subjectOf } from "../../operations/doctor/subject";
import { examples, settingsOf } from "../support/program";
import { azureDevOpsCauses, joinsLab } from "./azureDevOpsCauses";

type Example = keyof typeof examples;

/** What an example's stack sees before its first `up`, after `change`. */
async function examined(
  example: Example,
  change: (store: Store, settings: Record<string, unknown>) => void = () => undefined,
  clouds: (local: Clouds) => Clouds = (local) => local,
): Promise<Examination> {
  const { stack, directory } = examples[example];
  const store = new Store(":memory:");
  const before = join(directory, "before.yaml");
  if (existsSync(before)) findBefore(store, readFileSync(before, "utf8"));
  const settings = settingsOf(stack, "canary-secret", directory);
  change(store, settings);
  const rest = await serveRest(store);
  onTestFinished(() => {
    rest.close();
  });
  const { kind, objectId, clientId: name } = store.organisation.deployer;
  const subject = subjectOf(settings, stack, () => Promise.resolve({ kind, objectId, name }));
  return examine(subject, clouds(localClouds(rest.address)));
}

const subscription = "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";

/** What an earlier `up` of the example prod left behind, as far as the checks look at it. */
function landed(store: Store): void {
  const cloud = new LocalCloud(store, { subscriptionId: subscription, owner: "contoso-fl" });
  const github = (type: string, inputs: Record<string, unknown>) => {
    cloud.found(`github:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`, inputs);
  };
  const repository = "fl-experiments";
  github("Repository", { name: repository, visibility: "private", autoInit: true });
  const [row] = store.rows("github:index/repository:Repository");
  const teams = [
    { teamId: "fl-maintainers", permission: "push" },
    { teamId: "fl-data-scientists", permission: "push" },
  ];
  github("RepositoryCollaborators", { repository, teams });
  github("RepositoryEnvironment", { repository, environment: "prod" });
  github("RepositoryEnvironment", { repository, environment: "dev" });
  const owners = "* @contoso-fl/fl-maintainers\n";
  github("RepositoryFile", { repository, branch: "main", file: ".github/CODEOWNERS", content: owners });
  github("ActionsRunnerGroup", {
    ...{ name: "fl-private", visibility: "selected", restrictedToWorkflows: true },
    selectedRepositoryIds: [row?.outputs["repoId"]],
    selectedWorkflows: [`contoso-fl/${repository}/.github/workflows/submit.yml@refs/heads/main`],
  });
}

export type Change = (store: Store, settings: Record<string, unknown>) => void;
const tampered =
  (...args: string[]): Change =>
  (store) => {
    tamperWith(store, args);
  };
const after =
  (...steps: Change[]): Change =>
  (store, settings) => {
    for (const step of steps) step(store, settings);
  };
const inSettings =
  (key: string, value: unknown): Change =>
  (_store, settings) => {
    settings[`federated-mlops:${key}`] = value;
  };

/** Puts a key vault there and deletes it. */
const deletedVault: Change = (store) => {
  const cloud = new LocalCloud(store, { subscriptionId: subscription });
  const rg = { resourceGroupName: "rg-fl-prod", location: "westeurope" };
  cloud.found("azure-native:keyvault:Vault", { ...rg, vaultName: "kv-fl-2fvff", properties: { tenantId: "t" } });
  const [row] = store.rows("azure-native:keyvault:Vault");
  cloud.delete("azure-native:keyvault:Vault", row?.id ?? "");
};

const archived: Change = (store) => {
  landed(store);
  const cloud = new LocalCloud(store, { owner: "contoso-fl" });
  tamperWith(store, ["set", "Repository fl-experiments", "archiveOnDestroy", "true"]);
  cloud.delete("github:index/repository:Repository", "fl-experiments");
};

/** Nodes of a cluster in eastus run. */
const running =
  (cluster: string, nodes: number): Change =>
  (store) => {
    const inputs = {
      ...{
        resourceGroupName: "rg-fl-prod",
        workspaceName: "aml-fl-prod",
        computeName: cluster,
        location: "westeurope",
      },
      properties: { computeLocation: "eastus", nodes, properties: { vmSize: "Standard_DS5_v2" } },
    };
    new LocalCloud(store, { subscriptionId: subscription }).found(
      "azure-native:machinelearningservices:Compute",
      inputs,
    );
  };

const grant = (role: string, scope = "") =>
  `az role assignment create --assignee-object-id d1b6f802-63e5-4d8c-9b4a-307c2eaf5d21 --assignee-principal-type ServicePrincipal --role "${role}" --scope /subscriptions/${subscription}${scope}`;

export interface Row {
  readonly check: string;
  readonly example?: Example;
  readonly change: Change;
  /** Part of what is said, and of the command that mends it. */
  readonly what: string;
  readonly fix: string;
}

/** What can be wrong, one row a cause. */
const causes: Readonly<Record<string, Row>> = {
  ...azureDevOpsCauses,
  "a provider is not registered": {
    check: "resource providers",
    change: tampered("unregister", "Microsoft.KeyVault"),
    what: "Microsoft.KeyVault is not registered",
    fix: `az provider register --namespace Microsoft.KeyVault --subscription ${subscription} --wait`,
  },
  "a managed network has no endpoints of its own yet": {
    check: "resource providers",
    example: "single-region",
    change: tampered("unregister", "Microsoft.Network"),
    what: "Microsoft.Network is not registered",
    fix: "az provider register --namespace Microsoft.Network",
  },
  "the deployer may not make resources": {
    check: "the deployer's rights in Azure",
    change: tampered("deployer-role", "Contributor"),
    what: "The deployer may not do Microsoft.Resources/subscriptions/resourceGroups/write",
    fix: grant("Contributor"),
  },
  "the deployer may not assign roles": {
    check: "the deployer's rights in Azure",
    change: tampered("deployer-role", "Role Based Access Control Administrator"),
    what: "Microsoft.Authorization/roleAssignments/write",
    fix: grant("Role Based Access Control Administrator"),
  },
  "the deployer may not assign policies": {
    check: "the deployer's rights in Azure",
    change: tampered("deployer-role", "Resource Policy Contributor"),
    what: "Microsoft.Authorization/policyAssignments/write",
    fix: grant("Resource Policy Contributor"),
  },
  "the deployer may not lock": {
    check: "the deployer's rights in Azure",
    change: tampered("deployer-role", "Locks Contributor"),
    what: "Microsoft.Authorization/locks/write",
    fix: grant("Locks Contributor"),
  },
  "the deployer may not make a role": {
    check: "the deployer's rights in Azure",
    example: "adopted-workspace",
    change: tampered("deployer-role", "User Access Administrator"),
    what: "Microsoft.Authorization/roleDefinitions/write on ",
    fix: grant("User Access Administrator", "/resourceGroups/rg-legacy"),
  },
  "the deployer may not peer with the hub": {
    check: "the deployer's rights in Azure",
    change: (store) => {
      only(store, "Contributor", ["/resourceGroups/rg-fl-prod", "/resourceGroups/rg-fl-prod-silos"]);
      withGroups(store);
    },
    what: "Microsoft.Network/virtualNetworks/peer/action on",
    fix: grant("Network Contributor", "/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub"),
  },
  "the deployer may not write to the central logs": {
    check: "the deployer's rights in Azure",
    example: "adopted-workspace",
    change: (store) => {
      only(store, "Contributor", ["/resourceGroups/rg-legacy", "/resourceGroups/rg-landing-zone"]);
    },
    what: "Microsoft.OperationalInsights/workspaces/sharedKeys/action on",
    fix: `--role "Log Analytics Contributor" --scope /subscriptions/${subscription}/resourceGroups/rg-central/`,
  },
  "a group to join does not exist": {
    check: "the deployer's rights in Azure",
    change: inSettings("resourceGroup", { join: "rg-none" }),
    what: "/resourceGroups/rg-none does not exist.",
    fix: "make it, or correct it in Pulumi.prod.yaml",
  },
  "the service principal may not make applications": {
    check: "the deployer's rights in Entra",
    change: tampered("graph-permission", "Application.ReadWrite.OwnedBy"),
    what: "lacks Application.ReadWrite.OwnedBy",
    fix: "az rest --method POST --url https://graph.microsoft.com/v1.0/servicePrincipals/d1b6f802-63e5-4d8c-9b4a-307c2eaf5d21/appRoleAssignments",
  },
  "the service principal may only read applications": {
    check: "the deployer's rights in Entra",
    change: (store) => {
      store.reorganise((all) => ({ ...all, deployer: { ...all.deployer, graph: ["Application.Read.All"] } }));
    },
    what: "lacks Application.ReadWrite.OwnedBy",
    fix: "appRoleAssignments",
  },
  "a person may not register applications": {
    check: "the deployer's rights in Entra",
    change: after(tampered("sign-in", "amina"), tampered("no-registration")),
    what: "may not register applications",
    fix: '"principalId":"1b6f3e0c-7f5d-4a52-8f0b-6a3f5f0c9d01","roleDefinitionId":"cf1c38e5-3621-4004-a7cb-879624dced7c"',
  },
  "a region has not the VM size": {
    check: "VM sizes and cores",
    change: tampered("vm-size", "Standard_DS5_v2"),
    what: "eastus has no Standard_DS5_v2 for the cluster silo1-cpu; it has Standard_DS3_v2, Standard_DS4_v2",
    fix: "pulumi config set --path 'federated-mlops:silos.silo1.vmSize' <size> --stack prod",
  },
  "a family has too few cores": {
    check: "VM sizes and cores",
    change: tampered("quota", "48", "standardDSv2Family"),
    what: 'eastus needs 64 cores (silo1-cpu 4 × Standard_DS5_v2), and "Standard DSv2 Family Cluster Dedicated vCPUs" is 48.',
    fix: "pulumi config set --path 'federated-mlops:silos.silo1.maxNodes' <nodes> --stack prod",
  },
  "a region has too few cores": {
    check: "VM sizes and cores",
    change: tampered("quota", "20"),
    what: 'westeurope needs 32 cores (orchestrator-cpu 2 × Standard_DS4_v2, silo2-cpu 2 × Standard_DS4_v2), and "Total Cluster Dedicated Regional vCPUs" is 20.',
    fix: "ask for 32 in westeurope: https://portal.azure.com/",
  },
  "GPUs are not granted": {
    check: "VM sizes and cores",
    example: "adopted-workspace",
    change: tampered("quota", "0", "standardNCADSA100v4Family"),
    what: "eastus needs 24 cores (silo0-gpu 1 × Standard_NC24ads_A100_v4)",
    fix: "pulumi config set --path 'federated-mlops:silos.silo0.gpu.maxNodes' <nodes> --stack prod",
  },
  "others use the cores": {
    check: "VM sizes and cores",
    change: after(tampered("quota", "100"), running("somebody", 3)),
    what: "is 100, of which others use 48.",
    fix: "ask for 112 in eastus",
  },
  "a store's name is taken": {
    check: "names",
    change: tampered("take-name", "stfl2fvffsilo1"),
    what: "The storage account stfl2fvffsilo1 is somebody else's: The storage account named stfl2fvffsilo1 is already taken.",
    fix: "pulumi config set federated-mlops:workload <another> --stack prod",
  },
  "the vault's name is taken": {
    check: "names",
    change: tampered("take-name", "kv-fl-2fvff"),
    what: "The key vault kv-fl-2fvff is somebody else's",
    fix: "pulumi config set --path federated-mlops:generation 2 --stack prod",
  },
  "the registry's name is taken": {
    check: "names",
    change: tampered("take-name", "crfl2fvff"),
    what: "The container registry crfl2fvff is somebody else's",
    fix: "pulumi config set federated-mlops:workload <another> --stack prod",
  },
  "a deleted vault holds the name": {
    check: "names",
    change: deletedVault,
    what: "The deleted key vault kv-fl-2fvff holds its name until",
    fix: "pulumi config set --path federated-mlops:recover true --stack prod",
  },
  "an archived repository holds the name": {
    check: "names",
    change: archived,
    what: "The archived repository contoso-fl/fl-experiments holds its name.",
    fix: "pulumi config set --path federated-mlops:recover true --stack prod",
  },
  "the organisation pays for less": {
    check: "GitHub organisation",
    change: tampered("plan", "team"),
    what: "GitHub says it is team",
    fix: "pulumi config set --path federated-mlops:gate.plan team --stack prod",
  },
  "every member may write": {
    check: "GitHub organisation",
    change: tampered("base-permission", "write"),
    what: "every member has write on every repository",
    fix: "https://github.com/organizations/contoso-fl/settings/member_privileges",
  },
  "another organisation": {
    check: "GitHub organisation",
    change: (_store, settings) => {
      settings["github:owner"] = "contoso";
    },
    what: "needs a GitHub organisation that GITHUB_TOKEN can see",
    fix: "pulumi config set github:owner <organisation> --stack prod",
  },
  "the token may not see members": {
    check: "GITHUB_TOKEN's permissions",
    change: tampered("token-permission", "members"),
    what: "GITHUB_TOKEN does not open /orgs/contoso-fl/teams/fl-release/members.",
    fix: "give it organisation, Members: read",
  },
  "the token may not make runner groups": {
    check: "GITHUB_TOKEN's permissions",
    change: tampered("token-permission", "organization_self_hosted_runners"),
    what: "does not open /orgs/contoso-fl/actions/runner-groups",
    fix: "organisation, Self-hosted runners: write",
  },
  "the token may not administer": {
    check: "GITHUB_TOKEN's permissions",
    change: after(landed, tampered("token-permission", "administration")),
    what: "does not open /repos/contoso-fl/fl-experiments/actions/permissions",
    fix: "Administration: write",
  },
  "the token may not fill environments": {
    check: "GITHUB_TOKEN's permissions",
    change: after(landed, tampered("token-permission", "secrets")),
    what: "does not open /repos/contoso-fl/fl-experiments/environments/prod/secrets",
    fix: "Environments and Secrets: write",
  },
  "development's token may not fill its environment": {
    check: "GITHUB_TOKEN's permissions",
    example: "dev",
    change: after(landed, tampered("token-permission", "environments")),
    what: "does not open /repos/contoso-fl/fl-experiments/environments/dev/variables",
    fix: "Environments and Variables: write",
  },
  "a team is secret": {
    check: "GitHub teams",
    change: tampered("secret-team", "fl-maintainers"),
    what: "needs a visible team",
    fix: "make the team visible on GitHub",
  },
  "a team is too small": {
    check: "GitHub teams",
    change: after(...["chidi", "emre"].map((person) => tampered("leave-team", "fl-release", person))),
    what: "fl-release: 1 people",
    fix: "add people to the team on GitHub",
  },
  "GitHub issues the classic subject": {
    check: "OIDC subject",
    change: after(landed, tampered("subject", "classic")),
    what: "gate.subject is immutable, and GitHub issues repo:contoso-fl/fl-experiments:…, the classic form",
    fix: "pulumi config set --path federated-mlops:gate.subject classic --stack prod",
  },
  "GitHub issues the immutable subject": {
    check: "OIDC subject",
    example: "dev",
    change: (store, settings) => {
      landed(store);
      settings["federated-mlops:gate"] = {
        ...(settings["federated-mlops:gate"] as Record<string, unknown>),
        subject: "classic",
      };
    },
    what: "gate.subject is classic, and GitHub issues repo:contoso-fl@148213907/fl-experiments@",
    fix: "pulumi config set --path federated-mlops:gate.subject immutable --stack dev",
  },
  "a code owner that GitHub skips": {
    check: "code owners",
    change: after(landed, tampered("merge", ".github/CODEOWNERS", "* @contoso-fl/fl-gone")),
    what: ".github/CODEOWNERS:1 on main: Unknown owner: * @contoso-fl/fl-gone; make sure the team @contoso-fl/fl-gone exists",
    fix: "its last line should be: * @contoso-fl/fl-maintainers",
  },
  "no code owners at all": {
    check: "code owners",
    change: after(landed, tampered("merge", ".github/CODEOWNERS")),
    what: "main has no CODEOWNERS.",
    fix: "write .github/CODEOWNERS with the last line: * @contoso-fl/fl-maintainers",
  },
  "the runner group was opened": {
    check: "runner group",
    change: after(landed, tampered("open-runners")),
    what: "The runner group fl-private runs every workflow, is open to every repository.",
    fix: "pulumi up --refresh --stack prod",
  },
  "the runner group's name is taken": {
    check: "runner group",
    change: (store) => {
      const group = "github:index/actionsRunnerGroup:ActionsRunnerGroup";
      new LocalCloud(store, {}).found(group, { name: "fl-private", visibility: "all" });
    },
    what: "There is a runner group fl-private already, which this environment did not make.",
    fix: "{ join: fl-private }",
  },
  "the runner group to join is missing": {
    check: "runner group",
    example: "adopted-workspace",
    change: tampered("remove", "ActionsRunnerGroup"),
    what: "There is no runner group fl-private in contoso-fl.",
    fix: "https://github.com/organizations/contoso-fl/settings/actions/runner-groups/new",
  },
  "the runner group to join runs everything": {
    check: "runner group",
    example: "adopted-workspace",
    change: tampered("set", "ActionsRunnerGroup", "restrictedToWorkflows", "false"),
    what: "The runner group fl-private runs every workflow.",
    fix: "-F restricted_to_workflows=true -f 'selected_workflows[]=contoso-fl/fl-lab/.github/workflows/submit.yml@refs/heads/main'",
  },
  "the runner group to join runs another workflow": {
    check: "runner group",
    example: "adopted-workspace",
    change: tampered(
      "set",
      "ActionsRunnerGroup",
      "selectedWorkflows",
      '["contoso-fl/fl-lab/.github/workflows/x.yml@main"]',
    ),
    what: "also runs contoso-fl/fl-lab/.github/workflows/x.yml@main",
    fix: "gh api --method PATCH orgs/contoso-fl/actions/runner-groups/",
  },
  "the runner group to join is closed to the repository": {
    check: "runner group",
    example: "adopted-workspace",
    change: tampered("set", "ActionsRunnerGroup", "selectedRepositoryIds", "[]"),
    what: "The runner group fl-private is closed to fl-lab.",
    fix: "/repositories/$(gh api repos/contoso-fl/fl-lab --jq .id)",
  },
};

/** Leaves the deployer one role in some places, and the others everywhere. */
function only(store: Store, role: string, places: readonly string[]): void {
  store.reorganise((organisation) => {
    const { deployer } = organisation;
    const others = deployer.roles.filter((given) => given.role !== role);
    const some = places.map((place) => ({ role, scope: `/subscriptions/${subscription}${place}` }));
    return { ...organisation, deployer: { ...deployer, roles: [...others, ...some] } };
  });
}

function withGroups(store: Store): void {
  const cloud = new LocalCloud(store, { subscriptionId: subscription });
  for (const resourceGroupName of ["rg-fl-prod", "rg-fl-prod-silos"]) {
    cloud.found("azure-native:resources:ResourceGroup", { resourceGroupName, location: "westeurope" });
  }
}

const report = (found: Examination) => reported(found, `npm run doctor -- --stack ${found.stack}`);

const findingsOf = ({ checks: found }: Examination, check: string) =>
  found.find(({ name }) => name === check)?.findings ?? [];

describe("the doctor", () => {
  for (const example of Object.keys(examples) as Example[]) {
    it(`finds nothing to fix before the first up of ${example}`, async () => {
      const found = await examined(example);
      expect(exitCodeOf(found), report(found)).toBe(exitCodes.well);
      expect(report(found)).toContain("Nothing to fix before: pulumi up");
    });
  }

  it("finds nothing to fix where prod stands, and everything asked", async () => {
    const found = await examined("prod", landed);
    expect(exitCodeOf(found), report(found)).toBe(exitCodes.well);
    expect(found.checks.map(({ name }) => name)).toEqual(checks.github.map(({ name }) => name));
    expect(found.checks.filter(({ findings }) => verdictOf(findings) !== "well")).toEqual([]);
  });

  it("finds nothing to fix in a project of Azure DevOps that the deployer administers", async () => {
    const found = await examined("prod-azuredevops", joinsLab);
    expect(exitCodeOf(found), report(found)).toBe(exitCodes.well);
    expect(report(found)).toContain("lab is as it is needed");
  });

  for (const [cause, { check, example = "prod", change, what, fix }] of Object.entries(causes)) {
    it(`says how to mend it where ${cause}`, async () => {
      const found = await examined(example, change);
      const told = findingsOf(found, check).filter(({ is }) => is === "wrong");
      expect(told, report(found)).toContainEqual({
        is: "wrong",
        what: expect.stringContaining(what) as string,
        fix: expect.stringContaining(fix) as string,
      });
      expect(exitCodeOf(found)).toBe(exitCodes.toFix);
      const text = report(found);
      for (const line of [what, ...fix.split("\n")]) expect(text).toContain(line);
    });
  }

  it("has a cause for every check", () => {
    const all = new Set([...checks.github, ...checks.azureDevOps].map(({ name }) => name));
    expect([...new Set(Object.values(causes).map(({ check }) => check))].sort()).toEqual([...all].sort());
  });
});

describe("what is mended as it says", () => {
  /** Does what the commands of a report say, as far as the local cloud has somebody to do it. */
  function obey(store: Store, { checks: found }: Examination): void {
    const fixes = found.flatMap(({ findings }) => findings.flatMap((one) => ("fix" in one ? [one.fix] : [])));
    store.reorganise((organisation) => {
      const grants = fixes.flatMap((fix) => {
        const [, role, scope] = /^az role assignment create .* --role "(.+)" --scope (\S+)$/.exec(fix) ?? [];
        return role === undefined || scope === undefined ? [] : [{ role, scope }];
      });
      const registered = fixes.flatMap((fix) => /^az provider register --namespace (\S+)/.exec(fix)?.[1] ?? []);
      return {
        ...organisation,
        providers: [...organisation.providers, ...registered],
        deployer: { ...organisation.deployer, roles: [...organisation.deployer.roles, ...grants] },
      };
    });
  }

  for (const example of ["prod", "dev", "adopted-workspace"] as const) {
    it(`is well: a deployer of ${example} who begins with nothing`, async () => {
      let store: Store | undefined;
      const found = await examined(example, (local) => {
        store = local;
        local.reorganise((organisation) => ({
          ...organisation,
          providers: [],
          deployer: { ...organisation.deployer, roles: [] },
        }));
      });
      expect(exitCodeOf(found)).toBe(exitCodes.toFix);
      const again = await examined(example, (local) => {
        if (store !== undefined) local.organisation = store.organisation;
        obey(local, found);
      });
      expect(exitCodeOf(again), report(again)).toBe(exitCodes.well);
    });
  }
});

describe("what the doctor is not told", () => {
  const refuse = (status: number) => (path: string) => Promise.reject(new Unreadable(path, status, "no"));
  const deaf = (status: number): Clouds => {
    const client = { get: refuse(status), list: refuse(status), ask: refuse(status) };
    const azureDevOps = () => ({ organisation: client, people: client, extensions: client });
    return { azure: client, graph: client, github: client, azureDevOps };
  };

  for (const status of [0, 401, 403, 500]) {
    it(`is unknown and never well: every cloud answers ${status}`, async () => {
      const found = await examined("prod", landed, () => deaf(status));
      const verdicts = found.checks.map(({ name, findings }) => [name, verdictOf(findings)]);
      expect(verdicts).toEqual(checks.github.map(({ name }) => [name, "unknown"]));
      expect(exitCodeOf(found)).toBe(exitCodes.couldNotTell);
      for (const { findings } of found.checks) {
        for (const finding of findings) expect(finding).toHaveProperty("fix", expect.stringMatching(/\S/));
      }
      const other = await examined("prod-azuredevops", undefined, () => deaf(status));
      expect(other.checks.map(({ name, findings }) => [name, verdictOf(findings)])).toEqual(
        checks.azureDevOps.map(({ name }) => [name, "unknown"]),
      );
    });
  }

  it("does not hide what is wrong", async () => {
    const found = await examined("prod", tampered("unregister", "Microsoft.KeyVault"), (local) => ({
      ...deaf(403),
      azure: local.azure,
    }));
    expect(verdictOf(findingsOf(found, "GitHub organisation"))).toBe("unknown");
    expect(exitCodeOf(found)).toBe(exitCodes.toFix);
  });

  it("is what the deployer may where it may see nothing, and does not hide the rest", async () => {
    const found = await examined("prod", tampered("deployer-role", "Locks Contributor"), (local) => ({
      ...local,
      azure: {
        ...local.azure,
        list: async <T>(path: string) => (path.includes("/vnet-hub/") ? refuse(403)(path) : local.azure.list<T>(path)),
      },
    }));
    const hub = "/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub";
    expect(findingsOf(found, "the deployer's rights in Azure")).toMatchObject([
      { is: "unknown", fix: grant("Network Contributor", hub) },
      { is: "wrong", fix: grant("Locks Contributor") },
    ]);
  });

  it("is a region for which Azure ML does not answer", async () => {
    const found = await examined("prod", undefined, (local) => ({
      ...local,
      azure: {
        ...local.azure,
        list: async <T>(path: string) => (path.includes("/eastus/vmSizes") ? "missing" : local.azure.list<T>(path)),
      },
    }));
    expect(verdictOf(findingsOf(found, "VM sizes and cores"))).toBe("unknown");
  });

  it("is a plan that GitHub shows to owners alone", async () => {
    const found = await examined("prod", tampered("token-permission", "organization_plan"));
    expect(findingsOf(found, "GitHub organisation")).toEqual([
      {
        is: "unknown",
        what: "GitHub does not show the plan of contoso-fl.",
        fix: expect.stringContaining("Plan: read") as string,
      },
    ]);
    expect(exitCodeOf(found)).toBe(exitCodes.couldNotTell);
  });

  it("is whose a repository is that has no environment yet", async () => {
    const found = await examined("prod", after(landed, tampered("remove", "fl-experiments:prod")));
    expect(verdictOf(findingsOf(found, "names"))).toBe("unknown");
  });

  it("is a quota that Azure does not name", async () => {
    const found = await examined("prod", undefined, (local) => ({
      ...local,
      azure: {
        ...local.azure,
        list: async <T>(path: string) => (path.includes("/usages?") ? ([] as T[]) : local.azure.list<T>(path)),
      },
    }));
    expect(verdictOf(findingsOf(found, "VM sizes and cores"))).toBe("unknown");
  });
});

describe("what is not mistaken", () => {
  it("a person may make applications by a role, or because everybody may", async () => {
    const by = async (...args: string[]) =>
      findingsOf(
        await examined("prod", after(tampered("no-registration"), tampered("sign-in", "amina", ...args))),
        "the deployer's rights in Entra",
      );
    expect(verdictOf(await by("Application Developer"))).toBe("well");
    expect(verdictOf(await by("Global Reader"))).toBe("wrong");
    const all = await examined("prod", tampered("sign-in", "amina"));
    expect(verdictOf(findingsOf(all, "the deployer's rights in Entra"))).toBe("well");
  });

  it("a name that this environment's own resource has is free", async () => {
    const own = await examined("prod", (store) => {
      const cloud = new LocalCloud(store, { subscriptionId: subscription });
      cloud.found("azure-native:storage:StorageAccount", {
        ...{ resourceGroupName: "rg-fl-prod", accountName: "stfl2fvffws", location: "westeurope" },
      });
    });
    expect(verdictOf(findingsOf(own, "names"))).toBe("well");
    const other = await examined("prod", (store) => {
      const cloud = new LocalCloud(store, { subscriptionId: subscription });
      cloud.found("azure-native:storage:StorageAccount", {
        ...{ resourceGroupName: "rg-other", accountName: "stfl2fvffws", location: "westeurope" },
      });
    });
    expect(verdictOf(findingsOf(other, "names"))).toBe("wrong");
  });

  it("what recover brings back is no trouble", async () => {
    const found = await examined("prod", after(deletedVault, inSettings("recover", true)));
    expect(verdictOf(findingsOf(found, "names"))).toBe("well");
  });

  it("nodes that run in this environment's own cluster are not others'", async () => {
    const found = await examined("prod", after(tampered("quota", "64"), running("silo1-cpu", 4)));
    expect(verdictOf(findingsOf(found, "VM sizes and cores")), report(found)).toBe("well");
  });

  it("a right on a group is enough where the group stands", async () => {
    const found = await examined("prod", (store) => {
      const groups = ["/resourceGroups/rg-fl-prod", "/resourceGroups/rg-fl-prod-silos"];
      withGroups(store);
      for (const role of new Set(store.organisation.deployer.roles.map((given) => given.role))) {
        only(store, role, [...groups, "/resourceGroups/rg-hub"]);
      }
    });
    expect(verdictOf(findingsOf(found, "the deployer's rights in Azure")), report(found)).toBe("well");
  });

  it("a subject is judged by its prefix, whatever the flag says", async () => {
    const found = await examined("prod", landed, (local) => ({
      ...local,
      github: {
        ...local.github,
        get: async <T>(path: string) => {
          const answer = await local.github.get<T>(path);
          return path.endsWith("/customization/sub")
            ? ({ ...(answer as object), use_immutable_subject: false } as T)
            : answer;
        },
      },
    }));
    expect(verdictOf(findingsOf(found, "OIDC subject"))).toBe("well");
  });
});

describe("the report", () => {
  afterEach(() => {
    delete process.env.GITHUB_TOKEN;
  });

  it("says nothing secret", async () => {
    process.env.GITHUB_TOKEN = "canary-token";
    const found = await examined(
      "prod",
      after(landed, ...["plan team", "quota 1"].map((one) => tampered(...one.split(" ")))),
    );
    for (const text of [report(found), JSON.stringify(found)]) {
      expect(text).not.toContain("canary");
      expect(text).not.toContain("Bearer");
    }
  });

  it("is read by a newcomer", async () => {
    const found = await examined(
      "prod",
      after(tampered("unregister", "Microsoft.KeyVault"), tampered("deployer-role", "Locks Contributor")),
    );
    await expect(`${report(found)}\n`).toMatchFileSnapshot("../messages/doctor.txt");
  });
});
