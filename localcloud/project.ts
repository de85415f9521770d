/**
 * The second project directory, from which Pulumi runs against the local cloud: the same project under the same name,
 * with the unchanged program as its `main`, and copies of the stack files whose secrets are the local cloud's own.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

import { isMap, isScalar, isSeq, parseDocument, type Document } from "yaml";

import { findBefore } from "./before";
import { engine } from "./engine";
import { hasOfficialHost } from "./languageHost";
import type { Place } from "./place";
import { installPlugins } from "./plugins";
import { type Outcome, runEngine } from "./pulumi";
import { Store } from "./store";
import { Trouble } from "./trouble";

/** Makes or refreshes everything below `place.local`; quick when there is nothing to do. */
export async function prepare(place: Place): Promise<void> {
  const binary = await engine();
  for (const directory of [place.home, place.state]) mkdirSync(directory, { recursive: true });
  // Before the providers do: several processes that make one SQLite file at once meet "database is locked".
  makeCloud(place);
  installPlugins(place.home, !hasOfficialHost(binary));
  copyProject(place);
  for (const stack of stacksOf(place)) await copyStack(place, stack);
}

/** Names of the stacks that have a file. */
export function stacksOf(place: Place): string[] {
  return readdirSync(place.stacks).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

/** The clouds as they are before the first `up`: the example organisation, and what `before.yaml` says that it has. */
export function makeCloud(place: Place): void {
  const isNew = !existsSync(place.project);
  mkdirSync(place.project, { recursive: true });
  const store = new Store(place.cloud);
  try {
    const before = join(place.stacks, "before.yaml");
    if (isNew && existsSync(before)) findBefore(store, readFileSync(before, "utf8"));
  } finally {
    store.close();
  }
}

function copyProject(place: Place): void {
  const file = join(place.program, "Pulumi.yaml");
  if (!existsSync(file)) throw new Trouble(`There is no ${file}.`, "Run this in a checkout of the program.");
  const project = parseDocument(readFileSync(file, "utf8"));
  const main = project.get("main");
  project.set("main", relative(place.project, join(place.program, typeof main === "string" ? main : ".")));
  // Where state is kept is the local cloud's affair.
  project.delete("backend");
  project.delete("stackConfigDir");
  writeIfChanged(join(place.project, "Pulumi.yaml"), String(project));
}

/** A copy is made anew when its original has changed; its own salt stays, or the state could not be read any more. */
async function copyStack(place: Place, stack: string): Promise<void> {
  const original = readFileSync(join(place.stacks, `Pulumi.${stack}.yaml`), "utf8");
  const copy = join(place.project, `Pulumi.${stack}.yaml`);
  const stamp = `${copy}.sha256`;
  const digest = createHash("sha256").update(original).digest("hex");
  const stands =
    place.backend === undefined
      ? existsSync(join(place.state, ".pulumi", "stacks", projectName(place), `${stack}.json`))
      : existsSync(stamp);
  if (stands && existsSync(copy) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;

  const salt = existsSync(copy) ? parseDocument(readFileSync(copy, "utf8")).get("encryptionsalt") : undefined;
  const { document, secrets } = withoutSecrets(original);
  if (salt !== undefined) document.set("encryptionsalt", salt);
  writeFileSync(copy, String(document));
  if (!stands) {
    orTrouble(await runEngine(place, ["stack", "init", stack, "--no-select", "--non-interactive"]), `stack ${stack}`);
  }
  if (secrets.length > 0) {
    const pairs = secrets.flatMap(({ path, value }) => ["--secret", `${path}=${value}`]);
    orTrouble(
      await runEngine(place, ["config", "set-all", "--stack", stack, "--path", ...pairs]),
      `secrets of ${stack}`,
    );
  }
  writeFileSync(stamp, digest);
}

/** A secret value's place in the configuration, as `pulumi config set --path` takes it, and what stands in for it. */
export interface StandIn {
  readonly path: string;
  readonly value: string;
}

/**
 * A stack file without anything encrypted. Nothing is decrypted for it: each secret value gets a stand-in that follows
 * from its place, so that a second copy changes nothing.
 */
export function withoutSecrets(stackFile: string): { document: Document; secrets: StandIn[] } {
  const document = parseDocument(stackFile);
  for (const key of ["secretsprovider", "encryptedkey", "encryptionsalt"]) document.delete(key);
  const secrets: StandIn[] = [];
  const visit = (node: unknown, path: string): boolean => {
    if (isMap(node)) {
      const [only] = node.items;
      if (node.items.length === 1 && isScalar(only?.key) && only.key.value === "secure") {
        secrets.push({ path, value: `local-${createHash("sha256").update(path).digest("hex").slice(0, 16)}` });
        return true;
      }
      node.items = node.items.filter(
        ({ key, value }) => !visit(value, path + step(isScalar(key) ? key.value : key, path)),
      );
    }
    if (isSeq(node)) node.items = node.items.filter((item, index) => !visit(item, `${path}[${index}]`));
    return false;
  };
  visit(document.get("config"), "");
  return { document, secrets };
}

function step(key: unknown, path: string): string {
  const name = String(key);
  if (path === "") return name;
  return /^[\w-]+$/.test(name) ? `.${name}` : `["${name}"]`;
}

function projectName(place: Place): string {
  return String(parseDocument(readFileSync(join(place.program, "Pulumi.yaml"), "utf8")).get("name"));
}

function orTrouble({ code, stdout, stderr }: Outcome, what: string): void {
  if (code !== 0) throw new Trouble(`Could not prepare the ${what}: ${(stderr + stdout).trim()}`, "");
}

function writeIfChanged(file: string, content: string): void {
  if (!existsSync(file) || readFileSync(file, "utf8") !== content) writeFileSync(file, content);
}
