import type { Role } from "../../../facts/roles";
import { assignmentIn, holders, isDefaultStore, storeType, workspaceType } from "../roleAssignment";
import type { Rule } from "../rule";

const onWorkspace: readonly (Role | "submitter" | undefined)[] = ["Contributor", "submitter"];
const onStore: readonly (Role | "submitter" | undefined)[] = [
  "Storage Blob Data Contributor",
  "Storage File Data Privileged Contributor",
];

export const pipelineScope: Rule = {
  control: "pipeline-scope",
  *judgeAll(resources) {
    for (const resource of resources) {
      const assignment = assignmentIn(resource);
      if (assignment === undefined) continue;
      const pipeline = holders(resource, resources).some(({ type }) => type.startsWith("azuread:"));
      const { on, role, scope } = assignment;
      const fits =
        (on === workspaceType && onWorkspace.includes(role)) ||
        (on === storeType && onStore.includes(role) && isDefaultStore(scope, resources));
      if (pipeline && !fits) {
        yield {
          urn: assignment.urn,
          complaint: `The pipeline gets ${role ?? "another role"} on ${scope}. It must be ${onWorkspace.join(" or ")} of the workspace, or ${onStore.join(" or ")} of its own store.`,
        };
      }
    }
  },
};
