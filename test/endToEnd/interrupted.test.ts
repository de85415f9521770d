import { describe, expect, it } from "vitest";

import type { Fault } from "../../localcloud/store";
import { landedCopy } from "../support/local";

const faults: Record<string, Pick<Fault, "type" | "nth">> = {
  "a ruleset": { type: "github:index/repositoryRuleset:RepositoryRuleset", nth: 1 },
  "the second cluster": { type: "azure-native:machinelearningservices:Compute", nth: 2 },
  "the tenth role assignment": { type: "azure-native:authorization:RoleAssignment", nth: 10 },
};

describe("an up that fails half-way", () => {
  for (const [what, fault] of Object.entries(faults)) {
    it(`at ${what} opens no gate, and the next one completes it`, async () => {
      const local = await landedCopy();
      for (const stack of ["dev", "prod"]) {
        expect((await local.pulumi("state", "unprotect", "--all", "--yes", "--stack", stack)).code).toBe(0);
        expect((await local.pulumi("destroy", "--yes", "--skip-preview", "--stack", stack)).code).toBe(0);
      }
      expect((await local.pulumi("config", "set", "federated-mlops:generation", "2", "--stack", "prod")).code).toBe(0);
      local.look((store) => {
        store.inject({ ...fault, operation: "create", kind: "fail" });
      });

      const failed = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
      expect(failed.code).toBe(1);
      const credentials = () =>
        local.look((store) =>
          store.rows("azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"),
        );
      expect(credentials()).toEqual([]);

      const completed = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
      expect(completed.code, completed.stdout).toBe(0);
      expect(credentials()).toHaveLength(1);
      const clean = await local.pulumi("preview", "--stack", "prod", "--refresh", "--expect-no-changes");
      expect(clean.code, clean.stdout).toBe(0);
    });
  }
});
