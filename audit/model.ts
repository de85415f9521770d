/**
 * The world as the access audit judges it: plain data, without clients and without a clock. It says what stands, never
 * what is allowed. Ids are compared without regard to case, as Azure and GitHub do.
 */
import type { Permission } from "../facts/actions";

export interface World {
  /** The stack that is judged. */
  readonly stack: string;
  /** Whether it is what the stack declares, and not what stands. */
  readonly declared?: boolean;
  /** When it was read, ISO 8601: secrets and exceptions run out. */
  readonly at: string;
  readonly production: Production;
  readonly azure: Azure;
  readonly directory: Directory;
  /** Undefined where nobody looked: a stack that is not deployed by GitHub. */
  readonly github?: GitHub | undefined;
  /** Undefined where production's gate is not there. */
  readonly azureDevOps?: AzureDevOps | undefined;
  /** What could not be read. It is never taken for absent. */
  readonly unknown: readonly Unknown[];
}

export interface Unknown {
  /** What is not known: "who may write to fl-experiments". */
  readonly what: string;
  readonly why: string;
}

/** What is to be kept: where code runs, and where it lies before it runs. */
export interface Production {
  readonly workspace: { readonly id: string };
  /** Object id of the principal that submits jobs; undefined where it could not be found. */
  readonly pipeline: string | undefined;
  /** Stores in which the workspace keeps jobs' code, outputs and logs. */
  readonly stores: readonly CodeStore[];
  /** The registry of its images. */
  readonly registry?: Registry | undefined;
  readonly computes: readonly Compute[];
  /** Jobs that somebody submitted. */
  readonly jobs: readonly Job[];
  /** What starts jobs again and again. */
  readonly schedules: readonly Made[];
  /** Where the state of the stack lies: whoever writes it decides what its next deployment does. */
  readonly state?: State | undefined;
}

/** A blob container, or a place that tells nobody who may write there: `https://app.pulumi.com`. */
export type State =
  { readonly id: string; readonly place?: undefined } | { readonly place: string; readonly id?: undefined };

export interface CodeStore {
  readonly id: string;
  /** Whether it takes account keys. */
  readonly sharedKey: boolean;
  /** Names of datastores that hold a credential of it. */
  readonly credentials: readonly string[];
}

export interface Registry {
  readonly id: string;
  /** Whether its administrator account is on, whose password the workspace tells. */
  readonly adminUser: boolean;
}

export interface Compute {
  readonly id: string;
  /** Azure's word: `AmlCompute`, `ComputeInstance`, `Kubernetes` … */
  readonly kind: string;
  /** Whether it takes a local account and a key. */
  readonly localAuth: boolean;
  /** Object id of whoever alone uses it: of a compute instance. */
  readonly user?: string | undefined;
}

/** Something in the workspace, and who made it. */
export interface Made {
  readonly id: string;
  /** Object id, or what Azure calls them; undefined where it does not tell. */
  readonly by: string | undefined;
}

export interface Job extends Made {
  /** The commit that its tag names; undefined where it has none. */
  readonly commit: string | undefined;
  /** Whether that commit is on a branch that deploys. */
  readonly reviewed: boolean;
}

export interface Azure {
  readonly assignments: readonly Assignment[];
  /** Role definitions by GUID, built in and custom. */
  readonly roles: Readonly<Record<string, RoleDefinition>>;
  /** Management groups above each subscription, by its id. */
  readonly above: Readonly<Record<string, readonly string[]>>;
  /** User-assigned identities. */
  readonly identities: readonly ManagedIdentity[];
}

export interface Assignment {
  /** ARM id, or of a classic administrator its own. */
  readonly id: string;
  /** Object id; of a classic administrator the mail address. */
  readonly principal: string;
  /** GUID of the role's definition. */
  readonly role: string;
  /** Resource, resource group, subscription, management group or `/`. */
  readonly scope: string;
  readonly condition?: string | undefined;
  /** `eligible`: held as soon as the principal asks for it (Privileged Identity Management). */
  readonly held: "always" | "eligible" | "classic";
}

export interface RoleDefinition {
  readonly name: string;
  readonly custom: boolean;
  readonly assignableScopes: readonly string[];
  /** Each may stand under a condition of its own. */
  readonly permissions: readonly (Permission & { readonly condition?: string | undefined })[];
}

export interface ManagedIdentity {
  readonly id: string;
  /** Object id of its service principal. */
  readonly principal: string;
  readonly trusts: readonly Trust[];
  /** Ids of the resources that may act as it. */
  readonly attached: readonly string[];
}

/** A federated credential: whom to take for the identity. */
export interface Trust {
  /** ARM id on an identity, GUID on an application. */
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  /** The exact subject, or the expression that a token's claims must match. */
  readonly subject: string;
  readonly expression: boolean;
}

/** Microsoft Entra ID, as far as it decides who may become somebody with a right. */
export interface Directory {
  readonly tenant: string;
  /** Names of people by object id. */
  readonly people: Readonly<Record<string, string>>;
  /** By object id. */
  readonly groups: Readonly<Record<string, Group>>;
  /** Service principals by object id, those of managed identities included. */
  readonly principals: Readonly<Record<string, ServicePrincipal>>;
  /** Who holds which role of the directory. */
  readonly roles: readonly DirectoryRole[];
  /** Who holds which permission of Microsoft Graph without a person behind it. */
  readonly permissions: readonly GraphPermission[];
}

export interface Group {
  readonly name: string;
  /** Object ids of direct members: people, groups, service principals. Eligible ones too. Undefined where not shown. */
  readonly members: readonly string[] | undefined;
  /** Object ids of those who may add members. */
  readonly owners: readonly string[];
  /** Only administrators of privileged roles change its members, and its owners. */
  readonly privileged: boolean;
}

export interface ServicePrincipal {
  readonly name: string;
  readonly clientId: string;
  readonly kind: "application" | "managedIdentity";
  /** Tenant that has the application. */
  readonly tenant: string;
  /** Object id of the application, where it is of this tenant. */
  readonly application?: string | undefined;
  /** Secrets and certificates, of the application and of the principal. */
  readonly secrets: readonly Secret[];
  readonly trusts: readonly Trust[];
  /** Object ids of owners, of the application and of the principal. */
  readonly owners: readonly Owner[];
  /** Of a managed identity, the resource that is or has it. */
  readonly resource?: string | undefined;
}

export interface Owner {
  readonly id: string;
  readonly of: "application" | "principal";
}

export interface Secret {
  /** Key id. */
  readonly id: string;
  readonly name: string;
  readonly kind: "secret" | "certificate";
  readonly on: "application" | "principal";
  /** When it ends, ISO 8601. */
  readonly ends: string;
}

export interface DirectoryRole {
  readonly id: string;
  readonly principal: string;
  /** What it is called. */
  readonly role: string;
  /** `microsoft.directory/applications/credentials/update` … */
  readonly actions: readonly string[];
  /** `/` for the whole tenant, `/<object id>` for one object, or an administrative unit. */
  readonly scope: string;
  readonly eligible: boolean;
}

export interface GraphPermission {
  readonly id: string;
  /** Object id of the service principal that holds it. */
  readonly principal: string;
  /** `Application.ReadWrite.All` … */
  readonly permission: string;
}

export interface GitHub {
  readonly organisation: Organisation;
  readonly repositories: readonly Repository[];
}

export interface Organisation {
  readonly login: string;
  /** Logins. */
  readonly owners: readonly string[];
  readonly apps: readonly App[];
}

/** A GitHub App that is installed. */
export interface App {
  /** Number of the installation. */
  readonly id: string;
  readonly slug: string;
  readonly clientId: string;
  /** `administration: write` … */
  readonly permissions: Readonly<Record<string, string>>;
  /** Whether it is installed on every repository; GitHub does not tell which ones were selected. */
  readonly everywhere: boolean;
  readonly suspended: boolean;
}

export interface Repository {
  /** With its owner: `contoso-fl/fl-experiments`. */
  readonly name: string;
  /** `experiments`: its pipeline submits jobs. `infrastructure`: its pipelines deploy the environment. */
  readonly purpose: "experiments" | "infrastructure";
  /** Environments that are meant to be the one way into production: the deployer's, or the one that the pipeline trusts. */
  readonly gates: readonly string[];
  /** How subjects of its workflows' tokens begin, as GitHub tells: `repo:contoso-fl@148213907/fl-experiments@9`. */
  readonly subject: string;
  /** Claims by which the subject was customised; undefined where it was not. */
  readonly claims?: readonly string[] | undefined;
  readonly defaultBranch: string;
  readonly people: readonly Collaborator[];
  readonly deployKeys: readonly DeployKey[];
  readonly rulesets: readonly Ruleset[];
  /** The branches that an environment lets in by name, and the default one. */
  readonly branches: readonly Branch[];
  readonly environments: readonly Environment[];
  readonly actions: Actions;
  /** Runner groups by which the pipeline names its machines. */
  readonly runners: readonly RunnerGroup[];
}

export interface Collaborator {
  /** Undefined for whoever is in a team, where nobody asked who that is. */
  readonly login: string | undefined;
  /** The effective role. */
  readonly role: "admin" | "maintain" | "write" | "triage" | "read";
  /** By what: an owner of the organisation, a team's slug, named directly, or in another way. */
  readonly by: "owner" | "direct" | "other" | { readonly team: string };
  /** What a custom role adds: `bypass_branch_protection` … */
  readonly more: readonly string[];
}

export interface DeployKey {
  readonly id: string;
  readonly title: string;
  readonly readOnly: boolean;
}

export interface Ruleset {
  readonly id: string;
  readonly name: string;
  /** `Repository`, `Organization` or `Enterprise`. */
  readonly source: string;
  readonly target: string;
  readonly active: boolean;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Undefined where GitHub did not show them: to who may not change the ruleset. */
  readonly bypass: readonly BypassActor[] | undefined;
  readonly review?: Review | undefined;
  /** Types of its rules: `deletion`, `non_fast_forward` … */
  readonly rules: readonly string[];
}

export interface BypassActor {
  /** `OrganizationAdmin`, `RepositoryRole`, `Team`, `Integration`, `DeployKey` or `User`. */
  readonly type: string;
  readonly id: string;
  /** `always`, `pull_request` or `exempt`, which leaves no trace. */
  readonly mode: string;
}

/** What a merge into a branch takes. */
export interface Review {
  readonly approvals: number;
  readonly dismissesStale: boolean;
  readonly codeOwners: boolean;
  readonly lastPush: boolean;
  /** Whether what a machine wrote takes one approval more; undefined where GitHub does not say. */
  readonly unattributed?: boolean | undefined;
}

export interface Branch {
  readonly name: string;
  /** The classic protection; undefined where there is none. */
  readonly protection?: Protection | undefined;
  /** Lines of CODEOWNERS that GitHub skips; undefined where there is no such file. */
  readonly codeOwnerErrors?: readonly string[] | undefined;
  /** Owners of every file: those of the last line, where that is `*`. */
  readonly owners: readonly string[];
}

export interface Protection {
  /** Undefined where it takes no review. */
  readonly review?: Review | undefined;
  readonly admins: boolean;
  readonly forcePushes: boolean;
  readonly deletions: boolean;
  /** Who may merge without review. */
  readonly bypassers: readonly string[];
}

export interface Environment {
  readonly name: string;
  /** Branches and tags whose jobs may run in it; `any`, or every branch that has a rule. */
  readonly lets: "any" | "protected" | readonly DeploymentPolicy[];
  /** Logins and teams of which one must approve. */
  readonly reviewers: readonly string[];
  /** Whether who started a run may approve it. */
  readonly selfReview: boolean;
  readonly adminsBypass: boolean;
  /** Values of its variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Names of its secrets. */
  readonly secrets: readonly string[];
}

export interface DeploymentPolicy {
  readonly kind: "branch" | "tag";
  readonly pattern: string;
}

export interface Actions {
  readonly allowed: "all" | "local_only" | "selected";
  /** Whether each must be named by its commit. */
  readonly pinned: boolean;
  /** Whether a workflow's own token writes unless it asks for less. */
  readonly tokenWrites: boolean;
  /** Whether such a token may approve pull requests. */
  readonly approves: boolean;
}

export interface RunnerGroup {
  readonly id: string;
  readonly name: string;
  /** Repositories whose jobs may run on it, with their owner. */
  readonly repositories: "all" | readonly string[];
  /** Workflows that alone may run on it; undefined where it takes every one. */
  readonly workflows: readonly string[] | undefined;
  /** Names of its machines. */
  readonly machines: readonly string[];
}

/** An organisation of Azure DevOps, as far as production's gate lies in it. */
export interface AzureDevOps {
  /** Name of the organisation. */
  readonly organisation: string;
  /** Its address: `https://dev.azure.com/contoso-fl`. */
  readonly url: string;
  readonly project: Project;
  /** Extensions that put steps of their own into every job. */
  readonly decorators: readonly Extension[];
  /** Everybody whom a right, a policy or a check names, and who is in those, by descriptor. */
  readonly subjects: Readonly<Record<string, Subject>>;
}

export interface Extension {
  /** `<publisher>.<extension>` */
  readonly id: string;
  readonly name: string;
}

export interface Subject {
  readonly name: string;
  /** `group`: one of Azure DevOps' own. `jobs`: as whom pipelines run. `stranger`: nobody told who that is. */
  readonly kind: "group" | "entra" | "jobs" | "stranger";
  /** Object id of a person, group or service principal in Entra. */
  readonly objectId?: string | undefined;
  /** Descriptors of those in a group; undefined where not shown. */
  readonly members?: readonly string[] | undefined;
  /** Of a group that Azure DevOps lets do everything, with what. */
  readonly administers?: "project" | "organisation" | undefined;
}

/** Who may do what with a thing: its own list, then those of what it inherits from, the nearest first. */
export type Access = readonly AccessList[];

export interface AccessList {
  /** What Azure DevOps calls it: `repoV2/<project>/<repository>`. */
  readonly token: string;
  readonly entries: readonly AccessEntry[];
}

export interface AccessEntry {
  /** Descriptor. */
  readonly subject: string;
  /** Names of permissions. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly visibility: "private" | "organization" | "public";
  /** The experiments' repository, and the one with the templates that its pipelines extend. */
  readonly repositories: readonly GitRepository[];
  /** Every policy of branches. */
  readonly policies: readonly BranchPolicy[];
  /** Those that may use the connection. */
  readonly pipelines: readonly Pipeline[];
  /** The service connection as which the pipeline becomes production's; undefined where it was not found. */
  readonly gate: ServiceConnection | undefined;
  /** Other service connections. */
  readonly connections: readonly Connection[];
  /** What else the gate's own pipeline uses: environments, groups of variables, agent queues. */
  readonly uses: readonly ProtectedResource[];
  readonly settings: PipelineSettings;
}

export interface GitRepository {
  readonly id: string;
  readonly name: string;
  readonly purpose: "experiments" | "templates";
  readonly defaultBranch: string;
  readonly access: Access;
  /** The default branch, and those that the gate lets in by name. */
  readonly branches: readonly GitBranch[];
}

export interface GitBranch {
  readonly name: string;
  readonly access: Access;
}

export interface BranchPolicy {
  readonly id: string;
  /** Only `reviewers` and `owners` ask people. */
  readonly kind: "reviewers" | "owners" | "other";
  /** Whether it is on, and blocks. */
  readonly inForce: boolean;
  readonly scopes: readonly PolicyScope[];
  /** Approvals that it asks for. */
  readonly approvals: number;
  /** Whether the author's own vote counts. */
  readonly authorCounts: boolean;
  /** Whether the vote of whoever pushed last counts. */
  readonly lastPusherCounts: boolean;
  /** Whether a push takes approvals away. */
  readonly resets: boolean;
  /** Whether it is about some paths alone. */
  readonly partial: boolean;
}

export interface PolicyScope {
  /** Undefined: every repository of the project. */
  readonly repository: string | undefined;
  /** `refs/heads/main`; undefined with `DefaultBranch`, or for every branch. */
  readonly ref: string | undefined;
  readonly match: "Exact" | "Prefix" | "DefaultBranch";
}

export interface Pipeline {
  readonly id: string;
  readonly name: string;
  /** Path of its YAML; undefined of a classic one. */
  readonly yaml: string | undefined;
  /** Id of its repository. */
  readonly repository: string | undefined;
  /** Variables that whoever starts a run may set. */
  readonly settable: readonly string[];
  readonly access: Access;
}

/** What a pipeline needs leave for. */
export interface ProtectedResource {
  readonly kind: "endpoint" | "environment" | "variablegroup" | "queue";
  readonly id: string;
  readonly name: string;
  /** Ids of the pipelines that may use it. */
  readonly pipelines: "all" | readonly string[];
  readonly checks: Checks;
  readonly access: Access;
}

/** Checks that are on. */
export interface Checks {
  readonly branches: readonly BranchControl[];
  readonly approvals: readonly ApprovalCheck[];
  /** Each list is one check; a run must extend one of its templates. */
  readonly templates: readonly (readonly RequiredTemplate[])[];
}

export interface BranchControl {
  readonly id: string;
  /** `refs/heads/main`, or a pattern. */
  readonly allowed: readonly string[];
  /** Whether each branch must have a policy. */
  readonly verifies: boolean;
  /** Whether a branch passes of which nobody knows that. */
  readonly ignoresUnknown: boolean;
}

export interface ApprovalCheck {
  readonly id: string;
  /** How many people or groups are asked. */
  readonly approvers: number;
  /** Whether who starts a run may approve it. */
  readonly selfReview: boolean;
}

export interface RequiredTemplate {
  /** `<project>/<repository>` */
  readonly repository: string;
  /** `refs/heads/main` */
  readonly ref: string;
  readonly path: string;
}

/** A service connection, and whom a token of it names. */
export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
}

export interface ServiceConnection extends Connection, ProtectedResource {
  readonly kind: "endpoint";
  /** Names of other projects that may use it too. */
  readonly sharedWith: readonly string[];
}

/** Undefined where Azure DevOps did not show it. */
export interface PipelineSettings {
  /** Whether only variables that a pipeline says so of are set at the start of a run. */
  readonly settableLimited: boolean | undefined;
  /** Whether nobody makes a classic pipeline. */
  readonly classicOff: boolean | undefined;
  /** Whether jobs reach this project alone, and of it the repositories that their YAML names. */
  readonly jobsScoped: boolean | undefined;
}
