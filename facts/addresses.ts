/** Address ranges of the parties' networks: which one a party has follows from its slot alone. */

/** Range of all private networks where the stack file names none. */
export const defaultAddressSpace = "10.64.0.0/10";

/** Prefix length of one party's network: 1024 addresses, half of them for compute nodes, a quarter for endpoints. */
const networkLength = 22;

export interface NetworkRanges {
  /** The whole network, in CIDR notation. */
  readonly network: string;
  /** The subnet of compute nodes. */
  readonly compute: string;
  /** The subnet of private endpoints. */
  readonly endpoints: string;
}

/** Ranges of the network at `place` in `space` (CIDR): 0 is the orchestrator's, n + 1 that of the silo in slot n. */
export function rangesAt(space: string, place: number): NetworkRanges {
  const { first, length } = parse(space);
  const start = first + place * 2 ** (32 - networkLength);
  if (place >= placesIn(space)) throw new RangeError(`${space} (/${length}) has no place ${place}.`);
  return {
    network: `${dotted(start)}/${networkLength}`,
    compute: `${dotted(start)}/23`,
    endpoints: `${dotted(start + 512)}/24`,
  };
}

/** How many networks fit into `space` (CIDR). */
export function placesIn(space: string): number {
  return Math.floor(2 ** (networkLength - parse(space).length));
}

/** Place of the party `key`: `orchestrator` or `silo<slot>`. */
export function placeOf(key: string): number {
  return key === "orchestrator" ? 0 : Number(key.replace(/\D/g, "")) + 1;
}

function parse(space: string): { first: number; length: number } {
  const [address = "", length = "32"] = space.split("/");
  const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first, length: Number(length) };
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
