/** Azure DevOps' reads of what its provider made. https://learn.microsoft.com/rest/api/azure/devops */
import { LocalCloud } from "../../localCloud";
import type { Row, Store } from "../../store";
import type { Answer, Bag, Route } from "../behaviour";
import {
  collectionGroup,
  definitionBody,
  definitionReference,
  endpointBody,
  environmentBody,
  groupBody,
  projectBody,
  queueBody,
  repositoryBody,
  variableGroupBody,
} from "./bodies";
import {
  buildDefinition,
  environment,
  git,
  gitBranch,
  group,
  groupsThere,
  project,
  queue,
  same,
  serviceEndpoint,
  standing,
  variableGroup,
} from "./project";
import { commitOf, policiesOf } from "./repository";
import { checkBody, checkTypes, policyBody, policyTypes } from "./ruleBodies";

type Names = Readonly<Record<string, string>>;

/** What of one type the project has, each as `body` shows it. A query may ask by `nameKey`, for names by commas. */
function inProject(
  path: string,
  of: string | readonly string[],
  body: (row: Row, of: Row, store: Store, query: Bag) => Bag,
  nameKey?: string,
): Route {
  return onProject(path, ({ project: found, store, query }) => {
    const asked = nameKey === undefined ? undefined : (query[nameKey] as string | undefined)?.split(",");
    const all = [of].flat().flatMap((one) => standingIn(found, one, store));
    const bodies = all.map((row) => body(row, found, store, query));
    return list(bodies.filter(({ name }) => asked?.some((one) => same(one, name)) ?? true));
  });
}

/** One of them, by id or by name. */
function oneInProject(path: string, of: string, body: (row: Row, of: Row, store: Store) => Bag): Route {
  return onProject(path, ({ project: found, store, names }) => {
    const { one = "" } = names;
    const row = standingIn(found, of, store).find(({ id, inputs }) => same(id, one) || same(inputs["name"], one));
    return row === undefined
      ? missing(`${path.split("/").at(-2)} ${one}`)
      : { status: 200, body: body(row, found, store) };
  });
}

interface Asked {
  readonly project: Row;
  readonly names: Names;
  readonly store: Store;
  readonly query: Bag;
}

export function onProject(path: string, answer: (asked: Asked) => Answer): Route {
  return inOrganisation(`/{project}${path}`, (names, store, query) => {
    const found = projectOf(names["project"], store);
    return found === undefined ? projectMissing(names["project"]) : answer({ project: found, names, store, query });
  });
}

export function inOrganisation(path: string, answer: Route["answer"]): Route {
  return {
    path: `/{organisation}${path}`,
    answer: (names, store, query) =>
      same(names["organisation"], store.organisation.azureDevOps.name)
        ? answer(names, store, query)
        : missing(`The organisation ${names["organisation"]}`),
  };
}

export const azureDevOpsRoutes: readonly Route[] = [
  inOrganisation("/_apis/projects", (_names, store) =>
    list(standing(store, project).map((row) => projectBody(row, store))),
  ),
  inOrganisation("/_apis/projects/{project}", (names, store) => {
    const found = projectOf(names["project"], store);
    return found === undefined ? projectMissing(names["project"]) : { status: 200, body: projectBody(found, store) };
  }),
  // https://learn.microsoft.com/rest/api/azure/devops/security/security-namespaces/query
  inOrganisation("/_apis/securitynamespaces/{namespace}", (names) => {
    const actions = Object.entries(permissionBits).map(([name, bit]) => ({ bit, name, displayName: name }));
    return list([{ namespaceId: names["namespace"], actions }]);
  }),
  // https://learn.microsoft.com/rest/api/azure/devops/security/permissions/has-permissions: of who asks.
  inOrganisation("/_apis/permissions/{namespace}/{bit}", (names, store, { tokens }) => {
    const [name = ""] = Object.entries(permissionBits).find(([, bit]) => String(bit) === names["bit"]) ?? [];
    // Nobody has a permission on what is not there.
    const allowed = secured(store).includes(String(tokens)) && store.organisation.deployer.azureDevOps.includes(name);
    return { status: 200, body: { count: 1, value: [allowed] } };
  }),
  // The next two are at the address of people (vssps).
  inOrganisation("/_apis/graph/descriptors/{key}", (names, store) => {
    const found = projectOf(names["key"], store);
    return found === undefined
      ? missing(`The storage key ${names["key"]}`)
      : { status: 200, body: { value: scopeDescriptor(found) } };
  }),
  inOrganisation("/_apis/graph/groups", (_names, store, { scopeDescriptor: scope }) => {
    const scopes = standing(store, project).filter((row) => scope === undefined || scopeDescriptor(row) === scope);
    const domains = scopes.map(({ id }) => `vstfs:///Classification/TeamProject/${id}`);
    const all = groups(store);
    return list(scope === undefined ? all : all.filter(({ domain }) => domains.includes(String(domain))));
  }),

  inProject("/_apis/git/repositories", git, repositoryBody),
  oneInProject("/_apis/git/repositories/{one}", git, repositoryBody),
  // A repository's id is its own in the whole organisation.
  inOrganisation("/_apis/git/repositories/{repository}/refs", (names, store, query) =>
    refsIn(standing(store, git), names, store, query),
  ),
  onProject("/_apis/git/repositories/{repository}/refs", ({ project: found, names, store, query }) =>
    refsIn(standingIn(found, git, store), names, store, query),
  ),
  // https://learn.microsoft.com/rest/api/azure/devops/git/stats/get: against main, whatever else is asked.
  inOrganisation("/_apis/git/repositories/{repository}/stats/branches", (names, store, { name }) => {
    const found = standing(store, git).find(({ id }) => same(id, names["repository"]));
    const [main, ...others] = found === undefined ? [] : refs(found, store);
    const branch = [main, ...others].find((ref) => ref?.name === `refs/heads/${String(name)}`);
    if (branch === undefined) return missing(`Branch "${String(name)}"`);
    const [commit, isBaseVersion] = [{ commitId: branch.objectId }, branch === main];
    const aheadCount = branch.objectId === main?.objectId ? 0 : 1;
    return { status: 200, body: { commit, name, aheadCount, behindCount: 0, isBaseVersion } };
  }),
  // https://learn.microsoft.com/rest/api/azure/devops/git/policy-configurations/get
  onProject("/_apis/git/policy/configurations", ({ project: found, store, query: { repositoryId, refName = "" } }) => {
    const branch = String(refName).replace("refs/heads/", "");
    const row = standingIn(found, git, store).find(({ id }) => same(id, repositoryId));
    return list(row === undefined ? [] : policiesOf(row.id, branch, new LocalCloud(store)).map(policyBody));
  }),
  inProject("/_apis/build/definitions", buildDefinition, definitionReference, "name"),
  oneInProject("/_apis/build/definitions/{one}", buildDefinition, definitionBody),
  inProject("/_apis/pipelines/environments", environment, environmentBody, "name"),
  inProject("/_apis/distributedtask/variablegroups", variableGroup, variableGroupBody, "groupName"),
  inProject("/_apis/serviceendpoint/endpoints", serviceEndpoint, endpointBody, "endpointNames"),
  inProject("/_apis/distributedtask/queues", queue, queueBody, "queueName"),
  onProject("/_apis/policy/configurations", ({ project: found, store, query: { policyType } }) =>
    list(
      policyTypes
        .flatMap((of) => standingIn(found, of, store).map(policyBody))
        .filter(({ type }) => policyType === undefined || same((type as { id: string }).id, policyType)),
    ),
  ),
  onProject("/_apis/pipelines/checks/configurations", ({ project: found, store, query }) =>
    list(
      checkTypes
        .flatMap((of) => standingIn(found, of, store))
        .filter(
          ({ inputs }) =>
            inputs["targetResourceType"] === query["resourceType"] &&
            same(inputs["targetResourceId"], query["resourceId"]),
        )
        .map((row) => checkBody(row, query["$expand"] === "settings")),
    ),
  ),
];

/** What permissions are on: the organisation, and each project. */
const secured = (store: Store) => [
  "NAMESPACE",
  ...standing(store, project).map(({ id }) => `$PROJECT:vstfs:///Classification/TeamProject/${id}`),
];

const permissionBits = { GENERIC_READ: 1, GENERIC_WRITE: 2, CREATE_PROJECTS: 4 };

/** What somebody made, what Azure DevOps made with the organisation and its projects, and what it knows of Entra. */
function groups(store: Store): Bag[] {
  const scopes = [undefined, ...standing(store, project).map(({ id }) => id)];
  return [
    ...scopes.flatMap((scope) =>
      groupsThere(scope).map(({ name, descriptor }) => collectionGroup(name, descriptor, scope, store)),
    ),
    ...standing(store, group).map((row) => groupBody(row, store)),
  ];
}

/** The refs of one repository whose names begin as the filter says. */
function refsIn(among: readonly Row[], names: Names, store: Store, { filter = "" }: Bag): Answer {
  const found = among.find(({ id }) => same(id, names["repository"]));
  return found === undefined
    ? missing(`The Git repository with name or identifier ${names["repository"]}`)
    : list(refs(found, store).filter(({ name }) => name.startsWith(`refs/${String(filter)}`)));
}

/** `main`, with which every repository begins, and what was made beside it. */
function refs({ id }: Row, store: Store): { name: string; objectId: unknown }[] {
  const others = standing(store, gitBranch).filter(({ inputs }) => same(inputs["repositoryId"], id));
  return [
    { name: "refs/heads/main", objectId: commitOf(id) },
    ...others.map(({ inputs, outputs }) => ({
      name: `refs/heads/${String(inputs["name"])}`,
      objectId: outputs["lastCommitId"],
    })),
  ];
}

const scopeDescriptor = ({ id }: Row) => `scp.${Buffer.from(id).toString("base64url")}`;

const standingIn = ({ id }: Row, of: string, store: Store) =>
  standing(store, of).filter(({ inputs }) => same(inputs["projectId"], id));

const projectOf = (idOrName: string | undefined, store: Store) =>
  standing(store, project).find(({ id, inputs }) => same(id, idOrName) || same(inputs["name"], idOrName));

export const list = (value: readonly Bag[]): Answer => ({ status: 200, body: { count: value.length, value } });

/** https://learn.microsoft.com/azure/devops/reference/error/tf200016-team-project-does-not-exist */
const projectMissing = (name: string | undefined) =>
  refusal(`TF200016: The following project does not exist: ${name}. Verify that the name of the project is correct.`);

export const missing = (what: string) => refusal(`${what} does not exist, or you do not have permission to see it.`);

const refusal = (message: string): Answer => ({
  status: 404,
  body: { $id: "1", innerException: null, message, errorCode: 0, eventId: 3000 },
});
