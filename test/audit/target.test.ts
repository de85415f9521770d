/** Where the audit looks, by the outputs of a stack. */
import { expect, it } from "vitest";

import { targetAt } from "../../audit/target";

const places = {
  ...{ stack: "prod", environment: "production", workspaceId: "/w", pipelineClientId: "c", trustedSubject: "s" },
  backend: "file:///state",
};
const repositoryAt = (repository: string) => targetAt({ ...places, repository }).repository;

it("knows a repository by its page, on either platform", () => {
  expect(repositoryAt("https://github.com/contoso-fl/fl-experiments")).toEqual({
    ...{ on: "github", name: "contoso-fl/fl-experiments" },
  });
  const there = { on: "azureDevOps", url: "https://dev.azure.com/contoso-fl", name: "fl-experiments" };
  expect(repositoryAt("https://dev.azure.com/contoso-fl/Machine%20learning/_git/fl-experiments")).toEqual({
    ...{ ...there, project: "Machine learning" },
  });
  expect(repositoryAt("https://contoso-fl.visualstudio.com/lab/_git/fl-experiments")).toEqual({
    ...{ ...there, project: "lab" },
  });
});

it("takes no host for Azure DevOps that only looks like it", () => {
  expect(repositoryAt("https://dev.azure.com.example/contoso-fl/lab/_git/fl").on).toBe("github");
});
