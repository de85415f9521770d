/** Azure DevOps' REST interface to who may do what, and to what stands before a run. https://learn.microsoft.com/rest/api/azure/devops */
import type { Row, Store } from "../../store";
import type { Answer, Bag, Route } from "../behaviour";
import { accessList } from "./accessLists";
import { authorization, git, gitBranch, pipelineSettings, same, standing, variableGroup } from "./project";
import { commitOf } from "./repository";
import { inOrganisation, list, missing, onProject } from "./rest";
import { type Subject, subjects } from "./subjects";

const ok = (body: Bag): Answer => ({ status: 200, body });

/** What the graph shows of somebody from Entra. */
function inGraph(kind: "user" | "servicePrincipal", prefix: string, plural: string): Route {
  return inOrganisation(`/_apis/graph/${plural}/{descriptor}`, ({ descriptor = "" }, store) => {
    const found = subjects(store).find((one) => one.descriptor === descriptor && descriptor.startsWith(prefix));
    if (found === undefined) return missing(`The ${kind} ${descriptor}`);
    const { name: displayName, originId } = found;
    return ok({
      subjectKind: kind,
      displayName,
      descriptor,
      origin: "aad",
      originId,
      domain: store.organisation.tenantId,
    });
  });
}

export const accessRoutes: readonly Route[] = [
  // https://learn.microsoft.com/rest/api/azure/devops/security/access-control-lists/query
  inOrganisation("/_apis/accesscontrollists/{namespace}", ({ namespace = "" }, store, { token = "" }) => {
    const found = accessList(namespace, token as string, store);
    return list(found === undefined ? [] : [found]);
  }),
  // https://learn.microsoft.com/rest/api/azure/devops/ims/identities/read-identities: at the address of people, like the graph
  inOrganisation("/_apis/identities", (_names, store, { descriptors, subjectDescriptors }) => {
    const all = subjects(store);
    const asked = (text: unknown, key: "inLists" | "descriptor") =>
      (text === undefined ? [] : (text as string).split(",")).map((one) => all.find((each) => same(each[key], one)));
    const found = [...asked(descriptors, "inLists"), ...asked(subjectDescriptors, "descriptor")];
    // Whoever is not there leaves a gap.
    return ok({ count: found.length, value: found.map((one) => (one === undefined ? null : identity(one))) });
  }),
  inOrganisation("/_apis/graph/memberships/{descriptor}", ({ descriptor = "" }, store, { direction = "up" }) => {
    const all = subjects(store);
    if (!all.some((one) => one.descriptor === descriptor)) return missing(`The subject ${descriptor}`);
    const pairs = all.flatMap(({ descriptor: containerDescriptor, members = [] }) =>
      [...new Set(members)].map((memberDescriptor) => ({ containerDescriptor, memberDescriptor })),
    );
    const key = direction === "down" ? "containerDescriptor" : "memberDescriptor";
    return list(pairs.filter((pair) => pair[key] === descriptor));
  }),
  // https://learn.microsoft.com/rest/api/azure/devops/extensionmanagement/installed-extensions/list: at an address of its own
  inOrganisation("/_apis/extensionmanagement/installedextensions", (_names, store) =>
    list([
      extensionBody("ms.vss-code", "builtIn, trusted", []),
      ...store.organisation.azureDevOps.decorators.map((id) =>
        extensionBody(id, "none", [{ id: `${id}.steps`, type: "ms.azure-pipelines.pipeline-decorator" }]),
      ),
    ]),
  ),
  inGraph("user", "aad.", "users"),
  inGraph("servicePrincipal", "aadsp.", "serviceprincipals"),

  // https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks/pipeline-permissions/get
  onProject("/_apis/pipelines/pipelinePermissions/{kind}/{id}", ({ names: { kind, id }, store }) => {
    const rows = standing(store, authorization).filter(
      ({ inputs }) => same(inputs["type"], kind) && same(inputs["resourceId"], id),
    );
    const open =
      rows.some(({ inputs }) => inputs["pipelineId"] === undefined || inputs["allPipelines"] === true) ||
      (kind === "variablegroup" && store.row(String(id), variableGroup)?.inputs["allowAccess"] === true);
    return ok({
      resource: { type: kind, id },
      allPipelines: open ? { authorized: true } : null,
      pipelines: rows.flatMap(({ inputs: { pipelineId } }) =>
        pipelineId === undefined ? [] : [{ id: Number(pipelineId), authorized: true }],
      ),
    });
  }),
  // https://learn.microsoft.com/rest/api/azure/devops/build/general-settings/get
  onProject("/_apis/build/generalsettings", ({ project, store }) => {
    const { inputs = {} } = store.row(project.id, pipelineSettings) ?? {};
    const classicOff = !store.organisation.azureDevOps.classicPipelines;
    return ok({
      enforceJobAuthScope: inputs["enforceJobScope"] === true,
      enforceJobAuthScopeForReleases: inputs["enforceJobScopeForRelease"] === true,
      enforceReferencedRepoScopedToken: inputs["enforceReferencedRepoScopedToken"] === true,
      enforceSettableVar: inputs["enforceSettableVar"] === true,
      publishPipelineMetadata: inputs["publishPipelineMetadata"] === true,
      statusBadgesArePrivate: inputs["statusBadgesArePrivate"] === true,
      disableClassicBuildPipelineCreation: classicOff,
      disableClassicReleasePipelineCreation: classicOff,
    });
  }),
  // https://learn.microsoft.com/rest/api/azure/devops/git/diffs/get. Git's history is not simulated: a commit is on a
  // branch if it is its newest one.
  onProject("/_apis/git/repositories/{repository}/diffs/commits", ({ names, store, query }) => {
    const found = standing(store, git).find(({ id }) => same(id, names["repository"]));
    const { baseVersion = "", targetVersion = "" } = query as Record<string, string>;
    const tip = found && tipOf(found, baseVersion, store);
    if (tip === undefined) return missing(`The branch ${baseVersion} of ${names["repository"]}`);
    const on = tip === targetVersion;
    return ok({
      ...{
        allChangesIncluded: true,
        changes: [],
        commonCommit: on ? tip : "",
        baseCommit: tip,
        targetCommit: targetVersion,
      },
      ...{ aheadCount: on ? 0 : 1, behindCount: 0 },
    });
  }),
];

function extensionBody(id: string, flags: string, contributions: readonly Bag[]): Bag {
  const [publisherId = "", extensionId = ""] = id.split(".");
  const names = { extensionName: extensionId, publisherName: publisherId };
  return {
    publisherId,
    extensionId,
    ...names,
    version: "1.0.0",
    flags,
    contributions,
    installState: { flags: "none" },
  };
}

/** The newest commit of a branch. */
function tipOf({ id }: Row, branch: string, store: Store): string | undefined {
  if (branch === "main") return commitOf(id);
  const row = store.row(`${id}:${branch}`, gitBranch);
  return row && String(row.outputs["lastCommitId"]);
}

const identity = ({ descriptor, inLists, id, name, members }: Subject): Bag => ({
  ...{ id, descriptor: inLists, subjectDescriptor: descriptor, providerDisplayName: name },
  ...{
    isActive: true,
    isContainer: members !== undefined || descriptor.startsWith("aadgp"),
    members: [],
    memberOf: [],
  },
  ...{ properties: {}, resourceVersion: 2, metaTypeId: 255 },
});
