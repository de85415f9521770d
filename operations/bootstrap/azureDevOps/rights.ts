/** What the lanes' identities may do in Azure DevOps itself, in the projects of the experiments and in this one: the one table. */
import type { Lane } from "../lanes";
import { projectsOf } from "../settings";

/** Permissions on every service connection of a project, by Azure DevOps's names. */
export type OnConnections = "Create" | "Use" | "ViewAuthorization" | "ViewEndpoint";

/** The same on its variable groups. */
export type OnLibrary = "Create" | "View";

export interface Membership {
  /** A lane's key. */
  readonly lane: string;
  /** Name of the project. */
  readonly project: string;
  /** Which of the project's own groups it is in. */
  readonly memberOf: "Project Administrators" | "Readers";
  readonly connections: readonly OnConnections[];
  readonly library: readonly OnLibrary[];
  /** What that group may do with the project, and this lane may not. */
  readonly notWithProject: readonly ("DELETE" | "RENAME" | "UPDATE_VISIBILITY")[];
  /** What breaks without it. */
  readonly why: string;
}

/** Every membership of the lanes; `own` is the project of this repository. */
export function memberships(lanes: readonly Lane[], own: string): Membership[] {
  return lanes.flatMap((lane) => {
    const projects = projectsOf(lane.stacks);
    return [
      ...projects.map((project) => ({ lane: lane.key, project, ...rightsOf(lane) })),
      // Who can become a deployer is the audit's to find; nobody else asks anything about this repository.
      ...(lane.purpose === "audit"
        ? [{ lane: lane.key, project: own, ...looking, why: "sees who can change what deploys" }]
        : []),
    ];
  });
}

type Rights = Omit<Membership, "lane" | "project">;

/**
 * Whoever has no more than a look at a connection is not shown how it signs in, and the provider takes it for gone.
 * https://github.com/microsoft/terraform-provider-azuredevops/issues/1445
 */
const looking: Omit<Rights, "why"> = {
  memberOf: "Readers",
  connections: ["ViewEndpoint", "ViewAuthorization", "Use"],
  library: ["View"],
  notWithProject: [],
};

function rightsOf({ purpose, stacks }: Lane): Rights {
  switch (purpose) {
    case "deploy":
      return stacks.some(({ environment }) => environment === "production")
        ? {
            memberOf: "Project Administrators",
            ...{ connections: [], library: [] },
            // A public project, or another one under its name, would be past every rule.
            notWithProject: ["DELETE", "RENAME", "UPDATE_VISIBILITY"],
            why: "owns the repositories, their rules, both environments and the pipelines",
          }
        : {
            memberOf: "Readers",
            // Whoever makes one administers it, and no other.
            ...{ connections: ["Create", "ViewEndpoint"], library: ["Create", "View"] },
            notWithProject: [],
            why: "makes the connection and the variables of the environment dev, and can touch no rule",
          };
    case "preview":
    case "drift":
      return { ...looking, why: "compares what stands with what is declared" };
    case "audit":
      return { ...looking, why: "sees who may do what" };
  }
}
