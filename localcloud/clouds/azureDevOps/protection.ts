/** What stands before a connection, an environment, a pool or a group of variables, and which pipelines may use them. */
import type { Row } from "../../store";
import type { Bag, Cloud, Refusal } from "../behaviour";
import {
  buildDefinition,
  environment,
  git,
  type InProject,
  isKnownId,
  queue,
  serviceEndpoint,
  variableGroup,
} from "./project";

const types: Readonly<Record<string, string>> = {
  endpoint: serviceEndpoint,
  environment,
  queue,
  variablegroup: variableGroup,
  repository: git,
};

/** The thing of this kind and id. A repository is named with its project before it. */
export function target(kind: string, id: string, cloud: Cloud): Row | undefined {
  const of = types[kind];
  return of === undefined ? undefined : cloud.find(kind === "repository" ? (id.split(".")[1] ?? id) : id, of);
}

export type CheckInputs = InProject & { targetResourceId: string; targetResourceType: string } & Bag;

export const onTarget = ({ targetResourceId, targetResourceType }: CheckInputs, cloud: Cloud) =>
  target(targetResourceType, targetResourceId, cloud);

/** azuredevops/internal/service/approvalsandchecks/common_check.go */
export const targetUnknown: Refusal<CheckInputs> = ({ operation, next }) =>
  operation !== "delete" && ![...Object.keys(types), "securefile"].includes(next.targetResourceType)
    ? `expected target_resource_type to be one of ["endpoint" "environment" "queue" "repository" "securefile" "variablegroup"], got ${next.targetResourceType}`
    : undefined;

export const targetMissing: Refusal<CheckInputs> = ({ operation, next, cloud }) =>
  operation === "create" && next.targetResourceType in types && onTarget(next, cloud) === undefined
    ? ` failed creating check, project ID: ${next.projectId}. Error: Resource with id ${next.targetResourceId} and type ${next.targetResourceType} does not exist.`
    : undefined;

export const approverMissing: Refusal<CheckInputs & { approvers: string[] }> = ({ operation, next, cloud }) => {
  const unknown = next.approvers.find((id) => !isKnownId(id, cloud));
  return operation !== "delete" && unknown !== undefined
    ? ` failed creating check, project ID: ${next.projectId}. Error: Approver with id ${unknown} could not be found.`
    : undefined;
};

export type AuthorizationInputs = InProject & { resourceId: string; type: string; pipelineId?: number };

export const onAuthorized = ({ resourceId, type }: AuthorizationInputs, cloud: Cloud) =>
  target(type, resourceId, cloud);

export const resourceMissing: Refusal<AuthorizationInputs> = ({ operation, next, cloud }) =>
  operation === "create" && onAuthorized(next, cloud) === undefined
    ? `creating authorization for ${next.type} ${next.resourceId}: the resource does not exist`
    : undefined;

export const pipelineMissing: Refusal<AuthorizationInputs> = ({ operation, next, cloud }) =>
  operation === "create" &&
  next.pipelineId !== undefined &&
  cloud.find(String(next.pipelineId), buildDefinition) === undefined
    ? `creating authorization for ${next.type} ${next.resourceId}: Pipeline ${next.pipelineId} could not be found.`
    : undefined;

/**
 * Where our pipeline is among those that may, the provider reads no further: neither others nor that all may.
 * https://github.com/microsoft/terraform-provider-azuredevops/issues/847
 */
export const withoutAllPipelines = ({ inputs: { allPipelines: _, ...seen } }: Row): Bag => seen;
