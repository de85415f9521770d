import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import { builtIn } from "../../../components/azureDevOps/people";
import type { Project } from "../../../components/azureDevOps/project";
import type { IdentifiedLane } from "../platform";
import type { Membership } from "./rights";

export interface MembersArgs {
  readonly workload: string;
  readonly lanes: readonly IdentifiedLane[];
  readonly rows: readonly Membership[];
  /** The rows' projects, by name. */
  readonly projects: Readonly<Record<string, Project>>;
}

/**
 * The lanes' identities in Azure DevOps, where no App acts for them: each a user of the organisation, in a group of its own
 * in each project that it works in, for permissions take no single identity.
 */
export class Members extends pulumi.ComponentResource {
  readonly rights: readonly pulumi.Resource[];

  constructor(name: string, args: MembersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:bootstrap:Members", name, {}, opts);
    const { workload, lanes, rows, projects } = args;
    const child = { parent: this };
    const users = new Map(
      lanes.map(({ lane, identity }) => [
        lane.key,
        new azuredevops.ServicePrincipalEntitlement(
          `${name}-${lane.key}`,
          // With less than Basic it would see no repository of a private project.
          { originId: identity.identity.principalId, origin: "aad", accountLicenseType: "express" },
          child,
        ),
      ]),
    );
    this.rights = rows.flatMap(({ lane, project: projectName, memberOf, connections, library, why, ...row }) => {
      const user = users.get(lane);
      const project = projects[projectName];
      if (user === undefined || project === undefined) throw new Error(`There is no ${lane} or no ${projectName}.`);
      const key = `${name}-${lane}-${projectName.toLowerCase().replaceAll(" ", "-")}`;
      const group = new azuredevops.Group(
        key,
        {
          scope: project.id,
          displayName: `${workload} ${lane}`,
          description: `Managed by federated-mlops: ${why}.`,
          members: [user.descriptor],
        },
        child,
      );
      const on = { projectId: project.id, principal: group.descriptor };
      return [
        group,
        ...(row.notWithProject.length > 0
          ? [
              new azuredevops.ProjectPermissions(
                `${key}-project`,
                { ...on, permissions: all(row.notWithProject, "Deny") },
                child,
              ),
            ]
          : []),
        new azuredevops.GroupMembership(
          `${key}-in`,
          { group: builtIn(memberOf, project, this), members: [group.descriptor], mode: "add" },
          child,
        ),
        ...(connections.length > 0
          ? [
              new azuredevops.ServiceendpointPermissions(
                `${key}-connections`,
                { ...on, permissions: all(connections, "Allow") },
                child,
              ),
            ]
          : []),
        ...(library.length > 0
          ? [new azuredevops.LibraryPermissions(`${key}-library`, { ...on, permissions: all(library, "Allow") }, child)]
          : []),
      ];
    });
    this.registerOutputs({});
  }
}

function all(permissions: readonly string[], word: "Allow" | "Deny"): Record<string, string> {
  return Object.fromEntries(permissions.map((permission) => [permission, word]));
}
