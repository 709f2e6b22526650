/**
 * @typedef {object} Detector What one detector said about one series.
 * @property {string} name
 * @property {string} summary
 * @property {number[]} anomalies Positions, ascending.
 * @property {Set<number>} anomalous The same, to ask.
 * @property {number[]} firsts Of each labelled event the first anomalous position in it, or -1.
 * @property {Uint16Array | null} levels Of each point how high its score is drawn, in thousandths; see LIMIT and MISSING.
 *
 * @typedef {object} Series
 * @property {string} path
 * @property {number} points How many rows the series has; of a long one not all are here.
 * @property {Int32Array} positions Of each point its position in the series.
 * @property {Float64Array} times Milliseconds since 1970.
 * @property {Float64Array} values
 * @property {boolean} ordered Whether the times never go back.
 * @property {number} step The usual time from one row to the next.
 * @property {number} gap A longer time than this between two rows is a gap.
 * @property {[number, number][] | null} labels First and last position of each labelled event; null without labels.
 * @property {number} probation So many rows at the start are not scored.
 * @property {Detector[]} detectors
 */

/** The level of a score of 1, the limit; above it every 1000 are ten times more. */
const LIMIT = 1000;
/** The level where there is no score. */
const MISSING = 4095;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * Reads a series as the page holds it.
 * @param {string} text
 * @returns {Series}
 */
function readSeries(text) {
  const data = JSON.parse(text);
  const values = readDoubles(data.values);
  const times = new Float64Array(values.length);
  times[0] = data.start;
  let at = 1;
  let ordered = true;
  for (let i = 0; i < data.steps.length; i += 2) {
    const [difference, count] = [data.steps[i], data.steps[i + 1]];
    for (const end = at + count; at < end; at++) times[at] = times[at - 1] + difference;
    if (difference < 0) ordered = false;
  }
  const positions = data.positions
    ? Int32Array.from(sums(data.positions))
    : Int32Array.from(values, (_, i) => i);
  return {
    path: data.path,
    points: data.points,
    positions,
    times,
    values,
    ordered,
    ...usualSteps(times, positions),
    labels: data.labels ?? null,
    probation: data.probation ?? 0,
    detectors: data.detectors.map((/** @type {any} */ said) => {
      const anomalies = sums(said.anomalies);
      return {
        name: said.name,
        summary: said.summary,
        anomalies,
        anomalous: new Set(anomalies),
        firsts: said.firsts ?? [],
        levels: said.scores === undefined ? null : readLevels(said.scores),
      };
    }),
  };
}

/** @param {number[]} differences */
function sums(differences) {
  let sum = 0;
  return differences.map((difference) => (sum += difference));
}

/**
 * Base64 of doubles, the lowest byte first, as every machine with a browser has them.
 * @param {string} base64
 */
function readDoubles(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new Float64Array(bytes.buffer);
}

/** @param {string} text Two characters a score. */
function readLevels(text) {
  const digit = new Uint8Array(128);
  for (let i = 0; i < DIGITS.length; i++) digit[DIGITS.charCodeAt(i)] = i;
  const levels = new Uint16Array(text.length / 2);
  for (let i = 0; i < levels.length; i++) {
    levels[i] = (digit[text.charCodeAt(2 * i)] << 6) | digit[text.charCodeAt(2 * i + 1)];
  }
  return levels;
}

/**
 * The median of the times from one row to the next, and what is too long for this series: half as long again as 95 of 100 steps are.
 * @param {Float64Array} times
 * @param {Int32Array} positions
 */
function usualSteps(times, positions) {
  if (times.length < 2) return { step: 0, gap: 0 };
  const steps = new Float64Array(times.length - 1);
  for (let i = 1; i < times.length; i++) {
    steps[i - 1] = (times[i] - times[i - 1]) / (positions[i] - positions[i - 1]);
  }
  steps.sort();
  return { step: steps[steps.length >> 1], gap: 1.5 * steps[Math.floor((steps.length - 1) * 0.95)] };
}

/**
 * Where a position of the series is among the points that are here.
 * @param {Series} series
 * @param {number} position
 */
function indexOf(series, position) {
  if (series.positions.length === series.points) return position;
  let [low, high] = [0, series.positions.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (series.positions[middle] < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Whether rows are missing between a point and the one before it.
 * @param {Series} series
 * @param {number} index
 */
function gapBefore(series, index) {
  const between = series.positions[index] - series.positions[index - 1] - 1;
  return series.times[index] - series.times[index - 1] > between * series.step + series.gap;
}
