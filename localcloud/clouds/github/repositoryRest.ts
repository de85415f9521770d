/** GitHub's REST interface to one repository: itself, and what it says of its tokens, Actions and code owners. */
import type { Row, Store } from "../../store";
import { dates, cloneUrls, repositoryBody } from "./bodies";
import {
  actionsPermissions,
  type CollaboratorInputs,
  collaborators,
  defaultBranch,
  environment,
  file,
  repository,
  secret,
} from "./repository";
import type { GitHubRoute } from "./rest";
import type { FileInputs } from "./rules";

export const repositoryRoutes: readonly GitHubRoute[] = [
  {
    path: "/repos/{owner}/{repo}",
    needs: ["metadata"],
    body: ({ repo }, store) => {
      const row = called(repo, store);
      return (
        row && {
          ...repositoryBody(row, store),
          default_branch: defaultBranch(row),
          ...{ forks: 0, forks_count: 0, open_issues: 0, open_issues_count: 0, size: 0, stargazers_count: 0 },
          ...{ watchers: 0, watchers_count: 0, network_count: 0, subscribers_count: 0 },
          ...{ homepage: null, language: null, license: null, mirror_url: null },
          has_issues: row.inputs["hasIssues"] === true,
          has_projects: row.inputs["hasProjects"] === true,
          has_wiki: row.inputs["hasWiki"] === true,
          ...{ has_pages: false, has_discussions: false, disabled: false },
          archived: row.state === "archived",
          ...dates(row, store),
          pushed_at: dates(row, store).updated_at,
          ...cloneUrls(row, store),
        }
      );
    },
  },
  {
    // https://docs.github.com/rest/actions/secrets: names alone.
    path: "/repos/{owner}/{repo}/environments/{environment_name}/secrets",
    needs: ["environments", "secrets"],
    body: ({ repo, environment_name }, store) => {
      if (store.row(`${repo}:${environment_name}`, environment) === undefined) return undefined;
      const secrets = store
        .rows(secret)
        .filter(({ inputs }) => inputs["repository"] === repo && inputs["environment"] === environment_name)
        .map(({ inputs }) => ({ name: inputs["secretName"], created_at: made, updated_at: made }));
      return { total_count: secrets.length, secrets };
    },
  },
  {
    // https://docs.github.com/rest/actions/permissions
    path: "/repos/{owner}/{repo}/actions/permissions",
    needs: ["administration"],
    body: ({ repo }, store) => {
      const row = called(repo, store);
      const {
        enabled = true,
        allowedActions = "all",
        shaPinningRequired = false,
      } = store.row(row?.id ?? "", actionsPermissions)?.inputs ?? {};
      return row && { enabled, allowed_actions: allowedActions, sha_pinning_required: shaPinningRequired };
    },
  },
  {
    // https://docs.github.com/rest/actions/oidc. The prefix counts, whatever the flag beside it says.
    path: "/repos/{owner}/{repo}/actions/oidc/customization/sub",
    needs: ["actions"],
    body: ({ repo }, store) => {
      const row = called(repo, store);
      const { login, id, subject } = store.organisation.github;
      const immutable = subject === "immutable";
      return (
        row && {
          use_default: true,
          use_immutable_subject: immutable,
          sub_claim_prefix: immutable
            ? `repo:${login}@${id}/${row.id}@${Number(row.outputs["repoId"])}`
            : `repo:${login}/${row.id}`,
        }
      );
    },
  },
  {
    // https://docs.github.com/rest/repos/repos#list-codeowners-errors
    path: "/repos/{owner}/{repo}/codeowners/errors",
    needs: ["contents"],
    body: ({ repo }, store, { ref }) => {
      const row = called(repo, store);
      const branch = ref ?? defaultBranch(row);
      const owners = store.rows(file).find(({ inputs }) => {
        const { repository: of, branch: on = defaultBranch(row), file: path } = inputs as FileInputs;
        return of === row?.id && on === branch && path === ".github/CODEOWNERS";
      });
      return owners && { errors: codeOwnerErrors(owners, store) };
    },
  },
];

/** The example has no clock of its own. */
const made = "2026-11-25T00:00:00Z";

const called = (name: string | undefined, store: Store) => {
  const row = store.row(name ?? "", repository);
  return row?.state === "soft" ? undefined : row;
};

/** Owners that GitHub would skip: unknown ones, teams that not everybody sees, and those who cannot write. */
function codeOwnerErrors({ inputs }: Row, store: Store): unknown[] {
  const { repository: name, content } = inputs as FileInputs & { content: string };
  const { login, teams } = store.organisation.github;
  const { teams: given = [] } = (store.row(name, collaborators)?.inputs ?? {}) as Partial<CollaboratorInputs>;
  const writing = given.filter(({ permission = "pull" }) => ["push", "maintain", "admin"].includes(permission));
  const counts = (owner: string) =>
    teams.some(
      ({ id, slug, secret = false, members }) =>
        !secret &&
        writing.some(({ teamId }) => teamId === slug || teamId === String(id)) &&
        (owner === `@${login}/${slug}` || members.some((member) => owner === `@${member}`)),
    );
  return content.split("\n").flatMap((line, index) => {
    const source = line.replace(/#.*/, "").trimEnd();
    const owners = source.split(/\s+/).slice(1);
    return owners
      .filter((owner) => owner.startsWith("@") && !counts(owner))
      .map((owner) => {
        const suggestion = `make sure the team ${owner} exists, is publicly visible, and has write access to the repository`;
        return {
          ...{ line: index + 1, column: source.indexOf(owner) + 1, source, kind: "Unknown owner", suggestion },
          message: `Unknown owner on line ${index + 1}: ${suggestion}\n\n  ${source}\n  ${" ".repeat(source.indexOf(owner))}^`,
          path: ".github/CODEOWNERS",
        };
      });
  });
}
