/** Azure DevOps' REST interface to who may do what, in its own words and shapes. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Client } from "../../clients/client";
import { localClouds } from "../../clients/clouds";
import { gitTokens, maskOf, permissionsIn, securityNamespaces } from "../../facts/azureDevOpsSecurity";
import { builtInGroup, groupIdOf, type } from "../../localcloud/clouds/azureDevOps/project";
import type { Bag } from "../../localcloud/clouds/behaviour";
import { LocalCloud } from "../../localcloud/localCloud";
import { contoso } from "../../localcloud/organisation";
import { type Rest, serveRest } from "../../localcloud/rest";
import { Store } from "../../localcloud/store";

const { url, id: organisationId } = contoso.azureDevOps;
const git = securityNamespaces.git.id;

let store: Store;
let cloud: LocalCloud;
let rest: Rest;
let projectId: string;
let repositoryId: string;
let organisation: Client;
let people: Client;
let extensions: Client;
beforeEach(async () => {
  store = new Store(":memory:");
  cloud = new LocalCloud(store, { orgServiceUrl: url });
  rest = await serveRest(store);
  ({ organisation, people, extensions } = localClouds(rest.address).azureDevOps(url));
  projectId = cloud.create(type("Project"), { name: "fl" }).id;
  repositoryId = make("Git", { name: "experiments", initialization: { initType: "Clean" } }).id;
});
afterEach(() => {
  rest.close();
  store.close();
});

const make = (of: string, inputs: Bag) => cloud.create(type(of), { projectId, ...inputs });
const contributors = () => builtInGroup("Contributors", projectId) ?? "";

interface AccessControlList {
  readonly token: string;
  readonly inheritPermissions: boolean;
  readonly acesDictionary: Readonly<Record<string, { descriptor: string; allow: number; deny: number }>>;
}
const listsOf = async (token: string) =>
  (await organisation.list<AccessControlList>(
    `/_apis/accesscontrollists/${git}?token=${token}&api-version=7.1`,
  )) as readonly AccessControlList[];
const entriesOf = async (token: string) => Object.values((await listsOf(token))[0]?.acesDictionary ?? {});
const whoIs = async (descriptor: string) =>
  (await people.list<Bag | null>(`/_apis/identities?descriptors=${encodeURIComponent(descriptor)}`)) as (Bag | null)[];

describe("Azure DevOps' permissions", () => {
  it("have the bits that Azure DevOps documents", () => {
    // As https://dev.azure.com/<organization>/_apis/securitynamespaces tells them.
    expect(maskOf("git", ["ForcePush"])).toBe(8);
    expect(maskOf("git", ["PolicyExempt"])).toBe(128);
    expect(maskOf("git", ["EditPolicies"])).toBe(2048);
    expect(maskOf("git", ["PullRequestBypassPolicy"])).toBe(32768);
    expect(maskOf("build", ["EditBuildDefinition", "AdministerBuildPermissions"])).toBe(2048 + 16384);
    expect(maskOf("endpoint", ["Use", "Administer"])).toBe(3);
    expect(permissionsIn("environment", 63)).toHaveLength(6);
    // `main`, each letter in UTF-16.
    expect(gitTokens("p", "r", "main")[0]).toBe("repoV2/p/r/refs/heads/6d00610069006e00");
    expect(gitTokens("p", "r", "release/1")[0]).toBe("repoV2/p/r/refs/heads/720065006c006500610073006500/3100");
  });

  it("are listed by token: nothing where nothing was set, the project's own where Azure DevOps gives them", async () => {
    expect(await listsOf(`repoV2/${projectId}/${repositoryId}`)).toEqual([]);
    const [list] = await listsOf(`repoV2/${projectId}`);
    expect(list).toMatchObject({ token: `repoV2/${projectId}/`, inheritPermissions: true });
    const allowed = (await entriesOf(`repoV2/${projectId}`)).flatMap(({ allow }) => permissionsIn("git", allow));
    expect(allowed).toContain("GenericContribute");
    expect(allowed).not.toContain("PolicyExempt");
    expect(allowed).not.toContain("PullRequestBypassPolicy");
  });

  it("name people by another descriptor than groups do, and tell who that is", async () => {
    make("GitPermissions", {
      repositoryId,
      principal: contributors(),
      permissions: { PolicyExempt: "Deny", ForcePush: "Allow" },
    });
    const [entry] = await entriesOf(`repoV2/${projectId}/${repositoryId}`);
    expect(entry).toMatchObject({ allow: 8, deny: 128 });
    expect(entry?.descriptor).toMatch(/^Microsoft\.TeamFoundation\.Identity;S-1-9-/);
    expect(await whoIs(entry?.descriptor ?? "")).toEqual([
      expect.objectContaining({
        ...{ subjectDescriptor: contributors(), providerDisplayName: "Contributors", id: groupIdOf(contributors()) },
      }),
    ]);
    expect(await whoIs("Microsoft.TeamFoundation.Identity;S-1-9-none")).toEqual([null]);
  });

  it("of a branch alone have a token of their own", async () => {
    const permissions = { PolicyExempt: "Allow" };
    make("GitPermissions", { repositoryId, branchName: "refs/heads/main", principal: contributors(), permissions });
    expect(await listsOf(`repoV2/${projectId}/${repositoryId}`)).toEqual([]);
    expect(await entriesOf(gitTokens(projectId, repositoryId, "main")[0] ?? "")).toMatchObject([{ allow: 128 }]);
  });

  it("are held by members, made or added", async () => {
    const membersOf = (group: string) =>
      people.list<{ memberDescriptor: string }>(`/_apis/graph/memberships/${group}?direction=down`);
    expect(await membersOf(contributors())).toEqual([]);
    const { id: staff } = cloud.create(type("Group"), { scope: projectId, displayName: "staff" });
    cloud.create(type("GroupMembership"), { group: contributors(), members: [staff] });
    expect(await membersOf(contributors())).toEqual([{ containerDescriptor: contributors(), memberDescriptor: staff }]);
    const administrators = builtInGroup("Project Administrators", projectId) ?? "";
    const [maker] = (await membersOf(administrators)) as { memberDescriptor: string }[];
    expect(await people.get(`/_apis/graph/serviceprincipals/${maker?.memberDescriptor}`)).toMatchObject({
      ...{ origin: "aad", originId: contoso.deployer.objectId },
    });
    expect(await membersOf("vssgp.none")).toBe("missing");
    expect(await people.get("/_apis/graph/users/aad.none")).toBe("missing");
  });

  it("to use something belong to pipelines, or to all", async () => {
    const { id } = make("Environment", { name: "prod" });
    const leave = () => organisation.get(`/${projectId}/_apis/pipelines/pipelinePermissions/environment/${id}`);
    expect(await leave()).toMatchObject({ allPipelines: null, pipelines: [] });
    const repository = { repoType: "TfsGit", repoId: repositoryId };
    const pipeline = Number(make("BuildDefinition", { name: "submit", repository }).id);
    make("PipelineAuthorization", { resourceId: id, type: "environment", pipelineId: pipeline });
    expect(await leave()).toMatchObject({ allPipelines: null, pipelines: [{ id: pipeline, authorized: true }] });
    make("PipelineAuthorization", { resourceId: id, type: "environment" });
    expect(await leave()).toMatchObject({ allPipelines: { authorized: true } });
  });

  it("stand beside settings of the project, and what is installed", async () => {
    const settings = () => organisation.get(`/${projectId}/_apis/build/generalsettings`);
    expect(await settings()).toMatchObject({ enforceSettableVar: false, disableClassicBuildPipelineCreation: true });
    make("ProjectPipelineSettings", { enforceSettableVar: true });
    expect(await settings()).toMatchObject({ enforceSettableVar: true });
    expect(await extensions.list("/_apis/extensionmanagement/installedextensions")).toMatchObject([
      { publisherId: "ms", flags: "builtIn, trusted" },
    ]);
  });

  it("let jobs act as an identity that comes with the first pipeline", async () => {
    const own = `Microsoft.TeamFoundation.ServiceIdentity;${organisationId}:Build:${projectId}`;
    expect(await whoIs(own)).toEqual([null]);
    make("BuildDefinition", { name: "submit", repository: { repoType: "TfsGit", repoId: repositoryId } });
    expect(await whoIs(own)).toMatchObject([{ providerDisplayName: "fl Build Service (contoso-fl)" }]);
  });
});
