import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../gate";
import { GitHubGate } from "./gate";
import { type ExperimentsRepository, findRepository, OwnedRepository } from "./repository";

/** GitHub, for repositories of the organisation `owner`. */
export function gitHub(owner: string): Platform<ExperimentsRepository> {
  return {
    own: (name, args, opts) => new OwnedRepository(name, args, opts),
    find: (repositoryName) => findRepository(owner, repositoryName),
    open: (name, args, opts) => new GitHubGate(name, args, opts),
    urlOf: ({ fullName }) => pulumi.interpolate`https://github.com/${fullName}`,
  };
}
