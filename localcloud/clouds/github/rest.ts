/**
 * GitHub's REST interface to what the github provider made: the bodies in which a request asks for it and an answer
 * shows it. https://docs.github.com/rest
 */
import type { Row, Store } from "../../store";
import type { Bag } from "../behaviour";
import { dates } from "./bodies";
import {
  actionsPermissions,
  deploymentPolicy,
  environment,
  protection,
  repository,
  ruleset,
  runnerGroup,
  variable,
} from "./repository";

/** The body of the request with which the provider makes a resource of these inputs. */
export const requests: Readonly<
  Record<string, { readonly operation: string; readonly body: (inputs: Bag) => unknown }>
> = {
  [ruleset]: {
    operation: "post /repos/{owner}/{repo}/rulesets",
    body: ({ name, target, enforcement, bypassActors, conditions, rules }) => ({
      name,
      target,
      enforcement,
      bypass_actors: snake(bypassActors ?? []),
      conditions: conditionsOf(conditions),
      rules: rulesOf(rules as Rules),
    }),
  },
  [environment]: {
    operation: "put /repos/{owner}/{repo}/environments/{environment_name}",
    body: ({ waitTimer = 0, preventSelfReview = false, reviewers, deploymentBranchPolicy }) => ({
      wait_timer: waitTimer,
      prevent_self_review: preventSelfReview,
      reviewers: reviewersOf(reviewers).map(({ type, id }) => ({ type, id })),
      deployment_branch_policy: snake(deploymentBranchPolicy ?? null),
    }),
  },
  [deploymentPolicy]: {
    operation: "post /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies",
    body: ({ branchPattern, tagPattern }) => ({
      name: branchPattern ?? tagPattern,
      type: branchPattern === undefined ? "tag" : "branch",
    }),
  },
  [actionsPermissions]: {
    operation: "put /repos/{owner}/{repo}/actions/permissions",
    body: ({ enabled = true, allowedActions = "all", shaPinningRequired = false }) => ({
      enabled,
      allowed_actions: allowedActions,
      sha_pinning_required: shaPinningRequired,
    }),
  },
  [runnerGroup]: {
    operation: "post /orgs/{org}/actions/runner-groups",
    body: ({ repository: _, selectedRepositoryIds, ...group }) => ({
      ...(snake(group) as Bag),
      selected_repository_ids: selectedRepositoryIds ?? [],
    }),
  },
  [variable]: {
    operation: "post /repos/{owner}/{repo}/environments/{environment_name}/variables",
    body: ({ variableName, value }) => ({ name: variableName, value }),
  },
};

export interface GitHubRoute {
  /** As in the documentation, with `{names}`. */
  readonly path: string;
  /** Permissions that the asking token needs for it, by GitHub's names; none where nothing is said. */
  readonly needs?: readonly string[];
  /** The body of the answer; undefined where nothing stands. */
  readonly body: (
    names: Readonly<Record<string, string>>,
    store: Store,
    query: Readonly<Record<string, string | undefined>>,
  ) => unknown;
}

const api = "https://api.github.com";

/** Reads, by the path that GitHub's documentation gives them. */
export const githubRoutes: readonly GitHubRoute[] = [
  {
    path: "/repos/{owner}/{repo}/rulesets",
    body: ({ repo = "" }, store) =>
      store.row(repo, repository) === undefined
        ? undefined
        : within(repo, store.rows(ruleset)).map((row) => {
            // The list leaves out what the rules say.
            const { conditions: _conditions, rules: _rules, bypass_actors: _actors, ...body } = rulesetBody(row, store);
            return body;
          }),
  },
  {
    path: "/repos/{owner}/{repo}/environments/{environment_name}/variables/{name}",
    body: ({ repo, environment_name, name }, store) => {
      const row = within(repo, store.rows(variable)).find(
        ({ inputs }) => inputs["environment"] === environment_name && inputs["variableName"] === name,
      );
      return row && { ...(requests[variable]?.body(row.inputs) as Bag), ...dates(row, store) };
    },
  },
  {
    path: "/repos/{owner}/{repo}/rulesets/{ruleset_id}",
    body: ({ repo, ruleset_id }, store) => {
      const row = within(repo, store.rows(ruleset)).find(({ id }) => id === ruleset_id);
      return row && rulesetBody(row, store);
    },
  },
  {
    path: "/repos/{owner}/{repo}/environments/{environment_name}",
    needs: ["actions"],
    body: ({ owner, repo, environment_name }, store) => {
      const row = within(repo, store.rows(environment)).find(
        ({ inputs }) => inputs["environment"] === environment_name,
      );
      return row && environmentBody(owner ?? "", repo ?? "", row, store);
    },
  },
  {
    path: "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies",
    body: ({ repo, environment_name }, store) => {
      const rows = within(repo, store.rows(deploymentPolicy)).filter(
        ({ inputs }) => inputs["environment"] === environment_name,
      );
      const policies = rows.map(({ id, inputs, outputs }) => ({
        id: outputs["policyId"],
        node_id: `DBP_${id}`,
        ...(requests[deploymentPolicy]?.body(inputs) as Bag),
      }));
      return { total_count: policies.length, branch_policies: policies };
    },
  },
  {
    path: "/repos/{owner}/{repo}/environments/{environment_name}/variables",
    needs: ["environments", "variables"],
    body: ({ repo, environment_name }, store) => {
      const rows = within(repo, store.rows(variable)).filter(
        ({ inputs }) => inputs["environment"] === environment_name,
      );
      const variables = rows.map((row) => ({ ...(requests[variable]?.body(row.inputs) as Bag), ...dates(row, store) }));
      return { total_count: variables.length, variables };
    },
  },
  {
    path: "/repos/{owner}/{repo}/branches/{branch}/protection",
    body: ({ owner, repo, branch }, store) => {
      const row = store.rows(protection).find(({ inputs, within: place }) => {
        return place?.endsWith(` ${repo}`) === true && inputs["pattern"] === branch;
      });
      if (row === undefined) return undefined;
      const url = `${api}/repos/${owner}/${repo}/branches/${branch}/protection`;
      const { requiredPullRequestReviews = [], requiredStatusChecks = [] } = row.inputs as Record<string, Bag[]>;
      const [reviews] = requiredPullRequestReviews;
      const [checks] = requiredStatusChecks;
      const is = (key: string) => ({ enabled: row.inputs[key] === true });
      return {
        url,
        enforce_admins: { url: `${url}/enforce_admins`, ...is("enforceAdmins") },
        required_linear_history: is("requiredLinearHistory"),
        required_conversation_resolution: is("requireConversationResolution"),
        allow_force_pushes: is("allowsForcePushes"),
        allow_deletions: is("allowsDeletions"),
        lock_branch: is("lockBranch"),
        ...(reviews && {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: reviews["dismissStaleReviews"] ?? false,
            require_code_owner_reviews: reviews["requireCodeOwnerReviews"] ?? false,
            require_last_push_approval: reviews["requireLastPushApproval"] ?? false,
            required_approving_review_count: reviews["requiredApprovingReviewCount"] ?? 1,
          },
        }),
        ...(checks && {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            contexts_url: `${url}/required_status_checks/contexts`,
            strict: checks["strict"] ?? false,
            contexts: checks["contexts"] ?? [],
            // The classic rule cannot say which app must report a check.
            checks: ((checks["contexts"] ?? []) as string[]).map((context) => ({ context, app_id: null })),
          },
        }),
      };
    },
  },
];

/** An environment of a repository. */
export function environmentBody(owner: string, repo: string, row: Row, store: Store): Bag {
  const {
    environment: name,
    reviewers,
    preventSelfReview,
    canAdminsBypass = true,
    deploymentBranchPolicy,
  } = row.inputs;
  const reviewed = reviewersOf(reviewers);
  return {
    ...numbers("EN", `${repo}:${String(name)}`),
    name,
    url: `${api}/repos/${owner}/${repo}/environments/${String(name)}`,
    html_url: `https://github.com/${owner}/${repo}/deployments/activity_log?environments_filter=${String(name)}`,
    ...dates(row, store),
    can_admins_bypass: canAdminsBypass,
    protection_rules: [
      ...(reviewed.length === 0
        ? []
        : [
            {
              ...numbers("GA", `${row.id} reviewers`),
              type: "required_reviewers",
              prevent_self_review: preventSelfReview ?? false,
              reviewers: reviewed.map(({ type, id }) => ({ type, reviewer: reviewer(type, id, store) })),
            },
          ]),
      ...(deploymentBranchPolicy == null ? [] : [{ ...numbers("GA", `${row.id} branches`), type: "branch_policy" }]),
    ],
    deployment_branch_policy: snake(deploymentBranchPolicy ?? null),
  };
}

function rulesetBody(row: Row, store: Store): Bag {
  const { rules, ...asked } = requests[ruleset]?.body(row.inputs) as Bag;
  return {
    ...asked,
    rules: (rules as { type: string; parameters?: Bag }[]).map(withGitHubsOwn),
    id: Number(row.id),
    node_id: row.outputs["nodeId"],
    source_type: "Repository",
    source: `${store.organisation.github.login}/${String(row.inputs["repository"])}`,
    ...dates(row, store),
  };
}

type Rules = Readonly<Record<string, unknown>>;

/** The provider's one object of rules as the API's list. */
function rulesOf(rules: Rules): unknown[] {
  return Object.entries(rules).flatMap(([name, value]): unknown[] => {
    const type = snakeCase(name);
    if (value === false || value == null) return [];
    if (value === true) return [{ type }];
    const { requiredChecks, ...others } = value as Bag;
    const checks = requiredChecks === undefined ? {} : { required_status_checks: snake(requiredChecks) };
    return [{ type, parameters: { ...(snake(others) as Bag), ...checks } }];
  });
}

/** On by default where nobody can ask for it yet: the provider has no such setting. */
function withGitHubsOwn({ type, parameters }: { type: string; parameters?: Bag }): Bag {
  if (type !== "pull_request") return parameters === undefined ? { type } : { type, parameters };
  return { type, parameters: { require_extra_approval_for_unattributed_changes: true, ...parameters } };
}

function conditionsOf(conditions: unknown): unknown {
  const { refName } = (conditions ?? {}) as { refName?: { includes: string[]; excludes: string[] } };
  return refName === undefined ? {} : { ref_name: { include: refName.includes, exclude: refName.excludes } };
}

function reviewersOf(reviewers: unknown): { type: "Team" | "User"; id: number }[] {
  return ((reviewers ?? []) as { teams?: number[]; users?: number[] }[]).flatMap(({ teams = [], users = [] }) => [
    ...teams.map((id) => ({ type: "Team" as const, id })),
    ...users.map((id) => ({ type: "User" as const, id })),
  ]);
}

function reviewer(type: "Team" | "User", id: number, store: Store): unknown {
  const { login, id: owner, teams } = store.organisation.github;
  if (type === "User") return { id };
  const slug = teams.find((team) => team.id === id)?.slug ?? String(id);
  const url = `${api}/organizations/${owner}/team/${id}`;
  return {
    id,
    node_id: `T_${id}`,
    slug,
    name: slug,
    description: null,
    privacy: "closed",
    permission: "pull",
    notification_setting: "notifications_enabled",
    url,
    html_url: `https://github.com/orgs/${login}/teams/${slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
  };
}

const within = (repository: string | undefined, rows: readonly Row[]) =>
  rows.filter(({ inputs, state }) => state === "live" && inputs["repository"] === repository);

/** GitHub numbers everything, and gives it an opaque node id beside. */
function numbers(prefix: string, seed: string): { id: number; node_id: string } {
  const id = [...seed].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 1_000_000_007, 7);
  return { id, node_id: `${prefix}_${id}` };
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function snake(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snake);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snakeCase(key), snake(inner)]));
}
