/** What people, machines and browsers are told. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { judge, type Judgement } from "../../audit/judge";
import { htmlReport } from "../../audit/report/html";
import { jsonReport } from "../../audit/report/json";
import { textReport } from "../../audit/report/text";
import { opened } from "../support/opened";
import { assignment, changed, cleanWorld, owners, people, subscription } from "../support/world";

const ways = [
  ...["a Contributor of the subscription", "no reviewer of production's runs", "a secret of the pipeline"],
  ...["somebody who pushes images", "an Application Administrator", "a deploy key that writes"],
];
const openWorld = changed((world) => {
  for (const way of ways) opened[way]!.edit(world);
});
const open = judge(openWorld, [owners]);

describe("the text", () => {
  it("has one line a route, and what closes each open one", () => {
    const text = stripVTControlCharacters(textReport(open));
    expect(text).toContain("6 routes into prod pass no review.");
    expect(text.match(/^\| (unreviewed|accepted|reviewed) /gm)).toHaveLength(open.routes.length);
    expect(text.match(/^\| refused /gm)).toHaveLength(open.refusals.length);
    for (const { close } of open.routes) for (const command of close) expect(text).toContain(`close    ${command}`);
    expect(text).toContain("audit.exceptions.yaml");
  });

  it("says of a closed production that only reviewed code runs, and what is accepted", () => {
    expect(textReport(judge(cleanWorld(), [owners]))).toMatch(
      /^Only reviewed code runs in prod, but for 1 route that is accepted\.$/m,
    );
  });

  it("never says so where something is unknown", () => {
    const unknown = [{ what: "who may write to fl-experiments", why: "HTTP 403" }];
    const text = textReport(judge({ ...cleanWorld(), unknown }, [owners]));
    expect(text).toContain("Could not tell: 1 thing about prod is unknown.");
    expect(text).toContain("  who may write to fl-experiments: HTTP 403");
    expect(text).not.toContain("Only reviewed code");
  });

  it("tells of exceptions that have expired or accept nothing any more", () => {
    const past = { ...owners, expires: "2026-11-24" };
    const gone = { ...owners, who: "nobody", expires: "2026-01-01" };
    const text = stripVTControlCharacters(textReport(judge(cleanWorld(), [past, gone])));
    expect(text).toContain("its exception expired on 2026-11-24");
    expect(text).toContain("nobody: owner of the organisation contoso-fl, expired on 2026-01-01");
  });
});

describe("the JSON", () => {
  it("has every route with its verdict, and the code that the command ends with", () => {
    const told = JSON.parse(jsonReport(open)) as {
      exitCode: number;
      routes: { verdict: string; control?: string; close?: string[]; who: { name: string } }[];
    };
    expect(told.exitCode).toBe(7);
    expect(told.routes.map(({ verdict, who }) => [verdict, who.name])).toEqual(
      open.routes.map(({ verdict, who }) => [verdict, who.name]),
    );
    expect(told.routes[0]).toMatchObject({ control: "audit-rights", close: [expect.stringContaining("az role")] });
  });
});

const browserAt = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

describe.runIf(browserAt !== undefined)("the page in a browser", () => {
  const directory = mkdtempSync(join(tmpdir(), "federated-mlops-page-"));
  let browser: Browser | undefined;
  const trouble: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserAt ?? "", args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true });
  });

  async function show(judgement: Judgement): Promise<Page> {
    const file = join(directory, "page.html");
    writeFileSync(file, await htmlReport(judgement));
    const page = await browser!.newPage();
    trouble.length = 0;
    page.on("console", (message) => trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("request", (request) => {
      if (request.url() !== `file://${file}`) trouble.push(request.url());
    });
    await page.goto(`file://${file}`);
    return page;
  }

  it("shows every route in words and as a picture, and asks the network for nothing", async () => {
    const page = await show(open);
    expect(await page.locator("h1").textContent()).toBe("6 routes into prod pass no review.");
    expect(await page.locator(".route:visible").count()).toBe(open.routes.length);
    for (const at of open.routes.keys()) {
      expect(await page.locator(`#picture .node.route-${at}:visible`).count()).toBeGreaterThan(1);
    }
    expect(trouble).toEqual([]);
  });

  it("has people on the left, production on the right, and open routes in front", async () => {
    const page = await show(open);
    const boxes = async (selector: string) => {
      const found = await Promise.all((await page.locator(selector).all()).map((node) => node.boundingBox()));
      return found.flatMap((box) => (box === null ? [] : [{ ...box, right: box.x + box.width }]));
    };
    const [who, ends, all] = [await boxes(".node.who"), await boxes(".node.end"), await boxes(".node")];
    const right = Math.max(...who.map((box) => box.right));
    const left = Math.min(...ends.map(({ x }) => x));
    expect(all.filter((box) => box.x > right && box.right < left)).toHaveLength(all.length - who.length - ends.length);
    const [worst, best] = [await boxes(".node.who.unreviewed"), await boxes(".node.who.reviewed")];
    expect(Math.max(...worst.map(({ y }) => y))).toBeLessThan(Math.min(...best.map(({ y }) => y)));
    expect(await page.locator(".route").first().getAttribute("class")).toContain("unreviewed");
  });

  it("keeps every label inside of its node", async () => {
    const page = await show(open);
    // In the browser's words: TypeScript knows no document here.
    const outside = await page.evaluate(`[...document.querySelectorAll("#picture .node")].filter((node) => {
      const shape = node.querySelector("path").getBoundingClientRect();
      return [...node.querySelectorAll("text")]
        .map((text) => text.getBoundingClientRect())
        .some(({ left, right }) => left < shape.left || right > shape.right);
    }).length`);
    expect(outside).toBe(0);
  });

  it("filters by verdict and by words, in the list and in the picture", async () => {
    const page = await show(open);
    await page.locator("button.unreviewed").click();
    expect(await page.locator(".route.unreviewed:visible").count()).toBe(0);
    expect(await page.locator(".route:visible").count()).toBe(2);
    expect(await page.locator("#picture .node.who.unreviewed:not(.gone)").count()).toBe(0);
    await page.locator("button.unreviewed").click();
    await page.locator("#search").fill("emre acrpush");
    expect(await page.locator(".route:visible").count()).toBe(1);
    await page.locator("#search").fill("nobody at all");
    expect(await page.locator("#none").isVisible()).toBe(true);
    expect(trouble).toEqual([]);
  });

  it("is light and dark", async () => {
    const page = await show(open);
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    await page.emulateMedia({ colorScheme: "light" });
    const light = await ground();
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await ground()).not.toBe(light);
  });

  it("takes names for text, whatever they are", async () => {
    const names = ["<script>alert(1)</script>", `"' onload=x &amp; \\N \\G`, "</style><b>", "${x} `y`", "é — 日本"];
    const world = changed((draft) => {
      names.forEach((name, at) => {
        draft.directory.people[`id${at}`] = name;
        draft.azure.assignments.push(assignment(`id${at}`, "Owner", subscription));
      });
      draft.directory.people[people.amina] = names[0]!;
    });
    const page = await show(judge(world, [owners]));
    const told = await page.locator(".route .who").allTextContents();
    for (const name of names) expect(told).toContain(name);
    const drawn = (await page.locator("#picture .node.who").allTextContents()).map((text) => text.replace(/\s+/g, ""));
    for (const name of names) expect(drawn).toContain(name.replace(/\s+/g, ""));
    expect(trouble).toEqual([]);
  });

  it("stands where there is no route at all", async () => {
    const nothing = changed((world) => {
      world.azure.assignments = [];
      world.github!.organisation.owners = [];
    });
    const page = await show(judge(nothing, []));
    expect(await page.locator("h1").textContent()).toBe("Only reviewed code runs in prod.");
    expect(trouble).toEqual([]);
  });
});
