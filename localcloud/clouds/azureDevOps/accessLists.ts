/** Who may do what with a thing on Azure DevOps: what Azure DevOps gives by itself, and what was set. */
import {
  buildTokens,
  gitTokens,
  maskOf,
  protectedTokens,
  type Securable,
  securityNamespaces,
} from "../../../facts/azureDevOpsSecurity";
import type { Row, Store } from "../../store";
import type { Bag } from "../behaviour";
import {
  builtInGroup,
  deployerDescriptor,
  environment,
  gitPermissions,
  project,
  serviceEndpoint,
  standing,
  type,
} from "./project";
import { subjects } from "./subjects";

interface Entry {
  readonly token: string;
  /** Descriptor. */
  readonly subject: string;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** The list of one token, as the REST interface shows it; none where nothing was set on the very token. */
export function accessList(namespaceId: string, token: string, store: Store): Bag | undefined {
  const [of] = Object.entries(securityNamespaces).find(([, { id }]) => id === namespaceId.toLowerCase()) ?? [];
  if (of === undefined) return undefined;
  const securable = of as Securable;
  const entries = [...byDefault(securable, store), ...set(securable, store)].filter((entry) =>
    same(entry.token, token),
  );
  if (entries.length === 0) return undefined;
  const inLists = new Map(subjects(store).map((one) => [one.descriptor, one.inLists]));
  const bySubject = Map.groupBy(entries, ({ subject }) => inLists.get(subject) ?? subject);
  return {
    inheritPermissions: true,
    // https://devblogs.microsoft.com/devops/git-repo-tokens-for-the-security-service/
    token: securable === "git" ? `${token.replace(/\/$/, "")}/` : token,
    acesDictionary: Object.fromEntries(
      [...bySubject].map(([descriptor, own]) => [
        descriptor,
        {
          descriptor,
          // What was set later stands.
          allow: maskOf(securable, stands(own, "allow", "deny")),
          deny: maskOf(securable, stands(own, "deny", "allow")),
        },
      ]),
    ),
  };
}

function stands(entries: readonly Entry[], one: "allow" | "deny", other: "allow" | "deny"): string[] {
  return entries.reduce<string[]>(
    (all, entry) => [...new Set([...all, ...entry[one]])].filter((name) => !entry[other].includes(name)),
    [],
  );
}

const same = (left: string, right: string) => bare(left) === bare(right);
const bare = (token: string) => token.replace(/\/$/, "").toLowerCase();

/** Each type of permissions, by whose list it changes. */
const kinds: Readonly<
  Record<string, { readonly of: Securable; readonly token: (inputs: Record<string, string>) => string }>
> = {
  [gitPermissions]: {
    of: "git",
    token: ({ projectId = "", repositoryId, branchName }) =>
      repositoryId === undefined
        ? `repoV2/${projectId}`
        : (gitTokens(projectId, repositoryId, branchName?.replace("refs/heads/", ""))[0] ?? ""),
  },
  [type("BuildDefinitionPermissions")]: {
    of: "build",
    token: ({ projectId = "", buildDefinitionId = "" }) => buildTokens(projectId, "\\", buildDefinitionId)[0] ?? "",
  },
  [type("ServiceendpointPermissions")]: {
    of: "endpoint",
    token: ({ projectId = "", serviceendpointId = "" }) =>
      protectedTokens("endpoint", projectId, serviceendpointId)[0] ?? "",
  },
  [type("VariableGroupPermissions")]: {
    of: "variablegroup",
    token: ({ projectId = "", variableGroupId = "" }) =>
      protectedTokens("variablegroup", projectId, variableGroupId)[0] ?? "",
  },
};

function set(of: Securable, store: Store): Entry[] {
  return Object.entries(kinds).flatMap(([kind, { of: own, token }]) =>
    own === of ? standing(store, kind).map((row) => entryOf(row, token(row.inputs as Record<string, string>))) : [],
  );
}

function entryOf({ inputs }: Row, token: string): Entry {
  const permissions = Object.entries(inputs["permissions"] as Record<string, string>);
  const those = (word: string) => permissions.flatMap(([name, value]) => (same(value, word) ? [name] : []));
  return { token, subject: String(inputs["principal"]), allow: those("allow"), deny: those("deny") };
}

const toRead = ["GenericRead"];
const toWrite = [...toRead, "GenericContribute", "CreateBranch", "CreateTag", "ManageNote", "PullRequestContribute"];
const toBuild = ["ViewBuilds", "QueueBuilds", "StopBuilds", "ViewBuildDefinition", "EditBuildQuality"];
const toEdit = [...toBuild, "EditBuildDefinition", "DeleteBuildDefinition", "DeleteBuilds", "CreateBuildDefinition"];
const everything = (of: Securable, ...but: string[]) =>
  Object.keys(securityNamespaces[of].bits).filter((name) => !but.includes(name));

/**
 * What groups have in every project. Nobody is spared the policies of branches.
 * https://learn.microsoft.com/azure/devops/organizations/security/default-git-permissions
 * https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference
 */
const defaults: Readonly<Record<Securable, Readonly<Record<string, readonly string[]>>>> = {
  git: {
    Readers: toRead,
    Contributors: toWrite,
    "Build Administrators": toWrite,
    "Project Administrators": everything("git", "PolicyExempt", "PullRequestBypassPolicy"),
  },
  build: {
    Readers: ["ViewBuilds", "ViewBuildDefinition"],
    Contributors: toEdit,
    "Build Administrators": everything("build"),
    "Project Administrators": everything("build"),
  },
  endpoint: {
    Contributors: ["ViewEndpoint", "Use", "Create"],
    "Build Administrators": everything("endpoint"),
    "Project Administrators": everything("endpoint"),
  },
  environment: { Contributors: ["View", "Use", "Create"], "Project Administrators": ["View", "Use", "Create"] },
  variablegroup: {
    Contributors: ["View", "Use", "Create"],
    "Build Administrators": everything("variablegroup"),
    "Project Administrators": everything("variablegroup"),
  },
  queue: {
    Contributors: ["View", "Use", "Create"],
    "Build Administrators": everything("queue"),
    "Project Administrators": everything("queue"),
  },
};

/** Where each namespace keeps what holds for a whole project. */
const projectTokens: Readonly<Record<Securable, (projectId: string) => string>> = {
  git: (id) => `repoV2/${id}`,
  build: (id) => id,
  endpoint: (id) => `endpoints/${id}`,
  environment: (id) => `Environments/${id}`,
  variablegroup: (id) => `Library/${id}`,
  queue: (id) => `AgentQueues/${id}`,
};

function byDefault(of: Securable, store: Store): Entry[] {
  const administrators = builtInGroup("Project Collection Administrators", undefined) ?? "";
  const jobs = builtInGroup("Project Collection Build Service Accounts", undefined) ?? "";
  const ofProjects = standing(store, project).flatMap(({ id }) => {
    const token = projectTokens[of](id);
    const groups = Object.entries(defaults[of]).map(([name, allow]): Entry => ({
      ...{ token, subject: builtInGroup(name, id) ?? "", allow, deny: [] },
    }));
    const all = of === "git" ? everything("git", "PolicyExempt", "PullRequestBypassPolicy") : everything(of);
    return [
      ...groups,
      { token, subject: administrators, allow: all, deny: [] },
      ...(of === "git" ? [{ token, subject: jobs, allow: toRead, deny: [] }] : []),
    ];
  });
  return [...ofProjects, ...makers(of, store)];
}

/** Whoever makes an environment or a connection administers it. */
function makers(of: Securable, store: Store): Entry[] {
  const made = { environment, endpoint: serviceEndpoint }[of as string];
  if (made === undefined) return [];
  const subject = deployerDescriptor(store.organisation);
  return standing(store, made).map(({ id, inputs }) => ({
    token: protectedTokens(of as "environment" | "endpoint", String(inputs["projectId"]), id)[0] ?? "",
    ...{ subject, allow: everything(of), deny: [] },
  }));
}
