import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import type { BranchRules } from "../gate";
import { protectBranch } from "./branch";
import { builtIn, type Group, ordinaryGroups, type People } from "./people";
import type { Project, Repository } from "./project";

/** A repository of the project, with a first commit on `main`. */
export function gitRepository(
  name: string,
  repositoryName: string,
  project: Project,
  protect: boolean,
  parent: pulumi.Resource,
): azuredevops.Git {
  return new azuredevops.Git(
    name,
    {
      projectId: project.id,
      name: repositoryName,
      defaultBranch: "refs/heads/main",
      initialization: { initType: "Clean" },
    },
    // How it began is not read back; a renamed repository is another one.
    { parent, protect, ignoreChanges: ["initialization"], replaceOnChanges: ["name"] },
  );
}

export interface ReviewArgs {
  readonly repository: Repository;
  readonly project: Project;
  readonly branches: Readonly<Record<string, BranchRules>>;
  readonly people: People;
  /** As whom pipelines run. */
  readonly jobs: Group;
  /** The pipelines that are checks, by name. */
  readonly pipelines: Readonly<Record<string, pulumi.Input<number>>>;
}

/**
 * Everything that makes review the only way into the protected branches of a repository. Writers come last: nobody writes
 * before the rules stand, or after they are gone.
 */
export function reviewed(name: string, args: ReviewArgs, parent: pulumi.Resource): pulumi.Resource[] {
  const { repository, project, branches, people, jobs, pipelines } = args;
  const on = { projectId: project.id, repositoryId: repository.id };
  const policies = Object.entries(branches).flatMap(([branch, { codeOwners: _, ...rules }]) =>
    protectBranch(
      `${name}-${branch}`,
      { ...rules, branch, projectId: project.id, repository, owners: ownersOf(branch, people), pipelines },
      parent,
    ),
  );

  const strangers = ordinaryGroups(project, parent).map(
    ({ suffix, descriptor: principal }) =>
      new azuredevops.GitPermissions(
        `${name}-permissions-${suffix}`,
        { ...on, principal, permissions: { ...pastRules, ...overRules } },
        { parent },
      ),
  );
  const administrators = new azuredevops.GitPermissions(
    `${name}-permissions-project-administrators`,
    // Rules are theirs to change: whoever deploys is one of them.
    { ...on, principal: builtIn("Project Administrators", project, parent), permissions: pastRules },
    { parent },
  );
  const pipelinesThemselves = new azuredevops.GitPermissions(
    `${name}-permissions-jobs`,
    { ...on, principal: jobs.descriptor, permissions: { ...pastRules, ...overRules, ...notToWrite } },
    { parent },
  );

  const rules = [...policies, ...strangers, administrators, pipelinesThemselves];
  const writers = new azuredevops.GitPermissions(
    `${name}-permissions-writers`,
    { ...on, principal: people.writers.descriptor, permissions: { ...toWrite, ...pastRules, ...overRules } },
    { parent, dependsOn: rules },
  );
  return [...rules, writers];
}

export function ownersOf(branch: string, { owners }: People): Group {
  const found = owners[branch];
  if (found === undefined) throw new Error(`Nobody owns ${branch}.`);
  return found;
}

/** Ways past a rule, which nobody has. A forced push would delete branches and tags too. */
const pastRules = {
  PolicyExempt: "Deny",
  PullRequestBypassPolicy: "Deny",
  ForcePush: "Deny",
  CreateTag: "Deny",
};

/** What would change the rules, or what they are about. */
const overRules = {
  Administer: "Deny",
  EditPolicies: "Deny",
  ManagePermissions: "Deny",
  DeleteRepository: "Deny",
  RenameRepository: "Deny",
};

const toWrite = {
  GenericRead: "Allow",
  GenericContribute: "Allow",
  CreateBranch: "Allow",
  PullRequestContribute: "Allow",
};

/** A job that could vote would be one of the reviewers. */
const notToWrite = {
  GenericContribute: "Deny",
  CreateBranch: "Deny",
  PullRequestContribute: "Deny",
};
