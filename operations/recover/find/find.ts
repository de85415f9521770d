/** How a thing is looked for, and what is seen of it. */
import type { Clouds } from "../../../clients/clouds";
import type { Inputs } from "../wanted";

/** Where to look. */
export interface Where {
  readonly subscription: string;
  /** GitHub organisation. */
  readonly owner: string;
  /** Address of the Azure DevOps organisation; empty where the stack has none. */
  readonly organisation: string;
  /** Names of repositories by the node id that GitHub gives them. */
  readonly repositories: Readonly<Record<string, string>>;
}

/** Something that stands where the wanted thing would stand. */
export interface Sighting {
  /** As `pulumi import` takes it. */
  readonly id: string;
  /** The same of others that bear the same name. */
  readonly others?: readonly string[];
  /** The commands that delete it and the others, where its provider cannot import it. */
  readonly removals?: readonly string[];
  /** What shows that this stack made it, as a sentence. Neither this nor `stranger` where a type shows nothing. */
  readonly ours?: string;
  /** What shows that somebody else made it, as a sentence. */
  readonly stranger?: string;
}

/** A way to find a thing by what it is called in its cloud. */
export interface Find {
  /** Inputs that name it. While one of them is not known it cannot stand: it leans on something that is to be made. */
  readonly key: readonly string[];
  /** Why one that has no such name is harmless to make once more, where there is such a one. */
  readonly again?: string;
  /** Throws {@link Unreadable} where the cloud does not say. */
  readonly look: (inputs: Inputs, clouds: Clouds, where: Where) => Promise<Sighting | "missing">;
}

/** An input that names something. */
export const text = (inputs: Inputs, key: string) => String(inputs[key]);
