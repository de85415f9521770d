import { describe, expect, it } from "vitest";

import { judge } from "../config";
import { Refusal, settingOf } from "../problems";
import { settingsOf } from "./support/program";

type Settings = Record<string, unknown>;

/** The refusal of the example's production stack file after `edit`. */
function refusal(edit: (settings: Settings) => void, stack = "prod"): Refusal {
  const settings = structuredClone(settingsOf(stack));
  edit(settings);
  try {
    judge(settings, stack);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("The settings were accepted.");
}

const gateOf = (settings: Settings) => settings["federated-mlops:gate"] as Record<string, unknown>;
const places = ({ problems }: Refusal) => problems.map(({ path }) => settingOf(path)).sort();

describe("a stack file", () => {
  it("is accepted as the examples are, with defaults filled in", () => {
    expect(judge(settingsOf("prod"), "prod")["federated-mlops:silos"].silo0).toEqual({
      location: "australiaeast",
      vmSize: "Standard_DS4_v2",
      maxNodes: 2,
    });
    expect(judge(settingsOf("dev"), "dev")["federated-mlops:environment"]).toBe("development");
  });

  it("is refused with every problem in one message", async () => {
    const refused = refusal((settings) => {
      settings["federated-mlops:workload"] = "federatedlearn";
      settings["federated-mlops:user"] = [];
      settings["federated-mlops:silos"] = { silo0: { location: "eastus" }, hospital: { location: "eastus" } };
      gateOf(settings).branches = { main: { approvals: 0, codeOwners: ["fl-maintainers"] } };
      gateOf(settings).deployFrom = ["release"];
    });
    expect(places(refused)).toEqual([
      "federated-mlops:gate.branches.main.approvals",
      "federated-mlops:gate.deployFrom[0]",
      "federated-mlops:silos.hospital",
      "federated-mlops:user",
      "federated-mlops:workload",
    ]);
    await expect(refused.message).toMatchFileSnapshot("messages/five-problems.txt");
  });

  const refused: Record<string, [edit: (settings: Settings) => void, place: string]> = {
    "production without a gate": [(s) => delete s["federated-mlops:gate"], "federated-mlops:gate"],
    "an environment of a third kind": [
      (s) => (s["federated-mlops:environment"] = "staging"),
      "federated-mlops:environment",
    ],
    "a missing subscription": [(s) => delete s["azure-native:subscriptionId"], "azure-native:subscriptionId"],
    "a group by name": [
      (s) => (s["federated-mlops:users"] = [{ group: "scientists" }]),
      "federated-mlops:users[0].group",
    ],
    "nobody who works here": [(s) => (s["federated-mlops:users"] = []), "federated-mlops:users"],
    "the same group twice": [
      (s) => {
        const group = "8f6f0b3e-52a5-4b63-9d0a-0c1d5b3e7a11";
        s["federated-mlops:users"] = [{ group }, { group: group.toUpperCase() }];
      },
      "federated-mlops:users[1]",
    ],
    "no silo": [(s) => (s["federated-mlops:silos"] = {}), "federated-mlops:silos"],
    "a slot with a leading zero": [
      (s) => (s["federated-mlops:silos"] = { silo01: { location: "eastus" } }),
      "federated-mlops:silos.silo01",
    ],
    "a wildcard to deploy from": [(s) => (gateOf(s).deployFrom = ["release/*"]), "federated-mlops:gate.deployFrom[0]"],
    "a wildcard with rules": [
      (s) =>
        (gateOf(s).branches = { main: { approvals: 1, codeOwners: ["a"] }, "*": { approvals: 1, codeOwners: ["a"] } }),
      'federated-mlops:gate.branches["*"]',
    ],
    "no rules for main": [
      (s) => {
        gateOf(s).branches = { release: { approvals: 1, codeOwners: ["a"] } };
        gateOf(s).deployFrom = ["release"];
      },
      "federated-mlops:gate.branches",
    ],
    "nobody who owns the code": [
      (s) => (gateOf(s).branches = { main: { approvals: 1, codeOwners: [] } }),
      "federated-mlops:gate.branches.main.codeOwners",
    ],
    "nobody who reviews deployments": [(s) => (gateOf(s).deployReviewers = []), "federated-mlops:gate.deployReviewers"],
    "a plan that cannot review deployments": [(s) => (gateOf(s).plan = "team"), "federated-mlops:gate.plan"],
    "a plan that cannot protect branches": [(s) => (gateOf(s).plan = "free"), "federated-mlops:gate.plan"],
    "production that joins a repository": [
      (s) => (gateOf(s).repository = { join: "fl-experiments" }),
      "federated-mlops:gate.repository.create",
    ],
    "a secret with a name that GitHub keeps": [
      (s) => (s["federated-mlops:secrets"] = { GITHUB_PAT: "x" }),
      "federated-mlops:secrets.GITHUB_PAT",
    ],
    "a key that opens production": [
      (s) => (s["federated-mlops:publicNetworkAccess"] = "Enabled"),
      "federated-mlops:publicNetworkAccess",
    ],
  };
  for (const [what, [edit, place]] of Object.entries(refused)) {
    it(`is refused with ${what}`, () => {
      expect(places(refusal(edit))).toContain(place);
    });
  }

  it("is refused in development when it brings its own branch rules", () => {
    expect(places(refusal((s) => (gateOf(s).branches = {}), "dev"))).toContain("federated-mlops:gate.branches");
  });

  it("is never quoted where it may hold a secret", () => {
    const refused = refusal((s) => (s["federated-mlops:secrets"] = { WANDB_API_KEY: { open: "hunter2" } }));
    expect(refused.message).not.toContain("hunter2");
  });

  it("keeps settings of the providers", () => {
    expect(() => judge({ ...settingsOf("prod"), "azure-native:tenantId": "x" }, "prod")).not.toThrow();
  });
});
