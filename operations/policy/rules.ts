/** Every rule of the pack, in the order of the table of controls. */
import type { Rule } from "./rule";
import { applicationNoSecret } from "./rules/applicationNoSecret";
import { branchApprovals } from "./rules/branchApprovals";
import { branchByName } from "./rules/branchByName";
import { branchCodeOwners } from "./rules/branchCodeOwners";
import { branchDeploysRuled } from "./rules/branchDeploysRuled";
import { branchDismissals } from "./rules/branchDismissals";
import { branchHistory } from "./rules/branchHistory";
import { branchLastPush } from "./rules/branchLastPush";
import { branchNoBypass } from "./rules/branchNoBypass";
import { branchPullRequest } from "./rules/branchPullRequest";
import { branchStaleReviews } from "./rules/branchStaleReviews";
import { computeLocalAuth } from "./rules/computeLocalAuth";
import { computePrivate } from "./rules/computePrivate";
import { credentialByNumber } from "./rules/credentialByNumber";
import { credentialExact } from "./rules/credentialExact";
import { credentialLast } from "./rules/credentialLast";
import { datastoreNoKeys } from "./rules/datastoreNoKeys";
import { environmentBranches } from "./rules/environmentBranches";
import { environmentNoAdminBypass } from "./rules/environmentNoAdminBypass";
import { environmentReviewers } from "./rules/environmentReviewers";
import { environmentsApart } from "./rules/environmentsApart";
import { insightsByIdentity } from "./rules/insightsByIdentity";
import { kindTagged } from "./rules/kindTagged";
import { peopleReadOnly } from "./rules/peopleReadOnly";
import { peopleWriteNothing } from "./rules/peopleWriteNothing";
import { pipelineScope } from "./rules/pipelineScope";
import { pipelineSubmitter } from "./rules/pipelineSubmitter";
import { protectData } from "./rules/protectData";
import { registryNoAccounts } from "./rules/registryNoAccounts";
import { registryPrivate } from "./rules/registryPrivate";
import { repositoryPrivate } from "./rules/repositoryPrivate";
import { repositoryWriters } from "./rules/repositoryWriters";
import { rightsNarrow } from "./rules/rightsNarrow";
import { silosApart } from "./rules/silosApart";
import { storeNoAnonymous } from "./rules/storeNoAnonymous";
import { storeNoLocalUsers } from "./rules/storeNoLocalUsers";
import { storeNoSharedKey } from "./rules/storeNoSharedKey";
import { storePrivate } from "./rules/storePrivate";
import { tagsNone } from "./rules/tagsNone";
import { typesKnown } from "./rules/typesKnown";
import { vaultByRole } from "./rules/vaultByRole";
import { vaultPrivate } from "./rules/vaultPrivate";
import { workflowToken } from "./rules/workflowToken";
import { workspaceNoStoreKeys } from "./rules/workspaceNoStoreKeys";
import { workspaceOwnIdentity } from "./rules/workspaceOwnIdentity";
import { workspacePrivate } from "./rules/workspacePrivate";

export const rules: readonly Rule[] = [
  workspacePrivate,
  workspaceOwnIdentity,
  workspaceNoStoreKeys,
  computeLocalAuth,
  computePrivate,
  storeNoSharedKey,
  storeNoAnonymous,
  storePrivate,
  storeNoLocalUsers,
  datastoreNoKeys,
  vaultByRole,
  vaultPrivate,
  registryNoAccounts,
  registryPrivate,
  insightsByIdentity,
  protectData,
  kindTagged,
  typesKnown,
  peopleReadOnly,
  peopleWriteNothing,
  pipelineScope,
  pipelineSubmitter,
  rightsNarrow,
  silosApart,
  environmentsApart,
  applicationNoSecret,
  branchPullRequest,
  branchApprovals,
  branchLastPush,
  branchStaleReviews,
  branchDismissals,
  branchCodeOwners,
  branchHistory,
  branchNoBypass,
  branchByName,
  branchDeploysRuled,
  tagsNone,
  repositoryPrivate,
  repositoryWriters,
  workflowToken,
  environmentBranches,
  environmentReviewers,
  environmentNoAdminBypass,
  credentialExact,
  credentialByNumber,
  credentialLast,
];
