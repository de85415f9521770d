import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { defaultAddressSpace, placeOf, rangesAt } from "../facts/addresses";
import { namesOf, refusedNames } from "../names";
import { silosIn } from "../operations/bench/stackFile";
import { created, urns, waitsFor } from "./support/mocks";
import { examples, runProgram, settingsOf } from "./support/program";

describe("300 silos", () => {
  const stem = {
    subscription: "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10",
    stack: "prod",
    workload: "fl",
    generation: 1,
    silos: Object.fromEntries(Object.keys(silosIn(300)).map((key) => [key, {}])),
    repository: "fl-experiments",
  };

  it("have names that Azure takes, each its own", () => {
    expect(refusedNames(stem)).toEqual([]);
    const names = namesOf(stem);
    const parties = [names.orchestrator, ...Object.values(names.silos)];
    expect(parties).toHaveLength(301);
    for (const kind of ["store", "identity", "cluster", "datastore", "storeId", "containerId", "place"] as const) {
      expect(new Set(parties.map((party) => party[kind].toLowerCase())).size, kind).toBe(301);
    }
    const handovers = Object.values(names.silos).flatMap(({ handover, handoverDatastore }) => [
      handover,
      handoverDatastore,
    ]);
    expect(new Set(handovers).size).toBe(600);
  });

  it("have address ranges that are disjoint, with room for those in between", () => {
    const places = [placeOf("orchestrator"), ...Object.keys(stem.silos).map(placeOf)];
    const networks = places.map((place) => rangesAt(defaultAddressSpace, place).network);
    expect(new Set(networks).size).toBe(301);
    // All of one size and aligned to it: two of them are the same or apart.
    for (const network of networks) {
      expect(network).toMatch(/^10\.\d+\.\d+\.0\/22$/);
      expect(Number(network.split(".")[2]) % 4).toBe(0);
    }
  });
});

describe("what the program registers", () => {
  // The SDK takes a stack trace for every property of every resource; here nobody reads them.
  const limit = Error.stackTraceLimit;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = limit;
  });

  const register = async (silos: number, settings: Record<string, unknown>, regions?: readonly string[]) => {
    await runProgram("prod", { ...settings, "federated-mlops:silos": silosIn(silos, regions) });
    await urns();
    return { silos, resources: created.length, edges: [...waitsFor.values()].reduce((sum, count) => sum + count, 0) };
  };

  it.each([3, 30, 300])("has as many resources and dependencies more for each of %i silos", async (silos) => {
    expect(await register(silos, settingsOf("prod"))).toEqual({
      silos,
      resources: 152 + 26 * silos,
      edges: 525 + 95 * silos,
    });
  });

  it.each([3, 30])("the same in a managed network with %i silos", async (silos) => {
    const { directory } = examples["single-region"];
    expect(await register(silos, settingsOf("prod", undefined, directory), ["westeurope"])).toEqual({
      silos,
      resources: 143 + 15 * silos,
      edges: 478 + 64 * silos,
    });
  });

  it("lets nothing wait for all silos but what must come last", async () => {
    await register(10, settingsOf("prod"));
    const waiting = [...waitsFor].flatMap(([name, count]) => (count > 20 ? [name] : []));
    expect(waiting.sort()).toEqual(["gate", "gate-credential", "guardrails"]);
  });
});
