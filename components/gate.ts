/** What a gate needs and gives, the same for every platform. */
import type * as pulumi from "@pulumi/pulumi";

/** The deployment environment that a stack's gate stands in. */
export type DeploymentEnvironment = "dev" | "prod";

/** A check that must have passed on the newest commit. */
export interface Check {
  readonly name: string;
  /**
   * Who alone reports it: on GitHub an app by its number, on Azure DevOps an identity by its id. None: the platform's own
   * pipelines.
   */
  readonly reporter?: number | string | undefined;
}

/** The review that one branch demands. */
export interface BranchRules {
  /** People who must approve; at least 1. */
  readonly approvals: number;
  /** Teams that own every file; a member of one of them must be among those who approve. */
  readonly codeOwners: readonly string[];
  readonly checks: readonly Check[];
  /** How pull requests are merged; the history is linear but with `merge`. */
  readonly merge: "squash" | "merge" | "rebase";
  /** Whether every commit must carry a verified signature. Azure DevOps verifies none. */
  readonly signed: boolean;
}

/** The experiments repository. Teams are GitHub's, by short name; on Azure DevOps Entra groups, by object id. */
export interface RepositoryArgs {
  /** Its name, without the owner. A change replaces the repository and everything in it. */
  readonly repositoryName: string;
  /** Rules by branch; `main` is among them. */
  readonly branches: Readonly<Record<string, BranchRules>>;
  /** Teams that may push branches and open pull requests, besides the code owners. */
  readonly contributors: readonly string[];
  /** Branches whose pipeline may run in the environment `prod`. */
  readonly deployFrom: readonly string[];
  /** Teams of which one member must approve every run in the environment `prod`. */
  readonly deployReviewers: readonly string[];
  /** Refuse to delete the repository until `pulumi state unprotect` has been run for it. Its rules stay changeable. */
  readonly protect: boolean;
}

/** The service principal that the pipeline becomes, and where it is at home. */
export interface GateIdentity {
  /** Resource id of its application, `/applications/<object id>`. */
  readonly applicationId: pulumi.Input<string>;
  readonly clientId: pulumi.Input<string>;
  readonly tenantId: pulumi.Input<string>;
  readonly subscriptionId: pulumi.Input<string>;
}

export interface GateArgs<R> {
  /** The experiments repository. */
  readonly repository: R;
  readonly environment: DeploymentEnvironment;
  readonly identity: GateIdentity;
  /** Identifiers that the pipeline reads; nothing secret. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secrets that the pipeline reads, in this environment only. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
}

export interface Gate {
  /** Who may become the service principal: the exact subject of the tokens it trusts. */
  readonly subject: pulumi.Output<string>;
}

/** A place that holds the experiments repository and runs its pipeline. It alone knows what it makes of a repository. */
export interface Platform<R> {
  /** Makes the repository with all rules and both environments. The production stack alone calls it. */
  own(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions): R;
  /** Finds the repository that the production stack owns. */
  find(repositoryName: string): R;
  /** Adds this stack's identifiers and secrets to its environment, and last the federated credential. */
  open(name: string, args: GateArgs<R>, opts?: pulumi.ComponentResourceOptions): Gate;
  /** The repository's page. */
  urlOf(repository: R): pulumi.Input<string>;
}
