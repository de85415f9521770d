import { valueAt } from "../resource";
import { assignmentIn, storeType, workspaceType } from "../roleAssignment";
import { type Rule, worded } from "../rule";

/** On what a role may be assigned: one thing, never a group of things. */
const grantable = [
  workspaceType,
  storeType,
  `${storeType}/blobservices/containers`,
  "microsoft.keyvault/vaults",
  "microsoft.containerregistry/registries",
  "microsoft.insights/components",
];

export const rightsNarrow: Rule = {
  control: "rights-narrow",
  *judge(resource) {
    const assignment = assignmentIn(resource);
    if (assignment === undefined) return;
    if (!grantable.includes(assignment.on)) {
      yield `scope ${worded(valueAt(resource, "scope"))} It must be the id of one workspace, store, container, vault, registry or Application Insights component.`;
    }
    if (assignment.never !== undefined) {
      yield `${assignment.never} is assigned, which gives rights or lists keys. Nobody may hold it.`;
    } else if (assignment.role === undefined) {
      yield `roleDefinitionId ${worded(valueAt(resource, "roleDefinitionId"))} It must be a role of facts/roles.ts, or this program's own in the group of the workspace.`;
    }
  },
};
