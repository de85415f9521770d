/** Ways into production that a person opens in a portal. No provider of the program sees one of them. */
import { directoryRoles } from "./clouds/entra/directory";
import { application, federatedCredential, password } from "./clouds/entra";
import { compute, identity, job, schedule } from "./clouds/azure/arm";
import type { Bag } from "./clouds/behaviour";
import {
  branch,
  type CollaboratorInputs,
  collaborators,
  deployKey,
  deploymentPolicy,
  environment,
  repository,
  ruleset,
} from "./clouds/github/repository";
import { builtInRoles } from "./clouds/roles";
import { guidOf, LocalCloud } from "./localCloud";
import { one, principalCalled } from "./lookup";
import type { EntraGroup, HeldRole, Organisation } from "./organisation";
import type { Row } from "./store";
import { Trouble } from "./trouble";

export interface AccessTamper {
  readonly arguments: string;
  readonly what: string;
  /** Does it and says what was done. */
  readonly run: (cloud: LocalCloud, args: readonly string[]) => string;
}

const issuer = "https://token.actions.githubusercontent.com";
const audience = "api://AzureADTokenExchange";
export const accessTampers: Readonly<Record<string, AccessTamper>> = {
  eligible: {
    arguments: "<principal> <role> <scope>",
    what: "let somebody take a role in Azure when they ask for it (Privileged Identity Management)",
    run: (cloud, [who = "", role = "", scope = ""]) => {
      const { objectId, name } = principalCalled(cloud, who);
      oneOf(Object.keys(builtInRoles), role);
      hold(cloud, "rights", { principal: objectId, role, scope, eligible: true });
      return `${name} may become ${role} on ${scope}.`;
    },
  },
  "directory-role": {
    arguments: "<principal> <role>",
    what: "give somebody a role in Entra",
    run: (cloud, [who = "", role = ""]) => {
      const { objectId, name } = principalCalled(cloud, who);
      oneOf(Object.keys(directoryRoles), role);
      hold(cloud, "administrators", { principal: objectId, role, scope: "/" });
      return `${name} is now ${role}.`;
    },
  },
  join: {
    arguments: "<group> <principal>",
    what: "put somebody, or a whole group, into a group",
    run: (cloud, [of = "", who = ""]) => {
      const { objectId, name } = principalCalled(cloud, who);
      regroup(cloud, of, (group) => ({ members: [...group.members, objectId] }));
      return `${name} is now in ${of}.`;
    },
  },
  "own-group": {
    arguments: "<group> <person>",
    what: "let somebody add members to a group",
    run: (cloud, [of = "", who = ""]) => {
      const { objectId, name } = principalCalled(cloud, who);
      regroup(cloud, of, (group) => ({ owners: [...(group.owners ?? []), objectId] }));
      return `${name} now owns ${of}.`;
    },
  },
  secret: {
    arguments: "<application> [name]",
    what: "add a secret to an application in Entra",
    run: (cloud, [name = "", displayName = "temporary"]) => {
      const { id } = applicationCalled(cloud, name);
      cloud.create(password, { applicationId: id, displayName });
      return `${name} has the secret ${displayName}.`;
    },
  },
  trust: {
    arguments: "<application> <subject>",
    what: "let an application trust one more subject of GitHub's tokens",
    run: (cloud, [name = "", subject = ""]) => {
      const { id } = applicationCalled(cloud, name);
      const displayName = `second-${guidOf(subject).slice(0, 8)}`;
      cloud.create(federatedCredential, { applicationId: id, displayName, issuer, subject, audiences: [audience] });
      return `${name} trusts ${subject}.`;
    },
  },
  own: {
    arguments: "<application> <principal>",
    what: "make somebody an owner of an application",
    run: (cloud, [name = "", who = ""]) => {
      const row = applicationCalled(cloud, name);
      const { objectId, name: owner } = principalCalled(cloud, who);
      const owners = (row.inputs["owners"] as string[] | undefined) ?? [];
      cloud.tamper(row, { ...row.inputs, owners: [...owners, objectId] });
      return `${owner} now owns ${name}.`;
    },
  },
  attach: {
    arguments: "<part of the identity's id> <part of the cluster's id>",
    what: "let another cluster act as an identity too",
    run: (cloud, [of = "", to = ""]) => {
      const own = one(
        cloud.all(identity).filter(({ id }) => id.includes(of)),
        `identity with "${of}" in its id`,
      );
      const row = one(
        cloud.all(compute).filter(({ id }) => id.includes(to)),
        `cluster with "${to}" in its id`,
      );
      const { type = "UserAssigned", userAssignedIdentities = [] } = (row.inputs["identity"] ?? {}) as {
        type?: string;
        userAssignedIdentities?: string[];
      };
      const both = { type, userAssignedIdentities: [...userAssignedIdentities, own.id] };
      cloud.tamper(row, { ...row.inputs, identity: both });
      return `${row.id} acts as ${own.id} too.`;
    },
  },
  job: {
    arguments: "<part of the workspace's id> <principal> [commit]",
    what: "submit a job as somebody; without a commit, as nobody's code",
    run: (cloud, [place = "", who = "", commit]) => {
      const { objectId, name } = principalCalled(cloud, who);
      const { there, inputs } = workspaceOf(cloud, place);
      const id = `sly-fox-${cloud.all(job).length}`;
      there.create(job, {
        ...inputs,
        ...{ id, properties: { jobType: "Command", tags: commit === undefined ? {} : { commit } } },
        systemData: { createdBy: objectId },
      });
      return `${name} submitted ${id}.`;
    },
  },
  schedule: {
    arguments: "<part of the workspace's id> <principal>",
    what: "let somebody's schedule start jobs every night",
    run: (cloud, [place = "", who = ""]) => {
      const { objectId, name } = principalCalled(cloud, who);
      const { there, inputs } = workspaceOf(cloud, place);
      there.create(schedule, {
        ...{ ...inputs, name: "nightly", properties: { isEnabled: true } },
        systemData: { createdBy: objectId },
      });
      return `${name} starts jobs every night.`;
    },
  },
  "deploy-key": {
    arguments: "[title]",
    what: "add a deploy key that may push to the experiments repository",
    run: (cloud, [title = "bot"]) => {
      cloud.create(deployKey, { repository: theRepository(cloud).id, title, key: "ssh-ed25519 AAAA", readOnly: false });
      return `The deploy key ${title} pushes to ${theRepository(cloud).id}.`;
    },
  },
  collaborator: {
    arguments: "<login> <pull|push|maintain|admin>",
    what: "give somebody access to the experiments repository directly",
    run: (cloud, [username = "", permission = ""]) => {
      oneOf(["pull", "push", "maintain", "admin"], permission);
      const row = one(cloud.all(collaborators), "repository with collaborators");
      const { users = [] } = row.inputs as CollaboratorInputs;
      cloud.tamper(row, { ...row.inputs, users: [...users, { username, permission }] });
      return `${username} may ${permission}.`;
    },
  },
  "second-ruleset": {
    arguments: "[name]",
    what: "add a ruleset for every branch that administrators bypass",
    run: (cloud, [name = "helpers"]) => {
      cloud.create(ruleset, {
        ...{ repository: theRepository(cloud).id, name, target: "branch", enforcement: "active" },
        bypassActors: [{ actorId: 5, actorType: "RepositoryRole", bypassMode: "exempt" }],
        conditions: { refName: { includes: ["~ALL"], excludes: [] } },
        rules: { pullRequest: { requiredApprovingReviewCount: 1 } },
      });
      return `The ruleset ${name} holds every branch.`;
    },
  },
  "machines-review": {
    arguments: "[part of the ruleset's name]",
    what: "take what a machine wrote for the work of whoever started it",
    run: (cloud, [part = "main"]) => {
      const row = one(
        cloud.all(ruleset).filter(({ inputs }) => String(inputs["name"]).includes(part)),
        `ruleset with "${part}" in its name`,
      );
      const { pullRequest, ...rules } = row.inputs["rules"] as { pullRequest: Bag };
      const lax = { ...pullRequest, requireExtraApprovalForUnattributedChanges: false };
      cloud.tamper(row, { ...row.inputs, rules: { ...rules, pullRequest: lax } });
      return `The ruleset ${String(row.inputs["name"])} counts a machine's work as its starter's.`;
    },
  },
  "deploy-branch": {
    arguments: "<branch> [environment]",
    what: "let one more branch, made now, deploy to a GitHub environment (default: prod)",
    run: (cloud, [name = "", of = "prod"]) => {
      const place = environmentCalled(cloud, of);
      cloud.create(branch, { repository: place.repository, branch: name, sourceBranch: "main" });
      cloud.create(deploymentPolicy, { ...place, branchPattern: name });
      return `${name} deploys to ${of}.`;
    },
  },
  "deploy-tag": {
    arguments: "<pattern> [environment]",
    what: "let tags deploy to a GitHub environment (default: prod)",
    run: (cloud, [pattern = "", of = "prod"]) => {
      cloud.create(deploymentPolicy, { ...environmentCalled(cloud, of), tagPattern: pattern });
      return `Tags like ${pattern} deploy to ${of}.`;
    },
  },
  app: {
    arguments: "<slug> <permission>",
    what: "install a GitHub App that may write, such as administration or contents",
    run: (cloud, [slug = "", permission = ""]) => {
      cloud.store.reorganise((all) => {
        const app = {
          id: 60000000 + all.github.apps.length,
          slug,
          clientId: `Iv-${slug}`,
          permissions: { [permission]: "write" },
        } as const;
        return { ...all, github: { ...all.github, apps: [...all.github.apps, app] } };
      });
      return `The App ${slug} has ${permission}: write.`;
    },
  },
  "organisation-owner": {
    arguments: "<login>",
    what: "make somebody an owner of the organisation on GitHub",
    run: (cloud, [login = ""]) => {
      cloud.store.reorganise((all) => ({ ...all, github: { ...all.github, owners: [...all.github.owners, login] } }));
      return `${login} owns the organisation.`;
    },
  },
};

function environmentCalled(cloud: LocalCloud, name: string) {
  const named = cloud.all(environment).filter((row) => row.inputs["environment"] === name);
  const { inputs } = one(named, `environment ${name}`);
  return { repository: inputs["repository"], environment: name };
}

function hold(cloud: LocalCloud, what: "rights" | "administrators", role: HeldRole): void {
  cloud.store.reorganise((all): Organisation => ({ ...all, [what]: [...all[what], role] }));
}

function regroup(cloud: LocalCloud, name: string, change: (group: EntraGroup) => Partial<EntraGroup>): void {
  const { groups } = cloud.organisation;
  oneOf(
    groups.map((group) => group.name),
    name,
  );
  cloud.store.reorganise((all) => ({
    ...all,
    groups: all.groups.map((group) => (group.name === name ? { ...group, ...change(group) } : group)),
  }));
}

function applicationCalled(cloud: LocalCloud, name: string): Row {
  return one(
    cloud.all(application).filter(({ inputs }) => inputs["displayName"] === name),
    `application ${name}`,
  );
}

function workspaceOf(cloud: LocalCloud, part: string): { there: LocalCloud; inputs: Bag } {
  const type = "azure-native:machinelearningservices:Workspace";
  const row = one(
    cloud.all(type).filter(({ id }) => id.includes(part)),
    `workspace with "${part}" in its id`,
  );
  const [, , subscriptionId = "", , resourceGroupName = ""] = row.id.split("/");
  const inputs = { resourceGroupName, workspaceName: row.id.split("/").at(-1) };
  // A provider is told its subscription.
  return { there: new LocalCloud(cloud.store, { subscriptionId }), inputs };
}

/** The repository that has an environment of production. */
function theRepository(cloud: LocalCloud): Row {
  const { inputs } = one(
    cloud.all(environment).filter((row) => row.inputs["environment"] === "prod"),
    "environment prod",
  );
  return one(
    cloud.all(repository).filter(({ id }) => id === inputs["repository"]),
    "experiments repository",
  );
}

function oneOf(words: readonly string[], word: string): void {
  if (!words.includes(word)) throw new Trouble(`There is no "${word}".`, `There is ${words.join(", ")}.`);
}
