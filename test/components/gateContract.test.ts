/**
 * What a gate promises, on whatever platform: the same calls, and what each platform registers for them says the same. Only
 * how it is said differs, and is told here for each; what else a platform does stands in its own tests.
 */
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";

import { azureDevOps } from "../../components/azureDevOps/platform";
import type { GateArgs, Platform, RepositoryArgs } from "../../components/gate";
import { gitHub } from "../../components/github/platform";
import { created, mockEngine, urns, valueOf } from "../support/mocks";

type Inputs = Readonly<Record<string, unknown>>;

/** A gate in words that both platforms can say. */
interface Promises {
  readonly branches: Readonly<Record<string, BranchPromises>>;
  readonly production: {
    readonly from: readonly string[];
    /** Groups of which one member approves each run. */
    readonly approvedBy: number;
    readonly byWhoStartedIt: boolean;
  };
  /** Names of what the pipeline reads in the environment. */
  readonly variables: readonly string[];
  readonly secrets: readonly string[];
}

interface BranchPromises {
  readonly approvals: number;
  /** What an approval does not survive. */
  readonly newCommits: "take approvals away";
  readonly whoPushedLast: "does not count";
  readonly owners: "are asked";
  readonly comments: "are settled";
  readonly checks: readonly string[];
  readonly merges: readonly string[];
  /** Who steps over the rules. */
  readonly bypass: readonly string[];
}

interface Side {
  readonly platform: () => Platform<unknown>;
  /** A team, as this platform names it. */
  readonly team: (name: "maintainers" | "release" | "scientists") => string;
  readonly promises: () => Promises;
  /** The rules, by name, and who lets people write. */
  readonly rules: () => string[];
  readonly writers: readonly string[];
  /** Types that development may make in its own environment. */
  readonly inDevelopment: readonly string[];
}

const of = (type: string) => created.filter((one) => one.type.endsWith(`:${type}`));
const one = (type: string, which: (inputs: Inputs) => boolean = () => true): Inputs => {
  const [found, ...others] = of(type).filter(({ inputs }) => which(inputs));
  if (found === undefined || others.length > 0) throw new Error(`${others.length + Number(!!found)} of ${type}.`);
  return found.inputs;
};
const when = <T>(holds: unknown, word: T): T => {
  if (holds !== true) throw new Error(`It is not so that: ${String(word)}.`);
  return word;
};

interface Rules {
  readonly pullRequest: Inputs & {
    readonly allowedMergeMethods: string[];
    readonly requiredApprovingReviewCount: number;
  };
  readonly requiredStatusChecks?: { readonly requiredChecks: readonly { readonly context: string }[] };
}

function onGitHub(): Promises {
  const branches = of("RepositoryRuleset")
    .filter(({ inputs }) => inputs.target === "branch")
    .map(({ inputs }): [string, BranchPromises] => {
      const { pullRequest, requiredStatusChecks } = inputs.rules as Rules;
      const [ref = ""] = (inputs.conditions as { refName: { includes: string[] } }).refName.includes;
      const branch = ref.replace("refs/heads/", "");
      const { enforceAdmins } = one("BranchProtection", ({ pattern }) => pattern === branch);
      return [
        branch,
        {
          approvals: pullRequest.requiredApprovingReviewCount,
          newCommits: when(pullRequest.dismissStaleReviewsOnPush, "take approvals away"),
          whoPushedLast: when(pullRequest.requireLastPushApproval, "does not count"),
          owners: when(pullRequest.requireCodeOwnerReview, "are asked"),
          comments: when(pullRequest.requiredReviewThreadResolution, "are settled"),
          checks: requiredStatusChecks?.requiredChecks.map(({ context }) => context) ?? [],
          merges: pullRequest.allowedMergeMethods,
          bypass: [...(inputs.bypassActors as string[]), ...(enforceAdmins === true ? [] : ["administrators"])],
        },
      ];
    });
  const environment = one("RepositoryEnvironment", (inputs) => inputs.environment === "prod");
  return {
    branches: Object.fromEntries(branches),
    production: {
      from: of("RepositoryEnvironmentDeploymentPolicy").map(({ inputs }) => String(inputs.branchPattern)),
      approvedBy: (environment.reviewers as { teams: unknown[] }[]).flatMap(({ teams }) => teams).length,
      byWhoStartedIt: environment.preventSelfReview !== true,
    },
    variables: of("ActionsEnvironmentVariable").map(({ inputs }) => String(inputs.variableName)),
    secrets: of("ActionsEnvironmentSecret").map(({ inputs }) => String(inputs.secretName)),
  };
}

interface PolicySettings extends Inputs {
  readonly scopes: readonly { readonly repositoryId: string; readonly repositoryRef: string }[];
}

function onAzureDevOps(): Promises {
  const onBranch = (type: string, branch: string) =>
    of(type).flatMap(({ inputs }) => {
      const settings = inputs.settings as PolicySettings;
      const [scope] = settings.scopes;
      const ours =
        scope?.repositoryId === "repository-repository-id" && inputs.enabled === true && inputs.blocking === true;
      return ours && scope.repositoryRef === `refs/heads/${branch}` ? [settings] : [];
    });
  const branchOf = (branch: string): BranchPromises => {
    const [review] = onBranch("BranchPolicyMinReviewers", branch);
    const [owners] = onBranch("BranchPolicyAutoReviewers", branch);
    const [merges] = onBranch("BranchPolicyMergeTypes", branch);
    const ways = { allowSquash: "squash", allowBasicNoFastForward: "merge", allowRebaseAndFastForward: "rebase" };
    const lets = of("GitPermissions").filter(({ inputs }) => {
      const { PolicyExempt, PullRequestBypassPolicy } = inputs.permissions as Record<string, string>;
      return PolicyExempt !== "Deny" || PullRequestBypassPolicy !== "Deny";
    });
    return {
      approvals: Number(review?.reviewerCount),
      newCommits: when(review?.onPushResetAllVotes, "take approvals away"),
      whoPushedLast: when(review?.lastPusherCannotApprove, "does not count"),
      owners: when(
        owners?.submitterCanVote === false && (owners.autoReviewerIds as string[]).length === 1,
        "are asked",
      ),
      comments: when(onBranch("BranchPolicyCommentResolution", branch).length === 1, "are settled"),
      checks: onBranch("BranchPolicyBuildValidation", branch).map(({ displayName }) => String(displayName)),
      merges: Object.entries(ways).flatMap(([way, word]) => (merges?.[way] === true ? [word] : [])),
      bypass: lets.map(({ name }) => name),
    };
  };
  const approval = one("CheckApproval", ({ targetResourceType }) => targetResourceType === "endpoint");
  const control = one("CheckBranchControl", ({ targetResourceType }) => targetResourceType === "endpoint");
  const listed = one("VariableGroup").variables;
  const variables = (pulumi.runtime.isRpcSecret(listed) ? pulumi.runtime.unwrapRpcSecret(listed) : listed) as Inputs[];
  const named = (secret: boolean) =>
    variables.filter(({ isSecret = false }) => isSecret === secret).map(({ name }) => String(name));
  return {
    branches: Object.fromEntries(["main", "release"].map((branch) => [branch, branchOf(branch)])),
    production: {
      from: String(control.allowedBranches)
        .split(",")
        .map((ref) => ref.replace("refs/heads/", "")),
      approvedBy: (approval.approvers as unknown[]).length,
      byWhoStartedIt: approval.requesterCanApprove !== false,
    },
    variables: named(false),
    secrets: named(true),
  };
}

const groups = {
  maintainers: "a1b82d50-74c7-4d85-9f2c-2e3f7d509c33",
  release: "b2c93e61-85d8-4e96-8a3d-3f408e61ad44",
  scientists: "8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11",
};

const sides: Readonly<Record<"GitHub" | "Azure DevOps", Side>> = {
  GitHub: {
    platform: () =>
      gitHub({
        ...{ owner: "contoso-fl", subject: "immutable" },
        repository: { actions: [], acceptWithout: [], takenOver: false, recover: false },
      }),
    team: (name) => `fl-${name}`,
    promises: onGitHub,
    rules: () => [...of("RepositoryRuleset"), ...of("BranchProtection")].map(({ name }) => name),
    writers: ["repository-collaborators"],
    inDevelopment: ["ActionsEnvironmentVariable", "ActionsEnvironmentSecret"],
  },
  "Azure DevOps": {
    platform: () =>
      azureDevOps({
        organisation: "https://dev.azure.com/contoso-fl",
        project: { create: "contoso-fl" },
        repository: { runner: undefined },
        group: undefined as never,
        ...{ location: "westeurope", tags: {}, devCenter: "dc" },
      }),
    team: (name) => groups[name],
    promises: onAzureDevOps,
    rules: () =>
      created.flatMap(({ type, name }) =>
        type.includes(":index/branchPolicy") && name.startsWith("repository-") && !name.includes("templates")
          ? [name]
          : [],
      ),
    writers: ["repository-permissions-writers"],
    inDevelopment: [
      ...["VariableGroup", "VariableGroupPermissions", "ServiceEndpointAzureRM", "ServiceendpointPermissions"],
      "PipelineAuthorization",
    ],
  },
};

describe.each(Object.entries(sides))("a gate on %s", (_, side) => {
  const repository = (): RepositoryArgs => ({
    repositoryName: "fl-experiments",
    branches: {
      main: {
        ...{ approvals: 2, codeOwners: [side.team("maintainers")], merge: "squash", signed: false },
        checks: [{ name: "dev-run" }],
      },
      release: {
        ...{
          approvals: 3,
          codeOwners: [side.team("maintainers"), side.team("release")],
          merge: "merge",
          signed: false,
        },
        checks: [],
      },
    },
    contributors: [side.team("scientists")],
    deployFrom: ["main", "release"],
    deployReviewers: [side.team("release")],
    protect: true,
  });
  const values: Omit<GateArgs<unknown>, "repository" | "environment"> = {
    identity: { applicationId: "/applications/1", clientId: "client", tenantId: "tenant", subscriptionId: "sub" },
    variables: { AZURE_CLIENT_ID: "client", AZUREML_WORKSPACE: "aml" },
    secrets: { WANDB_API_KEY: pulumi.secret("canary-6f1d0c") },
  };
  const production = () => {
    const platform = side.platform();
    const own = platform.own("repository", repository());
    return { platform, own, gate: platform.open("gate", { repository: own, environment: "prod", ...values }) };
  };
  const credentials = () => of("ApplicationFederatedIdentityCredential");

  beforeEach(() => mockEngine());

  it("says of its branches, and of what runs in production, what every gate says", async () => {
    production();
    await urns();
    const reviewed = {
      ...{ newCommits: "take approvals away", whoPushedLast: "does not count" },
      ...{ owners: "are asked", comments: "are settled", bypass: [] },
    };
    expect(side.promises()).toEqual({
      branches: {
        main: { ...reviewed, approvals: 2, checks: ["dev-run"], merges: ["squash"] },
        release: { ...reviewed, approvals: 3, checks: [], merges: ["merge"] },
      },
      production: { from: ["main", "release"], approvedBy: 1, byWhoStartedIt: false },
      variables: ["AZURE_CLIENT_ID", "AZUREML_WORKSPACE"],
      secrets: ["WANDB_API_KEY"],
    });
  });

  it("opens by one credential, made after everything else, for the one subject that it tells", async () => {
    const { gate } = production();
    await urns();
    expect(created.at(-1)).toBe(credentials()[0]);
    const { subject, audiences, applicationId } = one("ApplicationFederatedIdentityCredential");
    expect(audiences).toEqual(["api://AzureADTokenExchange"]);
    expect(applicationId).toBe("/applications/1");
    expect(subject).toBe(await valueOf(gate.subject));
    expect(String(subject)).not.toMatch(/[*]|undefined/);
  });

  it("lets nobody write before every rule stands", async () => {
    production();
    await urns();
    const order = created.map(({ name }) => name);
    expect(side.rules().length).toBeGreaterThan(3);
    for (const rule of side.rules()) {
      for (const writer of side.writers) expect(order.indexOf(rule), rule).toBeLessThan(order.indexOf(writer));
    }
  });

  it("shows no secret", async () => {
    production();
    await urns();
    const plain = created.map(({ inputs }) =>
      Object.entries(inputs).filter(([, value]) => !pulumi.runtime.isRpcSecret(value)),
    );
    expect(JSON.stringify(plain)).not.toContain("canary-6f1d0c");
    expect(JSON.stringify(created)).toContain("canary-6f1d0c");
  });

  it("is found by development, which makes what is in its own environment and nothing else", async () => {
    const platform = side.platform();
    const found = platform.find("fl-experiments");
    platform.open("gate", { repository: found, environment: "dev", ...values });
    await urns();
    const made = (type: string) => type.split(":").at(-1) ?? "";
    const others = created.filter(
      ({ type }) =>
        !type.startsWith("federated-mlops:") &&
        ![...side.inDevelopment, "ApplicationFederatedIdentityCredential"].includes(made(type)),
    );
    expect(others).toEqual([]);
    expect(JSON.stringify(created.map(({ inputs }) => inputs))).not.toContain("prod");
    expect(credentials()).toHaveLength(1);
  });

  it("has a page", async () => {
    const { platform, own } = production();
    expect(await valueOf(pulumi.output(platform.urlOf(own)))).toMatch(/^https:\/\//);
    await urns();
  });
});
