/** What must hold of every world. */
import fc from "fast-check";
import { expect, test } from "vitest";

import { exitCodeOf, exitCodes, judge, type Judged } from "../../audit/judge";
import type { Assignment, World } from "../../audit/model";
import {
  changed,
  type Draft,
  group,
  identity,
  managementGroup,
  owners,
  people,
  registry,
  role,
  services,
  state,
  store,
  subscription,
  trust,
  workspace,
} from "../support/world";

import { changedOnAzureDevOps } from "../support/worldOnAzureDevOps";

const roles = [
  ...["Owner", "Contributor", "Reader", "User Access Administrator", "AzureML Data Scientist", "AcrPush"],
  ...["Managed Identity Operator", "Storage Blob Data Contributor", "Storage Account Key Operator Service Role"],
];
const scopes = [
  ...["/", managementGroup, subscription, group, workspace, store, registry, state, identity("silo0")],
  ...[`${workspace}/computes/silo0-cpu`, `${subscription}/resourceGroups/rg-lab`],
];
const teams = ["ops", "leads", "staff", "guests", "robots"];
const robots = ["robot-1", "robot-2"];
const principals = [...Object.values(people), ...Object.values(services), ...teams, ...robots];

const assignments: fc.Arbitrary<Assignment> = fc
  .record({
    principal: fc.constantFrom(...principals),
    role: fc.constantFrom(...roles.map(role)),
    scope: fc.constantFrom(...scopes),
    held: fc.constantFrom("always" as const, "eligible" as const),
    number: fc.nat(),
  })
  .map(({ number, ...one }) => ({ ...one, id: `${one.scope}/assignments/${one.principal}/${one.role}/${number}` }));

const members = fc.uniqueArray(fc.constantFrom(...Object.values(people), ...teams, ...robots, services.silo0));

interface Told {
  readonly assignments: readonly Assignment[];
  readonly members: readonly (readonly string[])[];
  readonly owners: readonly (readonly string[])[];
  readonly secrets: readonly boolean[];
  readonly administrators: readonly string[];
  readonly sharedKey: boolean;
  readonly reviewed: boolean;
}

/** Groups may lie in each other in whatever way, circles included. */
const told: fc.Arbitrary<Told> = fc.record({
  assignments: fc.array(assignments, { maxLength: 8 }),
  members: fc.array(members, { minLength: teams.length, maxLength: teams.length }),
  owners: fc.array(fc.uniqueArray(fc.constantFrom(...principals), { maxLength: 2 }), {
    minLength: teams.length + robots.length,
    maxLength: teams.length + robots.length,
  }),
  secrets: fc.array(fc.boolean(), { minLength: robots.length, maxLength: robots.length }),
  administrators: fc.uniqueArray(fc.constantFrom(...principals), { maxLength: 2 }),
  sharedKey: fc.boolean(),
  reviewed: fc.boolean(),
});

function worldOf(one: Told): World {
  return changed((world: Draft<World>) => {
    world.azure.assignments.push(...one.assignments);
    teams.forEach((name, at) => {
      const [inside = [], by = []] = [one.members[at], one.owners[at]];
      world.directory.groups[name] = { name, members: [...inside], owners: [...by], privileged: at === 0 };
    });
    robots.forEach((name, at) => {
      world.directory.principals[name] = {
        ...{ name, clientId: name, kind: "application", tenant: "contoso", application: `app-${name}` },
        secrets: one.secrets[at]
          ? [{ id: `key-${name}`, name: "ci", kind: "secret", on: "application", ends: "2028-01-01T00:00:00Z" }]
          : [],
        trusts: [trust(`trust-${name}`, "repo:else/where:ref:refs/heads/main")],
        owners: (one.owners[teams.length + at] ?? []).map((id) => ({ id, of: "application" })),
      };
    });
    one.administrators.forEach((principal) => {
      const actions = [
        "microsoft.directory/applications/credentials/update",
        "microsoft.directory/groups/members/update",
      ];
      world.directory.roles.push({
        ...{ id: `role-${principal}`, principal, role: "Helper", actions, scope: "/", eligible: false },
      });
    });
    world.production.stores[0]!.sharedKey = one.sharedKey;
    world.github!.repositories[0]!.environments[0]!.selfReview = !one.reviewed;
  });
}

/** A gate that does not hold is told once, whoever comes through it. */
const keyOf = ({ who, through, steps }: Judged) => `${through === steps[0] ? who.id : "gate"} ${through.evidence.id}`;
const severity = ["reviewed", "accepted", "unknown", "unreviewed"];
const routesOf = (world: World) => new Map(judge(world, []).routes.map((route) => [keyOf(route), route]));

test("one right more takes no route away, and makes none better", () => {
  fc.assert(
    fc.property(told, assignments, (one, more) => {
      const before = routesOf(worldOf(one));
      const after = routesOf(worldOf({ ...one, assignments: [...one.assignments, more] }));
      for (const [key, route] of before) {
        expect(after.has(key), key).toBe(true);
        const verdict = after.get(key)?.verdict ?? "reviewed";
        expect(severity.indexOf(verdict)).toBeGreaterThanOrEqual(severity.indexOf(route.verdict));
      }
    }),
    { numRuns: 400 },
  );
});

test("every step of a route begins where the one before ends, and the last one ends in production", () => {
  fc.assert(
    fc.property(told, (one) => {
      for (const { who, steps, through } of judge(worldOf(one), []).routes) {
        expect(steps[0]?.from).toBe(who.id);
        for (const [at, step] of steps.entries()) if (at > 0) expect(step.from).toBe(steps[at - 1]?.to);
        expect(steps.at(-1)?.to).toMatch(/^end /);
        expect(steps).toContain(through);
      }
    }),
  );
});

test("in which order groups, members and rights are told makes no difference", () => {
  const inOrder = (routes: Map<string, Judged>) =>
    [...routes].map(([key, { verdict, who }]) => [key, verdict, who.people?.map(({ id }) => id).sort()]).sort();
  fc.assert(
    fc.property(told, (one) => {
      const world = worldOf(one);
      const turned = structuredClone(world) as Draft<World>;
      turned.azure.assignments.reverse();
      turned.directory.groups = Object.fromEntries(
        Object.entries(turned.directory.groups)
          .reverse()
          .map(([id, of]) => [id, { ...of, members: of.members?.toReversed(), owners: of.owners.toReversed() }]),
      );
      expect(inOrder(routesOf(turned as World))).toEqual(inOrder(routesOf(world)));
    }),
  );
});

test("a group within groups is as good as its people in the outermost one", () => {
  fc.assert(
    fc.property(told, (one) => {
      const flat = (of: string, seen: Set<string>): string[] => {
        if (seen.has(of)) return [];
        seen.add(of);
        const at = teams.indexOf(of);
        return at < 0 ? [of] : (one.members[at] ?? []).flatMap((member) => flat(member, seen));
      };
      const flattened = { ...one, members: teams.map((name) => [...new Set(flat(name, new Set()))]) };
      const peopleOf = (routes: Map<string, Judged>) =>
        [...routes.values()]
          .filter(({ who }) => who.kind === "group")
          .map(({ who, through }) => [who.name, through.evidence.id, who.people?.map(({ id }) => id).sort()])
          .sort();
      const unowned = (which: Told) => ({ ...which, owners: [] });
      expect(peopleOf(routesOf(worldOf(unowned(flattened))))).toEqual(peopleOf(routesOf(worldOf(unowned(one)))));
    }),
  );
});

interface AllowedOnAzureDevOps {
  readonly subject: string;
  readonly permission: string;
  readonly thing: "branch" | "connection" | "pipeline" | "queue";
  readonly list: number;
}

const allowed: fc.Arbitrary<AllowedOnAzureDevOps> = fc.record({
  subject: fc.constantFrom(
    "aad.emre",
    "aadgp.release",
    "aadgp.scientists",
    "svc.project",
    "vssgp.builders",
    "vssgp.inner",
  ),
  permission: fc.constantFrom(
    ...["PolicyExempt", "EditPolicies", "PullRequestContribute", "GenericContribute"],
    ...["Administer", "Use", "EditBuildDefinition", "Manage"],
  ),
  thing: fc.constantFrom("branch", "connection", "pipeline", "queue"),
  list: fc.nat({ max: 1 }),
});
const inInner = fc.uniqueArray(fc.constantFrom("aad.emre", "aadgp.release", "vssgp.contributors", "vssgp.builders"));

function worldOnAzureDevOps(given: readonly AllowedOnAzureDevOps[], inner: readonly string[], turned = false): World {
  return changedOnAzureDevOps(({ azureDevOps }) => {
    const { project, subjects } = azureDevOps!;
    // In circles too.
    subjects["vssgp.inner"] = { name: "inner", kind: "group", members: [...inner] };
    subjects["vssgp.contributors"]!.members!.push("vssgp.inner");
    const lists = {
      branch: project.repositories[0]!.branches[0]!.access,
      connection: project.gate!.access,
      pipeline: project.pipelines[0]!.access,
      queue: project.uses[2]!.access,
    };
    for (const { subject, permission, thing, list } of given) {
      lists[thing][list]!.entries.push({ subject, allow: [permission], deny: [] });
    }
    if (!turned) return;
    for (const access of Object.values(lists)) for (const { entries } of access) entries.reverse();
    for (const subject of Object.values(subjects)) subject.members?.reverse();
    azureDevOps!.subjects = Object.fromEntries(Object.entries(subjects).reverse());
  });
}

test("one permission more on Azure DevOps takes no route away, and makes none better", () => {
  fc.assert(
    fc.property(fc.array(allowed, { maxLength: 6 }), inInner, allowed, (given, inner, more) => {
      const before = routesOf(worldOnAzureDevOps(given, inner));
      const after = routesOf(worldOnAzureDevOps([...given, more], inner));
      for (const [key, route] of before) {
        expect(after.has(key), key).toBe(true);
        const verdict = after.get(key)?.verdict ?? "reviewed";
        expect(severity.indexOf(verdict)).toBeGreaterThanOrEqual(severity.indexOf(route.verdict));
      }
    }),
    { numRuns: 300 },
  );
});

test("in which order Azure DevOps tells its lists and groups makes no difference", () => {
  const inOrder = (routes: Map<string, Judged>) => [...routes].map(([key, { verdict }]) => [key, verdict]).sort();
  fc.assert(
    fc.property(fc.array(allowed, { maxLength: 6 }), inInner, (given, inner) => {
      const told = routesOf(worldOnAzureDevOps(given, inner));
      expect(inOrder(routesOf(worldOnAzureDevOps(given, inner, true)))).toEqual(inOrder(told));
    }),
  );
});

test("a denial in the nearest list takes the permission away, whoever allows it above", () => {
  const entries = fc.subarray(["vssgp.inner", "vssgp.contributors", "aadgp.release"], { minLength: 1 });
  fc.assert(
    fc.property(entries, (allowing) => {
      const world = changedOnAzureDevOps(({ azureDevOps }) => {
        const { project, subjects } = azureDevOps!;
        subjects["vssgp.inner"] = { name: "inner", kind: "group", members: ["aadgp.release"] };
        subjects["vssgp.contributors"]!.members!.push("vssgp.inner");
        const [nearest, own] = project.repositories[0]!.branches[0]!.access;
        for (const subject of allowing) own!.entries.push({ subject, allow: ["PolicyExempt"], deny: [] });
        nearest!.entries.push({ subject: "vssgp.inner", allow: [], deny: ["PolicyExempt"] });
      });
      expect([...routesOf(world).values()].filter(({ verdict }) => verdict === "unreviewed")).toHaveLength(1);
    }),
  );
});

test("what nobody could tell is never a clean verdict", () => {
  fc.assert(
    fc.property(
      told,
      fc.array(fc.record({ what: fc.string(), why: fc.string() }), { minLength: 1 }),
      (one, unknown) => {
        const judgement = judge({ ...worldOf(one), unknown }, [owners]);
        expect([exitCodes.unreviewed, exitCodes.couldNotTell]).toContain(exitCodeOf(judgement));
      },
    ),
  );
});

test("an exception that has expired counts as none", () => {
  const days = fc.integer({ min: -400, max: 400 });
  fc.assert(
    fc.property(told, days, (one, from) => {
      const world = worldOf(one);
      const expires = new Date(Date.parse(world.at) + from * 86_400_000).toISOString().slice(0, 10);
      const verdicts = judge(world, [{ ...owners, expires }]).routes.map((route) => [keyOf(route), route.verdict]);
      const expected = judge(world, from < 0 ? [] : [owners]).routes.map((route) => [keyOf(route), route.verdict]);
      expect(verdicts.sort()).toEqual(expected.sort());
    }),
  );
});
