/** What a policy does with a resource that breaks it: refuse it, or list it as not compliant. */
export type Enforcement = "Deny" | "Audit";

/** A policy definition that Azure brings along, as this program assigns it. */
export interface Policy {
  /** Name of its assignments; stable. */
  readonly key: string;
  /** The definition's name, the same in every tenant. */
  readonly id: string;
  /** What it demands: a sentence, which also tells a refused person why. */
  readonly what: string;
  /** Where it applies: whatever the ingress, or only where everything is private. */
  readonly ingress: "any" | "private";
  /** Value of its parameter `effect` by what the environment wants. */
  readonly effects: Readonly<Record<Enforcement, "Deny" | "Audit">>;
}

const strict = { Deny: "Deny", Audit: "Audit" } as const;
/** For definitions that could deny, but whose demand this program does not meet: its own updates would be refused. */
const lenient = { Deny: "Audit", Audit: "Audit" } as const;

/**
 * Every one has the parameter `effect` with `Audit`, `Deny` and `Disabled`. Definitions without `Deny` (resource logs:
 * `AuditIfNotExists`; private link, computes in a network: `Audit`) are not here: they report what the program itself
 * makes, and stop nobody.
 * https://github.com/Azure/azure-policy/tree/master/built-in-policies/policyDefinitions
 */
export const policies: readonly Policy[] = [
  {
    key: "workspace-public-access",
    id: "438c38d2-3772-465a-a9cc-7a6666a275ce",
    what: "Azure ML workspaces are reached from private networks only.",
    ingress: "private",
    effects: strict,
  },
  {
    key: "workspace-identity",
    id: "5f0c7d88-c7de-45b8-ac49-db49e72eaa78",
    what: "Azure ML workspaces act as a user-assigned identity.",
    ingress: "any",
    effects: strict,
  },
  {
    key: "compute-local-auth",
    id: "e96a9a5f-07ca-471b-9bc5-6a0f33cbd68f",
    what: "Azure ML computes take no local accounts and no SSH keys.",
    ingress: "any",
    effects: strict,
  },
  {
    key: "store-shared-key",
    id: "8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54",
    what: "Storage accounts take no account keys.",
    ingress: "any",
    effects: strict,
  },
  {
    key: "store-anonymous-blobs",
    id: "4fa4b6c0-31ca-4c0d-b10d-24b96f62a751",
    what: "Storage accounts show no blob to anonymous readers.",
    ingress: "any",
    effects: strict,
  },
  {
    key: "store-public-access",
    id: "b2982f36-99f2-4db5-8eff-283140c09693",
    what: "Storage accounts are reached from private networks only.",
    ingress: "private",
    effects: strict,
  },
  {
    key: "store-tls",
    // Its second parameter, the version, is TLS 1.2 by default.
    id: "fe83a0eb-a853-422d-aac2-1bffd182c5d0",
    what: "Storage accounts talk TLS 1.2.",
    ingress: "any",
    effects: strict,
  },
  {
    key: "store-secure-transfer",
    id: "404c3081-a854-4457-ae30-26a93ef643f9",
    what: "Storage accounts talk HTTPS only.",
    ingress: "any",
    effects: strict,
  },
  {
    key: "store-cross-tenant",
    id: "92a89a79-6c52-4a7e-a03f-61306fc49312",
    what: "Storage accounts are not replicated into another tenant.",
    ingress: "any",
    effects: strict,
  },
  {
    key: "vault-rbac",
    id: "12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5",
    what: "Key vaults grant access by role assignments, not by access policies.",
    ingress: "any",
    effects: strict,
  },
  {
    key: "vault-public-access",
    id: "405c5871-3e91-4644-8a63-58e19d68ff5b",
    what: "Key vaults are reached from private networks only.",
    ingress: "private",
    effects: strict,
  },
  {
    key: "registry-admin",
    id: "dc921057-6b28-4fbe-9b83-f7bec05db6c2",
    what: "Container registries have no administrator account.",
    ingress: "any",
    effects: strict,
  },
  {
    key: "registry-anonymous-pull",
    id: "9f2dea28-e834-476c-99c5-3507b4728395",
    what: "Container registries hand no image to anonymous readers.",
    ingress: "any",
    effects: strict,
  },
  {
    key: "registry-exports",
    // It also demands that public access is off: Azure can switch exports off only there.
    id: "524b0254-c285-4903-bee6-bb8126cde579",
    what: "Container registries are private and export nothing.",
    ingress: "private",
    effects: strict,
  },
  {
    key: "insights-public-access",
    // Without a private link scope for Azure Monitor, which nothing here makes, nobody could write or read.
    id: "1bc02227-0cb6-4e11-8f53-eb0b22eab7e8",
    what: "Application Insights is written to and read from private networks only.",
    ingress: "private",
    effects: lenient,
  },
  {
    key: "logs-public-access",
    // As for Application Insights.
    id: "6c53d030-cc64-46f0-906d-2bc061cd1334",
    what: "Log Analytics is written to and read from private networks only.",
    ingress: "private",
    effects: lenient,
  },
];

/** The policies for an environment that is reached as `ingress` says. */
export function policiesFor({ ingress }: { readonly ingress: "public" | "private" }): Policy[] {
  return policies.filter((policy) => policy.ingress === "any" || policy.ingress === ingress);
}

/** The id by which an assignment names the definition of `policy`. Built-in definitions belong to no subscription. */
export function policyDefinitionId(policy: Policy): string {
  return `/providers/Microsoft.Authorization/policyDefinitions/${policy.id}`;
}
