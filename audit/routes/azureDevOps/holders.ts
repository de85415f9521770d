/** Who has a permission in Azure DevOps: people, Entra's groups and services, through whatever groups lie between. */
import type { AuditedId } from "../../../facts/controls";
import { maskOf, type Securable, securityNamespaces } from "../../../facts/azureDevOpsSecurity";
import type { Access, AzureDevOps, Directory, Subject, Unknown } from "../../model";
import type { Principals } from "../directory";
import type { Edge, Graph, Person } from "../graph";
import { whoever } from "../people";
import * as stages from "./stages";

/** Somebody who has a permission. */
export interface Holder {
  /** Descriptor. */
  readonly who: string;
  /** Descriptor of the subject whose entry allows it: theirs, or a group's. */
  readonly by: string;
  /** Token of the list that has the entry. */
  readonly token: string;
  /** Whether the list is about less than the whole project. */
  readonly own: boolean;
}

export class Holders {
  /** Whoever is no group that can be looked into, with all groups that have them, and themselves. */
  readonly #within = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly azureDevOps: AzureDevOps,
    private readonly graph: Graph,
    private readonly principals: Principals,
    private readonly directory: Directory,
    private readonly unknown: Unknown[],
  ) {
    const groupsOf = new Map<string, string[]>();
    const joins = (member: string, group: string) => groupsOf.set(member, [...(groupsOf.get(member) ?? []), group]);
    for (const [group, { members = [] }] of Object.entries(azureDevOps.subjects)) {
      for (const member of members) joins(member, group);
    }
    for (const [member, group] of nestedInEntra(azureDevOps, directory)) joins(member, group);
    for (const [descriptor, subject] of Object.entries(azureDevOps.subjects)) {
      if (subject.kind === "group" && subject.members !== undefined) continue;
      const within = new Set([descriptor]);
      // A set that grows is walked to its end.
      for (const one of within) for (const group of groupsOf.get(one) ?? []) within.add(group);
      this.#within.set(descriptor, within);
    }
  }

  /** Everybody who has the permission, by each entry that allows it: the nearest list decides, and in it a denial. */
  of(access: Access, permission: string): Holder[] {
    return [...this.#within].flatMap(([who, within]) => {
      const found: Holder[] = [];
      for (const { token, entries } of access) {
        const theirs = entries.filter(({ subject }) => within.has(subject));
        if (theirs.some(({ deny }) => deny.includes(permission))) break;
        const allowing = theirs.filter(({ allow }) => allow.includes(permission));
        found.push(
          ...allowing.map(({ subject: by }) => ({
            who,
            by,
            token,
            own: token.includes(`${this.azureDevOps.project.id}/`),
          })),
        );
      }
      return found;
    });
  }

  /** Everybody in the groups that may do everything. */
  administrators(): Holder[] {
    const groups = Object.entries(this.azureDevOps.subjects).filter(([, one]) => one.administers !== undefined);
    return groups.flatMap(([by]) =>
      [...this.#within].flatMap(([who, within]) => (within.has(by) ? [{ who, by, token: "", own: false }] : [])),
    );
  }

  administers(descriptor: string): boolean {
    return this.#subject(descriptor).administers !== undefined;
  }

  /** Whether it is a service principal in Entra. */
  isService(descriptor: string): boolean {
    const { objectId } = this.#subject(descriptor);
    return objectId !== undefined && Object.hasOwn(this.directory.principals, objectId.toLowerCase());
  }

  isJobs(descriptor: string): boolean {
    return this.#subject(descriptor).kind === "jobs";
  }

  name(descriptor: string): string {
    return this.#subject(descriptor).name;
  }

  /** The node of somebody. */
  node(descriptor: string): string {
    const { kind, objectId, name } = this.#subject(descriptor);
    if (objectId !== undefined) return this.principals.node(objectId);
    if (kind === "jobs") return this.#jobs(descriptor, name);
    const what = kind === "group" ? `is in ${name}` : `${name} is`;
    this.unknown.push({ what: `who ${what}`, why: "it has a right, and Azure DevOps did not show it" });
    return whoever(this.graph, descriptor, what);
  }

  /** People behind all of these; undefined where one of them could not be looked into. */
  people(holders: readonly Holder[]): Person[] | undefined {
    const found = new Map<string, Person>();
    for (const { who } of holders) {
      const { objectId, kind } = this.#subject(who);
      const people = objectId === undefined ? (kind === "jobs" ? [] : undefined) : this.principals.peopleIn(objectId);
      if (people === undefined) return undefined;
      for (const person of people) found.set(person.id, person);
    }
    return [...found.values()];
  }

  /** The edge of somebody who has a permission on `thing`, but for where it leads. */
  edge(holder: Holder, of: Securable, permission: string, thing: string, control: AuditedId): Omit<Edge, "to" | "can"> {
    const { who, by } = holder;
    return {
      from: this.node(who),
      evidence: {
        id: `${permission} ${holder.token} ${who} ${by}`,
        what: `${permission} on ${thing}${who === by ? "" : ` by ${this.name(by)}`}`,
      },
      control,
      close: this.#closing(holder, of, permission),
    };
  }

  /** The command that takes somebody out of the group by which they are in `by`. */
  leave({ who, by }: Holder): string {
    const groups = [...(this.#within.get(who) ?? [])];
    const direct = groups.find((one) => this.#subject(one).members?.includes(who) === true) ?? by;
    return `az devops security group membership remove --group-id ${direct} --member-id ${who} --organization ${this.azureDevOps.url} --yes`;
  }

  /** What groups have by default is theirs; whoever need not have it leaves them. */
  #closing(holder: Holder, of: Securable, permission: string): string {
    if (holder.who !== holder.by && !holder.own) return this.leave(holder);
    return [
      `az devops security permission reset --namespace-id ${securityNamespaces[of].id} --subject ${holder.by}`,
      `--token ${holder.token} --permission-bit ${maskOf(of, [permission])} --organization ${this.azureDevOps.url}`,
    ].join(" ");
  }

  #jobs(descriptor: string, name: string): string {
    const { project } = this.azureDevOps;
    const id = this.graph.add({ id: `jobs ${descriptor}`, kind: "service", name });
    const makers = stages.pipelineMakers(this.graph, project);
    if (!this.graph.from(makers).some(({ to }) => to === id)) {
      const evidence = { id: `jobs ${descriptor}`, what: name };
      this.graph.connect({ from: makers, to: id, can: "acts as it in a job", evidence });
    }
    return id;
  }

  #subject(descriptor: string): Subject {
    return this.azureDevOps.subjects[descriptor] ?? { name: descriptor, kind: "stranger" };
  }
}

/** Subjects that Entra has in a group which is itself a subject: a denial of that group is theirs too. */
function nestedInEntra({ subjects }: AzureDevOps, { groups }: Directory): [member: string, group: string][] {
  const byObject = new Map(
    Object.entries(subjects).flatMap(([descriptor, { objectId }]) =>
      objectId === undefined ? [] : [[objectId.toLowerCase(), descriptor] as const],
    ),
  );
  return [...byObject].flatMap(([objectId, group]) => {
    const inside = new Set([objectId]);
    for (const one of inside) for (const member of groups[one]?.members ?? []) inside.add(member.toLowerCase());
    inside.delete(objectId);
    return [...inside].flatMap((one): [string, string][] => {
      const member = byObject.get(one);
      return member === undefined ? [] : [[member, group]];
    });
  });
}
