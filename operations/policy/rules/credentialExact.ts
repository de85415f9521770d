import { audience } from "../../../facts/azure";
import { issuer } from "../../../facts/github";
import { applicationType, trustType } from "../environments";
import { type StackResource, textAt, unknown, valueAt } from "../resource";
import { type Needed, type Rule, unmet } from "../rule";
import type { Settings } from "../settings";

export const credentialExact: Rule = {
  control: "credential-exact",
  *judge(resource, settings) {
    const { type, props } = resource;
    if (/FederatedIdentityCredential$/.test(type) && type !== trustType) {
      yield `A ${type} trusts by pattern, or for another identity. Only ${trustType} says letter by letter who is trusted.`;
    }
    if (type !== trustType) return;
    yield* unmet(resource, {
      issuer: settings.platform === "azureDevOps" ? ofConnections : issuer,
      audiences: {
        needs: `["${audience}"]`,
        holds: (audiences) => JSON.stringify(audiences) === JSON.stringify([audience]),
      },
    });
    // A first preview does not know the repository's number: reading it ends the rule with a remark of the engine, and
    // the update asks again before the credential is made.
    const subject = props["subject"];
    if (settings.platform === "azureDevOps") {
      if (typeof subject !== "string" || !/^\/eid1\/c\/pub\/t\/[\w-]+\/a\/[\w-]+\/sc\/[\w-]+\/[\w-]+$/.test(subject)) {
        yield `subject is ${JSON.stringify(subject)}. It must be a service connection's own.`;
      }
      return;
    }
    if (typeof subject !== "string" || !isOwn(subject, settings)) {
      const { owner, repository } = settings;
      yield `subject is ${JSON.stringify(subject)}. It must name the environment ${environmentOf(settings)} of the repository ${owner}/${repository}, and nothing else.`;
    }
  },
  *judgeAll(resources) {
    const credentials = resources.filter(({ type }) => type === trustType);
    for (const { urn } of credentials.slice(1)) {
      yield {
        urn,
        complaint: "It is not the only one in this stack. Two of them are two ways to become the pipeline.",
      };
    }
    for (const credential of credentials) {
      if (isOfOwn(credential, resources)) continue;
      const complaint = "applicationId is not of an application that this stack makes. It must be the pipeline's.";
      yield { urn: credential.urn, complaint };
    }
  },
};

/** Entra itself, for the tenant: https://learn.microsoft.com/azure/devops/release-notes/2025/sprint-253-update */
const ofConnections: Needed = {
  needs: "https://login.microsoftonline.com/<tenant>/v2.0",
  holds: (value) => typeof value === "string" && /^https:\/\/login\.microsoftonline\.com\/[\w-]+\/v2\.0$/.test(value),
  later: true,
};

const environmentOf = ({ environment }: Settings) => (environment === "production" ? "prod" : "dev");

function isOwn(subject: string, settings: Settings): boolean {
  const parts = /^repo:([\w.-]+)(?:@\d+)?\/([\w.-]+?)(?:@\d+)?:environment:(\w+)$/.exec(subject);
  const [, owner = "", repository = "", environment] = parts ?? [];
  return (
    owner.toLowerCase() === settings.owner.toLowerCase() &&
    // Behind the name of a repository that is made anew stands its generation.
    [repository, repository.replace(/-\d+$/, "")].includes(settings.repository) &&
    environment === environmentOf(settings)
  );
}

/** Whether it is for an application of this stack. A preview may know no more than where the id will come from. */
function isOfOwn(credential: StackResource, resources: readonly StackResource[]): boolean {
  const id = valueAt(credential, "applicationId");
  if (id === unknown) {
    return (credential.propertyDependencies["applicationId"] ?? []).some(({ type }) => type === applicationType);
  }
  return resources.some((one) => one.type === applicationType && id === `/applications/${textAt(one, "objectId")}`);
}
