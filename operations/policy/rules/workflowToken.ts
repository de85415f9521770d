import { demands, off, type Rule } from "../rule";

export const workflowToken: Rule = {
  control: "workflow-token",
  judge: demands({
    "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions": {
      defaultWorkflowPermissions: "read",
      canApprovePullRequestReviews: off,
    },
  }),
};
