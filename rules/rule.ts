import * as z from "zod";

import type { Problem } from "../problems";

/** A condition across settings. It runs on the part that it needs, whatever else is wrong: one problem must not hide another. */
export interface Rule<T = unknown> {
  readonly needs: z.ZodType<T>;
  readonly check: (part: T, stack: string) => Problem[];
}

export const rule = <T>(needs: z.ZodType<T>, check: Rule<T>["check"]): Rule => ({
  needs,
  check: check as Rule["check"],
});

export const gate = "federated-mlops:gate";

/** The settings of the gate that a rule needs. */
export const withGate = <T extends z.ZodRawShape>(shape: T) => z.object({ [gate]: z.object(shape) });
