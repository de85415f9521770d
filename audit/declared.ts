/**
 * The world as the stack declares it, before anything stands: from `pulumi preview --json --show-sames`. Who is in a group,
 * who owns the organisation and what was granted above, no stack declares.
 */
import { assignmentsIn, identitiesIn, ownRoles, peopleIn } from "./declared/azure";
import { azureDevOpsIn, groupsOnAzureDevOps } from "./declared/azureDevOps";
import { principalsIn } from "./declared/directory";
import { repositoriesIn } from "./declared/github";
import { type Bag, Resources, text } from "./declared/preview";
import type { Azure, World } from "./model";
import { notProduction, Unanswered } from "./target";

/** The world that `json` declares. Throws {@link Unanswered} where that has no production. `roles`: what roles allow, which Azure tells. */
export function declaredWorld(json: string, stack: string, roles: Azure["roles"], at: Date): World {
  const resources = new Resources(json);
  const owner = resources.config["github:owner"] ?? "";
  const environment = resources.config["federated-mlops:environment"];
  if (environment !== "production") throw new Unanswered(notProduction(stack, environment));
  const [workspace] = resources.of("azure-native:machinelearningservices:Workspace");
  if (workspace === undefined) throw new Unanswered(`${stack} declares no workspace.`);
  const workspaceId = resources.armId(workspace, "Microsoft.MachineLearningServices/workspaces", "workspaceName");
  const [store] = resources.behind(workspace, "storageAccount", "azure-native:storage:StorageAccount");
  const [registry] = resources.behind(workspace, "containerRegistry", "azure-native:containerregistry:Registry");
  const storeId = store && resources.armId(store, "Microsoft.Storage/storageAccounts", "accountName");
  const principals = principalsIn(resources);
  const pipeline = [...principals.entries()].find(([, { trusts }]) => trusts.length > 0)?.[0];
  return {
    ...{ stack, declared: true, at: at.toISOString(), unknown: [] },
    production: {
      workspace: { id: workspaceId },
      pipeline,
      stores:
        store === undefined || storeId === undefined
          ? []
          : [{ id: storeId, sharedKey: store.inputs["allowSharedKeyAccess"] !== false, credentials: [] }],
      registry: registry && {
        id: resources.armId(registry, "Microsoft.ContainerRegistry/registries", "registryName"),
        adminUser: registry.inputs["adminUserEnabled"] === true,
      },
      computes: resources.of("azure-native:machinelearningservices:Compute").map(({ inputs }) => {
        const { computeType, disableLocalAuth } = inputs["properties"] as Bag;
        const kind = text(computeType) ?? "";
        const id = `${workspaceId}/computes/${text(inputs["computeName"])}`;
        return { id, kind, localAuth: kind === "AmlCompute" && disableLocalAuth !== true };
      }),
      ...{ jobs: [], schedules: [] },
    },
    azure: {
      assignments: assignmentsIn(resources),
      roles: { ...roles, ...ownRoles(resources) },
      above: {},
      identities: identitiesIn(resources, workspaceId),
    },
    directory: {
      tenant: "",
      people: peopleIn(resources, "User"),
      groups: Object.fromEntries(
        [...Object.keys(peopleIn(resources, "Group")), ...groupsOnAzureDevOps(resources)].map((id) => [
          id,
          { name: `the group ${id}`, members: undefined, owners: [], privileged: false },
        ]),
      ),
      principals: Object.fromEntries(principals),
      ...{ roles: [], permissions: [] },
    },
    github: {
      organisation: { login: owner, owners: [], apps: [] },
      repositories: repositoriesIn(resources, owner, [...principals.values()]),
    },
    azureDevOps: azureDevOpsIn(resources),
  };
}
