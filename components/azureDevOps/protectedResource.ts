import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import type { Group } from "./people";

/** What Azure DevOps must find each time before a run may use something. */
export interface Checks {
  /** Branches by name, of which every repository that a run takes from must be on one; `any` lets pull requests in too. */
  readonly branches: readonly string[] | "any";
  /** Groups of which one member, not who started the run, must approve it; none where nobody must. */
  readonly approvers: readonly Group[];
  /** Whether a run waits for the one before. */
  readonly oneByOne: boolean;
  /** The one template that a pipeline must extend; none where its YAML is reviewed with all else. */
  readonly template: Template | undefined;
}

export interface Template {
  /** `<project>/<repository>`. */
  readonly repository: string;
  readonly ref: string;
  readonly path: string;
}

export interface ProtectedResourceArgs {
  readonly projectId: pulumi.Input<string>;
  readonly type: "endpoint" | "environment" | "queue" | "variablegroup";
  readonly id: pulumi.Input<string>;
  /** The one pipeline that may use it. */
  readonly pipelineId: pulumi.Input<number>;
  readonly checks: Checks | undefined;
  /** Whether runs are approved here, and wait here for the one before. Once a run is enough: not everything asks for it. */
  readonly approved: boolean;
}

const days = 24 * 60;

/** Keeps something for one pipeline alone, with the checks that stand before it. */
export function protectedResource(
  name: string,
  { projectId, type, id, pipelineId, checks, approved }: ProtectedResourceArgs,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const child = { parent };
  const target = { projectId, targetResourceId: id, targetResourceType: type };
  // Without a pipeline's number it would be every pipeline's.
  const authorization = new azuredevops.PipelineAuthorization(
    `${name}-pipeline`,
    { projectId, resourceId: id, type, pipelineId },
    child,
  );
  if (checks === undefined) return [authorization];
  const { branches, approvers, oneByOne, template } = checks;
  return [
    authorization,
    ...(branches === "any"
      ? []
      : [
          new azuredevops.CheckBranchControl(
            `${name}-branches`,
            {
              ...target,
              displayName: "federated-mlops branches",
              allowedBranches: branches.map((branch) => `refs/heads/${branch}`).join(","),
              verifyBranchProtection: true,
              ignoreUnknownProtectionStatus: false,
              timeout: 1 * days,
            },
            child,
          ),
        ]),
    ...(template === undefined
      ? []
      : [
          new azuredevops.CheckRequiredTemplate(
            `${name}-template`,
            {
              ...target,
              requiredTemplates: [
                {
                  repositoryType: "azuregit",
                  repositoryName: template.repository,
                  repositoryRef: template.ref,
                  templatePath: template.path,
                },
              ],
            },
            child,
          ),
        ]),
    ...(approved && approvers.length > 0
      ? [
          new azuredevops.CheckApproval(
            `${name}-approval`,
            {
              ...target,
              approvers: approvers.map(({ id: approver }) => approver),
              // 0 would ask a member of each group.
              minimumRequiredApprovers: 1,
              requesterCanApprove: false,
              timeout: 30 * days,
            },
            child,
          ),
        ]
      : []),
    ...(approved && oneByOne
      ? [new azuredevops.CheckExclusiveLock(`${name}-lock`, { ...target, timeout: 30 * days }, child)]
      : []),
  ];
}
