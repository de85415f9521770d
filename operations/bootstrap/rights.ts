/** Who of the pipelines may do what in Azure: the one table. Nothing here is granted to a person but to administrators. */
import { accessTable } from "../../components/access";
import type { Config } from "../../config";
import { groupId } from "../../facts/ids";
import { roles as assigned } from "../../facts/roles";
import type { Lane } from "./lanes";
import { keyOf, type Names, stateOf } from "./names";

/** Ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const roles = {
  Reader: assigned.Reader,
  Contributor: assigned.Contributor,
  "Resource Policy Contributor": "36243c78-bf99-498c-9df9-86d9f8d28608",
  "Locks Contributor": "28bf596f-4eb7-45ce-b5bc-6cf482fec137",
  "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
  "Storage Blob Data Reader": assigned["Storage Blob Data Reader"],
  "Storage Blob Data Contributor": assigned["Storage Blob Data Contributor"],
  "Key Vault Crypto User": "12338af0-0e69-4776-bea7-57ae8d297424",
} as const;

/**
 * The built-in roles, and one of this project's own. To open a stack's secrets takes no more than reading its key and
 * decrypting by it; the narrowest built-in role with both could also disable the key.
 */
export type Role = keyof typeof roles | "State Secrets Reader";

export const secretsReaderActions = ["read", "decrypt/action"].map((what) => `Microsoft.KeyVault/vaults/keys/${what}`);

export interface RightsRow {
  /** Stable, names the resource. */
  readonly key: string;
  /** A lane's key, or `administrators`. */
  readonly principal: string;
  readonly role: Role;
  /** Resource id of what the right is on. */
  readonly scope: string;
  /** Only for the right to assign roles. */
  readonly mayAssign?: MayAssign;
  /** What breaks without it. */
  readonly why: string;
}

/** Every role assignment of the lanes and the administrators. */
export function rightsTable(lanes: readonly Lane[], names: Names): RightsRow[] {
  const row = (principal: string, role: Role, scope: string, at: string, why: string): RightsRow => ({
    key: `${principal}-${role.toLowerCase().replaceAll(" ", "-")}-${at}`,
    ...{ principal, role, scope, why },
  });
  const state = (principal: string, stack: string, role: Role, why: string) =>
    row(principal, role, stateOf(names, stack), `${stack}-state`, why);
  const key = (principal: string, stack: string) =>
    row(principal, "Key Vault Crypto User", keyOf(names, stack), `${stack}-key`, "opens the stack's secrets");

  const looking = (lane: Lane, config: Config, why: string) =>
    row(lane.key, "Reader", `/subscriptions/${config.subscription}`, config.stack, why);

  const deploying = (lane: Lane, config: Config): RightsRow[] => [
    looking(lane, config, "sees deleted vaults that hold names, and the networks that it joins"),
    ...groupsOf(config).flatMap(({ at, scope }): RightsRow[] => [
      row(lane.key, "Contributor", scope, at, "makes, changes and deletes what is in the group"),
      {
        ...row(
          lane.key,
          "Role Based Access Control Administrator",
          scope,
          at,
          "gives the environment's identities theirs",
        ),
        mayAssign: rolesAssigned(config),
      },
      row(lane.key, "Resource Policy Contributor", scope, at, "assigns the policies that guard the group"),
      ...(config.environment === "production"
        ? [row(lane.key, "Locks Contributor", scope, at, "locks what must not be deleted")]
        : []),
    ]),
    state(lane.key, config.stack, "Storage Blob Data Contributor", "reads and writes the stack's state"),
    key(lane.key, config.stack),
  ];

  const watching = (lane: Lane, config: Config): RightsRow[] => [
    looking(lane, config, "compares what stands with what is declared"),
    state(lane.key, config.stack, "Storage Blob Data Reader", "reads the stack's state; a preview takes no lock"),
    // The engine opens the key before it reads anything: a preview without this does not start.
    row(
      lane.key,
      "State Secrets Reader",
      keyOf(names, config.stack),
      `${config.stack}-key`,
      "opens the stack's secrets",
    ),
  ];

  const of: Readonly<Record<Lane["purpose"], (lane: Lane, config: Config) => RightsRow[]>> = {
    preview: watching,
    drift: watching,
    deploy: deploying,
    audit: (lane, config) => [looking(lane, config, "reads role assignments, inherited ones too")],
  };
  const stacks = [...new Set(lanes.flatMap((lane) => lane.stacks.map(({ stack }) => stack)))];
  return [
    ...lanes.flatMap((lane) => onceEach(lane.stacks.flatMap((config) => of[lane.purpose](lane, config)))),
    ...[...stacks, bootstrapState].flatMap((stack) => [
      state("administrators", stack, "Storage Blob Data Contributor", "makes the stack, restores its state"),
      key("administrators", stack),
    ]),
  ];
}

/** Where this project keeps its own state. */
export const bootstrapState = "bootstrap";

/** Two stacks in one subscription need one right to read it. */
function onceEach(rows: readonly RightsRow[]): RightsRow[] {
  const same = (left: RightsRow, right: RightsRow) => left.role === right.role && left.scope === right.scope;
  return rows.filter((row, index) => rows.findIndex((other) => same(row, other)) === index);
}

/** The environment's two resource groups, or the one that it has for both. */
export function groupsOf({ stack, subscription, names }: Config): { at: string; name: string; scope: string }[] {
  const of = (at: string, name: string) => ({ at, name, scope: groupId(subscription, name) });
  const group = of(`${stack}-group`, names.group);
  return names.silosGroup === names.group ? [group] : [group, of(`${stack}-silos-group`, names.silosGroup)];
}

/** Roles that may be assigned, by id, and no others. */
export interface MayAssign {
  /** To groups and users. */
  readonly people: readonly string[];
  /** To identities and service principals. */
  readonly services: readonly string[];
}

/** The roles that `pulumi up` of the environment assigns, everywhere or on one resource and below. */
export function rolesAssigned(config: Config, on = ""): MayAssign {
  const { groundwork, access } = accessTable(config);
  const people = config.users.map(({ objectId }) => objectId);
  const ids = (rows: typeof access) => {
    const names = rows.flatMap(({ role }) => (role === "submitter" ? [] : [role]));
    return [...new Set(names)].sort().map((name) => assigned[name]);
  };
  const rows = [...groundwork, ...access].filter(({ scope }) => scope.startsWith(on));
  return {
    people: ids(rows.filter(({ principal }) => people.includes(principal))),
    services: ids(rows.filter(({ principal }) => !people.includes(principal))),
  };
}

/**
 * The condition under which roles may be assigned and taken away: those and no others, people's to people and services'
 * to services. Without the second half, a deployer could make a person Contributor of production.
 * https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
 */
export function onlyRoles({ people, services }: MayAssign): string {
  const assignments = "Microsoft.Authorization/roleAssignments";
  const given = (source: string, ids: readonly string[], types: readonly string[]) =>
    `(@${source}[${assignments}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${ids.join(", ")}}` +
    ` AND @${source}[${assignments}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {${types.map((type) => `'${type}'`).join(", ")}})`;
  // Of a new assignment the request tells the role, of one that goes the resource.
  const clause = (action: string, source: string) => {
    const either = [
      ...(people.length > 0 ? [given(source, people, ["User", "Group"])] : []),
      ...(services.length > 0 ? [given(source, services, ["ServicePrincipal"])] : []),
    ];
    return `((!(ActionMatches{'${assignments}/${action}'})) OR (${either.join(" OR ")}))`;
  };
  return `${clause("write", "Request")} AND ${clause("delete", "Resource")}`;
}
