const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps of a time axis that people count in; longer ones are whole months. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((n) => n),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 4, 7, 14].map((n) => n * DAY),
];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Ticks of a time axis in UTC.
 * @param {number} from
 * @param {number} to
 * @param {number} most How many there is room for.
 * @returns {{at: number, text: string}[]}
 */
function timeTicks(from, to, most) {
  const span = to - from;
  const step = TIME_STEPS.find((each) => span / each <= most);
  if (step === undefined) return monthTicks(from, to, most);
  const ticks = [];
  // Weeks are counted from a Monday; 1970 began on a Thursday.
  const origin = step % (7 * DAY) === 0 ? 4 * DAY : 0;
  for (let at = Math.ceil((from - origin) / step) * step + origin; at <= to; at += step) {
    ticks.push({ at, text: tickText(at, step) });
  }
  return ticks;
}

/** @type {typeof timeTicks} */
function monthTicks(from, to, most) {
  const first = new Date(from);
  const last = new Date(to);
  const start = first.getUTCFullYear() * 12 + first.getUTCMonth();
  const end = last.getUTCFullYear() * 12 + last.getUTCMonth();
  const step = MONTH_STEPS.find((each) => (end - start) / each <= most) ?? 12000;
  const ticks = [];
  for (let month = Math.ceil(start / step) * step; month <= end; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    const year = String(Math.floor(month / 12));
    if (at >= from && at <= to) ticks.push({ at, text: month % 12 === 0 ? year : MONTHS[month % 12] });
  }
  return ticks;
}

/**
 * @param {number} at
 * @param {number} step
 */
function tickText(at, step) {
  const date = new Date(at);
  const iso = date.toISOString();
  if (at % DAY === 0) return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  if (step >= MINUTE) return iso.slice(11, 16);
  return step >= SECOND ? iso.slice(11, 19) : iso.slice(17, 23);
}

/**
 * Round values across a range.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 */
function valueTicks(low, high, most) {
  const raw = (high / 2 - low / 2) / (most / 2);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5].find((each) => each * power >= raw) ?? 10);
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const ticks = [];
  for (let k = Math.ceil(low / step); k * step <= high && ticks.length <= most + 1; k++) ticks.push(k * step);
  return ticks;
}

/** @param {number} value */
function valueText(value) {
  if (Number.isNaN(value)) return "missing";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e9 || size < 1e-4)
    ? value.toExponential(6).replace(/\.?0+e/, "e").replace("e+", "e")
    : Number(value.toPrecision(7)).toLocaleString("en-US", { maximumFractionDigits: 10 });
  return text.replaceAll("-", "−");
}

/** @param {number} ms Since 1970. */
function timeText(ms) {
  const iso = new Date(ms).toISOString();
  const text = `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
  return text.endsWith(".000") ? text.slice(0, 19) : text;
}

/** @param {number} ms */
function durationText(ms) {
  const minutes = Math.round(ms / MINUTE);
  const hours = Math.round(ms / HOUR);
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 59.5 * SECOND) return `${Number((ms / SECOND).toFixed(2))} s`;
  if (minutes < 60) return `${minutes} min`;
  if (hours < 48) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

/**
 * @param {number} large
 * @param {string} largeUnit
 * @param {number} small
 * @param {string} smallUnit
 */
function two(large, largeUnit, small, smallUnit) {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/**
 * A score from its level.
 * @param {number} level
 */
function scoreText(level) {
  if (level === MISSING) return "none";
  if (level <= LIMIT) return (level / LIMIT).toFixed(2);
  if (level >= 4000) return "1,000 or more";
  return Number((10 ** (level / LIMIT - 1)).toPrecision(3)).toString();
}
