/** A stack file as the example's, with any number of silos. */
import { parseDocument } from "yaml";

/** Regions of the silos, in turn. */
const regions = ["westeurope", "northeurope", "eastus", "australiaeast", "uksouth"];

/** The settings of `silos`, by slot. */
export function silosIn(count: number): Record<string, { location: string }> {
  const slots = Array.from({ length: count }, (_, slot) => slot);
  return Object.fromEntries(slots.map((slot) => [`silo${slot}`, { location: regions[slot % regions.length] ?? "" }]));
}

/** The text of a stack file with `count` silos in place of its own, everything else as it is. */
export function withSilos(stackFile: string, count: number): string {
  const document = parseDocument(stackFile);
  document.setIn(["config", "federated-mlops:silos"], silosIn(count));
  return String(document);
}
