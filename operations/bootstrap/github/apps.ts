/**
 * The GitHub Apps by which the lanes reach GitHub: nobody can make one but a person, in the organisation's settings.
 * Names of permissions as that page has them. https://docs.github.com/rest/authentication/permissions-required-for-github-apps
 */
import type { Lane } from "../lanes";

export interface GitHubApp {
  readonly name: string;
  /** Environments whose jobs use it. */
  readonly environment: string;
  readonly repository: Readonly<Record<string, "read" | "write">>;
  readonly organization: Readonly<Record<string, "read" | "write">>;
  /** Where it is installed. */
  readonly on: "every repository" | "the experiments repository" | "the experiments repository and this one";
  readonly why: string;
}

/** The App of one lane. */
export function appOf({ key, purpose, environment, stacks }: Lane, workload: string): GitHubApp {
  const name = `${workload}-${key}`;
  switch (purpose) {
    case "deploy":
      return stacks.some((stack) => stack.environment === "production")
        ? {
            ...{ name, environment, on: "every repository" },
            repository: { Actions: "read", Administration: "write", Contents: "write", Environments: "write" },
            organization: { Administration: "read", Members: "read", Plan: "read", "Self-hosted runners": "write" },
            why: "owns the experiments repository; to make one, GitHub wants the App installed on all",
          }
        : {
            ...{ name, environment, on: "the experiments repository" },
            // To make an environment takes Administration, which this must not have: production's App makes both.
            repository: { Actions: "read", Environments: "write" },
            organization: { Members: "read" },
            why: "fills the variables of the environment dev, and can touch no rule",
          };
    case "preview":
      return {
        ...{ name, environment, on: "the experiments repository" },
        repository: { Actions: "read", Administration: "read", Contents: "read", Environments: "read" },
        organization: { Administration: "read", Members: "read", Plan: "read", "Self-hosted runners": "read" },
        why: "compares; what it cannot see (who bypasses a ruleset) it takes for unchanged",
      };
    case "drift":
    case "audit":
      return {
        ...{ name, environment },
        // Drift asks nothing about this repository; who can become a deployer is the audit's to find.
        on: purpose === "drift" ? "the experiments repository" : "the experiments repository and this one",
        // GitHub shows who bypasses a ruleset only to those who may change it. Of secrets it shows the names.
        repository: {
          ...{ Actions: "read", Administration: "write", Contents: "read", Environments: "read" },
          ...(purpose === "audit" ? { Secrets: "read" as const, Variables: "read" as const } : {}),
        },
        organization: { Administration: "read", Members: "read", Plan: "read", "Self-hosted runners": "read" },
        why: "sees who bypasses a ruleset; its jobs run reviewed code alone and only read",
      };
  }
}
