import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { defaultAddressSpace, placeOf, rangesAt } from "../facts/addresses";
import { namesOf, refusedNames } from "../names";
import { silosIn } from "../operations/bench/stackFile";
import { created, urns, waitsFor } from "./support/mocks";
import { runProgram, settingsOf } from "./support/program";

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

interface Size {
  readonly resources: number;
  readonly edges: number;
  /** Names of what waits for more than a hundred others. */
  readonly busy: readonly string[];
}

describe("what the program registers", () => {
  // The SDK takes a stack trace for every property of every resource; here nobody reads them.
  const limit = Error.stackTraceLimit;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = limit;
  });

  const sizeWith = async (silos: number, more: Record<string, unknown> = {}): Promise<Size> => {
    const settings = { ...settingsOf("prod"), ...more, "federated-mlops:silos": silosIn(silos) };
    await runProgram("prod", settings);
    await urns();
    const waiting = [...waitsFor];
    return {
      resources: created.length,
      edges: waiting.reduce((sum, [, count]) => sum + count, 0),
      busy: waiting.flatMap(([name, count]) => (count > 100 ? [name] : [])).sort(),
    };
  };

  it("grows by the same resources and dependencies with every silo", { timeout: 120_000 }, async () => {
    const sizes = [await sizeWith(3), await sizeWith(30), await sizeWith(300)];
    console.log(sizes);
  });
});
