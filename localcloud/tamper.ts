/** Changes behind Pulumi's back, as a person in a portal would make them. Knows clouds, not the program. */
import { existsSync } from "node:fs";

import { accessTampers } from "./accessTampers";
import { azureDevOpsTampers } from "./azureDevOpsTampers";
import { principals } from "./clouds/azure/access";
import { assignment, storageAccount } from "./clouds/azure/arm";
import { securityGroup, type SecurityGroupInputs } from "./clouds/azure/network";
import type { Bag } from "./clouds/behaviour";
import {
  actionsPermissions,
  type CollaboratorInputs,
  collaborators,
  environment,
  file,
  protection,
  repository,
  ruleset,
  runnerGroup,
  workflowToken,
} from "./clouds/github/repository";
import { builtInRoles, roleName } from "./clouds/roles";
import { guidOf, LocalCloud } from "./localCloud";
import { one, principalCalled, said } from "./lookup";
import type { Place } from "./place";
import { changes } from "./reorganise";
import { type Row, Store } from "./store";
import { Trouble } from "./trouble";

const workspace = "azure-native:machinelearningservices:Workspace";

interface Tamper {
  readonly arguments: string;
  readonly what: string;
  /** Does it and says what was done. */
  readonly run: (cloud: LocalCloud, args: readonly string[]) => string;
}

const tampers: Readonly<Record<string, Tamper>> = {
  "users-reader": {
    arguments: "",
    what: "take the Reader role away from a group or person",
    run: (cloud) => {
      const people = principals(cloud).filter(({ kind }) => kind !== "ServicePrincipal");
      const row = one(
        cloud
          .all(assignment)
          .filter(
            ({ inputs }) =>
              roleName(String(inputs["roleDefinitionId"])) === "Reader" &&
              people.some(({ objectId }) => objectId === inputs["principalId"]),
          ),
        "role assignment that makes a person Reader",
      );
      return remove(cloud, row);
    },
  },
  "environment-branches": {
    arguments: "[environment]",
    what: "let every branch deploy to a GitHub environment (default: prod)",
    run: (cloud, [name = "prod"]) => change(cloud, environmentCalled(cloud, name), "deploymentBranchPolicy", undefined),
  },
  "environment-reviewers": {
    arguments: "[environment]",
    what: "take the reviewers away from a GitHub environment (default: prod); Pulumi does not see this one",
    run: (cloud, [name = "prod"]) => change(cloud, environmentCalled(cloud, name), "reviewers", undefined),
  },
  "silo-store": {
    arguments: "[parts of its id]",
    what: "delete a storage account with all that is in it (default: the one with prod and silo0 in its id)",
    run: (cloud, parts) => {
      const wanted = parts.length === 0 ? ["prod", "silo0"] : parts;
      const row = one(
        cloud.all(storageAccount).filter(({ id }) => wanted.every((part) => id.includes(part))),
        `storage account with ${wanted.join(" and ")} in its id`,
      );
      return remove(cloud, row);
    },
  },
  grant: {
    arguments: "<principal> <role> <scope>",
    what: "give somebody a role; scope: an id or a unique part of one, a subscription, a management group or /",
    run: (cloud, [who = "", role = "", scope = ""]) => {
      const { objectId, kind, name } = principalCalled(cloud, who);
      const definition = builtInRoles[role];
      if (definition === undefined)
        throw new Trouble(`"${role}" is no built-in role.`, Object.keys(builtInRoles).join(", "));
      const id = isAbove(scope, cloud) ? scope : standing(cloud, scope).id;
      const subscription = /^\/subscriptions\/([^/]+)/i.exec(id)?.[1] ?? cloud.organisation.subscriptions[0] ?? "";
      const row = cloud.create(assignment, {
        scope: id,
        roleAssignmentName: guidOf(`${id} ${role} ${objectId}`),
        roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${definition}`,
        principalId: objectId,
        principalType: kind,
      });
      cloud.store.log("tamper", row);
      return `${name} is now ${role} on ${id}.`;
    },
  },
  "open-network": {
    arguments: "<part of the security group's id>",
    what: "let everything in a network out to the Internet",
    run: (cloud, [part = ""]) => {
      const row = one(
        cloud.all(securityGroup).filter(({ id }) => id.includes(part)),
        `network security group with "${part}" in its id`,
      );
      const { securityRules: rules = [] } = row.inputs as SecurityGroupInputs;
      const taken = rules.filter(({ direction }) => direction === "Outbound").map(({ priority }) => priority);
      // A rule's priority is from 100, the strongest, to 4096.
      let priority = 100;
      while (taken.includes(priority)) priority++;
      const open = {
        ...{ name: "AllowInternet", priority, direction: "Outbound", access: "Allow", protocol: "*" },
        ...{ sourceAddressPrefix: "*", sourcePortRange: "*" },
        ...{ destinationAddressPrefix: "Internet", destinationPortRange: "*" },
      };
      return change(cloud, row, "securityRules", [...rules, open]);
    },
  },
  "public-access": {
    arguments: "<part of its id>",
    what: "open a workspace or a store to the public network",
    run: (cloud, [part = ""]) => {
      const row = one(
        [...cloud.all(workspace), ...cloud.all(storageAccount)].filter(({ id }) => id.includes(part)),
        `workspace or store with "${part}" in its id`,
      );
      return change(cloud, row, "publicNetworkAccess", "Enabled");
    },
  },
  bypass: {
    arguments: "[part of the ruleset's name]",
    what: "let repository administrators bypass a branch's rules",
    run: (cloud, [part = "main"]) => {
      const row = rulesetCalled(cloud, part);
      const actors = (row.inputs["bypassActors"] as Bag[] | undefined) ?? [];
      // 5 is the repository role admin. https://docs.github.com/rest/repos/rules
      const admins = { actorId: 5, actorType: "RepositoryRole", bypassMode: "always" };
      return change(cloud, row, "bypassActors", [...actors, admins]);
    },
  },
  "ruleset-off": {
    arguments: "[part of the ruleset's name]",
    what: "switch a branch's rules off (default: those of main)",
    run: (cloud, [part = "main"]) => change(cloud, rulesetCalled(cloud, part), "enforcement", "disabled"),
  },
  unprotect: {
    arguments: "[branch]",
    what: "delete the classic protection of a branch (default: main)",
    run: (cloud, [name = "main"]) =>
      remove(
        cloud,
        one(
          cloud.all(protection).filter(({ inputs }) => inputs["pattern"] === name),
          `protection of the branch ${name}`,
        ),
      ),
  },
  "admins-bypass": {
    arguments: "[environment]",
    what: "let administrators skip the rules of a GitHub environment (default: prod)",
    run: (cloud, [name = "prod"]) => change(cloud, environmentCalled(cloud, name), "canAdminsBypass", true),
  },
  "every-action": {
    arguments: "",
    what: "let workflows use every action, pinned or not",
    run: (cloud) => {
      const row = one(cloud.all(actionsPermissions), "repository whose actions are limited");
      return change(cloud, row, "", { repository: row.inputs["repository"], enabled: true, allowedActions: "all" });
    },
  },
  "workflows-approve": {
    arguments: "",
    what: "let workflows write, and approve pull requests",
    run: (cloud) => {
      const row = one(cloud.all(workflowToken), "repository whose workflow token is limited");
      return change(cloud, row, "", {
        ...row.inputs,
        ...{ defaultWorkflowPermissions: "write", canApprovePullRequestReviews: true },
      });
    },
  },
  "team-admin": {
    arguments: "<team>",
    what: "make a team administrators of the experiments repository",
    run: (cloud, [team = ""]) => {
      const row = one(cloud.all(collaborators), "repository with collaborators");
      const { teams = [] } = row.inputs as CollaboratorInputs;
      const others = teams.filter(({ teamId }) => teamId !== team);
      return change(cloud, row, "teams", [...others, { teamId: team, permission: "admin" }]);
    },
  },
  "open-runners": {
    arguments: "",
    what: "let every workflow of every repository run inside the private network",
    run: (cloud) => {
      const row = one(cloud.all(runnerGroup), "runner group");
      const { name } = row.inputs;
      return change(cloud, row, "", { name, visibility: "all", restrictedToWorkflows: false });
    },
  },
  merge: {
    arguments: "<file> [content]",
    what: "change a file of the default branch by a merged pull request; without content, delete it",
    run: (cloud, [path = "", ...content]) => {
      const name = one(cloud.all(repository), "repository").id;
      const standing = cloud.all(file).find(({ inputs }) => inputs["repository"] === name && inputs["file"] === path);
      if (content.length === 0) return remove(cloud, one(standing ? [standing] : [], `file ${path}`));
      if (standing !== undefined) return change(cloud, standing, "content", content.join(" "));
      cloud.found(file, { repository: name, branch: "main", file: path, content: content.join(" ") });
      return `Added ${path} to ${name}.`;
    },
  },
  list: {
    arguments: "[part]",
    what: "what exists: type and id",
    run: (cloud, [part = ""]) =>
      cloud.store
        .rows()
        .filter((row) => row.state !== "soft" && said(row).toLowerCase().includes(part.toLowerCase()))
        .map(said)
        .join("\n"),
  },
  remove: {
    arguments: "<id or unique part>",
    what: "delete something with all that is below it",
    run: (cloud, [part = ""]) => remove(cloud, standing(cloud, part)),
  },
  set: {
    arguments: "<id or unique part> <property.path> <JSON>",
    what: "change one property",
    run: (cloud, [part = "", path = "", json = ""]) => change(cloud, standing(cloud, part), path, parsed(json)),
  },
  unset: {
    arguments: "<id or unique part> <property.path>",
    what: "take one property away",
    run: (cloud, [part = "", path = ""]) => change(cloud, standing(cloud, part), path, undefined),
  },
  ...accessTampers,
  ...azureDevOpsTampers,
  ...Object.fromEntries(
    Object.entries(changes).map(([name, { arguments: expected, what, apply }]): [string, Tamper] => [
      name,
      {
        arguments: expected,
        what,
        run: ({ store }, args) => {
          store.reorganise((organisation) => apply(organisation, args));
          return `Done: ${[name, ...args].join(" ")}. Who would see it: npm run doctor -- --stack prod --local`;
        },
      },
    ]),
  ),
};

/** Runs one tamper against the clouds in `store` and returns what it says. */
export function tamperWith(store: Store, [name = "", ...args]: readonly string[]): string {
  const found = tampers[name];
  if (found === undefined) throw new Trouble(`There is no tamper "${name}".`, help());
  return found.run(new LocalCloud(store), args);
}

export function tamper(place: Place, args: readonly string[]): number {
  if (args.length === 0) {
    process.stdout.write(`${help()}\n`);
    return 0;
  }
  if (!existsSync(place.cloud)) throw new Trouble("The local cloud is empty.", "Bring it up first: npm start");
  const store = new Store(place.cloud);
  try {
    process.stdout.write(`${tamperWith(store, args)}\n`);
    if (args[0] !== "list" && !Object.hasOwn(changes, args[0] ?? "")) {
      process.stdout.write(
        "Does Pulumi see it? npm run local -- preview --refresh --diff --stack prod\nDoes the audit?     npm run audit -- --stack prod --local\n",
      );
    }
  } finally {
    store.close();
  }
  return 0;
}

function help(): string {
  const lines = Object.entries(tampers).map(
    ([name, { arguments: expected, what }]) => [`${name} ${expected}`.trim(), what] as const,
  );
  const width = Math.max(...lines.map(([usage]) => usage.length));
  return [
    "Changes the local cloud behind Pulumi's back: npm run tamper -- <what>",
    ...lines.map(([usage, what]) => `  ${usage.padEnd(width)}  ${what}`),
    "For example:",
    "  npm run tamper -- grant amina Owner workspaces/aml-fl-prod",
    "  npm run tamper -- set fl-experiments:prod canAdminsBypass true",
  ].join("\n");
}

function remove(cloud: LocalCloud, row: Row): string {
  const below = cloud.store.below(row).length;
  cloud.tamper(row, undefined);
  return `Deleted ${said(row)}${below > 0 ? ` and the ${below} below it` : ""}.`;
}

/** Sets the property at `path`, or everything where the path is empty. */
function change(cloud: LocalCloud, row: Row, path: string, value: unknown): string {
  if (path === "") {
    cloud.tamper(row, value as Bag);
    return `Changed ${said(row)}\n  from ${JSON.stringify(row.inputs)}\n  to   ${JSON.stringify(value)}`;
  }
  const inputs = structuredClone(row.inputs);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let place: Bag = inputs;
  for (const key of keys) place = (place[key] ??= {}) as Bag;
  const before = place[last];
  if (value === undefined) delete place[last];
  else place[last] = value;
  cloud.tamper(row, inputs);
  const words = (what: unknown) => (what === undefined ? "nothing" : JSON.stringify(what));
  return `Changed ${path} of ${said(row)}\n  from ${words(before)}\n  to   ${words(value)}`;
}

/** What stands above everything that has a row. */
function isAbove(scope: string, { organisation }: LocalCloud): boolean {
  const subscriptions = organisation.subscriptions.map((id) => `/subscriptions/${id}`);
  return ["/", ...organisation.managementGroups, ...subscriptions].includes(scope);
}

function rulesetCalled(cloud: LocalCloud, part: string): Row {
  return one(
    cloud.all(ruleset).filter(({ inputs }) => String(inputs["name"]).includes(part)),
    `ruleset with "${part}" in its name`,
  );
}

function environmentCalled(cloud: LocalCloud, name: string): Row {
  return one(
    cloud.all(environment).filter(({ inputs }) => inputs["environment"] === name),
    `environment ${name}`,
  );
}

/** The one thing that has this id, or else the one whose type and id contain `part`. */
function standing(cloud: LocalCloud, part: string): Row {
  const rows = cloud.store.rows().filter(({ state }) => state !== "soft");
  const lower = part.toLowerCase();
  const exact = rows.filter(({ id }) => id.toLowerCase() === lower);
  const ending = rows.filter((row) => said(row).toLowerCase().endsWith(lower));
  const containing = rows.filter((row) => said(row).toLowerCase().includes(lower));
  const found = [exact, ending].find(({ length }) => length === 1) ?? containing;
  return one(found, `thing called "${part}"`);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Trouble(`${json} is not JSON.`, `Text needs quotes of its own: '"${json}"'`);
  }
}
