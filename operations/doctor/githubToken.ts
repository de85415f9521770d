import { type Client, Unreadable } from "../../clients/client";
import { attempt, type Check, type Finding, later, well, wrong } from "./check";
import { notMade, type Subject } from "./subject";

/**
 * Whether GITHUB_TOKEN opens what each permission opens. Only reading is tried: whether it may write too shows when it
 * writes. Which endpoint needs what:
 * https://docs.github.com/rest/authentication/permissions-required-for-github-apps
 */
export const githubToken: Check = {
  name: "GITHUB_TOKEN's permissions",
  needs: () => "export GITHUB_TOKEN=<token>",
  run: async (subject, { github }) => {
    const { owner, repository } = subject;
    const stands = (await github.get(`/repos/${owner}/${repository}`)) !== "missing";
    const probes = [...ofOrganisation(subject), ...(stands ? await ofRepository(subject, github) : [])];
    const found = await Promise.all(
      probes.map((probe) =>
        attempt("try again", async (): Promise<Finding[]> =>
          (await opens(probe.path, github)) ? [] : [closed(probe, subject)],
        ),
      ),
    );
    const findings = found.flat();
    return [
      ...findings,
      ...(findings.length === 0 && probes.length > 0 ? [well(`it reads ${probes.length} things that need one`)] : []),
      ...(stands ? [] : [later(notMade(subject))]),
    ];
  },
};

interface Probe {
  /** As GitHub's settings of an App call it, with what the deployment needs of it. */
  readonly permission: string;
  readonly path: string;
}

function ofOrganisation({ owner, owned }: Subject): Probe[] {
  if (owned === undefined) return [];
  const runner = owned.runner;
  const [team] = owned.deployReviewers;
  return [
    { permission: "organisation, Members: read", path: `/orgs/${owner}/teams/${team}/members` },
    ...(runner !== undefined && "create" in runner
      ? [{ permission: "organisation, Self-hosted runners: write", path: `/orgs/${owner}/actions/runner-groups` }]
      : []),
  ];
}

async function ofRepository({ owner, repository, owned, environment }: Subject, github: Client): Promise<Probe[]> {
  const path = `/repos/${owner}/${repository}`;
  const place = `${path}/environments/${environment}`;
  // An environment that is still to be made answers as one that may not be seen; and so it is asked only where it stands.
  const made = await opens(place, github);
  return [
    ...(owned === undefined ? [] : [{ permission: "Administration: write", path: `${path}/actions/permissions` }]),
    { permission: "Actions: read", path: `${path}/actions/oidc/customization/sub` },
    ...(made
      ? [
          { permission: "Environments and Variables: write", path: `${place}/variables` },
          { permission: "Environments and Secrets: write", path: `${place}/secrets` },
        ]
      : []),
  ];
}

/** GitHub says 403 to who lacks a permission, and 404 where even that would tell too much. */
async function opens(path: string, github: Client): Promise<boolean> {
  try {
    return (await github.get(path)) !== "missing";
  } catch (error) {
    if (error instanceof Unreadable && error.status === 403) return false;
    throw error;
  }
}

function closed({ permission, path }: Probe, { owner }: Subject): Finding {
  return wrong(
    `GITHUB_TOKEN does not open ${path}.`,
    `give it ${permission}: https://github.com/organizations/${owner}/settings/installations for an App, then accept it there; admin:org and repo for a classic token`,
  );
}
