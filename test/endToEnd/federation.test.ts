import { expect, it } from "vitest";

import { landedCopy } from "../support/local";
import { editedStacks } from "../support/stacks";

interface Preview {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
}

it("adding silo7 and taking silo1 away changes nothing of the other silos", async () => {
  const local = await landedCopy(
    editedStacks((file) => file.replace(/ {4}silo1:.*\n/, "    silo7: { location: northeurope }\n")),
  );
  // A silo's store holds its data: whoever takes the silo away lifts its protection first.
  expect((await local.pulumi("state", "unprotect", "--all", "--yes", "--stack", "prod")).code).toBe(0);
  const { code, stdout } = await local.pulumi("preview", "--json", "--stack", "prod");
  expect(code, stdout).toBe(0);
  const { steps } = JSON.parse(stdout) as Preview;
  const of = (op: string) => steps.flatMap((step) => (step.op === op ? [step.urn.split("::").at(-1) ?? ""] : []));

  expect(of("create").filter((name) => !name.includes("silo7"))).toEqual([]);
  expect(of("delete").filter((name) => !name.includes("silo1"))).toEqual([]);
  expect(of("create")).toHaveLength(of("delete").length);
  expect(of("create")).toContain("network-silo7-vnet");
  expect(of("create")).toContain("access-silo7-storage-blob-data-contributor-silo7-store");
  const others = steps.filter(({ op }) => !["create", "delete", "same"].includes(op));
  expect(others.map(({ op, urn }) => `${op} ${urn}`)).toEqual([]);

  const up = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
  expect(up.code, up.stdout).toBe(0);
});
