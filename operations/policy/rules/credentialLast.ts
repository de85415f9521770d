import { protectionType, rulesetType } from "../branches";
import { deploymentPolicyType, environmentType, trustType } from "../environments";
import type { Rule } from "../rule";

/** What must stand before anybody can become the pipeline. */
const guards = [
  rulesetType,
  protectionType,
  environmentType,
  deploymentPolicyType,
  "github:index/repositoryCollaborators:RepositoryCollaborators",
  "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
  "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
  "azure-native:authorization:PolicyAssignment",
];

export const credentialLast: Rule = {
  control: "credential-last",
  *judgeAll(resources) {
    const standing = resources.filter(({ type }) => guards.includes(type));
    for (const { urn, dependencies } of resources.filter(({ type }) => type === trustType)) {
      const before = new Set(dependencies.map((dependency) => dependency.urn));
      const late = standing.filter((guard) => !before.has(guard.urn)).map((guard) => guard.urn.split("::").at(-1));
      if (late.length > 0) yield { urn, complaint: `It does not wait for ${late.join(", ")}. It must: dependsOn.` };
    }
  },
};
