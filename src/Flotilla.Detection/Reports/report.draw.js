/**
 * @typedef {object} Scale Where a chart draws: pixels of the plot, and what stands at its edges.
 * @property {number} left
 * @property {number} width
 * @property {number} top
 * @property {number} height
 * @property {number} from Time at the left edge.
 * @property {number} to Time at the right edge.
 * @property {number} low Value at the bottom.
 * @property {number} high Value at the top.
 */

/**
 * An SVG element.
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {Element} [parent]
 */
function svg(name, attributes, parent) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) element.setAttribute(key, String(attributes[key]));
  parent?.append(element);
  return element;
}

/**
 * An HTML element with text.
 * @param {string} name
 * @param {string} className
 * @param {Element} [parent]
 * @param {string} [text]
 */
function element(name, className, parent, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

/**
 * @param {Scale} scale
 * @param {number} time
 */
function xOf(scale, time) {
  return scale.left + ((time - scale.from) / (scale.to - scale.from)) * scale.width;
}

/**
 * A value without bounds stands on the edge. Halves, for the range of two doubles can be no double.
 * @param {Scale} scale
 * @param {number} value
 */
function yOf(scale, value) {
  const share = (value / 2 - scale.low / 2) / (scale.high / 2 - scale.low / 2);
  return scale.top + (1 - Math.min(Math.max(share, 0), 1)) * scale.height;
}

/**
 * The points that a chart draws: those in view, and one to either side that the line comes from and goes to.
 * @param {Series} series
 * @param {Scale} scale
 */
function inView(series, scale) {
  const { times, ordered } = series;
  if (!ordered) return [0, times.length];
  const first = lowerBound(times, scale.from);
  const last = lowerBound(times, scale.to);
  return [Math.max(first - 1, 0), Math.min(last + 2, times.length)];
}

/**
 * @param {Float64Array} ascending
 * @param {number} value
 */
function lowerBound(ascending, value) {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A line over the points. Where many share a column of pixels, it takes the first, the least, the greatest and the last of them (M4: Jugel
 * et al., VLDB 2014), which cover the same pixels as all. It is broken where points miss.
 * @param {Series} series
 * @param {Scale} scale
 * @param {(index: number) => number} height The y of a point; NaN for none.
 */
function linePath(series, scale, height) {
  const [begin, end] = inView(series, scale);
  /** @type {string[]} */
  const path = [];
  let pen = false;
  let column = NaN;
  let broken = true;
  let [firstX, firstY, leastX, leastY, mostX, mostY, lastX, lastY] = [0, 0, 0, 0, 0, 0, 0, 0];

  const to = (/** @type {number} */ x, /** @type {number} */ y) => {
    path.push(`${pen ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`);
    pen = true;
  };
  const flush = () => {
    if (Number.isNaN(column)) return;
    const alone = !pen;
    to(firstX, firstY);
    const [earlyX, earlyY, lateX, lateY] = leastX <= mostX ? [leastX, leastY, mostX, mostY] : [mostX, mostY, leastX, leastY];
    if (earlyY !== firstY || earlyX !== firstX) to(earlyX, earlyY);
    if (lateY !== earlyY || lateX !== earlyX) to(lateX, lateY);
    if (lastX !== lateX || lastY !== lateY) to(lastX, lastY);
    // A point without neighbours is a dot: a line of no length, with round ends.
    if (alone && lastX === firstX && lastY === firstY) path.push("h0");
  };
  for (let i = begin; i < end; i++) {
    const y = height(i);
    if (Number.isNaN(y)) {
      broken = true;
      continue;
    }
    if (i > begin && gapBefore(series, i)) broken = true;
    const x = xOf(scale, series.times[i]);
    if (Math.floor(x) === column) {
      if (y < leastY) [leastX, leastY] = [x, y];
      if (y > mostY) [mostX, mostY] = [x, y];
      [lastX, lastY] = [x, y];
    } else {
      flush();
      if (broken) pen = false;
      column = Math.floor(x);
      firstX = leastX = mostX = lastX = x;
      firstY = leastY = mostY = lastY = y;
    }
    broken = false;
  }
  flush();
  return path.join("");
}

/**
 * The range of values in view, with air above and below.
 * @param {Series} series
 * @param {Scale} scale
 */
function valueRange(series, scale) {
  const [begin, end] = inView(series, scale);
  let [low, high] = [Infinity, -Infinity];
  for (let i = begin; i < end; i++) {
    const [time, value] = [series.times[i], series.values[i]];
    if (time < scale.from || time > scale.to || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  if (low === high) {
    const air = Math.abs(low) / 10 || 1;
    return [low - air, high + air];
  }
  const air = (high / 2 - low / 2) * 0.12;
  return [Math.max(low - air, -Number.MAX_VALUE), Math.min(high + air, Number.MAX_VALUE)];
}

/**
 * How an anomaly counts, which decides its colour and shape.
 * @param {Series} series
 * @param {number} position
 */
function kindOf(series, position) {
  if (series.labels === null) return "anomaly";
  if (position < series.probation) return "uncounted";
  return series.labels.some(([first, last]) => position >= first && position <= last) ? "found" : "outside";
}

/**
 * Marks on the very points of the anomalies.
 * @param {Series} series
 * @param {Detector} detector
 * @param {Scale} scale
 * @param {Element} parent
 */
function drawMarks(series, detector, scale, parent) {
  for (const position of detector.anomalies) {
    const index = indexOf(series, position);
    const time = series.times[index];
    if (time < scale.from || time > scale.to) continue;
    const [x, y] = [xOf(scale, time).toFixed(2), yOf(scale, series.values[index]).toFixed(2)];
    const kind = kindOf(series, position);
    const data = { class: `mark ${kind}`, "data-series": series.path, "data-detector": detector.name, "data-position": position };
    if (kind === "found" || kind === "anomaly") svg("circle", { ...data, cx: x, cy: y, r: 3.5 }, parent);
    else svg("path", { ...data, d: `M${x} ${y}m0 -4.5l4.5 4.5-4.5 4.5-4.5-4.5z` }, parent);
  }
}

/**
 * The labelled events, shaded from their first to their last point; a missed one is hatched, too.
 * @param {Series} series
 * @param {Detector | undefined} detector
 * @param {Scale} scale
 * @param {number} bottom
 * @param {string} hatch The id of the pattern.
 * @param {Element} parent
 */
function drawEvents(series, detector, scale, bottom, hatch, parent) {
  const end = scale.left + scale.width;
  const boxes = (series.labels ?? []).map(([first, last], index) => {
    const [from, to] = [series.times[indexOf(series, first)], series.times[indexOf(series, last)]];
    const left = Math.max(xOf(scale, from), scale.left);
    const right = Math.min(xOf(scale, to), end);
    return { first, last, index, from, left, width: Math.max(right - left, 2), seen: to >= scale.from && from <= scale.to };
  }).filter((box) => box.seen);

  boxes.forEach(({ first, last, index, from, left, width }, i) => {
    const state = stateOf(series, detector, index);
    const box = { x: left.toFixed(2), y: 0, width: width.toFixed(2), height: bottom };
    svg("rect", { ...box, class: `event ${state}`, "data-series": series.path, "data-first": first, "data-last": last }, parent);
    if (state === "missed") svg("rect", { ...box, fill: `url(#${hatch})` }, parent);
    if (!detector) return;

    const after = series.times[indexOf(series, detector.firsts[index])] - from;
    const text = state !== "found" ? state : after === 0 ? "at once" : `after ${durationText(after)}`;
    const length = text.length * 6;
    // Text that would run into the next event is left out: hatching and marks say the same.
    if (left + 3 + length > (boxes[i + 1]?.left ?? Infinity)) return;
    svg("text", { class: `verdict ${state}`, x: Math.min(left + 3, end - length).toFixed(2), y: 11 }, parent).textContent = text;
  });
}

/**
 * What became of a labelled event.
 * @param {Series} series
 * @param {Detector | undefined} detector
 * @param {number} index
 */
function stateOf(series, detector, index) {
  if (!detector || !series.labels) return "";
  if (series.labels[index][1] < series.probation) return "not counted";
  return detector.firsts[index] < 0 ? "missed" : "found";
}
