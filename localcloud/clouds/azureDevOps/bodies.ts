/** How Azure DevOps' REST interface shows projects, repositories, pipelines and what they use. */
import type { Row, Store } from "../../store";
import type { Bag } from "../behaviour";
import { groupIdOf, same } from "./project";

/** Everything in the example is as old as the organisation. */
const founded = "2024-05-13T08:00:00Z";

export const projectBody = ({ id, inputs }: Row, { organisation }: Store): Bag => ({
  id,
  name: inputs["name"],
  description: inputs["description"] ?? "",
  url: `${organisation.azureDevOps.url}/_apis/projects/${id}`,
  state: "wellFormed",
  revision: 11,
  visibility: inputs["visibility"] ?? "private",
  lastUpdateTime: founded,
});

export function repositoryBody({ id, inputs, outputs }: Row, of: Row, store: Store): Bag {
  return {
    id,
    name: inputs["name"],
    url: `${apiOf(of, store)}/git/repositories/${id}`,
    project: projectBody(of, store),
    defaultBranch: inputs["defaultBranch"] ?? "refs/heads/master",
    size: 727,
    remoteUrl: outputs["remoteUrl"],
    webUrl: outputs["webUrl"],
    isDisabled: inputs["disabled"] ?? false,
  };
}

/** What a list of pipelines shows of each. */
export function definitionReference({ id, inputs, outputs }: Row, of: Row, store: Store): Bag {
  return {
    id: Number(id),
    name: inputs["name"],
    path: inputs["path"] ?? "\\",
    ...{ type: "build", quality: "definition", queueStatus: inputs["queueStatus"] ?? "enabled" },
    revision: outputs["revision"],
    url: `${apiOf(of, store)}/build/Definitions/${id}`,
    project: projectBody(of, store),
    createdDate: founded,
  };
}

/** What the pipeline's own page says. */
export function definitionBody(row: Row, of: Row, store: Store): Bag {
  const { inputs } = row;
  const { repoId, repoType, branchName, ymlPath } = inputs["repository"] as Record<string, string | undefined>;
  const byYaml = (inputs["ciTrigger"] as { useYaml?: boolean } | undefined)?.useYaml === true;
  return {
    ...definitionReference(row, of, store),
    jobAuthorizationScope: inputs["jobAuthorizationScope"] ?? "projectCollection",
    repository: { id: repoId, type: repoType, defaultBranch: branchName },
    // 2: its steps are a file of YAML.
    process: { type: 2, yamlFilename: ymlPath },
    triggers: byYaml ? [{ triggerType: "continuousIntegration", settingsSourceType: 2 }] : [],
  };
}

export const environmentBody = ({ id, inputs }: Row, of: Row): Bag => ({
  id: Number(id),
  name: inputs["name"],
  description: inputs["description"] ?? "",
  createdOn: founded,
  lastModifiedOn: founded,
  project: { id: of.id },
});

type Variable = { name: string; value?: string; isSecret?: boolean };

export function variableGroupBody({ id, inputs }: Row, of: Row): Bag {
  const { name, description = "" } = inputs;
  const variables = (inputs["variables"] as Variable[]).map(({ name: key, value, isSecret }) => [
    key,
    isSecret === true ? { value: null, isSecret } : { value },
  ]);
  return {
    ...{ id: Number(id), name, description, type: "Vsts", isShared: false },
    variables: Object.fromEntries(variables) as Bag,
    ...{ createdOn: founded, modifiedOn: founded },
    variableGroupProjectReferences: [{ name, description, projectReference: referenceTo(of) }],
  };
}

export function endpointBody({ id, inputs, outputs }: Row, of: Row): Bag {
  const { serviceEndpointName: name, description = "", serviceEndpointAuthenticationScheme } = inputs;
  const credentials = inputs["credentials"] as { serviceprincipalid?: string } | undefined;
  return {
    ...{ id, name, description, type: "azurerm", url: "https://management.azure.com/", owner: "library" },
    authorization: {
      scheme: serviceEndpointAuthenticationScheme ?? "ServicePrincipal",
      parameters: {
        tenantid: inputs["azurermSpnTenantid"],
        serviceprincipalid: credentials?.serviceprincipalid,
        workloadIdentityFederationIssuer: outputs["workloadIdentityFederationIssuer"],
        workloadIdentityFederationSubject: outputs["workloadIdentityFederationSubject"],
      },
    },
    data: {
      ...{ environment: inputs["environment"] ?? "AzureCloud", scopeLevel: "Subscription", creationMode: "Manual" },
      ...{ subscriptionId: inputs["azurermSubscriptionId"], subscriptionName: inputs["azurermSubscriptionName"] },
    },
    ...{ isShared: false, isOutdated: false, isReady: true },
    serviceEndpointProjectReferences: [{ name, description, projectReference: referenceTo(of) }],
  };
}

export const queueBody = ({ id, inputs }: Row, of: Row, { organisation }: Store): Bag => ({
  id: Number(id),
  projectId: of.id,
  name: inputs["name"],
  pool: {
    ...{ id: Number(id), name: inputs["name"], scope: organisation.azureDevOps.id },
    ...{ isHosted: false, isLegacy: false, poolType: "automation" },
  },
});

/** A group that somebody made, or that was taken from Entra. */
export function groupBody({ id: descriptor, inputs }: Row, store: Store): Bag {
  const { scope, displayName, originId, description = "" } = inputs as Record<string, string | undefined>;
  const { tenantId } = store.organisation;
  if (originId !== undefined) {
    const name = store.organisation.groups.find(({ objectId }) => same(objectId, originId))?.name;
    const principalName = `[TEAM FOUNDATION]\\${name}`;
    const from = { domain: tenantId, origin: "aad", originId };
    return { subjectKind: "group", displayName: name, principalName, description, descriptor, ...from };
  }
  return collectionGroup(String(displayName), descriptor, scope, store, description);
}

/** A group of Azure DevOps' own: of the project with the id `scope`, or of the organisation. */
export function collectionGroup(
  displayName: string,
  descriptor: string,
  scope: string | undefined,
  store: Store,
  description = "",
): Bag {
  const { name, id } = store.organisation.azureDevOps;
  const place = scope === undefined ? name : store.rows().find((row) => row.id === scope)?.inputs["name"];
  return {
    ...{ subjectKind: "group", displayName, description, descriptor },
    principalName: `[${String(place)}]\\${displayName}`,
    domain:
      scope === undefined ? `vstfs:///Framework/IdentityDomain/${id}` : `vstfs:///Classification/TeamProject/${scope}`,
    ...{ origin: "vsts", originId: groupIdOf(descriptor) },
  };
}

const apiOf = ({ id }: Row, { organisation }: Store) => `${organisation.azureDevOps.url}/${id}/_apis`;
const referenceTo = ({ id, inputs }: Row) => ({ id, name: inputs["name"] });
