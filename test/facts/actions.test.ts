import fc from "fast-check";
import { describe, expect, it, test } from "vitest";

import { allows, allowsData, type Permission } from "../../facts/actions";
import { definitions } from "../support/roleDefinitions";

const ml = "Microsoft.MachineLearningServices/workspaces";
const authorization = "Microsoft.Authorization";
const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/** What a built-in role allows, and what it does not. */
const verdicts: Readonly<Record<string, { may: string[]; mayNot: string[] }>> = {
  Owner: { may: [`${ml}/jobs/write`, `${authorization}/roleAssignments/write`], mayNot: [] },
  Contributor: {
    may: [`${ml}/jobs/write`, `${ml}/listKeys/action`, `${authorization}/roleAssignments/read`, `${ml}/delete`],
    mayNot: [
      `${authorization}/roleAssignments/write`,
      `${authorization}/roleDefinitions/write`,
      `${authorization}/policyAssignments/write`,
      `${authorization}/locks/delete`,
      `${authorization}/elevateAccess/action`,
    ],
  },
  "User Access Administrator": {
    may: [`${authorization}/roleAssignments/write`, `${authorization}/roleDefinitions/write`, `${ml}/jobs/read`],
    mayNot: [`${ml}/jobs/write`, "Microsoft.Resources/subscriptions/resourceGroups/write"],
  },
  "Role Based Access Control Administrator": {
    may: [`${authorization}/roleAssignments/write`, `${authorization}/roleAssignments/delete`, `${ml}/read`],
    mayNot: [`${authorization}/roleDefinitions/write`, `${authorization}/locks/write`, `${ml}/write`],
  },
  "Resource Policy Contributor": {
    may: [`${authorization}/policyAssignments/write`, `${authorization}/policyExemptions/write`],
    mayNot: [`${authorization}/roleAssignments/write`, `${authorization}/locks/write`],
  },
  "Locks Contributor": {
    may: [`${authorization}/locks/write`, `${authorization}/locks/delete`],
    mayNot: [`${authorization}/policyAssignments/write`, `${ml}/read`],
  },
  Reader: {
    may: [`${ml}/read`, `${ml}/jobs/read`],
    mayNot: [`${ml}/jobs/write`, `${ml}/listKeys/action`, `${ml}/datastores/listsecrets/action`],
  },
  "AzureML Data Scientist": {
    may: [`${ml}/jobs/write`, `${ml}/datastores/listsecrets/action`, `${ml}/environments/build/action`],
    mayNot: [`${ml}/write`, `${ml}/delete`, `${ml}/listKeys/action`, "Microsoft.Storage/storageAccounts/read"],
  },
  "Storage Blob Data Contributor": {
    may: ["Microsoft.Storage/storageAccounts/blobServices/containers/write"],
    mayNot: [`${blobs}/write`],
  },
};

const dataVerdicts: typeof verdicts = {
  Contributor: { may: [], mayNot: [`${blobs}/read`, `${blobs}/write`] },
  Owner: { may: [], mayNot: [`${blobs}/read`] },
  "Storage Blob Data Contributor": { may: [`${blobs}/read`, `${blobs}/write`, `${blobs}/delete`], mayNot: [] },
  "Storage Blob Data Reader": { may: [`${blobs}/read`], mayNot: [`${blobs}/write`] },
};

describe.runIf(definitions !== undefined)("a built-in role", () => {
  for (const [role, { may, mayNot }] of Object.entries(verdicts)) {
    it(`${role} allows what Azure says`, () => {
      const permissions = definitions?.[role]?.permissions ?? [];
      expect(may.filter((action) => !allows(permissions, action))).toEqual([]);
      expect(mayNot.filter((action) => allows(permissions, action))).toEqual([]);
    });
  }
  for (const [role, { may, mayNot }] of Object.entries(dataVerdicts)) {
    it(`${role} allows with data what Azure says`, () => {
      const permissions = definitions?.[role]?.permissions ?? [];
      expect(may.filter((action) => !allowsData(permissions, action))).toEqual([]);
      expect(mayNot.filter((action) => allowsData(permissions, action))).toEqual([]);
    });
  }
});

const word = fc.string({ unit: fc.constantFrom("a", "b", "A", ".", "/", "$"), maxLength: 5 });
const action = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const pattern = fc.array(fc.oneof(word, fc.constant("*")), { maxLength: 6 }).map((parts) => parts.join(""));
const permission: fc.Arbitrary<Permission> = fc.record(
  { actions: fc.array(pattern, { maxLength: 3 }), notActions: fc.array(pattern, { maxLength: 3 }) },
  { requiredKeys: [] },
);

/** The same in another way: as a regular expression. */
const fits = (text: string, name: string) =>
  new RegExp(`^${text.replace(/[.$/]/g, "\\$&").replaceAll("*", ".*")}$`, "i").test(name);

test("a pattern allows what the same regular expression matches", () => {
  fc.assert(
    fc.property(pattern, action, (text, name) => {
      expect(allows([{ actions: [text] }], name)).toBe(fits(text, name));
      expect(allows([{ actions: ["*"], notActions: [text] }], name)).toBe(!fits(text, name));
      expect(allowsData([{ dataActions: [text] }], name)).toBe(fits(text, name));
    }),
    { numRuns: 2000 },
  );
});

test("letters are the same in both cases", () => {
  fc.assert(
    fc.property(fc.array(permission), action, (permissions, name) => {
      expect(allows(permissions, name.toUpperCase())).toBe(allows(permissions, name.toLowerCase()));
    }),
  );
});

test("one more role takes nothing away, and each counts for itself", () => {
  fc.assert(
    fc.property(fc.array(permission), fc.array(permission), action, (some, more, name) => {
      expect(allows([...some, ...more], name)).toBe(allows(some, name) || allows(more, name));
    }),
  );
});

test("what one role excludes, another can still give", () => {
  const contributor = { actions: ["*"], notActions: ["Microsoft.Authorization/*/Write"] };
  const administrator = { actions: ["Microsoft.Authorization/roleAssignments/write"] };
  expect(allows([contributor], "Microsoft.Authorization/roleAssignments/write")).toBe(false);
  expect(allows([contributor, administrator], "Microsoft.Authorization/roleAssignments/write")).toBe(true);
});

test("rights on a resource are none on its data, and the other way round", () => {
  expect(allowsData([{ actions: ["*"] }], "a/read")).toBe(false);
  expect(allows([{ dataActions: ["*"] }], "a/read")).toBe(false);
  expect(allows([], "a/read")).toBe(false);
});

// Nobody says how Azure reads this; the access audit must know which way it was taken.
test("a star between slashes needs something between them", () => {
  expect(allows([{ actions: [`${ml}/computes/*/write`] }], `${ml}/computes/write`)).toBe(false);
  expect(allows([{ actions: [`${ml}/*/write`] }], `${ml}/computes/write`)).toBe(true);
});
