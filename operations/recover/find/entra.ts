/** Things in Microsoft Entra ID, where names are not unique and things have owners. */
import { type Find, text } from "./find";

/** An application or service principal, by the property that its `input` says. Whoever deploys owns what is ours. */
export function owned(kind: "applications" | "servicePrincipals", property: string, input: string): Find {
  return {
    key: [input],
    look: async (inputs, { graph }) => {
      const name = text(inputs, input);
      const filter = encodeURIComponent(`${property} eq '${name.replaceAll("'", "''")}'`);
      const found = await graph.list<{ id: string }>(`/v1.0/${kind}?$filter=${filter}&$select=id`);
      const ids = found === "missing" ? [] : found.map(({ id }) => `/${kind}/${id}`);
      const [id, ...others] = ids;
      if (id === undefined) return "missing";
      if (others.length > 0) return { id, others, stranger: `${ids.length} of them are called ${name}.` };
      const owners = await graph.list<{ id: string }>(`/v1.0${id}/owners?$select=id`);
      const deployers = (inputs["owners"] ?? []) as string[];
      return owners !== "missing" && owners.some((owner) => deployers.includes(owner.id))
        ? { id, ours: "Who deploys owns it." }
        : { id, stranger: "Who deploys does not own it." };
    },
  };
}

/** By application and name. One that trusts somebody else is never taken for ours: it would open the gate. */
export const federatedCredential: Find = {
  key: ["applicationId", "displayName"],
  look: async (inputs, { graph }) => {
    const application = text(inputs, "applicationId");
    type Credential = Readonly<Record<"id" | "name" | "issuer" | "subject", string>>;
    const all = await graph.list<Credential>(`/v1.0${application}/federatedIdentityCredentials`);
    const one = all === "missing" ? undefined : all.find(({ name }) => name === inputs["displayName"]);
    if (one === undefined) return "missing";
    const id = `${application.split("/").at(-1)}/federatedIdentityCredential/${one.id}`;
    return one.issuer === inputs["issuer"] && one.subject === inputs["subject"]
      ? { id, ours: "It trusts whom the program lets it trust." }
      : { id, stranger: `It trusts ${one.subject} of ${one.issuer}.` };
  },
};
