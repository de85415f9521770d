import { assignmentIn, holders } from "../roleAssignment";
import type { Rule } from "../rule";

export const environmentsApart: Rule = {
  control: "environments-apart",
  *judgeAll(resources) {
    for (const resource of resources) {
      const assignment = assignmentIn(resource);
      if (assignment === undefined || assignment.person || holders(resource, resources).length > 0) continue;
      yield {
        urn: assignment.urn,
        complaint:
          "principalId is a service principal's that this stack does not make. It must come from one of its own.",
      };
    }
  },
};
