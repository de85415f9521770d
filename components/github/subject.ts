import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { subjectOf } from "../../facts/github";

/**
 * The subject of a job's token when it runs in `environment` of the repository. The owner by the repository's own word:
 * trust must not follow a setting to another organisation.
 */
export function trustedSubject(
  form: "immutable" | "classic",
  repository: { readonly fullName: pulumi.Input<string>; readonly repositoryId: pulumi.Input<number> },
  environment: string,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  return pulumi.all([repository.fullName, repository.repositoryId]).apply(async ([fullName, repositoryId]) => {
    const [owner = "", name = ""] = fullName.split("/");
    const { id } = await github.getOrganization({ name: owner, summaryOnly: true }, { parent });
    return subjectOf(form, { owner, ownerId: id, repository: name, repositoryId }, environment);
  });
}
