/** What Azure's built-in roles come to: each verdict follows from the role's own definition. */
import { describe, expect, it } from "vitest";

import { given, grants, type Kind, powers } from "../../facts/powers";
import { definitions } from "../support/roleDefinitions";

const none = { workspace: "", store: "", registry: "", identity: "", state: "", grants: "" };
const all = {
  workspace: "run swap keys",
  store: "swap keys",
  registry: "swap keys",
  identity: "become",
  state: "write",
};

/** By role: what it gives over each kind of thing. Roles that give nothing are listed below. */
const verdicts: Readonly<Record<string, Partial<typeof none>>> = {
  Owner: { ...all, grants: "grant" },
  Contributor: all,
  "User Access Administrator": { grants: "grant" },
  "Role Based Access Control Administrator": { grants: "grant" },
  "AzureML Data Scientist": { workspace: "run swap keys" },
  "AzureML Compute Operator": { workspace: "run" },
  "Azure AI Developer": { workspace: "run swap keys" },
  "Azure AI Administrator": { ...all, identity: "" },
  AcrPush: { registry: "swap" },
  "Container Registry Repository Writer": { registry: "swap" },
  "Storage Blob Data Contributor": { store: "swap", state: "write" },
  "Storage Blob Data Owner": { store: "swap", state: "write" },
  "Storage File Data Privileged Contributor": { store: "swap" },
  "Storage File Data SMB Share Contributor": { store: "swap" },
  "Storage Account Contributor": { store: "swap keys", state: "write" },
  "Storage Account Key Operator Service Role": { store: "keys" },
  "Reader and Data Access": { store: "keys" },
  "Log Analytics Contributor": { store: "keys" },
  "Managed Identity Operator": { identity: "become" },
  "Managed Identity Contributor": { identity: "become" },
  // Its definition limits it by a condition, which the audit reads.
  "Key Vault Data Access Administrator": { grants: "grant" },
};

const powerless = [
  ...["Reader", "AcrPull", "AcrDelete", "AzureML Registry User", "AzureML Metrics Writer (preview)"],
  ...["Storage Blob Data Reader", "Storage File Data Privileged Reader", "Storage Blob Delegator"],
  ...["Storage Queue Data Contributor", "Storage Table Data Contributor", "Container Registry Repository Reader"],
  ...["Key Vault Administrator", "Key Vault Contributor", "Key Vault Reader", "Key Vault Secrets User"],
  ...["Key Vault Secrets Officer", "Key Vault Crypto User", "Key Vault Crypto Officer"],
  ...["Key Vault Crypto Service Encryption User", "Log Analytics Reader", "Monitoring Reader"],
  ...["Monitoring Contributor", "Monitoring Metrics Publisher", "Network Contributor", "Private DNS Zone Contributor"],
  ...["Azure AI Enterprise Network Connection Approver", "Resource Policy Contributor", "Locks Contributor"],
];

describe.runIf(definitions !== undefined)("a built-in role", () => {
  for (const role of [...Object.keys(verdicts), ...powerless]) {
    it(`${role} comes to what its definition says`, () => {
      const permissions = definitions?.[role]?.permissions;
      expect(permissions).toBeDefined();
      const words = (among: (typeof powers)[Kind]) =>
        [...new Set(given(permissions ?? [], among).map(({ gives }) => gives))].join(" ");
      const found = Object.fromEntries([
        ...Object.entries(powers).map(([kind, among]) => [kind, words(among)]),
        ["grants", words(grants)],
      ]) as typeof none;
      expect(found).toEqual({ ...none, ...verdicts[role] });
    });
  }

  it("is judged here, whichever Azure has", () => {
    expect(Object.keys(definitions ?? {}).sort()).toEqual([...Object.keys(verdicts), ...powerless].sort());
  });
});
