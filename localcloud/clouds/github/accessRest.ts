/** GitHub's REST interface to who has access, and to what else lies in a repository. https://docs.github.com/rest */
import { numberOf } from "../../localCloud";
import type { Row, Store } from "../../store";
import type { Bag } from "../behaviour";
import { founded, teamBody, userBody } from "./bodies";
import {
  branch,
  type CollaboratorInputs,
  collaborators,
  defaultBranch,
  deployKey,
  environment,
  file,
  repository,
  runnerGroup,
  workflowToken,
} from "./repository";
import { environmentBody, type GitHubRoute } from "./rest";

export const accessRoutes: readonly GitHubRoute[] = [
  {
    // https://docs.github.com/rest/orgs/members
    path: "/orgs/{org}/members",
    needs: ["members"],
    body: (_names, store, { role }) =>
      (role === "admin" ? store.organisation.github.owners : membersOf(store)).map((login) => userBody(login)),
  },
  {
    // https://docs.github.com/rest/orgs/orgs#list-app-installations-for-an-organization
    path: "/orgs/{org}/installations",
    needs: ["organization_administration"],
    body: (_names, store) => {
      const { apps, login, id: owner } = store.organisation.github;
      const installations = apps.map(({ id, slug, clientId, permissions }) => ({
        ...{ id, app_slug: slug, client_id: clientId, app_id: numberOf(`app ${slug}`), permissions },
        ...{ account: userBody(login, owner, "Organization"), target_id: owner, target_type: "Organization" },
        ...{ repository_selection: "all", events: [], single_file_name: null, suspended_at: null, suspended_by: null },
        access_tokens_url: `https://api.github.com/app/installations/${id}/access_tokens`,
        repositories_url: "https://api.github.com/installation/repositories",
        html_url: `https://github.com/organizations/${login}/settings/installations/${id}`,
        ...founded,
      }));
      return { total_count: installations.length, installations };
    },
  },
  {
    // https://docs.github.com/rest/deployments/environments#list-environments
    path: "/repos/{owner}/{repo}/environments",
    needs: ["actions"],
    body: ({ owner = "", repo = "" }, store) => {
      if (called(repo, store) === undefined) return undefined;
      const environments = within(repo, store.rows(environment)).map((row) => environmentBody(owner, repo, row, store));
      return { total_count: environments.length, environments };
    },
  },
  {
    // https://docs.github.com/rest/collaborators/collaborators#list-repository-collaborators
    path: "/repos/{owner}/{repo}/collaborators",
    needs: ["metadata"],
    body: ({ repo = "" }, store, { affiliation = "all" }) => {
      if (called(repo, store) === undefined) return undefined;
      const all = affiliation === "direct" ? directly(repo, store) : effectively(repo, store);
      return [...all].map(([login, role]) => ({ ...userBody(login), role_name: role, permissions: upTo(role) }));
    },
  },
  {
    // https://docs.github.com/rest/repos/repos#list-repository-teams
    path: "/repos/{owner}/{repo}/teams",
    needs: ["administration"],
    body: ({ repo = "" }, store) =>
      called(repo, store) &&
      teamsOf(repo, store).map(({ team, role }) => ({
        ...teamBody(team, store),
        permission: role === "write" ? "push" : role === "read" ? "pull" : role,
        permissions: upTo(role),
      })),
  },
  {
    // https://docs.github.com/rest/deploy-keys/deploy-keys#list-deploy-keys
    path: "/repos/{owner}/{repo}/keys",
    needs: ["administration"],
    body: ({ owner, repo = "" }, store) =>
      called(repo, store) &&
      within(repo, store.rows(deployKey)).map(({ id, inputs }) => ({
        ...{ id: Number(id), key: inputs["key"], title: inputs["title"], read_only: inputs["readOnly"] === true },
        ...{ url: `https://api.github.com/repos/${owner}/${repo}/keys/${id}`, verified: true },
        ...{ created_at: founded.created_at, added_by: null, last_used: null, enabled: true },
      })),
  },
  {
    // https://docs.github.com/rest/actions/permissions#get-default-workflow-permissions-for-a-repository
    path: "/repos/{owner}/{repo}/actions/permissions/workflow",
    needs: ["administration"],
    body: ({ repo = "" }, store) => {
      const { defaultWorkflowPermissions = "read", canApprovePullRequestReviews = false } =
        store.row(repo, workflowToken)?.inputs ?? {};
      return (
        called(repo, store) && {
          default_workflow_permissions: defaultWorkflowPermissions,
          can_approve_pull_request_reviews: canApprovePullRequestReviews,
        }
      );
    },
  },
  {
    // https://docs.github.com/rest/repos/contents#get-repository-content
    path: "/repos/{owner}/{repo}/contents{below}",
    needs: ["contents"],
    body: ({ owner, repo = "", below = "" }, store, { ref }) => {
      const row = called(repo, store);
      const on = ref ?? defaultBranch(row);
      const path = below.slice(1);
      const found = within(repo, store.rows(file)).find(
        ({ inputs }) => inputs["file"] === path && (inputs["branch"] ?? defaultBranch(row)) === on,
      );
      if (found === undefined) return undefined;
      const text = String(found.inputs["content"]);
      const url = `https://api.github.com/repos/${owner}/${repo}/contents/${path}`;
      const page = `https://github.com/${owner}/${repo}/blob/${on}/${path}`;
      return {
        ...{ type: "file", encoding: "base64", content: Buffer.from(text).toString("base64"), size: text.length },
        ...{ name: path.split("/").at(-1), path, sha: found.outputs["sha"], url, html_url: page },
        ...{ git_url: null, download_url: null, _links: { self: url, git: null, html: page } },
      };
    },
  },
  {
    // https://docs.github.com/rest/actions/self-hosted-runner-groups: none is set up here.
    path: "/orgs/{org}/actions/runner-groups/{runner_group_id}/runners",
    needs: ["organization_self_hosted_runners"],
    body: ({ runner_group_id }, store) =>
      store.rows(runnerGroup).some(({ id }) => id === runner_group_id) ? { total_count: 0, runners: [] } : undefined,
  },
  {
    // https://docs.github.com/rest/commits/commits#compare-two-commits. Git's history is not simulated: a commit is on a
    // branch if it is its newest one.
    path: "/repos/{owner}/{repo}/compare/{basehead}",
    needs: ["contents"],
    body: ({ owner = "", repo = "", basehead = "" }, store) => {
      const [base = "", head = ""] = basehead.split("...");
      const row = store.row(`${repo}:${base}`, branch);
      if (row?.state !== "live") return undefined;
      const same = row.outputs["sha"] === head;
      const commit = commitBody(`${owner}/${repo}`, String(row.outputs["sha"]));
      const place = `/${owner}/${repo}/compare/${basehead}`;
      return {
        ...{ status: same ? "identical" : "diverged", ahead_by: same ? 0 : 1, behind_by: 0, total_commits: 0 },
        ...{ base_commit: commit, merge_base_commit: commit, commits: [], files: [] },
        ...{ url: `https://api.github.com/repos${place}`, html_url: `https://github.com${place}` },
        ...{ permalink_url: `https://github.com${place}`, diff_url: `https://github.com${place}.diff` },
        patch_url: `https://github.com${place}.patch`,
      };
    },
  },
];

function commitBody(repository: string, sha: string): Bag {
  const api = `https://api.github.com/repos/${repository}`;
  const url = `${api}/commits/${sha}`;
  const by = { name: "GitHub", email: "noreply@github.com", date: founded.created_at };
  return {
    ...{ url, sha, node_id: `C_${sha}`, html_url: `https://github.com/${repository}/commit/${sha}` },
    ...{ comments_url: `${url}/comments`, author: null, committer: null, parents: [] },
    commit: {
      ...{ url: `${api}/git/commits/${sha}`, author: by, committer: by, message: "", comment_count: 0 },
      tree: { sha, url: `${api}/git/trees/${sha}` },
    },
  };
}

const ranks = ["read", "triage", "write", "maintain", "admin"] as const;
type Role = (typeof ranks)[number];

/** The provider's words are GitHub's older ones. */
function roleOf(permission = "push"): Role {
  if (permission === "push") return "write";
  return permission === "pull" ? "read" : (ranks.find((role) => role === permission) ?? "read");
}

/** All that a role allows, in the older words beside today's. */
function upTo(role: Role): Bag {
  const may = (least: Role) => ranks.indexOf(role) >= ranks.indexOf(least);
  return { pull: true, triage: may("triage"), push: may("write"), maintain: may("maintain"), admin: may("admin") };
}

function teamsOf(repo: string, store: Store) {
  const { teams: given = [] } = (store.row(repo, collaborators)?.inputs ?? {}) as Partial<CollaboratorInputs>;
  return given.flatMap(({ teamId, permission }) => {
    const team = store.organisation.github.teams.find(({ slug, id }) => slug === teamId || String(id) === teamId);
    return team === undefined ? [] : [{ team, role: roleOf(permission) }];
  });
}

/** Whoever is named in the repository's own list. */
function directly(repo: string, store: Store): Map<string, Role> {
  const { users = [] } = (store.row(repo, collaborators)?.inputs ?? {}) as Partial<CollaboratorInputs>;
  return new Map(users.map(({ username, permission }) => [username, roleOf(permission)]));
}

/** Whoever has access in whatever way, with the strongest role. */
function effectively(repo: string, store: Store): Map<string, Role> {
  const { owners, basePermission } = store.organisation.github;
  const found = new Map<string, Role>();
  const give = (login: string, role: Role) => {
    const known = found.get(login);
    if (known === undefined || ranks.indexOf(role) > ranks.indexOf(known)) found.set(login, role);
  };
  if (basePermission !== "none") for (const login of membersOf(store)) give(login, basePermission);
  for (const { team, role } of teamsOf(repo, store)) for (const login of team.members) give(login, role);
  for (const [login, role] of directly(repo, store)) give(login, role);
  for (const login of owners) give(login, "admin");
  return found;
}

const membersOf = ({ organisation: { github } }: Store) => [
  ...new Set([...github.owners, ...github.teams.flatMap(({ members }) => members)]),
];

const called = (name: string, store: Store) => {
  const row = store.row(name, repository);
  return row?.state === "soft" ? undefined : row;
};

const within = (repo: string, rows: readonly Row[]) =>
  rows.filter(({ inputs, state }) => state === "live" && inputs["repository"] === repo);
