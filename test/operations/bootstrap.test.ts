import { beforeAll, describe, expect, it, test } from "vitest";

import { allows } from "../../facts/actions";
import { needsOf } from "../../facts/deployer";
import { issuer } from "../../facts/github";
import { appOf } from "../../operations/bootstrap/github/apps";
import { lanesOf } from "../../operations/bootstrap/lanes";
import { namesOf } from "../../operations/bootstrap/names";
import {
  onlyRoles,
  rightsTable,
  type RightsRow,
  type Role,
  roles,
  rolesAssigned,
} from "../../operations/bootstrap/rights";
import { judge } from "../../operations/bootstrap/settings";
import { Refusal } from "../../problems";
import { type Created, created, urns } from "../support/mocks";
import { bootstrapSettings, runBootstrap } from "../support/program";
import { definitions } from "../support/roleDefinitions";

const { stacks } = judge(bootstrapSettings(), "organisation");
const names = namesOf({ subscription: "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10", workload: "fl" });
const lanes = lanesOf(stacks, []);

/** Scopes in short words. */
const at = (scope: string) => {
  const { length } = scope.split("/");
  const subscription = stacks.find((config) => scope.includes(config.subscription));
  return length === 3 ? `the subscription of ${subscription?.stack}` : scope.split("/").slice(-2).join("/");
};

test("every lane has these rights, and no other", () => {
  const table = rightsTable(lanes, names).map(
    ({ principal, role, scope, mayAssign }) => `${principal}: ${role}${mayAssign ? ", limited," : ""} on ${at(scope)}`,
  );
  expect(table).toEqual([
    "deploy-dev: Reader on the subscription of dev",
    "deploy-dev: Contributor on resourceGroups/rg-fl-dev",
    "deploy-dev: Role Based Access Control Administrator, limited, on resourceGroups/rg-fl-dev",
    "deploy-dev: Resource Policy Contributor on resourceGroups/rg-fl-dev",
    "deploy-dev: Contributor on resourceGroups/rg-fl-dev-silos",
    "deploy-dev: Role Based Access Control Administrator, limited, on resourceGroups/rg-fl-dev-silos",
    "deploy-dev: Resource Policy Contributor on resourceGroups/rg-fl-dev-silos",
    "deploy-dev: Storage Blob Data Contributor on containers/dev",
    "deploy-dev: Key Vault Crypto User on keys/dev",
    "preview: Reader on the subscription of dev",
    "preview: Storage Blob Data Reader on containers/dev",
    "preview: State Secrets Reader on keys/dev",
    "preview: Reader on the subscription of prod",
    "preview: Storage Blob Data Reader on containers/prod",
    "preview: State Secrets Reader on keys/prod",
    "drift: Reader on the subscription of dev",
    "drift: Storage Blob Data Reader on containers/dev",
    "drift: State Secrets Reader on keys/dev",
    "drift: Reader on the subscription of prod",
    "drift: Storage Blob Data Reader on containers/prod",
    "drift: State Secrets Reader on keys/prod",
    "audit: Reader on the subscription of prod",
    "deploy-prod: Reader on the subscription of prod",
    "deploy-prod: Contributor on resourceGroups/rg-fl-prod",
    "deploy-prod: Role Based Access Control Administrator, limited, on resourceGroups/rg-fl-prod",
    "deploy-prod: Resource Policy Contributor on resourceGroups/rg-fl-prod",
    "deploy-prod: Locks Contributor on resourceGroups/rg-fl-prod",
    "deploy-prod: Contributor on resourceGroups/rg-fl-prod-silos",
    "deploy-prod: Role Based Access Control Administrator, limited, on resourceGroups/rg-fl-prod-silos",
    "deploy-prod: Resource Policy Contributor on resourceGroups/rg-fl-prod-silos",
    "deploy-prod: Locks Contributor on resourceGroups/rg-fl-prod-silos",
    "deploy-prod: Storage Blob Data Contributor on containers/prod",
    "deploy-prod: Key Vault Crypto User on keys/prod",
    "administrators: Storage Blob Data Contributor on containers/dev",
    "administrators: Key Vault Crypto User on keys/dev",
    "administrators: Storage Blob Data Contributor on containers/prod",
    "administrators: Key Vault Crypto User on keys/prod",
    "administrators: Storage Blob Data Contributor on containers/bootstrap",
    "administrators: Key Vault Crypto User on keys/bootstrap",
  ]);
});

test("every lane runs here, as this in Microsoft Graph", () => {
  expect(
    lanes.map(
      ({ key, environment, from, reviewed, graph }) =>
        `${key}: ${environment}, from ${from}${reviewed ? ", reviewed" : ""}; ${graph.join(", ")}`,
    ),
  ).toEqual([
    "deploy-dev: infra-dev, from main; Application.ReadWrite.OwnedBy",
    "preview: infra-preview, from any, reviewed; Application.Read.All",
    "drift: drift, from main; Application.Read.All",
    "audit: audit, from main; Application.Read.All, GroupMember.Read.All, RoleManagement.Read.Directory, User.ReadBasic.All, PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "deploy-prod: infra-prod, from main, reviewed; Application.ReadWrite.OwnedBy",
  ]);
});

describe.runIf(definitions !== undefined)("every deployer", () => {
  const permissions = (role: Role) => definitions?.[role]?.permissions ?? [];

  it("may do what an up does in its groups, and has no role for nothing", () => {
    for (const { stack, estate, ...config } of stacks) {
      const rows = rightsTable(lanesOf([{ stack, ...config }], []), names).filter(
        ({ principal }) => principal === `deploy-${stack}`,
      );
      const unmet = (held: readonly RightsRow[]) =>
        needsOf(estate).filter(
          ({ scope, action }) =>
            [estate.group, estate.silosGroup].includes(scope) &&
            !allows(
              held.filter((row) => row.scope === scope).flatMap(({ role }) => permissions(role)),
              action,
            ),
        );
      expect(unmet(rows)).toEqual([]);
      for (const row of rows.filter(({ scope }) => scope === estate.group)) {
        expect(unmet(rows.filter((other) => other !== row)), row.role).not.toEqual([]);
      }
    }
  });
});

describe("the deployer of production", () => {
  const [, prod] = stacks;
  if (prod === undefined) throw new Error("There is no stack prod.");
  const { people, services } = rolesAssigned(prod);

  it("gives people nothing but what reads, and nobody what grants", () => {
    expect(people).toEqual([
      "acdd72a7-3385-48ef-bd42-f606fba81ae7", // Reader
      "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", // Storage Blob Data Reader
      "b8eda974-7b85-4f76-af95-65846b26df6d", // Storage File Data Privileged Reader
    ]);
    const granting = ["8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"];
    for (const id of [...granting, roles["Role Based Access Control Administrator"]]) {
      expect([...people, ...services]).not.toContain(id);
    }
  });

  it("is held to that by a condition on both, granting and revoking", () => {
    expect(onlyRoles({ people: ["p"], services: ["s", "t"] })).toBe(
      "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (" +
        "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {p}" +
        " AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'User', 'Group'}) OR " +
        "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {s, t}" +
        " AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})))" +
        " AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (" +
        "(@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {p}" +
        " AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'User', 'Group'}) OR " +
        "(@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {s, t}" +
        " AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})))",
    );
  });
});

test("production's App alone may change rules to change them; development's cannot touch any", () => {
  const administering = lanes
    .map((lane) => appOf(lane, "fl"))
    .filter(({ repository }) => repository["Administration"] === "write");
  expect(administering.map(({ name }) => name)).toEqual(["fl-drift", "fl-audit", "fl-deploy-prod"]);
  expect(appOf(lanes[0] as (typeof lanes)[number], "fl")).toMatchObject({
    repository: { Actions: "read", Environments: "write" },
    organization: { Members: "read" },
  });
});

describe("what the bootstrap registers", () => {
  beforeAll(async () => {
    await runBootstrap();
    await urns();
  });
  const all = (type: string): Created[] => created.filter((one) => one.type === type);

  it("trusts one environment of this repository a lane, by its ids", () => {
    const trusted = all("azure-native:managedidentity:FederatedIdentityCredential").map(({ inputs }) => inputs);
    const subject = (environment: string) => `repo:contoso-fl@4711/federated-mlops@815:environment:${environment}`;
    expect(trusted.map(({ resourceName, subject }) => [resourceName, subject])).toEqual(
      expect.arrayContaining([
        ["id-fl-deploy-dev", subject("infra-dev")],
        ["id-fl-preview", subject("infra-preview")],
        ["id-fl-drift", subject("drift")],
        ["id-fl-audit", subject("audit")],
        ["id-fl-deploy-prod", subject("infra-prod")],
      ]),
    );
    expect(trusted).toHaveLength(5);
    for (const { issuer: from, audiences } of trusted) {
      expect([from, audiences]).toEqual([issuer, ["api://AzureADTokenExchange"]]);
    }
  });

  it("lets main alone into every environment but the reviewed preview", () => {
    const environments = all("github:index/repositoryEnvironment:RepositoryEnvironment").map(({ inputs }) => inputs);
    expect(Object.fromEntries(environments.map((one) => [one["environment"], one]))).toMatchObject({
      "infra-dev": { canAdminsBypass: false, deploymentBranchPolicy: { customBranchPolicies: true } },
      "infra-preview": { canAdminsBypass: false, preventSelfReview: true, reviewers: [{ teams: [7] }] },
      drift: { canAdminsBypass: false, deploymentBranchPolicy: { customBranchPolicies: true } },
      audit: { canAdminsBypass: false, deploymentBranchPolicy: { customBranchPolicies: true } },
      "infra-prod": {
        canAdminsBypass: false,
        preventSelfReview: true,
        reviewers: [{ teams: [7] }],
        deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
      },
    });
    const policies = all("github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy");
    expect(policies.map(({ inputs }) => [inputs["environment"], inputs["branchPattern"]])).toEqual([
      ["infra-dev", "main"],
      ["drift", "main"],
      ["audit", "main"],
      ["infra-prod", "main"],
    ]);
  });

  it("keeps state without account keys, in versions, a container and a key a stack", () => {
    expect(all("azure-native:storage:StorageAccount")[0]?.inputs).toMatchObject({
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: "TLS1_2",
    });
    expect(all("azure-native:storage:BlobServiceProperties")[0]?.inputs).toMatchObject({
      isVersioningEnabled: true,
      deleteRetentionPolicy: { enabled: true },
      containerDeleteRetentionPolicy: { enabled: true },
    });
    const containers = all("azure-native:storage:BlobContainer").map(({ inputs }) => inputs["containerName"]);
    const keys = all("azure-native:keyvault:Key").map(({ inputs }) => inputs["keyName"]);
    expect([containers, keys]).toEqual([
      ["dev", "prod", "bootstrap"],
      ["dev", "prod", "bootstrap"],
    ]);
  });

  it("puts this repository under review, by two layers of rules and the check", () => {
    expect(
      all("github:index/repositoryRuleset:RepositoryRuleset").find(({ name }) => name.includes("main"))?.inputs,
    ).toMatchObject({
      enforcement: "active",
      bypassActors: [],
      rules: {
        pullRequest: { requiredApprovingReviewCount: 2, requireCodeOwnerReview: true },
        requiredStatusChecks: { requiredChecks: [{ context: "check" }] },
      },
    });
    expect(all("github:index/branchProtection:BranchProtection")).toHaveLength(1);
  });
});

describe("without reviewers of deployments", () => {
  it("there is no live preview: whoever opens a pull request could become it", () => {
    const keys = lanesOf(stacks, ["deploymentReview", "noAdminBypass"]).map(({ key }) => key);
    expect(keys).toEqual(["deploy-dev", "drift", "audit", "deploy-prod"]);
  });
});

describe("settings that are wrong", () => {
  const own = "federated-mlops-bootstrap:";
  const wrong: Record<string, [edit: Record<string, unknown>, ...says: string[]]> = {
    "a key that does not exist": [{ [`${own}reviewer`]: [] }, "federated-mlops-bootstrap:reviewer", "did you mean"],
    "a plan without branch rules": [{ [`${own}plan`]: "free" }, "GitHub Team or Enterprise"],
    "a plan without reviewers": [{ [`${own}plan`]: "team" }, "acceptWithout"],
    "one alone to approve": [{ [`${own}approvals`]: 1 }, "at least 2: one alone could push by a workflow and approve"],
    "nobody to hear of tampering": [{ [`${own}alerts`]: [] }, "mail addresses, as a list"],
    "no commit that was looked through": [{ [`${own}reviewedSince`]: "main" }, "the whole SHA"],
    "a stack without a file": [{ [`${own}stacks`]: ["prod", "staging"] }, "there is no Pulumi.staging.yaml"],
    "a stack that no container can be named after": [{ [`${own}stacks`]: ["Prod_1"] }, "container"],
    "its own name for a stack": [{ [`${own}stacks`]: ["bootstrap"] }, "this project's own state bears that name"],
    "a workload that is too long": [{ [`${own}workload`]: "federatedlearning" }, "a workload from which Azure"],
    "no administrators": [{ [`${own}administrators`]: undefined }, "the object id of the Entra group"],
  };
  for (const [what, [edit, ...says]] of Object.entries(wrong)) {
    it(`are refused: ${what}`, () => {
      const settings = Object.fromEntries(
        Object.entries({ ...bootstrapSettings(), ...edit }).filter(([, value]) => value !== undefined),
      );
      const judged = () => judge(settings, "organisation");
      expect(judged).toThrow(Refusal);
      for (const text of says) expect(judged).toThrow(text);
    });
  }
});
