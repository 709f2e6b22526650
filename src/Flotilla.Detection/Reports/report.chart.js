const TOP = 18;
const LINE = 150;
const SCORE_GAP = 12;
const SCORE = 48;
const AXIS = 20;
const RIGHT = 10;

/** The picture of one series, and what one can do with it. */
class Chart {
  /**
   * @param {HTMLElement} figure
   * @param {Series} series
   * @param {string[]} order The page's detectors.
   * @param {(name: string) => void} choose Called when a lane is chosen.
   */
  constructor(figure, series, order, choose) {
    this.figure = figure;
    this.series = series;
    this.choose = choose;
    this.id = `c${(Chart.count += 1)}`;
    /** @type {[number, number] | null} */
    this.zoom = null;
    this.cursor = -1;
    this.chosen = order[0];
    this.drawn = 0;
    this.readout = element("p", "readout", figure);
    this.readout.setAttribute("aria-live", "polite");
    this.plot = element("div", "plot", figure);
    this.plot.tabIndex = 0;
    this.plot.setAttribute("role", "application");
    this.plot.setAttribute("aria-roledescription", "chart");
    this.plot.setAttribute("aria-label", `${series.path}: arrows walk over the points, A over the anomalies, + and − zoom, 0 shows all`);
    this.whole = /** @type {HTMLButtonElement} */ (element("button", "whole", figure, "Show all"));
    this.whole.type = "button";
    this.whole.hidden = true;
    this.whole.addEventListener("click", () => this.zoomTo(null));
    this.lanes = series.detectors.length > 1 ? element("div", "lanes", figure) : null;
    this.listen();
  }

  static count = 0;

  /** The height of a picture before it is drawn, so that nothing moves when it is. */
  static height(/** @type {number} */ detectors, /** @type {boolean} */ scores) {
    return TOP + LINE + AXIS + (scores ? SCORE_GAP + SCORE : 0) + 24 + (detectors > 1 ? detectors * 20 + 8 : 0);
  }

  get detector() {
    return this.series.detectors.find((each) => each.name === this.chosen);
  }

  /** @param {string} name */
  show(name) {
    this.chosen = name;
    this.draw();
  }

  draw() {
    const { series, detector } = this;
    this.drawn = this.figure.clientWidth;
    this.narrow = this.drawn < 560;
    const gutter = this.narrow ? 64 : 200;
    const width = Math.max(this.drawn - gutter - RIGHT, 50);
    const scores = series.detectors.some((each) => each.levels !== null);
    const scoreTop = TOP + LINE + SCORE_GAP;
    const bottom = scores ? scoreTop + SCORE : TOP + LINE;
    const [from, to] = this.zoom ?? this.extent();
    /** @type {Scale} */
    const scale = { left: gutter, width, top: TOP, height: LINE, from, to, low: 0, high: 1 };
    [scale.low, scale.high] = valueRange(series, scale);
    this.scale = scale;
    this.bottom = bottom;

    const root = svg("svg", { viewBox: `0 0 ${this.drawn} ${bottom + AXIS}`, "aria-hidden": "true" });
    for (const key of /** @type {(keyof Scale)[]} */ (Object.keys(scale))) root.setAttribute(`data-${key}`, String(scale[key]));
    this.define(root, bottom);
    drawEvents(series, detector, scale, bottom, `${this.id}h`, root);
    this.drawAxes(root, bottom);
    if (scores) this.drawScore(root, scoreTop);
    const clip = svg("g", { "clip-path": `url(#${this.id}c)` }, root);
    svg("path", { class: "line", d: linePath(series, scale, (i) => yOf(scale, series.values[i])) }, clip);
    if (detector) drawMarks(series, detector, scale, svg("g", { class: "marks" }, root));
    this.pointer = svg("g", { class: "pointer", visibility: "hidden" }, root);
    svg("line", { y1: TOP, y2: bottom }, this.pointer);
    svg("circle", { r: 4 }, this.pointer);
    this.band = svg("rect", { class: "band", y: TOP, height: bottom - TOP, visibility: "hidden" }, root);
    this.plot.replaceChildren(root);
    this.whole.hidden = this.zoom === null;
    if (this.lanes) this.drawLanes(this.lanes, scale);
    if (this.cursor >= 0) this.point(this.cursor);
  }

  /** All times of the series, with air to both sides. */
  extent() {
    let [from, to] = [Infinity, -Infinity];
    for (const time of this.series.times) {
      if (time < from) from = time;
      if (time > to) to = time;
    }
    const air = (to - from) / 100 || 500;
    return [from - air, to + air];
  }

  /**
   * @param {Element} root
   * @param {number} bottom
   */
  define(root, bottom) {
    const { left, width } = /** @type {Scale} */ (this.scale);
    const defs = svg("defs", {}, root);
    const hatch = svg("pattern", { id: `${this.id}h`, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, defs);
    svg("line", { class: "hatch", x1: 0, y1: 0, x2: 0, y2: 7 }, hatch);
    svg("rect", { x: left, y: TOP - 2, width, height: bottom - TOP + 4 }, svg("clipPath", { id: `${this.id}c` }, defs));
    const limit = TOP + LINE + SCORE_GAP;
    this.over = svg("rect", { x: left, y: limit - 1, width, height: SCORE }, svg("clipPath", { id: `${this.id}o` }, defs));
  }

  /**
   * @param {Element} root
   * @param {number} bottom
   */
  drawAxes(root, bottom) {
    const scale = /** @type {Scale} */ (this.scale);
    for (const value of valueTicks(scale.low, scale.high, 5)) {
      const y = yOf(scale, value).toFixed(1);
      svg("line", { class: "grid", x1: scale.left, x2: scale.left + scale.width, y1: y, y2: y }, root);
      svg("text", { class: "tick value", x: scale.left - 8, y: Number(y) + 4 }, root).textContent = valueText(value);
    }
    svg("line", { class: "axis", x1: scale.left, x2: scale.left + scale.width, y1: bottom, y2: bottom }, root);
    for (const { at, text } of timeTicks(scale.from, scale.to, Math.max(scale.width / 90, 2))) {
      const x = xOf(scale, at).toFixed(1);
      svg("line", { class: "axis", x1: x, x2: x, y1: bottom, y2: bottom + 4 }, root);
      svg("text", { class: "tick", x, y: bottom + 16 }, root).textContent = text;
    }
  }

  /**
   * The scores: up to the limit as they are, above it each line is ten times more.
   * @param {Element} root
   * @param {number} top
   */
  drawScore(root, top) {
    const { series, detector } = this;
    const scale = /** @type {Scale} */ (this.scale);
    svg("text", { class: "tick value name", x: scale.left - 8, y: top + SCORE }, root).textContent = "score";
    const levels = detector?.levels;
    if (!levels) return;
    let most = LIMIT;
    for (const level of levels) if (level !== MISSING && level > most) most = level;
    const bands = Math.max(Math.ceil(most / LIMIT), 2);
    const height = (/** @type {number} */ level) => top + SCORE * (1 - level / (bands * LIMIT));
    this.over?.setAttribute("height", String(height(LIMIT) - top + 1));
    for (let band = 1; band < bands + (most === bands * LIMIT ? 1 : 0); band++) {
      const y = height(band * LIMIT).toFixed(1);
      svg("line", { class: band === 1 ? "limit" : "grid", x1: scale.left, x2: scale.left + scale.width, y1: y, y2: y }, root);
      if (band <= 1 || band === bands - 1) svg("text", { class: "tick value", x: scale.left - 8, y: Number(y) + 4 }, root).textContent = String(10 ** (band - 1));
    }
    const path = linePath(series, scale, (i) => (levels[i] === MISSING ? NaN : height(levels[i])));
    const clip = svg("g", { "clip-path": `url(#${this.id}c)` }, root);
    svg("path", { class: "score", d: path }, clip);
    svg("path", { class: "score over", d: path, "clip-path": `url(#${this.id}o)` }, clip);
  }

  /**
   * A lane for each detector, with a tick at every anomaly.
   * @param {HTMLElement} lanes
   * @param {Scale} scale
   */
  drawLanes(lanes, scale) {
    const focused = lanes.contains(document.activeElement) ? document.activeElement?.getAttribute("data-detector") : null;
    lanes.replaceChildren(...this.series.detectors.map((detector) => {
      const lane = /** @type {HTMLButtonElement} */ (element("button", this.narrow ? "lane narrow" : "lane"));
      lane.type = "button";
      lane.dataset.detector = detector.name;
      lane.title = `${detector.name}: ${detector.summary}`;
      lane.setAttribute("aria-pressed", String(detector.name === this.chosen));
      lane.setAttribute("aria-label", lane.title);
      element("span", "name", lane, detector.name).style.width = this.narrow ? "100%" : `${scale.left - 8}px`;
      const strip = svg("svg", { viewBox: `0 0 ${this.drawn} 20`, "aria-hidden": "true" }, lane);
      svg("line", { class: "grid", x1: scale.left, x2: scale.left + scale.width, y1: 10, y2: 10 }, strip);
      svg("path", { class: "ticks", d: this.ticks(detector, scale) }, strip);
      lane.addEventListener("click", () => this.choose(detector.name));
      return lane;
    }));
    if (focused) /** @type {HTMLElement | null} */ (lanes.querySelector(`[data-detector="${focused}"]`))?.focus();
  }

  /**
   * @param {Detector} detector
   * @param {Scale} scale
   */
  ticks(detector, scale) {
    const places = new Set();
    for (const position of detector.anomalies) {
      const time = this.series.times[indexOf(this.series, position)];
      if (time >= scale.from && time <= scale.to) places.add(xOf(scale, time).toFixed(1));
    }
    return [...places].map((x) => `M${x} 4v12`).join("");
  }

  listen() {
    const { plot } = this;
    /** @type {number | null} */
    let start = null;
    const at = (/** @type {PointerEvent} */ event) => event.clientX - plot.getBoundingClientRect().left;
    plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      start = at(event);
      plot.setPointerCapture(event.pointerId);
    });
    plot.addEventListener("pointermove", (event) => {
      if (start !== null) this.mark(start, at(event));
      this.point(this.nearest(at(event)), false);
    });
    plot.addEventListener("pointerup", (event) => {
      if (start !== null && Math.abs(at(event) - start) > 4) this.zoomTo([this.timeAt(Math.min(start, at(event))), this.timeAt(Math.max(start, at(event)))]);
      start = null;
      this.band?.setAttribute("visibility", "hidden");
    });
    plot.addEventListener("pointercancel", () => (start = null));
    plot.addEventListener("pointerleave", () => this.point(-1, false));
    plot.addEventListener("dblclick", () => this.zoomTo(null));
    plot.addEventListener("keydown", (event) => this.key(event));
    plot.addEventListener("blur", () => this.point(-1));
  }

  /** @param {number} x */
  timeAt(x) {
    const { left, width, from, to } = /** @type {Scale} */ (this.scale);
    return from + (Math.min(Math.max(x - left, 0), width) / width) * (to - from);
  }

  /**
   * @param {number} a
   * @param {number} b
   */
  mark(a, b) {
    const { left, width } = /** @type {Scale} */ (this.scale);
    const [from, to] = [Math.max(Math.min(a, b), left), Math.min(Math.max(a, b), left + width)];
    this.band?.setAttribute("x", String(from));
    this.band?.setAttribute("width", String(Math.max(to - from, 0)));
    this.band?.setAttribute("visibility", "visible");
  }

  /**
   * The point that a place means: an anomaly when one is close by, otherwise the nearest in time.
   * @param {number} x
   */
  nearest(x) {
    const { series, detector } = this;
    const scale = /** @type {Scale} */ (this.scale);
    const time = this.timeAt(x);
    const close = (5 / scale.width) * (scale.to - scale.from);
    let best = -1;
    let distance = close;
    for (const position of detector?.anomalies ?? []) {
      const index = indexOf(series, position);
      const away = Math.abs(series.times[index] - time);
      if (away < distance) [best, distance] = [index, away];
    }
    if (best >= 0) return best;
    distance = Infinity;
    const [begin, end] = inView(series, scale);
    for (let i = begin; i < end; i++) {
      const away = Math.abs(series.times[i] - time);
      if (away < distance) [best, distance] = [i, away];
    }
    return best;
  }

  /**
   * Says what is at a point.
   * @param {number} index
   * @param {boolean} [keep] Whether the keyboard goes on from here.
   */
  point(index, keep = true) {
    if (keep) this.cursor = index;
    const { series, detector, pointer, readout } = this;
    const scale = /** @type {Scale} */ (this.scale);
    const seen = index >= 0 && series.times[index] >= scale.from && series.times[index] <= scale.to;
    pointer?.setAttribute("visibility", seen ? "visible" : "hidden");
    const position = index < 0 ? -1 : series.positions[index];
    this.lanes?.childNodes.forEach((lane, i) => /** @type {HTMLElement} */ (lane).classList.toggle("now", series.detectors[i].anomalous.has(position)));
    if (index < 0) {
      readout.textContent = "";
      return;
    }
    const x = xOf(scale, series.times[index]);
    const value = series.values[index];
    const [line, dot] = [pointer?.children[0], pointer?.children[1]];
    line?.setAttribute("x1", String(x));
    line?.setAttribute("x2", String(x));
    dot?.setAttribute("cx", String(x));
    dot?.setAttribute("cy", String(Number.isNaN(value) ? scale.top + scale.height : yOf(scale, value)));
    const who = series.detectors.filter((each) => each.anomalous.has(position)).map((each) => each.name);
    const parts = [timeText(series.times[index]), valueText(value)];
    if (detector?.levels) parts.push(`score ${scoreText(detector.levels[index])}`);
    if (who.length > 0) parts.push(`anomaly: ${who.join(", ")}`);
    readout.replaceChildren(...parts.map((part) => element("span", "", undefined, part)));
  }

  /** @param {[number, number] | null} range */
  zoomTo(range) {
    const [from, to] = this.extent();
    const least = Math.max((to - from) / 1e6, 0.01);
    this.zoom = range && range[1] - range[0] > least ? range : null;
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { series } = this;
    const last = series.times.length - 1;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowRight: () => this.walk(Math.min(this.cursor + 1, last)),
      ArrowLeft: () => this.walk(this.cursor < 0 ? last : Math.max(this.cursor - 1, 0)),
      Home: () => this.walk(0),
      End: () => this.walk(last),
      a: () => this.walkAnomalies(1),
      A: () => this.walkAnomalies(-1),
      "+": () => this.zoomBy(0.5),
      "=": () => this.zoomBy(0.5),
      "-": () => this.zoomBy(2),
      0: () => this.zoomTo(null),
      Escape: () => this.zoomTo(null),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** @param {number} by */
  walkAnomalies(by) {
    const anomalies = this.detector?.anomalies ?? [];
    const here = this.cursor < 0 ? (by > 0 ? -1 : Infinity) : this.series.positions[this.cursor];
    const next = by > 0 ? anomalies.find((each) => each > here) : anomalies.findLast((each) => each < here);
    if (next !== undefined) this.walk(indexOf(this.series, next));
  }

  /** @param {number} index */
  walk(index) {
    const time = this.series.times[index];
    if (this.zoom && (time < this.zoom[0] || time > this.zoom[1])) {
      const half = (this.zoom[1] - this.zoom[0]) / 2;
      this.zoom = [time - half, time + half];
      this.draw();
    }
    this.point(index);
  }

  /** @param {number} factor */
  zoomBy(factor) {
    const [from, to] = this.zoom ?? this.extent();
    const middle = this.cursor >= 0 ? this.series.times[this.cursor] : (from + to) / 2;
    const half = ((to - from) / 2) * factor;
    const [first, last] = this.extent();
    this.zoomTo(2 * half >= last - first ? null : [middle - half, middle + half]);
  }
}
