/** What stands between a checkout and the engine: versions, copies of stack files, the environment. */
import { expect, test } from "vitest";

import { atLeast } from "../../localcloud/engine";
import { placeAt, placeFromEnvironment } from "../../localcloud/place";
import { withoutSecrets } from "../../localcloud/project";
import { environmentFor } from "../../localcloud/pulumi";

test.each([
  ["v3.274.1", "3.274.1", true],
  ["v3.300.0", "3.274.1", true],
  ["3.274.1-alpha.1", "3.274.1", true],
  ["v4.0.0", "3.274.1", true],
  ["v3.274.0", "3.274.1", false],
  ["v3.99.9", "3.274.1", false],
  ["go1.26.8", "1.26", true],
  ["go1.9", "1.26", false],
  ["", "3.274.1", false],
])("version %j is at least %s: %s", (is, wanted, expected) => {
  expect(atLeast(is, wanted)).toBe(expected);
});

const stackFile = `# who owns this
secretsprovider: azurekeyvault://kv/keys/k
encryptedkey: abc
encryptionsalt: v1:salt
config:
  azure-native:location: westeurope # where
  app:plain: { secure: v1:one }
  app:secrets:
    WANDB_API_KEY: { secure: v1:two }
    odd.key:
      secure: v1:three
  app:list: [{ secure: v1:four }, open]
`;

test("a copy of a stack file keeps everything but secrets and keys", () => {
  const { document, secrets } = withoutSecrets(stackFile);
  expect(document.toJS()).toEqual({
    config: { "azure-native:location": "westeurope", "app:secrets": {}, "app:list": ["open"] },
  });
  expect(secrets.map(({ path }) => path)).toEqual([
    "app:plain",
    "app:secrets.WANDB_API_KEY",
    'app:secrets["odd.key"]',
    "app:list[0]",
  ]);
});

test("a stand-in follows from its place, and from nothing that is encrypted", () => {
  const values = (file: string) => withoutSecrets(file).secrets.map(({ value }) => value);
  expect(values(stackFile.replaceAll("v1:", "v2:"))).toEqual(values(stackFile));
  expect(new Set(values(stackFile)).size).toBe(4);
});

test("nothing leads to a real cloud or to the user's own Pulumi", () => {
  const place = placeAt("/somewhere");
  const environment = environmentFor(place, {
    PATH: "/bin",
    ARM_CLIENT_SECRET: "x",
    AZURE_CONFIG_DIR: "x",
    GITHUB_TOKEN: "real",
    PULUMI_ACCESS_TOKEN: "x",
    PULUMI_HOME: "/home/user/.pulumi",
    PULUMI_NODEJS_TRANSPILE_ONLY: "false",
    PULUMI_OPTION_COLOR: "never",
  });
  expect(environment).toMatchObject({
    PATH: "/bin",
    GITHUB_TOKEN: "local",
    PULUMI_HOME: place.home,
    PULUMI_BACKEND_URL: `file://${place.state}?metadata=skip`,
    PULUMI_NODEJS_TRANSPILE_ONLY: "false",
    PULUMI_OPTION_COLOR: "never",
  });
  for (const key of ["ARM_CLIENT_SECRET", "AZURE_CONFIG_DIR", "PULUMI_ACCESS_TOKEN"])
    expect(environment).not.toHaveProperty(key);
});

test("several local clouds stand side by side", () => {
  const { local, stacks } = placeFromEnvironment({ FEDERATED_MLOPS_LOCAL: "/a", FEDERATED_MLOPS_STACKS: "/b" });
  expect([local, stacks]).toEqual(["/a", "/b"]);
  expect(placeFromEnvironment({}).local).toMatch(/\/\.local$/);
});
