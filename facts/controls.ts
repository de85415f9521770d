/**
 * What the program promises, against which threat, and where each promise stands. docs/controls.md and docs/threats.md
 * are written from here (`npm run generate`); test/controls.test.ts proves every promise that is built.
 *
 * Ids of others: PSRule.Rules.Azure (AZR-…), Checkov (CKV…), Microsoft cloud security benchmark v1 (MCSB …), Azure
 * Policy (Policy <guid>), CIS Software Supply Chain 1.0 (CIS …), OpenSSF Scorecard, legitify, OWASP CI/CD (CICD-SEC-…).
 */

interface Threat {
  readonly what: string;
  /** What no built control closes; on Azure DevOps beside that, or for other reasons. */
  readonly open?: string;
  readonly azureDevops?: string;
}

/** How unreviewed code could reach production, or data leave it. `open` is what no built control closes. */
export const threats = {
  T01: { what: "A commit pushed straight to the protected branch." },
  T02: {
    what: "An administrator, or somebody with a role of their own, steps over the branch's rules.",
    open: "Between two audits a bypass actor can come and go; GitHub's audit log shows it, unless the bypass is exempt from it.",
    azureDevops:
      "A right past the policies that somebody gives to another group is not read by the provider; the audit must look.",
  },
  T03: {
    what: "An administrator loosens a rule, merges, and puts it back.",
    open: "Owners of the organisation can; the audit names them, and GitHub's audit log shows what they do.",
    azureDevops: "Administrators of the project and of the organisation can.",
  },
  T04: { what: "An author approves their own pull request." },
  T05: { what: "New commits slip in after the approval." },
  T06: { what: "Somebody pushes to another person's pull request and then approves it." },
  T07: { what: "A writer dismisses the review that blocks the merge." },
  T08: { what: "A workflow's own token opens or approves a pull request." },
  T09: {
    what: "A required check is reported by somebody who did not run it, or passes because it was skipped.",
    open: "A workflow that the pull request itself changes reports as the same app. The check tells of quality; the approvals are the barrier.",
    azureDevops: "Until a later `up`, the identity of the first pipeline's jobs has what it has by default (T18).",
  },
  T10: { what: "A check passed on an older state of the branch than the one that is merged into." },
  T11: { what: "The branch's history is rewritten, or the branch is deleted and made anew." },
  T12: { what: "Another branch becomes the default one, or fits a loose pattern, and deploys." },
  T13: {
    what: "Workflow, code owners or job are changed together with the code, and a friend approves.",
    open: "One list of owners has every path: workflows have no stricter owners than experiments.",
    azureDevops: "One group owns every path; what the pipeline does has a repository of its own.",
  },
  T14: {
    what: "A deploy key or an app with write access pushes.",
    open: "Between two audits a key can push to a branch that no rule holds; nothing deploys from there.",
  },
  T15: { what: "Foreign history comes in from a fork." },
  T16: { what: "A pull request merges by itself when nobody looks any more." },
  T17: {
    what: "The review of a machine counts as a person's.",
    open: "GitHub's setting against it is on by default, and no provider can hold it there: the audit finds it off.",
    azureDevops:
      "Whoever reads the repository can fork it within the organisation; what comes from there is reviewed like anything else.",
  },
  T18: {
    what: "Code gets in before the rules stand.",
    open: "An adopted repository's job passes as reviewed once a reviewed change touches any of its files.",
    azureDevops: "Completion can be asked for in advance, and waits for every policy.",
  },
  T19: {
    what: "A workflow changed on a branch is run there, without any review.",
    open: "Between two audits somebody who administers the repository can let a further branch in.",
    azureDevops: "Whether a machine other than the jobs' own may vote, only the audit would show.",
  },
  T20: { what: "A job names an environment that GitHub then makes, without any rule." },
  T21: { what: "An environment open to 'protected branches' opens to all once no branch is protected." },
  T22: { what: "A tag starts the pipeline, or bears the name of the branch." },
  T23: { what: "The trust in GitHub's tokens is wider than one environment of one repository." },
  T24: {
    what: "The repository is renamed or deleted, and somebody else takes its name.",
    open: "With `gate.subject: classic` the trusted subject has names in place of numbers.",
    azureDevops:
      "The identity of a project's jobs comes with its first pipeline: until a later `up` nobody denies it anything.",
  },
  T25: {
    what: "Another workflow on the same branch uses the environment.",
    open: "It was reviewed, and each run has a reviewer; the trusted subject does not name the workflow.",
  },
  T26: {
    what: "An event that outsiders cause (comment, fork, other workflow) runs with the default branch's rights.",
    open: "A further workflow that starts so must have been reviewed; nothing but the reviewers keeps it out.",
  },
  T27: {
    what: "Inputs of a run choose what is checked out or executed.",
    open: "A further workflow with inputs must have been reviewed; nothing but the reviewers keeps it out.",
  },
  T28: { what: "An old run is started again." },
  T29: { what: "A writer reads the repository's secrets." },
  T30: {
    what: "An administrator skips the environment's rules.",
    open: "With `gate.acceptWithout: [noAdminBypass]`, which the output `acceptedRisks` tells.",
    azureDevops: "Administrators of the project can take a check away; only the audit would show it.",
  },
  T31: {
    what: "Who starts a production run approves it.",
    open: "With `gate.acceptWithout: [deploymentReview]`, which the output `acceptedRisks` tells.",
  },
  T32: {
    what: "Azure DevOps: a resource is authorised for every pipeline.",
    open: "That every pipeline may use something as well, its provider does not read; only the audit would show it.",
  },
  T33: {
    what: "Azure DevOps: a project member edits a pipeline, or makes one that uses the connection.",
    open: "Administrators of the project can.",
  },
  T34: {
    what: "A job's token reaches further than its job.",
    open: "A further workflow may ask for more than the default; it must have been reviewed.",
  },
  T35: {
    what: "Azure DevOps: a classic pipeline ignores the checks.",
    open: "Whoever may make pipelines can make one without YAML. The switch is for the audit to see; connections ask for their checks all the same.",
  },
  T36: {
    what: "Azure DevOps: a variable names the connection.",
    open: "The pipeline's YAML is checked where it is kept.",
  },
  T37: {
    what: "A title, branch name or message is executed as a command.",
    open: "A further workflow may; it must have been reviewed.",
  },
  T38: {
    what: "An action of somebody else turns malicious.",
    open: "Each is held to a commit; that the commit is a good one is for the reviewer of the workflow.",
    azureDevops: "Which tasks may run at all is the organisation's setting, for the audit to see.",
  },
  T39: {
    what: "The computer that runs the pipeline belongs to somebody else.",
    open: "Who else uses a joined runner group (`gate.runner.join`) is not known here; `acceptedRisks` tells.",
  },
  T40: {
    what: "A pull request leaves something in the cache that the submission picks up.",
    open: "The list of actions has no cache unless somebody adds it (`gate.actions`).",
  },
  T41: {
    what: "A pull request against this program runs with the rights of its preview.",
    open: "A live preview runs the pull request's own program once a reviewer lets it, with rights to read the subscriptions and every secret of the stacks.",
  },
  T42: {
    what: "A person with rights on the workspace, its group or above submits directly.",
    open: "Rights inherited from above, and the deployer's own: the audit finds each, and who has it is accepted by name.",
  },
  T43: { what: "A reader sees a credential of a datastore." },
  T44: {
    what: "Somebody adds a secret, an owner or a second trust to the pipeline's application.",
    open: "Its owner and the tenant's administrators can; the audit finds what they added, and accepts them by name.",
  },
  T45: {
    what: "The pipeline may do more than submit.",
    open: "By default it is Contributor of the workspace; `pipelineRole: submitter` takes the rest away.",
  },
  T46: {
    what: "Reviewed code or its image is replaced after submission.",
    open: "Every cluster writes the default store. A named environment or component of the workspace is held to its version alone.",
  },
  T47: { what: "A person starts reviewed parts again: a schedule, an endpoint, a component." },
  T48: { what: "One identity serves both environments." },
} as const satisfies Readonly<Record<string, Threat>>;

export type ThreatId = keyof typeof threats;

/**
 * Which properties carry a promise: a type (`storage:StorageAccount` of azure-native, `Application` of azuread,
 * `Repository` of github) and their paths in it. `[]` is every element of a list, `opts.` an option of the resource.
 */
export type Where = readonly string[];

/**
 * How a promise is kept on Azure DevOps: by properties of its provider's types (or azure-native's, with a module), by a
 * refusal of its own, by a check in the submission pipeline; or not, and then which of the audit's checks looks at it.
 */
export type OnAzureDevOps =
  | Where
  | { readonly refusedBy: string }
  | { readonly lint: string }
  | { readonly none: string; readonly audit?: string };

export interface Control {
  /** What holds, in one sentence. */
  readonly promise: string;
  /**
   * `input`: a property that the program sets. `refusal`: configuration, or what stands already, that is refused before
   * anything is registered. `lint`: a check in the submission pipeline. `audit`: only a look at the live clouds shows it.
   * `notClosable`: nobody can keep this promise, for a reason.
   */
  readonly kind: "input" | "refusal" | "lint" | "audit" | "notClosable";
  /** What it closes; of one that cannot be closed, what that leaves open. None: it hardens. */
  readonly threats: readonly ThreatId[];
  /** Said where it is not built yet. */
  readonly built?: false;
  readonly azure?: Where;
  readonly entra?: Where;
  readonly github?: Where;
  /** File, and the function or setting in it. */
  readonly refusedBy?: string;
  /** Policies (policies.ts) by which Azure holds others to the same. */
  readonly policies?: readonly string[];
  /** The same demand in the words of others. */
  readonly external?: string;
  /** What holds it on Azure DevOps, where its means are others than on GitHub. */
  readonly azureDevops?: OnAzureDevOps;
  /** What to do where the access audit finds it broken; the command comes with what it found. */
  readonly remedy?: string;
  /** Why it cannot be closed, and who says so. */
  readonly reason?: string;
  readonly source?: string;
}

type Group = Readonly<Record<string, Control>>;

const workspace = {
  "workspace-private": {
    promise: "The production workspace is reached from private networks alone.",
    kind: "input",
    threats: [],
    azure: [
      "machinelearningservices:Workspace publicNetworkAccess allowPublicAccessWhenBehindVnet",
      "network:PrivateEndpoint privateLinkServiceConnections[].groupIds",
    ],
    policies: ["workspace-public-access"],
    external: "AZR-000406, CKV_AZURE_144, CKV2_AZURE_49, MCSB NS-2",
  },
  "workspace-own-identity": {
    promise: "The workspace acts as a user-assigned identity, to which Azure gives no right by itself.",
    kind: "input",
    threats: [],
    azure: ["machinelearningservices:Workspace identity.type primaryUserAssignedIdentity"],
    policies: ["workspace-identity"],
    external: "AZR-000407, MCSB IM-3",
  },
  "workspace-no-store-keys": {
    promise: "The workspace reaches its own store as its identity, not with an account key.",
    kind: "input",
    threats: ["T43"],
    azure: ["machinelearningservices:Workspace systemDatastoresAuthMode"],
    external: "MCSB IM-1",
  },
  "workspace-sensitive": {
    promise: "Azure keeps less diagnostic data of a production workspace, and its store is not public.",
    kind: "input",
    threats: [],
    azure: ["machinelearningservices:Workspace hbiWorkspace"],
    external: "CKV2_AZURE_50",
  },
  "workspace-one-interface": {
    promise: "The workspace takes jobs by the interface that these controls are about; the legacy mode is off.",
    kind: "input",
    threats: [],
    azure: ["machinelearningservices:Workspace v1LegacyMode"],
  },
  "workspace-serverless": {
    promise: "Jobs without a cluster run in the orchestrator's subnet without a public address: no way around it.",
    kind: "input",
    threats: [],
    azure: [
      "machinelearningservices:Workspace serverlessComputeSettings.serverlessComputeCustomSubnet serverlessComputeSettings.serverlessComputeNoPublicIP",
    ],
    external: "MCSB NS-1",
  },
} as const satisfies Group;

const compute = {
  "compute-local-auth": {
    promise: "No cluster takes a local account, a key or a remote login.",
    kind: "input",
    threats: ["T42"],
    remedy: "The stack declares it: a deployment sets it back.",
    azure: [
      "machinelearningservices:Compute properties.disableLocalAuth properties.properties.remoteLoginPortPublicAccess",
    ],
    policies: ["compute-local-auth"],
    external: "AZR-000404, CKV_AZURE_142",
  },
  "compute-private": {
    promise: "Production's nodes have no public address and run in a subnet, or in the managed network.",
    kind: "input",
    threats: [],
    azure: ["machinelearningservices:Compute properties.properties.enableNodePublicIp properties.properties.subnet.id"],
    external: "AZR-000405, MCSB NS-1, Policy 7804b5c7-01dc-4723-969b-ae300cc07ff1",
  },
  "compute-own-identity": {
    promise: "Each party's clusters run as that party's identity, which no other party shares.",
    kind: "input",
    threats: [],
    azure: ["machinelearningservices:Compute identity.userAssignedIdentities"],
    external: "MCSB IM-3",
  },
  "compute-idle": {
    promise: "A cluster shrinks to none, so that each job starts on the newest node image.",
    kind: "input",
    threats: [],
    azure: [
      "machinelearningservices:Compute properties.properties.scaleSettings.minNodeCount properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown",
    ],
    external: "CKV_AZURE_150, MCSB PV-6",
  },
} as const satisfies Group;

const stores = {
  "store-no-shared-key": {
    promise: "No store takes an account key, so that a listed key opens nothing.",
    kind: "input",
    threats: ["T43"],
    remedy: "The stack declares it: a deployment sets it back.",
    azure: ["storage:StorageAccount allowSharedKeyAccess"],
    policies: ["store-shared-key"],
    external: "CKV2_AZURE_40, MCSB IM-1",
  },
  "store-no-anonymous": {
    promise: "No store and no container shows anything to somebody without an identity.",
    kind: "input",
    threats: [],
    azure: ["storage:StorageAccount allowBlobPublicAccess", "storage:BlobContainer publicAccess"],
    policies: ["store-anonymous-blobs"],
    external: "AZR-000198, CKV_AZURE_34, CKV_AZURE_190, CKV2_AZURE_47",
  },
  "store-transport": {
    promise: "Stores talk HTTPS with TLS 1.2 and nothing older.",
    kind: "input",
    threats: [],
    azure: ["storage:StorageAccount minimumTlsVersion enableHttpsTrafficOnly"],
    policies: ["store-tls", "store-secure-transfer"],
    external: "AZR-000196, AZR-000200, CKV_AZURE_3, CKV_AZURE_44, MCSB DP-3",
  },
  "store-private": {
    promise: "Production's stores are reached from private networks alone.",
    kind: "input",
    threats: [],
    azure: [
      "storage:StorageAccount publicNetworkAccess networkRuleSet.defaultAction networkRuleSet.bypass",
      "network:PrivateEndpoint privateLinkServiceConnections[].privateLinkServiceId",
    ],
    policies: ["store-public-access"],
    external: "AZR-000202, CKV_AZURE_35, CKV_AZURE_36, CKV_AZURE_59, CKV2_AZURE_33, MCSB NS-2",
  },
  "store-no-copies": {
    promise: "Nothing is copied from a store into another tenant.",
    kind: "input",
    threats: [],
    azure: ["storage:StorageAccount allowCrossTenantReplication allowedCopyScope"],
    policies: ["store-cross-tenant"],
    external: "MCSB DP-2",
  },
  "store-no-local-users": {
    promise: "Stores have neither SFTP nor local users.",
    kind: "input",
    threats: [],
    azure: ["storage:StorageAccount isSftpEnabled isLocalUserEnabled"],
  },
  "store-recoverable": {
    promise: "Deleted blobs and containers can be restored for a month in production.",
    kind: "input",
    threats: [],
    azure: ["storage:BlobServiceProperties deleteRetentionPolicy.enabled containerDeleteRetentionPolicy.enabled"],
    external: "CKV2_AZURE_38",
  },
  "datastore-no-keys": {
    promise: "No datastore holds a credential: a job reaches data as its cluster's identity.",
    kind: "input",
    threats: ["T43"],
    remedy: "The stack declares it: a deployment sets it back.",
    azure: [
      "machinelearningservices:Datastore properties.credentials.credentialsType properties.serviceDataAccessAuthIdentity",
    ],
    external: "MCSB IM-8",
  },
  "store-joined-closed": {
    promise: "A silo's existing store joins production only if it is as closed as those that are made.",
    kind: "refusal",
    threats: ["T43"],
    refusedBy: "preflight/existing.ts joinedStore",
  },
  "store-not-shared": {
    promise: "No two parties have the same store, cluster or datastore.",
    kind: "refusal",
    threats: [],
    refusedBy: "rules/names.ts namesDiffer",
  },
} as const satisfies Group;

const around = {
  "vault-by-role": {
    promise: "The vault grants by role assignment alone.",
    kind: "input",
    threats: [],
    azure: ["keyvault:Vault properties.enableRbacAuthorization"],
    policies: ["vault-rbac"],
    external: "AZR-000388, MCSB PA-7",
  },
  "vault-recoverable": {
    promise: "Production's vault survives its deletion for 90 days, and nobody can purge it.",
    kind: "input",
    threats: [],
    azure: [
      "keyvault:Vault properties.enableSoftDelete properties.enablePurgeProtection properties.softDeleteRetentionInDays",
    ],
    external: "AZR-000124, AZR-000125, CKV_AZURE_42, CKV_AZURE_110, CKV_AZURE_111",
  },
  "vault-private": {
    promise: "Production's vault is reached from private networks alone.",
    kind: "input",
    threats: [],
    azure: [
      "keyvault:Vault properties.publicNetworkAccess properties.networkAcls.defaultAction",
      "network:PrivateEndpoint privateLinkServiceConnections[].groupIds",
    ],
    policies: ["vault-public-access"],
    external: "AZR-000355, CKV_AZURE_109, CKV_AZURE_189, CKV2_AZURE_32, MCSB NS-2",
  },
  "registry-no-accounts": {
    promise: "The registry has no administrator account and no anonymous reader.",
    kind: "input",
    threats: ["T46"],
    remedy: "The stack declares it: a deployment sets it back.",
    azure: ["containerregistry:Registry adminUserEnabled anonymousPullEnabled"],
    policies: ["registry-admin", "registry-anonymous-pull"],
    external: "AZR-000005, AZR-000401, CKV_AZURE_137, CKV_AZURE_138, MCSB PA-1",
  },
  "registry-private": {
    promise: "Production's registry is reached from private networks alone, and exports nothing.",
    kind: "input",
    threats: ["T46"],
    azure: [
      "containerregistry:Registry publicNetworkAccess sku.name policies.exportPolicy.status",
      "network:PrivateEndpoint privateLinkServiceConnections[].groupIds",
    ],
    policies: ["registry-exports"],
    external: "AZR-000006, AZR-000402, CKV_AZURE_139, MCSB DP-2",
  },
  "insights-by-identity": {
    promise: "Application Insights takes nothing by key and writes to the log workspace.",
    kind: "input",
    threats: [],
    azure: ["applicationinsights:Component disableLocalAuth workspaceResourceId"],
    external: "AZR-000069, AZR-000484",
  },
  "logs-kept": {
    promise: "Production's log workspace keeps logs for a year.",
    kind: "input",
    threats: [],
    azure: ["operationalinsights:Workspace retentionInDays"],
  },
  "logs-complete": {
    promise: "Every log of workspace, vault, registry and each store of the program's own is kept.",
    kind: "input",
    threats: [],
    azure: ["monitor:DiagnosticSetting resourceUri workspaceId logs[].categoryGroup logs[].enabled"],
    external: "MCSB LT-4, Policy afe0c3be-ba3b-4544-ba52-0c99672a8ad6, Policy cf820ca0-f99e-4f3e-84fb-66e913812d21",
  },
} as const satisfies Group;

const network = {
  "network-star": {
    promise: "A silo's network reaches the orchestrator's and no other silo's.",
    kind: "input",
    threats: [],
    azure: ["network:VirtualNetworkPeering remoteVirtualNetwork.id allowForwardedTraffic"],
    external: "MCSB NS-1",
  },
  "network-silo-store": {
    promise: "A silo's store has one address, in that silo's own network.",
    kind: "input",
    threats: [],
    azure: ["network:PrivateEndpoint subnet.id privateLinkServiceConnections[].privateLinkServiceId"],
  },
  "egress-no-default": {
    promise: "No subnet has Azure's own way out, which needs no rule and leaves no trace.",
    kind: "input",
    threats: [],
    azure: ["network:Subnet defaultOutboundAccess"],
  },
  "egress-denied": {
    promise: "A security group denies compute nodes the Internet but for the services that Azure ML needs.",
    kind: "input",
    threats: [],
    azure: [
      "network:NetworkSecurityGroup securityRules[].access securityRules[].destinationAddressPrefix",
      "network:Subnet networkSecurityGroup.id",
    ],
    external: "MCSB NS-1, MCSB DP-2",
  },
  "egress-firewall": {
    promise: "In several regions, every route out leads to the organisation's firewall.",
    kind: "input",
    threats: [],
    azure: ["network:RouteTable routes[].addressPrefix routes[].nextHopType", "network:Subnet routeTable.id"],
    external: "MCSB DP-2",
  },
  "egress-managed": {
    promise: "In one region, the managed network lets nodes reach approved targets alone: each party's store.",
    kind: "input",
    threats: [],
    azure: [
      "machinelearningservices:Workspace managedNetwork.isolationMode",
      "machinelearningservices:ManagedNetworkSettingsRule properties.type properties.destination.serviceResourceId",
    ],
    external: "CKV_AZURE_243, MCSB DP-2, Policy 6ddb1705-c8cf-450e-aa4b-19ad6703c440",
  },
  "subnets-apart": {
    promise: "The nodes of no two parties are in one existing subnet.",
    kind: "refusal",
    threats: [],
    refusedBy: "rules/network.ts subnetsForAll",
  },
  "egress-open-refused": {
    promise: "Production never sends everywhere, and nothing private does.",
    kind: "refusal",
    threats: [],
    refusedBy: "rules/network.ts privateNeedsWayOut",
  },
  "egress-filter-needed": {
    promise: "Egress is called approved only where a firewall or a managed network filters it.",
    kind: "refusal",
    threats: [],
    refusedBy: "rules/network.ts approvedNeedsFilter",
  },
  "subnets-joined-closed": {
    promise: "Existing subnets are taken only with a security group, a watched way out and no other.",
    kind: "refusal",
    threats: [],
    refusedBy: "preflight/subnets.ts joinedSubnets",
  },
} as const satisfies Group;

const guardrails = {
  "policies-deny": {
    promise:
      "In production Azure refuses, whoever asks, what would open workspace, computes, stores, vault or registry.",
    kind: "input",
    threats: [],
    azure: ["authorization:PolicyAssignment scope policyDefinitionId parameters.effect.value enforcementMode"],
    external: "MCSB AM-2",
  },
  "locks-on-data": {
    promise: "Production's silo stores, vault and logs are locked against deletion, and nothing a right is revoked on.",
    kind: "input",
    threats: [],
    azure: ["authorization:ManagementLockByScope scope level"],
  },
  "protect-data": {
    promise: "Pulumi refuses to delete what holds data, the workspace or the repository in production.",
    kind: "input",
    threats: [],
    azure: [
      "resources:ResourceGroup opts.protect",
      "machinelearningservices:Workspace opts.protect",
      "storage:StorageAccount opts.protect",
      "storage:BlobContainer opts.protect",
      "keyvault:Vault opts.protect",
      "operationalinsights:Workspace opts.protect",
    ],
    github: ["Repository opts.protect", "ActionsRunnerGroup opts.protect"],
    azureDevops: ["Project opts.protect", "Git opts.protect"],
  },
  "alerts-on-tampering": {
    promise: "Mail tells of granted roles, changed policies, lifted locks, stopped logs and new trust in outsiders.",
    kind: "input",
    threats: [],
    azure: ["monitor:ActivityLogAlert condition.allOf[].equals scopes enabled"],
  },
  "kind-tagged": {
    promise: "Every resource of Azure that bears tags says to which kind of environment it belongs.",
    kind: "input",
    threats: [],
    azure: [
      "resources:ResourceGroup tags",
      "machinelearningservices:Workspace tags",
      "machinelearningservices:Compute tags",
      "storage:StorageAccount tags",
      "keyvault:Vault tags",
      "containerregistry:Registry tags",
      "applicationinsights:Component tags",
      "operationalinsights:Workspace tags",
      "managedidentity:UserAssignedIdentity tags",
      "network:VirtualNetwork tags",
      "network:NetworkSecurityGroup tags",
      "network:RouteTable tags",
      "network:PrivateEndpoint tags",
      "privatedns:PrivateZone tags",
      "privatedns:VirtualNetworkLink tags",
      "monitor:ActionGroup tags",
      "monitor:ActivityLogAlert tags",
    ],
  },
  "types-known": {
    promise: "Nothing is made of a type for which the policy pack has no rules.",
    kind: "refusal",
    threats: [],
    refusedBy: "operations/policy/rules/typesKnown.ts typesKnown",
  },
  "kind-kept": {
    promise: "What was made as production is not turned into development by its stack file.",
    kind: "refusal",
    threats: ["T48"],
    refusedBy: "preflight/azure.ts otherKind",
  },
} as const satisfies Group;

const access = {
  "people-read-only": {
    promise:
      "In production people read the workspace and its own store alone, and can neither run anything nor run it again.",
    kind: "input",
    threats: ["T42", "T47"],
    remedy: "Take away what the person made, and the right by which they made it.",
    azure: ["authorization:RoleAssignment principalId principalType roleDefinitionId scope"],
    external: "MCSB PA-7",
  },
  "people-write-nothing": {
    promise: "In production no person writes to a store or the registry, where jobs' code and images lie.",
    kind: "input",
    threats: ["T46"],
    azure: ["authorization:RoleAssignment principalId roleDefinitionId scope"],
  },
  "people-by-id": {
    promise: "People are named by object id: a group's name is not unique.",
    kind: "refusal",
    threats: ["T42"],
    refusedBy: "schema.ts federated-mlops:users",
  },
  "pipeline-scope": {
    promise: "The pipeline has one role on its workspace, data rights on its default store, and nothing above.",
    kind: "input",
    threats: ["T45"],
    remedy: "Take the right away: the stack gives the pipeline what it needs.",
    azure: ["authorization:RoleAssignment principalId principalType roleDefinitionId scope"],
    external: "MCSB PA-7",
  },
  "pipeline-submitter": {
    promise:
      "On request the pipeline's role submits jobs and changes neither workspace, computes, datastores nor schedules.",
    kind: "input",
    threats: ["T45", "T47"],
    azure: ["authorization:RoleDefinition permissions[].actions assignableScopes"],
    external: "CKV_AZURE_39",
  },
  "rights-narrow": {
    promise: "No right is given on a resource group or above, and none that gives rights or lists keys by trade.",
    kind: "input",
    threats: ["T42", "T43", "T45"],
    azure: ["authorization:RoleAssignment scope roleDefinitionId"],
    external: "MCSB PA-7",
  },
  "silos-apart": {
    promise: "A silo reaches its own store and the hand-over, never another silo's; the orchestrator none of theirs.",
    kind: "input",
    threats: [],
    azure: ["authorization:RoleAssignment principalId roleDefinitionId scope"],
  },
  "silos-group": {
    promise: "Silos' stores lie in a resource group of their own, on which no identity of the platform has a role.",
    kind: "input",
    threats: [],
    azure: ["storage:StorageAccount resourceGroupName"],
  },
  "images-one-pusher": {
    promise: "Only the image builder may push images, and only where there is one.",
    kind: "input",
    threats: ["T46"],
    azure: ["authorization:RoleAssignment principalId roleDefinitionId"],
  },
  "environments-apart": {
    promise: "Each environment has an application of its own, and dev has no right on anything of prod.",
    kind: "input",
    threats: ["T48"],
    remedy: "Take the right away: an identity of development has none in production.",
    azure: ["authorization:RoleAssignment scope"],
    entra: ["Application displayName", "ApplicationFederatedIdentityCredential subject"],
  },
  "application-no-secret": {
    promise: "The pipeline's application has one owner, one trust, and neither secret nor certificate.",
    kind: "input",
    threats: ["T44"],
    entra: ["Application owners signInAudience", "ApplicationFederatedIdentityCredential applicationId"],
    external: "MCSB IM-8, CICD-SEC-6",
  },
  "default-store-shared": {
    promise: "A job cannot replace another party's code or read its outputs on the default store.",
    kind: "notClosable",
    threats: ["T46"],
    reason: "Azure ML keeps code, outputs and logs of all computes in one store, and each of them must write there.",
    source: "https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
  },
  "rights-inherited": {
    promise: "Nobody has a right on the workspace from a group, subscription or management group above.",
    kind: "notClosable",
    threats: ["T42"],
    reason: "Azure hands rights down, and no resource can refuse them.",
    source: "https://learn.microsoft.com/azure/role-based-access-control/scope-overview",
  },
  "deployer-apart": {
    promise: "Whoever deploys this program cannot run code in production.",
    kind: "notClosable",
    threats: ["T42"],
    reason: "Who makes the workspace has every action on it. Its deployment needs the same gate.",
    source: "https://learn.microsoft.com/azure/machine-learning/how-to-assign-roles",
  },
  "tenant-administrators": {
    promise: "Nobody but its owner changes the pipeline's application.",
    kind: "notClosable",
    threats: ["T44"],
    remedy: "Take the role away from whoever need not have it, make it eligible only, and accept the others by name.",
    reason: "Application Administrators of the tenant may change every application.",
    source: "https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference",
  },
} as const satisfies Group;

const branches = {
  "branch-pull-request": {
    promise: "A protected branch changes by pull request alone.",
    kind: "input",
    threats: ["T01"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: [
      "RepositoryRuleset enforcement target rules.pullRequest.requiredApprovingReviewCount rules.creation",
      "BranchProtection pattern requiredPullRequestReviews[].requiredApprovingReviewCount",
    ],
    external: "Scorecard Branch-Protection tier 2, CICD-SEC-1",
    azureDevops: ["BranchPolicyMinReviewers enabled blocking"],
  },
  "branch-approvals": {
    promise: "As many people as the stack file says approve, at least one, and never the author alone.",
    kind: "input",
    threats: ["T04"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: [
      "RepositoryRuleset rules.pullRequest.requiredApprovingReviewCount",
      "BranchProtection requiredPullRequestReviews[].requiredApprovingReviewCount",
    ],
    external: "CIS 1.1.3, CKV_GIT_5, CKV_GITHUB_19, Scorecard Branch-Protection tier 4, legitify",
    azureDevops: ["BranchPolicyMinReviewers settings.reviewerCount settings.submitterCanVote"],
  },
  "branch-approvals-floor": {
    promise: "A branch without approvals is refused.",
    kind: "refusal",
    threats: ["T01", "T04"],
    refusedBy: "schema/gate.ts approvals",
  },
  "branch-last-push": {
    promise: "Whoever pushed last does not count as an approver.",
    kind: "input",
    threats: ["T04", "T05", "T06"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: [
      "RepositoryRuleset rules.pullRequest.requireLastPushApproval",
      "BranchProtection requiredPullRequestReviews[].requireLastPushApproval",
    ],
    external: "Scorecard Branch-Protection tier 2",
    azureDevops: ["BranchPolicyMinReviewers settings.lastPusherCannotApprove"],
  },
  "branch-stale-reviews": {
    promise: "New commits take the approvals away.",
    kind: "input",
    threats: ["T05"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: [
      "RepositoryRuleset rules.pullRequest.dismissStaleReviewsOnPush",
      "BranchProtection requiredPullRequestReviews[].dismissStaleReviews",
    ],
    external: "CIS 1.1.4, CKV_GITHUB_11, Scorecard Branch-Protection tier 5, legitify",
    azureDevops: ["BranchPolicyMinReviewers settings.onPushResetApprovedVotes settings.onPushResetAllVotes"],
  },
  "branch-dismissals": {
    promise: "No writer dismisses a review.",
    kind: "input",
    threats: ["T07"],
    github: ["BranchProtection requiredPullRequestReviews[].restrictDismissals"],
    external: "CIS 1.1.5, CKV_GITHUB_12, legitify",
    azureDevops: ["BranchPolicyMinReviewers settings.allowCompletionWithRejectsOrWaits"],
  },
  "branch-code-owners": {
    promise: "A team of the stack file owns every file, workflows included, and one of its members approves.",
    kind: "input",
    threats: ["T13", "T25", "T26"],
    remedy: "Mend .github/CODEOWNERS by a pull request; where the rule is gone, a deployment sets it back.",
    github: [
      "RepositoryFile file content",
      "RepositoryRuleset rules.pullRequest.requireCodeOwnerReview",
      "BranchProtection requiredPullRequestReviews[].requireCodeOwnerReviews",
    ],
    external: "CIS 1.1.6, CIS 1.1.7, CKV_GITHUB_13, Scorecard Branch-Protection tier 4, legitify",
    azureDevops: [
      "BranchPolicyAutoReviewers enabled blocking settings.autoReviewerIds settings.minimumNumberOfReviewers settings.submitterCanVote",
      "Group members",
    ],
  },
  "branch-code-owners-live": {
    promise: "Code owners of the stack file and of the protected branch are the same teams.",
    kind: "refusal",
    threats: ["T13"],
    refusedBy: "preflight/github.ts unreviewedBranches",
    azureDevops: ["BranchPolicyAutoReviewers settings.autoReviewerIds"],
  },
  "branch-checks": {
    promise: "Checks pass on the branch's newest state, each as the app of the stack file reports it.",
    kind: "input",
    threats: ["T09", "T10"],
    github: [
      "RepositoryRuleset rules.requiredStatusChecks.strictRequiredStatusChecksPolicy rules.requiredStatusChecks.requiredChecks[].integrationId",
      "BranchProtection requiredStatusChecks[].strict requiredStatusChecks[].contexts",
    ],
    external: "CIS 1.1.9, CIS 1.1.10, CKV_GITHUB_14, CKV_GITHUB_20, Scorecard Branch-Protection tier 3, legitify",
    azureDevops: [
      "BranchPolicyBuildValidation enabled blocking settings.buildDefinitionId settings.validDuration settings.queueOnSourceUpdateOnly settings.manualQueueOnly",
      "BranchPolicyStatusCheck settings.authorId settings.invalidateOnUpdate",
    ],
  },
  "branch-check-forged": {
    promise: "A required check is reported by a workflow that the pull request cannot change.",
    kind: "notClosable",
    threats: ["T09"],
    reason: "All workflows of a repository report as one app, those of the pull request's own branch included.",
    source: "https://docs.github.com/actions/concepts/security/github_token",
    azureDevops: { none: "A pull request changes the YAML of its own validation, and reviewers see that it does." },
  },
  "branch-conversations": {
    promise: "Every remark of a reviewer is settled before the merge.",
    kind: "input",
    threats: [],
    github: [
      "RepositoryRuleset rules.pullRequest.requiredReviewThreadResolution",
      "BranchProtection requireConversationResolution",
    ],
    external: "CIS 1.1.11, CKV_GITHUB_16, legitify",
    azureDevops: ["BranchPolicyCommentResolution enabled blocking"],
  },
  "branch-history": {
    promise: "A protected branch is not rewritten, deleted or made anew.",
    kind: "input",
    threats: ["T11"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: [
      "RepositoryRuleset rules.nonFastForward rules.deletion rules.creation",
      "BranchProtection allowsForcePushes allowsDeletions",
      "Repository deleteBranchOnMerge",
    ],
    external: "CIS 1.1.16, CIS 1.1.17, CKV_GITHUB_5, CKV_GITHUB_18, Scorecard Branch-Protection tier 1, legitify",
    azureDevops: ["GitPermissions permissions.ForcePush"],
  },
  "branch-linear": {
    promise: "History is linear unless the branch merges with merge commits, and merges go no other way.",
    kind: "input",
    threats: [],
    github: [
      "Repository allowMergeCommit allowRebaseMerge allowSquashMerge",
      "RepositoryRuleset rules.requiredLinearHistory rules.pullRequest.allowedMergeMethods",
      "BranchProtection requiredLinearHistory",
    ],
    external: "CIS 1.1.13, CKV_GITHUB_8, legitify",
    azureDevops: [
      "BranchPolicyMergeTypes settings.allowSquash settings.allowBasicNoFastForward settings.allowRebaseAndFastForward settings.allowRebaseWithMerge",
    ],
  },
  "branch-signed": {
    promise: "On request every commit of a branch carries a verified signature.",
    kind: "input",
    threats: [],
    github: ["BranchProtection requireSignedCommits"],
    external: "CIS 1.1.12, CKV_GIT_6, CKV_GITHUB_4, legitify",
    azureDevops: { none: "Azure DevOps verifies no signature of a commit: the setting does not exist there." },
  },
  "branch-no-bypass": {
    promise: "Nobody is exempt from a branch's rules, administrators, apps and deploy keys included.",
    kind: "input",
    threats: ["T02", "T14"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: ["RepositoryRuleset bypassActors enforcement", "BranchProtection enforceAdmins"],
    external: "CIS 1.1.14, CKV_GITHUB_10, Scorecard Branch-Protection tier 5, legitify",
    azureDevops: ["GitPermissions permissions.PolicyExempt permissions.PullRequestBypassPolicy"],
  },
  "branch-by-name": {
    promise: "Rules hold main by its name and as the default branch, and each other branch by its name.",
    kind: "input",
    threats: ["T12"],
    github: [
      "RepositoryRuleset conditions.refName.includes conditions.refName.excludes",
      "BranchProtection pattern",
      "BranchDefault branch",
    ],
    azureDevops: [
      "BranchPolicyMinReviewers settings.scopes[].repositoryRef settings.scopes[].matchType",
      "Git defaultBranch",
    ],
  },
  "branch-main-ruled": {
    promise: "A stack file without rules for main is refused.",
    kind: "refusal",
    threats: ["T12"],
    refusedBy: "rules/gate.ts protectsMain",
  },
  "branch-deploys-ruled": {
    promise: "Only a branch that has rules may deploy, by its whole name.",
    kind: "refusal",
    threats: ["T12", "T19"],
    refusedBy: "rules/gate.ts deploysFromProtected",
  },
  "branch-never-unruled": {
    promise: "A branch that somebody pushed before it had rules is refused.",
    kind: "refusal",
    threats: ["T18"],
    refusedBy: "preflight/github.ts unreviewedBranches",
    azureDevops: ["GitRepositoryBranch name refBranch"],
  },
  "tags-none": {
    promise: "Nobody makes, moves or deletes a tag.",
    kind: "input",
    threats: ["T22"],
    github: [
      "RepositoryRuleset target bypassActors rules.creation rules.update rules.deletion",
      "RepositoryEnvironmentDeploymentPolicy branchPattern",
    ],
    azureDevops: ["GitPermissions permissions.CreateTag permissions.ForcePush"],
  },
} as const satisfies Group;

const repository = {
  "repository-private": {
    promise: "The experiments repository is private and cannot be forked.",
    kind: "input",
    threats: ["T15"],
    github: ["Repository visibility allowForking"],
    external: "CKV_GIT_1, legitify",
    azureDevops: ["Project visibility"],
  },
  "repository-adopted-clean": {
    promise: "An adopted repository brings along neither a workflow nor an environment that nobody reviewed.",
    kind: "refusal",
    threats: ["T18", "T20", "T25"],
    refusedBy: "preflight/adoptedRepository.ts adoption",
    azureDevops: { refusedBy: "schema/gate.ts ownedOnAzureDevOps" },
  },
  "repository-adopted-private": {
    promise: "A public repository is not adopted.",
    kind: "refusal",
    threats: ["T15"],
    refusedBy: "preflight/adoptedRepository.ts adoption",
    azureDevops: { refusedBy: "preflight/azureDevOps.ts projectToJoin" },
  },
  "repository-no-auto-merge": {
    promise: "No pull request merges by itself.",
    kind: "input",
    threats: ["T16"],
    github: ["Repository allowAutoMerge"],
    external: "CICD-SEC-1",
    azureDevops: {
      none: "Who may complete can ask for it in advance. It waits for every policy, and there is no switch.",
      audit: "audit-rules",
    },
  },
  "repository-writers": {
    promise: "Code owners and contributors write, reviewers of deployments read, and no team administers.",
    kind: "input",
    threats: ["T03", "T14"],
    github: ["RepositoryCollaborators teams[].permission"],
    external: "legitify",
    azureDevops: [
      "GitPermissions permissions.EditPolicies permissions.ManagePermissions permissions.GenericContribute",
      "Group members",
    ],
  },
  "repository-kept": {
    promise: "A destroyed repository is archived, with its history.",
    kind: "input",
    threats: [],
    github: ["Repository archiveOnDestroy"],
    azureDevops: ["Git opts.protect"],
  },
  "organisation-owners": {
    promise: "Nobody can take the rules away.",
    kind: "notClosable",
    threats: ["T03"],
    remedy: "Owners cannot be kept out: keep them few, and accept each by name.",
    reason: "Owners of the organisation administer every repository in it. Keep them few.",
    source:
      "https://docs.github.com/organizations/managing-peoples-access-to-your-organization-with-roles/roles-in-an-organization",
    azureDevops: {
      none: "Project Administrators, and the organisation's, change policies, permissions and checks.",
      audit: "audit-rules",
    },
  },
  "code-owners-first": {
    promise: "CODEOWNERS stands before a branch's rules do, which then demand it.",
    kind: "input",
    threats: ["T13", "T18"],
    github: ["RepositoryRuleset opts.dependsOn", "BranchProtection opts.dependsOn"],
    azureDevops: ["GitPermissions opts.dependsOn"],
  },
  "writers-last": {
    promise: "Nobody can write before all rules stand.",
    kind: "input",
    threats: ["T18"],
    github: ["RepositoryCollaborators opts.dependsOn"],
    azureDevops: ["GitPermissions opts.dependsOn"],
  },
  "adopted-since-recorded": {
    promise:
      "Where a repository is adopted, the stack file says up to which commit nobody reviewed it; moved, it is seen.",
    kind: "input",
    threats: ["T18"],
    github: ["ActionsEnvironmentVariable variableName value environment"],
    azureDevops: { refusedBy: "schema/gate.ts ownedOnAzureDevOps" },
  },
  "teams-able": {
    promise: "Teams are large enough for what they must approve, and code owners visible, or GitHub would skip them.",
    kind: "refusal",
    threats: ["T13", "T31"],
    refusedBy: "preflight/github.ts teams",
    azureDevops: { refusedBy: "preflight/azureDevOps.ts groups" },
  },
  "plan-enforces": {
    promise: "A GitHub plan that does not enforce a promise is refused, unless the stack file accepts that by name.",
    kind: "refusal",
    threats: ["T01", "T30", "T31"],
    refusedBy: "rules/gate.ts planEnforces",
    azureDevops: { none: "No plan of Azure DevOps lacks one of these rules." },
  },
  "plan-true": {
    promise: "A plan that the organisation does not have is refused, where GitHub tells.",
    kind: "refusal",
    threats: ["T30", "T31"],
    refusedBy: "preflight/github.ts organisation",
    azureDevops: { none: "No plan of Azure DevOps lacks one of these rules." },
  },
  "review-by-machine": {
    promise: "GitHub is set not to count a machine's review as a person's.",
    kind: "audit",
    threats: ["T17"],
    remedy: "Demand an additional approval for unattributed changes in the ruleset: no provider has the setting.",
    external: "CICD-SEC-1",
    azureDevops: {
      none: "As whom jobs run cannot vote. Whether another machine can, only a look at who may write shows.",
      audit: "audit-writers",
    },
  },
} as const satisfies Group;

const actions = {
  "workflow-token": {
    promise: "A workflow's token reads by default, and cannot approve a pull request.",
    kind: "input",
    threats: ["T08", "T34"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: ["WorkflowRepositoryPermissions defaultWorkflowPermissions canApprovePullRequestReviews"],
    external: "legitify",
    azureDevops: [
      "ProjectPipelineSettings enforceJobScope enforceReferencedRepoScopedToken",
      "BuildDefinition jobAuthorizationScope",
      "GitPermissions permissions.PullRequestContribute permissions.GenericContribute",
    ],
  },
  "actions-allowed": {
    promise: "Workflows use the listed actions alone, each by its commit.",
    kind: "input",
    threats: ["T38", "T40"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: [
      "ActionsRepositoryPermissions allowedActions shaPinningRequired allowedActionsConfig.githubOwnedAllowed allowedActionsConfig.verifiedAllowed allowedActionsConfig.patternsAlloweds",
    ],
    external: "CIS 3.1.7, CICD-SEC-3, legitify",
    azureDevops: {
      none: "Which tasks pipelines may use is the organisation's setting, and no provider has it. The template names those that run.",
      audit: "tasks-restricted",
    },
  },
  "runner-group": {
    promise:
      "The runners that are made inside the private network run the submission workflow of a deploying branch alone.",
    kind: "input",
    threats: ["T25", "T39"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: [
      "ActionsRunnerGroup visibility selectedRepositoryIds allowsPublicRepositories restrictedToWorkflows selectedWorkflows",
    ],
    external: "legitify",
    azureDevops: [
      "devopsinfrastructure:Pool agentProfile.kind organizationProfile.organizations[].projects organizationProfile.permissionProfile.kind",
      "PipelineAuthorization type pipelineId",
      "CheckBranchControl targetResourceType allowedBranches",
    ],
  },
  "runner-inside": {
    promise: "A private workspace with runners that GitHub hosts is refused.",
    kind: "refusal",
    threats: ["T39"],
    refusedBy: "rules/gate.ts runnerReaches",
  },
  "secrets-in-environment": {
    promise: "Secrets belong to one deployment environment; the repository itself has none.",
    kind: "input",
    threats: ["T19", "T29"],
    github: ["ActionsEnvironmentSecret environment", "ActionsEnvironmentVariable environment"],
    external: "CICD-SEC-6",
    azureDevops: [
      "VariableGroup allowAccess variables[].isSecret",
      "PipelineAuthorization type pipelineId",
      "CheckBranchControl targetResourceType allowedBranches",
    ],
  },
  "environment-branches": {
    promise: "Only the branches of deployFrom run in the environment prod, named one by one.",
    kind: "input",
    threats: ["T12", "T19", "T21", "T22"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: [
      "RepositoryEnvironment deploymentBranchPolicy.customBranchPolicies deploymentBranchPolicy.protectedBranches",
      "RepositoryEnvironmentDeploymentPolicy environment branchPattern",
    ],
    external: "CICD-SEC-4",
    azureDevops: ["CheckBranchControl allowedBranches verifyBranchProtection ignoreUnknownProtectionStatus"],
  },
  "environment-reviewers": {
    promise: "A reviewer who did not start it approves each production run.",
    kind: "input",
    threats: ["T25", "T31"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: ["RepositoryEnvironment preventSelfReview reviewers[].teams"],
    external: "CICD-SEC-1",
    azureDevops: ["CheckApproval approvers minimumRequiredApprovers requesterCanApprove"],
  },
  "environment-no-admin-bypass": {
    promise: "Administrators of the repository cannot skip the rules of the environment prod.",
    kind: "input",
    threats: ["T30"],
    remedy: "The stack declares it: a deployment sets it back.",
    github: ["RepositoryEnvironment canAdminsBypass"],
    external: "CICD-SEC-5",
    azureDevops: [
      "ServiceendpointPermissions permissions.Administer",
      "VariableGroupPermissions permissions.Administer",
    ],
  },
  "credential-exact": {
    promise: "The pipeline's identity trusts one environment of one repository, letter by letter, and nothing else.",
    kind: "input",
    threats: ["T20", "T23"],
    entra: ["ApplicationFederatedIdentityCredential subject issuer audiences"],
    external: "CKV_AZURE_249, CICD-SEC-2",
    azureDevops: ["ServiceEndpointAzureRM serviceEndpointAuthenticationScheme"],
  },
  "credential-by-number": {
    promise: "The trusted subject names owner and repository by numbers that GitHub never gives again.",
    kind: "input",
    threats: ["T24"],
    entra: ["ApplicationFederatedIdentityCredential subject"],
    azureDevops: ["ServiceEndpointAzureRM serviceEndpointAuthenticationScheme"],
  },
  "credential-last": {
    promise: "The credential is made after every rule, right and policy, and removed before them: it is the switch.",
    kind: "input",
    threats: ["T18"],
    entra: ["ApplicationFederatedIdentityCredential opts.dependsOn"],
    azureDevops: ["ServiceEndpointAzureRM serviceEndpointName"],
  },
  "workflow-not-in-subject": {
    promise: "The trusted subject names the workflow.",
    kind: "notClosable",
    threats: ["T25"],
    reason:
      "Only a reusable workflow, in a repository of its own and at a fixed ref, would give a claim worth trusting.",
    source:
      "https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-with-reusable-workflows",
    azureDevops: [
      "CheckRequiredTemplate requiredTemplates[].repositoryName requiredTemplates[].repositoryRef requiredTemplates[].templatePath",
    ],
  },
} as const satisfies Group;

const submission = {
  "workflow-events": {
    promise:
      "The submission workflow starts on a push to a deploying branch or by hand, and on nothing that outsiders cause.",
    kind: "lint",
    threats: ["T26"],
    external: "Scorecard Dangerous-Workflow",
    azureDevops: ["CheckBranchControl allowedBranches"],
  },
  "workflow-inputs": {
    promise: "No input of a run names a ref, a path or a command.",
    kind: "lint",
    threats: ["T27"],
    external: "CKV_GHA_7",
    azureDevops: [
      "ProjectPipelineSettings enforceSettableVar",
      "BuildDefinitionPermissions permissions.EditPipelineQueueConfigurationPermission",
    ],
  },
  "workflow-tip": {
    promise: "A submission is of the branch's newest commit.",
    kind: "lint",
    threats: ["T28"],
    azureDevops: { lint: "experiments/submission/submit.py" },
  },
  "workflow-permissions": {
    promise: "Workflows start with no permission and each job asks for its own.",
    kind: "lint",
    threats: ["T34"],
    external: "Scorecard Token-Permissions",
    azureDevops: [
      "ProjectPipelineSettings enforceJobScope enforceReferencedRepoScopedToken",
      "BuildDefinition jobAuthorizationScope",
    ],
  },
  "workflow-injection": {
    promise: "Nothing that a person wrote elsewhere is expanded in a command.",
    kind: "lint",
    threats: ["T37"],
    external: "CKV_GHA_2, Scorecard Dangerous-Workflow",
    azureDevops: { lint: "experiments/pipelines" },
  },
  "workflow-no-cache": {
    promise: "The submission restores no cache.",
    kind: "lint",
    threats: ["T40"],
    azureDevops: { lint: "experiments/pipelines" },
  },
  "references-pinned": {
    promise: "What a job names is in the reviewed commit, or is held to an immutable version or digest.",
    kind: "lint",
    threats: ["T46"],
    external: "Scorecard Pinned-Dependencies",
    azureDevops: { lint: "experiments/submission/submit.py" },
  },
  "adopted-jobs-refused": {
    promise: "A job that has not changed since before the rules is refused.",
    kind: "lint",
    threats: ["T18"],
    azureDevops: { refusedBy: "schema/gate.ts ownedOnAzureDevOps" },
  },
} as const satisfies Group;

const audit = {
  "audit-rules": {
    promise: "Nobody bypasses the rules of a branch that deploys, in whatever ruleset.",
    kind: "audit",
    threats: ["T02", "T03"],
    remedy: "Take the actor out, or the ruleset that nobody declared.",
    external: "CIS 1.1.19",
  },
  "audit-writers": {
    promise: "No administrator, deploy key or app can lift the rules or push as nobody, unless accepted by name.",
    kind: "audit",
    threats: ["T03", "T14"],
    remedy: "Take the access away: teams that the stack declares write, and nobody administers.",
  },
  "audit-environment": {
    promise: "The environment that production trusts exists, lets in branches that have rules, and has reviewers.",
    kind: "audit",
    threats: ["T19", "T20", "T22", "T31"],
    remedy: "Set it back in the environment's settings: no deployment sees it.",
  },
  "audit-application": {
    promise: "The pipeline's application has the declared owner and trust, no secret and no certificate.",
    kind: "audit",
    threats: ["T44"],
    remedy: "Take the credential or the owner away: the pipeline needs its one federated credential alone.",
  },
  "audit-identities": {
    promise: "Nobody becomes an identity of a cluster or of a deployer but by the ways that are declared.",
    kind: "audit",
    threats: ["T44", "T46"],
    remedy: "Take away the right on the identity, what trusts somebody else, or where it is attached.",
  },
  "audit-rights": {
    promise: "Every right on the production workspace, inherited ones included, is reviewed or accepted by name.",
    kind: "audit",
    threats: ["T42"],
    remedy: "Take the right away; who needs it in an emergency is made eligible and accepted by name.",
  },
  "audit-code": {
    promise: "Nobody but the pipeline and the clusters writes where jobs' code and images lie, by whatever right.",
    kind: "audit",
    threats: ["T42", "T46"],
    remedy: "Take the right away: the pipeline uploads what was reviewed, and people need to write nothing there.",
  },
  "audit-jobs": {
    promise: "Each job was submitted by the pipeline, from a commit on a branch that deploys.",
    kind: "audit",
    threats: ["T42", "T47"],
    remedy: "Find out by which right it was submitted and close that; what ran has run.",
  },
  "audit-state": {
    promise:
      "Whoever can write the state of the stack, and with it decide what a deployment runs, is accepted by name.",
    kind: "audit",
    threats: ["T41", "T42"],
    remedy: "Take the right away from whoever need not restore the state.",
  },
  "runner-machines": {
    promise: "Nobody reaches the machines on which the pipeline runs.",
    kind: "notClosable",
    threats: ["T39"],
    remedy: "Accept by name who administers the machines; let each of them run one job.",
    reason: "Whoever administers a machine takes the tokens of its jobs, and GitHub does not know who that is.",
    source: "https://docs.github.com/actions/reference/security/secure-use#hardening-for-self-hosted-runners",
  },
  "infrastructure-pipelines": {
    promise:
      "Pull requests against this program run without credentials, but for a preview that a reviewer lets run; its deployment has the same gate.",
    kind: "input",
    threats: ["T41"],
    azure: ["managedidentity:FederatedIdentityCredential issuer subject audiences"],
    github: ["RepositoryEnvironment reviewers preventSelfReview deploymentBranchPolicy.customBranchPolicies"],
    external: "CICD-SEC-4",
    azureDevops: [
      "CheckBranchControl allowedBranches verifyBranchProtection",
      "CheckApproval approvers requesterCanApprove",
      "PipelineAuthorization pipelineId",
    ],
  },
} as const satisfies Group;

const azureDevops = {
  "pipeline-authorised-singly": {
    promise: "Connection, environment, pool and variables are authorised for one pipeline.",
    kind: "input",
    threats: ["T32"],
    azureDevops: ["PipelineAuthorization pipelineId", "VariableGroup allowAccess"],
  },
  "pipeline-not-editable": {
    promise: "No project member edits the pipeline, makes another one, or takes a check away.",
    kind: "input",
    threats: ["T33"],
    azureDevops: [
      "BuildDefinitionPermissions permissions.EditBuildDefinition permissions.DeleteBuildDefinition permissions.AdministerBuildPermissions",
      "ServiceendpointPermissions permissions.Use permissions.Administer",
    ],
  },
  "pipeline-classic-off": {
    promise: "Classic pipelines are off.",
    kind: "audit",
    threats: ["T35"],
    built: false,
    azureDevops: {
      none: "The switch is the organisation's and the project's, and no provider has it.",
      audit: "pipeline-classic-off",
    },
  },
  "tasks-restricted": {
    promise: "Pipelines use the tasks that Microsoft ships, and those that the organisation installed on purpose.",
    kind: "audit",
    threats: ["T38"],
    built: false,
    external: "CICD-SEC-3",
    azureDevops: {
      none: "The organisation's setting, which no provider has.",
      audit: "tasks-restricted",
    },
  },
  "connection-literal": {
    promise: "The connection's name stands in the pipeline word for word.",
    kind: "lint",
    threats: ["T36"],
    azureDevops: { lint: "experiments/pipelines" },
  },
} as const satisfies Group;

/** Every control, in the order of the document. */
export const controlGroups = {
  "The workspace": workspace,
  Computes: compute,
  "Stores and datastores": stores,
  "Vault, registry, logs": around,
  "Networks and egress": network,
  Guardrails: guardrails,
  "Who may do what": access,
  Branches: branches,
  "The repository": repository,
  "Actions, environments and the credential": actions,
  "The submission workflow": submission,
  "The access audit and this program's own pipelines": audit,
  "Azure DevOps": azureDevops,
} as const;

/** Every control by its id, which stays. */
export const controls = {
  ...workspace,
  ...compute,
  ...stores,
  ...around,
  ...network,
  ...guardrails,
  ...access,
  ...branches,
  ...repository,
  ...actions,
  ...submission,
  ...audit,
  ...azureDevops,
} as const;

export type ControlId = keyof typeof controls;

/** Those that the access audit can find broken. */
export type AuditedId = {
  [Id in ControlId]: (typeof controls)[Id] extends { readonly remedy: string } ? Id : never;
}[ControlId];

/** The controls that are built, but for those of Azure DevOps alone: each of them needs a proof in test/controls.test.ts. */
export type ProvenControlId = Exclude<
  {
    [Id in ControlId]: (typeof controls)[Id] extends { readonly built: false } | { readonly kind: "notClosable" }
      ? never
      : Id;
  }[ControlId],
  keyof typeof azureDevops
>;

/** Pulumi's tokens of the types that carry the control's promise. */
export function typesOf({ azure = [], entra = [], github = [] }: Control): string[] {
  const type = (place: string) => place.split(" ", 1)[0] ?? "";
  const bridged = (provider: string) => (place: string) =>
    `${provider}:index/${type(place).charAt(0).toLowerCase()}${type(place).slice(1)}:${type(place)}`;
  return [
    ...azure.map((place) => `azure-native:${type(place)}`),
    ...entra.map(bridged("azuread")),
    ...github.map(bridged("github")),
  ];
}

/** What is kept on Azure DevOps by whatever means: each needs a proof in test/controlsOnAzureDevOps.test.ts. */
export type AzureDevOpsControlId = {
  [Id in ControlId]: (typeof controls)[Id] extends {
    readonly azureDevops: Where | { readonly refusedBy: string } | { readonly lint: string };
  }
    ? Id
    : never;
}[ControlId];

/** Whether the control is built; what cannot be closed is not. */
export function isBuilt(control: Control): boolean {
  return control.kind !== "notClosable" && control.built !== false;
}

/** Rules of others for what this program makes that it does not meet, and why. */
export const notMet: Readonly<Record<string, string>> = {
  "CIS 1.1.15, CKV_GITHUB_17":
    "No list of who may push: pull requests are the only way in, and no list is shorter than nobody.",
  "Azure.VNET.UseNSGs": "Subnets for private endpoints have no security group; those for compute nodes do.",
  "CKV2_AZURE_1, Policy ba769a63-b8cc-4b2d-abf6-ac33c7204be8, MCSB DP-5":
    "Customer-managed keys are not offered; Azure's own keys encrypt what is at rest.",
  CKV_AZURE_206: "Stores are kept in one region: a silo's data stays where the silo is.",
  CKV_AZURE_33: "The queue service of the stores has no logs: nothing here uses it.",
  CKV2_AZURE_41: "No limit for shared access signatures: with account keys off there are none but short-lived ones.",
  "CKV_AZURE_163, CKV_AZURE_164, CKV_AZURE_166, CKV_AZURE_167, AZR-000008, AZR-000009, AZR-000010":
    "Scanning, signing and quarantine of images are the organisation's.",
  "CKV_AZURE_165, CKV_AZURE_233, CKV_AZURE_237": "The registry is in one region and zone, without data endpoints.",
  "Policy e413671a-dd10-4cc1-a943-45b598596cb7": "Demands the legacy mode, in which no job of today's interface runs.",
};
