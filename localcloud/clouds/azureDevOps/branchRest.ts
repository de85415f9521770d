/** Azure DevOps's REST interface to a branch: its commit, and its policies. */
import { createHash } from "node:crypto";

import { LocalCloud } from "../../localCloud";
import type { Row, Store } from "../../store";
import type { Answer, Route } from "../behaviour";
import { findProject, git, type } from "./project";
import { policiesOf, type PolicyInputs } from "./repository";

/** https://learn.microsoft.com/rest/api/azure/devops/policy/types/list */
const policyTypes: Readonly<Record<string, string>> = {
  [type("BranchPolicyMinReviewers")]: "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd",
  [type("BranchPolicyAutoReviewers")]: "fd2167ab-b0be-447a-8ec8-39368250530e",
  [type("BranchPolicyBuildValidation")]: "0609b952-1397-4640-95ec-e00a01b2c241",
  [type("BranchPolicyStatusCheck")]: "cbdc66da-9728-4af8-aada-9a5a32e4a226",
  [type("BranchPolicyCommentResolution")]: "c6a1889d-b943-4856-b76f-9e46bb6b0df2",
  [type("BranchPolicyMergeTypes")]: "fa4e907d-c16b-4a4c-9dfa-4916e5d171ab",
};

export const branchRoutes: readonly Route[] = [
  {
    path: "/{organisation}/{project}/_apis/git/repositories/{repository}/refs",
    answer: (names, store, { filter }) =>
      ofRepository(names["project"], names["repository"], store, ({ id }) =>
        ["refs/heads/main"]
          .filter((name) => name.startsWith(`refs/${typeof filter === "string" ? filter : ""}`))
          .map((name) => ({ name, objectId: commitOf(id) })),
      ),
  },
  {
    path: "/{organisation}/{project}/_apis/git/policy/configurations",
    answer: ({ project }, store, { repositoryId, refName }) =>
      ofRepository(project, String(repositoryId), store, ({ id }, cloud) =>
        policiesOf(id, String(refName).replace("refs/heads/", ""), cloud).map((row) => {
          const { enabled = true, blocking = true } = row.inputs as PolicyInputs;
          return {
            ...{ id: Number(row.id), isEnabled: enabled, isBlocking: blocking, isDeleted: false },
            type: { id: policyTypes[row.type] },
          };
        }),
      ),
  },
];

/** The newest commit of its `main`. */
const commitOf = (repositoryId: string) => createHash("sha1").update(`main of ${repositoryId}`).digest("hex");

/** A list of what a repository of the project has; nothing is found where that is not there. */
function ofRepository(
  project = "",
  repository = "",
  store: Store,
  list: (row: Row, cloud: LocalCloud) => unknown[],
): Answer {
  const cloud = new LocalCloud(store);
  const row = cloud.find(repository, git);
  if (row === undefined || row.inputs["projectId"] !== findProject(project, cloud)?.id) {
    return { status: 404, body: { message: `TF401019: The Git repository ${repository} does not exist.` } };
  }
  const value = list(row, cloud);
  return { status: 200, body: { count: value.length, value } };
}
