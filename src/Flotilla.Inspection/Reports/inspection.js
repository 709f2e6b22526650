const form = /** @type {HTMLFormElement | null} */ (document.getElementById("filter"));
const shown = /** @type {HTMLOutputElement | null} */ (document.getElementById("shown"));
const nothing = /** @type {HTMLElement | null} */ (document.getElementById("nothing"));
const words = /** @type {HTMLInputElement | null} */ (document.getElementById("words"));
const choices = ["severity", "tool", "code"].map((name) => ({ name, select: /** @type {HTMLSelectElement | null} */ (document.getElementById(name)) }));

const files = [...document.querySelectorAll("details.file")].map((element) => {
  const details = /** @type {HTMLDetailsElement} */ (element);
  return {
    details,
    path: (details.dataset.path ?? "").toLowerCase(),
    count: details.querySelector(".count"),
    findings: [...details.querySelectorAll("li.finding")].map((item) => /** @type {HTMLElement} */ (item)),
  };
});

/** The text of findings in lower case, kept as it is searched at each key.
 * @type {Map<HTMLElement, string>} */
const textOf = new Map();

/** @param {HTMLElement} finding */
function text(finding) {
  let known = textOf.get(finding);
  if (known === undefined) {
    known = (finding.querySelector(".message")?.textContent ?? "").toLowerCase();
    textOf.set(finding, known);
  }
  return known;
}

/** @param {number} count */
const number = (count) => count.toLocaleString("en");

/** Shows the findings that all fields of the form let through. */
function filter() {
  const sought = (words?.value ?? "").trim().toLowerCase();
  const wanted = choices.filter((choice) => choice.select?.value);
  let all = 0;
  let left = 0;
  for (const file of files) {
    const inPath = file.path.includes(sought);
    let count = 0;
    for (const finding of file.findings) {
      const fits = wanted.every((choice) => finding.dataset[choice.name] === choice.select?.value) && (inPath || text(finding).includes(sought));
      finding.hidden = !fits;
      if (fits) count += 1;
    }
    file.details.hidden = count === 0;
    if (file.count) file.count.textContent = String(count);
    all += file.findings.length;
    left += count;
  }
  if (shown) shown.textContent = left === all ? `${number(all)} findings` : `${number(left)} of ${number(all)} findings`;
  if (nothing) nothing.hidden = left > 0;
}

if (form) {
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  filter();
}
