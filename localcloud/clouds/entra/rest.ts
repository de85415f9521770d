/** Microsoft Graph's reads of what the azuread provider made. https://learn.microsoft.com/graph/api/overview */
import type { Row, Store } from "../../store";
import type { Answer, Bag, Route } from "../behaviour";
import { application, federatedCredential, servicePrincipal } from "../entra";

export const graphRoutes: readonly Route[] = [
  {
    // https://learn.microsoft.com/graph/api/application-list
    path: "/v1.0/applications",
    answer: (_names, store, { $filter }) => filtered(live(store, application).map(applicationBody), $filter),
  },
  {
    // https://learn.microsoft.com/graph/api/serviceprincipal-list
    path: "/v1.0/servicePrincipals",
    answer: (_names, store, { $filter }) => filtered(live(store, servicePrincipal).map(principalBody), $filter),
  },
  {
    // https://learn.microsoft.com/graph/api/application-list-owners
    path: "/v1.0/applications/{id}/owners",
    answer: ({ id = "" }, store) => ownersOf(store, application, `/applications/${id}`),
  },
  {
    // https://learn.microsoft.com/graph/api/serviceprincipal-list-owners
    path: "/v1.0/servicePrincipals/{id}/owners",
    answer: ({ id = "" }, store) => ownersOf(store, servicePrincipal, `/servicePrincipals/${id}`),
  },
  {
    // https://learn.microsoft.com/graph/api/application-list-federatedidentitycredentials
    path: "/v1.0/applications/{id}/federatedIdentityCredentials",
    answer: ({ id = "" }, store) => {
      const of = `/applications/${id}`;
      if (store.row(of, application) === undefined) return notFound(of);
      const credentials = live(store, federatedCredential).filter(({ inputs }) => inputs["applicationId"] === of);
      return { status: 200, body: { value: credentials.map(credentialBody) } };
    },
  },
];

const live = (store: Store, type: string) => store.rows(type).filter(({ state }) => state === "live");

function applicationBody({ inputs, outputs }: Row): Bag {
  const { displayName, signInAudience = "AzureADMyOrg" } = inputs;
  const { objectId: id, clientId: appId, publisherDomain } = outputs;
  return { id, appId, displayName, signInAudience, publisherDomain, keyCredentials: [], passwordCredentials: [] };
}

function principalBody({ inputs, outputs }: Row): Bag {
  const { clientId: appId, appRoleAssignmentRequired = false } = inputs;
  const { objectId: id, displayName, applicationTenantId: appOwnerOrganizationId } = outputs;
  const body = { id, appId, displayName, appDisplayName: displayName, appRoleAssignmentRequired };
  return { ...body, appOwnerOrganizationId, servicePrincipalType: "Application", accountEnabled: true };
}

function credentialBody({ inputs, outputs }: Row): Bag {
  const { displayName: name, issuer, subject, audiences, description = null } = inputs;
  return { id: outputs["credentialId"], name, issuer, subject, audiences, description };
}

function ownersOf(store: Store, type: string, id: string): Answer {
  const row = store.row(id, type);
  if (row === undefined) return notFound(id);
  const owners = (row.inputs["owners"] as string[] | undefined) ?? [];
  const people = new Set(store.organisation.people.map(({ objectId }) => objectId));
  const kind = (owner: string) => (people.has(owner) ? "user" : "servicePrincipal");
  return {
    status: 200,
    body: { value: owners.map((owner) => ({ "@odata.type": `#microsoft.graph.${kind(owner)}`, id: owner })) },
  };
}

/** `property eq 'text'`, in which a quote is doubled. Any other filter is refused, never passed over. */
function filtered(all: readonly Bag[], asked: unknown): Answer {
  if (asked === undefined) return { status: 200, body: { value: all } };
  const filter = asked as string;
  const [, property = "", text = ""] = /^(\w+) eq '((?:[^']|'')*)'$/.exec(filter) ?? [];
  if (property === "") {
    return graphError(400, "Request_UnsupportedQuery", `The local cloud does not know the filter ${filter}.`);
  }
  const wanted = text.replaceAll("''", "'").toLowerCase();
  return { status: 200, body: { value: all.filter((one) => String(one[property]).toLowerCase() === wanted) } };
}

function notFound(id: string): Answer {
  const what = `Resource '${id.split("/").at(-1)}' does not exist or one of its queried reference-property objects are not present.`;
  return graphError(404, "Request_ResourceNotFound", what);
}

function graphError(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}
