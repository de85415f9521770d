/** The project with everything that holds it, as a stack declares it on Azure DevOps. Who administers it, no stack declares. */
import { nameFor, organisationAt, submission, templatesRepository } from "../../facts/azureDevOps";
import type {
  Access,
  AccessEntry,
  AzureDevOps,
  BranchPolicy,
  Checks,
  GitRepository,
  PolicyScope,
  Pipeline,
  Project,
  ProtectedResource,
  Subject,
} from "../model";
import { type Bag, type Declared, type Resources, text } from "./preview";

export const connectionType = "azuredevops:index/serviceEndpointAzureRM:ServiceEndpointAzureRM";

/** None where the stack has no connection of its own. Ids are the urns of what the stack makes. */
export function azureDevOpsIn(resources: Resources): AzureDevOps | undefined {
  const url = resources.config["azuredevops:orgServiceUrl"];
  const [connection] = resources.of(connectionType);
  const experiments = experimentsIn(resources);
  if (url === undefined || connection === undefined || experiments === undefined) return undefined;
  const [project] = resources.azureDevOps("Project");
  const [settings] = resources.azureDevOps("ProjectPipelineSettings");
  const said = (setting: string) => settings?.inputs[setting] === true;
  const name = projectNameIn(resources);
  const gate = resourceOf(resources, "endpoint", connection, "serviceEndpointName");
  return {
    ...{ organisation: organisationAt(url), url, decorators: [], subjects: subjectsIn(resources) },
    project: {
      ...{ id: project?.urn ?? name, name, connections: [] },
      // One that is joined must be private, or nothing is deployed.
      visibility: (text(project?.inputs["visibility"]) ?? "private") as Project["visibility"],
      repositories: repositoriesIn(resources, experiments, gate),
      policies: [...policiesIn(resources)],
      pipelines: resources.azureDevOps("BuildDefinition").map((one) => pipelineOf(resources, one)),
      gate: { ...gate, kind: "endpoint", issuer: connection.urn, subject: connection.urn, sharedWith: [] },
      uses: usesIn(resources),
      settings: {
        settableLimited: said("enforceSettableVar"),
        // No provider has the switch.
        classicOff: undefined,
        jobsScoped: said("enforceJobScope") && said("enforceReferencedRepoScopedToken"),
      },
    },
  };
}

/** The repository that the pipeline of the submission lies in. */
function experimentsIn(resources: Resources): Declared | undefined {
  const pipelines = resources.azureDevOps("BuildDefinition");
  const submitting = pipelines.find(({ inputs }) => text(inputs["name"])?.endsWith(`-${submission.pipeline}`));
  return submitting && resources.behindOnAzureDevOps(submitting, "repository", "Git")[0];
}

function projectNameIn(resources: Resources): string {
  const gate = JSON.parse(resources.config["federated-mlops:gate"] ?? "{}") as {
    project?: { create?: string; join?: string };
  };
  return gate.project?.create ?? gate.project?.join ?? "";
}

/** Groups that the stack makes or names. Whoever is in Entra's, no stack declares. */
function subjectsIn(resources: Resources): Record<string, Subject> {
  return Object.fromEntries(
    resources.azureDevOps("Group").map((one): [string, Subject] => {
      const objectId = text(one.inputs["originId"]);
      if (objectId !== undefined) return [one.urn, { name: `the group ${objectId}`, kind: "entra", objectId }];
      const members = resources.behindOnAzureDevOps(one, "members", "Group").map(({ urn }) => urn);
      return [one.urn, { name: text(one.inputs["displayName"]) ?? one.urn, kind: "group", members }];
    }),
  );
}

/** Object ids of Entra's groups that the stack names on Azure DevOps. */
export function groupsOnAzureDevOps(resources: Resources): string[] {
  return resources.azureDevOps("Group").flatMap(({ inputs }) => text(inputs["originId"])?.toLowerCase() ?? []);
}

/** What is set on a thing. Groups that every project has are left out: they are only denied. */
function accessTo(resources: Resources, type: string, property: string, { urn }: Declared): Access {
  const entries = resources
    .azureDevOps(type)
    .filter(({ waits }) => waits[property]?.includes(urn) === true)
    .map((one): AccessEntry => {
      const [group] = resources.behindOnAzureDevOps(one, "principal", "Group");
      const permissions = Object.entries((one.inputs["permissions"] ?? {}) as Record<string, string>);
      const those = (word: string) =>
        permissions.flatMap(([name, value]) => (value.toLowerCase() === word ? [name] : []));
      return { subject: group?.urn ?? one.urn, allow: those("allow"), deny: those("deny") };
    });
  return [{ token: urn, entries }];
}

function repositoriesIn(
  resources: Resources,
  experiments: Declared,
  { checks }: Pick<ProtectedResource, "checks">,
): GitRepository[] {
  const name = text(experiments.inputs["name"]) ?? "";
  const letIn = checks.branches.flatMap(({ allowed }) => allowed.map((ref) => ref.replace(/^refs\/heads\//, "")));
  return resources.azureDevOps("Git").flatMap((one): GitRepository[] => {
    const own = text(one.inputs["name"]) ?? "";
    const isExperiments = one.urn === experiments.urn;
    if (!isExperiments && own !== templatesRepository(name)) return [];
    const defaultBranch = (text(one.inputs["defaultBranch"]) ?? "main").replace(/^refs\/heads\//, "");
    const access = accessTo(resources, "GitPermissions", "repositoryId", one);
    return [
      {
        ...{ id: one.urn, name: own, purpose: isExperiments ? "experiments" : "templates", defaultBranch, access },
        branches: [...new Set([defaultBranch, ...(isExperiments ? letIn : [])])].map((branch) => ({
          name: branch,
          access,
        })),
      },
    ];
  });
}

const policyTypes: Readonly<Record<string, BranchPolicy["kind"]>> = {
  BranchPolicyMinReviewers: "reviewers",
  BranchPolicyAutoReviewers: "owners",
  BranchPolicyBuildValidation: "other",
  BranchPolicyStatusCheck: "other",
  BranchPolicyCommentResolution: "other",
  BranchPolicyMergeTypes: "other",
};

function* policiesIn(resources: Resources): Iterable<BranchPolicy> {
  for (const [type, kind] of Object.entries(policyTypes)) {
    for (const one of resources.azureDevOps(type)) {
      const settings = (one.inputs["settings"] ?? {}) as Bag;
      const [repository] = resources.behindOnAzureDevOps(one, "settings", "Git");
      yield {
        ...{ id: one.urn, kind },
        inForce: one.inputs["enabled"] !== false && one.inputs["blocking"] !== false,
        scopes: ((settings["scopes"] ?? []) as Bag[]).map((scope) => ({
          repository: scope["repositoryId"] === undefined ? undefined : (repository?.urn ?? "another"),
          ref: text(scope["repositoryRef"]),
          match: (text(scope["matchType"]) ?? "Exact") as PolicyScope["match"],
        })),
        approvals: Number(settings["reviewerCount"] ?? settings["minimumNumberOfReviewers"] ?? 0),
        authorCounts: settings["submitterCanVote"] === true,
        lastPusherCounts: settings["lastPusherCannotApprove"] !== true,
        resets: settings["onPushResetApprovedVotes"] === true || settings["onPushResetAllVotes"] === true,
        partial: ((settings["pathFilters"] ?? []) as unknown[]).length > 0,
      };
    }
  }
}

function pipelineOf(resources: Resources, one: Declared): Pipeline {
  const [repository] = resources.behindOnAzureDevOps(one, "repository", "Git");
  const { ymlPath } = (one.inputs["repository"] ?? {}) as Bag;
  const variables = (one.inputs["variables"] ?? []) as Bag[];
  return {
    ...{ id: one.urn, name: text(one.inputs["name"]) ?? one.urn, yaml: text(ymlPath), repository: repository?.urn },
    // The provider's default is that it may be set.
    settable: variables.flatMap(({ name, allowOverride }) => (allowOverride === false ? [] : [text(name) ?? "?"])),
    access: accessTo(resources, "BuildDefinitionPermissions", "buildDefinitionId", one),
  };
}

/** What the connection's own pipeline uses. The agents' queue is none of the stack's: its checks are. */
function usesIn(resources: Resources): ProtectedResource[] {
  const environments = resources
    .azureDevOps("Environment")
    .filter(({ inputs }) => inputs["name"] === "prod")
    .map((one) => resourceOf(resources, "environment", one, "name"));
  const groups = resources
    .azureDevOps("VariableGroup")
    .filter(({ inputs }) => inputs["name"] === nameFor("prod"))
    .map((one) => resourceOf(resources, "variablegroup", one, "name"));
  return [...environments, ...groups];
}

/** Each kind of thing, by the type and property of the permissions on it. */
const permissionsOn: Readonly<Partial<Record<ProtectedResource["kind"], readonly [type: string, property: string]>>> = {
  endpoint: ["ServiceendpointPermissions", "serviceendpointId"],
  variablegroup: ["VariableGroupPermissions", "variableGroupId"],
};

function resourceOf(
  resources: Resources,
  kind: ProtectedResource["kind"],
  one: Declared,
  nameKey: string,
): ProtectedResource {
  const leave = resources
    .azureDevOps("PipelineAuthorization")
    .filter(({ waits }) => waits["resourceId"]?.includes(one.urn));
  const [type, property] = permissionsOn[kind] ?? [];
  return {
    ...{ kind, id: one.urn, name: text(one.inputs[nameKey]) ?? one.urn, checks: checksOf(resources, one) },
    pipelines:
      one.inputs["allowAccess"] === true || leave.some(({ inputs }) => inputs["pipelineId"] === undefined)
        ? "all"
        : leave
            .flatMap((each) => resources.behindOnAzureDevOps(each, "pipelineId", "BuildDefinition"))
            .map(({ urn }) => urn),
    access: type === undefined || property === undefined ? [] : accessTo(resources, type, property, one),
  };
}

function checksOf(resources: Resources, { urn }: Declared): Checks {
  const of = (type: string) =>
    resources.azureDevOps(type).filter(({ waits }) => waits["targetResourceId"]?.includes(urn) === true);
  return {
    branches: of("CheckBranchControl").map(({ urn: id, inputs }) => ({
      id,
      allowed: (text(inputs["allowedBranches"]) ?? "*").split(","),
      verifies: inputs["verifyBranchProtection"] === true,
      ignoresUnknown: inputs["ignoreUnknownProtectionStatus"] === true,
    })),
    approvals: of("CheckApproval").map(({ urn: id, inputs }) => ({
      id,
      approvers: ((inputs["approvers"] ?? []) as unknown[]).length,
      selfReview: inputs["requesterCanApprove"] === true,
    })),
    templates: of("CheckRequiredTemplate").map(({ inputs }) =>
      ((inputs["requiredTemplates"] ?? []) as Bag[]).map(({ repositoryName, repositoryRef, templatePath }) => ({
        repository: text(repositoryName) ?? "",
        ref: text(repositoryRef) ?? "",
        path: text(templatePath) ?? "",
      })),
    ),
  };
}
