/** Each way in that somebody may open on Azure DevOps: the audit finds it, names the promise that it breaks, and how to close it. */
import { describe, expect, it } from "vitest";

import { exitCodeOf, exitCodes, judge, type Judged } from "../../audit/judge";
import { controls } from "../../facts/controls";
import type { Edit } from "../support/opened";
import {
  allowOnMain,
  foundOnAzureDevOps,
  newsOnAzureDevOps,
  onDevOps,
  onProject,
  openedOnAzureDevOps,
  writers,
} from "../support/openedOnAzureDevOps";
import { administrators, changedOnAzureDevOps } from "../support/worldOnAzureDevOps";

describe("the audit of a gate on Azure DevOps", () => {
  it("finds who writes code, who writes the template, and the administrator who is accepted", () => {
    const { routes, unknown, idle } = judge(changedOnAzureDevOps(), [administrators]);
    expect(routes.map(({ verdict, who }) => [verdict, who.name])).toEqual([
      ["accepted", "freya"],
      ["reviewed", writers],
      ["reviewed", `${writers}-pipelines`],
    ]);
    expect(routes.map(({ steps }) => steps.at(-1)?.can)).toEqual(["submits jobs", "submits jobs", "submits jobs"]);
    expect([...unknown, ...idle]).toEqual([]);
  });

  for (const [what, open] of Object.entries(openedOnAzureDevOps)) {
    it(`finds ${what}`, () => {
      const route = foundOnAzureDevOps(open);
      expect(route, JSON.stringify(route)).not.toBeTypeOf("string");
      expect((route as Judged).close.join("\n")).toContain(open.close);
      expect(controls[open.control].threats).toContain(open.threat);
    });
  }

  it("says what the gate refuses, and only while it does", () => {
    const refused = (edit: Edit = () => undefined) =>
      judge(changedOnAzureDevOps(edit), [administrators]).refusals.map(({ who, what }) => `${who.name} ${what}`);
    const push = `${writers} pushes to main, or merges alone`;
    const branch = `${writers} runs a pipeline of another branch with federated-mlops-prod`;
    expect(refused()).toEqual(expect.arrayContaining([push, branch]));
    expect(refused(openedOnAzureDevOps["who pushes past policies"]!.edit)).not.toContain(push);
    expect(refused(openedOnAzureDevOps["approvals that stay"]!.edit)).not.toContain(push);
    expect(refused(openedOnAzureDevOps["no branch control"]!.edit)).not.toContain(branch);
  });

  it("says nothing of what is no way in", () => {
    const harmless: Edit[] = [
      // A denial of theirs stands in the same list, or in a nearer one.
      onProject(({ repositories }) => {
        const [, own, above] = repositories[0]!.branches[0]!.access;
        own!.entries.push({ subject: "aad.emre", allow: ["PolicyExempt"], deny: [] });
        above!.entries.push({ subject: "vssgp.builders", allow: ["PolicyExempt"], deny: [] });
      }),
      allowOnMain("aadgp.release", "GenericContribute", "ForcePush"),
      onDevOps(({ subjects }) => {
        // Named like the group that administers, and another one.
        subjects["vssgp.lookalike"] = { name: "Project Administrators", kind: "group", members: ["aad.emre"] };
      }),
      onProject(({ gate, connections }) => {
        gate!.checks.branches.push({ id: "9", allowed: ["*"], verifies: false, ignoresUnknown: true });
        connections.push({ id: "10", name: "theirs", issuer: "https://elsewhere", subject: "/eid1/theirs" });
      }),
    ];
    const world = changedOnAzureDevOps((draft) => {
      for (const edit of harmless) edit(draft);
    });
    expect(newsOnAzureDevOps(world).map(({ who, through }) => [who.name, through.evidence.what])).toEqual([]);
  });

  it("takes what it was not shown for unknown, never for reviewed", () => {
    const hidden: Record<string, Edit> = {
      "who is in Project Administrators": onDevOps(({ subjects }) => {
        subjects["vssgp.administrators"]!.members = undefined;
      }),
      "who stranger.1 is": allowOnMain("stranger.1", "PolicyExempt"),
    };
    for (const [what, edit] of Object.entries(hidden)) {
      const world = changedOnAzureDevOps((draft) => {
        draft.azureDevOps!.subjects["stranger.1"] = { name: "stranger.1", kind: "stranger" };
        edit(draft);
      });
      const judgement = judge(world, [administrators]);
      expect(judgement.unknown.map((one) => one.what)).toContain(what);
      expect(exitCodeOf(judgement)).not.toBe(exitCodes.clean);
    }
  });

  it("does not call production closed where the connection was not found", () => {
    const judgement = judge(
      changedOnAzureDevOps(
        onProject((project) => {
          project.gate = undefined;
        }),
      ),
      [administrators],
    );
    expect(exitCodeOf(judgement)).toBe(exitCodes.unreviewed);
  });
});
