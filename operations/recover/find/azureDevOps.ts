/** Things in Azure DevOps, which gives numbers and GUIDs to what it is asked for by name. */
import { isDeepStrictEqual } from "node:util";

import type { AzureDevOps, Clouds } from "../../../clients/clouds";
import { azureDevOpsResource } from "../../../facts/azureDevOps";
import { branchControlTask, checkKinds, policyKinds } from "../../../facts/azureDevOpsRules";
import type { Inputs } from "../wanted";
import { type Find, type Sighting, text, type Where } from "./find";

const version = "api-version=7.1";
const preview = "api-version=7.1-preview.1";
const at = ({ azureDevOps }: Clouds, { organisation }: Where): AzureDevOps => azureDevOps(organisation);
/** Names are one whatever their case, and so are GUIDs. */
const same = (left: unknown, right: unknown) => String(left).toLowerCase() === String(right).toLowerCase();
const projectOf = (inputs: Inputs) => text(inputs, "projectId");

export const project: Find = {
  key: ["name"],
  look: async (inputs, clouds, where) => {
    type Project = { id: string; visibility: string; description?: string };
    const path = `/_apis/projects/${encodeURIComponent(text(inputs, "name"))}?${version}`;
    const found = await at(clouds, where).organisation.get<Project>(path);
    if (found === "missing") return found;
    const { id, visibility, description } = found;
    return visibility === "private" && description === inputs["description"]
      ? { id, ours: "It is private and bears this program's description." }
      : {
          id,
          stranger:
            "It is not a private project with this program's description. What stood before is taken by gate.project.join.",
        };
  },
};

/** What a project has under a name, by the list at `path`, which ends in a query for that name. */
function named<T extends { id: string | number; name: string }>(
  path: string,
  input: string,
  judge: (found: T, inputs: Inputs) => Omit<Sighting, "id">,
): Find {
  return {
    key: ["projectId", input],
    look: async (inputs, clouds, where) => {
      const name = text(inputs, input);
      const query = `${path}${encodeURIComponent(name)}&${version}`;
      const all = await at(clouds, where).organisation.list<T>(`/${projectOf(inputs)}/_apis/${query}`);
      const one = all === "missing" ? undefined : all.find((each) => same(each.name, name));
      return one === undefined ? "missing" : { id: `${projectOf(inputs)}/${one.id}`, ...judge(one, inputs) };
    },
  };
}

/** The program describes what it makes. */
function described({ description }: { description?: string }, inputs: Inputs): Omit<Sighting, "id"> {
  return description === inputs["description"]
    ? { ours: "It bears this program's description." }
    : { stranger: "It does not bear this program's description." };
}

type Described = { id: number; name: string; description?: string };
export const environment = named<Described>("pipelines/environments?name=", "name", described);
export const variableGroup = named<Described>("distributedtask/variablegroups?groupName=", "name", described);

type Endpoint = {
  id: string;
  name: string;
  authorization: { scheme: string; parameters: { tenantid?: string; serviceprincipalid?: string } };
};
/** One that signs in as somebody else is never taken for ours. */
export const connection = named<Endpoint>(
  "serviceendpoint/endpoints?endpointNames=",
  "serviceEndpointName",
  ({ authorization: { scheme, parameters } }, inputs) => {
    const { serviceprincipalid: wanted } = (inputs["credentials"] ?? {}) as { serviceprincipalid?: string };
    const { tenantid, serviceprincipalid } = parameters;
    return scheme === inputs["serviceEndpointAuthenticationScheme"] &&
      same(tenantid, inputs["azurermSpnTenantid"]) &&
      same(serviceprincipalid, wanted)
      ? { ours: "It signs in as whom the program lets it sign in." }
      : { stranger: `It signs in as ${serviceprincipalid} of ${tenantid} by ${scheme}.` };
  },
);

/** It shows nothing of who made it. */
export const repository: Find = {
  key: ["projectId", "name"],
  look: async (inputs, clouds, where) => {
    const path = `/${projectOf(inputs)}/_apis/git/repositories/${encodeURIComponent(text(inputs, "name"))}?${version}`;
    const found = await at(clouds, where).organisation.get<{ id: string }>(path);
    return found === "missing" ? found : { id: `${projectOf(inputs)}/${found.id}` };
  },
};

/** What a branch holds besides `main` nobody had to review: its policies come after it. It may lack what was merged since. */
export const branch: Find = {
  key: ["repositoryId", "name"],
  look: async (inputs, clouds, where) => {
    const repositoryId = text(inputs, "repositoryId");
    const name = text(inputs, "name");
    const { organisation } = at(clouds, where);
    const path = `/_apis/git/repositories/${repositoryId}`;
    const filter = encodeURIComponent(`heads/${name}`);
    const refs = await organisation.list<{ name: string }>(`${path}/refs?filter=${filter}&${version}`);
    if (refs === "missing" || !refs.some((ref) => ref.name === `refs/heads/${name}`)) return "missing";
    const base = "baseVersionDescriptor.versionType=branch&baseVersionDescriptor.version=main";
    const stats = await organisation.get<{ aheadCount: number }>(
      `${path}/stats/branches?name=${encodeURIComponent(name)}&${base}&${version}`,
    );
    if (stats === "missing") return stats;
    const id = `${repositoryId}:${name}`;
    return stats.aheadCount === 0
      ? { id, ours: "It holds nothing that main does not hold." }
      : { id, stranger: "It holds what main does not hold." };
  },
};

export const pipeline: Find = {
  key: ["projectId", "name"],
  look: async (inputs, clouds, where) => {
    type Reference = { id: number; name: string; path: string };
    type Definition = { repository: { id: string }; process: { yamlFilename?: string } };
    const { organisation } = at(clouds, where);
    const path = `/${projectOf(inputs)}/_apis/build/definitions`;
    const name = text(inputs, "name");
    const all = await organisation.list<Reference>(`${path}?name=${encodeURIComponent(name)}&${version}`);
    const one =
      all === "missing"
        ? undefined
        : all.find((each) => same(each.name, name) && each.path === (inputs["path"] ?? "\\"));
    const found = one === undefined ? "missing" : await organisation.get<Definition>(`${path}/${one.id}?${version}`);
    if (one === undefined || found === "missing") return "missing";
    const id = `${projectOf(inputs)}/${one.id}`;
    const { repoId, ymlPath } = inputs["repository"] as { repoId: string; ymlPath: string };
    // Azure DevOps may write it as a path from the root.
    const file = found.process.yamlFilename?.replace(/^\//, "");
    return same(found.repository.id, repoId) && file === ymlPath
      ? { id, ours: `It runs ${ymlPath} of the repository that the program gives it.` }
      : { id, stranger: `It runs ${file ?? "no file"} of the repository ${found.repository.id}.` };
  },
};

/** One of the project's own. Those of Entra Azure DevOps takes in once. */
export const group: Find = {
  key: ["scope", "displayName"],
  again: "Azure DevOps takes in a group of Entra once, however often it is asked",
  look: async (inputs, clouds, where) => {
    type Group = { descriptor: string; displayName: string; description?: string };
    const { people } = at(clouds, where);
    const scope = await people.get<{ value: string }>(`/_apis/graph/descriptors/${text(inputs, "scope")}?${preview}`);
    if (scope === "missing") return scope;
    const all = await people.list<Group>(`/_apis/graph/groups?scopeDescriptor=${scope.value}&${preview}`);
    const one = all === "missing" ? undefined : all.find((each) => same(each.displayName, inputs["displayName"]));
    return one === undefined ? "missing" : { id: one.descriptor, ...described(one, inputs) };
  },
};

interface Policy {
  readonly id: number;
  readonly isDeleted?: boolean;
  readonly isEnabled: boolean;
  readonly isBlocking: boolean;
  readonly settings: Readonly<Record<string, unknown>> & { readonly scope: readonly Scope[] };
}
type Scope = { repositoryId?: string | null; refName?: string | null; matchKind?: string };
type WantedScope = { repositoryId?: string; repositoryRef?: string; matchType?: string };

/**
 * By branch and kind, and by what tells several of a kind apart. Azure DevOps takes a second one without a word; of two
 * that ask the same it is for a person to say which goes.
 */
export function policy(kind: keyof typeof policyKinds, apart: readonly string[] = []): Find {
  const { id: policyType, settings: names } = policyKinds[kind];
  return {
    // Its settings can be changed in place.
    key: ["projectId"],
    look: async (inputs, clouds, where) => {
      const path = `/${projectOf(inputs)}/_apis/policy/configurations?policyType=${policyType}&${version}`;
      const all = await at(clouds, where).organisation.list<Policy>(path);
      const { scopes = [], ...wanted } = inputs["settings"] as Inputs & { scopes?: WantedScope[] };
      const asks = ({ settings }: Policy, inputNames: readonly string[]) =>
        inputNames.every((input) => alike(settings[(names as Record<string, string>)[input] ?? ""], wanted[input]));
      const there = (all === "missing" ? [] : all).filter(
        (each) => each.isDeleted !== true && onThese(scopes, each.settings.scope) && asks(each, apart),
      );
      const alikes = there.filter(
        (each) =>
          asks(each, Object.keys(wanted)) &&
          each.isEnabled === (inputs["enabled"] ?? true) &&
          each.isBlocking === (inputs["blocking"] ?? true),
      );
      const [first, ...others] = (alikes.length > 0 ? alikes : there).map(({ id }) => `${projectOf(inputs)}/${id}`);
      if (first === undefined) return "missing";
      if (alikes.length === 1) return { id: first, ours: "It asks on its branch what the program asks." };
      const stranger =
        alikes.length === 0
          ? "It is of the same kind on the same branch, and asks something else than the program."
          : `${alikes.length} of them ask the same on one branch.`;
      return { id: first, others, stranger };
    },
  };
}

function onThese(wanted: readonly WantedScope[], scopes: readonly Scope[]): boolean {
  const spelled = (parts: readonly (string | null | undefined)[]) =>
    parts
      .map((part) => part ?? "")
      .join(" ")
      .toLowerCase();
  const one = wanted.map(({ repositoryId, repositoryRef, matchType = "Exact" }) =>
    spelled([repositoryId, repositoryRef, matchType]),
  );
  const other = scopes.map(({ repositoryId, refName, matchKind }) => spelled([repositoryId, refName, matchKind]));
  return isDeepStrictEqual(one.sort(), other.sort());
}

/** Numbers and lists of ids as well; the engine has every number of its own as text. */
function alike(shown: unknown, wanted: unknown): boolean {
  const spelled = (value: unknown) => JSON.stringify([value ?? ""].flat().map(String).sort()).toLowerCase();
  return spelled(shown) === spelled(wanted);
}

interface Check {
  readonly id: number;
  readonly type: { readonly id: string };
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What a check's settings would be. */
const checkSettings: Readonly<Record<keyof typeof checkKinds, (shown: Inputs, inputs: Inputs) => boolean>> = {
  CheckExclusiveLock: () => true,
  CheckBranchControl: (shown, inputs) => {
    const { id } = (shown["definitionRef"] ?? {}) as { id?: string };
    const { allowedBranches, ensureProtectionOfBranch } = (shown["inputs"] ?? {}) as Record<string, string>;
    return (
      same(id, branchControlTask) &&
      allowedBranches === inputs["allowedBranches"] &&
      same(ensureProtectionOfBranch, inputs["verifyBranchProtection"])
    );
  },
  CheckApproval: (shown, inputs) => {
    const approvers = ((shown["approvers"] ?? []) as { id: string }[]).map(({ id }) => id);
    return (
      alike(approvers, inputs["approvers"]) &&
      alike(shown["minRequiredApprovers"], inputs["minimumRequiredApprovers"]) &&
      (shown["requesterCannotBeApprover"] !== true) === (inputs["requesterCanApprove"] === true)
    );
  },
  CheckRequiredTemplate: (shown, inputs) => {
    const spelled = (all: unknown) =>
      ((all ?? []) as Record<string, string>[]).map(({ repositoryName, repositoryRef, templatePath }) =>
        [repositoryName, repositoryRef, templatePath].join(" "),
      );
    return alike(spelled(shown["extendsChecks"]), spelled(inputs["requiredTemplates"]));
  },
};

/**
 * By what it stands before and what it asks; one that asks something else is another one. Provider 3.15.0 imports none:
 * https://github.com/microsoft/terraform-provider-azuredevops/issues/1558
 */
export function check(kind: keyof typeof checkKinds): Find {
  return {
    key: ["projectId", "targetResourceId", "targetResourceType"],
    look: async (inputs, clouds, where) => {
      const path = `/${projectOf(inputs)}/_apis/pipelines/checks/configurations`;
      const on = `resourceType=${text(inputs, "targetResourceType")}&resourceId=${text(inputs, "targetResourceId")}`;
      const all = await at(clouds, where).organisation.list<Check>(`${path}?${on}&$expand=settings&${preview}`);
      const there = (all === "missing" ? [] : all).filter(
        ({ type, settings = {} }) => same(type.id, checkKinds[kind]) && checkSettings[kind](settings, inputs),
      );
      const [id, ...others] = there.map((one) => `${projectOf(inputs)}/${one.id}`);
      if (id === undefined) return "missing";
      const removals = there.map(
        (one) =>
          `az rest --method DELETE --resource ${azureDevOpsResource} --url '${where.organisation}${path}/${one.id}?${preview}'`,
      );
      return { id, others, removals };
    },
  };
}
