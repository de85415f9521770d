import type { Bag } from "./store";

/**
 * `bag` with the value at `path` (`value`, `variables[].secretValue`) changed; `[]` is every element. What `like` has at the
 * same place goes along. Where `change` gives nothing, nothing is left.
 */
export function changedAt(
  bag: Bag,
  path: string,
  change: (value: unknown, like: unknown) => unknown,
  like: Bag | undefined = undefined,
): Bag {
  const [step = "", ...rest] = path.split(".");
  const key = step.replace(/\[\]$/, "");
  const [value, other] = [bag[key], like?.[key]];
  const inner = rest.join(".");
  const next =
    inner === ""
      ? change(value, other)
      : Array.isArray(value)
        ? value.map((one: Bag, index) => changedAt(one, inner, change, (other as Bag[] | undefined)?.[index]))
        : value;
  const { [key]: _, ...others } = bag;
  return next === undefined ? others : { ...others, [key]: next };
}
