/** Production whose experiments live in Azure DevOps, beside the one on GitHub. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import type { Event, Row } from "../../localcloud/store";
import { landedCopy } from "../support/local";
import { root } from "../support/root";

const stack = "prod-azuredevops";
const credential = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";

/** What guards the way to production: everything in Azure DevOps, and every right in Azure. */
const guards = ({ type }: Event) => type.startsWith("azuredevops:") || type.endsWith(":RoleAssignment");

/** The guards that were missing at some moment at which the credential stood. */
function unguarded(events: readonly Event[]): string[] {
  const all = new Set(events.filter((event) => guards(event) && event.operation === "create").map(({ id }) => id));
  const standing = new Set<string>();
  const missing = new Set<string>();
  for (const { operation, type, id } of events) {
    if (operation === "create") standing.add(type === credential ? credential : id);
    if (operation === "delete") standing.delete(type === credential ? credential : id);
    if (standing.has(credential)) for (const guard of all) if (!standing.has(guard)) missing.add(guard);
  }
  return [...missing];
}

/** Types and properties that the provider does not have. */
function unknownTo(file: string, made: readonly Row[]): string[] {
  const { resources } = JSON.parse(readFileSync(file, "utf8")) as {
    resources: Record<string, { inputProperties: Record<string, unknown> }>;
  };
  return made.flatMap(({ type, inputs }) =>
    Object.keys(inputs)
      .filter((name) => !name.startsWith("__") && resources[type]?.inputProperties[name] === undefined)
      .map((name) => `${type} ${name}`),
  );
}

it("the example on Azure DevOps comes up beside the one on GitHub, and its gate is never open without its guards", async () => {
  const local = await landedCopy();
  const run = async (...args: string[]) => {
    const { code, stdout } = await local.pulumi(...args, "--stack", stack);
    expect(code, stdout).toBe(0);
  };
  const preview = () => local.pulumi("preview", "--stack", stack, "--refresh", "--expect-no-changes");
  await run("up", "--yes");
  const again = await preview();
  expect(again.code, again.stdout).toBe(0);

  const made = local.look((store) => store.rows()).filter(({ type }) => type.startsWith("azuredevops:"));
  expect(new Set(made.map(({ type }) => type)).size).toBeGreaterThan(20);
  const schema = join(root, "..", "shared", "schemas", "azuredevops.json");
  if (existsSync(schema)) expect(unknownTo(schema, made)).toEqual([]);

  local.tamper("remove", `${made.find(({ type }) => type.endsWith(":CheckApproval"))?.id}`);
  const missed = await preview();
  expect(missed.code).not.toBe(0);
  expect(missed.stdout).toContain("CheckApproval");

  await run("state", "unprotect", "--all", "--yes");
  await run("destroy", "--yes", "--skip-preview", "--refresh");
  const events = local.look((store) => store.events()).filter(({ urn }) => urn.startsWith(`urn:pulumi:${stack}::`));
  expect(events.filter(({ type }) => type === credential)).toHaveLength(2);
  expect(unguarded(events)).toEqual([]);
  // The check can fail: with the credential first, every guard would be missing.
  const first = events.toSorted((a, b) => Number(b.type === credential) - Number(a.type === credential));
  expect(unguarded(first).length).toBeGreaterThan(60);
});
