/** Stages between a person and a credential in a project on Azure DevOps. */
import type { Connection, GitRepository, Project } from "../../model";
import type { Graph, Person } from "../graph";
import { whoever } from "../people";

/** Code on a branch. */
export function commit(graph: Graph, { name: project }: Project, { id, name }: GitRepository, branch: string): string {
  return graph.add({ id: `${branch} of ${id}`, kind: "stage", name: `${branch} of ${project}/${name}` });
}

/** Whoever may push branches and open pull requests. `people`: undefined where one of them is not known. */
export function writers(
  graph: Graph,
  { name: project }: Project,
  { id, name }: GitRepository,
  people: readonly Person[] | undefined,
): string {
  return graph.add({
    id: `writers of ${id}`,
    kind: "anyone",
    name: `whoever writes to ${project}/${name}`,
    people,
  });
}

/** Who may do everything in the project. */
export function administration(graph: Graph, { id, name }: Project): string {
  return graph.add({ id: `administration of ${id}`, kind: "stage", name: `administration of the project ${name}` });
}

/** A job that has a token of the service connection. */
export function job(graph: Graph, { name: project }: Project, { id, name }: Connection): string {
  return graph.add({ id: `connection ${id}`, kind: "stage", name: `a job with ${name} of ${project}` });
}

/** Whoever makes a pipeline of their own: by default, everybody who contributes to the project. */
export function pipelineMakers(graph: Graph, { id, name }: Project): string {
  return whoever(graph, `pipelines of ${id}`, `makes a pipeline in ${name}`);
}
