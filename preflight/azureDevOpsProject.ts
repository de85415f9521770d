/** What is wrong with a project of Azure DevOps and with groups of Entra, as they are shown. Judges only; others ask. */
import type { AzureDevOpsGateConfig, AzureDevOpsRepositoryConfig } from "../config/gate";
import type { Problem } from "../problems";
import { tooSmall } from "./sizes";

const gate = "federated-mlops:gate";

/** The project that is joined. */
export interface ShownProject {
  readonly visibility: string;
  /** Whether the experiments repository is in it; where this stack makes that, it does not matter. */
  readonly hasRepository: boolean;
  /** Whether it has the pipeline for pull requests; likewise. */
  readonly hasPipeline: boolean;
}

/** Whoever joins needs what stands; without it, half an environment would be made. */
export function projectProblems(
  { repository, experiments }: Pick<AzureDevOpsGateConfig, "repository" | "experiments">,
  name: string,
  shown: ShownProject | undefined,
  stack: string,
): Problem[] {
  const path = [gate, "project", "join"];
  if (shown === undefined) {
    const maker = repository === undefined ? "pulumi up for the production stack first, or " : "";
    return [
      {
        path,
        got: `${name}, which does not exist`,
        needs: "a project that stands",
        fix: `${maker}correct its name in Pulumi.${stack}.yaml`,
      },
    ];
  }
  const open: Problem = {
    path,
    got: `${name}, which is public`,
    needs: "a private project: whoever sees one reads its repositories",
    fix: "make it private on Azure DevOps (Project settings, Overview)",
  };
  if (repository !== undefined) return shown.visibility === "private" ? [] : [open];
  if (shown.hasRepository && shown.hasPipeline) return [];
  return [
    {
      path: [gate, "repository", "join"],
      got: `${experiments}, ${shown.hasRepository ? "which has no pipeline for pull requests" : "which does not exist"}`,
      needs: "a repository that stands: the production stack makes it",
      fix: `pulumi up for the production stack first; if its repository has another name, pulumi config set --path '${gate}.repository.join' <name> --stack ${stack}`,
    },
  ];
}

/** The groups that a gate names, and what it asks of them. */
export type GroupsWanted = Pick<AzureDevOpsRepositoryConfig, "branches" | "contributors" | "deployReviewers">;

function namedGroups({ branches, contributors, deployReviewers }: GroupsWanted) {
  return [
    ...Object.entries(branches).flatMap(([branch, { codeOwners }]) =>
      codeOwners.map((id, index) => ({ id, path: [gate, "branches", branch, "codeOwners", index] })),
    ),
    ...contributors.map((id, index) => ({ id, path: [gate, "contributors", index] })),
    ...deployReviewers.map((id, index) => ({ id, path: [gate, "deployReviewers", index] })),
  ];
}

/** Every group that a gate names, once. */
export function groupsOf(wanted: GroupsWanted): string[] {
  return [...new Set(namedGroups(wanted).map(({ id }) => id))];
}

/** Groups that exist, with people enough for what they must approve. Undefined is what Entra did not tell. */
export function groupProblems(
  wanted: GroupsWanted,
  found: ReadonlyMap<string, readonly string[] | "missing" | undefined>,
  stack: string,
): Problem[] {
  const missing = namedGroups(wanted).flatMap(({ id, path }): Problem[] =>
    found.get(id) === "missing"
      ? [{ path, got: id, needs: "an Entra group that exists", fix: `correct its object id in Pulumi.${stack}.yaml` }]
      : [],
  );
  if (missing.length > 0 || groupsOf(wanted).some((id) => found.get(id) === undefined)) return missing;
  const people = (of: readonly string[]) => new Set(of.flatMap((id) => found.get(id) ?? [])).size;
  return tooSmall({ ...wanted, approved: true }, people, "to the groups in Entra", stack);
}
