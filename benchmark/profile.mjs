import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";

/** How many functions of a profile are told. */
const LONGEST = 25;

/** The functions in which the main thread spends its time while `work` runs: microseconds per unit in the function itself, dearest first. */
export async function profileOf(work) {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 100 });
  await session.post("Profiler.start");
  const units = await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const times = new Map();
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, describe(callFrame)]));
  profile.samples.forEach((id, index) => {
    const frame = frames.get(id);
    times.set(frame, (times.get(frame) ?? 0) + profile.timeDeltas[index]);
  });
  times.delete("(idle)");
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const functions = [...times].sort(([, a], [, b]) => b - a).slice(0, LONGEST);
  return { units, total: total / units, functions: functions.map(([frame, time]) => ({ frame, time: time / units, share: time / total })) };
}

function describe({ functionName, url, lineNumber }) {
  const name = functionName || "(anonymous)";
  if (url === "") return name;
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  const place = path.replace(/^.*node_modules\//, "").replace(/^.*\/(?=dist\/|benchmark\/)/, "");
  return `${name}  ${place}:${lineNumber + 1}`;
}
