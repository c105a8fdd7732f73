import { ratioOf } from "../statistics.mjs";
import { amount, labelOf, power, SUBJECT_NAMES, times } from "./format.mjs";
import { dot, line, picture, rectangle, text } from "./svg.mjs";

const WIDTH = 860;
const MARGIN = 20;

/** The row of names and colours. */
function legend(x, y, subjects) {
  let at = x;
  return subjects.flatMap((subject) => {
    const name = subject === "floor" ? "floor: @langchain/core alone" : SUBJECT_NAMES[subject];
    const parts = [rectangle(at, y - 9, 10, 10, subject), text(at + 15, y, name, "small")];
    at += 15 + name.length * 6.5 + 22;
    return parts;
  });
}

/** The cost of each workload: the peer's bars have the same length, ours and the floor's are shares of it. */
export function costChart({ rows }) {
  const bars = rows.flatMap((row) => drawnMetrics(row).map((metric, index) => ({ row, metric, isFirst: index === 0 })));
  const [left, right, top] = [360, 250, 78];
  const width = WIDTH - left - right;
  const parts = [text(MARGIN, 30, "What it costs, less is better", "title"), ...legend(MARGIN, 54, ["peer", "ours", "floor"])];
  let y = top;
  for (const { row, metric, isFirst } of bars) {
    if (isFirst) {
      parts.push(text(MARGIN, y + 13, row.title.replaceAll("`", ""), "strong"));
      y += 20;
    }
    parts.push(...costBars(row, metric, { left, width, y }));
    y += 28;
  }
  return picture(WIDTH, y + 16, "What each workload costs with @langchain/aws and with langchain-aws-native", parts);
}

/** The metrics with a goal, else the first of a row; the table has all. Counts have no bar. */
function drawnMetrics({ metrics }) {
  const compared = metrics.filter(({ peer, ours, unit }) => peer !== undefined && ours !== undefined && unit !== "");
  const aimed = compared.filter(({ goal }) => goal !== undefined);
  return aimed.length > 0 ? aimed : compared.slice(0, 1);
}

function costBars(row, metric, { left, width, y }) {
  const { peer, ours, floor, unit } = metric;
  const most = Math.max(peer.median, ours.median, floor?.median ?? 0);
  const length = ({ median }) => Math.max(1, (median / most) * width);
  const ends = left + width + 12;
  return [
    text(MARGIN + 12, y + 14, labelOf(row, metric), "small"),
    rectangle(left, y, length(peer), 9, "peer"),
    rectangle(left, y + 10, length(ours), 9, "ours"),
    ...(floor ? [rectangle(left + length(floor) - 1, y - 2, 2, 23, "floor")] : []),
    text(ends, y + 14, `${amount(peer.median, unit)} → ${amount(ours.median, unit)}`, ""),
    text(WIDTH - MARGIN, y + 14, times(ratioOf(metric)), "strong", "end"),
  ];
}

const PANEL = { width: 400, height: 250, left: 62, right: 16, top: 52, bottom: 44 };

/** Cost against size, both on logarithmic scales. */
export function growthChart({ curves }) {
  const parts = [text(MARGIN, 30, "How cost grows with size (both axes logarithmic)", "title"), ...legend(MARGIN, 54, ["peer", "ours", "floor"])];
  curves.forEach((curve, index) => parts.push(...panel(curve, MARGIN + (index % 2) * (PANEL.width + 20), 66 + Math.floor(index / 2) * PANEL.height)));
  const height = 66 + Math.ceil(curves.length / 2) * PANEL.height + 10;
  return picture(WIDTH, height, "Cost against size with @langchain/aws, langchain-aws-native and @langchain/core alone", parts);
}

function panel({ title, label, axis, points, exponents }, x0, y0) {
  const { width, height, left, right, top, bottom } = PANEL;
  const costs = points.flatMap(({ peer, ours, floor }) => [peer, ours, floor]).filter((cost) => cost > 0);
  const x = scale(points.map(({ size }) => size), x0 + left, x0 + width - right);
  const y = scale([10 ** Math.floor(Math.log10(Math.min(...costs))), 10 ** Math.ceil(Math.log10(Math.max(...costs)))], y0 + height - bottom, y0 + top);
  const [foot, end] = [y0 + height - bottom, x0 + width - right];
  const ticks = powersOfTen(costs);
  const subjects = ["floor", "peer", "ours"];
  return [
    text(x0, y0 + 20, title, "strong"),
    text(x0, y0 + 36, `${label}; grows with the power ${power(exponents.peer)} → ${power(exponents.ours)}`, "small"),
    ...ticks.flatMap((cost) => [line([[x0 + left, y(cost)], [end, y(cost)]], "grid"), text(x0 + left - 6, y(cost) + 4, amount(cost, "µs"), "small", "end")]),
    line([[x0 + left, y0 + top], [x0 + left, foot], [end, foot]], "axis"),
    ...points.map(({ size }) => text(x(size), foot + 16, size.toLocaleString("en"), "small", "middle")),
    text(end, foot + 32, axis, "small", "end"),
    ...subjects.flatMap((subject) => [
      line(points.map((point) => [x(point.size), y(point[subject])]), `line ${subject}`),
      ...(subject === "floor" ? [] : points.map((point) => dot(x(point.size), y(point[subject]), subject))),
    ]),
  ];
}

/** The steps of a series, on linear scales from zero. */
export function seriesChart({ title, label, unit, points }) {
  const [height, left, right, top, bottom] = [300, 62, 24, 82, 46];
  const [foot, end] = [height - bottom, WIDTH - right];
  const subjects = ["peer", "ours"];
  const most = Math.max(...points.flatMap((point) => subjects.map((subject) => point[subject])));
  const tick = 10 ** Math.floor(Math.log10(most)) / 2;
  const ticks = Array.from({ length: Math.ceil(most / tick) + 1 }, (_, index) => index * tick);
  const x = (step) => left + ((step - 1) / Math.max(1, points.length - 1)) * (end - left);
  const y = (value) => foot - (value / ticks[ticks.length - 1]) * (foot - top);
  const parts = [
    text(MARGIN, 30, `${title[0].toUpperCase()}${title.slice(1)}`, "title"),
    ...legend(MARGIN, 54, subjects),
    text(MARGIN, 72, label, "small"),
    ...ticks.flatMap((value) => [line([[left, y(value)], [end, y(value)]], "grid"), text(left - 6, y(value) + 4, amount(value, unit), "small", "end")]),
    line([[left, top], [left, foot], [end, foot]], "axis"),
    ...points.map(({ step }) => text(x(step), foot + 16, String(step), "small", "middle")),
    ...subjects.flatMap((subject) => [line(points.map((point) => [x(point.step), y(point[subject])]), `line ${subject}`), ...points.map((point) => dot(x(point.step), y(point[subject]), subject))]),
  ];
  return picture(WIDTH, height, `${title}: @langchain/aws and langchain-aws-native`, parts);
}

/** Places values between two edges by their logarithms. */
function scale(values, start, end) {
  const [least, most] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  return (value) => start + ((Math.log(Math.max(value, 1e-3)) - least) / (most - least || 1)) * (end - start);
}

function powersOfTen(costs) {
  const [first, last] = [Math.floor(Math.log10(Math.min(...costs))), Math.ceil(Math.log10(Math.max(...costs)))];
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}
