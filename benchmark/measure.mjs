import { measureFresh, startSubject } from "./processes.mjs";
import { installedSizes } from "./sizes.mjs";
import { exponentOf, summaryOf } from "./statistics.mjs";

const SUBJECTS = ["ours", "peer", "floor"];

/** Rounds that only warm up, so that functions are compiled as in a server. */
const WARM_UP = 5;

/** Microseconds. A point of a curve that takes longer is measured once, without a warm-up. */
const LONG = 4_000_000;

/** Node.js's own ways, without a package: for the rows that are compared with them. */
const BARE_SUBJECTS = ["bare", "fetch"];

function subjectsOf({ noFloor, bare }) {
  return [...SUBJECTS.filter((subject) => subject !== "floor" || !noFloor), ...(bare ? BARE_SUBJECTS : [])];
}

/** Measures one row: for each of its metrics a summary for each subject. */
export async function measureRow(row, server, options) {
  const subjects = subjectsOf(row);
  const samples = await WAYS[row.kind ?? "rounds"](row, subjects, server, options);
  const metrics = row.metrics.map((metric) => {
    const told = subjects.filter((subject) => samples[subject][metric.key]?.length);
    return { ...metric, ...Object.fromEntries(told.map((subject) => [subject, summaryOf(samples[subject][metric.key])])) };
  });
  const reference = row.reference && { title: row.reference.title, unit: "µs", median: await measureReference(row, server, options) };
  return { id: row.id, title: row.title, per: row.per, short: row.short, metrics, reference };
}

const WAYS = { rounds: roundSamples, fresh: freshSamples, size: sizeSamples };

/** Processes that run for all rounds and take turns, in another order in each round. */
async function roundSamples(row, subjects, server, { rounds }) {
  const { workload, params, metrics } = row;
  const wantsPause = metrics.some(({ key }) => key === "pause");
  const processes = await startAll(subjects, server);
  try {
    await checkBodies(row, processes, server);
    const samples = Object.fromEntries(subjects.map((subject) => [subject, { cpu: [], main: [], wall: [], pause: [] }]));
    for (let round = -WARM_UP; round < rounds; round++) {
      for (const subject of rotated(subjects, round + WARM_UP)) {
        const cost = await processes[subject].ask({ workload, params, way: "cost" });
        // The floor has no I/O and never yields to the event loop, so that its pauses mean nothing.
        const pause = wantsPause && round >= 0 && !(subject === "floor" && row.noFloorPause) ? await processes[subject].ask({ workload, params, way: "pause" }) : {};
        if (round >= 0) addSample(samples[subject], { ...cost, ...pause });
      }
    }
    return samples;
  } finally {
    await stopAll(processes);
  }
}

/** Both packages must have sent the same bytes, so that they have done the same work. */
async function checkBodies({ workload, params, sameBody, id }, processes, server) {
  if (!sameBody) return;
  const digests = {};
  for (const subject of ["ours", "peer"]) {
    await server.reset(true);
    await processes[subject].ask({ workload, params, way: "cost" });
    digests[subject] = new Set((await server.counts()).digests);
  }
  await server.reset();
  const [ours, peer] = [digests.ours, digests.peer].map((set) => [...set].sort().join());
  if (ours !== peer) throw new Error(`${id}: the two packages send different requests.`);
}

async function freshSamples(row, subjects, server, { rounds, quick }) {
  const samples = Object.fromEntries(subjects.map((subject) => [subject, Object.fromEntries(row.metrics.map(({ key }) => [key, []]))]));
  const count = quick ? rounds : row.samples;
  // The first round warms up the system's file cache and the server.
  for (let round = -1; round < count; round++) {
    for (const subject of rotated(subjects, round + 1)) {
      await server.reset();
      const measured = await measureFresh(row.what, subject, server, row.params);
      const { connections } = await server.counts();
      if (round >= 0) addSample(samples[subject], { ...measured, connections: connections[row.params.over ?? "plain"] });
    }
  }
  return samples;
}

async function sizeSamples() {
  const sizes = await installedSizes();
  return Object.fromEntries(Object.entries(sizes).map(([subject, { contents, disk, packages }]) => [subject, { contents: [contents], disk: [disk], packages: [packages] }]));
}

/** A reference that is not a model: microseconds of the main thread. */
async function measureReference({ reference, params }, server, { rounds }) {
  const process = await startSubject("floor", server);
  try {
    const samples = [];
    for (let round = -WARM_UP; round < rounds; round++) {
      const { main } = await process.ask({ workload: reference.workload, params, way: "cost" });
      if (round >= 0) samples.push(main);
    }
    return summaryOf(samples).median;
  } finally {
    await process.stop();
  }
}

/** Measures one series: for each of its steps and each package the median. */
export async function measureSeries({ id, title, label, unit, what, params }, server, { curveRounds, quick }) {
  const subjects = ["ours", "peer"];
  const runs = { ours: [], peer: [] };
  for (let round = 0; round < curveRounds; round++) {
    for (const subject of rotated(subjects, round)) runs[subject].push(await measureFresh(what, subject, server, quick ? { ...params, bursts: 3 } : params));
  }
  const medianAt = (subject, step) => summaryOf(runs[subject].map(({ peaks }) => peaks[step])).median;
  const points = runs.ours[0].peaks.map((_, step) => ({ step: step + 1, ...Object.fromEntries(subjects.map((subject) => [subject, medianAt(subject, step)])) }));
  return { id, title, label, unit, points };
}

/** Measures one curve: for each size and subject the median, and the exponents of growth. */
export async function measureCurve(curve, server, options) {
  const points = await curvePoints(curve, server, options);
  const exponents = Object.fromEntries(SUBJECTS.map((subject) => [subject, exponentOf(points.map((point) => [point.size, point[subject]]))]));
  const { id, title, axis, label } = curve;
  return { id, title, axis, label, points, exponents };
}

async function curvePoints({ sizes, workload, params, metric }, server, { curveRounds, quick }) {
  const processes = await startAll(SUBJECTS, server);
  try {
    const points = [];
    for (const size of quick ? sizes.slice(0, 4) : sizes) {
      const samples = Object.fromEntries(SUBJECTS.map((subject) => [subject, []]));
      const isLong = {};
      for (let round = -1; round < curveRounds; round++) {
        for (const subject of rotated(SUBJECTS, round + 1).filter((subject) => !isLong[subject])) {
          const cost = await processes[subject].ask({ workload, params: params(size), way: "cost" });
          isLong[subject] = round === -1 && cost.wall * cost.units > LONG;
          if (round >= 0 || isLong[subject]) samples[subject].push(cost[metric]);
        }
      }
      points.push({ size, ...Object.fromEntries(SUBJECTS.map((subject) => [subject, summaryOf(samples[subject]).median])) });
    }
    return points;
  } finally {
    await stopAll(processes);
  }
}

/** The main thread's profile of each subject, for a row that is measured in rounds. */
export async function profileRow(row, server) {
  const { workload, params } = row;
  const subjects = subjectsOf(row);
  const processes = await startAll(subjects, server);
  try {
    const profiles = {};
    for (const subject of subjects) {
      for (let round = 0; round < WARM_UP + 1; round++) await processes[subject].ask({ workload, params, way: "cost" });
      profiles[subject] = await processes[subject].ask({ workload, params, way: "profile" });
    }
    return profiles;
  } finally {
    await stopAll(processes);
  }
}

function addSample(samples, values) {
  for (const [key, list] of Object.entries(samples)) if (values[key] !== undefined) list.push(values[key]);
}

function rotated(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

async function startAll(subjects, server) {
  const processes = {};
  for (const subject of subjects) processes[subject] = await startSubject(subject, server);
  return processes;
}

async function stopAll(processes) {
  await Promise.all(Object.values(processes).map((process) => process.stop()));
}
