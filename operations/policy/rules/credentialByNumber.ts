import { trustType } from "../environments";
import type { Rule } from "../rule";

export const credentialByNumber: Rule = {
  control: "credential-by-number",
  *judge({ type, props }, { subject: form }) {
    if (type !== trustType || form === "classic") return;
    // As in credentialExact.ts: not known in a first preview.
    const subject = props["subject"];
    if (typeof subject !== "string" || !/^repo:[^@/:]+@\d+\/[^@/:]+@\d+:/.test(subject)) {
      yield `subject is ${JSON.stringify(subject)}. Owner and repository must each have their number behind an @, unless gate.subject is classic.`;
    }
  },
};
