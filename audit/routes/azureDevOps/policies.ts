/** What a merge into a branch takes on Azure DevOps, and what is missing of it. */
import type { AuditedId } from "../../../facts/controls";
import type { BranchPolicy, GitRepository, PolicyScope, Project } from "../../model";
import type { Gap } from "../branches";

/** Whether a merge into the branch takes somebody's approval. */
export function isRuled(project: Project, repository: GitRepository, branch: string): boolean {
  return policiesOn(project, repository, branch).some(({ kind }) => kind === "reviewers");
}

/** Ways round somebody else's review. Every policy that holds the branch must be met. */
export function policyGaps(project: Project, repository: GitRepository, branch: string, up: string): Gap[] {
  const policies = policiesOn(project, repository, branch);
  const name = `${project.name}/${repository.name}`;
  const gap = (control: AuditedId, can: string, what: string): Gap => ({
    ...{ can, control, close: up },
    evidence: { id: `${name} ${branch} ${control}`, what: `${what} ${branch} of ${name}` },
  });
  if (policies.length === 0) return [gap("branch-pull-request", "pushes", "no policy in force holds")];
  const reviewers = policies.filter(({ kind }) => kind === "reviewers");
  const owners = policies.filter(({ kind, partial }) => kind === "owners" && !partial);
  const lacking = (which: (policy: BranchPolicy) => boolean) => !reviewers.some(which);
  return [
    ...(lacking(({ approvals, authorCounts }) => approvals > 0 && !authorCounts)
      ? [gap("branch-approvals", "merges what nobody else approved", "no policy asks for another's approval on")]
      : []),
    ...(reviewers.length > 0 && lacking(({ resets }) => resets)
      ? [gap("branch-stale-reviews", "pushes more after the approval", "a push leaves approvals standing on")]
      : []),
    ...(reviewers.length > 0 && lacking(({ lastPusherCounts }) => !lastPusherCounts)
      ? [
          gap(
            "branch-last-push",
            "pushes to somebody else's pull request and approves it",
            "the vote of whoever pushed last counts on",
          ),
        ]
      : []),
    ...(owners.some(({ authorCounts }) => !authorCounts)
      ? []
      : [gap("branch-code-owners", "merges without another owner of the code", "no policy asks an owner on")]),
  ];
}

function policiesOn({ policies }: Project, repository: GitRepository, branch: string): BranchPolicy[] {
  return policies.filter(
    ({ inForce, scopes }) => inForce && scopes.some((scope) => coversBranch(scope, repository, branch)),
  );
}

function coversBranch({ repository: on, ref, match }: PolicyScope, repository: GitRepository, branch: string): boolean {
  if (on !== undefined && on.toLowerCase() !== repository.id.toLowerCase()) return false;
  if (match === "DefaultBranch") return branch === repository.defaultBranch;
  const full = `refs/heads/${branch}`;
  return ref === undefined || (match === "Prefix" ? full.startsWith(ref) : full === ref);
}
