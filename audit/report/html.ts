/** One page that stands by itself: the answer, the routes as a picture, and each of them in words. Nothing is loaded. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { controls } from "../../facts/controls";
import type { Judged, Judgement } from "../judge";
import { verdicts } from "../judge";
import { mostDrawn, picture } from "./picture";
import { acceptance, advice, answer, begins, counted, entry, question, undeclared, verdictWords } from "./words";

export async function htmlReport(judgement: Judgement): Promise<string> {
  const { stack, at, declared, routes, unknown, idle } = judgement;
  const svg = routes.length === 0 ? "" : await picture(routes);
  const [open] = routes.filter(({ verdict }) => verdict === "unreviewed");
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
        />
        <title>${question} ${stack}</title>
        <style>
          ${safe(file("page.css"))}
        </style>
      </head>
      <body>
        <header>
          <p class="eyebrow">${question}</p>
          <h1 class="${worst(judgement)}">${answer(judgement)}</h1>
          <p class="when">
            ${declared ? `Stack ${stack}. ${undeclared}` : `Stack ${stack}, as it stood on ${when(at)}.`}
          </p>
        </header>
        <nav aria-label="Filter">
          ${safe(verdicts.map((verdict) => toggle(verdict, routes)).join(""))}
          <input id="search" type="search" placeholder="a name, a right, a control …" aria-label="Search the routes" />
        </nav>
        <main>
          ${safe(unknowns(unknown))}
          <figure id="picture" tabindex="0" aria-label="The routes as a graph">
            ${safe(svg)}
            <figcaption>
              People on the left, production on the right.
              ${routes.length > mostDrawn ? `The first ${mostDrawn} of ${counted(routes.length, "route")} are drawn.` : ""}
              A dashed line should be a gate, and is none.
            </figcaption>
          </figure>
          <ol id="routes">
            ${safe(routes.map((route, number) => card(route, number, at)).join(""))}
          </ol>
          <p id="none" hidden>No route fits.</p>
          ${safe(
            open === undefined
              ? ""
              : html`<section>
                  <h2>Accept a route</h2>
                  <p>${acceptance}</p>
                  <pre>${entry(open)}</pre>
                </section>`,
          )}
          ${safe(
            idle.length === 0
              ? ""
              : html`<section>
                  <h2>Exceptions that accept no route any more</h2>
                  <ul>
                    ${safe(idle.map(({ who, through }) => html`<li>${who}: ${through}</li>`).join(""))}
                  </ul>
                </section>`,
          )}
        </main>
        <script>
          ${safe(file("page.js"))};
        </script>
      </body>
    </html>`;
}

function toggle(verdict: Judged["verdict"], routes: readonly Judged[]): string {
  const count = routes.filter((route) => route.verdict === verdict).length;
  return html`<button
    class="${verdict} ${count === 0 ? "none" : "some"}"
    type="button"
    data-verdict="${verdict}"
    aria-pressed="true"
  >
    <strong>${count}</strong> ${verdictWords[verdict]}
  </button>`;
}

function unknowns(unknown: Judgement["unknown"]): string {
  if (unknown.length === 0) return "";
  const items = unknown.map(({ what, why }) => html`<li><strong>${what}</strong>: ${why}</li>`).join("");
  return html`<section class="unknown">
    <h2>Not known, so that nothing here says that production is closed</h2>
    <ul>
      ${safe(items)}
    </ul>
  </section>`;
}

/** Further ones are opened by a click. */
const mostOpen = 12;

function card(route: Judged, number: number, at: string): string {
  const { verdict, steps, control, close, who } = route;
  const chain = steps
    .map(
      ({ can, where, evidence, gate }) =>
        html`<li class="${gate ?? "plain"}">
          <span class="can">${can}</span><span class="where">${where}</span><small>${evidence.what}</small>
        </li>`,
    )
    .join("");
  const people = who.kind === "group" && who.people !== undefined ? who.people.map(({ name }) => name).join(", ") : "";
  const words = advice(route, at).filter((line) => !line.startsWith("close ") && !line.startsWith("breaks "));
  return html`<li class="route ${verdict}" id="route-${number}" data-verdict="${verdict}">
    <details ${verdict === "unreviewed" && number < mostOpen ? "open" : ""}>
      <summary>
        <span class="verdict">${verdictWords[verdict]}</span>
        <span class="who">${begins(route)}</span>
        <span class="by">${route.through.evidence.what}</span>
      </summary>
      <ol class="chain">
        ${safe(chain)}
      </ol>
      ${safe(people === "" ? "" : html`<p class="people">${people}</p>`)}
      ${safe(
        control === undefined || verdict !== "unreviewed"
          ? ""
          : html`<p class="promise"><code>${control}</code> ${controls[control].promise}</p>`,
      )}
      ${safe(words.map((line) => html`<p>${line}</p>`).join(""))}
      ${safe(close.map((line) => html`<pre class="close">${line}</pre>`).join(""))}
    </details>
  </li>`;
}

function worst({ routes, unknown }: Judgement): string {
  const found = verdicts.find((verdict) => routes.some((route) => route.verdict === verdict)) ?? "reviewed";
  return found !== "unreviewed" && unknown.length > 0 ? "unknown" : found;
}

const when = (at: string) => `${at.slice(0, 10)}, ${at.slice(11, 16)} UTC`;

const file = (name: string) => readFileSync(join(__dirname, name), "utf8");

/** Text that is markup already. */
class Safe {
  constructor(readonly markup: string) {}
}

const safe = (markup: string) => new Safe(markup);

/** Markup in which every value is text. */
function html(parts: TemplateStringsArray, ...values: readonly (string | number | Safe)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => (value instanceof Safe ? value.markup : escaped(value))));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (value: string | number) => String(value).replace(/[&<>"']/g, (character) => entities[character] ?? "");
