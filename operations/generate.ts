/**
 * `npm run generate`: writes what follows from the program's own schema: docs/stack.schema.json, from which editors
 * complete and refuse stack files, and the table of settings in the README; and docs/controls.md and docs/threats.md from
 * the table of controls.
 */
import { readFileSync, writeFileSync } from "node:fs";

import * as z from "zod";

import { stackSchema } from "../schema";
import { controlsPage, threatsPage } from "./controlsDocs";

type Schema = z.core.JSONSchema.BaseSchema;

const secrets = "federated-mlops:secrets";

/** The JSON schema of a stack file: the settings, in the frame that Pulumi gives them. */
export function stackFileSchema(): object {
  const { $schema, ...settings } = z.toJSONSchema(stackSchema, { io: "input" });
  return {
    $schema,
    title: "Stack file of federated-mlops",
    type: "object",
    properties: {
      config: { anyOf: kindsOf(settings).map(inStackFile) },
      secretsprovider: { type: "string" },
      encryptedkey: { type: "string" },
      encryptionsalt: { type: "string" },
    },
    required: ["config"],
  };
}

/** What a stack file says beyond the settings themselves: secrets are encrypted, and providers have settings too. */
function inStackFile(kind: Schema): Schema {
  const encrypted: Schema = { type: "object", properties: { secure: { type: "string" } }, required: ["secure"] };
  return {
    ...kind,
    properties: { ...kind.properties, [secrets]: { type: "object", additionalProperties: encrypted } },
    patternProperties: { "^(?!federated-mlops:)": {} },
  };
}

/** The table of settings in Markdown, in the order of the schema. */
export function settingsTable(): string {
  const rows = new Map<string, { meaning: string; fallback: string; kinds: Set<string>; platforms: Set<string> }>();
  for (const kind of kindsOf(z.toJSONSchema(stackSchema, { io: "input" }))) {
    const environment = String((kind.properties?.["federated-mlops:environment"] as Schema).const);
    for (const { key, schema, required, platform } of settingsIn(kind, "")) {
      const row = rows.get(key) ?? {
        meaning: schema.description ?? "",
        fallback: fallbackOf(schema, required),
        ...{ kinds: new Set(), platforms: new Set() },
      };
      row.kinds.add(environment);
      row.platforms.add(platform);
      rows.set(key, row);
    }
  }
  const lines = [...rows].map(([key, { meaning, fallback, kinds, platforms }]) => {
    const [platform] = platforms;
    const only = [
      ...(kinds.size === 1 ? [`In ${[...kinds].join()} only. `] : []),
      ...(platforms.size === 1 && platform ? [`With \`platform: ${platform}\` only. `] : []),
    ].join("");
    return `| \`${key}\` | ${fallback} | ${only}${meaning} |`;
  });
  return ["| setting | default | meaning |", "| --- | --- | --- |", ...lines].join("\n");
}

function fallbackOf(schema: Schema, required: boolean): string {
  if (schema.default !== undefined) return `\`${JSON.stringify(schema.default)}\``;
  return required ? "required" : "";
}

function kindsOf(schema: Schema): Schema[] {
  return (schema.oneOf ?? schema.anyOf ?? []).filter((kind) => typeof kind === "object");
}

interface Setting {
  readonly key: string;
  readonly schema: Schema;
  readonly required: boolean;
  /** The platform that alone has it; empty where that is no question. */
  readonly platform: string;
}

/** Every setting with a description, at any depth, by the path that `pulumi config set --path` takes. */
function settingsIn(schema: Schema, path: string, within = ""): Setting[] {
  const platform = String((schema.properties?.["platform"] as Schema | undefined)?.const ?? within);
  if (schema.properties === undefined && schema.additionalProperties === undefined) {
    return kindsOf(schema).flatMap((kind) => settingsIn(kind, path, platform));
  }
  const named = Object.entries(schema.properties ?? {}).map(([name, inner]) => ({ name, inner }));
  const map = schema.additionalProperties;
  const any = typeof map === "object" ? [{ name: path.endsWith("silos") ? "silo<slot>" : "<name>", inner: map }] : [];
  return [...named, ...any].flatMap(({ name, inner }) => {
    if (typeof inner !== "object") return [];
    const key = path === "" ? name : `${path}.${name}`;
    const own = { key, schema: inner, required: schema.required?.includes(name) ?? false, platform };
    return [...(inner.description === undefined ? [] : [own]), ...settingsIn(inner, key, platform)];
  });
}

/** `readme` with the table of settings between its marks. */
export function withSettings(readme: string): string {
  return readme.replace(
    /(<!-- settings[^>]*-->\n)[^]*(<!-- \/settings -->)/,
    (_, before: string, after: string) => `${before}\n${settingsTable()}\n\n${after}`,
  );
}

async function write(): Promise<void> {
  writeFileSync("docs/stack.schema.json", `${JSON.stringify(stackFileSchema(), undefined, 2)}\n`);
  writeFileSync("README.md", withSettings(readFileSync("README.md", "utf8")));
  writeFileSync("docs/controls.md", await controlsPage());
  writeFileSync("docs/threats.md", await threatsPage());
}

if (require.main === module) void write();
