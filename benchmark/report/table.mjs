import { isReached, ratioOf } from "../statistics.mjs";
import { amount, bareFigures, labelOf, power, times } from "./format.mjs";

const COLUMNS = [44, 31, 12, 12, 9, 12];

/** A row as lines for the terminal, with its goals. */
export function printHead() {
  console.log(line(["", "", "peer", "ours", "ratio", "floor", "goal"]));
}

export function printRow(row) {
  for (const [index, metric] of row.metrics.entries()) {
    const { unit, peer, ours, floor } = metric;
    const cells = [index === 0 ? row.title.replaceAll("`", "") : "", labelOf(row, metric)];
    console.log(line([...cells, amount(peer?.median, unit), amount(ours?.median, unit), times(ratioOf(metric)), amount(floor?.median, unit), goalOf(metric)]));
  }
  for (const { name, value } of bareFigures(row)) console.log(line(["", name.replaceAll("`", ""), "", "", "", value]));
  if (row.reference) console.log(line(["", row.reference.title.replaceAll("`", ""), "", "", "", amount(row.reference.median, row.reference.unit)]));
}

export function printCurve({ title, label, axis, points, exponents }) {
  console.log(`\n${title} (${label})`);
  console.log(line(["", axis, "peer", "ours", "ratio", "floor"]));
  for (const { size, peer, ours, floor } of points) {
    console.log(line(["", String(size), amount(peer, "µs"), amount(ours, "µs"), times(peer / ours), amount(floor, "µs")]));
  }
  const { peer, ours, floor } = exponents;
  console.log(line(["", "grows with the power", power(peer), power(ours), "", power(floor)]));
}

export function printSeries({ title, label, unit, points }) {
  console.log(`\n${title} (${label})`);
  console.log(line(["", "", "peer", "ours", "ratio"]));
  for (const { step, peer, ours } of points) console.log(line(["", String(step), amount(peer, unit), amount(ours, unit), times(peer / ours)]));
}

export function printProfile(row, profiles) {
  for (const [subject, { total, functions }] of Object.entries(profiles)) {
    console.log(`\n${row.title}, ${subject}: ${amount(total, "µs")} of the main thread per ${row.per}`);
    for (const { frame, time, share } of functions) console.log(`${amount(time, "µs").padStart(10)}  ${(share * 100).toFixed(1).padStart(5)} %  ${frame}`);
  }
}

function goalOf(metric) {
  const { goal, unit } = metric;
  if (goal === undefined) return "";
  const words = {
    ratio: (wanted) => `≥ ${wanted}×`,
    atMost: (wanted) => `≤ ${amount(wanted, unit)}`,
    floor: () => "≤ floor",
    lessBy: (wanted) => `${wanted} ${unit} less`,
    ofFloor: (wanted) => `≤ ${wanted} × floor`,
    ofBare: (wanted) => `≤ ${wanted} × bare node:http`,
    ofAdded: (wanted) => `≤ ${wanted * 100} % of what the peer adds to the floor`,
  };
  const text = Object.entries(goal).map(([name, wanted]) => words[name](wanted)).join(", ");
  return `${isReached(metric) ? "reached" : "MISSED"}: ${text}`;
}

function line(cells) {
  return cells
    .map((cell, column) => (column < 2 ? cell.padEnd(COLUMNS[column]) : column < COLUMNS.length ? cell.padStart(COLUMNS[column]) : `  ${cell}`))
    .join(" ")
    .trimEnd();
}
