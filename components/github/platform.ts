import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../gate";
import { GitHubGate } from "./gate";
import { type ExperimentsRepository, findRepository, OwnedRepository, type OwnedRepositoryExtras } from "./repository";

export interface GitHubSettings {
  /** The organisation. */
  readonly owner: string;
  /** Form of the subject in its tokens. */
  readonly subject: "immutable" | "classic";
  /** What GitHub alone asks of a repository, where this stack owns it. */
  readonly repository: OwnedRepositoryExtras | undefined;
}

/** GitHub, for repositories of one organisation. */
export function gitHub({ owner, subject, repository }: GitHubSettings): Platform<ExperimentsRepository> {
  return {
    own: (name, args, opts) => {
      if (repository === undefined) throw new Error("A stack that joins a repository does not own one.");
      return new OwnedRepository(name, { ...repository, ...args }, opts);
    },
    find: (repositoryName) => findRepository(owner, repositoryName),
    open: (name, args, opts) => new GitHubGate(name, { ...args, subject }, opts),
    urlOf: ({ fullName }) => pulumi.interpolate`https://github.com/${fullName}`,
  };
}
