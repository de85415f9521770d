import { onBranches } from "../branches";
import { none, off, type Rule } from "../rule";

export const branchHistory: Rule = {
  control: "branch-history",
  judge: onBranches(() => ({
    ruleset: { "rules.nonFastForward": true, "rules.deletion": true, "rules.creation": true },
    protection: { allowsForcePushes: off, allowsDeletions: off, forcePushBypassers: none },
  })),
};
