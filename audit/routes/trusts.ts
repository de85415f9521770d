/** Whom a federated credential takes for the identity that has it. */
import type { AuditedId } from "../../facts/controls";
import { issuer as gitHubIssuer } from "../../facts/github";
import type { Project, Repository, Trust, World } from "../model";
import * as azureDevOpsStages from "./azureDevOps/stages";
import type { Graph } from "./graph";
import { whoever } from "./people";
import * as stages from "./stages";

export class Trusts {
  constructor(
    private readonly graph: Graph,
    private readonly world: Pick<World, "github" | "azureDevOps">,
    private readonly up: string,
  ) {}

  /** Connects whoever bears the trusted subject with `to`. */
  connect(trust: Trust, to: string, { control, close }: { readonly control: AuditedId; readonly close: string }): void {
    const { id, name, issuer, subject, expression } = trust;
    this.graph.connect({
      from: this.#bearer(trust),
      to,
      can: "becomes it",
      evidence: { id, what: `federated credential ${name}: ${expression ? subject : `${issuer} ${subject}`}` },
      control,
      close,
    });
  }

  /** The node of whoever gets a token with that subject. */
  #bearer(trust: Trust): string {
    const { issuer, subject, expression } = trust;
    const connected = bearerOnAzureDevOps(this.graph, this.world.azureDevOps?.project, trust);
    if (connected !== undefined) return connected;
    const found = issuer === gitHubIssuer && !expression ? this.repositoryOf(subject) : undefined;
    if (found !== undefined) return bearerIn(this.graph, ...found, this.up);
    // Whatever is not a subject of a repository that was looked at: another one, a pattern, another issuer.
    return whoever(
      this.graph,
      `${issuer} ${subject}`,
      `${issuer === gitHubIssuer ? "GitHub" : issuer} calls ${subject}`,
    );
  }

  /** Whether whoever trusts it runs what the experiments' pipelines run, though not behind production's gate. */
  isElsewhere({ issuer, subject }: Trust): boolean {
    const others = this.world.azureDevOps?.project.connections ?? [];
    return (
      this.repositoryOf(subject)?.[0].purpose === "experiments" ||
      others.some((one) => one.issuer === issuer && one.subject === subject)
    );
  }

  /** The repository whose tokens begin like that, and what follows. Entra compares letter by letter. */
  repositoryOf(subject: string): [Repository, string] | undefined {
    const repository = this.world.github?.repositories.find(
      (one) => subject === one.subject || subject.startsWith(`${one.subject}:`),
    );
    return repository && [repository, subject.slice(repository.subject.length + 1)];
  }
}

/** Where a job stands whose subject ends in `context`. */
function bearerIn(graph: Graph, repository: Repository, context: string, up: string): string {
  const [, named] = /(?:^|:)environment:([^:]+)/.exec(context) ?? [];
  if (named !== undefined) {
    const name = named.replaceAll("%3A", ":");
    const job = stages.job(graph, repository, name);
    if (!repository.environments.some((environment) => environment.name.toLowerCase() === name.toLowerCase())) {
      graph.connect({
        from: stages.writers(graph, repository),
        to: job,
        can: `names the environment ${name} in a workflow, which GitHub then makes without rules`,
        evidence: { id: `${repository.name} no environment ${name}`, what: `no environment ${name}` },
        gate: "open",
        control: "audit-environment",
        close: up,
      });
    }
    return job;
  }
  const [, branch] = /^ref:refs\/heads\/(.+)$/.exec(context) ?? [];
  const known = repository.branches.some(({ name }) => name === branch);
  // Without a context, or with one that every branch has, every job of the repository bears the subject.
  return branch !== undefined && known && repository.claims === undefined
    ? stages.commit(graph, repository, branch)
    : stages.writers(graph, repository);
}

/** Where a job stands that has a token of a service connection of the project. */
function bearerOnAzureDevOps(
  graph: Graph,
  project: Project | undefined,
  { issuer, subject, expression }: Trust,
): string | undefined {
  if (project === undefined || expression) return undefined;
  const names = (one: { issuer: string; subject: string }) => one.issuer === issuer && one.subject === subject;
  if (project.gate !== undefined && names(project.gate)) return azureDevOpsStages.job(graph, project, project.gate);
  const other = project.connections.find(names);
  // What stands before it nobody looked at.
  return (
    other && whoever(graph, `connection ${other.id}`, `uses the service connection ${other.name} of ${project.name}`)
  );
}
