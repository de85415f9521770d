import { controls, typesOf } from "../../../facts/controls";
import type { Rule } from "../rule";

const kept = typesOf(controls["protect-data"]);

export const protectData: Rule = {
  control: "protect-data",
  judge: ({ type, opts }, { environment }) =>
    environment === "production" && kept.includes(type) && !opts.protect
      ? ["The option protect is off. It must be true: without it, a line that is taken out deletes what it made."]
      : [],
};
