import { organisationProblems } from "../../preflight/organisation";
import { type Check, type Finding, refused, well } from "./check";

interface Organisation {
  readonly login: string;
  readonly plan?: { readonly name: string };
  readonly default_repository_permission?: string;
}

/** Whether the organisation is spelled as its tokens spell it, has the plan that the gate needs, and is not open to all. */
export const organisation: Check = {
  name: "GitHub organisation",
  needs: () => "export a GITHUB_TOKEN that sees the organisation",
  run: async ({ owner, owned, stack }, { github }) => {
    const found = await github.get<Organisation>(`/orgs/${owner}`);
    const shown =
      found === "missing"
        ? undefined
        : { login: found.login, plan: found.plan?.name, basePermission: found.default_repository_permission };
    const problems = refused(organisationProblems({ owner, plan: owned?.plan, stack }, shown));
    if (shown === undefined || owned === undefined) return problems.length > 0 ? problems : [well(`${owner} is there`)];
    const hidden: Finding[] = [
      ...(shown.plan === undefined
        ? [unseen(`the plan of ${owner}`, "Plan: read", `https://github.com/organizations/${owner}/billing`)]
        : []),
      ...(shown.basePermission === undefined
        ? [
            unseen(
              `what every member of ${owner} may do with every repository`,
              "Administration: read",
              `https://github.com/organizations/${owner}/settings/member_privileges`,
            ),
          ]
        : []),
    ];
    const findings = [...problems, ...hidden];
    return findings.length > 0
      ? findings
      : [well(`${owner} is on ${shown.plan}, and members have ${shown.basePermission} by default`)];
  },
};

function unseen(what: string, permission: string, page: string): Finding {
  const fix = `run this as an owner of the organisation, give the GitHub App the organisation's ${permission}, or look at ${page}`;
  return { is: "unknown", what: `GitHub does not show ${what}.`, fix };
}
