/**
 * GitHub's REST interface to what the github provider made: the bodies in which a request asks for it and an answer
 * shows it. https://docs.github.com/rest
 */
import type { Row, Store } from "../../store";
import type { Bag } from "../behaviour";
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
    path: "/repos/{owner}/{repo}",
    body: ({ repo = "" }, store) => {
      const row = store.row(repo, repository);
      return row === undefined || row.state === "soft" ? undefined : repositoryBody(row, store);
    },
  },
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
    path: "/orgs/{org}/actions/runner-groups",
    body: ({ org }, store) => {
      const groups = store.rows(runnerGroup).map((row) => runnerGroupBody(row, org));
      return { total_count: groups.length, runner_groups: groups };
    },
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
      if (row === undefined) return undefined;
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
          ...(deploymentBranchPolicy == null
            ? []
            : [{ ...numbers("GA", `${row.id} branches`), type: "branch_policy" }]),
        ],
        deployment_branch_policy: snake(deploymentBranchPolicy ?? null),
      };
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

function repositoryBody(row: Row, store: Store): Bag {
  const { name, description = null, visibility = "public" } = row.inputs;
  const { hasIssues = false, hasProjects = false, hasWiki = false } = row.inputs;
  const { login, id } = store.organisation.github;
  const full = `${login}/${String(name)}`;
  const url = `${api}/repos/${full}`;
  const zero = ["forks", "forks_count", "open_issues", "open_issues_count", "stargazers_count", "watchers"];
  const { created_at, updated_at } = dates(row, store);
  return {
    ...{ id: row.outputs["repoId"], node_id: row.outputs["nodeId"], name, full_name: full, description, url },
    ...{
      private: visibility !== "public",
      visibility,
      archived: row.state === "archived",
      disabled: false,
      fork: false,
    },
    ...Object.fromEntries(zero.map((key) => [key, 0])),
    ...{ watchers_count: 0, network_count: 0, subscribers_count: 0, size: 0, homepage: null, language: null },
    ...{ license: null, mirror_url: null, default_branch: row.outputs["defaultBranch"], pushed_at: updated_at },
    ...{ created_at, updated_at },
    ...{ has_issues: hasIssues, has_projects: hasProjects, has_wiki: hasWiki, has_pages: false },
    ...{ has_discussions: false, html_url: `https://github.com/${full}`, svn_url: `https://github.com/${full}` },
    ...{ git_url: `git://github.com/${full}.git`, clone_url: `https://github.com/${full}.git` },
    ssh_url: `git@github.com:${full}.git`,
    owner: owner(login, id),
    ...Object.fromEntries(
      [
        ...["archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents"],
        ...["contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags"],
        ...["hooks", "issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones"],
        ...["notifications", "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags"],
        ...["teams", "trees"],
      ].map((part) => [`${part}_url`, `${url}/${part}`]),
    ),
  };
}

function owner(login: string, id: number): Bag {
  const url = `${api}/users/${login}`;
  const parts = ["followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events"];
  return {
    ...{ login, id, node_id: `O_${id}`, type: "Organization", site_admin: false, url, gravatar_id: "" },
    ...{ avatar_url: `https://avatars.githubusercontent.com/u/${id}`, html_url: `https://github.com/${login}` },
    ...Object.fromEntries([...parts, "received_events"].map((part) => [`${part}_url`, `${url}/${part}`])),
  };
}

function rulesetBody(row: Row, store: Store): Bag {
  return {
    ...(requests[ruleset]?.body(row.inputs) as Bag),
    id: Number(row.id),
    node_id: row.outputs["nodeId"],
    source_type: "Repository",
    source: `${store.organisation.github.login}/${String(row.inputs["repository"])}`,
    ...dates(row, store),
  };
}

function runnerGroupBody({ id, inputs }: Row, org: string | undefined): Bag {
  const url = `${api}/orgs/${org}/actions/runner-groups/${id}`;
  const { selected_repository_ids: _, ...asked } = requests[runnerGroup]?.body(inputs) as Bag;
  return {
    ...{ allows_public_repositories: false, restricted_to_workflows: false, selected_workflows: [], ...asked },
    ...{ id: Number(id), default: false, inherited: false, runners_url: `${url}/runners` },
    ...(asked["visibility"] === "selected" ? { selected_repositories_url: `${url}/repositories` } : {}),
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

function dates({ id, type }: Row, store: Store): { created_at: string; updated_at: string } {
  const events = store.events().filter((event) => event.id === id && event.type === type);
  const at = (event = events[0]) => event?.at ?? new Date(0).toISOString();
  return { created_at: at(), updated_at: at(events.at(-1)) };
}

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
