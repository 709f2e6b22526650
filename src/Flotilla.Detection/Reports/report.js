const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const page = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("page")).textContent ?? "");
/** @type {string[]} */
const detectors = page.detectors;
const chooser = /** @type {HTMLSelectElement} */ (document.getElementById("detector"));
const filter = /** @type {HTMLInputElement} */ (document.getElementById("filter"));
const shown = /** @type {HTMLOutputElement} */ (document.getElementById("shown"));

/** A series on the page. Its data is read and drawn when it comes into view. */
class Card {
  /**
   * @param {HTMLElement} article
   * @param {number} index
   */
  constructor(article, index) {
    this.article = article;
    this.index = index;
    this.name = (article.dataset.series ?? "").toLowerCase();
    this.figure = /** @type {HTMLElement | null} */ (article.querySelector("figure"));
    this.data = article.querySelector("script.data");
    this.chosen = detectors[0];
    /** @type {Chart | null} */
    this.chart = null;
  }

  draw() {
    if (this.chart || !this.figure || !this.data) return;
    const series = readSeries(this.data.textContent ?? "");
    this.chart = new Chart(this.figure, series, detectors, (name) => this.show(name));
    this.figure.style.minHeight = "";
    this.chart.show(this.chosen);
    this.say();
  }

  /** @param {string} name */
  show(name) {
    this.chosen = name;
    this.chart?.show(name);
    this.say();
  }

  /** The sentence above the picture; before it is drawn nobody sees it. */
  say() {
    if (!this.chart) return;
    const [who, what] = ["who", "what"].map((part) => this.article.querySelector(`.${part}`));
    if (who) who.textContent = this.chosen;
    if (what) what.textContent = this.chart.detector?.summary ?? "did not judge this series.";
  }
}

const cards = [...main.querySelectorAll("article")].map((article, index) => new Card(/** @type {HTMLElement} */ (article), index));
const cardOf = new Map(cards.map((card) => [/** @type {Element} */ (card.article), card]));

/**
 * Puts a detector's marks on every series, and the series that it does worst on first.
 * @param {string} name
 */
function choose(name) {
  chooser.value = name;
  for (const button of document.querySelectorAll(".summary button")) button.setAttribute("aria-pressed", String(button.textContent === name));
  const badness = page.badness[detectors.indexOf(name)];
  const worst = [...cards].sort((a, b) => {
    for (let i = 0; i < 3; i++) {
      const difference = badness[b.index][i] - badness[a.index][i];
      if (difference !== 0) return difference;
    }
    return a.index - b.index;
  });
  main.append(...worst.map((card) => card.article));
  for (const card of cards) card.show(name);
}

function applyFilter() {
  const part = filter.value.trim().toLowerCase();
  let count = 0;
  for (const card of cards) {
    card.article.hidden = !card.name.includes(part);
    if (!card.article.hidden) count++;
  }
  shown.textContent = part ? `${count} of ${cards.length} series` : "";
}

function start() {
  for (const hidden of document.querySelectorAll(".tools, .help")) hidden.removeAttribute("hidden");
  for (const cell of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-choose]"))) {
    const name = cell.dataset.choose ?? "";
    const button = element("button", "", undefined, name);
    button.setAttribute("type", "button");
    button.setAttribute("aria-pressed", String(name === detectors[0]));
    button.addEventListener("click", () => choose(name));
    const rest = (cell.textContent ?? "").slice(name.length);
    cell.replaceChildren(button, rest);
  }
  chooser.addEventListener("change", () => choose(chooser.value));
  filter.addEventListener("input", applyFilter);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target === filter) return;
    event.preventDefault();
    filter.focus();
  });

  const viewing = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      viewing.unobserve(target);
      cardOf.get(target)?.draw();
    }
  }, { rootMargin: "800px 0px" });
  const resizing = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const chart = cardOf.get(/** @type {Element} */ (target.closest("article")))?.chart;
      if (chart && target.clientWidth > 0 && target.clientWidth !== chart.drawn) chart.draw();
    }
  });
  for (const card of cards) {
    if (!card.figure || !card.data) continue;
    card.figure.style.minHeight = `${Chart.height(detectors.length, "scored" in card.figure.dataset)}px`;
    viewing.observe(card.article);
    resizing.observe(card.figure);
  }
  addEventListener("beforeprint", () => cards.forEach((card) => card.draw()));
}

start();
