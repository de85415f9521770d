/** The lanes of this repository's pipelines: who each one is, where it may run, and what it is for. */
import type { Config } from "../../config";
import type { graphPermissions } from "../../facts/graph";
import type { Dispensable } from "../../facts/plans";

/** A right in Microsoft Graph. */
export type GraphRole = Exclude<keyof typeof graphPermissions, "Application.ReadWrite.All">;

export interface Lane {
  /** Stable; what its identity is named after. */
  readonly key: string;
  readonly purpose: "preview" | "deploy" | "drift" | "audit";
  /** Deployment environment in which its jobs run, and by which alone they become its identity. */
  readonly environment: string;
  /** Whether every branch and pull request may ask for it, or `main` alone. */
  readonly from: "main" | "any";
  /** Whether somebody else must approve each run. */
  readonly reviewed: boolean;
  /** The stacks that it works on. */
  readonly stacks: readonly Config[];
  readonly graph: readonly GraphRole[];
}

/** Where `pulumi up` of a stack runs. */
export const deployEnvironment = (stack: string): string => `infra-${stack}`;

/**
 * Every lane, those of development first. Without reviewers there is no live preview: it would hand rights and every
 * secret of the state to whoever opens a pull request.
 */
export function lanesOf(stacks: readonly Config[], acceptWithout: readonly Dispensable[]): Lane[] {
  const production = stacks.filter(({ environment }) => environment === "production");
  const deploy = (config: Config): Lane => ({
    key: `deploy-${config.stack}`,
    purpose: "deploy",
    environment: deployEnvironment(config.stack),
    from: "main",
    reviewed: config.environment === "production",
    stacks: [config],
    graph: ["Application.ReadWrite.OwnedBy"],
  });
  const preview: Lane = {
    key: "preview",
    purpose: "preview",
    environment: "infra-preview",
    from: "any",
    reviewed: true,
    stacks,
    graph: ["Application.Read.All"],
  };
  return [
    ...stacks.filter((config) => !production.includes(config)).map(deploy),
    ...(acceptWithout.includes("deploymentReview") ? [] : [preview]),
    {
      key: "drift",
      purpose: "drift",
      environment: "drift",
      from: "main",
      // It runs every night, when nobody is there to approve; only reviewed code can ask for it.
      reviewed: false,
      stacks,
      graph: ["Application.Read.All"],
    },
    {
      key: "audit",
      purpose: "audit",
      environment: "audit",
      from: "main",
      reviewed: false,
      stacks: production,
      graph: [
        "Application.Read.All",
        "GroupMember.Read.All",
        "RoleManagement.Read.Directory",
        "User.ReadBasic.All",
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
      ],
    },
    ...production.map(deploy),
  ];
}
