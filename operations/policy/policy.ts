import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { controls } from "../../facts/controls";
import type { Rule } from "./rule";
import { settingsOf } from "./settings";

/** A rule as the engine knows it: by the id and the promise of the control that it holds. */
export function policyOf({
  control,
  judge,
  withoutInputs,
  judgeAll,
}: Rule): ResourceValidationPolicy | StackValidationPolicy {
  return {
    name: control,
    description: controls[control].promise,
    ...(judge && {
      validateResource: (resource, report) => {
        // What the stack only reads stands in an exported state too. It is its owner's.
        if (withoutInputs !== true && Object.keys(resource.props).length === 0) return;
        for (const complaint of judge(resource, settingsOf(resource.urn))) report(complaint);
      },
    }),
    ...(judgeAll && {
      validateStack: ({ resources }, report) => {
        for (const { urn, complaint } of judgeAll(resources, settingsOf(resources[0]?.urn ?? ""))) {
          report(complaint, urn);
        }
      },
    }),
  };
}
