/** From a person to a job on GitHub: who writes, who administers, what a merge takes, what a run takes. */
import type { App, Collaborator, Environment, GitHub, Organisation, Repository, Unknown } from "../model";
import { reviewOf } from "./branches";
import { isRuled, openDoors, unapproved } from "./environments";
import type { Edge, Graph } from "./graph";
import { member, whoever } from "./people";
import * as stages from "./stages";

/** `up`: the command by which the stack sets back what it declares. */
export function addGitHub(graph: Graph, github: GitHub, up: string, unknown: Unknown[]): void {
  const { organisation, repositories } = github;
  for (const app of organisation.apps.filter(({ suspended }) => !suspended)) addApp(graph, app, github);
  for (const repository of repositories) {
    addMerges(graph, repository, up, unknown);
    addRuns(graph, repository, organisation.apps, up);
    addAdministrators(graph, repository, organisation);
    addMachines(graph, repository, up);
  }
}

function addMerges(graph: Graph, repository: Repository, up: string, unknown: Unknown[]): void {
  const from = stages.writers(graph, repository);
  for (const branch of repository.branches) {
    const to = stages.commit(graph, repository, branch.name);
    const { gaps, unknown: untold } = reviewOf(repository, branch, up);
    unknown.push(...untold.map((what) => ({ what, why: "GitHub did not show it" })));
    graph.connect({
      from,
      to,
      can: "merges what somebody else approved",
      evidence: { id: `${repository.name} ${branch.name}`, what: `rules of ${branch.name} in ${repository.name}` },
      gate: untold.length > 0 ? "unknown" : "holds",
      ...(gaps.length + untold.length === 0 ? { refuses: `pushes to ${branch.name}, or merges alone` } : {}),
    });
    for (const gap of gaps) graph.connect({ ...gap, from, to, gate: "open" });
  }
}

function addRuns(graph: Graph, repository: Repository, apps: readonly App[], up: string): void {
  for (const environment of repository.environments) {
    const to = stages.job(graph, repository, environment.name);
    const gate = repository.gates.includes(environment.name);
    for (const edge of gate
      ? closedRuns(graph, repository, environment, up)
      : openRuns(graph, repository, environment)) {
      graph.connect({ ...edge, to });
    }
    if (environment.secrets.length === 0) continue;
    for (const { slug, clientId } of apps) {
      if (!Object.values(environment.variables).includes(clientId)) continue;
      graph.connect({
        from: to,
        to: stages.app(graph, slug),
        can: "reads its private key",
        evidence: { id: `${repository.name} ${environment.name} ${slug}`, what: `a secret of ${environment.name}` },
      });
    }
  }
}

type Arriving = Omit<Edge, "to">;

/** Ways into an environment that is meant to be a gate. */
function closedRuns(graph: Graph, repository: Repository, environment: Environment, up: string): Arriving[] {
  const { name, lets, adminsBypass } = environment;
  const lacks = unapproved(repository, environment, up);
  const administration = stages.administration(graph, repository);
  const branches = (typeof lets === "string" ? [] : lets).flatMap(({ kind, pattern }) =>
    kind === "branch" && isRuled(repository, pattern) ? [pattern] : [],
  );
  const open = { gate: "open" } as const;
  const doors = openDoors(repository, environment, up);
  const shut = doors.length === 0 ? { refuses: `runs a workflow of another branch in ${name}` } : {};
  const unpinned: Arriving[] = repository.actions.pinned
    ? []
    : [
        {
          ...open,
          from: whoever(graph, `actions ${repository.name}`, `publishes an action that ${repository.name} uses`),
          can: "moves the tag by which a workflow names it",
          evidence: {
            id: `${repository.name} actions`,
            what: `actions of ${repository.name} are not held to a commit`,
          },
          control: "actions-allowed",
          close: up,
        },
      ];
  return [
    ...doors.map((gap): Arriving => ({
      ...gap,
      ...open,
      from: stages.writers(graph, repository),
    })),
    ...branches.flatMap((branch): Arriving[] => {
      const from = stages.commit(graph, repository, branch);
      const evidence = {
        id: `${repository.name} ${name} ${branch}`,
        what: `environment ${name} of ${repository.name}`,
      };
      return lacks.length > 0
        ? lacks.map((gap) => ({ ...gap, ...open, from }))
        : // Who approves a run looks at the run: it is no review of the code.
          [{ from, can: `runs in ${name} once a reviewer approves`, evidence, ...shut }];
    }),
    ...unpinned,
    {
      from: administration,
      can: `lifts the rules and runs in ${name}`,
      evidence: { id: `${repository.name} ${name} administration`, what: `administration of ${repository.name}` },
    },
    ...(adminsBypass
      ? [
          {
            ...open,
            from: administration,
            can: `skips the rules of ${name}`,
            evidence: {
              id: `${repository.name} ${name} administrators`,
              what: `administrators skip the rules of the environment ${name}`,
            },
            control: "environment-no-admin-bypass" as const,
            close: up,
          },
        ]
      : []),
  ];
}

/** Ways into an environment that is none: whoever writes runs there. */
function openRuns(graph: Graph, repository: Repository, { name }: Environment): Arriving[] {
  return [
    {
      from: stages.writers(graph, repository),
      can: `runs a workflow in ${name}`,
      evidence: { id: `${repository.name} ${name} any`, what: `environment ${name} of ${repository.name}` },
    },
  ];
}

function addAdministrators(graph: Graph, repository: Repository, { login, owners }: Organisation): void {
  const to = stages.administration(graph, repository);
  for (const branch of repository.branches) {
    graph.connect({
      from: to,
      to: stages.commit(graph, repository, branch.name),
      can: `lifts the rules of ${branch.name}`,
      evidence: {
        id: `${repository.name} ${branch.name} administration`,
        what: `administration of ${repository.name}`,
      },
    });
  }
  const ownersOf = graph.add({
    id: `owners of ${login.toLowerCase()}`,
    kind: "group",
    name: `owners of ${login}`,
    people: owners.map((owner) => ({ id: owner.toLowerCase(), name: owner })),
  });
  graph.connect({
    from: ownersOf,
    to,
    can: "administers every repository",
    evidence: { id: `owner of ${login}`, what: `owner of the organisation ${login}` },
    control: "organisation-owners",
  });
  for (const person of repository.people) addAdministrator(graph, repository, person, login, to);
}

/** Fine-grained rights of custom roles by which somebody lifts rules or steps over them. */
const overRules = ["bypass_branch_protection", "edit_repo_protections", "push_protected_branch", "manage_deploy_keys"];

function addAdministrator(
  graph: Graph,
  { name, people }: Repository,
  { login, role, by, more }: Collaborator,
  organisation: string,
  to: string,
): void {
  const extra = more.filter((right) => overRules.includes(right));
  if (by === "owner" || (role !== "admin" && extra.length === 0)) return;
  const what = role === "admin" ? `administrator of ${name}` : `${extra.join(", ")} in ${name}`;
  const common = { to, can: role === "admin" ? "administers the repository" : "steps over its rules" };
  if (typeof by === "object") {
    const members = people.filter((one) => typeof one.by === "object" && one.by.team === by.team);
    graph.connect({
      ...common,
      from: graph.add({
        id: `team ${by.team}`,
        kind: "group",
        name: `the team ${by.team}`,
        people: stages.named(members),
      }),
      evidence: { id: `${name} team ${by.team}`, what: `${what} by the team ${by.team}` },
      control: "audit-writers",
      close: `gh api --method PUT /orgs/${organisation}/teams/${by.team}/repos/${name} --field permission=push`,
    });
    return;
  }
  if (login === undefined) return;
  graph.connect({
    ...common,
    from: member(graph, login),
    evidence: { id: `${name} collaborator ${login}`, what },
    control: "audit-writers",
    close:
      by === "direct"
        ? `gh api --method DELETE /repos/${name}/collaborators/${login}`
        : `https://github.com/organizations/${organisation}/settings/organization-roles: take the role from ${login}`,
  });
}

/** Permissions of an App by which it lifts the rules of a repository. https://docs.github.com/rest/authentication/permissions-required-for-github-apps */
const administering = ["administration", "organization_administration", "members"];

function addApp(graph: Graph, { id, slug, permissions }: App, { repositories, organisation }: GitHub): void {
  const writes = (permission: string) => permissions[permission] === "write";
  const from = stages.app(graph, slug);
  const right = administering.find(writes) ?? (writes("contents") ? "contents" : undefined);
  if (right === undefined) return;
  graph.connect({
    from: whoever(graph, `key of ${slug}`, `has the private key of the GitHub App ${slug}`),
    to: from,
    can: "acts as the App",
    evidence: { id: `app ${id}`, what: `GitHub App ${slug}, ${right}: write` },
    control: "audit-writers",
    close: `https://github.com/organizations/${organisation.login}/settings/installations/${id}: uninstall it, or take ${right}: write away`,
  });
  // On which ones it is installed GitHub does not tell; every one is taken for it.
  for (const repository of repositories) {
    const evidence = { id: `app ${id} ${repository.name}`, what: `${right}: write of the GitHub App ${slug}` };
    if (right !== "contents") {
      const to = stages.administration(graph, repository);
      graph.connect({ from, to, can: "administers the repository", evidence });
      continue;
    }
    for (const branch of repository.branches) {
      const to = stages.commit(graph, repository, branch.name);
      graph.connect({ from, to, can: "pushes as nobody, and whoever did it approves", evidence });
    }
  }
}

/** The machines of a runner group: whoever reaches one has the tokens of its jobs. */
function addMachines(graph: Graph, repository: Repository, up: string): void {
  for (const gate of repository.gates) {
    const to = stages.job(graph, repository, gate);
    for (const { id, name, repositories, workflows, machines } of repository.runners) {
      const others =
        repositories === "all" || repositories.some((one) => one.toLowerCase() !== repository.name.toLowerCase());
      if (others || workflows === undefined) {
        graph.connect({
          from: whoever(graph, `runner group ${name}`, `may run a workflow on the machines of ${name}`),
          to,
          can: "leaves something behind for the next job",
          evidence: { id: `runner group ${id}`, what: `the runner group ${name} takes other workflows too` },
          gate: "open",
          control: "runner-group",
          close: up,
        });
      }
      if (machines.length === 0) continue;
      graph.connect({
        from: whoever(graph, `machines of ${name}`, `administers a machine of the runner group ${name}`),
        to,
        can: "takes the token of a job",
        evidence: { id: `machines of ${name}`, what: machines.join(", ") },
        control: "runner-machines",
      });
    }
  }
}
