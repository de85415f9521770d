import { type ShownTeam, teamProblems, teamsOf } from "../../preflight/organisation";
import { type Check, refused, well } from "./check";

/** Whether the teams that the gate names exist, are visible where they own code, and have people enough. */
export const teams: Check = {
  name: "GitHub teams",
  needs: () => "give GITHUB_TOKEN the organisation's Members: read",
  run: async ({ owned, owner, stack }, { github }) => {
    if (owned === undefined) return [];
    const slugs = teamsOf(owned);
    const found = await Promise.all(
      slugs.map(async (slug): Promise<readonly [string, ShownTeam | undefined]> => {
        const path = `/orgs/${owner}/teams/${slug}`;
        const team = await github.get<{ privacy?: string }>(path);
        const members = await github.list<{ login: string }>(`${path}/members`);
        if (team === "missing" || members === "missing") return [slug, undefined];
        return [slug, { privacy: team.privacy, members: members.map(({ login }) => login) }];
      }),
    );
    const problems = refused(teamProblems(owned, new Map(found), stack));
    return problems.length > 0 ? problems : [well(`${slugs.join(", ")} are large enough for what they approve`)];
  },
};
