/** What is wrong with an organisation and its teams, as GitHub shows them. Judges only; others ask. */
import { type PlanName, plans } from "../facts/plans";
import type { Problem } from "../problems";
import type { OwnedOnGitHub } from "../schema/gate";
import { tooSmall } from "./sizes";

const gate = "federated-mlops:gate";

/** The organisation by its own word. Plan and base permission are shown to its owners alone. */
export interface ShownOrganisation {
  readonly login: string;
  readonly plan: string | undefined;
  /** What every member may do with every repository. */
  readonly basePermission: string | undefined;
}

export interface WantedOrganisation {
  readonly owner: string;
  /** What the stack file says of the plan, where the environment owns the repository. */
  readonly plan: PlanName | undefined;
  readonly stack: string;
}

/** The organisation by the letters that its tokens carry, and a plan that it really has. */
export function organisationProblems(
  { owner, plan, stack }: WantedOrganisation,
  shown: ShownOrganisation | undefined,
): Problem[] {
  if (shown === undefined || shown.login.toLowerCase() !== owner.toLowerCase()) {
    return [
      {
        path: ["github:owner"],
        got: owner,
        needs: "a GitHub organisation that GITHUB_TOKEN can see",
        fix: `pulumi config set github:owner <organisation> --stack ${stack}, or export a GITHUB_TOKEN with organisation Members: read`,
      },
    ];
  }
  const spelling: Problem = {
    path: ["github:owner"],
    got: owner,
    needs: `${shown.login}: Entra compares the names in a token letter by letter`,
    fix: `pulumi config set github:owner ${shown.login} --stack ${stack}`,
  };
  const real = shown.plan ?? "";
  const lesser =
    plan !== undefined && Object.hasOwn(plans, real) && plans[real as PlanName].length > plans[plan].length;
  const base = shown.basePermission;
  const wide = plan !== undefined && (base === "write" || base === "admin");
  return [
    ...(shown.login === owner ? [] : [spelling]),
    ...(wide
      ? [
          {
            path: ["github:owner"],
            got: `${owner}, in which every member has ${base} on every repository`,
            needs:
              "read or none as the organisation's base permission: who can write counts as a reviewer, who administers can loosen the rules",
            fix: `https://github.com/organizations/${owner}/settings/member_privileges, Base permissions`,
          },
        ]
      : []),
    ...(lesser
      ? [
          {
            path: [gate, "plan"],
            got: plan,
            needs: `the plan that ${owner} really has; GitHub says it is ${real}`,
            fix: `pulumi config set --path ${gate}.plan ${real} --stack ${stack}, which tells what that plan does not enforce; or move the organisation to GitHub Enterprise`,
          },
        ]
      : []),
  ];
}

export interface ShownTeam {
  readonly privacy: string | undefined;
  /** GitHub logins. */
  readonly members: readonly string[];
}

/** The teams that a gate names, and what it asks of them. */
export type TeamsWanted = Pick<OwnedOnGitHub, "contributors" | "deployReviewers" | "acceptWithout"> & {
  readonly branches: Readonly<Record<string, { readonly approvals: number; readonly codeOwners: readonly string[] }>>;
};

function namedTeams({ branches, contributors, deployReviewers }: TeamsWanted) {
  return [
    ...Object.entries(branches).flatMap(([branch, { codeOwners }]) =>
      codeOwners.map((slug, index) => ({ slug, path: [gate, "branches", branch, "codeOwners", index] })),
    ),
    ...contributors.map((slug, index) => ({ slug, path: [gate, "contributors", index] })),
    ...deployReviewers.map((slug, index) => ({ slug, path: [gate, "deployReviewers", index] })),
  ];
}

/** Every team that a gate names, once. */
export function teamsOf(wanted: TeamsWanted): string[] {
  return [...new Set(namedTeams(wanted).map(({ slug }) => slug))];
}

/** Teams that exist, can be seen by everyone who reads CODEOWNERS, and are large enough for what they must approve. */
export function teamProblems(
  wanted: TeamsWanted,
  found: ReadonlyMap<string, ShownTeam | undefined>,
  stack: string,
): Problem[] {
  const { acceptWithout } = wanted;
  const people = (of: readonly string[]) => new Set(of.flatMap((slug) => found.get(slug)?.members ?? [])).size;

  const unusable = namedTeams(wanted).flatMap(({ slug, path }): Problem[] => {
    const team = found.get(slug);
    const secret = team?.privacy === "secret" && path.includes("codeOwners");
    if (team !== undefined && !secret) return [];
    return [
      {
        path,
        got: slug,
        needs: secret ? "a visible team: GitHub skips secret ones in CODEOWNERS without a word" : "a team that exists",
        fix: secret ? "make the team visible on GitHub" : "make the team on GitHub, or correct its short name (slug)",
      },
    ];
  });
  if (unusable.length > 0) return unusable;

  const place = "to the team on GitHub";
  return tooSmall({ ...wanted, approved: !acceptWithout.includes("deploymentReview") }, people, place, stack);
}
