import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";

import { GitHubGate } from "../../../components/github/gate";
import { created, mockEngine, only, urns, valueOf } from "../../support/mocks";

const credential = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";

const open = (subject: "immutable" | "classic") =>
  new GitHubGate("gate", {
    repository: {
      repositoryName: "fl-experiments",
      fullName: "contoso-fl/fl-experiments",
      repositoryId: 815,
      guards: [],
    },
    environment: "prod",
    identity: { applicationId: "/applications/1", clientId: "client", tenantId: "tenant", subscriptionId: "sub" },
    subject,
    variables: { AZURE_CLIENT_ID: "client", AZUREML_WORKSPACE: "aml-fl-prod" },
    secrets: { WANDB_API_KEY: pulumi.secret("canary") },
  });

describe("the gate", () => {
  beforeEach(() => mockEngine());

  it("trusts one environment of one repository by their numeric ids", async () => {
    const gate = open("immutable");
    await urns();
    expect(only(credential)).toEqual({
      applicationId: "/applications/1",
      displayName: "github-prod",
      description: "GitHub Actions jobs in the environment prod of the experiments repository",
      issuer: "https://token.actions.githubusercontent.com",
      audiences: ["api://AzureADTokenExchange"],
      subject: "repo:contoso-fl@4711/fl-experiments@815:environment:prod",
    });
    expect(await valueOf(gate.subject)).toBe("repo:contoso-fl@4711/fl-experiments@815:environment:prod");
  });

  it("speaks the classic form to a repository that does", async () => {
    open("classic");
    await urns();
    expect(only(credential).subject).toBe("repo:contoso-fl/fl-experiments:environment:prod");
  });

  it("opens last", async () => {
    open("immutable");
    await urns();
    expect(created.at(-1)?.type).toBe(credential);
    expect(created).toHaveLength(5);
  });

  it("keeps identifiers as variables and secrets as secrets, in this environment alone", async () => {
    open("immutable");
    await urns();
    const place = { repository: "fl-experiments", environment: "prod" };
    expect(only("github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable", "gate-AZURE_CLIENT_ID")).toEqual({
      ...place,
      variableName: "AZURE_CLIENT_ID",
      value: "client",
    });
    const secret = only("github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret");
    expect(secret).toMatchObject({ ...place, secretName: "WANDB_API_KEY" });
    expect(pulumi.runtime.isRpcSecret(secret.value)).toBe(true);
  });
});
