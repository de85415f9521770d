/** Whom a user-assigned identity trusts. */
import type { Refusal } from "../behaviour";
import { type Child, error, inGroup, same, type } from "./arm";

export type TrustInputs = Child<"resourceName"> & {
  federatedIdentityCredentialResourceName: string;
  issuer: string;
  subject: string;
  audiences: string[];
};

export const identityIdOf = inGroup("Microsoft.ManagedIdentity/userAssignedIdentities", "resourceName");

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations; the text is from memory. */
export const trustTaken: Refusal<TrustInputs> = ({ operation, next, id, cloud }) =>
  operation !== "delete" &&
  cloud
    .below(type("managedidentity:FederatedIdentityCredential"), identityIdOf(next, cloud))
    .some((row) => !same(row.id, id) && row.inputs["issuer"] === next.issuer && row.inputs["subject"] === next.subject)
    ? error("BadRequest", "Issuer and subject combination already exists for this Managed Identity.")
    : undefined;
