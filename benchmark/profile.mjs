import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";

/** The number of functions that are printed, and the repetitions of the work. */
const MAX_FUNCTIONS = 25;
const REPETITIONS = 5;

/** Excluded: waiting, and the profiler's own start and stop. */
const NOT_WORK = /^\(idle\)$|^dispatch\b/;

/** The functions in which the main thread spends its time while `work` runs: microseconds per unit in the function itself, largest first. */
export async function profileOf(work) {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 100 });
  await session.post("Profiler.start");
  let units = 0;
  for (let time = 0; time < REPETITIONS; time++) units += await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const times = timesOf(profile);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const functions = [...times].sort(([, a], [, b]) => b - a).slice(0, MAX_FUNCTIONS);
  return { units, total: total / units, functions: functions.map(([frame, time]) => ({ frame, time: time / units, share: time / total })) };
}

function timesOf({ nodes, samples, timeDeltas }) {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.callFrame])));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, describe(callFrame, parents.get(id))]));
  const times = new Map();
  samples.forEach((id, index) => {
    const frame = frames.get(id);
    if (!NOT_WORK.test(frame)) times.set(frame, (times.get(frame) ?? 0) + timeDeltas[index]);
  });
  return times;
}

/** A function and its place; for one that is not JavaScript, the function that calls it. */
function describe(frame, caller) {
  const name = frame.functionName || "(anonymous)";
  if (frame.url !== "") return `${name}  ${placeOf(frame)}`;
  return name.startsWith("(") || !caller?.url ? name : `${name}  called by ${caller.functionName || "(anonymous)"} ${placeOf(caller)}`;
}

function placeOf({ url, lineNumber }) {
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  return `${path.replace(/^.*node_modules\//, "").replace(/^.*\/(?=(dist|benchmark)\/)/, "")}:${lineNumber + 1}`;
}
