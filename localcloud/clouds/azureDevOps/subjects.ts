/** Everybody whom Azure DevOps knows: its own groups, Entra's people and groups, and as whom jobs run. */
import type { Store } from "../../store";
import {
  buildDefinition,
  buildServiceOf,
  deployerDescriptor,
  group,
  groupIdOf,
  groupsThere,
  membership,
  organisationJobs,
  personDescriptor,
  project,
  standing,
} from "./project";

export interface Subject {
  readonly descriptor: string;
  /** The same in lists of permissions, which have descriptors of another kind. */
  readonly inLists: string;
  readonly id: string;
  readonly name: string;
  /** Object id in Entra. */
  readonly originId?: string;
  /** Descriptors of those in a group of Azure DevOps' own. */
  readonly members?: readonly string[];
}

export function subjects(store: Store): Subject[] {
  const { organisation } = store;
  const { azureDevOps, tenantId, deployer } = organisation;
  const projects = standing(store, project);
  const made = standing(store, group);
  const builtIn = [undefined, ...projects.map(({ id }) => id)].flatMap((scope) =>
    groupsThere(scope).map(({ name, descriptor }) => {
      // The maker of a project administers it.
      const first: Readonly<Record<string, readonly string[]>> = {
        "Project Administrators": [deployerDescriptor(organisation)],
        "Project Collection Administrators": azureDevOps.administrators.map(personDescriptor),
        "Project Collection Build Service Accounts": [organisationJobs(organisation).descriptor],
      };
      return inGroup(descriptor, name, [...(first[name] ?? []), ...joined(descriptor)]);
    }),
  );
  return [
    ...builtIn,
    ...made.map(({ id, inputs, outputs }) => {
      const { originId, members = [] } = inputs as { originId?: string; members?: string[] };
      const name = String(outputs["displayName"]);
      if (originId === undefined) return inGroup(id, name, [...members, ...joined(id)]);
      return { descriptor: id, inLists: sid(id), id: String(outputs["groupId"]), name, originId };
    }),
    ...organisation.people.map(({ objectId, name }) => ({
      descriptor: personDescriptor(objectId),
      inLists: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${tenantId}\\${name}@contoso.example`,
      ...{ id: objectId, name, originId: objectId },
    })),
    ...(deployer.kind === "User"
      ? []
      : [
          {
            descriptor: deployerDescriptor(organisation),
            inLists: `Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;${tenantId}\\${deployer.objectId}`,
            ...{ id: deployer.objectId, name: "fl-deployer", originId: deployer.objectId },
          },
        ]),
    jobsAs(organisationJobs(organisation), azureDevOps.id),
    ...projects
      // The identity comes with the first pipeline.
      .filter(({ id }) => standing(store, buildDefinition).some(({ inputs }) => inputs["projectId"] === id))
      .map((row) => jobsAs(buildServiceOf(row, { organisation }), row.id)),
  ];

  function joined(descriptor: string): string[] {
    return standing(store, membership).flatMap(({ inputs }) =>
      inputs["group"] === descriptor ? (inputs["members"] as string[]) : [],
    );
  }

  function jobsAs({ descriptor, displayName }: { descriptor: string; displayName: string }, scope: string): Subject {
    const inLists = `Microsoft.TeamFoundation.ServiceIdentity;${azureDevOps.id}:Build:${scope}`;
    return { descriptor, inLists, id: groupIdOf(descriptor), name: displayName };
  }
}

function inGroup(descriptor: string, name: string, members: readonly string[]): Subject {
  return { descriptor, inLists: sid(descriptor), id: groupIdOf(descriptor), name, members };
}

const sid = (descriptor: string) => `Microsoft.TeamFoundation.Identity;S-1-9-${descriptor.split(".")[1]}`;
