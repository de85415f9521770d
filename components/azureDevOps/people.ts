import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import type { RepositoryArgs } from "../gate";
import type { Project } from "./project";

/** A group by both of its names: permissions and memberships know descriptors, policies and checks know ids. */
export interface Group {
  readonly descriptor: pulumi.Output<string>;
  readonly id: pulumi.Output<string>;
}

export interface People {
  /** Everybody who may push branches and open pull requests. */
  readonly writers: Group;
  /** Who owns all files on a branch. */
  readonly owners: Readonly<Record<string, Group>>;
  /** Who approves runs in production. */
  readonly deployReviewers: readonly Group[];
  /** The memberships by which all of them see the project. */
  readonly readers: pulumi.Resource;
}

/**
 * The Entra groups of the stack file, in groups of the project by what they are for. Permissions and policies name those:
 * of several groups in one policy Azure DevOps would ask each to approve, and a group's members are all looked at.
 */
export function peopleOf(
  name: string,
  {
    repositoryName,
    branches,
    contributors,
    deployReviewers,
  }: Pick<RepositoryArgs, "repositoryName" | "branches" | "contributors" | "deployReviewers">,
  project: Project,
  parent: pulumi.Resource,
): People {
  const child = { parent };
  const ofBranches = Object.values(branches).flatMap(({ codeOwners }) => codeOwners);
  const named = [...new Set([...ofBranches, ...contributors, ...deployReviewers])];
  const entra = new Map(
    named.map((originId) => [
      originId,
      new azuredevops.Group(
        `${name}-entra-${originId}`,
        { originId },
        // Deleted, it would leave every project of the organisation.
        { ...child, retainOnDelete: true },
      ),
    ]),
  );
  const of = (ids: readonly string[]) => ids.flatMap((id) => entra.get(id) ?? []);
  const groupFor = (suffix: string, what: string, ids: readonly string[]) =>
    new azuredevops.Group(
      `${name}-${suffix}`,
      {
        scope: project.id,
        displayName: `${repositoryName} ${what}`,
        description: "Managed by federated-mlops: membership is changed in Entra.",
        members: of([...new Set(ids)]).map(({ descriptor }) => descriptor),
      },
      child,
    );

  const writers = groupFor("writers", "writers", [...ofBranches, ...contributors]);
  const owners = Object.entries(branches).map(([branch, { codeOwners }]) => [
    branch,
    // A group's name takes no slash.
    asGroup(groupFor(`${branch}-owners`, `owners of ${branch.replaceAll("/", "-")}`, codeOwners)),
  ]);
  const reviewers = of(deployReviewers);
  const readers = new azuredevops.GroupMembership(
    `${name}-readers`,
    {
      group: builtIn("Readers", project, parent),
      members: [writers.descriptor, ...reviewers.map(({ descriptor }) => descriptor)],
      mode: "add",
    },
    child,
  );
  return {
    writers: asGroup(writers),
    owners: Object.fromEntries(owners) as Record<string, Group>,
    deployReviewers: reviewers.map(asGroup),
    readers,
  };
}

/** Descriptor of a group that every project has. */
export function builtIn(name: string, project: Pick<Project, "id">, parent: pulumi.Resource): pulumi.Output<string> {
  return azuredevops.getGroupOutput({ projectId: project.id, name }, { parent }).descriptor;
}

/** A group that every project has, with what ends the names of the permissions that it gets. */
export interface OrdinaryGroup {
  readonly suffix: string;
  readonly descriptor: pulumi.Output<string>;
}

/** Who may write, edit and use by default: what is not for everybody in the project is denied to them. */
export function ordinaryGroups(project: Pick<Project, "id">, parent: pulumi.Resource): OrdinaryGroup[] {
  return ["Contributors", "Build Administrators"].map((group) => ({
    suffix: group.toLowerCase().replace(" ", "-"),
    descriptor: builtIn(group, project, parent),
  }));
}

/**
 * The identities as which jobs run, in a group: permissions take no single identity. Azure DevOps makes the project's own
 * with its first pipeline; until a later `up` finds it there, it has the little that it has by default.
 */
export function jobsOf(
  name: string,
  repositoryName: string,
  project: Project,
  pipelines: readonly pulumi.Resource[],
  parent: pulumi.Resource,
): Group {
  const services = azuredevops.getUsersOutput({ subjectTypes: ["svc"] }, { parent, dependsOn: [...pipelines] });
  const own = pulumi
    .all([services.users, project.id])
    .apply(([users, id]) =>
      users.flatMap(({ principalName, descriptor }) => (principalName === id ? [descriptor] : [])),
    );
  const organisation = azuredevops.getGroupOutput({ name: "Project Collection Build Service Accounts" }, { parent });
  return asGroup(
    new azuredevops.Group(
      `${name}-jobs`,
      {
        scope: project.id,
        displayName: `${repositoryName} jobs`,
        description: "Managed by federated-mlops: as whom pipelines run.",
        members: pulumi.all([organisation.descriptor, own]).apply(([all, project]) => [all, ...project]),
      },
      { parent },
    ),
  );
}

function asGroup({ descriptor, groupId }: azuredevops.Group): Group {
  return { descriptor, id: groupId };
}
