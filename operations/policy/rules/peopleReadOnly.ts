import { assignmentIn, isDefaultStore, storeType, workspaceType } from "../roleAssignment";
import type { Rule } from "../rule";

/** What people may be, and on what. */
const reads = {
  [workspaceType]: ["Reader"],
  [storeType]: ["Storage Blob Data Reader", "Storage File Data Privileged Reader"],
};

export const peopleReadOnly: Rule = {
  control: "people-read-only",
  *judge(resource, { environment }) {
    const assignment = assignmentIn(resource);
    if (environment !== "production" || assignment?.person !== true) return;
    const { on, role = "another role" } = assignment;
    if (!Object.entries(reads).some(([type, may]) => on === type && may.includes(role))) {
      yield `People get ${role} on ${on || "no single resource"}. They may be Reader of the workspace, and data readers of its own store. If it is no person, principalType must say "ServicePrincipal".`;
    }
  },
  *judgeAll(resources, { environment }) {
    for (const resource of resources) {
      const assignment = assignmentIn(resource);
      if (environment !== "production" || assignment?.person !== true || assignment.on !== storeType) continue;
      if (!isDefaultStore(assignment.scope, resources)) {
        yield {
          urn: assignment.urn,
          complaint: `People read ${assignment.scope}, which is not the workspace's own store.`,
        };
      }
    }
  },
};
