/** Each way in that somebody may open: the audit finds it, names the promise that it breaks, and how to close it. */
import { describe, expect, it } from "vitest";

import { judge, type Judged } from "../../audit/judge";
import type { World } from "../../audit/model";
import { controls } from "../../facts/controls";
import { type Edit, found, grant, news, opened, pipeline, repositoryOf, ruleset, writers } from "../support/opened";
import {
  assignment,
  changed,
  cleanWorld,
  group,
  infrastructure,
  owners,
  people,
  registry,
  role,
  scientists,
  siloStore,
  subscription,
  trust,
  workspace,
} from "../support/world";

describe("the audit", () => {
  it("finds three routes into the clean production: reviewed, deployed, and the owners who are accepted", () => {
    const { routes, unknown, idle } = judge(cleanWorld(), [owners]);
    expect(routes.map(({ verdict, who }) => [verdict, who.name])).toEqual([
      ["accepted", "owners of contoso-fl"],
      ["reviewed", "whoever writes to contoso-fl/federated-mlops"],
      ["reviewed", "whoever writes to contoso-fl/fl-experiments"],
    ]);
    expect(routes.map(({ steps }) => steps.at(-1)?.can)).toEqual(["submits jobs", "submits jobs", "submits jobs"]);
    expect([...unknown, ...idle]).toEqual([]);
  });

  for (const [what, open] of Object.entries(opened)) {
    it(`finds ${what}`, () => {
      const route = found(open);
      expect(route, JSON.stringify(route)).not.toBeTypeOf("string");
      expect((route as Judged).close.join("\n")).toContain(open.close);
      expect(controls[open.control].threats).toContain(open.threat);
    });
  }

  it("says what the gate refuses, and only while it does", () => {
    const refused = (world: World) =>
      judge(world, [owners]).refusals.map(({ who, by, what }) => `${who.name} | ${by} | ${what}`);
    const all = refused(cleanWorld());
    const ours = "whoever writes to contoso-fl/fl-experiments";
    const inPlace = {
      push: `${ours} | rules of main in contoso-fl/fl-experiments | pushes to main, or merges alone`,
      branch: `${ours} | environment prod of contoso-fl/fl-experiments | runs a workflow of another branch in prod`,
      reader: "fl-data-scientists | Reader on aml-fl-prod | submits jobs",
    };
    expect(all).toEqual(expect.arrayContaining(Object.values(inPlace)));
    const gone: Record<string, readonly string[]> = {
      "no ruleset": [inPlace.push],
      "no approval": [inPlace.push],
      "a deploy key that writes": [inPlace.push],
      // Nobody needs main any more.
      "an environment that lets in every branch": [inPlace.push, inPlace.branch],
      "an environment that lets in a tag": [inPlace.branch],
      "no reviewer of production's runs": [inPlace.branch],
    };
    for (const [what, lines] of Object.entries(gone)) {
      const left = refused(changed(opened[what]!.edit));
      expect([what, Object.values(inPlace).filter((line) => !left.includes(line))]).toEqual([what, lines]);
    }
    const unseen = changed((world) => {
      ruleset(world).bypass = undefined;
    });
    expect(refused(unseen)).not.toContain(inPlace.push);
    expect(refused(changed(grant(scientists, "Contributor", workspace)))).not.toContain(inPlace.reader);
  });

  it("says nothing of what is no way in", () => {
    const harmless: Edit[] = [
      grant(people.emre, "Reader", subscription),
      grant(people.emre, "AcrPull", registry),
      grant(people.emre, "Storage Blob Data Contributor", siloStore),
      grant(people.emre, "Storage Account Key Operator Service Role", group),
      grant(people.emre, "Owner", `${subscription}/resourceGroups/rg-lab`),
      grant(people.emre, "Owner", "/providers/Microsoft.Management/managementGroups/sandbox"),
      (world) => {
        // A group that is named like one with a right is another one.
        world.directory.groups.lookalike = {
          name: "fl-platform",
          members: [people.emre],
          owners: [],
          privileged: false,
        };
        pipeline(world).secrets.push({
          ...{ id: "k", name: "old", kind: "secret", on: "application", ends: "2026-11-24T00:00:00Z" },
        });
        repositoryOf(world).deployKeys.push({ id: "8", title: "reader", readOnly: true });
        repositoryOf(world).people.push({ login: "guest", role: "write", by: "direct", more: [] });
      },
    ];
    const world = changed((draft) => {
      for (const edit of harmless) edit(draft);
    });
    expect(news(world)).toEqual([]);
  });

  it("believes a condition that lets only harmless roles be assigned, and no other", () => {
    const under = (roles: string[], rest = "") =>
      `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roles.join(", ")}}${rest})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roles.join(", ")}}))`;
    const open = (condition: string) =>
      news(changed(grant(people.emre, "Role Based Access Control Administrator", group, { condition }))).length;
    expect(open(under([role("Reader"), role("AcrPull")]))).toBe(0);
    expect(
      open(
        under(
          [role("Reader")],
          " AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'User'}",
        ),
      ),
    ).toBe(0);
    expect(open(under([role("Reader"), role("Contributor")]))).toBe(1);
    expect(
      open(
        under(
          [role("Reader")],
          " OR @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'User'}",
        ),
      ),
    ).toBe(1);
    expect(open("@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'x'")).toBe(1);
    expect(open(`${under([role("Reader")])} OR true`)).toBe(1);
  });

  it("takes what it was not shown for unknown, never for reviewed", () => {
    const hidden: Record<string, Edit> = {
      "who bypasses": (world) => {
        ruleset(world).bypass = undefined;
      },
      "whether what a machine wrote": (world) => {
        delete ruleset(world).review!.unattributed;
      },
      "who is in the group": (world) => {
        world.directory.groups[scientists]!.members = undefined;
        world.azure.assignments.push(assignment(scientists, "Contributor", workspace));
      },
      "what the role": grant(people.emre, "nobody knows", workspace),
      "who 00000000-0000-4000-8000-0000000000cc is": grant("00000000-0000-4000-8000-0000000000cc", "Owner", group),
      "who may sign in as fl-prod-pipeline": (world) => {
        pipeline(world).application = undefined;
      },
    };
    for (const [what, edit] of Object.entries(hidden)) {
      const { unknown, routes } = judge(changed(edit), [owners]);
      expect(unknown.map((one) => one.what).join("\n")).toContain(what);
      const clean = routes.every(({ verdict }) => verdict === "reviewed" || verdict === "accepted");
      expect([what, clean && unknown.length === 0]).toEqual([what, false]);
    }
    const blind = changed((world) => {
      ruleset(world).bypass = undefined;
    });
    expect(
      judge(blind, [owners])
        .routes.filter(({ verdict }) => verdict === "unknown")
        .map(({ who }) => who.name),
    ).toEqual([writers]);
  });

  it("finds the deployers' own repository like the other", () => {
    const world = changed((draft) => {
      draft.azure.identities[1]!.trusts.push(trust("/second", `${infrastructure}:pull_request`));
    });
    expect(news(world).map(({ who, control, close }) => [who.name, control, close[0]])).toEqual([
      ["whoever writes to contoso-fl/federated-mlops", "audit-identities", expect.stringContaining("/second")],
    ]);
  });
});
