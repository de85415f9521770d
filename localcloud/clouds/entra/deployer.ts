/** What Microsoft Graph tells of the rights of whoever runs Pulumi. */
import { guidOf } from "../../localCloud";
import type { Answer, Route } from "../behaviour";

/** https://learn.microsoft.com/graph/permissions-reference */
const appRoleIds: Readonly<Record<string, string>> = {
  "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
  "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
  "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
};

/** https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference */
const directoryRoleIds: Readonly<Record<string, string>> = {
  "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
  "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
  "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
  "Application Developer": "cf1c38e5-3621-4004-a7cb-879624dced7c",
  "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
};

export const deployerRoutes: readonly Route[] = [
  {
    // https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments
    path: "/v1.0/servicePrincipals/{id}/appRoleAssignments",
    answer: ({ id = "" }, store) => {
      const { deployer } = store.organisation;
      if (deployer.kind !== "ServicePrincipal" || id.toLowerCase() !== deployer.objectId) return missing(id);
      return {
        status: 200,
        body: {
          value: deployer.graph.map((permission) => ({
            id: guidOf(`${id} ${permission}`),
            appRoleId: appRoleIds[permission],
            principalId: id,
            principalType: "ServicePrincipal",
            principalDisplayName: "deployer",
            resourceId: guidOf("Microsoft Graph"),
            resourceDisplayName: "Microsoft Graph",
          })),
        },
      };
    },
  },
  {
    // https://learn.microsoft.com/graph/api/user-list-transitivememberof
    path: "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole",
    answer: (_names, store) => {
      const { deployer } = store.organisation;
      if (deployer.kind !== "User") {
        return graphError(400, "BadRequest", "/me request is only valid with delegated authentication flow.");
      }
      const value = deployer.directoryRoles.map((displayName) => ({
        id: guidOf(`directory role ${displayName}`),
        displayName,
        roleTemplateId: directoryRoleIds[displayName],
      }));
      return { status: 200, body: { value } };
    },
  },
  {
    // https://learn.microsoft.com/graph/api/authorizationpolicy-get
    path: "/v1.0/policies/authorizationPolicy",
    answer: (_names, store) => ({
      status: 200,
      body: {
        id: "authorizationPolicy",
        displayName: "Authorization Policy",
        allowInvitesFrom: "adminsAndGuestInviters",
        defaultUserRolePermissions: {
          allowedToCreateApps: store.organisation.usersRegisterApplications,
          allowedToCreateSecurityGroups: false,
          allowedToReadOtherUsers: true,
        },
      },
    }),
  },
];

function missing(id: string): Answer {
  return graphError(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

function graphError(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}
