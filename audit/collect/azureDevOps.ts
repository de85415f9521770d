/**
 * What Azure DevOps tells of the project in which production's gate lies. Every request is a GET; a reader of the project
 * is shown most of it, and what it is not shown is unknown.
 */
import type { AzureDevOps as Clients } from "../../clients/clouds";
import type { Client } from "../../clients/client";
import { nameFor, organisationAt, pipelineName, submission, templatesRepository } from "../../facts/azureDevOps";
import { branchControlTask, checkKinds, policyKinds } from "../../facts/azureDevOpsRules";
import { buildTokens, gitTokens, type ProtectedKind, protectedTokens } from "../../facts/azureDevOpsSecurity";
import type {
  AzureDevOps,
  BranchPolicy,
  Checks,
  Connection,
  Extension,
  GitRepository,
  Pipeline,
  PipelineSettings,
  Project,
  ProtectedResource,
  ServiceConnection,
} from "../model";
import { AccessReader } from "./azureDevOpsAccess";
import { forEach, type Reader } from "./reader";

/** Where the gate lies, and the subject that production trusts. */
export interface Place {
  /** `https://dev.azure.com/<organisation>` */
  readonly url: string;
  readonly project: string;
  /** Name of the experiments' repository. */
  readonly repository: string;
  readonly trustedSubject: string;
}

const version = "api-version=7.1";
const preview = "api-version=7.1-preview.1";

export async function readAzureDevOps(
  reader: Reader,
  clients: Clients,
  place: Place,
): Promise<AzureDevOps | undefined> {
  const { organisation: client } = clients;
  const found = await reader.get<{ id: string; name: string; visibility: Project["visibility"] }>(
    client,
    `/_apis/projects/${encodeURIComponent(place.project)}?${version}`,
    `the project ${place.project}`,
  );
  if (found === undefined) return undefined;
  const { id, name, visibility } = found;
  const access = new AccessReader(reader, clients, id);
  const look: Look = { reader, client, access, project: id, at: `/${id}/_apis` };
  const [decorators, endpoints, policies, settings] = await Promise.all([
    readDecorators(reader, clients.extensions),
    readConnections(look),
    readPolicies(look),
    readSettings(look, name),
  ]);
  const trusted = endpoints.find(({ subject }) => subject === place.trustedSubject);
  if (trusted === undefined) {
    reader.note(
      "the service connection that production trusts",
      `${name} shows none with the subject ${place.trustedSubject}`,
    );
  }
  const gate = trusted && (await readGate(look, trusted, name));
  const pipelines = await readPipelines(look, gate, pipelineName(place.repository, submission));
  const ids = pipelines.map((pipeline) => pipeline.id);
  const [uses, repositories] = await Promise.all([
    readUses(look, ids),
    readRepositories(look, place.repository, name, gate),
  ]);
  return {
    organisation: organisationAt(place.url),
    url: place.url,
    decorators,
    subjects: await access.subjects(),
    project: {
      ...{ id, name, visibility, repositories, policies, pipelines, gate, uses, settings },
      connections: endpoints
        .filter((one) => one !== trusted)
        .map(({ id: own, name: called, issuer, subject }): Connection => ({ id: own, name: called, issuer, subject })),
    },
  };
}

interface Look {
  readonly reader: Reader;
  readonly client: Client;
  readonly access: AccessReader;
  /** Id of the project. */
  readonly project: string;
  /** Where its part of the interface begins. */
  readonly at: string;
}

/** https://learn.microsoft.com/azure/devops/extend/develop/add-pipeline-decorator */
async function readDecorators(reader: Reader, client: Client): Promise<Extension[]> {
  interface Told {
    readonly publisherId: string;
    readonly extensionId: string;
    readonly extensionName: string;
    readonly flags?: string;
    readonly contributions?: readonly { readonly type: string }[];
  }
  const path = `/_apis/extensionmanagement/installedextensions?${preview}`;
  const all = await reader.list<Told>(client, path, "which extensions are installed");
  return (all ?? []).flatMap(({ publisherId, extensionId, extensionName, flags = "", contributions = [] }) =>
    // What comes with Azure DevOps is Microsoft's.
    !/builtIn/i.test(flags) && contributions.some(({ type }) => type === "ms.azure-pipelines.pipeline-decorator")
      ? [{ id: `${publisherId}.${extensionId}`, name: extensionName }]
      : [],
  );
}

interface Endpoint extends Connection {
  readonly projects: readonly string[];
}

/** Service connections that sign in by a token. */
async function readConnections({ reader, client, at }: Look): Promise<Endpoint[]> {
  interface Told {
    readonly id: string;
    readonly name: string;
    readonly authorization?: { readonly parameters?: Readonly<Record<string, string | null | undefined>> };
    readonly serviceEndpointProjectReferences?: readonly { projectReference?: { name?: string; id?: string } }[] | null;
  }
  const path = `${at}/serviceendpoint/endpoints?includeFailed=true&${version}`;
  const all = await reader.list<Told>(client, path, "service connections");
  return (all ?? []).flatMap(({ id, name, authorization, serviceEndpointProjectReferences: shared }) => {
    const { workloadIdentityFederationIssuer: issuer, workloadIdentityFederationSubject: subject } =
      authorization?.parameters ?? {};
    if (issuer == null || subject == null) return [];
    return [
      {
        id,
        name,
        issuer,
        subject,
        projects: (shared ?? []).map(({ projectReference: of }) => of?.name ?? of?.id ?? "?"),
      },
    ];
  });
}

async function readGate(
  look: Look,
  { projects, ...connection }: Endpoint,
  project: string,
): Promise<ServiceConnection> {
  const resource = await readResource(look, "endpoint", connection);
  return {
    ...resource,
    ...connection,
    kind: "endpoint",
    sharedWith: projects.filter((one) => one.toLowerCase() !== project.toLowerCase()),
  };
}

/** What stands before the use of something. */
async function readResource(
  look: Look,
  kind: ProtectedKind,
  named: { readonly id: string; readonly name: string },
): Promise<ProtectedResource> {
  const { id, name } = named;
  const [{ pipelines }, checks, access] = await Promise.all([
    readLeave(look, kind, named),
    readChecks(look, kind, named),
    look.access.of(kind, protectedTokens(kind, look.project, id)),
  ]);
  return { kind, id, name, pipelines, checks, access };
}

interface Leave {
  readonly pipelines: ProtectedResource["pipelines"];
  /** Those that were let use it by number, whether all may or not. */
  readonly named: readonly string[];
}

async function readLeave(
  { reader, client, at }: Look,
  kind: ProtectedKind,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<Leave> {
  interface Told {
    readonly allPipelines?: { readonly authorized?: boolean } | null;
    readonly pipelines?: readonly { readonly id: number; readonly authorized?: boolean }[];
  }
  const path = `${at}/pipelines/pipelinePermissions/${kind}/${id}?${preview}`;
  const told = await reader.get<Told>(client, path, `which pipelines may use the ${kind} ${name}`);
  const named = (told?.pipelines ?? []).flatMap(({ id: pipeline, authorized }) =>
    authorized === false ? [] : [String(pipeline)],
  );
  return { pipelines: told?.allPipelines?.authorized === true ? "all" : named, named };
}

async function readChecks(
  { reader, client, at }: Look,
  kind: ProtectedKind,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<Checks> {
  interface Told {
    readonly id: number;
    readonly type: { readonly id: string };
    readonly isDisabled?: boolean;
    readonly settings?: {
      readonly definitionRef?: { readonly id: string };
      readonly inputs?: Readonly<Record<string, string | undefined>>;
      readonly approvers?: readonly unknown[];
      readonly requesterCannotBeApprover?: boolean;
      readonly extendsChecks?: readonly { repositoryName?: string; repositoryRef?: string; templatePath?: string }[];
    };
  }
  const path = `${at}/pipelines/checks/configurations?resourceType=${kind}&resourceId=${id}&$expand=settings&${preview}`;
  const what = `checks of the ${kind} ${name}`;
  const told = ((await reader.list<Told>(client, path, what)) ?? []).filter(({ isDisabled }) => isDisabled !== true);
  if (told.some(({ settings }) => settings === undefined))
    reader.note(what, "Azure DevOps did not show their settings");
  const of = (kindId: string) => told.filter(({ type }) => type.id.toLowerCase() === kindId);
  const isTrue = (value: string | undefined) => value?.toLowerCase() === "true";
  return {
    branches: of(checkKinds.CheckBranchControl)
      .filter(({ settings }) => settings?.definitionRef?.id.toLowerCase() === branchControlTask)
      .map(({ id: check, settings: { inputs = {} } = {} }) => ({
        id: String(check),
        allowed: (inputs["allowedBranches"] ?? "*").split(",").map((ref) => ref.trim()),
        verifies: isTrue(inputs["ensureProtectionOfBranch"]),
        ignoresUnknown: isTrue(inputs["allowUnknownStatusBranch"]),
      })),
    approvals: of(checkKinds.CheckApproval).map(({ id: check, settings }) => ({
      id: String(check),
      approvers: settings?.approvers?.length ?? 0,
      selfReview: settings?.requesterCannotBeApprover !== true,
    })),
    templates: of(checkKinds.CheckRequiredTemplate).map(({ settings }) =>
      (settings?.extendsChecks ?? []).map(({ repositoryName = "", repositoryRef = "", templatePath = "" }) => ({
        repository: repositoryName,
        ref: repositoryRef,
        path: templatePath,
      })),
    ),
  };
}

/** Those that may use the connection, and the one that should be. */
async function readPipelines(look: Look, gate: ServiceConnection | undefined, name: string): Promise<Pipeline[]> {
  interface Listed {
    readonly id: number;
  }
  interface Told extends Listed {
    readonly name: string;
    readonly path?: string;
    readonly process?: { readonly type?: number; readonly yamlFilename?: string };
    readonly repository?: { readonly id?: string };
    readonly variables?: Readonly<Record<string, { readonly allowOverride?: boolean }>>;
  }
  const { reader, client, at, access, project } = look;
  const own = await reader.list<Listed>(
    client,
    `${at}/build/definitions?name=${name}&${version}`,
    `the pipeline ${name}`,
  );
  const named = gate === undefined || gate.pipelines === "all" ? [] : gate.pipelines;
  const ids = [...new Set([...named, ...(own ?? []).map(({ id }) => String(id))])];
  const found = await forEach(ids, async (id): Promise<Pipeline[]> => {
    const told = await reader.get<Told>(client, `${at}/build/definitions/${id}?${version}`, `the pipeline ${id}`);
    if (told === undefined) return [];
    const { path = "\\", process, repository, variables = {} } = told;
    return [
      {
        ...{ id, name: told.name, repository: repository?.id },
        // 1 is a classic one.
        yaml: process?.type === 2 ? process.yamlFilename : undefined,
        settable: Object.entries(variables).flatMap(([variable, { allowOverride }]) =>
          allowOverride === true ? [variable] : [],
        ),
        access: await access.of("build", buildTokens(project, path, id)),
      },
    ];
  });
  return found.flat();
}

/** Environments, groups of variables and agents that one of these pipelines may use. */
async function readUses(look: Look, pipelines: readonly string[]): Promise<ProtectedResource[]> {
  interface Told {
    readonly id: number;
    readonly name: string;
    readonly pool?: { readonly isHosted?: boolean };
  }
  const { reader, client, at } = look;
  const [environments = [], groups = [], queues = []] = await Promise.all([
    reader.list<Told>(client, `${at}/pipelines/environments?${preview}`, "environments"),
    reader.list<Told>(client, `${at}/distributedtask/variablegroups?${version}`, "groups of variables"),
    reader.list<Told>(client, `${at}/distributedtask/queues?${preview}`, "agent queues"),
  ]);
  const all = [
    ...environments.map((one) => ({ ...one, kind: "environment" as const })),
    ...groups.map((one) => ({ ...one, kind: "variablegroup" as const })),
    // On Microsoft's machines nobody leaves anything behind.
    ...queues.filter(({ pool }) => pool?.isHosted !== true).map((one) => ({ ...one, kind: "queue" as const })),
  ];
  const own: Partial<Record<ProtectedKind, string>> = { environment: "prod", variablegroup: nameFor("prod") };
  const used = await forEach(all, async ({ kind, id, name }) => {
    const named = { id: String(id), name };
    const { pipelines: may, named: letUse } = await readLeave(look, kind, named);
    // Of what every pipeline may use, ours uses what is called like that, and what it was let use besides: every project
    // has agents for everybody.
    const ours = (may === "all" && own[kind] === name) || letUse.some((one) => pipelines.includes(one));
    return ours ? [await readResource(look, kind, named)] : [];
  });
  return used.flat();
}

async function readRepositories(
  { reader, client, at, access, project }: Look,
  experiments: string,
  projectName: string,
  gate: ServiceConnection | undefined,
): Promise<GitRepository[]> {
  interface Told {
    readonly id: string;
    readonly name: string;
    readonly defaultBranch?: string;
  }
  const plain = (ref: string) => ref.replace(/^refs\/heads\//, "");
  const allowed = (gate?.checks.branches ?? []).flatMap((one) => one.allowed);
  const letIn = allowed.filter((ref) => /^refs\/heads\/[^*?]+$/.test(ref)).map(plain);
  const wanted = [
    { name: experiments, purpose: "experiments" as const, more: letIn },
    { name: templatesRepository(experiments), purpose: "templates" as const, more: [] },
  ];
  const found = await forEach(wanted, async ({ name, purpose, more }): Promise<GitRepository[]> => {
    const path = `${at}/git/repositories/${encodeURIComponent(name)}?${version}`;
    const told = await reader.get<Told>(client, path, `the repository ${projectName}/${name}`);
    if (told === undefined) return [];
    const defaultBranch = plain(told.defaultBranch ?? "refs/heads/main");
    return [
      {
        ...{ id: told.id, name: told.name, purpose, defaultBranch },
        access: await access.of("git", gitTokens(project, told.id)),
        branches: await forEach([...new Set([defaultBranch, ...more])], async (branch) => ({
          name: branch,
          access: await access.of("git", gitTokens(project, told.id, branch)),
        })),
      },
    ];
  });
  return found.flat();
}

async function readPolicies({ reader, client, at }: Look): Promise<BranchPolicy[]> {
  interface Told {
    readonly id: number;
    readonly type: { readonly id: string };
    readonly isEnabled: boolean;
    readonly isBlocking: boolean;
    readonly isDeleted?: boolean;
    readonly settings: {
      readonly scope?: readonly {
        readonly repositoryId?: string | null;
        readonly refName?: string | null;
        readonly matchKind?: string | null;
      }[];
      readonly minimumApproverCount?: number | null;
      readonly creatorVoteCounts?: boolean;
      readonly blockLastPusherVote?: boolean;
      readonly resetOnSourcePush?: boolean;
      readonly requiredReviewerIds?: readonly string[];
      readonly filenamePatterns?: readonly string[] | null;
    };
  }
  const all = await reader.list<Told>(client, `${at}/policy/configurations?${version}`, "policies of branches");
  const kinds: Readonly<Record<string, BranchPolicy["kind"]>> = {
    [policyKinds.BranchPolicyMinReviewers.id]: "reviewers",
    [policyKinds.BranchPolicyAutoReviewers.id]: "owners",
  };
  return (all ?? []).map(({ id, type, isEnabled, isBlocking, isDeleted, settings }) => ({
    id: String(id),
    kind: kinds[type.id.toLowerCase()] ?? "other",
    inForce: isEnabled && isBlocking && isDeleted !== true,
    scopes: (settings.scope ?? []).map(({ repositoryId, refName, matchKind }) => ({
      repository: repositoryId ?? undefined,
      ref: refName ?? undefined,
      match: matchKind === "Prefix" || matchKind === "DefaultBranch" ? matchKind : "Exact",
    })),
    approvals: settings.minimumApproverCount ?? 0,
    authorCounts: settings.creatorVoteCounts === true,
    lastPusherCounts: settings.blockLastPusherVote !== true,
    resets: settings.resetOnSourcePush === true,
    partial: (settings.filenamePatterns ?? []).length > 0,
  }));
}

async function readSettings({ reader, client, at }: Look, project: string): Promise<PipelineSettings> {
  type Told = Readonly<Record<string, boolean | undefined>>;
  const what = `settings of pipelines of ${project}`;
  const told = await reader.get<Told>(client, `${at}/build/generalsettings?${version}`, what);
  const both = (names: readonly string[]): boolean | undefined => {
    const lacking = names.find((name) => told?.[name] === undefined);
    if (lacking !== undefined && told !== undefined) reader.note(what, `Azure DevOps did not show ${lacking}`);
    return lacking === undefined ? names.every((name) => told?.[name] === true) : undefined;
  };
  return {
    settableLimited: both(["enforceSettableVar"]),
    classicOff: both(["disableClassicBuildPipelineCreation", "disableClassicReleasePipelineCreation"]),
    jobsScoped: both(["enforceJobAuthScope", "enforceReferencedRepoScopedToken"]),
  };
}

/** Which of the commits are on a branch that deploys. */
export async function commitsOnAzureDevOps(
  reader: Reader,
  { organisation: client }: Clients,
  { project }: AzureDevOps,
  commits: readonly string[],
): Promise<ReadonlySet<string>> {
  const repository = project.repositories.find(({ purpose }) => purpose === "experiments");
  if (repository === undefined) return new Set();
  const on = await forEach(commits, async (commit) => {
    for (const { name } of repository.branches) {
      const versions = `baseVersion=${encodeURIComponent(name)}&targetVersion=${commit}&targetVersionType=commit`;
      const path = `/${project.id}/_apis/git/repositories/${repository.id}/diffs/commits?${versions}&$top=1&${version}`;
      const told = await reader.find<{ aheadCount: number }>(client, path, `whether ${commit} is on ${name}`);
      if (told !== undefined && told !== "missing" && told.aheadCount === 0) return true;
    }
    return false;
  });
  return new Set(commits.filter((_, at) => on[at]));
}
