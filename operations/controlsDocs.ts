/** docs/controls.md and docs/threats.md, written from facts/controls.ts by `npm run generate`. */
import { format } from "prettier";

import {
  type Control,
  type ControlId,
  controlGroups,
  controls,
  isBuilt,
  notMet,
  type OnAzureDevOps,
  type ThreatId,
  threats,
  type Where,
} from "../facts/controls";
import { policies } from "../facts/policies";
import { rules } from "./policy/rules";

const table: readonly (readonly [string, Control])[] = Object.entries<Control>(controls);

/** The page of controls, as prettier leaves it. */
export function controlsPage(): Promise<string> {
  const groups = Object.entries<Readonly<Record<string, Control>>>(controlGroups).map(([title, group]) =>
    section(
      title,
      ["control", "promise", "where", "in the words of others", "status"],
      Object.entries(group).map(([id, control]) => [
        `<a id="${id}"></a>\`${id}\``,
        control.promise,
        whereOf(control),
        wordsOfOthers(control),
        statusOf(id, control),
      ]),
    ),
  );
  const onAzureDevOps = table.flatMap(([id, { azureDevops }]) =>
    azureDevops === undefined ? [] : [[`[${id}](#${id})`, howOnAzureDevOps(azureDevops)]],
  );
  return inMarkdown(
    [
      controlsIntroduction,
      ...groups,
      section(
        "Rules of others that are not met",
        ["rule", "why"],
        Object.entries(notMet).map(([ids, why]) => [ids, why]),
      ),
      `${azureDevOpsIntroduction}\n\n${rows(["control", "what holds it on Azure DevOps"], onAzureDevOps)}`,
      dataPlane,
    ].join("\n\n"),
  );
}

/** The page of threats, as prettier leaves it. */
export function threatsPage(): Promise<string> {
  type Told = { readonly what: string; readonly open?: string; readonly azureDevops?: string };
  const all = Object.entries<Told>(threats).map(([threat, { what, open, azureDevops }]) => {
    const against = table.filter(([, control]) => control.threats.some((id) => id === threat));
    const stays = [open, azureDevops && `On Azure DevOps: ${azureDevops}`].filter((one) => one !== undefined);
    const stand = standOf(threat as ThreatId);
    const there = stand === "closed" && azureDevops !== undefined ? "closed; on Azure DevOps partly" : stand;
    return [threat, what, controlsAgainst(against), there, stays.join("<br>")];
  });
  return inMarkdown(`${threatsIntroduction}\n\n${rows(["", "threat", "controls", "status", "what stays open"], all)}`);
}

/** Closed where nothing stays open, partly where something built is against it, else open. */
export function standOf(threat: ThreatId): "closed" | "partly" | "open" {
  const built = table.some(([, control]) => isBuilt(control) && control.threats.includes(threat));
  if (!built) return "open";
  return "open" in threats[threat] ? "partly" : "closed";
}

function controlsAgainst(against: readonly (readonly [string, Control])[]): string {
  const those = (what: string, which: (control: Control) => boolean) => {
    const ids = against.flatMap(([id, control]) => (which(control) ? [`[${id}](controls.md#${id})`] : []));
    return ids.length === 0 ? [] : [`${what}${ids.join(", ")}`];
  };
  return [
    ...those("", isBuilt),
    ...those("not built: ", (control) => control.built === false),
    ...those("cannot be closed: ", ({ kind }) => kind === "notClosable"),
  ].join("; ");
}

function statusOf(id: string, control: Control): string {
  if (control.kind === "notClosable") return `cannot be kept: ${control.reason} [Source](${control.source})`;
  const kind = { input: "set", refusal: "refused otherwise", lint: "lint", audit: "audit" }[control.kind];
  const policed = rules.some((rule) => rule.control === id) ? ", policed" : "";
  return isBuilt(control) ? `${kind}, proven${policed}` : `**not built** (${kind})`;
}

function whereOf({ azure = [], entra = [], github = [], refusedBy }: Control): string {
  return [...placesOf([...azure, ...entra, ...github]), ...refusals(refusedBy)].join("<br>");
}

function howOnAzureDevOps(how: OnAzureDevOps): string {
  if (isWhere(how)) return placesOf(how).join("<br>");
  if ("refusedBy" in how) return refusals(how.refusedBy).join();
  if ("lint" in how) return `the pipeline itself: ${how.lint}`;
  const { none, audit } = how;
  return `**no control.** ${none}${audit === undefined ? "" : ` The audit looks: [${audit}](#${audit})`}`;
}

/** A list tells itself from the other ways; TypeScript does not see it of a read-only one. */
const isWhere = (how: OnAzureDevOps): how is Where => Array.isArray(how);

function placesOf(where: Where): string[] {
  return where.map((place) => {
    const [type = "", ...paths] = place.split(" ");
    const properties = paths.filter((path) => !path.startsWith("opts.")).map(code);
    const options = paths.flatMap((path) =>
      path.startsWith("opts.") ? [`option ${code(path.slice("opts.".length))}`] : [],
    );
    return `${type}: ${[...properties, ...options].join(", ")}`;
  });
}

function refusals(refusedBy: string | undefined): string[] {
  const [file = "", name = ""] = refusedBy?.split(" ") ?? [];
  return refusedBy === undefined ? [] : [`${file}: ${code(name)}`];
}

function wordsOfOthers({ external, policies: keys = [] }: Control): string {
  const definitions = keys.flatMap((key) => policies.filter((policy) => policy.key === key));
  return [
    ...(external === undefined ? [] : [external]),
    ...definitions.map(({ key, id }) => `Policy ${id} (assigned as ${code(key)})`),
  ].join(", ");
}

const code = (word: string) => `\`${word}\``;

function section(title: string, head: readonly string[], body: readonly (readonly string[])[]): string {
  return `## ${title}\n\n${rows(head, body)}`;
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

/** As `prettier --write` would leave it, so that the two never disagree. */
function inMarkdown(text: string): Promise<string> {
  return format(text, { parser: "markdown", printWidth: 120 });
}

const built = (Object.keys(controls) as ControlId[]).filter((id) => isBuilt(controls[id])).length;

const controlsIntroduction = `# Controls

Written by \`npm run generate\` from \`facts/controls.ts\`; change it there. [threats.md](threats.md) says against what.

Status:

- **proven**: built, and the proof of the same name in [test/controls.test.ts](../test/controls.test.ts) goes over what the
  program registers for the committed stacks, or over what it refuses. \`npx vitest run --project fast test/controls.test.ts\`
  shows all ${built}. A control without a proof does not compile. No real cloud has seen any of it: [verified.md](verified.md).
- **policed**: a rule of that name in the [policy pack](../operations/policy/rules.ts) refuses to deploy what breaks it,
  whoever wrote the program.
- **audit**: \`npm run audit\` finds whatever breaks it, in the live clouds.
- **not built**: planned, and keeps nothing yet.
- **cannot be kept**: nobody can, for the reason given.

Where: type and property. An Azure type is azure-native's, one without a module is Entra's or GitHub's provider's; a file
is one of this program. In the words of others: PSRule.Rules.Azure (AZR), Checkov (CKV), Microsoft cloud security benchmark
v1 (MCSB), Azure Policy, CIS Software Supply Chain 1.0, OpenSSF Scorecard, legitify, OWASP CI/CD (CICD-SEC). Every AZR, CKV,
CIS, Scorecard and legitify rule of a built control is checked in the same test, as its author checks it; the others are
pointers.`;

const azureDevOpsIntroduction = `## On Azure DevOps

The promises are the same with \`gate.platform: azureDevOps\`; what is not listed here is held on Azure, in Entra, or by
settings that both platforms share. What is held is proven over \`Pulumi.prod-azuredevops.yaml\` and the submission's pipelines
in [test/controlsOnAzureDevOps.test.ts](../test/controlsOnAzureDevOps.test.ts), by the same name; where Azure DevOps or its
provider has no control, it says so, and which check of the audit looks. What the audit finds there is proven by one edit of a
clean world each in [test/audit/azureDevOps.test.ts](../test/audit/azureDevOps.test.ts), and by one change of the local
Azure DevOps each in [test/endToEnd/auditOnAzureDevOps.test.ts](../test/endToEnd/auditOnAzureDevOps.test.ts).
Types are the azuredevops provider's, with a module azure-native's.`;

const threatsIntroduction = `# Threats

Written by \`npm run generate\` from \`facts/controls.ts\`; change it there. How unreviewed code could reach production, or
data leave it, which of the [controls](controls.md) are against it, and what stays open.

- **closed**: controls that are built and proven close it, as long as what the program declared is what stands.
  A preview with \`--refresh\` shows a change of that, as far as the providers see it.
- **partly**: built controls close it, but for what the last column says.
- **open**: nothing that is built closes it.

[controls.md](controls.md#on-azure-devops) tells by what each is kept on Azure DevOps.`;

/** Written by hand: no code of this program stands behind it. */
const dataPlane = `## Policies that act on jobs, in preview

Azure has policies of the mode \`Microsoft.MachineLearningServices.Data\`, which judge each job where it runs rather than
whoever made a resource. Their effect is \`enforceSetting\` or \`disabled\`, and they can be assigned to one workspace.

| policy | definition | own parameter | what it would add |
| --- | --- | --- | --- |
| code signing for training code | \`6a6f7384-63de-11ea-bc55-0242ac130003\`, 6.4.0-preview | \`signingKey\`: a PGP public key | code that the pipeline did not sign does not run, whoever submits it: the promise would hold against Contributors too |
| approval endpoint | \`3948394e-63de-11ea-bc55-0242ac130003\`, 5.4.0-preview | \`approvalEndpoint\` | a service of yours is asked before each run, say whether its commit is on the protected branch |
| allowed module authors | \`53c70b02-63dd-11ea-bc55-0242ac130003\`, 6.4.0-preview | \`allowedModuleAuthors\` | only components that the pipeline's principal made |
| allowed registries | \`5853517a-63de-11ea-bc55-0242ac130003\`, 6.3.0-preview | \`allowedACRs\` | only images of the workspace's registry |
| allowed Python package indexes | \`77eeea86-7e81-4a7d-9067-de844d096752\`, 5.4.0-preview | \`allowedPythonPackageChannels\` | packages from your own index alone |
| allowed log filters | \`1d413020-63de-11ea-bc55-0242ac130003\`, 5.4.0-preview | filter expressions | logs that show no data |

All of them take \`computeNames\` (empty: all), \`computeType\` and \`isIsolatedNetwork\`. To try one:

\`\`\`
az policy definition show --name 5853517a-63de-11ea-bc55-0242ac130003
az policy assignment create --name jobs-from-our-registry \\
  --policy 5853517a-63de-11ea-bc55-0242ac130003 \\
  --scope "$(pulumi stack output workspaceId --stack prod)" \\
  --params '{
    "effect": { "value": "enforceSetting" },
    "computeNames": { "value": [] },
    "computeType": { "value": "MachineLearningCompute" },
    "isIsolatedNetwork": { "value": "Any" },
    "allowedACRs": { "value": ["<registry>.azurecr.io"] }
  }'
\`\`\`

The program assigns none of them. They are previews, and whether your cloud accepts one, and what it does to a job that
breaks it, must be seen there: a control that may do nothing would be a promise that nobody can prove. The two strongest
need more than an assignment, too: a key with which the submission workflow signs, or a service that answers for every run.
An assignment of your own is not touched by \`pulumi up\`.`;
