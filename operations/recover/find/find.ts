/** How a thing is looked for, and what is seen of it. */
import type { Clouds } from "../../../clients/clouds";
import type { Inputs } from "../wanted";

/** Where to look. */
export interface Where {
  readonly subscription: string;
  /** GitHub organisation. */
  readonly owner: string;
  /** Names of repositories by the node id that GitHub gives them. */
  readonly repositories: Readonly<Record<string, string>>;
}

/** Something that stands where the wanted thing would stand. */
export interface Sighting {
  /** As `pulumi import` takes it. */
  readonly id: string;
  /** The same of others that bear the same name. */
  readonly others?: readonly string[];
  /** What shows that this stack made it, as a sentence. Neither this nor `stranger` where a type shows nothing. */
  readonly ours?: string;
  /** What shows that somebody else made it, as a sentence. */
  readonly stranger?: string;
}

/** A way to find a thing by what it is called in its cloud. */
export interface Find {
  /** Inputs that name it. While one of them is not known it cannot stand: it leans on something that is to be made. */
  readonly key: readonly string[];
  /** Throws {@link Unreadable} where the cloud does not say. */
  readonly look: (inputs: Inputs, clouds: Clouds, where: Where) => Promise<Sighting | "missing">;
}

/** An input that names something. */
export const text = (inputs: Inputs, key: string) => String(inputs[key]);
