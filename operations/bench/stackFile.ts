/** A stack file as the example's, with any number of silos. */
import { parseDocument } from "yaml";

const several: readonly string[] = ["westeurope", "northeurope", "eastus", "australiaeast", "uksouth"];

/** The setting `silos` with that many silos, in those regions in turn. */
export function silosIn(count: number, regions = several): Record<string, { location: string }> {
  const slots = Array.from({ length: count }, (_, slot) => slot);
  return Object.fromEntries(slots.map((slot) => [`silo${slot}`, { location: regions[slot % regions.length] ?? "" }]));
}

/** The text of a stack file with `count` silos in place of its own, everything else as it is. */
export function withSilos(stackFile: string, count: number): string {
  const document = parseDocument(stackFile);
  document.setIn(["config", "federated-mlops:silos"], silosIn(count));
  return String(document);
}
