import type { AskingClient } from "../../clients/client";
import { allows, type Permission } from "../../facts/actions";
import { makesGroups, type Need, needsOf, roleFor } from "../../facts/deployer";
import { grant } from "./azure";
import { type Check, type Finding, well, wrong } from "./check";
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
    const scopes = [...new Set(needs.map(({ scope }) => scope))];
    const rights = new Map(
      await Promise.all(scopes.map(async (scope) => [scope, await rightsOn(scope, subject, azure)] as const)),
    );

    const gone = scopes.filter((scope) => rights.get(scope) === "missing");
    const lacking = needs.filter(({ scope, action }) => {
      const found = rights.get(scope);
      return found !== undefined && found !== "missing" && !allows(found.permissions, action);
    });
    const askedOn = ({ scope }: Need) => {
      const found = rights.get(scope);
      return found === undefined || found === "missing" ? scope : found.on;
    };
    const byGrant = Map.groupBy(lacking, (need) => grant(who, roleFor(need, subject.estate), askedOn(need)));
    const findings: Finding[] = [
      ...gone.map((scope) =>
        wrong(`${scope} does not exist.`, `make it, or correct it in Pulumi.${subject.stack}.yaml`),
      ),
      ...[...byGrant].map(([fix, some]) =>
        wrong(`The deployer may not do ${listed(some)} on ${some[0] === undefined ? "" : askedOn(some[0])}.`, fix),
      ),
    ];
    if (findings.length > 0) return findings;
    return [well(`all ${needs.length} actions are allowed, in ${scopes.length} places`)];
  },
};

function groupsToMake({ joins, estate }: Subject): Need[] {
  return [
    ...(joins.group ? [] : [{ scope: estate.group, action: makesGroups }]),
    ...(joins.silosGroup ? [] : [{ scope: estate.silosGroup, action: makesGroups }]),
  ];
}

interface Rights {
  readonly permissions: readonly Permission[];
  /** Where they were asked for. */
  readonly on: string;
}

async function rightsOn(scope: string, subject: Subject, azure: AskingClient): Promise<Rights | "missing"> {
  const ask = async (on: string): Promise<Rights | "missing"> => {
    const found = await azure.list<Permission>(
      `${on}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
    );
    return found === "missing" ? found : { permissions: found, on };
  };
  const there = await ask(scope);
  const { estate, joins, subscription } = subject;
  const toBeMade = (scope === estate.group && !joins.group) || (scope === estate.silosGroup && !joins.silosGroup);
  return there === "missing" && toBeMade ? ask(`/subscriptions/${subscription}`) : there;
}

/** The first few actions. */
function listed(needs: readonly Need[]): string {
  const actions = [...new Set(needs.map(({ action }) => action))];
  const more = actions.length > 3 ? ` and ${actions.length - 3} more` : "";
  return actions.slice(0, 3).join(", ") + more;
}
