import { expect, test } from "vitest";

import { changes, unknownValue } from "../../localcloud/diff";

const paths = (old: object, next: object, ...replaces: string[]) =>
  changes({ ...old }, { ...next }, replaces).map(
    ({ path, kind, replace }) => `${path} ${kind}${replace ? " replace" : ""}`,
  );

test.each([
  [{ a: 1, b: [1, { c: 2 }] }, { a: 1, b: [1, { c: 2 }] }, []],
  [{ a: 1 }, { a: 2 }, ["a UPDATE"]],
  [{}, { a: { b: 1 } }, ["a ADD"]],
  [{ a: { b: 1 } }, { a: {} }, ["a.b DELETE"]],
  [{ a: null }, {}, []],
  [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }, 3] } }, ["a.b[0].c UPDATE", "a.b[1] ADD"]],
  [{ tags: { "cost.centre": 1 } }, { tags: { "cost.centre": 2 } }, ['tags["cost.centre"] UPDATE']],
  [{ a: "known" }, { a: unknownValue }, ["a UPDATE"]],
])("%j -> %j", (old, next, expected) => {
  expect(paths(old, next)).toEqual(expected);
});

test("a path replaces what lies below it, and not what begins alike", () => {
  expect(paths({ properties: { tenantId: 1 } }, { properties: { tenantId: 2 } }, "properties.tenantId")).toEqual([
    "properties.tenantId UPDATE replace",
  ]);
  expect(paths({ subnet: { id: 1 } }, { subnet: { id: 2 } }, "subnet")).toEqual(["subnet.id UPDATE replace"]);
  expect(paths({ nameServers: 1 }, { nameServers: 2 }, "name")).toEqual(["nameServers UPDATE"]);
});
