/**
 * Who may do what: the one reviewed table, and the only place that makes role assignments. Every scope is the workspace
 * or a single store, container, vault, registry or insights component; nothing is granted on a group or above.
 */
import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

import type { Config, User } from "../config";
import { containerId, whereIs } from "../facts/ids";
import { type Role, roleDefinitionId, roles, submitterActions } from "../facts/roles";
import { uuidV5 } from "../facts/uuid";
import type { AssociatedResources } from "./associatedResources";
import type { Names } from "../names";
import type { Federation } from "./federation";
import type { ImageBuilder } from "./imageBuilder";
import type { PipelineIdentity } from "./pipelineIdentity";

/** One row of the table: one role assignment. */
export interface AccessRow {
  /** `<principal>:<role>:<scope>` in short words; stable, names the resource. */
  readonly key: string;
  /** Who: `workspace`, `pipeline`, `image-builder`, `orchestrator`, `silo<slot>`, or the object id of a user or group. */
  readonly principal: string;
  /** A built-in role, or this program's own that submits jobs. */
  readonly role: Role | "submitter";
  /** Resource id of what the right is on. */
  readonly scope: string;
  /** What breaks without it. */
  readonly why: string;
}

/** The table in two parts: what must be granted before the workspace can be made, and everything else. */
export interface AccessTable {
  /** Rights of the workspace's identity on what the workspace leans on; Azure checks them at its creation. */
  readonly groundwork: readonly AccessRow[];
  readonly access: readonly AccessRow[];
}

/** Every role assignment of the environment. */
export function accessTable(
  config: Pick<
    Config,
    "names" | "users" | "environment" | "managed" | "readers" | "handover" | "pipelineRole" | "imageBuilds"
  >,
): AccessTable {
  const { names, users, environment, managed, readers, handover, pipelineRole, imageBuilds } = config;
  const scopes = {
    workspace: names.workspaceId,
    store: names.storeId,
    vault: names.vaultId,
    registry: names.registryId,
    insights: names.insightsId,
    handover: names.orchestrator.containerId,
    ...Object.fromEntries(
      Object.entries(names.silos).map(([key, silo]) => [
        `${key}-handover`,
        containerId(names.orchestrator.storeId, silo.handover),
      ]),
    ),
    "orchestrator-store": names.orchestrator.storeId,
    ...Object.fromEntries(Object.entries(names.silos).map(([key, silo]) => [`${key}-store`, silo.storeId])),
    ...Object.fromEntries(Object.entries(names.silos).map(([key, silo]) => [`${key}-container`, silo.containerId])),
  };
  type Scope = keyof typeof scopes;
  const row = (principal: string, role: AccessRow["role"], scope: Scope, why: string): AccessRow => ({
    key: `${principal}-${role.toLowerCase().replaceAll(" ", "-")}-${scope}`,
    principal,
    role,
    scope: scopes[scope],
    why,
  });
  const silos = Object.keys(names.silos);
  const parties = ["orchestrator", ...silos];
  const partyStores = parties.map((key) => `${key}-store` as Scope);

  const workspaceIdentity = [
    row("workspace", "Contributor", "store", "manages the containers and shares of its default store"),
    row("workspace", "Storage Blob Data Contributor", "store", "keeps code, outputs and logs there, without keys"),
    row("workspace", "Contributor", "vault", "registers itself with its vault"),
    row("workspace", "Key Vault Administrator", "vault", "keeps the secrets of connections there"),
    row("workspace", "Contributor", "registry", "manages the images of environments"),
    row("workspace", "Contributor", "insights", "links its runs' metrics"),
  ];

  const approver = (scope: Scope) =>
    row(
      "workspace",
      "Azure AI Enterprise Network Connection Approver",
      scope,
      "approves its managed network's endpoint",
    );
  const pipeline = [
    row("pipeline", pipelineRole === "submitter" ? "submitter" : "Contributor", "workspace", "submits reviewed jobs"),
    row("pipeline", "Storage Blob Data Contributor", "store", "uploads the reviewed code of a job, without keys"),
    row("pipeline", "Storage File Data Privileged Contributor", "store", "same, for the default file share"),
  ];

  const imageBuilder = [
    row("image-builder", "AcrPush", "registry", "pushes the images that it builds"),
    row("image-builder", "Storage Blob Data Contributor", "store", "reads what an image is built from, writes its log"),
  ];

  const clusters = [
    ...parties.flatMap((party) => [
      row(party, "AcrPull", "registry", "pulls the image that a job runs in"),
      row(party, "Storage Blob Data Contributor", "store", "reads a job's code, writes its outputs and logs"),
      row(party, "Monitoring Metrics Publisher", "insights", "reports metrics where local authentication is off"),
    ]),
    row("orchestrator", "Storage Blob Data Contributor", "orchestrator-store", "keeps aggregated models"),
    ...silos.flatMap((silo) => [
      row(
        silo,
        "Storage Blob Data Contributor",
        // A store that its owner shares with the silo may hold more than the silo's data.
        (names.silos[silo]?.joinsStore === true ? `${silo}-container` : `${silo}-store`) as Scope,
        "reads its own data, and no other silo's",
      ),
      row(
        silo,
        "Storage Blob Data Contributor",
        handover === "shared" ? "handover" : (`${silo}-handover` as Scope),
        "hands its model over and fetches the aggregated one",
      ),
    ]),
  ];

  const people = users.flatMap(({ objectId }) =>
    environment === "production"
      ? [
          row(objectId, "Reader", "workspace", "sees jobs, metrics and models; cannot run anything"),
          ...(readers === "metadataOnly"
            ? []
            : [
                row(objectId, "Storage Blob Data Reader", "store", "reads code and results of runs"),
                row(objectId, "Storage File Data Privileged Reader", "store", "same, for the default file share"),
              ]),
        ]
      : [
          row(objectId, "AzureML Data Scientist", "workspace", "runs anything, on synthetic data"),
          row(objectId, "AzureML Compute Operator", "workspace", "starts and stops computes"),
          row(objectId, "Storage File Data Privileged Contributor", "store", "works with notebooks and files"),
          ...(["store", ...partyStores] as const).map((store) =>
            row(objectId, "Storage Blob Data Contributor", store, "prepares synthetic data and looks at results"),
          ),
        ],
  );

  return {
    groundwork: [...workspaceIdentity, ...(managed ? (["store", "vault", "registry"] as const).map(approver) : [])],
    access: [
      ...(managed ? partyStores.map(approver) : []),
      row("workspace", "Contributor", "workspace", "acts as itself: runs jobs, keeps assets"),
      ...pipeline,
      ...(imageBuilds === undefined ? [] : imageBuilder),
      ...clusters,
      ...people,
    ],
  };
}

/** Somebody who can be given a role. */
export interface Principal {
  readonly objectId: pulumi.Input<string>;
  readonly type: "Group" | "User" | "ServicePrincipal";
}

/** Who the table's principals are, by the words that the table uses for them. */
export function principalsOf(known: {
  readonly associated: AssociatedResources;
  readonly federation?: Federation;
  readonly pipeline?: PipelineIdentity;
  readonly imageBuilder?: ImageBuilder | undefined;
  readonly users?: readonly User[];
}): Readonly<Record<string, Principal>> {
  const managed = (identity: { readonly principalId: pulumi.Output<string> }): Principal => ({
    objectId: identity.principalId,
    type: "ServicePrincipal",
  });
  const { associated, federation, pipeline, imageBuilder, users = [] } = known;
  return {
    workspace: managed(associated.identity),
    ...(imageBuilder && { "image-builder": managed(imageBuilder.identity) }),
    ...(federation && {
      orchestrator: managed(federation.orchestrator.identity),
      ...Object.fromEntries(Object.entries(federation.silos).map(([key, silo]) => [key, managed(silo.identity)])),
    }),
    ...(pipeline && { pipeline: { objectId: pipeline.principal.objectId, type: "ServicePrincipal" as const } }),
    ...Object.fromEntries(users.map(({ objectId, kind }) => [objectId, { objectId, type: kind }])),
  };
}

export interface AccessArgs {
  readonly names: Pick<Names, "submitter" | "groupId" | "place">;
  readonly rows: readonly AccessRow[];
  /** Who each row's `principal` is. */
  readonly principals: Readonly<Record<string, Principal>>;
  /** What must stand before a right on it can be given, by its resource id. */
  readonly standing: Readonly<Record<string, pulumi.Resource>>;
}

/** The rows' role assignments. */
export class Access extends pulumi.ComponentResource {
  private readonly assignments: { readonly scope: string; readonly assignment: authorization.RoleAssignment }[] = [];

  constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:Access", name, {}, opts);

    const { submitter, groupId, place } = args.names;
    const own = args.rows.some(({ role }) => role === "submitter")
      ? new authorization.RoleDefinition(
          `${name}-submitter`,
          {
            scope: groupId,
            roleDefinitionId: submitter.guid,
            roleName: submitter.name,
            roleType: "CustomRole",
            description: "Submits jobs; changes neither workspace nor computes nor datastores.",
            assignableScopes: [groupId],
            permissions: [{ actions: [...submitterActions], notActions: [], dataActions: [], notDataActions: [] }],
          },
          { parent: this },
        )
      : undefined;

    for (const { key, principal, role, scope } of args.rows) {
      const who = args.principals[principal];
      if (who === undefined) throw new Error(`Access row "${key}": there is no principal "${principal}".`);
      const target = args.standing[scope];
      if (target === undefined) throw new Error(`Access row "${key}": nothing stands at ${scope}.`);
      const assignment = new authorization.RoleAssignment(
        `${name}-${key}`,
        {
          // Azure takes scope, role and principal for the assignment's identity: the same three, the same name. The
          // environment is part of who: two of them have a silo0.
          roleAssignmentName: uuidV5(`${scope}|${role}|${place}/${principal}`),
          scope,
          // In the subscription of what the right is on, as Azure gives it back: a silo's store may lie in another one.
          roleDefinitionId: roleDefinitionId(
            whereIs(scope).subscription,
            role === "submitter" ? submitter.guid : roles[role],
          ),
          principalId: who.objectId,
          // Without it Azure looks the principal up, and does not find one that was made a moment ago.
          principalType: who.type,
        },
        {
          parent: this,
          // An assignment cannot be edited into another one (RoleAssignmentUpdateNotPermitted), and two of the same
          // name cannot stand side by side.
          deleteBeforeReplace: true,
          replaceOnChanges: ["principalId", "scope", "roleDefinitionId"],
          dependsOn: role === "submitter" && own !== undefined ? [target, own] : target,
        },
      );
      this.assignments.push({ scope, assignment });
    }

    this.registerOutputs({});
  }

  /** The assignments on `scope` and below it. */
  on(scope: string): authorization.RoleAssignment[] {
    return this.assignments
      .filter((row) => row.scope === scope || row.scope.startsWith(`${scope}/`))
      .map(({ assignment }) => assignment);
  }
}
