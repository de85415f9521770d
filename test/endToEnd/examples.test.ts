import { expect, it } from "vitest";

import { policyPack, violationsIn } from "../support/policyPack";
import { examples } from "../support/program";
import { freshLocal, type Local } from "../support/local";

const production = (local: Local, ...args: string[]) => local.pulumi(...args, "--stack", "prod");

/** The policy pack, which judges what is imported and what is read along the way, has nothing against it. */
async function comesUp(local: Local): Promise<void> {
  const up = await production(local, "up", "--yes", "--skip-preview", ...policyPack);
  expect(up.code, up.stdout).toBe(0);
  expect(violationsIn(up.stdout)).toEqual([]);
  const clean = await production(local, "preview", "--refresh", "--expect-no-changes");
  expect(clean.code, clean.stdout).toBe(0);
}

it("production in one region comes up with a managed network", async () => {
  const local = await freshLocal(examples["single-region"].directory);
  await comesUp(local);
  expect(
    local.look((store) => store.rows("azure-native:machinelearningservices:ManagedNetworkSettingsRule")),
  ).toHaveLength(4);
});

it("an existing workspace is taken over and hardened where it stands, and what is joined stays as it was", async () => {
  const local = await freshLocal(examples["adopted-workspace"].directory);
  const before = local.look((store) => store.rows());
  await comesUp(local);

  const events = local.look((store) => store.events());
  const stood = new Set(before.map(({ type, id }) => `${type} ${id}`));
  const touched = events
    .filter(({ type, id }) => stood.has(`${type} ${id}`))
    .map(({ operation, id }) => `${operation} ${id.split("/").at(-1)}`);
  expect(touched.sort()).toEqual([
    "create CODEOWNERS",
    "update aml-legacy",
    "update appi-legacy",
    "update crlegacy4711",
    "update fl-lab",
    "update kv-legacy-4711",
    "update stlegacy4711",
  ]);

  const inputsOf = (type: string, name: string) =>
    local.look((store) => store.rows(`azure-native:${type}`).find(({ id }) => id.endsWith(`/${name}`))?.inputs);
  expect(inputsOf("machinelearningservices:Workspace", "aml-legacy")).toMatchObject({
    publicNetworkAccess: "Disabled",
    systemDatastoresAuthMode: "Identity",
    identity: { type: "SystemAssigned,UserAssigned" },
    imageBuildCompute: "image-build",
    hbiWorkspace: false,
    friendlyName: "The old one",
  });
  expect(inputsOf("storage:StorageAccount", "stlegacy4711")).toMatchObject({
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    minimumTlsVersion: "TLS1_2",
    publicNetworkAccess: "Disabled",
    sku: { name: "Standard_GRS" },
  });
  expect(inputsOf("keyvault:Vault", "kv-legacy-4711")).toMatchObject({
    properties: { enableRbacAuthorization: true, enablePurgeProtection: true, softDeleteRetentionInDays: 30 },
  });
  expect(local.look((store) => store.row("fl-lab", "github:index/repository:Repository")?.inputs)).toMatchObject({
    allowForking: false,
    allowMergeCommit: false,
    // As its maker chose.
    description: "What the lab tried",
    hasWiki: true,
  });
  expect(local.look((store) => store.row("fl-lab:prod:REVIEWED_SINCE")?.inputs["value"])).toBe(
    "1bc279051ac545af8adf5345857fe66b4834c266",
  );
  expect(inputsOf("containerregistry:Registry", "crlegacy4711")).toMatchObject({
    adminUserEnabled: false,
    sku: { name: "Premium" },
  });
});

it("whoever moves the commit at which review begins is seen", async () => {
  const local = await freshLocal(examples["adopted-workspace"].directory);
  await comesUp(local);
  local.tamper("set", "fl-lab:prod:REVIEWED_SINCE", "value", `"${"0".repeat(40)}"`);
  const moved = await production(local, "preview", "--refresh", "--expect-no-changes");
  expect(moved.code, moved.stdout).toBe(7);
  expect(moved.stdout).toContain("repository-reviewed-since");
});

it("a destroy deletes nothing that stood before", async () => {
  const local = await freshLocal(examples["adopted-workspace"].directory);
  const before = local.look((store) => store.rows()).map(({ id }) => id);
  const up = await production(local, "up", "--yes", "--skip-preview");
  expect(up.code, up.stdout).toBe(0);
  expect((await production(local, "state", "unprotect", "--all", "--yes")).code).toBe(0);
  const destroy = await production(local, "destroy", "--yes");
  expect(destroy.code, destroy.stdout).toBe(0);
  const left = new Set(local.look((store) => store.rows()).map(({ id }) => id));
  expect(before.filter((id) => !left.has(id))).toEqual([]);
});
