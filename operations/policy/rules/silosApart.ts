import { type Resource, type StackResource } from "../resource";
import { assignmentIn, holders, isDefaultStore, storeType } from "../roleAssignment";
import type { Rule } from "../rule";

/** One party's right to the data of a store, or of a container in it. */
interface Access {
  readonly urn: string;
  readonly store: string;
  readonly whole: boolean;
  readonly party: string;
}

/** Each party has a store of its own; in one of them, the orchestrator's, others have containers. */
export const silosApart: Rule = {
  control: "silos-apart",
  *judgeAll(resources) {
    const accesses = resources.flatMap((resource) => accessOf(resource, resources));
    const byStore = Map.groupBy(accesses, ({ store }) => store);
    const shared = [...byStore].filter(([, some]) => new Set(some.map(({ party }) => party)).size > 1);
    for (const [store, some] of shared) {
      const whole = some.filter((access) => access.whole);
      if (new Set(whole.map(({ party }) => party)).size < 2) continue;
      for (const { urn } of whole) yield { urn, complaint: `It is not the only party that reaches all of ${store}.` };
    }
    if (shared.length > 1) {
      yield {
        complaint: `Several parties reach ${shared.map(([store]) => store).join(" and ")}. Only the orchestrator's store is shared, container by container.`,
      };
    }
  },
};

function accessOf(resource: StackResource, resources: readonly StackResource[]): Access[] {
  const assignment = assignmentIn(resource);
  if (assignment?.role?.startsWith("Storage Blob Data") !== true || !assignment.on.startsWith(storeType)) return [];
  const store = assignment.scope.toLowerCase().replace(/\/blobservices\/.*/, "");
  if (isDefaultStore(store, resources)) return [];
  const whole = assignment.on === storeType;
  return holders(resource, resources).map((party: Resource) => ({ urn: resource.urn, store, whole, party: party.urn }));
}
