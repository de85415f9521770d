/**
 * What GitHub tells of the organisation and of the repositories whose jobs matter. As a GitHub App it takes, on the
 * repositories, Actions, Contents, Environments, Secrets and Variables: read, and Administration: write, since GitHub shows
 * who bypasses a ruleset only to who may change it; in the organisation Administration, Members and Self-hosted runners:
 * read, and Custom repository roles: read where there are such. Every request is a GET.
 */
import { parse } from "yaml";

import type { Client } from "../../clients/client";
import { ownersOf } from "../../facts/codeOwners";
import { submissionWorkflow } from "../../facts/github";
import type {
  Actions,
  App,
  Branch,
  BypassActor,
  Collaborator,
  DeployKey,
  Environment,
  Organisation,
  Protection,
  Repository,
  Review,
  Ruleset,
  RunnerGroup,
} from "../model";
import { forEach, type Reader } from "./reader";

/** A repository, and what it is to production. */
export interface Wanted {
  /** `contoso-fl/fl-experiments` */
  readonly name: string;
  readonly purpose: Repository["purpose"];
  /** Environments that somebody who matters trusts. */
  readonly trusted: readonly string[];
}

interface Login {
  readonly login: string;
}

export async function readOrganisation(reader: Reader, github: Client, login: string): Promise<Organisation> {
  interface Installation {
    readonly id: number;
    readonly app_slug: string;
    readonly client_id?: string;
    readonly permissions: Readonly<Record<string, string>>;
    readonly repository_selection: string;
    readonly suspended_at?: string | null;
  }
  const [owners = [], installations = []] = await Promise.all([
    reader.list<Login>(github, `/orgs/${login}/members?role=admin`, `who owns ${login}`),
    reader.list<Installation>(github, `/orgs/${login}/installations`, `which Apps are installed in ${login}`),
  ]);
  return {
    login,
    owners: owners.map((owner) => owner.login),
    apps: installations.map((one): App => ({
      id: String(one.id),
      slug: one.app_slug,
      clientId: one.client_id ?? "",
      permissions: one.permissions,
      everywhere: one.repository_selection === "all",
      suspended: one.suspended_at != null,
    })),
  };
}

export async function readRepository(
  reader: Reader,
  github: Client,
  { name, purpose, trusted }: Wanted,
  owners: readonly string[],
): Promise<Repository | undefined> {
  interface Settings {
    readonly default_branch: string;
  }
  interface Subject {
    readonly use_default: boolean;
    readonly include_claim_keys?: readonly string[];
    readonly sub_claim_prefix?: string;
  }
  const repo = `/repos/${name}`;
  const settings = await reader.get<Settings>(github, repo, `the repository ${name}`);
  if (settings === undefined) return undefined;
  const [subject, environments, keys = [], rulesets, people, actions] = await Promise.all([
    reader.get<Subject>(github, `${repo}/actions/oidc/customization/sub`, `the subjects of tokens of ${name}`),
    readEnvironments(reader, github, name),
    reader.list<{ id: number; title: string; read_only: boolean }>(github, `${repo}/keys`, `deploy keys of ${name}`),
    readRulesets(reader, github, name),
    readPeople(reader, github, name, owners),
    readActions(reader, github, name),
  ]);
  if (subject !== undefined && subject.sub_claim_prefix === undefined) {
    reader.note(`the subjects of tokens of ${name}`, "GitHub did not tell how they begin");
  }
  const gates =
    purpose === "experiments"
      ? trusted
      : [...new Set([...trusted, ...environments.filter(isClosed).map((environment) => environment.name)])];
  const let_in = environments
    .filter((environment) => gates.includes(environment.name))
    .flatMap(({ lets }) => (typeof lets === "string" ? [] : lets))
    .flatMap(({ kind, pattern }) => (kind === "branch" && !/[*?[]/.test(pattern) ? [pattern] : []));
  const branches = await forEach([...new Set([settings.default_branch, ...let_in])], (branch) =>
    readBranch(reader, github, name, branch),
  );
  return {
    ...{ name, purpose, gates, people, rulesets, environments, actions, branches },
    subject: subject?.sub_claim_prefix ?? `unknown subject of ${name}`,
    claims: subject === undefined || subject.use_default ? undefined : (subject.include_claim_keys ?? []),
    defaultBranch: settings.default_branch,
    deployKeys: keys.map((key): DeployKey => ({ id: String(key.id), title: key.title, readOnly: key.read_only })),
    runners: purpose === "experiments" ? await readRunners(reader, github, name, branches) : [],
  };
}

/** Whether somebody meant it for a gate: not every branch runs there unseen. */
const isClosed = ({ lets, reviewers }: Environment) => lets !== "any" || reviewers.length > 0;

async function readEnvironments(reader: Reader, github: Client, name: string): Promise<Environment[]> {
  interface Told {
    readonly name: string;
    readonly can_admins_bypass?: boolean;
    readonly deployment_branch_policy: {
      readonly protected_branches: boolean;
      readonly custom_branch_policies: boolean;
    } | null;
    readonly protection_rules?: readonly {
      readonly type: string;
      readonly prevent_self_review?: boolean;
      readonly reviewers?: readonly { readonly reviewer: { readonly login?: string; readonly slug?: string } }[];
    }[];
  }
  const all = await reader.list<Told>(github, `/repos/${name}/environments`, `environments of ${name}`);
  return forEach(all ?? [], async (told): Promise<Environment> => {
    const place = `/repos/${name}/environments/${encodeURIComponent(told.name)}`;
    const what = `the environment ${told.name} of ${name}`;
    const custom = told.deployment_branch_policy?.custom_branch_policies === true;
    const [policies = [], variables = [], secrets = []] = await Promise.all([
      custom
        ? reader.list<{ name: string; type?: string }>(
            github,
            `${place}/deployment-branch-policies`,
            `branches of ${what}`,
          )
        : [],
      reader.list<{ name: string; value: string }>(github, `${place}/variables`, `variables of ${what}`),
      reader.list<{ name: string }>(github, `${place}/secrets`, `secrets of ${what}`),
    ]);
    const rules = told.protection_rules ?? [];
    const review = rules.find(({ type }) => type === "required_reviewers");
    return {
      name: told.name,
      lets:
        told.deployment_branch_policy === null
          ? "any"
          : custom
            ? policies.map(({ name: pattern, type }) => ({ kind: type === "tag" ? "tag" : "branch", pattern }))
            : "protected",
      reviewers: (review?.reviewers ?? []).map(({ reviewer }) => reviewer.slug ?? reviewer.login ?? "somebody"),
      selfReview: review?.prevent_self_review !== true,
      adminsBypass: told.can_admins_bypass !== false,
      variables: Object.fromEntries(variables.map((one) => [one.name, one.value])),
      secrets: secrets.map((one) => one.name),
    };
  });
}

interface Rule {
  readonly type: string;
  readonly parameters?: {
    readonly required_approving_review_count?: number;
    readonly dismiss_stale_reviews_on_push?: boolean;
    readonly require_code_owner_review?: boolean;
    readonly require_last_push_approval?: boolean;
    readonly require_extra_approval_for_unattributed_changes?: boolean;
  };
}

/** Rulesets of the repository, and those of its organisation that hold here. */
async function readRulesets(reader: Reader, github: Client, name: string): Promise<Ruleset[]> {
  interface Listed {
    readonly id: number;
  }
  interface Told extends Listed {
    readonly name: string;
    readonly source_type?: string;
    readonly target?: string;
    readonly enforcement: string;
    readonly conditions?: { readonly ref_name?: { readonly include?: string[]; readonly exclude?: string[] } } | null;
    readonly bypass_actors?: readonly {
      readonly actor_id: number | null;
      readonly actor_type: string;
      readonly bypass_mode?: string;
    }[];
    readonly rules?: readonly Rule[];
  }
  const what = `rulesets of ${name}`;
  const all = await reader.list<Listed>(github, `/repos/${name}/rulesets?includes_parents=true`, what);
  const told = await forEach(all ?? [], ({ id }) =>
    reader.get<Told>(github, `/repos/${name}/rulesets/${id}?includes_parents=true`, `${what}, ${id}`),
  );
  return told.flatMap((one): Ruleset[] => {
    if (one === undefined) return [];
    const { rules = [], conditions, bypass_actors: actors } = one;
    const review = rules.find(({ type }) => type === "pull_request");
    return [
      {
        id: String(one.id),
        name: one.name,
        source: one.source_type ?? "Repository",
        target: one.target ?? "branch",
        active: one.enforcement === "active",
        include: conditions?.ref_name?.include ?? [],
        exclude: conditions?.ref_name?.exclude ?? [],
        bypass: actors?.map((actor): BypassActor => ({
          type: actor.actor_type,
          id: String(actor.actor_id ?? 0),
          mode: actor.bypass_mode ?? "always",
        })),
        review: review && reviewOf(review),
        rules: rules.map(({ type }) => type),
      },
    ];
  });
}

function reviewOf({ parameters = {} }: Rule): Review {
  return {
    approvals: parameters.required_approving_review_count ?? 0,
    dismissesStale: parameters.dismiss_stale_reviews_on_push === true,
    codeOwners: parameters.require_code_owner_review === true,
    lastPush: parameters.require_last_push_approval === true,
    unattributed: parameters.require_extra_approval_for_unattributed_changes,
  };
}

const roles = ["admin", "maintain", "write", "triage", "read"] as const;

/** Whoever has access, with the strongest role and what gives it. */
async function readPeople(
  reader: Reader,
  github: Client,
  name: string,
  owners: readonly string[],
): Promise<Collaborator[]> {
  interface Person extends Login {
    readonly role_name?: string;
    readonly permissions?: Readonly<Record<string, boolean>>;
  }
  interface Team {
    readonly slug: string;
    readonly permission: string;
    readonly permissions?: Readonly<Record<string, boolean>>;
  }
  const [organisation = ""] = name.split("/");
  const what = `who has access to ${name}`;
  const [all = [], direct = [], teams = []] = await Promise.all([
    reader.list<Person>(github, `/repos/${name}/collaborators?affiliation=all`, what),
    reader.list<Person>(github, `/repos/${name}/collaborators?affiliation=direct`, what),
    reader.list<Team>(github, `/repos/${name}/teams`, `teams of ${name}`),
  ]);
  const members = await forEach(teams, async (team) => ({
    ...team,
    logins: (
      (await reader.list<Login>(
        github,
        `/orgs/${organisation}/teams/${team.slug}/members`,
        `who is in ${team.slug}`,
      )) ?? []
    ).map(({ login }) => login.toLowerCase()),
  }));
  const named = new Set(direct.map(({ login }) => login.toLowerCase()));
  const owning = new Set(owners.map((owner) => owner.toLowerCase()));
  const own = (role: string | undefined) => role !== undefined && !roles.some((known) => known === role);
  const custom = all.some((person) => own(person.role_name)) ? await readCustomRoles(reader, github, organisation) : [];
  return all.map((person): Collaborator => {
    const login = person.login.toLowerCase();
    const role = roleOf(person.permissions);
    const definition = custom.find((one) => one.name === person.role_name);
    if (own(person.role_name) && definition === undefined) {
      reader.note(`what the role ${person.role_name} of ${person.login} in ${name} allows`, "GitHub did not show it");
    }
    const team = members.find(
      (one) => one.logins.includes(login) && roleOf(one.permissions ?? { [one.permission]: true }) === role,
    );
    const by = owning.has(login)
      ? "owner"
      : named.has(login)
        ? "direct"
        : team === undefined
          ? "other"
          : { team: team.slug };
    return { login: person.login, role, by, more: definition?.permissions ?? [] };
  });
}

/** Roles that the organisation made: a role of GitHub's, and what was added to it. */
async function readCustomRoles(reader: Reader, github: Client, organisation: string) {
  interface Custom {
    readonly name: string;
    readonly permissions: readonly string[];
  }
  const path = `/orgs/${organisation}/custom-repository-roles`;
  return (await reader.list<Custom>(github, path, `roles that ${organisation} made`)) ?? [];
}

/** GitHub's older words beside today's. */
function roleOf(permissions: Readonly<Record<string, boolean>> = {}): Collaborator["role"] {
  const has = (word: string) => permissions[word] === true;
  if (has("admin")) return "admin";
  if (has("maintain")) return "maintain";
  if (has("push") || has("write")) return "write";
  return has("triage") ? "triage" : "read";
}

async function readActions(reader: Reader, github: Client, name: string): Promise<Actions> {
  const place = `/repos/${name}/actions/permissions`;
  const what = `what workflows of ${name} may use`;
  const [actions, token] = await Promise.all([
    reader.get<{ allowed_actions?: Actions["allowed"]; sha_pinning_required?: boolean }>(github, place, what),
    reader.get<{ default_workflow_permissions: string; can_approve_pull_request_reviews: boolean }>(
      github,
      `${place}/workflow`,
      `what tokens of workflows of ${name} may do`,
    ),
  ]);
  return {
    allowed: actions?.allowed_actions ?? "all",
    pinned: actions?.sha_pinning_required === true,
    tokenWrites: token?.default_workflow_permissions !== "read",
    approves: token?.can_approve_pull_request_reviews !== false,
  };
}

async function readBranch(reader: Reader, github: Client, name: string, branch: string): Promise<Branch> {
  interface Told {
    readonly enforce_admins?: { readonly enabled: boolean };
    readonly allow_force_pushes?: { readonly enabled: boolean };
    readonly allow_deletions?: { readonly enabled: boolean };
    readonly required_pull_request_reviews?: {
      readonly required_approving_review_count?: number;
      readonly dismiss_stale_reviews?: boolean;
      readonly require_code_owner_reviews?: boolean;
      readonly require_last_push_approval?: boolean;
      readonly bypass_pull_request_allowances?: {
        readonly users?: readonly Login[];
        readonly teams?: readonly { readonly slug: string }[];
        readonly apps?: readonly { readonly slug: string }[];
      };
    };
  }
  const at = encodeURIComponent(branch);
  const [told, errors, file] = await Promise.all([
    reader.find<Told>(github, `/repos/${name}/branches/${at}/protection`, `the protection of ${branch} of ${name}`),
    reader.find<{ errors: readonly { message?: string; line: number; source?: string }[] }>(
      github,
      `/repos/${name}/codeowners/errors?ref=${at}`,
      `code owners of ${branch} of ${name}`,
    ),
    readFile(reader, github, name, ".github/CODEOWNERS", branch),
  ]);
  const reviews = told === "missing" ? undefined : told?.required_pull_request_reviews;
  const { users = [], teams = [], apps = [] } = reviews?.bypass_pull_request_allowances ?? {};
  const protection: Protection | undefined =
    told === undefined || told === "missing"
      ? undefined
      : {
          review: reviews && {
            approvals: reviews.required_approving_review_count ?? 0,
            dismissesStale: reviews.dismiss_stale_reviews === true,
            codeOwners: reviews.require_code_owner_reviews === true,
            lastPush: reviews.require_last_push_approval === true,
          },
          admins: told.enforce_admins?.enabled === true,
          forcePushes: told.allow_force_pushes?.enabled === true,
          deletions: told.allow_deletions?.enabled === true,
          bypassers: [...users.map(({ login }) => login), ...[...teams, ...apps].map(({ slug }) => slug)],
        };
  return {
    name: branch,
    protection,
    codeOwnerErrors:
      errors === undefined || errors === "missing" || file === undefined
        ? undefined
        : errors.errors.map(({ line, source = "" }) => `line ${line}, ${source.trim()}`),
    owners: file === undefined ? [] : ownersOf(file),
  };
}

/** The text of a file on a branch. */
async function readFile(
  reader: Reader,
  github: Client,
  name: string,
  path: string,
  branch: string,
): Promise<string | undefined> {
  const found = await reader.find<{ content?: string; encoding?: string }>(
    github,
    `/repos/${name}/contents/${path}?ref=${encodeURIComponent(branch)}`,
    `${path} on ${branch} of ${name}`,
  );
  if (found === undefined || found === "missing") return undefined;
  return Buffer.from(found.content ?? "", "base64").toString("utf8");
}

/** The runner groups by which the submission workflow names its machines. */
async function readRunners(
  reader: Reader,
  github: Client,
  name: string,
  branches: readonly Branch[],
): Promise<RunnerGroup[]> {
  interface Told {
    readonly id: number;
    readonly name: string;
    readonly visibility: string;
    readonly restricted_to_workflows?: boolean;
    readonly selected_workflows?: readonly string[];
  }
  const files = await forEach(branches, (branch) => readFile(reader, github, name, submissionWorkflow, branch.name));
  const used = new Set(files.flatMap((file) => (file === undefined ? [] : groupsIn(file))));
  if (used.size === 0) return [];
  const [organisation = ""] = name.split("/");
  const place = `/orgs/${organisation}/actions/runner-groups`;
  const groups = await reader.list<Told>(github, place, `runner groups of ${organisation}`);
  return forEach(
    (groups ?? []).filter((group) => used.has(group.name)),
    async (group): Promise<RunnerGroup> => {
      const what = `the runner group ${group.name}`;
      const selected = group.visibility === "selected";
      const [repositories, machines = []] = await Promise.all([
        selected
          ? reader.list<{ full_name: string }>(github, `${place}/${group.id}/repositories`, `repositories of ${what}`)
          : undefined,
        reader.list<{ name: string }>(github, `${place}/${group.id}/runners`, `machines of ${what}`),
      ]);
      return {
        id: String(group.id),
        name: group.name,
        repositories: repositories?.map(({ full_name }) => full_name) ?? "all",
        workflows: group.restricted_to_workflows === true ? (group.selected_workflows ?? []) : undefined,
        machines: machines.map((machine) => machine.name),
      };
    },
  );
}

/** Names of the runner groups that a workflow's jobs ask for. */
function groupsIn(file: string): string[] {
  try {
    const { jobs = {} } = parse(file) as { jobs?: Record<string, { "runs-on"?: unknown }> };
    return Object.values(jobs).flatMap((job) => {
      const on = job["runs-on"];
      const group = typeof on === "object" && on !== null && "group" in on ? on.group : undefined;
      return typeof group === "string" ? [group] : [];
    });
  } catch {
    return [];
  }
}

/** Which of the commits are on one of the branches. */
export async function reviewedCommits(
  reader: Reader,
  github: Client,
  { name, branches }: Repository,
  commits: readonly string[],
): Promise<ReadonlySet<string>> {
  const on = await forEach(commits, async (commit) => {
    for (const branch of branches) {
      const compared = await reader.find<{ status: string }>(
        github,
        `/repos/${name}/compare/${encodeURIComponent(branch.name)}...${commit}`,
        `whether ${commit} is on ${branch.name} of ${name}`,
      );
      // Seen from the branch, its own commits lie behind it.
      if (compared !== undefined && compared !== "missing" && ["behind", "identical"].includes(compared.status))
        return true;
    }
    return false;
  });
  return new Set(commits.filter((_, at) => on[at]));
}
