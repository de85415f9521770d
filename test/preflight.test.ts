import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";

import { created, headOfMain, urns } from "./support/mocks";
import { runProgram, settingsOf } from "./support/program";

type Settings = Record<string, unknown>;
interface Gate {
  repository: { create: string } | { join: string } | { adopt: string; reviewedSince?: string | undefined };
  plan: string;
  contributors: string[];
  branches: Record<string, { approvals: number; codeOwners: string[] }>;
}

/** The example's settings after `edit`, its gate at hand. */
function edited(stack: string, edit: (gate: Gate, settings: Settings) => void): Settings {
  const settings = structuredClone(settingsOf(stack));
  edit(settings["federated-mlops:gate"] as Gate, settings);
  return settings;
}

/** Takes over the repository `adopt`. */
const adopting =
  (adopt: string, reviewedSince = headOfMain) =>
  (gate: Gate): void => {
    gate.repository = { adopt, reviewedSince };
  };

const deletedVault = (path: string) =>
  path.includes("/deletedVaults/")
    ? new Response(JSON.stringify({ properties: { scheduledPurgeDate: "2027-02-01T10:00:00Z" } }))
    : undefined;

const groupOf = (kind: string) => (path: string) =>
  path.includes("/resourceGroups/")
    ? new Response(JSON.stringify({ tags: { "federated-mlops-environment": kind } }))
    : undefined;

describe("before anything is registered", () => {
  afterEach(() => vi.restoreAllMocks());

  it("a deleted vault that holds the name is told, with both ways on", async () => {
    const run = runProgram("prod", settingsOf("prod"), deletedVault);
    await expect(run).rejects.toThrow(/deleted key vault kv-fl-\w{5} holds its name until 2027-02-01/);
    await expect(run).rejects.toThrow("pulumi config set --path federated-mlops:generation 2 --stack prod");
    await expect(run).rejects.toThrow("pulumi config set --path federated-mlops:recover true --stack prod");
    await urns();
    expect(created).toEqual([]);
  });

  it("what there is to recover is recovered, and nothing else", async () => {
    const vaultOf = () => created.find(({ type }) => type === "azure-native:keyvault:Vault")?.inputs.properties;
    const settings = { ...settingsOf("prod"), "federated-mlops:recover": true };
    await runProgram("prod", settings, deletedVault);
    await urns();
    expect(vaultOf()).toMatchObject({ createMode: "recover" });
    await runProgram("prod", settings);
    await urns();
    expect(vaultOf()).not.toHaveProperty("createMode");
  });

  it("a deployer who may not ask is warned and goes on", async () => {
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    await expect(
      runProgram("prod", settingsOf("prod"), () => new Response(null, { status: 403 })),
    ).resolves.toBeDefined();
    await urns();
    expect(warn.mock.calls.map(([text]) => text).join()).toContain("deletedVaults/read");
  });

  const refused: Record<string, [stack: string, edit: (gate: Gate, settings: Settings) => void, says: RegExp]> = {
    "a repository to join that does not exist": [
      "dev",
      (gate) => (gate.repository = { join: "gone" }),
      /repository\.join\n\s+got\s+gone, which does not exist/,
    ],
    "a repository to join that is archived": [
      "dev",
      (gate) => (gate.repository = { join: "old" }),
      /got\s+old, which is archived/,
    ],
    "a repository to adopt that does not exist": [
      "prod",
      (gate) => (gate.repository = { adopt: "gone" }),
      /repository\.adopt\n\s+got\s+contoso-fl\/gone, which does not exist/,
    ],
    "a repository to adopt that is public": ["prod", adopting("open"), /got\s+contoso-fl\/open, which is public/],
    "a repository to adopt with another default branch": [
      "prod",
      adopting("lab-old"),
      /got\s+contoso-fl\/lab-old, whose default branch is master/,
    ],
    "a repository to adopt whose environment takes every branch": [
      "prod",
      adopting("lab-deploys"),
      /got\s+an environment prod that also takes branch \*/,
    ],
    "a repository to adopt whose environment is spelled otherwise": [
      "prod",
      adopting("lab-shouts"),
      /got\s+lab-shouts, which has the environment Prod/,
    ],
    "a repository to adopt whose branch is protected already": [
      "prod",
      adopting("lab-ruled"),
      /branches\.main\n\s+got\s+a branch that is protected already/,
    ],
    "a repository to adopt without the commit up to which nobody reviewed it": [
      "prod",
      (gate) => (gate.repository = { adopt: "lab" }),
      /repository\.reviewedSince\n\s+got\s+nothing\n\s+needs\s+(a1){20}, the newest commit of main/,
    ],
    "a repository to adopt with an older commit than main's newest": [
      "prod",
      adopting("lab", "b2".repeat(20)),
      /got\s+(b2){20}\n\s+needs\s+(a1){20}, the newest commit of main/,
    ],
    "a repository that was taken over, as one that is made": [
      "prod",
      (gate) => (gate.repository = { create: "taken" }),
      /repository\.create\n\s+got\s+taken\n\s+needs\s+\{ adopt: taken, reviewedSince: (a1){20} \}/,
    ],
    "an organisation in which every member may write": [
      "prod",
      (_, settings) => (settings["github:owner"] = "trusting"),
      /got\s+trusting, in which every member has write on every repository/,
    ],
    "a repository to adopt with a workflow that nobody reviewed": [
      "prod",
      adopting("lab-builds"),
      /got\s+a commit with \.github\/workflows\/build\.yml/,
    ],
    "an archived repository that holds the name": [
      "prod",
      (gate) => (gate.repository = { create: "old" }),
      /the archived repository contoso-fl\/old holds its name/,
    ],
    "too few people for the approvals": [
      "prod",
      (gate) => (gate.branches = { main: { approvals: 4, codeOwners: ["fl-maintainers"] } }),
      /approvals\n\s+got\s+4\n\s+needs\s+fewer than the 4 people who can write/,
    ],
    "a team that does not exist": [
      "prod",
      (gate) => (gate.contributors = ["nobody"]),
      /contributors\[0\]\n\s+got\s+nobody\n\s+needs\s+a team that exists/,
    ],
    "a secret team as code owner": [
      "prod",
      (gate) => (gate.branches = { main: { approvals: 1, codeOwners: ["hidden"] } }),
      /codeOwners\[0\]\n\s+got\s+hidden\n\s+needs\s+a visible team/,
    ],
    "other code owners than the protected branch names": [
      "prod",
      (gate) => (gate.branches = { main: { approvals: 1, codeOwners: ["fl-release"] } }),
      /names on main: @contoso-fl\/fl-maintainers\n\s+fix\s+change .* to: \* @contoso-fl\/fl-release/,
    ],
    "a branch that somebody pushed before it had rules": [
      "prod",
      (gate) => (gate.branches.release = { approvals: 1, codeOwners: ["fl-maintainers"] }),
      /branches\.release\n\s+got\s+a branch that exists and has no rules yet/,
    ],
    "an organisation in other letters": [
      "prod",
      (_, settings) => (settings["github:owner"] = "CONTOSO-fl"),
      /github:owner\n\s+got\s+CONTOSO-fl\n\s+needs\s+contoso-fl:/,
    ],
    "an organisation on a lesser plan than the stack file says": [
      "prod",
      (_, settings) => (settings["github:owner"] = "poor"),
      /plan\n\s+got\s+enterprise\n\s+needs\s+the plan that poor really has; GitHub says it is team/,
    ],
  };
  for (const [what, [stack, edit, says]] of Object.entries(refused)) {
    it(`${what} is told`, async () => {
      await expect(runProgram(stack, edited(stack, edit))).rejects.toThrow(says);
      expect(created).toEqual([]);
    });
  }

  it("production that a stack file turns into development is told", async () => {
    await expect(runProgram("dev", settingsOf("dev"), groupOf("production"))).rejects.toThrow(
      /federated-mlops:environment\n\s+got\s+development\n\s+needs\s+production, as which/,
    );
    expect(created).toEqual([]);
    await expect(runProgram("dev", settingsOf("dev"), groupOf("development"))).resolves.toBeDefined();
    await urns();
  });

  it("everything is told at once", async () => {
    const settings = edited("prod", (gate) => {
      gate.contributors = ["nobody"];
      gate.branches.release = { approvals: 1, codeOwners: ["fl-maintainers"] };
    });
    await expect(runProgram("prod", settings, deletedVault)).rejects.toThrow("has 3 problems");
  });
});
