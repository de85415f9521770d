/** GitHub's REST interface to an organisation: itself, its teams, its runner groups. https://docs.github.com/rest/orgs */
import type { Store } from "../../store";
import { founded, organisationBody, repositoryBody, runnerGroupBody, teamBody, userBody } from "./bodies";
import { repository, runnerGroup } from "./repository";
import type { GitHubRoute } from "./rest";

export const organisationRoutes: readonly GitHubRoute[] = [
  {
    path: "/orgs/{org}",
    body: ({ org = "" }, store) => {
      const { plan, basePermission, login } = store.organisation.github;
      const may = (permission: string) => store.organisation.deployer.github.includes(permission);
      if (org.toLowerCase() !== login.toLowerCase()) return undefined;
      return {
        ...organisationBody(store),
        // Shown to owners, and to who has these permissions.
        ...(may("organization_plan") ? { plan: { name: plan, space: 976562499, private_repos: 999999 } } : {}),
        ...(may("organization_administration") ? { default_repository_permission: basePermission } : {}),
      };
    },
  },
  {
    path: "/orgs/{org}/teams/{team_slug}",
    needs: ["members"],
    body: ({ team_slug }, store) => {
      const team = teamCalled(team_slug, store);
      return (
        team && {
          ...teamBody(team, store),
          members_count: team.members.length,
          repos_count: 0,
          ...founded,
          organization: organisationBody(store),
        }
      );
    },
  },
  {
    path: "/orgs/{org}/teams/{team_slug}/members",
    needs: ["members"],
    body: ({ team_slug }, store) =>
      teamCalled(team_slug, store)?.members.map((login) => ({ ...userBody(login), role: "member", inherited: false })),
  },
  {
    path: "/orgs/{org}/actions/runner-groups",
    needs: ["organization_self_hosted_runners"],
    body: (_names, store) => {
      const groups = store.rows(runnerGroup).map((row) => runnerGroupBody(row, store));
      return { total_count: groups.length, runner_groups: groups };
    },
  },
  {
    path: "/orgs/{org}/actions/runner-groups/{runner_group_id}/repositories",
    needs: ["organization_self_hosted_runners"],
    body: ({ runner_group_id }, store) => {
      const group = store.rows(runnerGroup).find(({ id }) => id === runner_group_id);
      if (group === undefined) return undefined;
      const ids = (group.inputs["selectedRepositoryIds"] ?? []) as number[];
      const repositories = store.rows(repository).filter(({ outputs }) => ids.includes(Number(outputs["repoId"])));
      return { total_count: repositories.length, repositories: repositories.map((row) => repositoryBody(row, store)) };
    },
  },
];

const teamCalled = (slug: string | undefined, store: Store) =>
  store.organisation.github.teams.find((team) => team.slug === slug?.toLowerCase());
