/** Resources in Azure Resource Manager: their ids follow from their inputs. */
import { kindTag } from "../../../facts/azure";
import type { Inputs } from "../wanted";
import { type Find, type Sighting, text } from "./find";

/** The end of a path with `{inputs}` in it, in the subscription or on a scope of its own; the provider's API version. */
export function arm(path: string, version: string): Find {
  return {
    key: [...path.matchAll(/\{(\w+)\}/g)].map(([, input = ""]) => input),
    look: async (inputs, { azure }, { subscription }) => {
      const filled = path.replace(/\{(\w+)\}/g, (_, input: string) => text(inputs, input));
      const id = filled.startsWith("/subscriptions/") ? filled : `/subscriptions/${subscription}${filled}`;
      const found = await azure.get<Tagged>(`${id}?api-version=${version}`);
      return found === "missing" ? found : { id, ...tagged(found, inputs) };
    },
  };
}

interface Tagged {
  readonly tags?: Readonly<Record<string, string>>;
}

/** Whoever made it with this program gave it the tag; what takes no tags shows nothing. */
function tagged({ tags }: Tagged, inputs: Inputs): Omit<Sighting, "id"> {
  const kind = (inputs["tags"] as Tagged["tags"])?.[kindTag];
  if (kind === undefined) return {};
  const tag = `the tag ${kindTag}: ${kind}`;
  return tags?.[kindTag] === kind ? { ours: `It bears ${tag}.` } : { stranger: `It does not bear ${tag}.` };
}

export const inGroup = (path: string, version: string) =>
  arm(`/resourceGroups/{resourceGroupName}/providers/${path}`, version);

/** What has a name that follows from this stack's own names, and that nobody else would give: a UUID of version 5. */
export function named(find: Find): Find {
  return {
    ...find,
    look: async (...asked) => {
      const seen = await find.look(...asked);
      return seen === "missing" ? seen : { ...seen, ours: "Its name is a digest of this stack's own names." };
    },
  };
}
