import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Unreadable } from "../../clients/client";
import { type Clouds, localClouds } from "../../clients/clouds";
import { kindTag } from "../../facts/azure";
import { unknownValue } from "../../localcloud/diff";
import { type as azureDevOps } from "../../localcloud/clouds/azureDevOps/project";
import { LocalCloud } from "../../localcloud/localCloud";
import { contoso } from "../../localcloud/organisation";
import type { Outcome } from "../../localcloud/pulumi";
import { type Rest, serveRest } from "../../localcloud/rest";
import { type Bag, Store } from "../../localcloud/store";
import { exitCodes, recover } from "../../operations/recover";
import { naturalKeys } from "../../operations/recover/naturalKeys";
import { created, urns } from "../support/mocks";
import { examples, runExample } from "../support/program";
import { root } from "../support/root";
import { azureDevOpsOthers, azureDevOpsOurs, azureDevOpsStrangers } from "./azureDevOpsClaims";
import { type Claim, resource, type Resource, urnOf } from "./recoverCases";

const subscription = "5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10";
const group = "azure-native:resources:ResourceGroup";
const account = "azure-native:storage:StorageAccount";
const container = "azure-native:storage:BlobContainer";
const lock = "azure-native:authorization:ManagementLockByScope";
const application = "azuread:index/application:Application";
const principal = "azuread:index/servicePrincipal:ServicePrincipal";
const credential = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";
const repository = "github:index/repository:Repository";
const environment = "github:index/repositoryEnvironment:RepositoryEnvironment";
const variable = "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable";
const secret = "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret";
const runnerGroup = "github:index/actionsRunnerGroup:ActionsRunnerGroup";
const protection = "github:index/branchProtection:BranchProtection";

const deployer = "d1b6f802-63e5-4d8c-9b4a-307c2eaf5d21";
const tags = { [kindTag]: "production" };
const rg = { resourceGroupName: "rg", location: "westeurope", tags };
const store1 = { ...rg, accountName: "stfl", kind: "StorageV2", sku: { name: "Standard_LRS" } };
const app = { displayName: "fl-pipeline", owners: [deployer] };
const repo = { name: "fl", description: "ours", visibility: "private", autoInit: true };
const trusts = { displayName: "github-prod", issuer: "i", subject: "repo:fl:environment:prod", audiences: ["a"] };
const workflows = ["contoso-fl/fl/.github/workflows/submit.yml@refs/heads/main"];
const runners = {
  name: "fl-private",
  visibility: "selected",
  restrictedToWorkflows: true,
  selectedWorkflows: workflows,
};

let store: Store;
let cloud: LocalCloud;
let rest: Rest;
beforeEach(async () => {
  store = new Store(":memory:");
  cloud = new LocalCloud(store, { subscriptionId: subscription, location: "westeurope" });
  rest = await serveRest(store);
});
afterEach(() => {
  rest.close();
  // Whoever ran a program left its own.
  vi.unstubAllGlobals();
});

/** What the state knows, what an update began, what the program would make, and how pulumi's other commands end. */
interface Situation {
  readonly state?: readonly Resource[];
  readonly begun?: readonly Resource[];
  readonly interrupted?: readonly { type: string; resource: Resource }[];
  readonly creates?: readonly Resource[];
  readonly ends?: Partial<Outcome>;
  /** Where not the local cloud's. */
  readonly clouds?: Clouds;
}

/** Runs `recover` in that situation; `ran` are the commands that change something. */
async function recovering(
  { state = [], begun = [], interrupted = [], creates = [], ends, clouds = localClouds(rest.address) }: Situation,
  yes = false,
) {
  const ran: string[][] = [];
  let imported: unknown;
  const said = (stdout: unknown): Outcome => ({ code: 0, stdout: JSON.stringify(stdout), stderr: "" });
  const pending = [...begun.map((one) => ({ type: "creating", resource: one })), ...interrupted];
  const pulumi = (args: readonly string[]): Promise<Outcome> => {
    const [command] = args;
    if (command === "stack") {
      return Promise.resolve(said({ deployment: { resources: state, pending_operations: pending } }));
    }
    if (command === "preview") {
      const config = {
        "azure-native:subscriptionId": subscription,
        "github:owner": "contoso-fl",
        "azuredevops:orgServiceUrl": contoso.azureDevOps.url,
      };
      return Promise.resolve(said({ config, steps: creates.map((newState) => ({ op: "create", newState })) }));
    }
    ran.push([...args]);
    const file = args[args.indexOf("--file") + 1];
    if (command === "import") imported = JSON.parse(readFileSync(file ?? "", "utf8"));
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...ends });
  };
  const verdict = await recover("prod", { pulumi, clouds: () => clouds }, yes);
  return { ...verdict, ran, imported };
}

describe("the table of natural keys", () => {
  it("has every type that the program makes, by whichever settings, and no other", async () => {
    const made = new Set<string>();
    const run = async (...how: Parameters<typeof runExample>) => {
      await runExample(...how);
      await urns();
      for (const { type } of created) if (!type.startsWith("federated-mlops:")) made.add(type);
    };
    for (const example of Object.keys(examples) as (keyof typeof examples)[]) await run(example);
    await run("prod", (settings) => {
      const network = settings["federated-mlops:network"] as Bag;
      delete network["firewall"];
      Object.assign(settings, { "federated-mlops:egress": "serviceTags", "federated-mlops:pipelineRole": "submitter" });
      const { branches } = settings["federated-mlops:gate"] as { branches: Bag };
      branches["release/1.0"] = branches["main"];
    });
    await run("prod-azuredevops", (settings) => {
      const { branches } = settings["federated-mlops:gate"] as { branches: { main: Bag } & Bag };
      branches.main["checks"] = [{ name: "lab/scan", author: "1b6f3e0c-7f5d-4a52-8f0b-6a3f5f0c9d01" }];
      branches["release/1.0"] = branches.main;
    });
    expect(Object.keys(naturalKeys).sort()).toEqual([...made].sort());
  });

  it("asks Azure with the version that the provider asks with, for the type that it makes", async () => {
    const table = join(root, "..", "shared", "armspec", "table.json");
    const armTypes = existsSync(table) ? (JSON.parse(readFileSync(table, "utf8")) as string[][]) : [];
    const asked: string[] = [];
    const none = () => Promise.reject(new Error("nothing else is asked"));
    const reader = { get: none, list: none };
    const clouds = {
      azure: {
        get: (path: string) => {
          asked.push(path);
          return Promise.resolve("missing" as const);
        },
        list: none,
        ask: none,
      },
      graph: reader,
      github: reader,
      azureDevOps: () => ({ organisation: reader, people: reader, extensions: reader }),
    };
    for (const [token, row] of Object.entries(naturalKeys)) {
      if (!token.startsWith("azure-native:") || !("key" in row)) continue;
      const [, module = "", name = ""] = token.split(":");
      const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`;
      const declared = readFileSync(join(root, "node_modules/@pulumi/azure-native", module, file), "utf8");
      const scope = `/subscriptions/${subscription}/resourceGroups/rg`;
      const inputs = Object.fromEntries(row.key.map((key) => [key, /scope|Uri/.test(key) ? scope : "x"]));
      await row.look(inputs, clouds, { subscription, owner: "", organisation: "", repositories: {} });
      const [path = "", version] = asked.pop()?.split("?api-version=") ?? [];
      expect(version, token).toBe(/Uses Azure REST API version ([\w-]+)/.exec(declared)?.[1]);
      for (const key of row.key) expect(declared, `${token} ${key}`).toMatch(new RegExp(`^ {4}${key}\\??:`, "m"));
      const armType = armTypes.find(([of]) => of === token)?.[1];
      if (armType !== undefined && armType !== "Microsoft.Resources/resourceGroups") {
        const [provider = "", ...steps] = (path.split("/providers/").at(-1) ?? "").split("/");
        expect([provider, ...steps.filter((_, index) => index % 2 === 0)].join("/"), token).toBe(armType);
      }
    }
  });
});

describe("recover", () => {
  it("has nothing to do where nothing was interrupted, whatever is still to be made", async () => {
    const creates = [resource(group, "group", rg), resource(account, "store", store1)];
    expect(await recovering({ creates })).toMatchObject({ code: exitCodes.nothing, ran: [] });
    expect((await recovering({})).text).toBe("Nothing of prod is to be recovered.");
  });

  it("says what it would do before it does anything", async () => {
    cloud.create(group, rg);
    const { id } = cloud.create(account, store1);
    const { code, text, ran } = await recovering({ creates: [resource(account, "store", store1)] });
    expect(code).toBe(exitCodes.toDo);
    expect(text).toContain("store  (StorageAccount)");
    expect(text).toContain(id);
    expect(text).toContain(`It bears the tag ${kindTag}: production.`);
    expect(text).toContain("npm run recover -- --stack prod --yes");
    expect(ran).toEqual([]);
  });

  it("imports what stands, with its parent and its provider's version, then clears what was begun", async () => {
    cloud.create(group, rg);
    const { id } = cloud.create(account, store1);
    const { code, text, ran, imported } = await recovering({ begun: [resource(account, "store", store1)] }, true);
    expect(code, text).toBe(exitCodes.nothing);
    expect(imported).toEqual({
      nameTable: { parent0: urnOf("federated-mlops:index:C", "c") },
      resources: [{ type: account, name: "store", id, version: "3.28.0", parent: "parent0" }],
    });
    expect(ran.map(([command]) => command)).toEqual(["import", "refresh"]);
    expect(ran[0]).toEqual(expect.arrayContaining(["--protect=false", "--generate-code=false", "--stack", "prod"]));
    expect(ran[1]).toEqual(expect.arrayContaining(["--clear-pending-creates", "--exclude", "**"]));
  });

  it("leaves to the next up what stands nowhere, what can be made twice, and what was being changed", async () => {
    const place = { repository: "fl", environment: "prod" };
    const { code, text, ran } = await recovering(
      {
        begun: [resource(account, "store", store1), resource(secret, "KEY", { ...place, secretName: "KEY" })],
        interrupted: [{ type: "updating", resource: resource(group, "group", rg) }],
      },
      true,
    );
    expect(code, text).toBe(exitCodes.nothing);
    expect(text).toContain("It stands nowhere.");
    expect(text).toContain("Made again, it changes nothing");
    expect(text).toContain("group  (updating)");
    expect(ran.map(([command]) => command)).toEqual(["refresh"]);
  });

  it("lets the state forget what a later update has made", async () => {
    cloud.create(group, rg);
    const { id } = cloud.create(account, store1);
    const begun = [resource(account, "store", store1)];
    const { code, text, ran } = await recovering({ begun, state: [resource(account, "store", store1, { id })] }, true);
    expect(code, text).toBe(exitCodes.nothing);
    expect(text).toContain("The state knows it already.");
    expect(ran.map(([command]) => command)).toEqual(["refresh"]);
  });

  it("does not clear what was begun when the import fails", async () => {
    cloud.create(group, rg);
    cloud.create(account, store1);
    const begun = [resource(account, "store", store1)];
    const { code, text, ran } = await recovering({ begun, ends: { code: 1, stderr: "the stack is locked" } }, true);
    expect(code).toBe(exitCodes.couldNotTell);
    expect(text).toContain("the stack is locked");
    expect(ran.map(([command]) => command)).toEqual(["import"]);
  });

  it("does not look for what leans on something that is not made yet", async () => {
    const creates = [resource(account, "store", { ...store1, resourceGroupName: unknownValue })];
    expect((await recovering({ creates })).code).toBe(exitCodes.nothing);
  });

  it("could not tell where a cloud does not answer, names every question, and does nothing", async () => {
    cloud.create(group, rg);
    cloud.create(account, store1);
    const begun = [resource(account, "store", store1), resource(application, "app", app)];
    const silent = (path: string) => Promise.reject(new Unreadable(path, 403, "no right"));
    const reader = { get: silent, list: silent };
    const azureDevOps = () => ({ organisation: reader, people: reader, extensions: reader });
    const clouds = { azure: { ...reader, ask: silent }, graph: reader, github: reader, azureDevOps };
    const { code, text, ran } = await recovering({ begun, clouds }, true);
    expect(code).toBe(exitCodes.couldNotTell);
    expect(text).toMatch(/store: \/subscriptions.*HTTP 403, no right/);
    expect(text).toMatch(/app: \/v1.0\/applications.*HTTP 403, no right/);
    expect(ran).toEqual([]);
  });

  it("could not tell of a type without a row, and does nothing", async () => {
    const begun = [resource("azure-native:batch:Pool", "pool", {})];
    const { code, text, ran } = await recovering({ begun }, true);
    expect(code).toBe(exitCodes.couldNotTell);
    expect(text).toContain("azure-native:batch:Pool: operations/recover/naturalKeys.ts");
    expect(ran).toEqual([]);
  });

  it("could not tell where pulumi cannot, and says what pulumi said", async () => {
    const failing = (on: string) => (args: readonly string[]) =>
      Promise.resolve(
        args[0] === on
          ? { code: 1, stdout: "", stderr: `error: no ${on}` }
          : { code: 0, stdout: '{"deployment":{}}', stderr: "" },
      );
    const clouds = vi.fn();
    for (const command of ["stack", "preview"]) {
      const { code, text } = await recover("prod", { pulumi: failing(command), clouds }, true);
      expect(code).toBe(exitCodes.couldNotTell);
      expect(text).toContain(`error: no ${command}`);
    }
    expect(clouds).not.toHaveBeenCalled();
  });
});

const inRepository = { repository: "fl", environment: "prod" };
const named = (value: string) => ({ ...inRepository, variableName: "AZURE_CLIENT_ID", value });
const appId = () => store.rows(application)[0]?.id ?? "";
const nodeId = () => String(store.row("fl", repository)?.outputs["nodeId"]);
const knownRepository =
  (more: Bag = {}) =>
  () => [resource(repository, "repository", repo, { id: "fl", outputs: { nodeId: nodeId() }, ...more })];

function repositoryStands(): void {
  cloud.create(repository, repo);
  cloud.create(environment, inRepository);
}

const ours: Record<string, Claim> = {
  ...azureDevOpsOurs,
  "a store with the tag": {
    stands: () => [cloud.create(group, rg), cloud.create(account, store1)],
    type: account,
    inputs: () => store1,
    why: "It bears the tag",
  },
  "a container in a store that the state knows": {
    stands: () => [
      cloud.create(group, rg),
      cloud.create(account, store1),
      cloud.create(container, { ...store1, containerName: "private" }),
    ],
    type: container,
    inputs: () => ({ resourceGroupName: "rg", accountName: "stfl", containerName: "private" }),
    state: () => [resource(account, "store", store1, { id: store.rows(account)[0]?.id })],
    why: "It lies in stfl, which this stack made.",
  },
  "an application that the deployer owns": {
    stands: () => cloud.create(application, app),
    type: application,
    inputs: () => app,
    why: "Who deploys owns it.",
  },
  "a federated credential that trusts whom it should": {
    stands: () => [cloud.create(application, app), cloud.create(credential, { ...trusts, applicationId: appId() })],
    type: credential,
    inputs: () => ({ ...trusts, applicationId: appId() }),
    why: "It trusts whom the program lets it trust.",
  },
  "a repository with this program's description": {
    stands: repositoryStands,
    type: repository,
    inputs: () => repo,
    why: "It is private and bears this program's description; it was made ",
  },
  "a variable of the right value": {
    stands: () => [repositoryStands(), cloud.create(variable, named("client"))],
    type: variable,
    inputs: () => named("client"),
    why: "It has the value that the program gives it.",
  },
  "a branch's protection in a repository that the state knows": {
    stands: () => [
      repositoryStands(),
      cloud.create(protection, { repositoryId: "fl", pattern: "main", repository: "fl" }),
    ],
    type: protection,
    inputs: () => ({ repositoryId: nodeId(), pattern: "main" }),
    state: knownRepository(),
    why: "It lies in fl, which this stack made.",
  },
  "a runner group for the one workflow": {
    stands: () => cloud.create(runnerGroup, runners),
    type: runnerGroup,
    inputs: () => runners,
    why: "It serves the workflow that the program lets it serve, and no other.",
  },
};

const strangers: Record<string, Claim> = {
  ...azureDevOpsStrangers,
  "a store without the tag": {
    stands: () => [cloud.create(group, rg), cloud.create(account, { ...store1, tags: { owner: "somebody" } })],
    type: account,
    inputs: () => store1,
    why: "It does not bear the tag",
  },
  "a lock in a group that is only joined": {
    stands: () => [
      cloud.create(group, rg),
      cloud.create(lock, {
        scope: `/subscriptions/${subscription}/resourceGroups/rg`,
        lockName: "l",
        level: "CanNotDelete",
      }),
    ],
    type: lock,
    inputs: () => ({ scope: `/subscriptions/${subscription}/resourceGroups/rg`, lockName: "l" }),
    state: () => [
      resource(group, "group", {}, { id: `/subscriptions/${subscription}/resourceGroups/rg`, external: true }),
    ],
    why: "Nothing shows that this stack made it.",
  },
  "an application of somebody else's": {
    stands: () => cloud.create(application, { ...app, owners: ["somebody"] }),
    type: application,
    inputs: () => app,
    why: "Who deploys does not own it.",
  },
  "two applications of one name": {
    stands: () => [cloud.create(application, app), cloud.create(application, app)],
    type: application,
    inputs: () => app,
    why: "2 of them are called fl-pipeline.",
  },
  "a service principal of somebody else's": {
    stands: () => [
      cloud.create(application, app),
      cloud.create(principal, { clientId: store.rows(application)[0]?.outputs["clientId"] }),
    ],
    type: principal,
    inputs: () => ({ clientId: store.rows(application)[0]?.outputs["clientId"], owners: [deployer] }),
    why: "Who deploys does not own it.",
  },
  "a federated credential that trusts somebody else": {
    stands: () => [
      cloud.create(application, app),
      cloud.create(credential, { ...trusts, applicationId: appId(), subject: "repo:evil:environment:prod" }),
    ],
    type: credential,
    inputs: () => ({ ...trusts, applicationId: appId() }),
    why: "It trusts repo:evil:environment:prod of i.",
  },
  "a repository that stood before": {
    stands: () => cloud.create(repository, { ...repo, description: "What the lab tried" }),
    type: repository,
    inputs: () => repo,
    why: "It is not a private repository with this program's description; it was made ",
  },
  "a variable of another value": {
    stands: () => [repositoryStands(), cloud.create(variable, named("somebody else"))],
    type: variable,
    inputs: () => named("client"),
    why: "It has another value than the program gives it.",
  },
  "a branch's protection in a repository that was taken over": {
    stands: () => [
      repositoryStands(),
      cloud.create(protection, { repositoryId: "fl", pattern: "main", repository: "fl" }),
    ],
    type: protection,
    inputs: () => ({ repositoryId: nodeId(), pattern: "main" }),
    state: knownRepository({ importID: "fl" }),
    why: "Nothing shows that this stack made it.",
  },
  "a runner group that serves everybody": {
    stands: () => cloud.create(runnerGroup, { ...runners, restrictedToWorkflows: false, selectedWorkflows: [] }),
    type: runnerGroup,
    inputs: () => runners,
    why: "It serves others than the workflow that the program lets it serve.",
  },
};

describe("takes for this stack's", () => {
  for (const [what, { stands, type, inputs, state = () => [], why }] of Object.entries(ours)) {
    it(what, async () => {
      stands(cloud);
      const creates = [resource(type, "wanted", inputs(cloud))];
      const { code, text, ran } = await recovering({ creates, state: state(cloud) }, true);
      expect(code, text).toBe(exitCodes.nothing);
      expect(text).toContain(why);
      expect(ran.map(([command]) => command)).toEqual(["import"]);
    });
  }

  it("each of them too, where an update was interrupted while making it", async () => {
    for (const [what, { stands, type, inputs, state = () => [] }] of Object.entries(azureDevOpsOurs)) {
      for (const row of store.rows()) store.drop(row);
      stands(cloud);
      const begun = [resource(type, "wanted", inputs(cloud))];
      const { code, text, ran, imported } = await recovering({ begun, state: state(cloud) }, true);
      expect(code, `${what}: ${text}`).toBe(exitCodes.nothing);
      expect(ran.map(([command]) => command)).toEqual(["import", "refresh"]);
      // By an id that the provider takes.
      const { resources } = imported as { resources: { id: string }[] };
      expect(cloud.imported(type, resources[0]?.id ?? ""), what).toBeDefined();
    }
  });

  it("what nothing contradicts, where an update was interrupted while making it", async () => {
    const { stands, type, inputs, state = () => [] } = strangers["a lock in a group that is only joined"] as Claim;
    stands(cloud);
    const { code, text } = await recovering(
      { begun: [resource(type, "wanted", inputs(cloud))], state: state(cloud) },
      true,
    );
    expect(code, text).toBe(exitCodes.nothing);
    expect(text).toContain("An update of this stack was interrupted while making it.");
  });

  it("the one of two applications whose id its cloud had told", async () => {
    cloud.create(application, app);
    const { id } = cloud.create(application, app);
    const { code, text, imported } = await recovering({ begun: [resource(application, "app", app, { id })] }, true);
    expect(code, text).toBe(exitCodes.nothing);
    expect(imported).toMatchObject({ resources: [{ id }] });
  });
});

describe("a check of Azure DevOps, which its provider cannot import", () => {
  const approver = contoso.people[0]?.objectId;
  const asks: Record<string, Bag> = {
    CheckApproval: { approvers: [approver], minimumRequiredApprovers: 1, requesterCanApprove: false },
    CheckBranchControl: { allowedBranches: "refs/heads/main", verifyBranchProtection: true },
    CheckExclusiveLock: {},
    CheckRequiredTemplate: {
      requiredTemplates: [
        { repositoryType: "azuregit", repositoryName: "fl/t", repositoryRef: "refs/heads/main", templatePath: "s.yml" },
      ],
    },
  };
  const target = () => {
    const { id: projectId } = cloud.create(azureDevOps("Project"), { name: "fl" });
    const { id: targetResourceId } = cloud.create(azureDevOps("Environment"), { projectId, name: "prod" });
    return { projectId, targetResourceId, targetResourceType: "environment" };
  };

  for (const [kind, settings] of Object.entries(asks)) {
    it(`is to be deleted where it stands already: ${kind}`, async () => {
      const inputs = { ...target(), ...settings };
      const { id } = cloud.create(azureDevOps(kind), inputs);
      const begun = [resource(azureDevOps(kind), "prod-check", inputs)];
      const { code, text, ran } = await recovering({ begun }, true);
      expect(code, text).toBe(exitCodes.toDo);
      expect(text).toContain("its provider cannot import it: the next up would make a second.");
      expect(text).not.toContain("is not known to be prod's");
      expect(text).toMatch(new RegExp(`az rest --method DELETE .*/_apis/pipelines/checks/configurations/${id}[?]`));
      expect(text).not.toContain("pulumi import");
      expect(ran).toEqual([]);
    });
  }

  it("is another one where it asks something else", async () => {
    const on = target();
    const others: Record<string, Bag> = {
      CheckApproval: { ...asks["CheckApproval"], requesterCanApprove: true },
      CheckBranchControl: { ...asks["CheckBranchControl"], allowedBranches: "*" },
      CheckRequiredTemplate: {
        requiredTemplates: [{ repositoryName: "x", repositoryRef: "r", templatePath: "s.yml" }],
      },
    };
    for (const [kind, settings] of Object.entries(others)) cloud.create(azureDevOps(kind), { ...on, ...settings });
    const creates = Object.keys(others).map((kind) => resource(azureDevOps(kind), kind, { ...on, ...asks[kind] }));
    expect(await recovering({ creates })).toMatchObject({ code: exitCodes.nothing });
  });
});

it.each(Object.entries(azureDevOpsOthers))("sees no obstacle in %s", async (_what, { stands, type, inputs }) => {
  stands(cloud);
  const { code, text, ran } = await recovering({ creates: [resource(type, "wanted", inputs(cloud))] }, true);
  expect(code, text).toBe(exitCodes.nothing);
  expect(ran).toEqual([]);
});

it("takes a branch of Azure DevOps from which main has moved on for this stack's", async () => {
  const { stands, type, inputs } = azureDevOpsOurs["a branch that holds nothing of its own"] as Claim;
  stands(cloud);
  const local = localClouds(rest.address);
  const moved: Clouds = {
    ...local,
    azureDevOps: (url) => {
      const { organisation, people, extensions } = local.azureDevOps(url);
      const get = async <T>(path: string) =>
        path.includes("/stats/branches?") ? ({ aheadCount: 0, behindCount: 3 } as T) : organisation.get<T>(path);
      const list = async <T>(path: string) => {
        const found = await organisation.list<T>(path);
        // Each at a commit of its own.
        return found === "missing" || !path.includes("/refs?")
          ? found
          : found.map((ref, index) => ({ ...ref, objectId: String(index).repeat(40) }));
      };
      return { organisation: { get, list }, people, extensions };
    },
  };
  const creates = [resource(type, "wanted", inputs(cloud))];
  const { code, text } = await recovering({ creates, clouds: moved }, true);
  expect(code, text).toBe(exitCodes.nothing);
  expect(text).toContain("It holds nothing that main does not hold.");
});

describe("leaves to the next up, because Azure DevOps takes it twice", () => {
  it.each([
    ["Group", { originId: contoso.groups[0]?.objectId }],
    ["GroupMembership", { group: "vssgp.x", members: [] }],
    ["GitPermissions", { projectId: "p", principal: "vssgp.x", permissions: {} }],
    ["PipelineAuthorization", { projectId: "p", resourceId: "1", type: "queue", pipelineId: 1 }],
    ["ProjectPipelineSettings", { projectId: "p" }],
  ])("%s", async (kind, inputs) => {
    if (kind === "Group") cloud.create(azureDevOps(kind), inputs);
    const { code, text, ran } = await recovering({ begun: [resource(azureDevOps(kind), "wanted", inputs)] }, true);
    expect(code, text).toBe(exitCodes.nothing);
    expect(text).toContain("Made again, it changes nothing");
    expect(ran.map(([command]) => command)).toEqual(["refresh"]);
  });
});

describe("leaves alone, names with both ways out, and does nothing else meanwhile", () => {
  for (const [what, { stands, type, inputs, state = () => [], why }] of Object.entries(strangers)) {
    it(what, async () => {
      stands(cloud);
      cloud.create(group, { ...rg, resourceGroupName: "other" });
      const creates = [
        resource(group, "other", { ...rg, resourceGroupName: "other" }),
        resource(type, "wanted", inputs(cloud)),
      ];
      const { code, text, ran } = await recovering({ creates, state: state(cloud) }, true);
      expect(code, text).toBe(exitCodes.toDo);
      expect(text).toContain(why);
      expect(text).toContain("is not known to be prod's");
      expect(text).toContain(`pulumi import --stack prod`);
      expect(ran).toEqual([]);
    });
  }

  it("an application whose name is right and whose id is another than its cloud had told", async () => {
    cloud.create(application, { ...app, owners: ["somebody"] });
    const begun = [resource(application, "app", app, { id: "/applications/gone" })];
    expect(await recovering({ begun }, true)).toMatchObject({ code: exitCodes.toDo, ran: [] });
  });

  it("one that was to replace what the state knows, whether that is gone already or not", async () => {
    cloud.create(group, rg);
    const { id } = cloud.create(account, store1);
    const begun = [resource(account, "store", store1)];
    const gone = resource(account, "store", store1, { id, pendingReplacement: true });
    const another = resource(account, "store", { ...store1, accountName: "stold" }, { id: "old" });
    for (const state of [[gone], [another]]) {
      const { code, text, ran } = await recovering({ begun, state }, true);
      expect(code).toBe(exitCodes.toDo);
      expect(text).toContain("It was to replace one that the state still knows");
      expect(ran).toEqual([]);
    }
  });
});
