import * as azuredevops from "@pulumi/azuredevops";
import type * as pulumi from "@pulumi/pulumi";

import type { Project } from "./project";
import { type Checks, protectedResource } from "./protectedResource";

/** What belongs to a deployment environment: the one pipeline that may use it, and what must hold each time. */
export interface InEnvironment {
  readonly pipelineId: pulumi.Input<number>;
  readonly checks: Checks | undefined;
}

/** A deployment environment, for one pipeline. */
export function deploymentEnvironment(
  name: string,
  environmentName: string,
  project: Project,
  inside: InEnvironment,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const made = new azuredevops.Environment(
    name,
    { projectId: project.id, name: environmentName, description: "Managed by federated-mlops." },
    { parent },
  );
  const protection = { projectId: project.id, type: "environment", id: made.id, approved: true } as const;
  return [made, ...protectedResource(name, { ...protection, ...inside }, parent)];
}
