import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { placeOf, placesIn, rangesAt } from "../../facts/addresses";

describe("address ranges", () => {
  it("follow from the slot alone", () => {
    const space = "10.64.0.0/10";
    expect(rangesAt(space, placeOf("orchestrator"))).toEqual({
      network: "10.64.0.0/22",
      compute: "10.64.0.0/23",
      endpoints: "10.64.2.0/24",
    });
    expect(rangesAt(space, placeOf("silo0")).network).toBe("10.64.4.0/22");
    expect(rangesAt(space, placeOf("silo299"))).toEqual({
      network: "10.68.176.0/22",
      compute: "10.68.176.0/23",
      endpoints: "10.68.178.0/24",
    });
  });

  it("have room for every slot that a silo can have", () => {
    expect(placesIn("10.64.0.0/10")).toBe(4096);
    expect(placesIn("10.0.0.0/20")).toBe(4);
    expect(placesIn("10.0.0.0/24")).toBe(0);
    expect(() => rangesAt("10.0.0.0/20", 4)).toThrow("has no place 4");
  });

  it("never overlap", () => {
    const start = (cidr: string) =>
      cidr
        .split("/")[0]
        ?.split(".")
        .reduce((sum, part) => sum * 256 + Number(part), 0) ?? 0;
    const place = fc.nat(4095);
    fc.assert(
      fc.property(place, place, (one, other) => {
        fc.pre(one !== other);
        const [a, b] = [rangesAt("10.64.0.0/10", one), rangesAt("10.64.0.0/10", other)];
        expect(Math.abs(start(a.network) - start(b.network))).toBeGreaterThanOrEqual(1024);
        expect(start(a.endpoints) - start(a.compute)).toBe(512);
      }),
    );
  });
});
