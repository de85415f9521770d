import * as azuread from "@pulumi/azuread";
import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";

import { audience } from "../../facts/azure";
import { nameFor } from "../../facts/azureDevOps";
import type { Gate, GateArgs } from "../gate";
import { builtIn } from "./people";
import { protectedResource } from "./protectedResource";
import type { ExperimentsRepository } from "./repository";

/**
 * What one stack adds to its deployment environment: a variable group, a service connection, and last the federated
 * credential by which a job that may use that connection becomes the service principal. Until the credential stands the
 * gate is shut; it depends on every protection, so that it is made after them and destroyed before them.
 */
export class AzureDevOpsGate extends pulumi.ComponentResource implements Gate {
  readonly subject: pulumi.Output<string>;

  constructor(name: string, args: GateArgs<ExperimentsRepository>, opts?: pulumi.ComponentResourceOptions) {
    super("federated-mlops:index:AzureDevOpsGate", name, {}, opts);
    const { repository, environment, identity } = args;
    const { project, guards } = repository;
    const inside = repository.environments[environment];
    if (inside === undefined) throw new Error(`This stack has no part in the environment ${environment}.`);
    const rulesStand = { parent: this, dependsOn: [...guards] };

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

    const protections = [
      ...unmanaged(name, variables, connection, this, project),
      ...protectedResource(
        `${name}-variables`,
        { projectId: project.id, type: "variablegroup", id: variables.id, approved: false, ...inside },
        this,
      ),
      ...protectedResource(
        `${name}-connection`,
        { projectId: project.id, type: "endpoint", id: connection.id, approved: true, ...inside },
        this,
      ),
    ];

    this.subject = connection.workloadIdentityFederationSubject;

    new azuread.ApplicationFederatedIdentityCredential(
      `${name}-credential`,
      {
        applicationId: identity.applicationId,
        displayName: `azure-devops-${environment}`,
        description: `Azure Pipelines jobs that use the service connection ${nameFor(environment)}`,
        // As the connection gives them: Azure DevOps changes their form, and composes them of what only it knows.
        issuer: connection.workloadIdentityFederationIssuer,
        audiences: [audience],
        subject: this.subject,
      },
      {
        parent: this,
        dependsOn: pulumi
          .output(opts?.dependsOn ?? [])
          .apply((before) => [...[before].flat(), ...guards, variables, ...protections]),
      },
    );

    this.registerOutputs({ subject: this.subject });
  }
}

/** Who administers pipelines in general does not manage these: an administrator of theirs could take a check away. */
function unmanaged(
  name: string,
  variables: azuredevops.VariableGroup,
  connection: azuredevops.ServiceEndpointAzureRM,
  parent: pulumi.Resource,
  project: ExperimentsRepository["project"],
): pulumi.Resource[] {
  return ["Contributors", "Build Administrators"].flatMap((group) => {
    const suffix = group.toLowerCase().replace(" ", "-");
    const ours = { projectId: project.id, principal: builtIn(group, project, parent) };
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
