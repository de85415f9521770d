import { subjectOf } from "../../facts/github";
import { type Check, later, well, wrong } from "./check";
import { notMade } from "./subject";

interface Repository {
  readonly id: number;
  readonly name: string;
  readonly owner: { readonly login: string; readonly id: number };
}

interface Customisation {
  readonly use_default: boolean;
  /** What a subject begins with. The flag `use_immutable_subject` beside it may say otherwise (Azure/azure-dev#9430). */
  readonly sub_claim_prefix?: string;
}

/** Whether GitHub issues tokens with the subject that Entra will be told to trust, letter by letter. */
export const oidcSubject: Check = {
  name: "OIDC subject",
  needs: () => "give GITHUB_TOKEN the repository's Actions: read",
  run: async (subject, { github }) => {
    const { owner, repository, stack, environment, subject: form } = subject;
    const path = `/repos/${owner}/${repository}`;
    const found = await github.get<Repository>(path);
    if (found === "missing") return [later(notMade(subject))];
    const issued = await github.get<Customisation>(`${path}/actions/oidc/customization/sub`);
    const id = {
      ...{ owner: found.owner.login, ownerId: String(found.owner.id) },
      ...{ repository: found.name, repositoryId: found.id },
    };
    const prefixOf = (of: typeof form) => subjectOf(of, id, environment).replace(`:environment:${environment}`, "");
    const template = `gh api --method PUT ${path.slice(1)}/actions/oidc/customization/sub -F use_default=true`;
    if (issued !== "missing" && !issued.use_default) {
      return [wrong(`${owner}/${repository} makes subjects of its own, which Entra would not trust.`, template)];
    }
    const prefix = issued === "missing" ? undefined : issued.sub_claim_prefix;
    if (prefix === undefined) {
      const fix = `compare the output trustedSubject of the stack with the subject of a token that a job in ${environment} gets`;
      return [{ is: "unknown", what: `GitHub does not tell how subjects of ${owner}/${repository} begin.`, fix }];
    }
    if (prefix === prefixOf(form)) return [well(`${prefix}:environment:${environment}`)];
    const other = form === "immutable" ? "classic" : "immutable";
    if (prefix === prefixOf(other)) {
      return [
        wrong(
          `federated-mlops:gate.subject is ${form}, and GitHub issues ${prefix}:…, the ${other} form: no pipeline could sign in.`,
          `pulumi config set --path federated-mlops:gate.subject ${other} --stack ${stack}`,
        ),
      ];
    }
    return [wrong(`GitHub issues ${prefix}:…, and Entra would trust ${prefixOf(form)}:….`, template)];
  },
};
