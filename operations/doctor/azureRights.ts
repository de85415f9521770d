import { type AskingClient, Unreadable } from "../../clients/client";
import type { SignedIn } from "../../clients/signedIn";
import { allows, type Permission } from "../../facts/actions";
import { makesGroups, type Need, needsOf, roleFor } from "../../facts/deployer";
import { grant } from "./azure";
import { type Check, type Finding, untold, well, wrong } from "./check";
import type { Subject } from "./subject";

/**
 * Whether the deployer may do in Azure what `pulumi up` does: in the groups, or in the subscription where they are still
 * to be made, and on what is joined. Azure does not tell the conditions of a role assignment here.
 */
export const azureRights: Check = {
  name: "the deployer's rights in Azure",
  needs: () => "az login as the deployer",
  run: async (subject, { azure }) => {
    const who = await subject.signedIn();
    const needs = [...groupsToMake(subject), ...needsOf(subject.estate)];
    const places = [...Map.groupBy(needs, ({ scope }) => scope)];
    const found = await Promise.all(
      places.map(async ([scope, wanted]) => judge(wanted, await rightsOn(scope, subject, azure), who, subject)),
    );
    const findings = together(found.flat());
    if (findings.length > 0) return findings;
    return [well(`all ${needs.length} actions are allowed, in ${places.length} places`)];
  },
};

function groupsToMake({ joins, estate }: Subject): Need[] {
  return [
    ...(joins.group ? [] : [{ scope: estate.group, action: makesGroups }]),
    ...(joins.silosGroup ? [] : [{ scope: estate.silosGroup, action: makesGroups }]),
  ];
}

/** What is allowed, on the scope `on` where it could be asked for. */
type Rights =
  | { readonly is: "told"; readonly on: string; readonly permissions: readonly Permission[] }
  | { readonly is: "untold"; readonly on: string; readonly error: Unreadable }
  | { readonly is: "missing"; readonly on: string };

async function rightsOn(scope: string, subject: Subject, azure: AskingClient): Promise<Rights> {
  const { estate, joins, subscription } = subject;
  const toBeMade = (scope === estate.group && !joins.group) || (scope === estate.silosGroup && !joins.silosGroup);
  // What does not stand yet inherits from here.
  const above = toBeMade ? `/subscriptions/${subscription}` : undefined;
  const ask = async (on: string): Promise<Rights> => {
    const path = `${on}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
    const permissions = await azure.list<Permission>(path);
    return permissions === "missing" ? { is: "missing", on } : { is: "told", on, permissions };
  };
  try {
    const there = await ask(scope);
    return there.is === "missing" && above !== undefined ? await ask(above) : there;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { is: "untold", on: above ?? scope, error };
  }
}

/** A finding, or an action that is not allowed with the command that allows it. */
type Verdict = Finding | { readonly is: "lacking"; readonly action: string; readonly on: string; readonly fix: string };

function judge(wanted: readonly Need[], rights: Rights, who: SignedIn, { estate, stack }: Subject): Verdict[] {
  const { on } = rights;
  const lacking = (need: Need) => ({ action: need.action, on, fix: grant(who, roleFor(need, estate), on) });
  switch (rights.is) {
    case "missing":
      return [wrong(`${on} does not exist.`, `make it, or correct it in Pulumi.${stack}.yaml`)];
    case "untold":
      // Whoever may nothing on something is not told that either.
      return [untold(rights.error, [...new Set(wanted.map((need) => lacking(need).fix))].join("\n"))];
    case "told":
      return wanted
        .filter(({ action }) => !allows(rights.permissions, action))
        .map((need) => ({ is: "lacking", ...lacking(need) }));
  }
}

/** One finding for all that the same command allows. */
function together(verdicts: readonly Verdict[]): Finding[] {
  const findings = verdicts.filter((one) => one.is !== "lacking");
  const lacking = verdicts.filter((one) => one.is === "lacking");
  const byFix = [...Map.groupBy(lacking, ({ fix }) => fix)];
  return [
    ...findings,
    ...byFix.map(([fix, some]) => wrong(`The deployer may not do ${listed(some)} on ${some[0]?.on}.`, fix)),
  ];
}

/** The first few actions. */
function listed(some: readonly { readonly action: string }[]): string {
  const actions = [...new Set(some.map(({ action }) => action))];
  const more = actions.length > 3 ? ` and ${actions.length - 3} more` : "";
  return actions.slice(0, 3).join(", ") + more;
}
