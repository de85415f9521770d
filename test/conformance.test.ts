/**
 * The program against data from outside it: Azure's own type definitions, the providers' schemas, and the built-in role
 * definitions, where they lie beside the checkout. A checkout on its own skips what it has no data for.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { roles } from "../facts/roles";
import { builtInPermissions } from "../localcloud/clouds/azure/permissions";
import { accessRoutes } from "../localcloud/clouds/github/accessRest";
import { organisationRoutes } from "../localcloud/clouds/github/organisation";
import { repositoryRoutes } from "../localcloud/clouds/github/repositoryRest";
import { githubRoutes, requests } from "../localcloud/clouds/github/rest";
import { builtInRoles } from "../localcloud/clouds/roles";
import { LocalCloud } from "../localcloud/localCloud";
import { Store } from "../localcloud/store";
import { controlsPage, threatsPage } from "../operations/controlsDocs";
import { settingsTable, stackFileSchema } from "../operations/generate";
import { type Created, created, urns } from "./support/mocks";
import { examples, runBootstrap, runBootstrapOnAzureDevOps, runExample, runProgram } from "./support/program";
import { definitions } from "./support/roleDefinitions";
import { root } from "./support/root";

const shared = join(root, "..", "shared");
const read = (...path: string[]) => JSON.parse(readFileSync(join(shared, ...path), "utf8")) as unknown;

interface Verdict {
  readonly token: string;
  readonly name: string;
  readonly skipped?: string;
  readonly issues?: { readonly sev: string; readonly path: string; readonly msg: string }[];
}
type Validate = (list: { token: string; name: string; inputs: unknown }[]) => Verdict[];

/** Types that the data does not describe: only the SDK's own types hold them. */
const undescribed = [
  "azure-native:devcenter:DevCenter",
  "azure-native:devcenter:Project",
  "azure-native:devopsinfrastructure:Pool",
];

describe.runIf(existsSync(shared))("what the program registers", () => {
  const registered: Created[] = [];
  beforeAll(async () => {
    for (const example of Object.keys(examples) as (keyof typeof examples)[]) {
      await runExample(example);
      await urns();
      registered.push(...created);
    }
    for (const bootstrap of [runBootstrap, runBootstrapOnAzureDevOps]) {
      await bootstrap();
      await urns();
      registered.push(...created);
    }
  }, 120_000);

  it("in Azure is a valid request to Azure Resource Manager", async () => {
    const { validate } = (await import(/* @vite-ignore */ join(shared, "armspec", "validate.mjs"))) as {
      validate: Validate;
    };
    const azure = registered.filter(({ type }) => type.startsWith("azure-native:"));
    const verdicts = validate(azure.map(({ type, name, inputs }) => ({ token: type, name, inputs })));
    const skipped = verdicts.flatMap(({ token, skipped }) => (skipped === undefined ? [] : [token]));
    expect([...new Set(skipped)].sort()).toEqual(undescribed);
    const errors = verdicts.flatMap(({ name, issues = [] }) =>
      issues.filter(({ sev }) => sev === "error" || sev === "warn").map(({ path, msg }) => `${name} ${path}: ${msg}`),
    );
    expect(errors).toEqual([]);
  });

  for (const provider of ["github", "azuread", "azuredevops"]) {
    it(`in ${provider} has only properties that its provider knows, and all that it requires`, () => {
      const schema = read("schemas", `${provider}.json`) as Schema;
      const ours = registered.filter(({ type }) => type.startsWith(`${provider}:`));
      expect(ours.length).toBeGreaterThan(0);
      const findings = ours.flatMap(({ type, name, inputs }) => {
        const resource = schema.resources[type];
        if (resource === undefined) return [`${type}: no such resource`];
        return [
          ...(resource.requiredInputs ?? []).filter((key) => !(key in inputs)).map((key) => `${name}: lacks ${key}`),
          ...unknownIn(schema, { properties: resource.inputProperties }, inputs, name),
        ];
      });
      expect(findings).toEqual([]);
    });
  }

  it("names roles by the ids that Azure gives them", () => {
    const definitions = read("schemas", "azure-roles.json") as Record<string, { id?: string; name?: string }>;
    for (const [role, id] of Object.entries(roles)) {
      expect(JSON.stringify(definitions[role]), role).toContain(id);
    }
  });
});

describe.runIf(definitions !== undefined)("the simulated Azure", () => {
  it("calls roles by the ids that Azure gives them", () => {
    for (const [role, id] of Object.entries(builtInRoles)) {
      if (definitions?.[role] !== undefined) expect(definitions[role].id, role).toBe(id);
    }
  });

  for (const [role, { actions = [], notActions = [] }] of Object.entries(builtInPermissions)) {
    it(`lets ${role} do nothing that Azure does not`, () => {
      const real = definitions?.[role]?.permissions ?? [];
      const lower = (list: readonly string[] = []) => list.map((one) => one.toLowerCase());
      const all = lower(real.flatMap((one) => one.actions ?? []));
      expect(lower(actions).filter((action) => !all.includes(action))).toEqual([]);
      expect(lower(notActions)).toEqual(expect.arrayContaining(lower(real[0]?.notActions).filter(concernsUs)));
    });
  }
});

/** What roles exclude besides this is about services that no environment uses. */
const concernsUs = (action: string) => action.startsWith("microsoft.authorization/");

interface Type {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Type;
  readonly properties?: Readonly<Record<string, Type>>;
  readonly required?: readonly string[];
}
interface Schema {
  readonly types: Readonly<Record<string, Type>>;
  readonly resources: Readonly<
    Record<string, { requiredInputs?: string[]; inputProperties: Readonly<Record<string, Type>> }>
  >;
}

/** Every property of `value`, at any depth, that `type` does not have, and every one that it requires and lacks. */
function unknownIn(schema: Schema, type: Type, value: unknown, path: string): string[] {
  const target = type.$ref === undefined ? type : schema.types[type.$ref.replace("#/types/", "")];
  if (target === undefined) return [`${path}: the schema lacks ${type.$ref}`];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => unknownIn(schema, target.items ?? {}, item, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null || target.properties === undefined) return [];
  const properties = target.properties;
  return [
    ...(target.required ?? []).filter((key) => !(key in value)).map((key) => `${path}: lacks ${key}`),
    ...Object.entries(value).flatMap(([key, inner]) => {
      const known = properties[key];
      return known === undefined ? [`${path}.${key}: unknown`] : unknownIn(schema, known, inner, `${path}.${key}`);
    }),
  ];
}

/** What GitHub itself publishes about its REST interface. */
const { paths, components } = (createRequire(__filename)("@octokit/openapi") as { schemas: Record<string, OpenApi> })
  .schemas["api.github.com"] as OpenApi;

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}
interface Operation {
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}
interface Body {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

/** What is wrong with `body` as the body that `operation` (`get /repos/{owner}/…`) takes or gives. */
function againstGitHub(operation: string, side: "request" | "answer", body: unknown): string[] {
  const [verb = "", path = ""] = operation.split(" ");
  const described = paths[path]?.[verb];
  const schema = (side === "request" ? described?.requestBody : described?.responses["200"])?.content?.[
    "application/json"
  ]?.schema;
  if (schema === undefined) return [`GitHub has no ${operation}`];
  const validate = ajv.compile({ ...(orNull(schema) as object), components: orNull(components) });
  return validate(JSON.parse(JSON.stringify(body)))
    ? []
    : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`);
}

/** OpenAPI 3.0 says `nullable` beside anything; JSON schema, and with it ajv, beside a type alone. */
function orNull(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(orNull);
  if (typeof schema !== "object" || schema === null) return schema;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(schema).map(([key, inner]) => [key, orNull(inner)]));
  return nullable === true ? { anyOf: [rest, { type: "null" }] } : rest;
}

// Not strict: OpenAPI has words of its own (example, nullable), and JSON schema lets unknown ones pass.
const ajv = addFormats(new Ajv({ strict: false, logger: false }));

describe("the simulated GitHub", () => {
  const store = new Store(":memory:");
  const cloud = new LocalCloud(store, { owner: "contoso-fl" });
  const names = {
    owner: "contoso-fl",
    repo: "fl-experiments",
    environment_name: "prod",
    branch: "main",
    org: "contoso-fl",
    team_slug: "fl-maintainers",
    name: "AZURE_CLIENT_ID",
  };

  beforeAll(async () => {
    await runProgram("prod");
    await urns();
    for (const { type, inputs } of created.filter(({ type }) => type.startsWith("github:"))) {
      const team = store.organisation.github.teams[1]?.id;
      const fitting: Record<string, unknown> = {
        ...inputs,
        ...("reviewers" in inputs ? { reviewers: [{ teams: [team] }] } : {}),
        ...("repositoryId" in inputs ? { repositoryId: "fl-experiments" } : {}),
        ...("selectedRepositoryIds" in inputs
          ? { selectedRepositoryIds: [store.row("fl-experiments")?.outputs["repoId"]] }
          : {}),
      };
      cloud.create(type, fitting);
    }
  });

  it("is asked for what GitHub takes", () => {
    const made = created.filter(({ type }) => type in requests);
    expect(new Set(made.map(({ type }) => type))).toEqual(new Set(Object.keys(requests)));
    for (const { type, name, inputs } of made) {
      const { operation, body } = requests[type] ?? { operation: "", body: () => undefined };
      expect(againstGitHub(operation, "request", body(inputs)), name).toEqual([]);
    }
  });

  it("answers what GitHub answers", () => {
    const [rules] = store.rows("github:index/repositoryRuleset:RepositoryRuleset");
    const [group] = store.rows("github:index/actionsRunnerGroup:ActionsRunnerGroup");
    const numbers = { ruleset_id: String(rules?.id), runner_group_id: String(group?.id) };
    const places = { below: "/.github/CODEOWNERS", basehead: "main...main" };
    cloud.create("github:index/repositoryDeployKey:RepositoryDeployKey", {
      ...{ repository: "fl-experiments", title: "bot", key: "ssh-ed25519 AAAA" },
    });
    for (const { path, body } of [...githubRoutes, ...organisationRoutes, ...repositoryRoutes, ...accessRoutes]) {
      const answer = body({ ...names, ...numbers, ...places }, store, {});
      expect(answer, path).toBeDefined();
      expect(againstGitHub(`get ${path.replace("{below}", "/{path}")}`, "answer", answer), path).toEqual([]);
    }
  });

  it("answers what GitHub answers of owners that it would skip", () => {
    store.reorganise((organisation) => {
      const { github } = organisation;
      return { ...organisation, github: { ...github, teams: github.teams.map((team) => ({ ...team, secret: true })) } };
    });
    const path = "/repos/{owner}/{repo}/codeowners/errors";
    const answer = repositoryRoutes.find((route) => route.path === path)?.body(names, store, {});
    expect(answer).toMatchObject({ errors: [{ line: 2, column: 3, kind: "Unknown owner" }] });
    expect(againstGitHub(`get ${path}`, "answer", answer)).toEqual([]);
  });

  it("would be caught at a body that GitHub does not know", () => {
    expect(
      againstGitHub("post /repos/{owner}/{repo}/rulesets", "request", { name: "x", enforcement: "sometimes" }),
    ).not.toEqual([]);
    expect(againstGitHub("get /repos/{owner}/{repo}/rulesets/{ruleset_id}", "answer", { id: 1 })).not.toEqual([]);
  });
});

it("docs/stack.schema.json is the program's own schema", () => {
  expect(JSON.parse(readFileSync(join(root, "docs", "stack.schema.json"), "utf8"))).toEqual(
    JSON.parse(JSON.stringify(stackFileSchema())),
  );
});

it("the README's table of settings is written from the schema", () => {
  const cells = (text: string) =>
    text.split("\n").flatMap((line) => (line.startsWith("| `federated-mlops:") ? [line.replace(/\s+/g, " ")] : []));
  expect(cells(readFileSync(join(root, "README.md"), "utf8"))).toEqual(cells(settingsTable()));
});

it("docs/controls.md and docs/threats.md are written from the table of controls", async () => {
  expect(readFileSync(join(root, "docs", "controls.md"), "utf8")).toBe(await controlsPage());
  expect(readFileSync(join(root, "docs", "threats.md"), "utf8")).toBe(await threatsPage());
});

// Whoever makes this checkout theirs changes the files at the top; the tests judge the example's.
it("the stack files at the top are the example's, as long as they are not somebody's own", () => {
  for (const stack of ["prod", "dev", "prod-azuredevops", "dev-azuredevops"]) {
    const file = `Pulumi.${stack}.yaml`;
    const [top, example] = [join(root, file), join(root, "examples", "contoso", file)].map(
      (path) => parse(readFileSync(path, "utf8")) as { config: Record<string, unknown> },
    );
    const { "github:owner": owner, "azuredevops:orgServiceUrl": organisation = owner } = top?.config ?? {};
    if (String(organisation).endsWith("contoso-fl")) expect(top).toEqual(example);
  }
});
