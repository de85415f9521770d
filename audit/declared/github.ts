/** The repository, with everything that holds it, as a stack declares it on GitHub. */
import type { Collaborator, DeploymentPolicy, Environment, Repository, Ruleset, ServicePrincipal } from "../model";
import { type Bag, type Declared, type Resources, text } from "./preview";

/** The repository that the stack owns; none where another stack does. */
export function repositoriesIn(
  resources: Resources,
  owner: string,
  principals: readonly ServicePrincipal[],
): Repository[] {
  const subjects = principals.flatMap(({ trusts }) => trusts.map(({ subject }) => subject));
  const [actions] = resources.github("ActionsRepositoryPermissions");
  const [token] = resources.github("WorkflowRepositoryPermissions");
  return resources.github("Repository").map((repository): Repository => {
    const name = `${owner}/${text(repository.inputs["name"])}`;
    return {
      ...{ name, purpose: "experiments", defaultBranch: "main", deployKeys: deployKeysIn(resources), runners: [] },
      gates: subjects.flatMap((subject) => /:environment:([^:]+)$/.exec(subject)?.[1] ?? []),
      subject: subjects[0]?.replace(/:environment:.*/, "") ?? "declared",
      people: peopleOf(resources),
      rulesets: resources.github("RepositoryRuleset").map(rulesetOf),
      branches: branchesIn(resources),
      environments: environmentsIn(resources),
      actions: {
        allowed: (text(actions?.inputs["allowedActions"]) ?? "all") as Repository["actions"]["allowed"],
        pinned: actions?.inputs["shaPinningRequired"] === true,
        tokenWrites: token?.inputs["defaultWorkflowPermissions"] !== "read",
        approves: token?.inputs["canApprovePullRequestReviews"] !== false,
      },
    };
  });
}

/** The provider's words for roles. */
const collaboratorRoles: Readonly<Record<string, Collaborator["role"]>> = { push: "write", pull: "read" };

function peopleOf(resources: Resources): Collaborator[] {
  const role = (permission: unknown) =>
    collaboratorRoles[text(permission) ?? "push"] ?? (text(permission) as Collaborator["role"]);
  return resources.github("RepositoryCollaborators").flatMap(({ inputs }): Collaborator[] => [
    ...((inputs["teams"] ?? []) as Bag[]).map(({ teamId, permission }): Collaborator => ({
      ...{ login: undefined, role: role(permission), by: { team: text(teamId) ?? "" }, more: [] },
    })),
    ...((inputs["users"] ?? []) as Bag[]).map(({ username, permission }): Collaborator => ({
      ...{ login: text(username), role: role(permission), by: "direct", more: [] },
    })),
  ]);
}

function deployKeysIn(resources: Resources): Repository["deployKeys"] {
  return resources.github("RepositoryDeployKey").map(({ inputs, urn }) => ({
    ...{ id: urn, title: text(inputs["title"]) ?? urn, readOnly: inputs["readOnly"] === true },
  }));
}

function rulesetOf({ urn, inputs }: Declared): Ruleset {
  const { refName } = (inputs["conditions"] ?? {}) as { refName?: { includes?: string[]; excludes?: string[] } };
  const { pullRequest, ...rules } = (inputs["rules"] ?? {}) as Bag & { pullRequest?: Bag };
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return {
    ...{ id: urn, name: text(inputs["name"]) ?? urn, source: "Repository", target: text(inputs["target"]) ?? "branch" },
    active: inputs["enforcement"] === "active",
    include: refName?.includes ?? [],
    exclude: refName?.excludes ?? [],
    bypass: ((inputs["bypassActors"] ?? []) as Bag[]).map(({ actorType, actorId, bypassMode }) => ({
      ...{
        type: text(actorType) ?? "",
        id: typeof actorId === "number" ? String(actorId) : "0",
        mode: text(bypassMode) ?? "always",
      },
    })),
    ...(pullRequest === undefined
      ? {}
      : {
          review: {
            approvals: Number(pullRequest["requiredApprovingReviewCount"] ?? 0),
            dismissesStale: pullRequest["dismissStaleReviewsOnPush"] === true,
            codeOwners: pullRequest["requireCodeOwnerReview"] === true,
            lastPush: pullRequest["requireLastPushApproval"] === true,
            // GitHub's default, which no provider can change.
            unattributed: true,
          },
        }),
    rules: Object.entries(rules).flatMap(([name, value]) => (value === true ? [snake(name)] : [])),
  };
}

function branchesIn(resources: Resources): Repository["branches"] {
  const protections = resources.github("BranchProtection");
  const others = resources.github("Branch").flatMap(({ inputs }) => text(inputs["branch"]) ?? []);
  return [...new Set(["main", ...others])].map((name) => {
    const protection = protections.find(({ inputs }) => inputs["pattern"] === name);
    const [reviews] = (protection?.inputs["requiredPullRequestReviews"] ?? []) as Bag[];
    const owned = resources
      .github("RepositoryFile")
      .some(({ inputs }) => inputs["file"] === ".github/CODEOWNERS" && inputs["branch"] === name);
    return {
      name,
      ...(protection === undefined
        ? {}
        : {
            protection: {
              ...(reviews === undefined
                ? {}
                : {
                    review: {
                      approvals: Number(reviews["requiredApprovingReviewCount"] ?? 0),
                      dismissesStale: reviews["dismissStaleReviews"] === true,
                      codeOwners: reviews["requireCodeOwnerReviews"] === true,
                      lastPush: reviews["requireLastPushApproval"] === true,
                    },
                  }),
              admins: protection.inputs["enforceAdmins"] === true,
              forcePushes: protection.inputs["allowsForcePushes"] === true,
              deletions: protection.inputs["allowsDeletions"] === true,
              bypassers: (reviews?.["pullRequestBypassers"] ?? []) as string[],
            },
          }),
      // Who the owners are is in the file; that there is one is what is declared.
      ...(owned ? { codeOwnerErrors: [], owners: ["the code owners"] } : { owners: [] }),
    };
  });
}

function environmentsIn(resources: Resources): Environment[] {
  const secrets = resources.github("ActionsEnvironmentSecret");
  return resources.github("RepositoryEnvironment").map(({ inputs, urn }): Environment => {
    const name = text(inputs["environment"]) ?? urn;
    const here = ({ inputs: own }: Declared) => own["environment"] === name;
    const policy = inputs["deploymentBranchPolicy"] as Bag | undefined;
    const policies = resources.github("RepositoryEnvironmentDeploymentPolicy").filter(here);
    const reviewers = ((inputs["reviewers"] ?? []) as { teams?: unknown[]; users?: unknown[] }[]).flatMap(
      ({ teams = [], users = [] }) => [...teams, ...users],
    );
    return {
      name,
      lets:
        policy === undefined
          ? "any"
          : policy["customBranchPolicies"] === true
            ? policies.map(({ inputs: { branchPattern, tagPattern } }): DeploymentPolicy => ({
                kind: branchPattern === undefined ? "tag" : "branch",
                pattern: text(branchPattern ?? tagPattern) ?? "*",
              }))
            : "protected",
      reviewers: reviewers.map(String),
      selfReview: inputs["preventSelfReview"] !== true,
      adminsBypass: inputs["canAdminsBypass"] !== false,
      variables: {},
      secrets: secrets.filter(here).map(({ inputs: own }) => text(own["secretName"]) ?? ""),
    };
  });
}
