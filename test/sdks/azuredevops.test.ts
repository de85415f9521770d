/** Our own bindings of Azure DevOps: what they take, what they hand to the engine, and that the provider has it so. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as azuredevops from "@pulumi/azuredevops";
import { beforeEach, describe, expect, it } from "vitest";

import * as table from "../../sdks/azuredevops/index";
import { type Fields, type Kind, version } from "../../sdks/azuredevops/table";
import { mockEngine, only, urns, valueOf } from "../support/mocks";
import { root } from "../support/root";

beforeEach(() => mockEngine());

it("a resource is registered under its token, with what it was given and nothing else", async () => {
  const project = new azuredevops.Project("project", { name: "fl" });
  const repository = new azuredevops.Git("git", {
    projectId: project.id,
    name: "fl-experiments",
    initialization: { initType: "Clean" },
  });
  await urns();
  expect(only("azuredevops:index/git:Git")).toEqual({
    projectId: "project-id",
    name: "fl-experiments",
    initialization: { initType: "Clean" },
  });
  expect(await valueOf(repository.name)).toBe("fl-experiments");
});

it("what must be given is asked for, by the compiler and when it runs", () => {
  // @ts-expect-error: no initialization.
  expect(() => new azuredevops.Git("git", { projectId: "1" })).toThrow("Missing required property 'initialization'");
});

it("what is answered cannot be given, and a number is no text", () => {
  const refused = () => [
    // @ts-expect-error: the cloud's alone.
    new azuredevops.Git("git", { projectId: "1", initialization: { initType: "Clean" }, webUrl: "https://x" }),
    // @ts-expect-error: a text where a number belongs.
    new azuredevops.PipelineAuthorization("one", { projectId: "1", resourceId: "2", type: "queue", pipelineId: "3" }),
    new azuredevops.CheckRequiredTemplate("template", {
      ...{ projectId: "1", targetResourceId: "2", targetResourceType: "endpoint" },
      // @ts-expect-error: no path.
      requiredTemplates: [{ repositoryName: "fl/pipelines", repositoryRef: "refs/heads/main" }],
    }),
  ];
  expect(refused).toBeTypeOf("function");
});

it("the engine finds the plugin by the package's own word", () => {
  const {
    name,
    pulumi,
    version: own,
  } = JSON.parse(readFileSync(join(root, "sdks", "azuredevops", "package.json"), "utf8")) as {
    name: string;
    version: string;
    pulumi: object;
  };
  expect(name).toBe("@pulumi/azuredevops");
  expect(pulumi).toEqual({ resource: true, name: "azuredevops", version });
  expect(own).toBe(version);
});

/** The provider's own schema, where it lies beside the checkout. */
const file = join(root, "..", "shared", "schemas", "azuredevops.json");
const schema = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Schema) : undefined;

describe.runIf(schema)("the table", () => {
  it("has the tokens, properties, types and flags of the provider", () => {
    const findings = Object.values(table).flatMap((row): string[] => {
      if (!("__pulumiType" in row)) return [];
      const { __pulumiType: token } = row;
      if ("takes" in row) {
        const described = schema?.functions[token];
        if (described === undefined) return [`${token}: no such function`];
        const { inputs = {}, outputs = {} } = described;
        return [
          ...apart(row.takes, { given: inputs.properties, needed: inputs.required }, `${token} in`),
          ...apart(row.gives, { answered: outputs.properties, known: outputs.required }, `${token} out`),
        ];
      }
      const described = schema?.resources[token];
      if (described === undefined) return [`${token}: no such resource`];
      const { inputProperties: given, requiredInputs: needed, properties: answered, required: known } = described;
      return apart(row.fields, { given, needed, answered, known }, token);
    });
    expect(findings).toEqual([]);
    expect(Object.values(table).filter((row) => "fields" in row).length).toBeGreaterThan(20);
  });

  it("would be caught at each kind of difference", () => {
    const git = table.Git.fields;
    const described = schema?.resources[table.Git.__pulumiType];
    const differences = (fields: Fields) =>
      apart(
        fields,
        {
          ...{ given: described?.inputProperties, needed: described?.requiredInputs },
          ...{ answered: described?.properties, known: described?.required },
        },
        "Git",
      );
    expect(differences(git)).toEqual([]);
    for (const [changed, told] of [
      [{ nam: git.name }, "Git.nam: unknown"],
      [{ name: { ...git.name, kind: "integer" } }, "Git.name: integer, and string in the schema"],
      [{ name: { ...git.name, given: "must" } }, "Git.name: must be given here alone"],
      [{ name: { ...git.name, answered: false } }, "Git.name: answered in the schema alone"],
      [{ webUrl: { ...git.webUrl, given: "may" } }, "Git.webUrl: cannot be given"],
      [{ initialization: { ...git.initialization, kind: { object: {} } } }, "Git.initialization: lacks initType"],
    ] as [Fields, string][]) {
      expect(differences({ ...git, ...changed }), told).toEqual([told]);
    }
    const { projectId: _, ...without } = git;
    expect(differences(without)).toEqual(["Git: lacks projectId"]);
  });
});

interface Schema {
  readonly types: Readonly<Record<string, Type>>;
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly inputProperties: Readonly<Record<string, Type>>;
        readonly requiredInputs?: string[];
        readonly properties: Readonly<Record<string, Type>>;
        readonly required?: string[];
      }
    >
  >;
  readonly functions: Readonly<Record<string, { readonly inputs?: Type; readonly outputs?: Type }>>;
}

interface Type {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Type;
  readonly additionalProperties?: Type;
  readonly properties?: Readonly<Record<string, Type>>;
  readonly required?: readonly string[];
}

/** One side of a schema's row: properties by name, and those that must be there. */
interface Described {
  readonly given?: Readonly<Record<string, Type>> | undefined;
  readonly needed?: readonly string[] | undefined;
  readonly answered?: Readonly<Record<string, Type>> | undefined;
  readonly known?: readonly string[] | undefined;
}

/** Where the fields of our table and the schema's properties differ. What the table leaves out is no difference, unless it must be given. */
function apart(fields: Fields, described: Described, path: string): string[] {
  const { given = {}, needed = [], answered = {}, known = [] } = described;
  const knows = described.known !== undefined || described.answered !== undefined;
  return [
    ...needed.filter((name) => !(name in fields)).map((name) => `${path}: lacks ${name}`),
    ...Object.entries(fields).flatMap(([name, field]) => {
      const type = field.given === "never" ? answered[name] : (given[name] ?? answered[name]);
      if (type === undefined) return [`${path}.${name}: unknown`];
      if (field.given !== "never" && described.given !== undefined && given[name] === undefined) {
        return [`${path}.${name}: cannot be given`];
      }
      const must = needed.includes(name);
      return [
        ...(described.given === undefined || field.given === "never" || (field.given === "must") === must
          ? []
          : [`${path}.${name}: must be given ${must ? "in the schema" : "here"} alone`]),
        ...(!knows || field.answered === known.includes(name)
          ? []
          : [`${path}.${name}: answered ${field.answered ? "here" : "in the schema"} alone`]),
        ...typesApart(field.kind, type, field.given === "never", `${path}.${name}`),
      ];
    }),
  ];
}

function typesApart(kind: Kind, type: Type, isAnswer: boolean, path: string): string[] {
  const target = type.$ref === undefined ? type : (schema?.types[type.$ref.replace("#/types/", "")] ?? {});
  if (typeof kind === "string") {
    return kind === target.type ? [] : [`${path}: ${kind}, and ${target.type} in the schema`];
  }
  if ("list" in kind) {
    return target.type === "array"
      ? typesApart(kind.list, target.items ?? {}, isAnswer, `${path}[]`)
      : [`${path}: no list`];
  }
  if ("map" in kind) {
    const values = target.additionalProperties;
    return values === undefined ? [`${path}: no map`] : typesApart(kind.map, values, isAnswer, `${path}{}`);
  }
  const { properties, required = [] } = target;
  if (properties === undefined) return [`${path}: no object`];
  const side = isAnswer ? { answered: properties, known: required } : { given: properties, needed: required };
  return apart(kind.object, side, path);
}
