/** How GitHub's REST interface shows organisations, teams, people, repositories and runner groups. */
import { numberOf } from "../../localCloud";
import type { Team } from "../../organisation";
import type { Row, Store } from "../../store";
import type { Bag } from "../behaviour";

const api = "https://api.github.com";

/** Everything in the example is as old as the organisation. */
export const founded = { created_at: "2024-05-13T08:00:00Z", updated_at: "2024-05-13T08:00:00Z" };

export function organisationBody({ organisation: { github } }: Store): Bag {
  const { login, id } = github;
  const url = `${api}/orgs/${login}`;
  return {
    ...{ login, id, node_id: `O_${id}`, url, type: "Organization", description: null, archived_at: null },
    ...Object.fromEntries(["repos", "events", "hooks", "issues"].map((of) => [`${of}_url`, `${url}/${of}`])),
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    html_url: `https://github.com/${login}`,
    ...{ has_organization_projects: true, has_repository_projects: true },
    ...{ public_repos: 0, public_gists: 0, followers: 0, following: 0 },
    ...founded,
  };
}

export function teamBody({ id, slug, secret = false }: Team, { organisation: { github } }: Store): Bag {
  const url = `${api}/organizations/${github.id}/team/${id}`;
  return {
    ...{ id, node_id: `T_${id}`, slug, name: slug, description: null, parent: null, type: "organization" },
    ...{ privacy: secret ? "secret" : "closed", permission: "pull", notification_setting: "notifications_enabled" },
    url,
    html_url: `https://github.com/orgs/${github.login}/teams/${slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
  };
}

/** A user, or the organisation where a repository's owner is shown in the same words. */
export function userBody(login: string, id = numberOf(`user ${login}`), type = "User"): Bag {
  const url = `${api}/users/${login}`;
  const pages = ["followers", "subscriptions", "organizations", "repos", "received_events"];
  return {
    ...{ login, id, node_id: `U_${id}`, gravatar_id: "", url, type, site_admin: false },
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    html_url: `https://github.com/${login}`,
    ...Object.fromEntries(pages.map((page) => [`${page}_url`, `${url}/${page}`])),
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    events_url: `${url}/events{/privacy}`,
  };
}

export function runnerGroupBody({ id, inputs }: Row, { organisation: { github } }: Store): Bag {
  const url = `${api}/orgs/${github.login}/actions/runner-groups/${id}`;
  const { name, visibility, allowsPublicRepositories = false } = inputs;
  return {
    ...{ id: Number(id), name, visibility, default: false, inherited: false },
    ...(visibility === "selected" ? { selected_repositories_url: `${url}/repositories` } : {}),
    runners_url: `${url}/runners`,
    allows_public_repositories: allowsPublicRepositories,
    restricted_to_workflows: inputs["restrictedToWorkflows"] ?? false,
    selected_workflows: inputs["selectedWorkflows"] ?? [],
    workflow_restrictions_read_only: false,
  };
}

/** A repository as GitHub shows it everywhere. */
export function repositoryBody({ id: name, inputs, outputs }: Row, { organisation: { github } }: Store): Bag {
  const { login } = github;
  const url = `${api}/repos/${login}/${name}`;
  const id = Number(outputs["repoId"]);
  return {
    ...{ id, node_id: outputs["nodeId"], name, full_name: `${login}/${name}`, fork: false, url },
    owner: userBody(login, github.id, "Organization"),
    private: inputs["visibility"] !== "public",
    visibility: inputs["visibility"] ?? "public",
    description: inputs["description"] ?? null,
    html_url: `https://github.com/${login}/${name}`,
    ...Object.fromEntries(Object.entries(pages).map(([key, path]) => [`${key}_url`, `${url}/${path}`])),
  };
}

const pages: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["contributors", "deployments", "downloads", "events", "forks", "hooks", "languages", "merges"].map((of) => [
      of,
      of,
    ]),
  ),
  ...Object.fromEntries(["stargazers", "subscribers", "subscription", "tags", "teams"].map((of) => [of, of])),
  archive: "{archive_format}{/ref}",
  assignees: "assignees{/user}",
  blobs: "git/blobs{/sha}",
  branches: "branches{/branch}",
  collaborators: "collaborators{/collaborator}",
  comments: "comments{/number}",
  commits: "commits{/sha}",
  compare: "compare/{base}...{head}",
  contents: "contents/{+path}",
  git_commits: "git/commits{/sha}",
  git_refs: "git/refs{/sha}",
  git_tags: "git/tags{/sha}",
  issue_comment: "issues/comments{/number}",
  issue_events: "issues/events{/number}",
  issues: "issues{/number}",
  keys: "keys{/key_id}",
  labels: "labels{/name}",
  milestones: "milestones{/number}",
  notifications: "notifications{?since,all,participating}",
  pulls: "pulls{/number}",
  releases: "releases{/id}",
  statuses: "statuses/{sha}",
  trees: "git/trees{/sha}",
};

export function cloneUrls({ id: name }: Row, { organisation: { github } }: Store): Bag {
  const page = `github.com/${github.login}/${name}`;
  return {
    clone_url: `https://${page}.git`,
    git_url: `git://${page}.git`,
    ssh_url: `git@github.com:${github.login}/${name}.git`,
    svn_url: `https://${page}`,
  };
}

/** When a resource was made, and last changed. */
export function dates({ id, type }: Row, store: Store): { created_at: string; updated_at: string } {
  const events = store.events().filter((event) => event.id === id && event.type === type);
  const at = (event = events[0]) => event?.at ?? new Date(0).toISOString();
  return { created_at: at(), updated_at: at(events.at(-1)) };
}
