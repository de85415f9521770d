import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";

import { AzureDevOpsGate } from "../../../components/azureDevOps/gate";
import type { Group } from "../../../components/azureDevOps/people";
import { findRepository } from "../../../components/azureDevOps/repository";
import { created, mockEngine, only, urns, valueOf } from "../../support/mocks";

const devops = (name: string) => `azuredevops:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const credential = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";

const approver: Group = { descriptor: pulumi.output("aadgp.release"), id: pulumi.output("release") };
const identity = { applicationId: "/applications/1", clientId: "client", tenantId: "tenant", subscriptionId: "sub" };
const values = {
  identity,
  variables: { AZURE_CLIENT_ID: "client", AZUREML_WORKSPACE: "aml-fl-prod" },
  secrets: { WANDB_API_KEY: pulumi.secret("canary") },
};

const prod = () =>
  new AzureDevOpsGate("gate", {
    repository: {
      project: { id: pulumi.output("project"), name: "contoso-fl" },
      url: "https://dev.azure.com/contoso-fl",
      environments: {
        prod: {
          pipelineId: 117,
          checks: {
            branches: ["main"],
            approvers: [approver],
            oneByOne: true,
            template: { repository: "contoso-fl/fl-experiments-pipelines", ref: "refs/heads/main", path: "submit.yml" },
          },
        },
      },
      guards: [],
    },
    environment: "prod",
    ...values,
  });
const dev = () =>
  new AzureDevOpsGate("gate", {
    repository: findRepository({ join: "contoso-fl" }, "fl-experiments"),
    environment: "dev",
    ...values,
  });

describe("the gate on Azure DevOps", () => {
  beforeEach(() => mockEngine());

  it("trusts what its own service connection says of itself", async () => {
    const gate = prod();
    await urns();
    expect(only(credential)).toEqual({
      applicationId: "/applications/1",
      displayName: "azure-devops-prod",
      description: "Azure Pipelines jobs that use the service connection federated-mlops-prod",
      issuer: "https://login.microsoftonline.com/tenant/v2.0",
      audiences: ["api://AzureADTokenExchange"],
      subject: "/eid1/c/pub/t/tenant/a/app/sc/organisation/gate-connection",
    });
    expect(await valueOf(gate.subject)).toBe("/eid1/c/pub/t/tenant/a/app/sc/organisation/gate-connection");
  });

  it("has a connection without a secret", async () => {
    prod();
    await urns();
    expect(only(devops("ServiceEndpointAzureRM"))).toEqual({
      projectId: "project",
      serviceEndpointName: "federated-mlops-prod",
      description: "Managed by federated-mlops.",
      serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation",
      azurermSpnTenantid: "tenant",
      azurermSubscriptionId: "sub",
      azurermSubscriptionName: "sub",
      credentials: { serviceprincipalid: "client" },
      features: { validate: false },
    });
  });

  it("opens last", async () => {
    prod();
    await urns();
    expect(created.at(-1)?.type).toBe(credential);
  });

  it("lets one pipeline use the connection, from main, by the template, approved by somebody else, one run at a time", async () => {
    prod();
    await urns();
    const target = { projectId: "project", targetResourceId: "gate-connection-id", targetResourceType: "endpoint" };
    expect(only(devops("PipelineAuthorization"), "gate-connection-pipeline")).toEqual({
      projectId: "project",
      resourceId: "gate-connection-id",
      type: "endpoint",
      pipelineId: 117,
    });
    expect(only(devops("CheckBranchControl"), "gate-connection-branches")).toEqual({
      ...target,
      displayName: "federated-mlops branches",
      allowedBranches: "refs/heads/main",
      verifyBranchProtection: true,
      ignoreUnknownProtectionStatus: false,
      timeout: 1440,
    });
    expect(only(devops("CheckRequiredTemplate"), "gate-connection-template")).toEqual({
      ...target,
      requiredTemplates: [
        {
          repositoryType: "azuregit",
          repositoryName: "contoso-fl/fl-experiments-pipelines",
          repositoryRef: "refs/heads/main",
          templatePath: "submit.yml",
        },
      ],
    });
    expect(only(devops("CheckApproval"), "gate-connection-approval")).toMatchObject({
      ...target,
      approvers: ["release"],
      minimumRequiredApprovers: 1,
      requesterCanApprove: false,
    });
    expect(only(devops("CheckExclusiveLock"), "gate-connection-lock")).toMatchObject(target);
  });

  it("keeps identifiers and secrets in variables that no other pipeline reads", async () => {
    prod();
    await urns();
    const group = only(devops("VariableGroup"));
    expect(group).toMatchObject({ projectId: "project", name: "federated-mlops-prod", allowAccess: false });
    // One secret among them makes a secret of the list; the engine itself keeps them apart.
    expect(pulumi.runtime.isRpcSecret(group.variables)).toBe(true);
    const listed = pulumi.runtime.unwrapRpcSecret(group.variables) as Record<string, unknown>[];
    const [clientId, workspace, secret] = listed;
    expect([clientId, workspace]).toEqual([
      { name: "AZURE_CLIENT_ID", value: "client" },
      { name: "AZUREML_WORKSPACE", value: "aml-fl-prod" },
    ]);
    expect(secret).toEqual({ name: "WANDB_API_KEY", isSecret: true, secretValue: "canary" });
    const target = { targetResourceId: "gate-variables-id", targetResourceType: "variablegroup" };
    expect(only(devops("PipelineAuthorization"), "gate-variables-pipeline")).toMatchObject({
      ...{ resourceId: "gate-variables-id", type: "variablegroup", pipelineId: 117 },
    });
    expect(only(devops("CheckBranchControl"), "gate-variables-branches")).toMatchObject({
      ...{ ...target, allowedBranches: "refs/heads/main" },
    });
    expect(only(devops("CheckRequiredTemplate"), "gate-variables-template")).toMatchObject(target);
  });

  it("lets nobody who administers pipelines in general manage either", async () => {
    prod();
    await urns();
    for (const [suffix, group] of [
      ["contributors", "Contributors"],
      ["build-administrators", "Build Administrators"],
    ]) {
      const denied = {
        projectId: "project",
        principal: `project/${group}`,
        permissions: { Administer: "Deny", Use: "Deny" },
      };
      expect(only(devops("ServiceendpointPermissions"), `gate-connection-${suffix}`)).toEqual({
        ...denied,
        serviceendpointId: "gate-connection-id",
      });
      expect(only(devops("VariableGroupPermissions"), `gate-variables-${suffix}`)).toEqual({
        ...denied,
        variableGroupId: "gate-variables-id",
      });
    }
  });

  it("of dev is for pull requests: one pipeline, and nothing that holds each run", async () => {
    dev();
    await urns();
    // Length of the pipeline's name, as the recording engine has it.
    const pipelineId = 100 + "fl-experiments-dev-run".length;
    const authorised = created.filter(({ type }) => type === devops("PipelineAuthorization"));
    expect(authorised.map(({ inputs }) => [inputs.type, inputs.pipelineId]).sort()).toEqual([
      ["endpoint", pipelineId],
      ["variablegroup", pipelineId],
    ]);
    expect(created.filter(({ type }) => type.includes(":index/check"))).toEqual([]);
    expect(only(devops("ServiceEndpointAzureRM")).serviceEndpointName).toBe("federated-mlops-dev");
  });

  it("is not opened to production by who only found the repository", () => {
    expect(
      () =>
        new AzureDevOpsGate("gate", {
          repository: findRepository({ join: "contoso-fl" }, "fl-experiments"),
          environment: "prod",
          ...values,
        }),
    ).toThrow("no part in the environment prod");
  });
});
