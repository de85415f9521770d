import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { limits } from "../facts/limits";
import { type Names, namesOf, refusedNames, type Stem } from "../names";

const stem: Stem = {
  subscription: "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10",
  stack: "prod",
  workload: "fl",
  generation: 1,
  silos: { silo0: {}, silo12: {} },
  repository: "fl-experiments",
};

const stores = (names: Names) => [
  names.store,
  names.orchestrator.store,
  ...Object.values(names.silos).map((s) => s.store),
];

describe("names", () => {
  it("are what a person expects", () => {
    const names = namesOf(stem);
    expect(names).toMatchObject({
      group: "rg-fl-prod",
      silosGroup: "rg-fl-prod-silos",
      workspace: "aml-fl-prod",
      workspaceId:
        "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10/resourceGroups/rg-fl-prod/providers/Microsoft.MachineLearningServices/workspaces/aml-fl-prod",
      repository: "fl-experiments",
      orchestrator: { cluster: "orchestrator-cpu", datastore: "datastore_orchestrator", container: "private" },
      silos: { silo12: { cluster: "silo12-cpu", datastore: "datastore_silo12", container: "private" } },
    });
    expect(names.silos.silo12?.storeId).toContain("/resourceGroups/rg-fl-prod-silos/");
    expect(names.orchestrator.containerId).toBe(
      `${names.orchestrator.storeId}/blobServices/default/containers/private`,
    );
  });

  it("differ between stacks and between subscriptions wherever all of Azure shares them", () => {
    const others = [
      { ...stem, stack: "dev" },
      { ...stem, subscription: "2d9a4c1e-7b64-4f0d-8c35-91e6a07d5b42" },
    ];
    const shared = (names: Names) => [...stores(names), names.vault, names.registry];
    for (const other of others.map(namesOf)) {
      expect(shared(other).filter((name) => shared(namesOf(stem)).includes(name))).toEqual([]);
    }
  });

  it("that a deletion leaves behind carry the generation, all others stay", () => {
    const [first, second] = [namesOf(stem), namesOf({ ...stem, generation: 2 })];
    const { vault, vaultId, workspace, workspaceId, repository, ...rest } = second;
    expect(workspace).toBe("aml-fl-prod-2");
    expect(repository).toBe("fl-experiments-2");
    expect(vault).not.toBe(first.vault);
    expect([vaultId, workspaceId]).not.toContain(first.vaultId);
    expect(first).toMatchObject(rest);
  });

  it("are either within Azure's limits or refused, whatever the stem", () => {
    const word = (pattern: RegExp) => fc.stringMatching(pattern);
    const stems = fc.record({
      subscription: fc.uuid(),
      stack: word(/^[a-z][a-z0-9-]{0,40}[a-z0-9]$/),
      workload: word(/^[a-z][a-z0-9]{0,15}$/),
      generation: fc.integer({ min: 1, max: 99 }),
      silos: fc
        .uniqueArray(fc.nat(999), { minLength: 1, maxLength: 5 })
        .map((slots) => Object.fromEntries(slots.map((slot) => [`silo${slot}`, {}]))),
    });
    fc.assert(
      fc.property(stems, (any) => {
        const names = namesOf(any);
        const fits = (limit: { length: readonly [number, number]; pattern: RegExp }, name: string) =>
          name.length >= limit.length[0] && name.length <= limit.length[1] && limit.pattern.test(name);
        const sound =
          fits(limits.workspace, names.workspace) &&
          fits(limits.vault, names.vault) &&
          stores(names).every((store) => fits(limits.store, store));
        if (refusedNames(any).length === 0) expect(sound).toBe(true);
        expect(new Set(stores(names)).size).toBe(stores(names).length);
      }),
    );
  });

  it("refuse the cluster name of the public examples, which the current API does not take", () => {
    expect(limits.cluster.pattern.test("silo0-01")).toBe(false);
    expect(limits.cluster.pattern.test("silo0-cpu")).toBe(true);
  });
});
