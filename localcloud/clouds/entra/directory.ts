/**
 * What Microsoft Graph tells of the directory: who somebody is, who is in a group, who holds a role.
 * https://learn.microsoft.com/graph/api/overview
 */
import { graphClientId, graphPermissions } from "../../../facts/graph";
import { guidOf } from "../../localCloud";
import type { HeldRole, Organisation } from "../../organisation";
import type { Store } from "../../store";
import { identity } from "../azure/arm";
import type { Answer, Bag, Route } from "../behaviour";
import { appRoleAssignment, graphObjectId, servicePrincipal } from "../entra";

const answered = (value: unknown): Answer => ({ status: 200, body: { value } });

export const directoryRoutes: readonly Route[] = [
  {
    // https://learn.microsoft.com/graph/api/directoryobject-get
    path: "/v1.0/directoryObjects/{id}",
    answer: ({ id = "" }, store) => found(id, everybody(store)[id.toLowerCase()]),
  },
  {
    // https://learn.microsoft.com/graph/api/serviceprincipal-get
    path: "/v1.0/servicePrincipals/{id}",
    answer: ({ id = "" }, store) =>
      found(
        id,
        principals(store).find((one) => one["id"] === id.toLowerCase()),
      ),
  },
  {
    // https://learn.microsoft.com/graph/api/group-get
    path: "/v1.0/groups/{id}",
    answer: ({ id = "" }, store) => {
      const group = groupOf(id, store);
      return found(id, group && { ...groupBody(group), isAssignableToRole: group.privileged ?? null });
    },
  },
  {
    // https://learn.microsoft.com/graph/api/group-list-members
    path: "/v1.0/groups/{id}/members",
    answer: ({ id = "" }, store) => named(id, groupOf(id, store)?.members, store),
  },
  {
    // https://learn.microsoft.com/graph/api/group-list-transitivemembers
    path: "/v1.0/groups/{id}/transitiveMembers",
    answer: ({ id = "" }, store) => named(id, groupOf(id, store) && everyoneIn(id, store), store),
  },
  {
    // https://learn.microsoft.com/graph/api/group-list-owners
    path: "/v1.0/groups/{id}/owners",
    answer: ({ id = "" }, store) => {
      const group = groupOf(id, store);
      return named(id, group && (group.owners ?? []), store);
    },
  },
  {
    // https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-eligibilityscheduleinstances: nobody is.
    path: "/v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
    answer: () => answered([]),
  },
  {
    // https://learn.microsoft.com/graph/api/rbacapplication-list-roledefinitions
    path: "/v1.0/roleManagement/directory/roleDefinitions",
    answer: () =>
      answered(
        Object.entries(directoryRoles).map(([displayName, { id, actions }]) => ({
          ...{ id, templateId: id, displayName, isBuiltIn: true, isEnabled: true },
          rolePermissions: [{ allowedResourceActions: actions.map((one) => `microsoft.directory/${one}`) }],
        })),
      ),
  },
  {
    // https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments
    path: "/v1.0/roleManagement/directory/roleAssignments",
    answer: (_names, store) =>
      answered(
        heldRoles(store.organisation)
          .filter(({ eligible }) => !eligible)
          .map(roleBody),
      ),
  },
  {
    // https://learn.microsoft.com/graph/api/rbacapplication-list-roleeligibilityscheduleinstances
    path: "/v1.0/roleManagement/directory/roleEligibilityScheduleInstances",
    answer: (_names, store) =>
      answered(
        heldRoles(store.organisation)
          .filter(({ eligible }) => eligible)
          .map(roleBody),
      ),
  },
  {
    // https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto
    path: `/v1.0/servicePrincipals/${graphObjectId}/appRoleAssignedTo`,
    answer: (_names, store) => {
      const { deployer } = store.organisation;
      const brought = deployer.kind === "ServicePrincipal" ? deployer.graph : [];
      const given = store.rows(appRoleAssignment).filter(({ state }) => state === "live");
      return answered([
        ...brought.map((permission) => ({
          id: guidOf(`${deployer.objectId} ${permission}`),
          appRoleId: (graphPermissions as Readonly<Record<string, string>>)[permission],
          principalId: deployer.objectId,
        })),
        ...given.map(({ id, inputs }) => ({
          id: id.split("/").at(-1),
          appRoleId: inputs["appRoleId"],
          principalId: inputs["principalObjectId"],
        })),
      ]);
    },
  },
];

/**
 * Roles of the directory, with those of their actions that matter to somebody's rights.
 * https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
 */
export const directoryRoles: Readonly<Record<string, { readonly id: string; readonly actions: readonly string[] }>> = {
  "Global Administrator": {
    id: "62e90394-69f5-4237-9190-012177145e10",
    actions: ["applications", "groups", "roleAssignments", "servicePrincipals", "users"].map(
      (entity) => `${entity}/allProperties/allTasks`,
    ),
  },
  "Privileged Role Administrator": {
    id: "e8611ab8-c189-46e8-94e1-60213ab1f814",
    actions: ["roleAssignments/allProperties/allTasks", "groupsAssignableToRoles/members/update"],
  },
  "Application Administrator": {
    id: "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    actions: [
      ...["applications/credentials/update", "applications/owners/update"],
      ...["servicePrincipals/credentials/manage", "servicePrincipals/owners/update"],
    ],
  },
  "Cloud Application Administrator": {
    id: "158c047a-c907-4556-b7ef-446551a6b5f7",
    actions: ["applications/credentials/update", "applications/owners/update", "servicePrincipals/owners/update"],
  },
  "Application Developer": {
    id: "cf1c38e5-3621-4004-a7cb-879624dced7c",
    actions: ["applications/createAsOwner", "servicePrincipals/createAsOwner"],
  },
  "Groups Administrator": {
    id: "fdd7a751-b60b-444a-984c-02652fe8fa1c",
    actions: ["groups/members/update", "groups/owners/update"],
  },
  "Global Reader": { id: "f2ef992c-3afb-46b9-b7cf-a126ee74c451", actions: ["applications/standard/read"] },
};

/** The deployer's, where a person deploys, and those of others. */
function heldRoles({ deployer, administrators }: Organisation): readonly HeldRole[] {
  const brought = deployer.kind === "User" ? deployer.directoryRoles : [];
  return [...brought.map((role) => ({ principal: deployer.objectId, role, scope: "/" })), ...administrators];
}

function roleBody({ principal, role, scope }: HeldRole): Bag {
  const roleDefinitionId = directoryRoles[role]?.id;
  return { id: guidOf(`${principal} ${role}`), principalId: principal, roleDefinitionId, directoryScopeId: scope };
}

const groupOf = (id: string, { organisation }: Store) =>
  organisation.groups.find(({ objectId }) => objectId === id.toLowerCase());

/** Who is in a group, the groups in it, and who is in those. */
function everyoneIn(id: string, store: Store): string[] {
  const all = new Set(groupOf(id, store)?.members);
  // A set goes on to what is added on the way.
  for (const one of all) for (const member of groupOf(one, store)?.members ?? []) all.add(member);
  return [...all];
}

function groupBody({ objectId, name }: { readonly objectId: string; readonly name: string }): Bag {
  return { "@odata.type": "#microsoft.graph.group", id: objectId, displayName: name, securityEnabled: true };
}

/** People, groups and service principals by their object ids. */
function everybody(store: Store): Readonly<Record<string, Bag>> {
  const { people, groups } = store.organisation;
  return Object.fromEntries(
    [
      ...people.map(({ objectId, name }) => ({
        ...{ "@odata.type": "#microsoft.graph.user", id: objectId, displayName: name },
        userPrincipalName: `${name}@contoso.example`,
      })),
      ...groups.map(groupBody),
      ...principals(store).map((body) => ({ "@odata.type": "#microsoft.graph.servicePrincipal", ...body })),
    ].map((body: Bag) => [String(body["id"]), body]),
  );
}

/** Every service principal: of applications, of identities, of whoever deploys, and of Graph itself. */
export function principals(store: Store): Bag[] {
  const { deployer, tenantId } = store.organisation;
  const body = (id: string, appId: unknown, displayName: unknown, servicePrincipalType: string, more: Bag = {}) => ({
    ...{ id, appId, displayName, appDisplayName: displayName, servicePrincipalType, accountEnabled: true },
    ...{ appRoleAssignmentRequired: false, appOwnerOrganizationId: tenantId },
    ...{ passwordCredentials: [], keyCredentials: [], alternativeNames: [] },
    ...more,
  });
  const live = (type: string) => store.rows(type).filter(({ state }) => state === "live");
  return [
    ...live(servicePrincipal).map(({ inputs, outputs }) =>
      body(String(outputs["objectId"]), inputs["clientId"], outputs["displayName"], "Application", {
        appRoleAssignmentRequired: inputs["appRoleAssignmentRequired"] ?? false,
      }),
    ),
    ...live(identity).map(({ id, outputs }) =>
      body(String(outputs["principalId"]), outputs["clientId"], id.split("/").at(-1), "ManagedIdentity", {
        appOwnerOrganizationId: null,
        alternativeNames: ["isExplicit=True", id],
      }),
    ),
    ...(deployer.kind === "ServicePrincipal"
      ? [body(deployer.objectId, deployer.clientId, deployerName, "Application")]
      : []),
    body(graphObjectId, graphClientId, "Microsoft Graph", "Application", {
      // Microsoft's own tenant.
      appOwnerOrganizationId: "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
      appRoles: Object.entries(graphPermissions).map(([value, id]) => ({ id, value, isEnabled: true })),
    }),
  ];
}

const deployerName = "fl-deployer";

/** The application of whoever deploys: it signs in with a secret, as long as no pipeline does it. */
export function deployerApplication({ deployer }: Organisation): Bag[] {
  if (deployer.kind !== "ServicePrincipal") return [];
  return [
    {
      ...{ id: guidOf(`application of ${deployer.clientId}`), appId: deployer.clientId, displayName: deployerName },
      ...{ signInAudience: "AzureADMyOrg", keyCredentials: [] },
      passwordCredentials: [
        {
          keyId: guidOf(`secret of ${deployer.clientId}`),
          ...{ displayName: "local cloud", hint: "loc", startDateTime: "2026-01-01T00:00:00Z" },
          endDateTime: "2299-12-31T00:00:00Z",
        },
      ],
    },
  ];
}

function named(id: string, ids: readonly string[] | undefined, store: Store): Answer {
  const all = everybody(store);
  return ids === undefined ? missing(id) : answered(ids.flatMap((one) => all[one] ?? []));
}

function found(id: string, body: Bag | undefined): Answer {
  return body === undefined ? missing(id) : { status: 200, body };
}

function missing(id: string): Answer {
  const message = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`;
  return { status: 404, body: { error: { code: "Request_ResourceNotFound", message } } };
}
