/** Stages between a person and a credential in a repository on GitHub. */
import type { Collaborator, Repository } from "../model";
import type { Graph, Person } from "./graph";

/** Whoever may push branches and open pull requests. */
export function writers(graph: Graph, { name, people }: Repository): string {
  const writing = people.filter(({ role }) => ["admin", "maintain", "write"].includes(role));
  return graph.add({
    id: `writers of ${name.toLowerCase()}`,
    kind: "anyone",
    name: `whoever writes to ${name}`,
    people: named(writing),
  });
}

/** People by their logins; undefined where one of them is not known. */
export function named(people: readonly Collaborator[]): Person[] | undefined {
  const logins = people.map(({ login }) => login);
  if (logins.includes(undefined)) return undefined;
  return logins.flatMap((login) => (login === undefined ? [] : [{ id: login.toLowerCase(), name: login }]));
}

/** Who may change its rules. */
export function administration(graph: Graph, { name }: Repository): string {
  return graph.add({ id: `administration of ${name.toLowerCase()}`, kind: "stage", name: `administration of ${name}` });
}

/** Code on a branch. */
export function commit(graph: Graph, { name }: Repository, branch: string): string {
  return graph.add({ id: `${branch} of ${name.toLowerCase()}`, kind: "stage", name: `${branch} of ${name}` });
}

/** A job in a deployment environment. */
export function job(graph: Graph, { name }: Repository, environment: string): string {
  return graph.add({
    id: `environment ${environment.toLowerCase()} of ${name.toLowerCase()}`,
    kind: "stage",
    name: `a job in ${environment} of ${name}`,
  });
}

/** Whoever acts as a GitHub App. */
export function app(graph: Graph, slug: string): string {
  return graph.add({ id: `app ${slug.toLowerCase()}`, kind: "service", name: `the GitHub App ${slug}` });
}
