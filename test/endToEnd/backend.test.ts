import { hostname, userInfo } from "node:os";

import { expect, inject, it } from "vitest";

import { placeAt } from "../../localcloud/place";
import { runEngine } from "../../localcloud/pulumi";
import { differences } from "../../operations/bench/faults";
import { killedWhen } from "../../operations/bench/interruption";
import { pictureOf } from "../../operations/bench/picture";
import { onLocalCloud, recover } from "../../operations/recover";
import { azuriteBackend } from "../support/azurite";
import { freshLocal, type Local } from "../support/local";
import { root } from "../support/root";

const up = ["up", "--yes", "--skip-preview", "--stack", "prod"];

/** Ends as soon as the clouds have logged something new: an update is at work, and holds the stack. */
async function atWork(local: Local): Promise<void> {
  const before = local.look((store) => store.lastEvent());
  while (local.look((store) => store.lastEvent()) === before) await new Promise((resolve) => setTimeout(resolve, 50));
}

const locked = new RegExp(
  `the stack is currently locked by 1 lock[^]*pulumi cancel[^]*created by ${userInfo().username}@${hostname()} \\(pid \\d+\\)`,
);

it("with state on azblob one of two ups is told who is at work; a killed one is cancelled, recovered and completed", async () => {
  const local = await freshLocal(root, { backend: await azuriteBackend() });

  const killed = killedWhen((store) => store.lastEvent() >= 120, local.place, up);
  await atWork(local);
  const second = await local.pulumi(...up);
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(locked);
  expect(await killed).toBe(true);
  expect((await pictureOf(local.place, "prod")).orphans.length).toBeGreaterThan(1);

  const stillLocked = await local.pulumi(...up);
  expect(stillLocked.code).toBe(1);
  expect(stillLocked.stderr).toMatch(locked);
  expect((await runEngine(local.place, ["cancel", "prod", "--yes"])).code).toBe(0);
  const { code, text } = await onLocalCloud(local.place, (world) => recover("prod", world, true));
  expect(code, text).toBe(0);

  const first = local.pulumi(...up, "--refresh");
  await atWork(local);
  const refused = await local.pulumi(...up);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(locked);
  const completed = await first;
  expect(completed.code, completed.stdout).toBe(0);

  const undisturbed = await pictureOf(placeAt(inject("landed")), "prod");
  expect(differences(undisturbed, await pictureOf(local.place, "prod"))).toEqual([]);
  const clean = await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes");
  expect(clean.code, clean.stdout).toBe(0);
});
