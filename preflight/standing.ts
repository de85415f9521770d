import type { Problem } from "../problems";

/** What a platform tells of the experiments repository before anything is registered. */
export interface Standing {
  /** A sentence about an archived repository that holds the name of the one that is to be made, if there is one. */
  readonly archived: string | undefined;
  /** An existing repository is taken over for the first time. */
  readonly takenOver: boolean;
  readonly problems: readonly Problem[];
}
