import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished, vi } from "vitest";

import type { Store } from "../../localcloud/store";
import { killedWhen } from "../../operations/bench/interruption";
import { previewArguments, verdictOn } from "../../operations/drift";
import { onLocalCloud, recover } from "../../operations/recover";
import { freshLocal } from "../support/local";
import { contoso } from "../support/root";

// However JSON, YAML or a URL may escape what is around it, this stays as it is.
const core = "6f1d0c9e37b84a5d";
const canary = `canary "${core}" <é>\\`;

/** How the canary may stand somewhere: as it is, and in Base64, which depends on how many bytes come before it. */
const forms = [
  core,
  ...[0, 1, 2].flatMap((before) => {
    const encoded = Buffer.from("x".repeat(before) + core).toString("base64");
    // The first and last letters depend on the neighbours, too.
    const inner = encoded.replace(/=+$/, "").slice(Math.ceil((before * 8) / 6), -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  }),
];

/** Which of the texts hold the canary, by their names. */
function found(texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).flatMap(([name, text]) => (forms.some((form) => text.includes(form)) ? [name] : []));
}

/** Every file below a directory, byte by byte. */
function filesIn(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, "latin1")]));
}

it("a secret of production stands nowhere in plain text, from a killed up to destroy", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "federated-mlops-canary-"));
  onTestFinished(() => {
    rmSync(temporary, { recursive: true, force: true });
  });
  const local = await freshLocal(contoso);
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const said: Record<string, string> = {};
  const run = async (...args: string[]) => {
    const outcome = await local.pulumi(...args, "--stack", "prod");
    expect(outcome.code, `${args.join(" ")}\n${outcome.stdout}${outcome.stderr}`).toBe(0);
    said[args.join(" ")] = outcome.stdout + outcome.stderr;
    return outcome.stdout;
  };
  const setting = ["--path", "federated-mlops:secrets.WANDB_API_KEY", canary];
  expect((await local.pulumi("config", "set", ...setting, "--secret", "--stack", "prod")).code).toBe(0);

  // While GitHub takes its time for the secret, the state says that it is being made.
  const secret = "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret";
  local.look((store) => {
    store.inject({ type: secret, operation: "create", nth: 1, kind: "slow", milliseconds: 10_000 });
  });
  const state = join(local.place.state, ".pulumi", "stacks", "federated-mlops", "prod.json");
  const begun = (store: Store) => store.lastEvent() > 150 && readFileSync(state, "utf8").includes("gate-WANDB_API_KEY");
  const up = ["up", "--yes", "--skip-preview", "--stack", "prod"];
  expect(await killedWhen(begun, local.place, up)).toBe(true);
  expect((await local.pulumi("cancel", "prod", "--yes")).code).toBe(0);
  const left = await run("stack", "export");
  expect(left.slice(left.indexOf("pending_operations"))).toContain("gate-WANDB_API_KEY");
  said["a killed up's files"] = Object.values(filesIn(local.place.local)).join("\n");
  const recovery = await onLocalCloud(local.place, (world) => recover("prod", world, true));
  expect(recovery.code, recovery.text).toBe(0);
  expect((said.recover = recovery.text)).toContain("gate-WANDB_API_KEY");

  await run("up", "--yes", "--skip-preview", "--refresh", "--diff");
  await run("preview", "--diff");
  await run("stack", "export");
  await run("stack", "output", "--json");
  await run("config", "--json");
  local.tamper("users-reader");
  // A preview as JSON, and what is made of it.
  const drifted = await local.pulumi(...previewArguments("prod"));
  said.drift =
    drifted.stdout + drifted.stderr + verdictOn(drifted, "prod").text + verdictOn(drifted, "prod", true).text;
  expect(said.drift).toContain("reader-workspace");

  const shown = await local.pulumi("stack", "export", "--show-secrets", "--stack", "prod");
  const known = { shown: shown.stdout, encoded: Buffer.from(shown.stdout).toString("base64") };
  expect(found(known), "the search finds it where it is").toEqual(["shown", "encoded"]);

  await run("state", "unprotect", "--all", "--yes");
  await run("destroy", "--yes", "--skip-preview");
  await run("stack", "history", "--json");

  expect(found(said)).toEqual([]);
  const files = { ...filesIn(local.place.local), ...filesIn(temporary) };
  for (const part of ["cloud.sqlite", "state", "project", "home"]) {
    expect(Object.keys(files).some((path) => path.startsWith(join(local.place.local, part)))).toBe(true);
  }
  expect(found(files)).toEqual([]);
});
