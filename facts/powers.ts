/**
 * Rights that end in somebody's code running in an Azure ML workspace, or in reviewed code being another. Names of actions:
 * https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
 */
import { allows, allowsData, type Permission } from "./actions";

/** What a right can be on: the workspace, a store of its code, its registry, an identity, the state of its stack. */
export type Kind = "workspace" | "store" | "registry" | "identity" | "state";

export interface Power {
  /** What it lets somebody do, as the rest of a sentence. */
  readonly can: string;
  /**
   * `run`: code of theirs runs. `swap`: what was reviewed is not what runs. `keys`: tells account keys, which open what
   * takes them. `become`: acts as the identity. `write`: changes what a deployment does. `grant`: gives itself any right.
   */
  readonly gives: "run" | "swap" | "keys" | "become" | "write" | "grant";
  readonly action?: string;
  readonly dataAction?: string;
}

const ml = "Microsoft.MachineLearningServices/workspaces";
const storage = "Microsoft.Storage/storageAccounts";
const blobs = `${storage}/blobServices/containers/blobs`;
const files = `${storage}/fileServices`;
const images = "Microsoft.ContainerRegistry/registries";
const identities = "Microsoft.ManagedIdentity/userAssignedIdentities";
const authorization = "Microsoft.Authorization";

const writesBlobs: readonly Power[] = [
  "write",
  "add/action",
  "move/action",
  // With a hierarchical namespace, who owns a file gives the rights on it.
  "manageOwnership/action",
  "modifyPermissions/action",
  "runAsSuperUser/action",
].map((verb) => ({ can: "writes blobs", gives: "write", dataAction: `${blobs}/${verb}` }));

/** The most direct first. */
export const powers: Readonly<Record<Kind, readonly Power[]>> = {
  workspace: [
    { can: "submits jobs", gives: "run", action: `${ml}/jobs/write` },
    { can: "submits runs by the older interface", gives: "run", action: `${ml}/experiments/runs/submit/action` },
    { can: "lets a schedule start jobs", gives: "run", action: `${ml}/schedules/write` },
    { can: "puts code behind an endpoint", gives: "run", action: `${ml}/onlineEndpoints/deployments/write` },
    { can: "puts code behind a batch endpoint", gives: "run", action: `${ml}/batchEndpoints/deployments/write` },
    { can: "starts what lies behind a batch endpoint", gives: "run", action: `${ml}/batchEndpoints/jobs/write` },
    { can: "makes pipelines callable", gives: "run", action: `${ml}/endpoints/pipelines/write` },
    { can: "makes computes, whose set-up runs code", gives: "run", action: `${ml}/computes/write` },
    { can: "works on compute instances", gives: "run", action: `${ml}/computes/applicationaccess/action` },
    { can: "changes the code that jobs name", gives: "swap", action: `${ml}/codes/versions/write` },
    { can: "changes the components that jobs name", gives: "swap", action: `${ml}/components/versions/write` },
    { can: "changes the environments that jobs name", gives: "swap", action: `${ml}/environments/versions/write` },
    { can: "lets a datastore lead elsewhere", gives: "swap", action: `${ml}/datastores/write` },
    { can: "lists the workspace's keys", gives: "keys", action: `${ml}/listKeys/action` },
    { can: "lists the workspace's keys", gives: "keys", action: `${ml}/listStorageAccountKeys/action` },
    { can: "reads the credentials of datastores", gives: "keys", action: `${ml}/datastores/listsecrets/action` },
  ],
  store: [
    ...writesBlobs.map((power): Power => ({ ...power, can: "writes where jobs' code lies", gives: "swap" })),
    { can: "writes where jobs' code lies", gives: "swap", dataAction: `${files}/fileshares/files/write` },
    {
      can: "writes where jobs' code lies",
      gives: "swap",
      dataAction: `${files}/writeFileBackupSemantics/action`,
    },
    { can: "opens the store to account keys", gives: "swap", action: `${storage}/write` },
    { can: "makes local users of the store", gives: "swap", action: `${storage}/localUsers/write` },
    { can: "lists the store's keys", gives: "keys", action: `${storage}/listKeys/action` },
    { can: "makes new keys of the store", gives: "keys", action: `${storage}/regenerateKey/action` },
    { can: "signs access to the store", gives: "keys", action: `${storage}/listAccountSas/action` },
    { can: "signs access to the store", gives: "keys", action: `${storage}/listServiceSas/action` },
  ],
  registry: [
    { can: "pushes images", gives: "swap", action: `${images}/push/write` },
    { can: "pushes images", gives: "swap", dataAction: `${images}/repositories/content/write` },
    { can: "imports images", gives: "swap", action: `${images}/importImage/action` },
    { can: "lets the registry build images", gives: "swap", action: `${images}/scheduleRun/action` },
    { can: "lets the registry build images", gives: "swap", action: `${images}/tasks/write` },
    { can: "makes tokens that push images", gives: "swap", action: `${images}/tokens/write` },
    { can: "opens the registry to its administrator account", gives: "swap", action: `${images}/write` },
    { can: "reads the registry's password", gives: "keys", action: `${images}/listCredentials/action` },
  ],
  identity: [
    { can: "lets a machine of its own act as it", gives: "become", action: `${identities}/assign/action` },
    // So Managed Identity Operator spells it.
    { can: "lets a machine of its own act as it", gives: "become", action: `${identities}/*/assign/action` },
    {
      can: "lets it trust others",
      gives: "become",
      action: `${identities}/federatedIdentityCredentials/write`,
    },
  ],
  state: [
    ...writesBlobs,
    { can: "opens the state's store to account keys", gives: "write", action: `${storage}/write` },
  ],
};

/** Where a datastore holds a credential, a Reader may see it: two of Microsoft's pages disagree. */
export const readsCredentials: Power = {
  can: "reads an account key from a datastore",
  gives: "keys",
  action: `${ml}/datastores/read`,
};

/** Whoever has one of these on a thing, or above it, gives itself every other right there. */
export const grants: readonly Power[] = [
  { can: "gives itself a role", gives: "grant", action: `${authorization}/roleAssignments/write` },
  {
    can: "gives itself a role for a time",
    gives: "grant",
    action: `${authorization}/roleAssignmentScheduleRequests/write`,
  },
  {
    can: "makes itself eligible for a role",
    gives: "grant",
    action: `${authorization}/roleEligibilityScheduleRequests/write`,
  },
  { can: "widens a role", gives: "grant", action: `${authorization}/roleDefinitions/write` },
];

/** Those of `among` that `permissions` give. */
export function given(permissions: readonly Permission[], among: readonly Power[]): Power[] {
  return among.filter(
    ({ action, dataAction }) =>
      (action !== undefined && allows(permissions, action)) ||
      (dataAction !== undefined && allowsData(permissions, dataAction)),
  );
}
