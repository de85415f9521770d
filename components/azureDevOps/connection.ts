import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import { nameFor } from "../../facts/azureDevOps";
import { ordinaryGroups } from "./people";
import type { Project } from "./project";
import { type Checks, protectedResource } from "./protectedResource";

export interface ConnectionArgs {
  readonly project: Project;
  /** The environment in which the jobs run: connection and variable group are called after it. */
  readonly environment: string;
  /** Whom the jobs become. */
  readonly identity: {
    readonly clientId: pulumi.Input<string>;
    readonly tenantId: pulumi.Input<string>;
    /** A subscription that it may read: where a job signs in, it is chosen. */
    readonly subscriptionId: pulumi.Input<string>;
  };
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** The one pipeline that may use them. */
  readonly pipelineId: pulumi.Input<number>;
  readonly checks: Checks | undefined;
  /** What must stand before. */
  readonly dependsOn: readonly pulumi.Resource[];
}

export interface Connection {
  /** What an identity must trust for these jobs to become it. */
  readonly issuer: pulumi.Output<string>;
  readonly subject: pulumi.Output<string>;
  /** What must stand before it may. */
  readonly guards: readonly pulumi.Resource[];
}

/**
 * What makes an identity of a job: the variables that it reads and a service connection without a secret, both behind
 * their checks. It becomes nobody until the identity trusts what the connection says of itself.
 */
export function connectionTo(name: string, args: ConnectionArgs, parent: pulumi.Resource): Connection {
  const { project, environment, identity, pipelineId, checks } = args;
  const rulesStand = { parent, dependsOn: [...args.dependsOn] };

  const variables = new azuredevops.VariableGroup(
    `${name}-variables`,
    {
      projectId: project.id,
      name: nameFor(environment),
      description: "Managed by federated-mlops.",
      allowAccess: false,
      variables: [
        ...Object.entries(args.variables).map(([variable, value]) => ({ name: variable, value })),
        ...Object.entries(args.secrets).map(([secret, secretValue]) => ({
          name: secret,
          secretValue,
          isSecret: true,
        })),
      ],
    },
    rulesStand,
  );

  const connection = new azuredevops.ServiceEndpointAzureRM(
    `${name}-connection`,
    {
      projectId: project.id,
      serviceEndpointName: nameFor(environment),
      description: "Managed by federated-mlops.",
      serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation",
      azurermSpnTenantid: identity.tenantId,
      azurermSubscriptionId: identity.subscriptionId,
      // Only shown; what people call the subscription is not known here.
      azurermSubscriptionName: identity.subscriptionId,
      credentials: { serviceprincipalid: identity.clientId },
      // It could not sign in yet.
      features: { validate: false },
    },
    rulesStand,
  );

  const inside = { projectId: project.id, pipelineId, checks };
  const protections = [
    ...unmanaged(name, variables, connection, project, parent),
    ...protectedResource(
      `${name}-variables`,
      { ...inside, type: "variablegroup", id: variables.id, approved: false },
      parent,
    ),
    ...protectedResource(
      `${name}-connection`,
      { ...inside, type: "endpoint", id: connection.id, approved: true },
      parent,
    ),
  ];
  return {
    issuer: connection.workloadIdentityFederationIssuer,
    subject: connection.workloadIdentityFederationSubject,
    guards: [variables, ...protections],
  };
}

/** Who administers pipelines in general does not manage these: an administrator of theirs could take a check away. */
function unmanaged(
  name: string,
  variables: azuredevops.VariableGroup,
  connection: azuredevops.ServiceEndpointAzureRM,
  project: Project,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  return ordinaryGroups(project, parent).flatMap(({ suffix, descriptor: principal }) => {
    const ours = { projectId: project.id, principal };
    return [
      new azuredevops.VariableGroupPermissions(
        `${name}-variables-${suffix}`,
        { ...ours, variableGroupId: variables.id, permissions: { Administer: "Deny", Use: "Deny" } },
        { parent },
      ),
      new azuredevops.ServiceendpointPermissions(
        `${name}-connection-${suffix}`,
        { ...ours, serviceendpointId: connection.id, permissions: { Administer: "Deny", Use: "Deny" } },
        { parent },
      ),
    ];
  });
}
