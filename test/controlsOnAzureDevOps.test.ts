/**
 * Every promise of facts/controls.ts that is kept on Azure DevOps by means of its own, proven over what the program
 * registers for Pulumi.prod-azuredevops.yaml, by what it refuses, or over the submission's pipelines. Values that security
 * hangs on are literals.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { judge } from "../config";
import { type AzureDevOpsControlId, type Control, controls, type OnAzureDevOps } from "../facts/controls";
import { Refusal, settingOf } from "../problems";
import { AzurePipelines } from "./experiments/azurePipelines";
import { created } from "./support/mocks";
import { breaches } from "./support/pipelines";
import { examples, runBootstrapOnAzureDevOps, runExample, runProgram, settingsOf, standingIn } from "./support/program";
import { type Registered, registeredBy } from "./support/registered";
import { root } from "./support/root";

type Bag = Readonly<Record<string, unknown>>;

/**
 * The committed stack, the same with a second branch, a status from outside and an agent pool that is joined; and the
 * bootstrap of this repository.
 */
const stacks: Readonly<Record<"committed" | "wide" | "bootstrap", readonly Registered[]>> = {
  ...{ committed: [], wide: [], bootstrap: [] },
};

const { directory } = examples["prod-azuredevops"];
const maintainers = "a1b82d50-74c7-4d85-9f2c-2e3f7d509c33";
const release = "b2c93e61-85d8-4e96-8a3d-3f408e61ad44";
const gateOf = (settings: Bag) => settings["federated-mlops:gate"] as Record<string, unknown>;

/** A second branch, in a project that exists, with a pool that it has. */
function widen(settings: Record<string, unknown>): void {
  const gate = gateOf(settings);
  gate.project = { join: "lab" };
  gate.runner = { join: "theirs" };
  gate.deployFrom = ["main", "hotfix"];
  (gate.branches as Record<string, unknown>).hotfix = {
    ...{ approvals: 3, codeOwners: [release], merge: "merge" },
    checks: [{ name: "scan/quality", author: "c3d04f72-96e9-4fa7-9b4e-40519f72be55" }],
  };
}

beforeAll(async () => {
  Object.assign(stacks, {
    committed: await registeredBy(() => runExample("prod-azuredevops")),
    wide: await registeredBy(() => runExample("prod-azuredevops", widen)),
    bootstrap: await registeredBy(() => runBootstrapOnAzureDevOps()),
  });
}, 120_000);

const devops = (type: string) =>
  type.includes(":")
    ? `azure-native:${type}`
    : `azuredevops:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`;

type Stack = keyof typeof stacks;
const both: readonly Stack[] = ["committed", "wide"];

/** All of `type`. None is an error: a proof over nothing proves nothing. */
function all(type: string, stack: Stack): readonly Registered[] {
  const found = stacks[stack].filter((one) => one.type === devops(type));
  if (found.length === 0) throw new Error(`${stack} registers no ${type}.`);
  return found;
}

/** Every one of `type`, in both, has these inputs. */
function each(type: string, inputs: object, which: (one: Registered) => boolean = () => true): void {
  for (const stack of both) {
    const found = all(type, stack).filter(which);
    expect(found.length, `${type} in ${stack}`).toBeGreaterThan(0);
    for (const { name, inputs: own } of found) expect(own, name).toMatchObject(inputs);
  }
}

const settings = (of: object) => ({ settings: of });
const denied = (...permissions: string[]) => ({
  permissions: Object.fromEntries(permissions.map((permission) => [permission, "Deny"])),
});
const standing = { enabled: true, blocking: true };
const named = (word: string) => (one: Registered) => one.name.includes(word);

/** What stands before something of `kind` in production, and who alone may use it. */
function guardedFor(kind: string, checks: readonly string[]): void {
  for (const stack of both) {
    const from = stack === "committed" ? "refs/heads/main" : "refs/heads/main,refs/heads/hotfix";
    const ofKind = (type: string) =>
      all(type, stack).filter(({ name, inputs }) => inputs.targetResourceType === kind && !name.includes("-dev"));
    for (const type of checks) expect(ofKind(type), `${type} on ${kind}`).toHaveLength(1);
    expect(ofKind("CheckBranchControl")[0]?.inputs).toMatchObject({
      allowedBranches: from,
      verifyBranchProtection: true,
      ignoreUnknownProtectionStatus: false,
    });
    const authorised = all("PipelineAuthorization", stack).filter(
      ({ name, inputs }) => inputs.type === kind && !name.includes("-dev"),
    );
    // Length of the pipeline's own name, as the recording engine numbers it.
    expect(authorised.map(({ inputs }) => inputs.pipelineId)).toEqual([100 + "repository-submit".length]);
  }
}

/** The committed stack, changed, is refused at these places. */
function refused(places: readonly string[], edit: (settings: Record<string, unknown>) => void): void {
  const own = structuredClone(settingsOf("prod-azuredevops", undefined, directory));
  edit(own);
  let told: string[] = [];
  try {
    judge(own, "prod-azuredevops");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    told = error.problems.map(({ path }) => settingOf(path));
  }
  expect(told.sort()).toEqual([...places].sort());
}

/** A run of the changed stack is refused for this reason, and nothing is registered. */
async function stopped(why: RegExp, edit: (settings: Record<string, unknown>) => void): Promise<void> {
  const own = structuredClone(settingsOf("prod-azuredevops", undefined, directory));
  edit(own);
  await expect(runProgram("prod-azuredevops", own, standingIn(directory))).rejects.toThrow(why);
  expect(created).toEqual([]);
}
const adopts = () => {
  refused(["federated-mlops:gate.repository.adopt", "federated-mlops:gate.repository.create"], (own) => {
    gateOf(own).repository = { adopt: "lab" };
  });
};

/** Names of the rules, and the permission by which people write: of the experiments, and of what their pipeline extends. */
const writersWaitForRules = () => {
  for (const stack of both) {
    for (const [prefix, other] of [
      ["repository-", "repository-templates-"],
      ["repository-templates-", "repository-nothing"],
    ] as const) {
      const rules = stacks[stack].filter(
        ({ type, name }) =>
          /:(BranchPolicy\w+|GitPermissions)$/.test(type) &&
          name.startsWith(prefix) &&
          !name.startsWith(other) &&
          !name.endsWith("permissions-writers"),
      );
      const writers = all("GitPermissions", stack).find(({ name }) => name === `${prefix}permissions-writers`);
      expect(rules.length).toBeGreaterThan(5);
      expect(writers?.opts.dependsOn).toEqual(expect.arrayContaining(rules.map(({ name }) => name)));
    }
  }
};
const connectionAlone = () => {
  each("ServiceEndpointAzureRM", { serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation" });
  for (const stack of both) {
    const [credential, ...more] = stacks[stack].filter(({ type }) => /FederatedIdentityCredential$/.test(type));
    expect(more).toEqual([]);
    expect(credential?.inputs).toMatchObject({
      issuer: "https://login.microsoftonline.com/tenant/v2.0",
      subject: "/eid1/c/pub/t/tenant/a/app/sc/organisation/gate-connection",
      audiences: ["api://AzureADTokenExchange"],
    });
  }
};
const templates = Object.fromEntries(
  ["submit.yml", "dev-run.yml"].map((file) => [
    file,
    readFileSync(join(root, "experiments", "pipelines", file), "utf8"),
  ]),
);

/** The submission's template breaks no rule, but this one once something in it changes. */
function breaks(rule: string, from: string, to: string): void {
  const { "submit.yml": submit = "" } = templates;
  expect(submit).toContain(from);
  expect(breaches(submit, { starts: false })).toEqual([]);
  expect(
    breaches(
      submit.replaceAll(from, () => to),
      { starts: false },
    ),
  ).toEqual([rule]);
}

async function submitting() {
  const platform = await AzurePipelines.on().listen();
  return { platform, push: (sha: string) => platform.submit({ sha }) };
}

const jobScope = () => {
  each("ProjectPipelineSettings", { enforceJobScope: true, enforceReferencedRepoScopedToken: true });
  each("BuildDefinition", { jobAuthorizationScope: "project" });
};

const proofs: Record<AzureDevOpsControlId, () => void | Promise<void>> = {
  "protect-data": () => {
    expect(all("Project", "committed").map(({ opts }) => opts.protect)).toEqual([true]);
    for (const stack of both) expect(all("Git", stack).map(({ opts }) => opts.protect)).toEqual([true, true]);
  },
  "branch-pull-request": () => {
    each("BranchPolicyMinReviewers", standing);
  },
  "branch-approvals": () => {
    each("BranchPolicyMinReviewers", settings({ submitterCanVote: false }));
    const counts = all("BranchPolicyMinReviewers", "wide").map(({ name, inputs }) => [
      name,
      (inputs.settings as Bag).reviewerCount,
    ]);
    expect(Object.fromEntries(counts)).toEqual({
      "repository-main-approvals": 2,
      "repository-hotfix-approvals": 3,
      "repository-templates-main-approvals": 2,
    });
  },
  "branch-last-push": () => {
    each("BranchPolicyMinReviewers", settings({ lastPusherCannotApprove: true }));
  },
  "branch-stale-reviews": () => {
    each("BranchPolicyMinReviewers", settings({ onPushResetApprovedVotes: true, onPushResetAllVotes: true }));
  },
  "branch-dismissals": () => {
    each("BranchPolicyMinReviewers", settings({ allowCompletionWithRejectsOrWaits: false }));
  },
  "branch-code-owners": () => {
    each("BranchPolicyAutoReviewers", {
      ...standing,
      ...settings({ submitterCanVote: false, minimumNumberOfReviewers: 1 }),
    });
    const owners = all("Group", "wide").find(({ name }) => name === "repository-hotfix-owners");
    expect(owners?.inputs.members).toEqual([`repository-entra-${release}-descriptor`]);
    const asked = all("BranchPolicyAutoReviewers", "wide").map(({ name, inputs }) => {
      const { autoReviewerIds, pathFilters } = inputs.settings as Bag;
      expect(pathFilters, `${name}: every path`).toBeUndefined();
      return [name, autoReviewerIds];
    });
    expect(Object.fromEntries(asked)).toEqual({
      "repository-main-owners": ["repository-main-owners-group"],
      "repository-hotfix-owners": ["repository-hotfix-owners-group"],
      "repository-templates-main-owners": ["repository-main-owners-group"],
    });
  },
  "branch-code-owners-live": () => {
    // The owners are the policy: there is no file beside it that could name others.
    const owners = all("Group", "committed").find(({ name }) => name === "repository-main-owners");
    expect(owners?.inputs.members).toEqual([`repository-entra-${maintainers}-descriptor`]);
  },
  "branch-checks": () => {
    const fresh = { manualQueueOnly: false, queueOnSourceUpdateOnly: false, validDuration: 0 };
    each("BranchPolicyBuildValidation", { ...standing, ...settings(fresh) });
    expect(all("BranchPolicyStatusCheck", "wide")[0]?.inputs).toMatchObject({
      ...standing,
      settings: { authorId: "c3d04f72-96e9-4fa7-9b4e-40519f72be55", invalidateOnUpdate: true },
    });
  },
  "branch-conversations": () => {
    each("BranchPolicyCommentResolution", standing);
  },
  "branch-history": () => {
    each("GitPermissions", denied("ForcePush"));
  },
  "branch-linear": () => {
    const ways = { allowBasicNoFastForward: false, allowRebaseAndFastForward: false, allowRebaseWithMerge: false };
    each("BranchPolicyMergeTypes", settings({ ...ways, allowSquash: true }), named("-main-"));
    const [hotfix] = all("BranchPolicyMergeTypes", "wide").filter(named("-hotfix-"));
    expect(hotfix?.inputs).toMatchObject(settings({ ...ways, allowSquash: false, allowBasicNoFastForward: true }));
  },
  "branch-no-bypass": () => {
    each("GitPermissions", denied("PolicyExempt", "PullRequestBypassPolicy"));
    const principals = all("GitPermissions", "committed").map(({ inputs }) => String(inputs.principal));
    expect([...new Set(principals)].map((one) => one.split("/").at(-1)).sort()).toEqual([
      "Build Administrators",
      "Contributors",
      "Project Administrators",
      "repository-jobs-descriptor",
      "repository-writers-descriptor",
    ]);
  },
  "branch-by-name": () => {
    for (const stack of both) {
      const policies = stacks[stack].filter(({ type }) => /:BranchPolicy\w+$/.test(type));
      for (const { name, inputs } of policies) {
        const branch = name.includes("-hotfix-") ? "hotfix" : "main";
        expect((inputs.settings as { scopes: unknown[] }).scopes, name).toEqual([
          {
            repositoryId: name.includes("templates") ? "repository-templates-id" : "repository-repository-id",
            repositoryRef: `refs/heads/${branch}`,
            matchType: "Exact",
          },
        ]);
      }
    }
    each("Git", { defaultBranch: "refs/heads/main" });
  },
  "branch-never-unruled": () => {
    // Azure DevOps refuses to make a branch that exists (test/localcloud/refusals.test.ts).
    expect(all("GitRepositoryBranch", "wide")[0]?.inputs).toMatchObject({
      name: "hotfix",
      refBranch: "refs/heads/main",
    });
  },
  "tags-none": () => {
    each("GitPermissions", denied("CreateTag", "ForcePush"));
  },
  "repository-private": () => {
    expect(all("Project", "committed")[0]?.inputs).toMatchObject({ visibility: "private" });
  },
  "repository-adopted-clean": adopts,
  "repository-adopted-private": () =>
    stopped(/project\.join\n\s+got\s+open, which is public/, (own) => {
      gateOf(own).project = { join: "open" };
      gateOf(own).runner = { join: "theirs" };
    }),
  "repository-writers": () => {
    each("GitPermissions", denied("EditPolicies", "ManagePermissions"), named("writers"));
    each("GitPermissions", denied("EditPolicies", "ManagePermissions"), named("permissions-contributors"));
    each("GitPermissions", { permissions: { GenericContribute: "Allow" } }, named("writers"));
    const writers = all("Group", "committed").find(({ name }) => name === "repository-writers");
    expect(writers?.inputs.members).toEqual(
      [maintainers, "8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11"].map((id) => `repository-entra-${id}-descriptor`),
    );
  },
  "repository-kept": () => {
    for (const stack of both) expect(all("Git", stack).every(({ opts }) => opts.protect)).toBe(true);
  },
  "code-owners-first": writersWaitForRules,
  "writers-last": writersWaitForRules,
  "adopted-since-recorded": adopts,
  "teams-able": () =>
    stopped(/deployReviewers\n\s+got\s+11111111-1111-4111-8111-111111111111: 1 people/, (own) => {
      gateOf(own).deployReviewers = ["11111111-1111-4111-8111-111111111111"];
    }),
  "workflow-token": () => {
    jobScope();
    each("GitPermissions", denied("PullRequestContribute", "GenericContribute"), named("permissions-jobs"));
  },
  "runner-group": () => {
    guardedFor("queue", ["CheckBranchControl", "CheckRequiredTemplate"]);
    expect(all("devopsinfrastructure:Pool", "committed")[0]?.inputs).toMatchObject({
      agentProfile: { kind: "Stateless" },
      organizationProfile: {
        organizations: [{ projects: ["contoso-fl"], openAccess: false }],
        permissionProfile: { kind: "CreatorOnly" },
      },
    });
  },
  "secrets-in-environment": () => {
    each("VariableGroup", { allowAccess: false });
    guardedFor("variablegroup", ["CheckBranchControl", "CheckRequiredTemplate"]);
  },
  "environment-branches": () => {
    guardedFor("environment", ["CheckBranchControl"]);
    guardedFor("endpoint", ["CheckBranchControl"]);
  },
  "environment-reviewers": () => {
    for (const kind of ["endpoint", "environment"]) guardedFor(kind, ["CheckApproval", "CheckExclusiveLock"]);
    each("CheckApproval", {
      approvers: [`repository-entra-${release}-group`],
      minimumRequiredApprovers: 1,
      requesterCanApprove: false,
    });
  },
  "environment-no-admin-bypass": () => {
    for (const type of ["ServiceendpointPermissions", "VariableGroupPermissions"]) each(type, denied("Administer"));
  },
  "credential-exact": connectionAlone,
  "credential-by-number": connectionAlone,
  "credential-last": () => {
    for (const stack of both) {
      const credential = stacks[stack].find(({ type }) => /FederatedIdentityCredential$/.test(type));
      const before = stacks[stack].filter(({ type }) =>
        /:(BranchPolicy\w+|\w+Permissions|Check\w+|PipelineAuthorization|ProjectPipelineSettings)$/.test(type),
      );
      expect(before.length).toBeGreaterThan(40);
      expect(credential?.opts.dependsOn).toEqual(expect.arrayContaining(before.map(({ name }) => name)));
    }
  },
  "workflow-not-in-subject": () => {
    for (const kind of ["endpoint", "environment"]) guardedFor(kind, ["CheckRequiredTemplate"]);
    for (const stack of both) {
      const project = stack === "committed" ? "contoso-fl" : "lab";
      for (const { inputs } of all("CheckRequiredTemplate", stack)) {
        expect(inputs.requiredTemplates).toEqual([
          {
            repositoryType: "azuregit",
            repositoryName: `${project}/fl-experiments-pipelines`,
            repositoryRef: "refs/heads/main",
            templatePath: "submit.yml",
          },
        ]);
      }
    }
  },
  "workflow-events": () => {
    // A pull request runs on refs/pull/…/merge, a tag on refs/tags/…: neither is one of these.
    guardedFor("endpoint", ["CheckBranchControl"]);
  },
  "workflow-inputs": () => {
    each("ProjectPipelineSettings", { enforceSettableVar: true });
    each("BuildDefinitionPermissions", denied("EditPipelineQueueConfigurationPermission"));
    for (const stack of both) {
      for (const { inputs } of all("BuildDefinition", stack)) expect(inputs).not.toHaveProperty("variables");
    }
  },
  "workflow-permissions": jobScope,
  "workflow-tip": async () => {
    const { platform, push } = await submitting();
    const old = platform.repository.commit();
    await push(old);
    platform.repository.edit("jobs/hello-world/job.yml", "rounds: 3", "rounds: 2");
    await push(platform.repository.commit());
    expect((await push(old)).log).toContain("run the newest commit instead");
    breaks("deploys two at a time", "lockBehavior: sequential", "lockBehavior: runLatest");
  },
  "workflow-injection": () => {
    breaks("puts text into a shell", "check-ref\n", "check-ref $(Build.SourceVersionMessage)\n");
  },
  "workflow-no-cache": () => {
    for (const [file, template] of Object.entries(templates)) {
      const tasks = [...template.matchAll(/task: (\S+)/g)].map(([, task]) => task);
      expect(new Set(tasks), file).toEqual(new Set(["AzureCLI@2"]));
      expect(template).toContain("download: none");
    }
  },
  "references-pinned": async () => {
    const { platform, push } = await submitting();
    platform.repository.edit("jobs/hello-world/train.yml", "versions/54", "labels/latest");
    expect((await push(platform.repository.commit())).log).toContain("jobs/hello-world/train.yml:23: the environment");
    expect([platform.submitted(), platform.tokens]).toEqual([[], 0]);
  },
  "connection-literal": () => {
    for (const name of ["$(connection)", "${{ parameters.connection }}", "federated-mlops-dev"])
      breaks(
        "becomes an identity outside its environment",
        "azureSubscription: federated-mlops-prod",
        `azureSubscription: ${name}`,
      );
  },
  "adopted-jobs-refused": adopts,
  "infrastructure-pipelines": () => {
    const { stages } = parse(readFileSync(join(root, "azure-pipelines.yml"), "utf8")) as {
      stages: { stage: string; jobs: { parameters?: { environment: string } }[] }[];
    };
    const environments = (name: string) =>
      stages.flatMap(({ stage, jobs }) =>
        stage === name ? jobs.map(({ parameters }) => parameters?.environment) : [],
      );
    expect([environments("check"), new Set(environments("preview"))]).toEqual([
      [undefined],
      new Set(["infra-preview"]),
    ]);

    // On the connection above all: a pull request's own YAML may leave the environment out.
    for (const kind of ["environment", "endpoint"]) {
      const of = (type: string) => all(type, "bootstrap").filter(({ inputs }) => inputs.targetResourceType === kind);
      const lanes = (type: string) =>
        of(type).map(({ name }) => /-(deploy-dev|preview|drift|audit|deploy-prod)-/.exec(`${name}-`)?.[1]);
      expect(lanes("CheckBranchControl").sort()).toEqual(["audit", "deploy-dev", "deploy-prod", "drift"]);
      for (const { inputs } of of("CheckBranchControl"))
        expect(inputs).toMatchObject({ allowedBranches: "refs/heads/main", verifyBranchProtection: true });
      expect(lanes("CheckApproval").sort()).toEqual(["deploy-prod", "preview"]);
      for (const { inputs } of of("CheckApproval"))
        expect(inputs).toMatchObject({ minimumRequiredApprovers: 1, requesterCanApprove: false });
    }
    const pipelines = all("PipelineAuthorization", "bootstrap").map(({ inputs }) => inputs.pipelineId);
    expect(new Set(pipelines)).toEqual(new Set([100 + "repository-lanes".length]));
    const trusted = all("managedidentity:FederatedIdentityCredential", "bootstrap");
    expect(trusted).toHaveLength(5);
    for (const { inputs } of trusted) expect(inputs.subject).toMatch(/^\/eid1\/c\/pub\/t\//);
  },
  "pipeline-authorised-singly": () => {
    each("VariableGroup", { allowAccess: false });
    for (const stack of both) {
      for (const { name, inputs } of all("PipelineAuthorization", stack))
        expect(inputs.pipelineId, name).toBeGreaterThan(0);
    }
  },
  "pipeline-not-editable": () => {
    each(
      "BuildDefinitionPermissions",
      denied("EditBuildDefinition", "DeleteBuildDefinition", "AdministerBuildPermissions"),
    );
    each("ServiceendpointPermissions", denied("Use", "Administer"));
    for (const stack of both) {
      expect(all("BuildDefinitionPermissions", stack)).toHaveLength(4 * all("BuildDefinition", stack).length);
    }
  },
};

describe("a promise on Azure DevOps", () => {
  for (const [id, proof] of Object.entries(proofs)) it(id, proof);
});

describe("the table of controls", () => {
  const table = Object.entries<Control>(controls);
  const ways = table.flatMap(([id, { azureDevops }]): [string, OnAzureDevOps][] =>
    azureDevops === undefined ? [] : [[id, azureDevops]],
  );

  it("says of everything that GitHub has to do with how it is on Azure DevOps", () => {
    const silent = table.filter(([, { github, refusedBy = "", kind, azureDevops }]) => {
      const ofGitHub =
        github !== undefined || /preflight\/(github|adoptedRepository)/.test(refusedBy) || kind === "lint";
      return ofGitHub && azureDevops === undefined;
    });
    expect(silent.map(([id]) => id)).toEqual([]);
  });

  it("names a check of the audit where Azure DevOps has no control", () => {
    const audits = ways.flatMap(([, how]) => ("audit" in how && how.audit !== undefined ? [how.audit] : []));
    expect(audits.length).toBeGreaterThan(4);
    for (const audit of audits) expect(table.find(([id]) => id === audit)?.[1].kind, audit).toBe("audit");
  });

  it("names functions and settings that refuse", () => {
    for (const [id, how] of ways) {
      if (!("refusedBy" in how)) continue;
      const [file = "", name = ""] = how.refusedBy.split(" ");
      expect(readFileSync(join(root, file), "utf8"), id).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });

  it("names types and properties that the program sets", () => {
    const at = (value: unknown, path: readonly string[]): unknown[] => {
      const [step, ...rest] = path;
      if (step === undefined) return value === undefined ? [] : [value];
      const list = step.endsWith("[]");
      const inner = (value as Bag | null | undefined)?.[list ? step.slice(0, -2) : step];
      return list ? (Array.isArray(inner) ? inner : []).flatMap((one) => at(one, rest)) : at(inner, rest);
    };
    const missing = ways.flatMap(([id, how]) =>
      Array.isArray(how)
        ? (how as readonly string[]).flatMap((place) => {
            const [type = "", ...paths] = place.split(" ");
            const found = both.flatMap((stack) => stacks[stack].filter((one) => one.type === devops(type)));
            return paths
              .filter((path) => !path.startsWith("opts."))
              .filter((path) => !found.some(({ inputs }) => at(inputs, path.split(".")).length > 0))
              .map((path) => `${id}: ${type} ${path}`);
          })
        : [],
    );
    // The recording engine makes one secret of the whole list of variables.
    expect(missing).toEqual(["secrets-in-environment: VariableGroup variables[].isSecret"]);
  });
});
