/** Reads the world: production first, then whoever has a right that leads there, then whoever may become them. */
import type { Clouds } from "../../clients/clouds";
import { issuer } from "../../facts/github";
import type {
  Azure,
  AzureDevOps,
  Directory,
  GitHub,
  Job,
  ManagedIdentity,
  Production,
  State,
  Trust,
  World,
} from "../model";
import { holders } from "../routes/azure";
import {
  containerIn,
  type Estate,
  type Making,
  readAttachments,
  readEstate,
  readIdentities,
  readRights,
  readSubscriptions,
  subscriptionOf,
} from "./azure";
import { commitsOnAzureDevOps, readAzureDevOps } from "./azureDevOps";
import { DirectoryReader } from "./directory";
import { readOrganisation, readRepository, reviewedCommits, type Wanted } from "./github";
import { Reader } from "./reader";

/** Where to look, by the outputs of the stack. It says nothing of what is allowed. */
export interface Target {
  readonly stack: string;
  /** ARM id of the workspace. */
  readonly workspace: string;
  /** The experiments repository. */
  readonly repository: OnGitHub | OnAzureDevOps;
  readonly pipelineClientId: string;
  /** The subject that the pipeline trusts. */
  readonly trustedSubject: string;
  /** The address of the stack's backend, as `pulumi whoami` tells it. */
  readonly backend: string;
}

export interface OnGitHub {
  readonly on: "github";
  /** With its owner: `contoso-fl/fl-experiments`. */
  readonly name: string;
}

export interface OnAzureDevOps {
  readonly on: "azureDevOps";
  /** Address of the organisation: `https://dev.azure.com/contoso-fl`. */
  readonly url: string;
  readonly project: string;
  readonly name: string;
}

export async function collect(target: Target, clouds: Clouds, at: Date): Promise<World> {
  const reader = new Reader();
  const { azure: arm, graph, github } = clouds;
  const [estate, subscriptions] = await Promise.all([
    readEstate(reader, arm, target.workspace),
    readSubscriptions(reader, arm),
  ]);
  const own = subscriptionOf(target.workspace).toLowerCase();
  const readable = [...new Set([own, ...subscriptions.map(({ id }) => id.toLowerCase())])];
  const tenant = subscriptions.find(({ id }) => id.toLowerCase() === own)?.tenantId ?? "";
  if (tenant === "") reader.note("the tenant of the subscription", `${own} is not shown`);

  const [state, attachments] = await Promise.all([
    stateAt(reader, arm, readable, target.backend),
    readAttachments(reader, arm, readable),
  ]);
  const directory = new DirectoryReader(reader, graph, tenant);
  const pipeline = await directory.principalOf(target.pipelineClientId, "the pipeline's service principal");
  const production: Production = { ...estate.production, pipeline, state, jobs: [], schedules: [] };

  const azure = await rightsOfHolders(reader, clouds, production, estate, attachments, directory);
  const azureDevOps = await readAzureDevOpsOf(reader, clouds, target);
  const onAzureDevOps = Object.values(azureDevOps?.subjects ?? {}).flatMap(({ objectId }) => objectId ?? []);
  const makers = [...estate.jobs, ...estate.schedules].flatMap(({ by = "" }) => (isGuid(by) ? [by] : []));
  const people = await directory.read([...makers, ...onAzureDevOps]);
  const trusts = [...azure.identities, ...Object.values(people.principals)].flatMap((one) => one.trusts);
  const gitHub = await readGitHub(reader, github, target, trusts);
  const experiments = gitHub?.repositories.find(({ purpose }) => purpose === "experiments");
  const commits = [...new Set(estate.jobs.flatMap(({ commit }) => commit ?? []))];
  const reviewed = new Set([
    ...(experiments === undefined ? [] : await reviewedCommits(reader, github, experiments, commits)),
    ...(azureDevOps === undefined
      ? []
      : await commitsOnAzureDevOps(reader, clouds.azureDevOps(azureDevOps.url), azureDevOps, commits)),
  ]);
  const made = makersIn(people, azure.identities);
  return {
    stack: target.stack,
    at: at.toISOString(),
    production: {
      ...production,
      jobs: estate.jobs.map((job): Job => ({
        ...made(job),
        commit: job.commit,
        reviewed: job.commit !== undefined && reviewed.has(job.commit),
      })),
      schedules: estate.schedules.map(made),
    },
    azure,
    directory: people,
    github: gitHub,
    azureDevOps,
    unknown: reader.unknown,
  };
}

/**
 * Rights, and everybody who has one that leads to production. An identity with such a right is itself something that
 * rights can be on, perhaps in another subscription: what is found is looked at until nothing new comes up.
 */
async function rightsOfHolders(
  reader: Reader,
  { azure: arm }: Clouds,
  production: Production,
  estate: Estate,
  attachments: ReadonlyMap<string, readonly string[]>,
  directory: DirectoryReader,
): Promise<Azure> {
  const known = new Map<string, ManagedIdentity>();
  let wanted = [...estate.identities.keys()];
  for (;;) {
    for (const identity of await readIdentities(reader, arm, wanted, attachments)) {
      known.set(identity.id.toLowerCase(), identity);
    }
    const identities = [...known.values()];
    const things = [
      production.workspace.id,
      ...production.stores.map(({ id }) => id),
      ...(production.registry === undefined ? [] : [production.registry.id]),
      ...(production.state?.id === undefined ? [] : [production.state.id]),
      ...identities.map(({ id }) => id),
    ];
    const subscriptions = [...new Set(things.map((id) => subscriptionOf(id).toLowerCase()))];
    const azure: Azure = { ...(await readRights(reader, arm, subscriptions)), identities };
    const pipeline = production.pipeline === undefined ? [] : [production.pipeline];
    // Whose right in the workspace leads nowhere is told too: that is what the gate refuses.
    const inside = azure.assignments.flatMap(({ principal, scope }) =>
      scope.toLowerCase() === production.workspace.id.toLowerCase() ? [principal] : [],
    );
    const people = await directory.read([...holders({ production, azure }), ...inside, ...pipeline]);
    wanted = Object.values(people.principals)
      .flatMap(({ kind, resource = "" }) => (kind === "managedIdentity" ? [resource] : []))
      .filter((id) => /\/userAssignedIdentities\/[^/]+$/i.test(id) && !known.has(id.toLowerCase()));
    if (wanted.length > 0) continue;
    const assignments = azure.assignments.filter(({ principal }) => !directory.gone.has(principal));
    return { ...azure, assignments };
  }
}

/** The organisation and every repository of it whose jobs matter. */
async function readGitHub(
  reader: Reader,
  github: Clouds["github"],
  { repository, trustedSubject }: Target,
  trusts: readonly Trust[],
): Promise<GitHub | undefined> {
  if (repository.on !== "github") return undefined;
  const [login = ""] = repository.name.split("/");
  const organisation = await readOrganisation(reader, github, login);
  const repositories = await Promise.all(
    wantedBy(repository.name, trustedSubject, trusts).map((wanted) =>
      readRepository(reader, github, wanted, organisation.owners),
    ),
  );
  return { organisation, repositories: repositories.filter((one) => one !== undefined) };
}

/** The project on Azure DevOps that has the gate, if one does. */
async function readAzureDevOpsOf(
  reader: Reader,
  clouds: Clouds,
  { repository, trustedSubject }: Target,
): Promise<AzureDevOps | undefined> {
  if (repository.on !== "azureDevOps") return undefined;
  const { url, project, name } = repository;
  return readAzureDevOps(reader, clouds.azureDevOps(url), { url, project, repository: name, trustedSubject });
}

/** Where the state lies, by the address of its backend. */
async function stateAt(
  reader: Reader,
  arm: Clouds["azure"],
  subscriptions: readonly string[],
  backend: string,
): Promise<State | undefined> {
  const url = URL.parse(backend);
  // Kept on the computer that deploys: whoever has that deploys.
  if (url === null || url.protocol === "file:") return undefined;
  const account = url.searchParams.get("storage_account");
  if (url.protocol !== "azblob:" || account === null) return { place: `${url.protocol}//${url.host}` };
  const id = await containerIn(reader, arm, subscriptions, account, url.host);
  return id === undefined ? undefined : { id };
}

/** The experiments repository, and every other one of the organisation whose jobs become somebody with a right. */
function wantedBy(repository: string, trustedSubject: string, trusts: readonly Trust[]): Wanted[] {
  const environmentOf = (subject: string) => /:environment:([^:]+)$/.exec(subject)?.[1]?.replaceAll("%3A", ":") ?? "";
  const [organisation = ""] = repository.split("/");
  const others = new Map<string, Set<string>>();
  for (const { issuer: by, subject } of trusts) {
    const [, owner = "", name = ""] = /^repo:([^/@:]+)(?:@\d+)?\/([^@:]+)(?:@\d+)?(?::|$)/.exec(subject) ?? [];
    const full = `${owner}/${name}`;
    if (by !== issuer || owner.toLowerCase() !== organisation.toLowerCase()) continue;
    if (full.toLowerCase() === repository.toLowerCase()) continue;
    const environments = others.get(full) ?? new Set();
    if (environmentOf(subject) !== "") environments.add(environmentOf(subject));
    others.set(full, environments);
  }
  return [
    {
      name: repository,
      purpose: "experiments",
      trusted: [environmentOf(trustedSubject)].filter((name) => name !== ""),
    },
    ...[...others].map(([name, environments]): Wanted => ({
      ...{ name, purpose: "infrastructure", trusted: [...environments] },
    })),
  ];
}

const isGuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** Who made something: Azure says it by object id, client id or name. */
function makersIn({ principals }: Directory, identities: readonly ManagedIdentity[]) {
  const byClient = new Map(Object.entries(principals).map(([id, { clientId }]) => [clientId.toLowerCase(), id]));
  const known = new Set([...Object.keys(principals), ...identities.map(({ principal }) => principal)]);
  return ({ id, by }: Making) => {
    const key = by?.toLowerCase() ?? "";
    return { id, by: known.has(key) ? key : (byClient.get(key) ?? by) };
  };
}
