/** The two kinds of environment. */
export type Environment = "development" | "production";

/** What an environment's kind fixes. No key of a stack file changes any of it. */
export interface Posture {
  /** Resources refuse to be deleted until `pulumi state unprotect` has been run for them. */
  readonly protect: boolean;
  /** A deleted vault keeps its name and content for `vaultRetentionDays` and nobody can purge it. Irreversible. */
  readonly purgeProtection: boolean;
  /** Days in which a deleted vault can be recovered; Azure takes 7 to 90, fixed when the vault is made. */
  readonly vaultRetentionDays: number;
  /** Days in which logs are kept. */
  readonly logRetentionDays: number;
  /** Days in which deleted blobs and containers can be restored. */
  readonly softDeleteDays: number;
  /** Tier of the container registry. Only Premium has private endpoints and export policies. */
  readonly registrySku: "Basic" | "Premium";
  /** Whether Azure Policy refuses what breaks the promises, or lists it. */
  readonly enforce: "Audit" | "Deny";
  /** Azure ML stores less diagnostic data on its side: for workspaces with sensitive data. Fixed at creation. */
  readonly highBusinessImpact: boolean;
}

export const postures: Readonly<Record<Environment, Posture>> = {
  development: {
    protect: false,
    purgeProtection: false,
    vaultRetentionDays: 7,
    logRetentionDays: 30,
    softDeleteDays: 7,
    registrySku: "Basic",
    enforce: "Audit",
    highBusinessImpact: false,
  },
  production: {
    protect: true,
    purgeProtection: true,
    vaultRetentionDays: 90,
    logRetentionDays: 365,
    softDeleteDays: 30,
    registrySku: "Premium",
    enforce: "Deny",
    highBusinessImpact: true,
  },
};
