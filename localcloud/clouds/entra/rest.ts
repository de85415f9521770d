/** Microsoft Graph's reads of what the azuread provider made. https://learn.microsoft.com/graph/api/overview */
import type { Row, Store } from "../../store";
import type { Answer, Bag, Route } from "../behaviour";
import { application, federatedCredential, password, servicePrincipal } from "../entra";
import { deployerApplication, principals } from "./directory";

export const graphRoutes: readonly Route[] = [
  {
    // https://learn.microsoft.com/graph/api/application-list
    path: "/v1.0/applications",
    answer: (_names, store, { $filter }) => {
      const made = live(store, application).map((row) => applicationBody(row, store));
      return filtered([...made, ...deployerApplication(store.organisation)], $filter);
    },
  },
  {
    // https://learn.microsoft.com/graph/api/serviceprincipal-list
    path: "/v1.0/servicePrincipals",
    answer: (_names, store, { $filter }) => filtered(principals(store), $filter),
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
      if (store.row(of, application) === undefined && !isOthers(store, of)) return notFound(of);
      const credentials = live(store, federatedCredential).filter(({ inputs }) => inputs["applicationId"] === of);
      return { status: 200, body: { value: credentials.map(credentialBody) } };
    },
  },
];

const live = (store: Store, type: string) => store.rows(type).filter(({ state }) => state === "live");

function applicationBody({ id, inputs, outputs }: Row, store: Store): Bag {
  const { displayName, signInAudience = "AzureADMyOrg" } = inputs;
  const { objectId, clientId: appId, publisherDomain } = outputs;
  const passwordCredentials = live(store, password)
    .filter((row) => row.inputs["applicationId"] === id)
    .map((row) => ({
      keyId: row.outputs["keyId"],
      displayName: row.inputs["displayName"] ?? null,
      // Two years, where nothing else was asked for.
      endDateTime: row.inputs["endDate"] ?? "2028-11-25T00:00:00Z",
    }));
  const body = { id: objectId, appId, displayName, signInAudience, publisherDomain };
  return { ...body, keyCredentials: [], passwordCredentials };
}

function credentialBody({ inputs, outputs }: Row): Bag {
  const { displayName: name, issuer, subject, audiences, description = null } = inputs;
  return { id: outputs["credentialId"], name, issuer, subject, audiences, description };
}

function ownersOf(store: Store, type: string, id: string): Answer {
  const row = store.row(id, type);
  if (row === undefined && !isOthers(store, id)) return notFound(id);
  const owners = (row?.inputs["owners"] as string[] | undefined) ?? [];
  const people = new Map(store.organisation.people.map(({ objectId, name }) => [objectId, name]));
  const kind = (owner: string) => (people.has(owner) ? "user" : "servicePrincipal");
  const named = (owner: string) =>
    people.has(owner) ? { userPrincipalName: `${people.get(owner)}@contoso.example` } : {};
  return {
    status: 200,
    body: {
      value: owners.map((owner) => ({ "@odata.type": `#microsoft.graph.${kind(owner)}`, id: owner, ...named(owner) })),
    },
  };
}

/** Whether it is an application or a principal that nobody made here; nobody owns it, and it trusts nobody. */
function isOthers(store: Store, id: string): boolean {
  const all = [...deployerApplication(store.organisation), ...principals(store)];
  return all.some((one) => one["id"] === id.split("/").at(-1)?.toLowerCase());
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
