// Hides what does not fit the chosen verdicts and words, in the list and in the picture.
const cards = [...document.querySelectorAll(".route")];
const buttons = [...document.querySelectorAll("[data-verdict][aria-pressed]")];
const search = document.getElementById("search");
const parts = [...document.querySelectorAll("#picture .node, #picture .edge")].map((part) => ({
  part,
  routes: [...part.classList].filter((name) => name.startsWith("route-")),
}));

/** Shows the routes with these ids in the picture. */
function draw(ids) {
  for (const { part, routes } of parts) part.classList.toggle("gone", !routes.some((id) => ids.has(id)));
}

function shown() {
  return new Set(cards.filter((card) => !card.hidden).map(({ id }) => id));
}

function filter() {
  const verdicts = buttons.filter((button) => button.ariaPressed === "true").map(({ dataset }) => dataset.verdict);
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const card of cards) {
    const text = card.textContent.toLowerCase();
    card.hidden = !verdicts.includes(card.dataset.verdict) || !words.every((word) => text.includes(word));
  }
  document.getElementById("none").hidden = cards.some((card) => !card.hidden);
  draw(shown());
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    button.ariaPressed = button.ariaPressed === "true" ? "false" : "true";
    filter();
  });
}
search.addEventListener("input", filter);

for (const card of cards) {
  card.addEventListener("mouseenter", () => draw(new Set([card.id])));
  card.addEventListener("mouseleave", () => draw(shown()));
}

for (const { part, routes } of parts) {
  part.addEventListener("mouseenter", () => {
    for (const card of cards) card.classList.toggle("lit", routes.includes(card.id));
  });
  part.addEventListener("mouseleave", () => {
    for (const card of cards) card.classList.remove("lit");
  });
}
