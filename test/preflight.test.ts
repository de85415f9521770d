import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";

import { created, urns } from "./support/mocks";
import { runProgram, settingsOf } from "./support/program";

const deleted = { properties: { scheduledPurgeDate: "2027-02-01T10:00:00Z" } };

describe("before anything is registered", () => {
  afterEach(() => vi.restoreAllMocks());

  it("a deleted vault that holds the name is told, with both ways on", async () => {
    const run = runProgram("prod", settingsOf("prod"), new Response(JSON.stringify(deleted)));
    await expect(run).rejects.toThrow(/deleted key vault kv-fl-\w{5} holds its name until 2027-02-01/);
    await expect(run).rejects.toThrow("pulumi config set federated-mlops:generation 2 --stack prod");
    await expect(run).rejects.toThrow("pulumi config set federated-mlops:recover true --stack prod");
    await urns();
    expect(created).toEqual([]);
  });

  it("nothing is asked where the stack file says to recover it", async () => {
    const settings = { ...settingsOf("prod"), "federated-mlops:recover": true };
    await expect(runProgram("prod", settings, new Response(JSON.stringify(deleted)))).resolves.toBeDefined();
    await urns();
    expect(created.find(({ type }) => type === "azure-native:keyvault:Vault")?.inputs.properties).toMatchObject({
      createMode: "recover",
    });
  });

  it("a deployer who may not ask is warned and goes on", async () => {
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    await expect(runProgram("prod", settingsOf("prod"), new Response(null, { status: 403 }))).resolves.toBeDefined();
    await urns();
    expect(warn.mock.calls[0]?.[0]).toContain("deletedVaults/read");
  });

  it("a repository to join that is not there is told", async () => {
    const settings = structuredClone(settingsOf("dev"));
    const gate = settings["federated-mlops:gate"] as { repository: { join: string } };
    gate.repository.join = "gone";
    await expect(runProgram("dev", settings)).rejects.toThrow(/repository.join\n\s+got\s+gone, which does not exist/);
    gate.repository.join = "old";
    await expect(runProgram("dev", settings)).rejects.toThrow(/got\s+old, which is archived/);
    expect(created).toEqual([]);
  });

  it("an archived repository that holds the name is told", async () => {
    const settings = structuredClone(settingsOf("prod"));
    (settings["federated-mlops:gate"] as { repository: unknown }).repository = { create: "old" };
    await expect(runProgram("prod", settings)).rejects.toThrow("the archived repository contoso-fl/old holds its name");
    expect(created).toEqual([]);
  });

  it("a team that cannot give its approvals is told", async () => {
    const settings = structuredClone(settingsOf("prod"));
    const gate = settings["federated-mlops:gate"] as { branches: { main: { approvals: number } } };
    gate.branches.main.approvals = 4;
    await expect(runProgram("prod", settings)).rejects.toThrow(/codeOwners\n\s+got\s+fl-maintainers: 4 people/);
    expect(created).toEqual([]);
  });
});
