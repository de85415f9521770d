/** Microsoft Entra ID, as the azuread provider sees it. Texts are Microsoft Graph's and the provider's own. */
import { graphClientId, graphPermissions } from "../../facts/graph";
import { behaviour, type Cloud, type CloudTable, type Refusal, Refused } from "./behaviour";

const type = (name: string) => `azuread:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
export const application = type("Application");
export const servicePrincipal = type("ServicePrincipal");
export const appRoleAssignment = type("AppRoleAssignment");
export const federatedCredential = type("ApplicationFederatedIdentityCredential");
export const password = type("ApplicationPassword");

type ApplicationInputs = { displayName: string; preventDuplicateNames?: boolean };
type PrincipalInputs = { clientId: string; useExisting?: boolean };
type CredentialInputs = {
  applicationId: string;
  displayName: string;
  issuer: string;
  subject: string;
  audiences: string[];
};

const byClientId = (clientId: string, cloud: Cloud) =>
  cloud.all(application).find(({ outputs }) => outputs["clientId"] === clientId);

const credentialsOf = (applicationId: string, cloud: Cloud) =>
  cloud.all(federatedCredential).filter(({ inputs }) => inputs["applicationId"] === applicationId);

/** The provider's own check, which it makes before it asks Graph. */
const duplicateName: Refusal<ApplicationInputs> = ({ operation, next, cloud, id }) =>
  operation !== "delete" &&
  next.preventDuplicateNames === true &&
  cloud.all(application).some((row) => row.id !== id && row.inputs["displayName"] === next.displayName)
    ? `importing existing application: a resource with the ID of an existing application named "${next.displayName}" already exists, and \`prevent_duplicate_names\` is set`
    : undefined;

const applicationMissing: Refusal<PrincipalInputs> = ({ operation, next, cloud }) =>
  operation === "create" && byClientId(next.clientId, cloud) === undefined
    ? `ServicePrincipalsClient.BaseClient.Post(): unexpected status 400 with OData error: NoBackingApplicationObject: The appId '${next.clientId}' of the service principal does not reference a valid application object.`
    : undefined;

const principalExists: Refusal<PrincipalInputs> = ({ operation, next, cloud }) =>
  operation === "create" &&
  next.useExisting !== true &&
  cloud.all(servicePrincipal).some(({ inputs }) => inputs["clientId"] === next.clientId)
    ? `A resource with the ID of an existing service principal for client ID "${next.clientId}" already exists - to be managed via Pulumi this resource needs to be imported into the State.`
    : undefined;

type PasswordInputs = { applicationId: string; displayName?: string; endDate?: string };

const credentialOfNothing: Refusal<{ applicationId: string }> = ({ operation, next, cloud }) =>
  operation === "create" && cloud.find(next.applicationId) === undefined
    ? `Request_ResourceNotFound: Resource '${next.applicationId}' does not exist or one of its queried reference-property objects are not present.`
    : undefined;

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const limit = 20;
const tooManyCredentials: Refusal<CredentialInputs> = ({ operation, next, cloud }) =>
  operation === "create" && credentialsOf(next.applicationId, cloud).length >= limit
    ? `Request_BadRequest: The maximum number (${limit}) of federated identity credentials on the object has been reached.`
    : undefined;

const credentialNameTaken: Refusal<CredentialInputs> = ({ operation, next, cloud }) =>
  operation === "create" &&
  credentialsOf(next.applicationId, cloud).some(({ inputs }) => inputs["displayName"] === next.displayName)
    ? `Request_MultipleObjectsWithSameKeyValue: FederatedIdentityCredential with name ${next.displayName} already exists.`
    : undefined;

const subjectTaken: Refusal<CredentialInputs> = ({ operation, next, cloud, id }) =>
  operation !== "delete" &&
  credentialsOf(next.applicationId, cloud).some(
    (row) => row.id !== id && row.inputs["issuer"] === next.issuer && row.inputs["subject"] === next.subject,
  )
    ? "Request_MultipleObjectsWithSameKeyValue: Issuer and subject combination already exists for this Application."
    : undefined;

const notOneAudience: Refusal<CredentialInputs> = ({ operation, next }) =>
  operation !== "delete" && next.audiences.length !== 1
    ? "Request_BadRequest: Property audiences must contain exactly one value."
    : undefined;

export const graphObjectId = "f34c1b77-9d20-4a5e-8b6c-52e09a1d7f44";

type AppRoleInputs = { appRoleId: string; principalObjectId: string; resourceObjectId: string };

const appRoleUnknown: Refusal<AppRoleInputs> = ({ operation, next }) =>
  operation === "create" && !(Object.values(graphPermissions) as string[]).includes(next.appRoleId)
    ? `Request_BadRequest: Permission being assigned was not found on application`
    : undefined;

const appRoleHeld: Refusal<AppRoleInputs> = ({ operation, next, cloud }) =>
  operation === "create" &&
  cloud
    .all(appRoleAssignment)
    .some(
      ({ inputs }) => inputs["appRoleId"] === next.appRoleId && inputs["principalObjectId"] === next.principalObjectId,
    )
    ? "Request_BadRequest: Permission being assigned already exists on the object"
    : undefined;

export const entra: CloudTable = {
  sdk: "@pulumi/azuread",
  behaviours: {
    [application]: behaviour<ApplicationInputs>({
      requires: ["displayName"],
      id: ({ displayName }, cloud) => `/applications/${cloud.freshGuid(`application ${displayName}`)}`,
      replaces: ["templateId"],
      fills: { signInAudience: "AzureADMyOrg" },
      outputs: {
        objectId: ({ id }) => id.split("/").at(-1),
        clientId: ({ guid }) => guid("client"),
        publisherDomain: ({ cloud }) => `${cloud.organisation.github.login}.example`,
      },
      refuses: [duplicateName],
    }),

    [servicePrincipal]: behaviour<PrincipalInputs>({
      requires: ["clientId"],
      id: ({ clientId }, cloud) => `/servicePrincipals/${cloud.freshGuid(`principal ${clientId}`)}`,
      within: ({ clientId }, cloud) => byClientId(clientId, cloud),
      replaces: ["clientId"],
      outputs: {
        objectId: ({ id }) => id.split("/").at(-1),
        displayName: ({ inputs, cloud }) => byClientId(inputs.clientId, cloud)?.inputs["displayName"],
        applicationTenantId: ({ cloud }) => cloud.organisation.tenantId,
      },
      refuses: [applicationMissing, principalExists],
    }),

    [federatedCredential]: behaviour<CredentialInputs>({
      requires: ["applicationId", "audiences", "displayName", "issuer", "subject"],
      id: ({ applicationId, displayName }, cloud) =>
        `${applicationId.split("/").at(-1)}/federatedIdentityCredential/${cloud.freshGuid(`${applicationId} ${displayName}`)}`,
      within: ({ applicationId }) => ({ type: application, id: applicationId }),
      replaces: ["applicationId", "displayName"],
      outputs: { credentialId: ({ id }) => id.split("/").at(-1) },
      refuses: [credentialOfNothing, notOneAudience, tooManyCredentials, credentialNameTaken, subjectTaken],
    }),

    // No program makes one: it would be a secret.
    [password]: behaviour<PasswordInputs>({
      requires: ["applicationId"],
      id: ({ applicationId, displayName }, cloud) =>
        `${applicationId.split("/").at(-1)}/password/${cloud.freshGuid(`${applicationId} password ${displayName}`)}`,
      within: ({ applicationId }) => ({ type: application, id: applicationId }),
      replaces: ["applicationId", "displayName", "endDate"],
      outputs: { keyId: ({ id }) => id.split("/").at(-1) },
      refuses: [credentialOfNothing],
    }),

    [appRoleAssignment]: behaviour<AppRoleInputs>({
      requires: ["appRoleId", "principalObjectId", "resourceObjectId"],
      id: ({ appRoleId, principalObjectId, resourceObjectId }, cloud) =>
        `/servicePrincipals/${resourceObjectId}/appRoleAssignedTo/${cloud.freshGuid(`${principalObjectId} ${appRoleId}`)}`,
      replaces: ["appRoleId", "principalObjectId", "resourceObjectId"],
      refuses: [appRoleUnknown, appRoleHeld],
    }),
  },

  invokes: {
    "azuread:index/getServicePrincipal:getServicePrincipal": (args) => {
      if (args["clientId"] !== graphClientId) {
        throw new Refused(`No service principal found matching application ID: "${String(args["clientId"])}"`);
      }
      return {
        id: `/servicePrincipals/${graphObjectId}`,
        objectId: graphObjectId,
        displayName: "Microsoft Graph",
        clientId: graphClientId,
        appRoleIds: graphPermissions,
      };
    },
    "azuread:index/getGroup:getGroup": ({ objectId }, { organisation }) => {
      const found = organisation.groups.find((group) => group.objectId === objectId);
      if (found === undefined) throw new Refused(`No group found with object ID: ${JSON.stringify(objectId)}`);
      return { id: `/groups/${found.objectId}`, displayName: found.name, ...found };
    },
    "azuread:index/getClientConfig:getClientConfig": (_args, { organisation: { tenantId, deployer } }) => ({
      id: `${tenantId}-${deployer.clientId}-${deployer.objectId}`,
      tenantId,
      objectId: deployer.objectId,
      clientId: deployer.clientId,
    }),
  },
};
