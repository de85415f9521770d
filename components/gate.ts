/** What a gate needs and gives, the same for every platform. */
import type * as pulumi from "@pulumi/pulumi";

import type { Dispensable } from "../facts/plans";

/** The deployment environment that a stack's gate stands in. */
export type DeploymentEnvironment = "dev" | "prod";

/** The review that one branch demands. */
export interface BranchRules {
  /** People who must approve; at least 1. */
  readonly approvals: number;
  /** Teams that own every file; a member of one of them must be among those who approve. */
  readonly codeOwners: readonly string[];
  /** Checks that must have passed on the newest commit, each as the app of this number reports it. */
  readonly checks: readonly { readonly name: string; readonly app: number }[];
  /** How pull requests are merged; the history is linear but with `merge`. */
  readonly merge: "squash" | "merge" | "rebase";
  /** Whether every commit must carry a verified signature. */
  readonly signed: boolean;
}

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
  /** Actions that workflows may use, and no others. */
  readonly actions: readonly string[];
  /** The runner group that reaches the private network, to be made for the submission workflow, or an existing one. */
  readonly runner?: { readonly create: string } | { readonly join: string } | undefined;
  /** What the organisation's plan does not enforce, and is done without. */
  readonly acceptWithout: readonly Dispensable[];
  /** Take over a repository that exists; nobody had to review what `main` held up to the commit `reviewedSince`. */
  readonly adopt?: { readonly reviewedSince: string | undefined } | undefined;
  /** It is taken over for the first time: `main` must not have moved on between that commit and its rules. */
  readonly takenOver: boolean;
  /** Bring an archived repository of that name back instead of making a new one. */
  readonly recover: boolean;
  /** Refuse to delete the repository until `pulumi state unprotect` has been run for it. Its rules stay changeable. */
  readonly protect: boolean;
}

export interface GateArgs<R> {
  /** The experiments repository. */
  readonly repository: R;
  readonly environment: DeploymentEnvironment;
  /** The service principal that the pipeline becomes, by its application. */
  readonly identity: { readonly applicationId: pulumi.Input<string> };
  /** Identifiers that the pipeline reads; nothing secret. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secrets that the pipeline reads, in this environment only. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Form of the subject in the platform's tokens. */
  readonly subject: "immutable" | "classic";
}

export interface Gate {
  /** Who may become the service principal: the exact subject of the tokens it trusts. */
  readonly subject: pulumi.Output<string>;
}

/** A place that holds the experiments repository and runs its pipeline. */
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
