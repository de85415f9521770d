/**
 * Azure DevOps, as the azuredevops provider sees it. Its defaults are the provider's: open to every branch and every
 * pipeline. https://learn.microsoft.com/rest/api/azure/devops
 */
import {
  type DefinitionInputs,
  definitionOfNothing,
  definitionTaken,
  type EndpointInputs,
  endpointTaken,
  issuerOf,
  subjectOf,
  subscriptionHalfNamed,
} from "./azureDevOps/connection";
import { acls } from "./azureDevOps/permissions";
import {
  authorization,
  branchControl,
  buildDefinition,
  buildServiceOf,
  builtInGroup,
  checkApproval,
  entitlement,
  type EntitlementInputs,
  entraGroup,
  entraGroupMissing,
  environment,
  findProject,
  git,
  gitBranch,
  gitFile,
  group,
  groupDescriptor,
  groupIdOf,
  type GroupInputs,
  groupOfTwoKinds,
  groupTaken,
  importedInProject,
  type InProject,
  inProject,
  memberMissing,
  membership,
  namedIn,
  nameTaken,
  numbered,
  pipelineSettings,
  project,
  projectMisnamed,
  projectMissing,
  projectTaken,
  queue,
  serviceEndpoint,
  servicePrincipalDescriptor,
  servicePrincipalMissing,
  type,
  variableGroup,
  withoutReleaseScope,
} from "./azureDevOps/project";
import {
  approverMissing,
  type AuthorizationInputs,
  type CheckInputs,
  onAuthorized,
  onTarget,
  pipelineMissing,
  resourceMissing,
  targetMissing,
  targetUnknown,
  withoutAllPipelines,
} from "./azureDevOps/protection";
import {
  branchHeld,
  type BranchInputs,
  branchStands,
  commitOf,
  type FileInputs,
  inRepository,
  mustBeReviewed,
  policies,
  type PolicyInputs,
  policyOnNothing,
  repositoryMissing,
  reviewerMissing,
  scopeOfTwoMinds,
  validationMissing,
} from "./azureDevOps/repository";
import { type Behaviour, behaviour, type Cloud, type CloudTable, Refused } from "./behaviour";

const url = ({ organisation }: Cloud) => organisation.azureDevOps.url;
const projectName = (projectId: string, cloud: Cloud) => String(cloud.find(projectId, project)?.inputs["name"]);
const pageOf = ({ inputs: { projectId, name }, cloud }: { inputs: InProject & { name: string }; cloud: Cloud }) =>
  `${url(cloud)}/${encodeURIComponent(projectName(projectId, cloud))}/_git/${name}`;

/** One kind of branch policy. Enabled and blocking where nothing is said. */
const policy = behaviour<PolicyInputs>({
  requires: ["projectId", "settings"],
  id: (inputs, cloud) => numbered(`policy ${JSON.stringify(inputs.settings)}`, cloud),
  within: inProject,
  replaces: ["projectId"],
  fills: { enabled: true, blocking: true },
  imports: importedInProject,
  refuses: [projectMissing, scopeOfTwoMinds, policyOnNothing, reviewerMissing, validationMissing],
});

/** One kind of check. */
const check = <I extends CheckInputs = CheckInputs>(kind: string, own: Partial<Behaviour<I>> = {}): Behaviour =>
  behaviour<I>({
    ...own,
    requires: ["projectId", "targetResourceId", "targetResourceType", ...(own.requires ?? [])],
    id: (inputs, cloud) => numbered(`check ${kind} ${inputs.targetResourceType} ${inputs.targetResourceId}`, cloud),
    within: (inputs, cloud) => onTarget(inputs, cloud) ?? inProject(inputs),
    replaces: ["projectId", "targetResourceId", "targetResourceType"],
    outputs: { version: () => 1 },
    // Provider 3.15.0 imports none: https://github.com/microsoft/terraform-provider-azuredevops/issues/1558
    imports: () => undefined,
    refuses: [projectMissing, targetUnknown, targetMissing, ...(own.refuses ?? [])],
  });

export const azureDevOps: CloudTable = {
  sdk: "@pulumi/azuredevops",
  behaviours: {
    [project]: behaviour<{ name: string }>({
      id: ({ name }, cloud) => cloud.freshGuid(`project ${name}`),
      replaces: ["versionControl", "workItemTemplate"],
      fills: { visibility: "private", versionControl: "Git", workItemTemplate: "Agile" },
      outputs: { processTemplateId: ({ guid }) => guid("process") },
      imports: findProject,
      refuses: [projectMisnamed, projectTaken],
    }),

    [pipelineSettings]: behaviour<InProject>({
      requires: ["projectId"],
      id: ({ projectId }) => projectId,
      within: inProject,
      replaces: ["projectId"],
      fills: { enforceJobScope: false, enforceReferencedRepoScopedToken: false, enforceSettableVar: false },
      reads: withoutReleaseScope,
      refuses: [projectMissing],
    }),

    [git]: behaviour<InProject & { name: string; defaultBranch?: string }>({
      requires: ["initialization", "projectId"],
      id: ({ projectId, name }, cloud) => cloud.freshGuid(`repository ${projectId} ${name}`),
      within: inProject,
      replaces: ["projectId"],
      fills: { defaultBranch: "refs/heads/master" },
      outputs: { webUrl: pageOf, remoteUrl: pageOf },
      writeOnly: ["initialization"],
      imports: importedInProject,
      refuses: [projectMissing, nameTaken],
    }),

    [gitBranch]: behaviour<BranchInputs>({
      requires: ["repositoryId"],
      id: ({ repositoryId, name }) => `${repositoryId}:${name}`,
      within: inRepository,
      replaces: ["repositoryId", "name", "refBranch", "refCommitId", "refTag"],
      outputs: { lastCommitId: ({ inputs }) => inputs.refCommitId ?? commitOf(inputs.repositoryId) },
      // Where it began is not read back.
      writeOnly: ["refBranch", "refCommitId"],
      refuses: [repositoryMissing, branchStands, branchHeld],
    }),

    [gitFile]: behaviour<FileInputs>({
      requires: ["content", "file", "repositoryId"],
      id: ({ repositoryId, file, branch = "refs/heads/main" }) => `${repositoryId}/${file}:${branch}`,
      within: inRepository,
      replaces: ["repositoryId", "file", "branch"],
      refuses: [repositoryMissing, mustBeReviewed],
    }),

    ...acls,

    [group]: behaviour<GroupInputs>({
      id: groupDescriptor,
      within: ({ scope }) => (scope === undefined ? undefined : { type: project, id: scope }),
      replaces: ["scope", "originId", "mail"],
      outputs: {
        descriptor: ({ id }) => id,
        groupId: ({ id }) => groupIdOf(id),
        displayName: ({ inputs, cloud }) => inputs.displayName ?? entraGroup(inputs, cloud)?.name,
        origin: ({ inputs }) => (inputs.originId === undefined ? "vsts" : "aad"),
      },
      refuses: [groupOfTwoKinds, entraGroupMissing, groupTaken, memberMissing],
    }),

    [membership]: behaviour<{ group: string; members: string[] }>({
      requires: ["group", "members"],
      id: ({ group, members }, cloud) => cloud.freshGuid(`members of ${group}: ${members.join()}`),
      replaces: ["group"],
      refuses: [memberMissing],
    }),

    [entitlement]: behaviour<EntitlementInputs>({
      requires: ["originId"],
      id: ({ originId }, cloud) => cloud.freshGuid(`entitlement of ${originId}`),
      replaces: ["originId", "origin"],
      fills: { origin: "aad", accountLicenseType: "express", licensingSource: "account" },
      outputs: { descriptor: ({ inputs }) => servicePrincipalDescriptor(inputs) },
      refuses: [servicePrincipalMissing],
    }),

    ...Object.fromEntries(policies.map((kind) => [kind, policy])),

    [buildDefinition]: behaviour<DefinitionInputs>({
      requires: ["projectId", "repository"],
      id: ({ projectId, name }, cloud) => numbered(`definition ${projectId} ${name}`, cloud),
      within: inProject,
      replaces: ["projectId"],
      fills: { path: "\\", jobAuthorizationScope: "projectCollection", queueStatus: "enabled" },
      outputs: { revision: () => 1 },
      imports: importedInProject,
      refuses: [projectMissing, definitionTaken, definitionOfNothing],
    }),

    [environment]: behaviour<InProject & { name: string }>({
      requires: ["projectId"],
      id: ({ projectId, name }, cloud) => numbered(`environment ${projectId} ${name}`, cloud),
      within: inProject,
      replaces: ["projectId"],
      imports: importedInProject,
      refuses: [projectMissing, nameTaken],
    }),

    // Comes with a pool that is made in Azure.
    [queue]: behaviour<InProject & { name: string }>({
      requires: ["projectId"],
      id: ({ projectId, name }, cloud) => numbered(`queue ${projectId} ${name}`, cloud),
      within: inProject,
      replaces: ["projectId", "name", "agentPoolId"],
      refuses: [projectMissing],
    }),

    [variableGroup]: behaviour<InProject & { name: string }>({
      requires: ["projectId", "variables"],
      id: ({ projectId, name }, cloud) => numbered(`variable group ${projectId} ${name}`, cloud),
      within: inProject,
      replaces: ["projectId"],
      writeOnly: ["variables[].secretValue"],
      imports: importedInProject,
      fills: { allowAccess: false },
      refuses: [projectMissing, nameTaken],
    }),

    [serviceEndpoint]: behaviour<EndpointInputs>({
      requires: ["projectId", "serviceEndpointName"],
      id: ({ projectId, serviceEndpointName }, cloud) =>
        cloud.freshGuid(`service endpoint ${projectId} ${serviceEndpointName}`),
      within: inProject,
      replaces: ["projectId", "serviceEndpointAuthenticationScheme", "environment", "resourceGroup", "serverUrl"],
      fills: { serviceEndpointAuthenticationScheme: "ServicePrincipal", environment: "AzureCloud" },
      outputs: { workloadIdentityFederationIssuer: issuerOf, workloadIdentityFederationSubject: subjectOf },
      imports: importedInProject,
      refuses: [projectMissing, subscriptionHalfNamed, endpointTaken],
    }),

    [authorization]: behaviour<AuthorizationInputs>({
      requires: ["projectId", "resourceId", "type"],
      // Without a pipeline: every pipeline.
      id: ({ type: kind, resourceId, pipelineId }) => `${kind}/${resourceId}/${pipelineId ?? "all"}`,
      within: (inputs, cloud) => onAuthorized(inputs, cloud) ?? inProject(inputs),
      replaces: ["projectId", "resourceId", "type", "pipelineId", "pipelineProjectId"],
      reads: withoutAllPipelines,
      refuses: [projectMissing, resourceMissing, pipelineMissing],
    }),

    [branchControl]: check("branches", {
      fills: { allowedBranches: "*", verifyBranchProtection: false, ignoreUnknownProtectionStatus: false },
    }),
    [checkApproval]: check<CheckInputs & { approvers: string[] }>("approval", {
      requires: ["approvers"],
      fills: { requesterCanApprove: false },
      refuses: [approverMissing],
    }),
    [type("CheckExclusiveLock")]: check("lock"),
    [type("CheckRequiredTemplate")]: check("template", { requires: ["requiredTemplates"] }),
  },

  invokes: {
    "azuredevops:index/getClientConfig:getClientConfig": (_args, cloud) => {
      const { azureDevOps: own, tenantId } = cloud.organisation;
      const asked = cloud.config["orgServiceUrl"] ?? "";
      if (asked.toLowerCase() !== own.url.toLowerCase()) {
        throw new Refused(`TF400813: Resource not available for anonymous access: ${asked}`);
      }
      return { id: own.id, name: own.name, organizationUrl: own.url, ownerId: "", status: "Enabled", tenantId };
    },
    "azuredevops:index/getProject:getProject": ({ name }, cloud) => {
      const row = findProject(String(name), cloud);
      if (row === undefined) throw new Refused(`Project with name ${String(name)} or ID  does not exist`);
      return { visibility: "private", ...row.inputs, ...row.outputs, id: row.id, projectId: row.id };
    },
    "azuredevops:index/getGitRepository:getGitRepository": ({ projectId, name }, cloud) => {
      const row = namedIn(git, String(projectId), String(name), cloud);
      if (row === undefined) throw new Refused(`Repository with name ${String(name)} does not exist`);
      return { ...row.inputs, ...row.outputs, id: row.id };
    },
    "azuredevops:index/getGroup:getGroup": (args, cloud) => {
      const { projectId: of, name } = args as { projectId?: string; name: string };
      const made = cloud
        .all(group)
        .find(({ inputs }) => inputs["scope"] === of && inputs["displayName"] === name && of !== undefined);
      const descriptor = builtInGroup(name, of) ?? made?.id;
      if (descriptor === undefined) {
        throw new Refused(`Could not find group with name ${name}${of ? ` in project with ID ${of}` : ""}`);
      }
      return { id: descriptor, name, descriptor, groupId: groupIdOf(descriptor), origin: "vsts", originId: "" };
    },
    "azuredevops:index/getUsers:getUsers": ({ subjectTypes }, cloud) => ({
      id: "users",
      users: (subjectTypes as string[] | undefined)?.includes("svc")
        ? cloud
            .all(project)
            // The identity comes with the first pipeline.
            .filter(({ id }) => cloud.all(buildDefinition).some(({ inputs }) => inputs["projectId"] === id))
            .map((row) => ({ ...buildServiceOf(row, cloud), id: row.id, origin: "vsts", mailAddress: "" }))
        : [],
    }),
    "azuredevops:index/getAgentQueue:getAgentQueue": ({ projectId, name }, cloud) => {
      const row = namedIn(queue, String(projectId), String(name), cloud);
      if (row === undefined) throw new Refused(`Unable to find agent queue with name: ${String(name)}`);
      return { ...row.inputs, id: row.id, agentPoolId: Number(row.id) };
    },
    "azuredevops:index/getBuildDefinition:getBuildDefinition": ({ projectId, name }, cloud) => {
      const row = namedIn(buildDefinition, String(projectId), String(name), cloud);
      if (row === undefined) throw new Refused(`Build definition with name ${String(name)} does not exist`);
      return { ...row.inputs, ...row.outputs, id: row.id };
    },
  },
};
