/** What stands in the workspace already: jobs and schedules of others, machines of people, keys. */
import type { Made, World } from "../model";
import type { Principals } from "./directory";
import type { Graph } from "./graph";
import { ends, nameOf, whoever } from "./people";

export function addWorkspace(graph: Graph, world: World, up: string, principals: Principals): void {
  const { production } = world;
  const { workspace, jobs, schedules, computes, stores, registry } = production;
  const pipeline = production.pipeline?.toLowerCase();
  const foreign = ({ by }: Made) => by === undefined || by.toLowerCase() !== pipeline;
  const az = (what: string, name: string) =>
    `az ml ${what} --name ${name} --workspace-name ${nameOf(workspace.id)} --resource-group ${workspace.id.split("/")[4]}`;

  for (const [by, made] of byMaker(jobs.filter(foreign))) {
    const last = nameOf(made.at(-1)?.id ?? "");
    graph.connect({
      from: maker(by, `submitted ${last}`),
      to: ends.run,
      can: "submitted jobs",
      evidence: { id: `jobs of ${by}`, what: `${counted(made.length, "job")}, the last one ${last}` },
      control: "audit-jobs",
      close: az("job cancel", last),
    });
  }
  const unreviewed = jobs.filter((job) => !foreign(job) && !job.reviewed);
  if (unreviewed.length > 0) {
    const { id = "", commit } = unreviewed.at(-1) ?? {};
    graph.connect({
      from: whoever(graph, "unreviewed jobs", "had the pipeline submit a commit that is on no branch that deploys"),
      to: ends.run,
      can: "submitted jobs",
      evidence: {
        id: "unreviewed jobs",
        what: `${counted(unreviewed.length, "job")}, the last one ${nameOf(id)} of ${commit ?? "no commit"}`,
      },
      control: "audit-jobs",
      close: az("job cancel", nameOf(id)),
    });
  }
  for (const [by, made] of byMaker(schedules.filter(foreign))) {
    const last = nameOf(made.at(-1)?.id ?? "");
    graph.connect({
      from: maker(by, `made the schedule ${last}`),
      to: ends.run,
      can: "lets jobs start again and again",
      evidence: { id: `schedules of ${by}`, what: `${counted(made.length, "schedule")}, the last one ${last}` },
      control: "people-read-only",
      close: az("schedule disable", last),
    });
  }
  for (const { id, localAuth, user } of computes) {
    if (user !== undefined) {
      graph.connect({
        from: principals.node(user),
        to: ends.run,
        can: "works on it",
        evidence: { id, what: `compute instance ${nameOf(id)}` },
        control: "audit-rights",
        close: az("compute delete", nameOf(id)),
      });
    }
    if (localAuth) {
      graph.connect({
        from: whoever(graph, `account ${id}`, `has the local account of ${nameOf(id)}`),
        to: ends.run,
        can: "signs in to its nodes",
        evidence: { id: `account ${id}`, what: `local authentication of ${nameOf(id)}` },
        control: "compute-local-auth",
        close: up,
      });
    }
  }
  for (const { id } of stores.filter(({ sharedKey }) => sharedKey)) {
    graph.connect({
      from: whoever(graph, `key ${id}`, `has an account key of ${nameOf(id)}`),
      to: ends.swap,
      can: "writes where jobs' code lies",
      evidence: { id: `key ${id}`, what: `${nameOf(id)} takes account keys` },
      control: "store-no-shared-key",
      close: up,
    });
  }
  if (registry?.adminUser === true) {
    graph.connect({
      from: whoever(graph, `password ${registry.id}`, `has the password of ${nameOf(registry.id)}`),
      to: ends.swap,
      can: "pushes images",
      evidence: { id: `password ${registry.id}`, what: `administrator account of ${nameOf(registry.id)}` },
      control: "registry-no-accounts",
      close: up,
    });
  }

  if (production.state?.place !== undefined) {
    const { place } = production.state;
    graph.connect({
      from: whoever(graph, `state in ${place}`, `may write the stack ${world.stack} in ${place}`),
      to: ends.run,
      can: "decides what its next deployment runs",
      evidence: { id: `state in ${place}`, what: `state of ${world.stack} in ${place}` },
      control: "audit-state",
    });
  }

  /** A person, or whoever a service acted for. */
  function maker(by: string, did: string): string {
    if (by === "") return whoever(graph, did, `${did}, which Azure does not tell`);
    if (!principals.knows(by)) return graph.add({ id: `maker ${by}`, kind: "person", name: by });
    const id = principals.node(by);
    const { kind, name } = graph.node(id);
    return kind === "service" ? whoever(graph, `${by} ${did}`, `${did} as ${name}`) : id;
  }
}

function byMaker<T extends Made>(made: readonly T[]): Map<string, T[]> {
  return Map.groupBy(made, ({ by = "" }) => by.toLowerCase());
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
