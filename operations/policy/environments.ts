/** Deployment environments on GitHub, and the trust in what runs in them. */
import { type Resource, textAt } from "./resource";

export const environmentType = "github:index/repositoryEnvironment:RepositoryEnvironment";
export const deploymentPolicyType =
  "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy";

export const applicationType = "azuread:index/application:Application";
/** The trust of an application in one environment, letter by letter. */
export const trustType = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";

/** Whether a resource is an environment or a branch of one, but of `dev`: whatever else there is, is held as production. */
export function isProduction(resource: Resource): boolean {
  return (
    [environmentType, deploymentPolicyType].includes(resource.type) && !/^dev$/i.test(textAt(resource, "environment"))
  );
}

/** The branch that a deployment policy lets into production. */
export function deployingBranch(resource: Resource): string | undefined {
  return resource.type === deploymentPolicyType && isProduction(resource)
    ? textAt(resource, "branchPattern")
    : undefined;
}
