/** Connections to Azure, pipelines and variables, and why Azure DevOps refuses. */
import { azureDevOpsResource } from "../../../facts/azureDevOps";
import type { Made, Refusal } from "../behaviour";
import { git, type InProject } from "./project";

export type EndpointInputs = InProject & {
  serviceEndpointName: string;
  serviceEndpointAuthenticationScheme?: string;
  azurermSpnTenantid?: string;
  azurermSubscriptionId?: string;
  azurermSubscriptionName?: string;
  credentials?: { serviceprincipalid?: string };
};

/** azuredevops/internal/service/serviceendpoint/resource_serviceendpoint_azurerm.go, validateScopeLevel */
export const subscriptionHalfNamed: Refusal<EndpointInputs> = ({ operation, next }) =>
  operation !== "delete" && (next.azurermSubscriptionId === undefined) !== (next.azurermSubscriptionName === undefined)
    ? "azurerm_subscription_id and azurerm_subscription_name must be provided"
    : undefined;

export const endpointTaken: Refusal<EndpointInputs> = ({ operation, next, id, cloud, type }) =>
  operation !== "delete" &&
  cloud
    .all(type)
    .some(
      (row) =>
        row.id !== id &&
        row.inputs["projectId"] === next.projectId &&
        row.inputs["serviceEndpointName"] === next.serviceEndpointName,
    )
    ? `Service connection with name ${next.serviceEndpointName} already exists. Only a user having Administrator/User role permissions on service connection ${next.serviceEndpointName} can see it.`
    : undefined;

const federated = ({ serviceEndpointAuthenticationScheme: scheme }: EndpointInputs) =>
  scheme === "WorkloadIdentityFederation";

/** https://learn.microsoft.com/azure/devops/release-notes/2025/sprint-253-update: the issuer is Entra itself. */
export const issuerOf = ({ inputs }: Made<EndpointInputs>) =>
  federated(inputs) ? `https://login.microsoftonline.com/${inputs.azurermSpnTenantid}/v2.0` : undefined;

/** Opaque but for its beginning; it ends in what only this connection has. */
export const subjectOf = ({ inputs, id, cloud }: Made<EndpointInputs>) => {
  if (!federated(inputs)) return undefined;
  const opaque = (value: string) => Buffer.from(value.replaceAll("-", ""), "hex").toString("base64url");
  return `/eid1/c/pub/t/${opaque(inputs.azurermSpnTenantid ?? "")}/a/${opaque(azureDevOpsResource)}/sc/${cloud.organisation.azureDevOps.id}/${id}`;
};

export type DefinitionInputs = InProject & { name: string; path?: string; repository: { repoId: string } };

export const definitionTaken: Refusal<DefinitionInputs> = ({ operation, next, id, cloud, type }) =>
  operation !== "delete" &&
  cloud.all(type).some(({ id: other, inputs }) => {
    const { projectId, name, path = "\\" } = inputs as DefinitionInputs;
    return other !== id && projectId === next.projectId && name === next.name && path === (next.path ?? "\\");
  })
    ? `DefinitionExistsException: A definition with the name ${next.name} already exists.`
    : undefined;

export const definitionOfNothing: Refusal<DefinitionInputs> = ({ operation, next, cloud }) =>
  operation !== "delete" && cloud.find(next.repository.repoId, git) === undefined
    ? `The Git repository with name or identifier ${next.repository.repoId} does not exist or you do not have permissions for the operation you are attempting.`
    : undefined;
