import { isReached, ratioOf } from "../statistics.mjs";
import { amount, bareFigures, labelOf, nameOf, power, times } from "./format.mjs";

const START = "<!-- benchmark:start -->";
const END = "<!-- benchmark:end -->";

/** Smaller ratios are within the difference of two measurements. */
const EVEN = 1.05;

/** The text of the README with its benchmark section replaced: the rows that are `short`, and where it does not win. */
export function withFigures(readme, results) {
  return replaceSection(readme, "README.md", [...table(results.rows.filter(({ short }) => short).map(aimed)), "", ...weaknesses(results), "", ...conditions(results)]);
}

/** The text of docs/performance.md with its section replaced: all figures, and the charts. */
export function withAllFigures(page, results) {
  const chart = "![What each workload costs](../benchmark/results/cost.svg)";
  return replaceSection(page, "docs/performance.md", [...table(results.rows), "", chart, "", ...growth(results), ...seriesOf(results), ...measuredApart(results)]);
}

/** The same results give the same text. */
function replaceSection(page, file, lines) {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start === -1 || end < start) throw new Error(`${file} has no place for the benchmark: it needs the lines ${START} and ${END}.`);
  const section = [START, "<!-- Written by `npm run bench -- --write-readme`; not to be edited. -->", "", ...lines, END].join("\n");
  return `${page.slice(0, start)}${section}${page.slice(end + END.length)}`;
}

/** A row with its metrics that have a goal, if there are any. */
function aimed(row) {
  const metrics = row.metrics.filter(({ goal }) => goal !== undefined);
  return metrics.length > 0 ? { ...row, metrics } : row;
}

function table(rows) {
  const lines = rows.flatMap((row) => [
    ...row.metrics.map((metric, index) => {
      const { unit, peer, ours, floor } = metric;
      const ratio = unit === "" ? "" : times(ratioOf(metric));
      const cells = [index === 0 ? row.title : "", labelOf(row, metric), amount(peer?.median, unit), amount(ours?.median, unit), ratio, amount(floor?.median, unit)];
      return `| ${cells.join(" | ")} |`;
    }),
    ...bareFigures(row).map(({ name, value }) => `| | ${name} | | | | ${value} |`),
  ]);
  return ["| | | `@langchain/aws` | here | times less | floor |", "|---|---|--:|--:|--:|--:|", ...lines];
}

/** Metrics that are worse than the peer's, equal, or better by less than the goal. */
function weaknesses({ rows, curves }) {
  const metrics = rows.flatMap((row) => row.metrics.map((metric) => ({ name: nameOf(row, metric), metric, ratio: ratioOf(metric) })));
  const compared = metrics.filter(({ metric }) => metric.unit !== "");
  const lost = compared.filter(({ ratio }) => ratio < 1 / EVEN).map(({ name, metric }) => `* ${name}: ${bothOf(metric)}.`);
  const even = compared.filter(({ ratio }) => ratio >= 1 / EVEN && ratio <= EVEN).map(({ name, metric }) => `* ${name}: ${bothOf(metric)}, which is even.`);
  const missed = rows.map(missedOf).filter((words) => words !== "");
  const cases = [...lost, ...curves.flatMap(lostPoints), ...even, ...(missed.length > 0 ? [`* Better, but by less than we aim for: ${missed.join("; ")}.`] : [])];
  if (cases.length === 0) return ["In none of the cases that are measured is it slower or larger ([all figures](docs/performance.md))."];
  return ["Where it does not win, or not by as much as it should ([why, and all figures](docs/performance.md)):", "", ...cases];
}

/** The metrics of a row that are better by less than their goals. */
function missedOf(row) {
  const missed = row.metrics.filter((metric) => isReached(metric) === false && ratioOf(metric) > EVEN);
  if (missed.length === 0) return "";
  return `${row.title} (${missed.map((metric) => `${labelOf(row, metric)} ${times(ratioOf(metric))}`).join(", ")})`;
}

function bothOf({ peer, ours, unit }) {
  return `${amount(ours.median, unit)} here, ${amount(peer.median, unit)} there`;
}

function lostPoints({ title, label, axis, points }) {
  const lost = points.filter(({ peer, ours }) => peer / ours < 1 / EVEN);
  if (lost.length === 0) return [];
  const words = lost.map(({ size, peer, ours }) => `${size.toLocaleString("en")} ${axis}: ${amount(ours, "µs")} here, ${amount(peer, "µs")} there`);
  return [`* ${title} (${label}), at ${words.join("; at ")}.`];
}

function growth({ curves }) {
  const words = curves.map(({ title, exponents: { peer, ours } }) => `${title}, ${power(peer)} there and ${power(ours)} here`);
  return ["![How cost grows with size](../benchmark/results/growth.svg)", "", `Cost grows with the power of the size (0 is flat, 1 linear, 2 square): ${words.join("; ")}.`];
}

function seriesOf({ series = [] }) {
  return series.flatMap(({ id, title }) => ["", `![${title}](../benchmark/results/${id}.svg)`]);
}

/** What was measured at another time than the rest. */
function measuredApart({ rows, curves, series = [] }) {
  const times = new Map();
  for (const { title, measured } of [...rows, ...curves, ...series]) {
    if (measured === undefined) continue;
    const time = `${measured.date.slice(0, 10)} (${measured.commit})`;
    times.set(time, [...(times.get(time) ?? []), title]);
  }
  return [...times].flatMap(([time, titles]) => ["", `Measured apart from the rest, ${time}: ${titles.join("; ")}.`]);
}

function conditions({ date, machine, versions, rounds }) {
  const { cpu, cores, memory, system, node } = machine;
  return [
    `Medians of ${rounds} rounds in which the packages take turns, answers checked, ${date.slice(0, 10)}: ${cpu}, ${cores} cores, ${memory}, ${system}, Node.js ${node}; \`@langchain/aws\` ${versions["@langchain/aws"]} ` +
      `with \`@aws-sdk/client-bedrock-runtime\` ${versions["@aws-sdk/client-bedrock-runtime"]}, langchain-aws-native ${versions["langchain-aws-native"]} (${versions.commit}), \`@langchain/core\` ${versions["@langchain/core"]}. The server is ` +
      "another process on the same machine, so times on the clock are without a network. The floor is a plain model on `@langchain/core` alone that has its answers in memory. " +
      "Read the ratios, not the absolute numbers; `npm run bench` measures them on yours.",
    "",
  ];
}
