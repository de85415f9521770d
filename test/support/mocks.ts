/** A Pulumi engine that only records: what a program or component would register, without any cloud. */
import * as pulumi from "@pulumi/pulumi";

/** What a program makes or takes over; what it only reads is not here. */
export interface Created {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** What was registered since the last {@link mockEngine}. */
export const created: Created[] = [];

/** How many others each registration waits for, components and what is only read included, by its name. */
export const waitsFor = new Map<string, number>();

/** The newest commit of the example's adopted repository, as its stack file names it. */
const headOfLab = "1bc279051ac545af8adf5345857fe66b4834c266";

/** The newest commit of every other branch. */
export const headOfMain = "a1".repeat(20);

const calls: Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>> = {
  "azuread:index/getClientConfig:getClientConfig": () => ({
    tenantId: "3c9f1f0e-2b7c-4f5e-8d70-6a1f4f0b9d11",
    objectId: "deployer",
    clientId: "c",
  }),
  "azuread:index/getServicePrincipal:getServicePrincipal": ({ clientId }) => ({
    clientId,
    objectId: "graph",
    appRoleIds: Object.fromEntries(
      [
        "Application.ReadWrite.OwnedBy",
        "Application.Read.All",
        "GroupMember.Read.All",
        "RoleManagement.Read.Directory",
        "User.ReadBasic.All",
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
      ].map((role) => [role, `id of ${role}`]),
    ),
  }),
  "azure-native:authorization:getClientToken": () => ({ token: "token" }),
  "github:index/getOrganization:getOrganization": ({ name }) => ({
    id: "4711",
    login: String(name).toLowerCase(),
    plan: name === "poor" ? "team" : "enterprise",
    defaultRepositoryPermission: name === "trusting" ? "write" : "read",
  }),
  // The repositories "lab…" were there before any rule, "taken…" were taken over.
  "github:index/getBranchProtectionRules:getBranchProtectionRules": ({ repository }) => ({
    rules: /^(fl-)?lab(?!-ruled)/.test(String(repository)) ? [] : [{ pattern: "main" }],
  }),
  "github:index/getRepositoryEnvironments:getRepositoryEnvironments": ({ repository }) => ({
    environments:
      repository === "lab-deploys" ? [{ name: "prod" }] : repository === "lab-shouts" ? [{ name: "Prod" }] : [],
  }),
  "github:index/getActionsEnvironmentVariables:getActionsEnvironmentVariables": ({ name }) => ({
    variables: String(name).startsWith("taken") ? [{ name: "REVIEWED_SINCE", value: headOfMain }] : [],
  }),
  "github:index/getRepositoryEnvironmentDeploymentPolicies:getRepositoryEnvironmentDeploymentPolicies": () => ({
    policies: [
      { pattern: "main", type: "branch" },
      { pattern: "*", type: "branch" },
    ],
  }),
  "github:index/getTree:getTree": ({ repository }) => ({
    entries: (repository === "lab-builds"
      ? [".github/workflows/build.yml", "README.md"]
      : [".github/CODEOWNERS", "README.md"]
    ).map((path) => ({ path })),
  }),
  // "release" was pushed by somebody; "main" is as the program made it.
  "github:index/getBranch:getBranch": ({ branch, repository }) =>
    branch === "main" || branch === "release"
      ? { branch, ref: `refs/heads/${String(branch)}`, sha: repository === "fl-lab" ? headOfLab : headOfMain }
      : {},
  "github:index/getRepositoryFile:getRepositoryFile": () => ({ content: "* @contoso-fl/fl-maintainers\n" }),
  // The repository "gone" does not exist, "old" is archived.
  "github:index/getRepository:getRepository": ({ fullName }) => {
    const name = String(fullName).split("/")[1];
    return name === "gone"
      ? {}
      : {
          name,
          fullName,
          repoId: 815,
          archived: name === "old",
          visibility: name === "open" ? "public" : "private",
          defaultBranch: name === "lab-old" ? "master" : "main",
        };
  },
  "azuredevops:index/getClientConfig:getClientConfig": () => ({
    organizationUrl: "https://dev.azure.com/contoso-fl",
    tenantId: "3c9f1f0e-2b7c-4f5e-8d70-6a1f4f0b9d11",
  }),
  // The project "gone" does not exist, nor what would be in "empty".
  "azuredevops:index/getProject:getProject": ({ name }) => {
    if (name === "gone") throw new Error("Project with name gone or ID  does not exist");
    return { id: `project-${String(name)}`, name, visibility: name === "open" ? "public" : "private" };
  },
  "azuredevops:index/getGitRepository:getGitRepository": ({ projectId, name }) => {
    if (projectId === "project-empty") throw new Error(`Repository with name ${String(name)} does not exist`);
    return { id: `repository-${String(name)}`, name, webUrl: `https://dev.azure.com/contoso-fl/_git/${String(name)}` };
  },
  "azuredevops:index/getBuildDefinition:getBuildDefinition": ({ name }) => ({
    id: String(100 + String(name).length),
    name,
  }),
  "azuredevops:index/getGroup:getGroup": ({ projectId = "organisation", name }) => ({
    id: String(name),
    descriptor: `${String(projectId)}/${String(name)}`,
  }),
  "azuredevops:index/getUsers:getUsers": () => ({
    users: [
      { descriptor: "svc.ours", principalName: "repository-project-id" },
      { descriptor: "svc.other", principalName: "another project" },
    ],
  }),
  "azuredevops:index/getAgentQueue:getAgentQueue": ({ name }) => ({ id: `queue-${String(name)}`, name }),
  // The group of zeros does not exist, that of ones has one member.
  "azuread:index/getGroup:getGroup": ({ objectId }) => {
    if (/^0+-/.test(String(objectId))) throw new Error("No group found");
    return { objectId, members: /^1+-/.test(String(objectId)) ? ["ada"] : ["ada", "ben", "cem", "dee"] };
  },
  "github:index/getTeam:getTeam": ({ slug }) => {
    if (slug === "nobody") throw new Error("404 Not Found");
    return { id: "7", slug, privacy: slug === "hidden" ? "secret" : "closed", members: ["ada", "ben", "cem", "dee"] };
  },
};

/** What everything else hangs on where a whole program runs; nothing that a program makes. */
const stackType = "pulumi:pulumi:Stack";

type NewResource = Omit<pulumi.runtime.MockResourceArgs, "inputs"> & { readonly inputs: Record<string, unknown> };

/** A fresh engine. A lookup that no test expects fails. */
export async function mockEngine(stack = "prod"): Promise<void> {
  created.length = 0;
  waitsFor.clear();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }: NewResource) => {
        const reads = id !== undefined && id !== "" && Object.keys(inputs).length === 0;
        if (!reads && type !== stackType) created.push({ type, name, inputs });
        return {
          id: id || (ids[type]?.(name) ?? `${name}-id`),
          state: {
            ...inputs,
            ...(reads ? { name: id?.split("/").at(-1) } : named(inputs)),
            ...outputs[type]?.(name, inputs),
          },
        };
      },
      call: ({ token, inputs }) => {
        const call = calls[token];
        if (call === undefined) throw new Error(`No test expects a call of ${token}.`);
        return call(inputs as Record<string, unknown>);
      },
    },
    "federated-mlops",
    stack,
    false,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    waitsFor.set(request.getName(), request.getDependenciesList().length);
    return register(request, callback);
  };
}

/** The part of the recording engine that is told what a resource depends on; the mocks are not. */
interface Monitor {
  registerResource(
    request: { getName(): string; getDependenciesList(): string[] },
    callback: (error: unknown, response: unknown) => void,
  ): unknown;
}

/** azure-native takes a resource's name under a word for its kind, the innermost one here, and gives it as `name`. */
function named(inputs: Record<string, unknown>): Record<string, unknown> {
  const words = [
    "subnet",
    "privateEndpoint",
    "privateZone",
    "virtualNetwork",
    "container",
    "compute",
    "workspace",
    "account",
    "vault",
    "registry",
    "resource",
    "resourceGroup",
  ];
  const word = words.find((kind) => `${kind}Name` in inputs);
  return word === undefined ? {} : { name: inputs[`${word}Name`] };
}

/** Ids that are numbers, which follow from the length of a name. */
const ids: Record<string, (name: string) => string> = {
  "azuredevops:index/buildDefinition:BuildDefinition": (name) => String(100 + name.length),
};

const outputs: Record<string, (name: string, inputs: Record<string, unknown>) => Record<string, unknown>> = {
  "azuread:index/application:Application": (name) => ({ clientId: `${name}-client`, objectId: `${name}-object` }),
  "azuread:index/servicePrincipal:ServicePrincipal": (name) => ({ objectId: `${name}-object` }),
  "azure-native:managedidentity:UserAssignedIdentity": (name) => ({
    principalId: `${name}-principal`,
    clientId: `${name}-client`,
  }),
  "azuredevops:index/git:Git": (name) => ({ webUrl: `https://dev.azure.com/contoso-fl/_git/${name}` }),
  "azuredevops:index/group:Group": (name) => ({ descriptor: `${name}-descriptor`, groupId: `${name}-group` }),
  "azuredevops:index/serviceEndpointAzureRM:ServiceEndpointAzureRM": (name) => ({
    workloadIdentityFederationIssuer: "https://login.microsoftonline.com/tenant/v2.0",
    workloadIdentityFederationSubject: `/eid1/c/pub/t/tenant/a/app/sc/organisation/${name}`,
  }),
  "github:index/repository:Repository": (_, { name }) => ({
    repoId: 815,
    nodeId: "R_815",
    fullName: `contoso-fl/${String(name)}`,
  }),
};

/** Waits until everything has been registered, and returns its URNs without the stack's own prefix. */
export async function urns(): Promise<string[]> {
  await pulumi.runtime.disconnect();
  const monitor = pulumi.runtime.getMonitor() as unknown as { getRegisteredResources(): Map<string, unknown> };
  return [...monitor.getRegisteredResources().keys()]
    .map((urn) => urn.split("::").slice(2).join("::").replace(`${stackType}$`, ""))
    .filter((urn) => !urn.startsWith(stackType));
}

export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** The one registration of `type` (and `name`), or an error that says how many there are. */
export function only(type: string, name?: string): Record<string, unknown> {
  const found = created.filter((one) => one.type === type && (name === undefined || one.name === name));
  const [first] = found;
  if (found.length !== 1 || first === undefined) {
    throw new Error(`Expected one ${type}${name === undefined ? "" : ` named ${name}`}, found ${found.length}.`);
  }
  return first.inputs;
}
