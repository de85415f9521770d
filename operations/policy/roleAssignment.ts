/** A role assignment, as rules read it. */
import { typeOf, whereIs } from "../../facts/ids";
import { guidIn, neverAssigned, type Role, roles, submitterGuid } from "../../facts/roles";
import { type Resource, type StackResource, textAt, unknown, valueAt } from "./resource";

export interface RoleAssignment {
  readonly urn: string;
  readonly scope: string;
  /** Type of the one resource that it is on, in lower case: Azure does not mind. Empty on anything else. */
  readonly on: string;
  /** What is assigned: a role of the table, this program's own, or none of them. */
  readonly role: Role | "submitter" | undefined;
  /** The role's name if it is one that is never assigned. */
  readonly never: string | undefined;
  /** Whether it is a person's. What does not say so may be. */
  readonly person: boolean;
}

/** The role assignment that a resource is, if it is one. */
export function assignmentIn(resource: Resource): RoleAssignment | undefined {
  if (resource.type !== "azure-native:authorization:RoleAssignment") return undefined;
  const scope = textAt(resource, "scope");
  const guid = guidIn(textAt(resource, "roleDefinitionId"));
  const { subscription, group } = whereIs(scope);
  return {
    urn: resource.urn,
    scope,
    on: typeOf(scope)?.toLowerCase() ?? "",
    role: guid === submitterGuid(subscription, group) ? "submitter" : named(roles, guid),
    never: named(neverAssigned, guid),
    person: valueAt(resource, "principalType") !== "ServicePrincipal",
  };
}

function named<N extends string>(ids: Readonly<Record<N, string>>, guid: string): N | undefined {
  return (Object.keys(ids) as N[]).find((name) => ids[name] === guid);
}

export const workspaceType = "microsoft.machinelearningservices/workspaces";
export const storeType = "microsoft.storage/storageaccounts";

/** Where each kind of service principal has its object id. */
const identities: Readonly<Record<string, string>> = {
  "azure-native:managedidentity:UserAssignedIdentity": "principalId",
  "azuread:index/servicePrincipal:ServicePrincipal": "objectId",
};

/** The identities of this stack that a role assignment is for: none where somebody else holds it. */
export function holders(assignment: StackResource, resources: readonly StackResource[]): readonly Resource[] {
  const principal = valueAt(assignment, "principalId");
  // In a preview nobody has an object id yet, but it is known from where it will come.
  if (principal === unknown) {
    return (assignment.propertyDependencies["principalId"] ?? []).filter(({ type }) => type in identities);
  }
  return resources.filter((resource) => {
    const key = identities[resource.type];
    return key !== undefined && same(valueAt(resource, key), principal);
  });
}

/** Whether two ids name the same thing: Azure does not mind the case. */
export function same(one: unknown, other: unknown): boolean {
  return typeof one === "string" && typeof other === "string" && one.toLowerCase() === other.toLowerCase();
}

/** Whether `scope` is the own store of the stack's workspace. A first preview does not know it yet; then it may be. */
export function isDefaultStore(scope: string, resources: readonly StackResource[]): boolean {
  const [workspace, ...others] = resources.filter(
    ({ type }) => type === "azure-native:machinelearningservices:Workspace",
  );
  // A second one would make any store a workspace's own.
  if (workspace === undefined || others.length > 0) return false;
  const store = valueAt(workspace, "storageAccount");
  return store === unknown || same(store, scope);
}
