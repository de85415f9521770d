import { describe, expect, it } from "vitest";

import { contoso } from "../../localcloud/organisation";
import { changes } from "../../localcloud/reorganise";
import { Store } from "../../localcloud/store";
import { tamperWith } from "../../localcloud/tamper";
import { Trouble } from "../../localcloud/trouble";

/** Arguments that each change takes, and some that it does not. */
const calls: Readonly<Record<string, { takes: string; refuses?: string }>> = {
  unregister: { takes: "Microsoft.KeyVault", refuses: "Microsoft.Nothing" },
  "deployer-role": { takes: "Contributor", refuses: "Owner" },
  "graph-permission": { takes: "Application.ReadWrite.OwnedBy", refuses: "User.Read" },
  "sign-in": { takes: "amina", refuses: "nobody" },
  "no-registration": { takes: "" },
  "vm-size": { takes: "Standard_DS4_v2", refuses: "Standard_X" },
  quota: { takes: "8", refuses: "many" },
  "take-name": { takes: "kv-fl" },
  plan: { takes: "team", refuses: "gold" },
  "base-permission": { takes: "write", refuses: "all" },
  subject: { takes: "classic", refuses: "modern" },
  "secret-team": { takes: "fl-release", refuses: "fl-none" },
  "leave-team": { takes: "fl-release emre", refuses: "fl-release amina" },
  "token-permission": { takes: "members", refuses: "everything" },
};

describe("what changes around the resources", () => {
  it("has a case here each", () => {
    expect(Object.keys(calls)).toEqual(Object.keys(changes));
  });

  for (const [name, { takes, refuses }] of Object.entries(calls)) {
    it(`${name}: is kept, and refused where it makes no sense`, () => {
      const store = new Store(":memory:");
      if (refuses !== undefined) {
        expect(() => tamperWith(store, [name, ...refuses.split(" ")])).toThrow(Trouble);
        expect(store.organisation).toEqual(contoso);
      }
      expect(tamperWith(store, [name, ...takes.split(" ")])).toContain(`Done: ${name}`);
      expect(store.organisation).not.toEqual(contoso);
    });
  }
});
