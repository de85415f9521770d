import { audience, issuer } from "../../../facts/github";
import { trustType } from "../environments";
import { type Rule, unmet } from "../rule";
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
      issuer,
      audiences: {
        needs: `["${audience}"]`,
        holds: (audiences) => JSON.stringify(audiences) === JSON.stringify([audience]),
      },
    });
    // A first preview does not know the repository's number: reading it ends the rule with a remark of the engine, and
    // the update asks again before the credential is made.
    const subject = props["subject"];
    if (typeof subject !== "string" || !isOwn(subject, settings)) {
      const { owner, repository } = settings;
      yield `subject is ${JSON.stringify(subject)}. It must name the environment ${environmentOf(settings)} of the repository ${owner}/${repository}, and nothing else.`;
    }
  },
  *judgeAll(resources) {
    for (const { urn } of resources.filter(({ type }) => type === trustType).slice(1)) {
      yield {
        urn,
        complaint: "It is not the only one in this stack. Two of them are two ways to become the pipeline.",
      };
    }
  },
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
