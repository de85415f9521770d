import type { Client } from "../../clients/client";
import { submissionWorkflow } from "../../facts/github";
import { type Check, later, well, wrong } from "./check";
import type { Subject } from "./subject";

interface RunnerGroup {
  readonly id: number;
  readonly name: string;
  readonly visibility: string;
  readonly allows_public_repositories: boolean;
  readonly restricted_to_workflows?: boolean;
  readonly selected_workflows?: readonly string[];
}

/**
 * Whether the runner group inside the private network is there for the submission alone: whatever else ran on it would be
 * inside too.
 */
export const runners: Check = {
  name: "runner group",
  needs: () => "give GITHUB_TOKEN the organisation's Self-hosted runners: read",
  run: async (subject, { github }) => {
    const { owned, owner, repository, stack } = subject;
    const runner = owned?.runner;
    if (runner === undefined) return [];
    const groups = await github.list<RunnerGroup>(`/orgs/${owner}/actions/runner-groups`);
    const stands = (await github.get(`/repos/${owner}/${repository}`)) !== "missing";
    const [verb, name] = "create" in runner ? ["create", runner.create] : ["join", runner.join];
    const group = groups === "missing" ? undefined : groups.find((one) => one.name === name);
    if (group === undefined) {
      if (verb === "create") return [well(`the name ${name} is free`)];
      const fix = `make it: https://github.com/organizations/${owner}/settings/actions/runner-groups/new, or pulumi config set --path federated-mlops:gate.runner.join <another> --stack ${stack}`;
      return [wrong(`There is no runner group ${name} in ${owner}.`, fix)];
    }
    if (verb === "create" && !stands) {
      const fix = `another name: pulumi config set --path federated-mlops:gate.runner.create <another> --stack ${stack}; or trust this one: { join: ${name} }`;
      return [wrong(`There is a runner group ${name} already, which this environment did not make.`, fix)];
    }
    const doors = [...doorsOf(group, subject), ...(await repositoriesOf(group, subject, stands, github))];
    const yet = stands ? [] : [later(`that ${name} is open to ${owner}/${repository}, which is not made yet`)];
    if (doors.length === 0) return [well(`${name} runs ${submissionWorkflow} of ${owner}/${repository} alone`), ...yet];
    if (verb === "join")
      return [...doors.map(({ what, fix }) => wrong(`The runner group ${name} ${what}.`, fix)), ...yet];
    const said = doors.map(({ what }) => what).join(", ");
    return [wrong(`The runner group ${name} ${said}.`, `pulumi up --refresh --stack ${stack}`)];
  },
};

interface Door {
  readonly what: string;
  readonly fix: string;
}

const change = ({ id }: RunnerGroup, owner: string, fields: string) =>
  `gh api --method PATCH orgs/${owner}/actions/runner-groups/${id} ${fields}`;

function doorsOf(group: RunnerGroup, { owner, repository, owned }: Subject): Door[] {
  const wanted = (owned?.deployFrom ?? []).map(
    (branch) => `${owner}/${repository}/${submissionWorkflow}@refs/heads/${branch}`,
  );
  const listed = group.selected_workflows ?? [];
  const other = listed.filter((workflow) => !wanted.includes(workflow));
  const missing = wanted.filter((workflow) => !listed.includes(workflow));
  const restrict = change(
    group,
    owner,
    `-F restricted_to_workflows=true ${wanted.map((workflow) => `-f 'selected_workflows[]=${workflow}'`).join(" ")}`,
  );
  return [
    ...(group.restricted_to_workflows === true
      ? [
          ...(other.length > 0 ? [{ what: `also runs ${other.join(", ")}`, fix: restrict }] : []),
          ...(missing.length > 0 ? [{ what: `does not run ${missing.join(", ")}`, fix: restrict }] : []),
        ]
      : [{ what: "runs every workflow", fix: restrict }]),
    ...(group.visibility === "selected"
      ? []
      : [{ what: "is open to every repository", fix: change(group, owner, "-f visibility=selected") }]),
    ...(group.allows_public_repositories
      ? [{ what: "is open to public repositories", fix: change(group, owner, "-F allows_public_repositories=false") }]
      : []),
  ];
}

async function repositoriesOf(
  group: RunnerGroup,
  { owner, repository }: Subject,
  stands: boolean,
  github: Client,
): Promise<Door[]> {
  if (group.visibility !== "selected") return [];
  const found = await github.list<{ id: number; name: string }>(
    `/orgs/${owner}/actions/runner-groups/${group.id}/repositories`,
  );
  const all = found === "missing" ? [] : found;
  const others = all.filter(({ name }) => name.toLowerCase() !== repository.toLowerCase());
  const path = `orgs/${owner}/actions/runner-groups/${group.id}/repositories`;
  return [
    ...others.map(({ id, name }) => ({
      what: `is open to the repository ${name}`,
      fix: `gh api --method DELETE ${path}/${id}`,
    })),
    ...(all.length > others.length || !stands
      ? []
      : [
          {
            what: `is closed to ${repository}`,
            fix: `gh api --method PUT ${path}/$(gh api repos/${owner}/${repository} --jq .id)`,
          },
        ]),
  ];
}
