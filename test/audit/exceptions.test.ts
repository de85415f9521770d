/** What is accepted, by whom and until when; and what the file refuses. */
import { describe, expect, it } from "vitest";

import { readExceptions } from "../../audit/exceptions";
import { exitCodeOf, judge } from "../../audit/judge";
import { Refusal } from "../../problems";
import { grant, opened } from "../support/opened";
import { assignment, changed, cleanWorld, owners, people, subscription, workspace } from "../support/world";

const breakGlass = "00000000-0000-4000-8000-0000000000b9";
const world = (members: readonly string[], inner: readonly string[] = []) =>
  changed((draft) => {
    draft.directory.groups[breakGlass] = {
      name: "fl-break-glass",
      members: [...members],
      owners: [],
      privileged: true,
    };
    draft.directory.groups.inner = { name: "inner", members: [...inner], owners: [], privileged: true };
    draft.azure.assignments.push(assignment(breakGlass, "Owner", subscription, { held: "eligible" }));
  });
const accepted = {
  who: "fl-break-glass",
  through: "Owner on the subscription 5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10, eligible",
  people: ["freya"],
  reason: "when nothing else works",
  owner: "freya@contoso.example",
  expires: "2027-06-30",
};
const verdictOf = (judged: ReturnType<typeof judge>, who: string) =>
  judged.routes.find((route) => route.who.name === who);

describe("an exception", () => {
  it("accepts the route of the people that it names", () => {
    const judged = judge(world([people.freya]), [owners, accepted]);
    expect(verdictOf(judged, "fl-break-glass")).toMatchObject({ verdict: "accepted", exception: accepted });
    expect(exitCodeOf(judged)).toBe(0);
  });

  it("accepts nothing of another stack, and is not idle there", () => {
    const elsewhere = judge(world([people.freya]), [owners, { ...accepted, stack: "prod-azuredevops" }]);
    expect(verdictOf(elsewhere, "fl-break-glass")?.verdict).toBe("unreviewed");
    expect(elsewhere.idle).toEqual([]);
    const here = judge(world([people.freya]), [owners, { ...accepted, stack: "prod" }]);
    expect(exitCodeOf(here)).toBe(0);
  });

  it("accepts nobody who came into the group later, and says how to take them out", () => {
    const judged = judge(world([people.freya, "inner"], [people.emre]), [owners, accepted]);
    expect(verdictOf(judged, "fl-break-glass")).toMatchObject({
      verdict: "unreviewed",
      strangers: [{ name: "emre" }],
      close: [`az ad group member remove --group inner --member-id ${people.emre}`],
    });
    expect(exitCodeOf(judged)).toBe(7);
  });

  it("knows people and routes by id too", () => {
    const named = { ...accepted, who: `entra ${breakGlass}`, people: [people.freya.toUpperCase()] };
    expect(verdictOf(judge(world([people.freya]), [owners, named]), "fl-break-glass")?.verdict).toBe("accepted");
  });

  it("accepts no other right of the same people", () => {
    const more = changed((draft) => {
      Object.assign(draft, structuredClone(world([people.freya])));
      draft.azure.assignments.push(assignment(breakGlass, "AzureML Data Scientist", workspace));
    });
    const verdicts = judge(more, [owners, accepted]).routes.filter(({ who }) => who.name === "fl-break-glass");
    expect(verdicts.map(({ verdict, through }) => [verdict, through.evidence.what])).toEqual([
      ["unreviewed", "AzureML Data Scientist on aml-fl-prod"],
      ["accepted", accepted.through],
    ]);
  });

  it("tells which of them accept nothing any more", () => {
    expect(judge(cleanWorld(), [owners, accepted]).idle).toEqual([accepted]);
  });

  it("accepts a gate that does not hold, by its name", () => {
    const open = opened["no reviewer of production's runs"]!;
    const kept = { ...accepted, who: open.who, through: "the environment prod has no reviewer", people: [] };
    expect(exitCodeOf(judge(changed(open.edit), [owners]))).toBe(7);
    expect(exitCodeOf(judge(changed(open.edit), [owners, kept]))).toBe(0);
  });

  it("does not turn what nobody could tell into an answer", () => {
    const blind = { ...world([people.freya]), unknown: [{ what: "who reads this", why: "no right" }] };
    expect(exitCodeOf(judge(blind, [owners, accepted]))).toBe(1);
  });

  it("keeps the way of its own group open to nobody else: whoever may join it is a route", () => {
    const owned = changed((draft) => {
      Object.assign(draft, structuredClone(world([people.freya])));
      draft.directory.groups[breakGlass]!.owners = [people.emre];
    });
    expect(verdictOf(judge(owned, [owners, accepted]), "emre")).toMatchObject({
      verdict: "unreviewed",
      close: [`az ad group owner remove --group ${breakGlass} --owner-object-id ${people.emre}`],
    });
  });
});

describe("audit.exceptions.yaml", () => {
  it("may be empty", () => {
    expect([readExceptions(""), readExceptions("exceptions: []")]).toEqual([[], []]);
  });

  it("tells every problem at once", () => {
    const text = `
exceptions:
  - who: fl-break-glass
    through: Owner on the subscription
    reason: ""
    owner: freya
    expires: next year
    peple: [freya]
  - { who: a, through: b, reason: c, owner: d, expires: 2027-06-30, people: [] }
`;
    expect(() => readExceptions(text)).toThrow(Refusal);
    expect(() => readExceptions(text)).toThrowErrorMatchingInlineSnapshot(`
      [Error: audit.exceptions.yaml has 4 problems; nothing was changed:

        exceptions[0].reason
          needs  why it is kept
          fix    write it in audit.exceptions.yaml

        exceptions[0].expires
          needs  the last day on which it counts, as 2027-06-30
          fix    write it in audit.exceptions.yaml

        exceptions[0].peple
          needs  a key that exists here; this one does not, did you mean people?
          fix    take it out of audit.exceptions.yaml

        exceptions[1].people
          needs  at least one person, or no list
          fix    write it in audit.exceptions.yaml
      ]
    `);
    const twice = [1, 2].map(() => "  - { who: a, through: b, reason: c, owner: d, expires: 2027-06-30 }").join("\n");
    expect(() => readExceptions(`exceptions:\n${twice}`)).toThrow("exceptions[1]");
    expect(() => readExceptions("exceptions: none")).toThrow("needs  a list");
  });

  it("does not take a day that there is not", () => {
    const entry = "{ who: a, through: b, reason: c, owner: d, expires: 2027-02-30 }";
    expect(() => readExceptions(`exceptions: [${entry}]`)).toThrow("exceptions[0].expires");
  });
});

it("is not needed where nothing is open", () => {
  expect(exitCodeOf(judge(changed(grant(people.emre, "Reader", subscription)), [owners]))).toBe(0);
});
