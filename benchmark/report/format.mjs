/** Names under which the subjects appear, in the order of the columns. */
export const SUBJECT_NAMES = { peer: "@langchain/aws", ours: "langchain-aws-native", floor: "floor" };

/** A number with its unit, three digits at the most: `1.25 ms`, `39 µs`. */
export function amount(value, unit) {
  if (value === undefined) return "";
  if (unit === "µs" && value >= 999.5) return amount(value / 1000, "ms");
  if (unit === "ms" && value >= 999.5) return amount(value / 1000, "s");
  return `${digits(value)}${unit ? ` ${unit}` : ""}`;
}

function digits(value) {
  if (Number.isInteger(value) || value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1).replace(/\.0$/, "");
  return value.toFixed(value < 0.1 ? 3 : 2);
}

/** A ratio: `12×`, `0.8×`. */
export function times(ratio) {
  if (ratio === undefined) return "";
  if (ratio >= 1000) return "> 1,000×";
  return `${ratio >= 9.95 ? ratio.toFixed(0) : ratio.toFixed(1)}×`;
}

/** A metric's full name: what is measured, of what, per what. */
export function nameOf(row, metric) {
  return `${row.title}: ${labelOf(row, metric)}`;
}

export function labelOf({ per }, { label, key }) {
  return per && key !== "pause" ? `${label} per ${per}` : label;
}

/** An exponent of growth; a flat curve is `0.0`, never `-0.0`. */
export function power(exponent) {
  return (Math.round(exponent * 10) / 10 + 0).toFixed(1);
}

const BARE_NAMES = { bare: "bare `node:http`", fetch: "bare `fetch`" };

/** What Node.js's own ways cost, where a row was compared with them. */
export function bareFigures(row) {
  const named = Object.entries(BARE_NAMES).flatMap(([subject, name]) => row.metrics.map((metric) => ({ subject, name, metric })));
  return named
    .filter(({ subject, metric }) => metric[subject] !== undefined)
    .map(({ subject, name, metric }) => ({ name: `${name}, ${labelOf(row, metric)}`, value: amount(metric[subject].median, metric.unit) }));
}
