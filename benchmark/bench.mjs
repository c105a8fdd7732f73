/**
 * `npm run bench`: the cost of calls in this package, in `@langchain/aws`, and of LangChain core alone (the floor). Options:
 *
 *     --quick            one round of everything, as a test; the figures mean nothing and are not written
 *     --only name        rows, curves and series whose name contains it; may be repeated
 *     --rounds n         7 by default
 *     --profile          a profile of the main thread, for the rows of --only
 *     --output folder    for results and charts; by default benchmark/results, with --quick or --only none
 *     --merge            with --only: the results take the place of those of the same name in benchmark/results/latest.json, and say when they were measured
 *     --write-readme     also writes the sections of README and docs/performance.md
 *     --from file        reads results from a file instead of measuring: for charts and README
 *     --check            fails when these sections or charts do not match benchmark/results/latest.json; measures nothing
 *
 * NAPI_RS_NATIVE_LIBRARY_PATH names another addon to measure; without it everything is built first.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepare, root } from "../scripts/build.mjs";

const { values: given } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    rounds: { type: "string", default: "7" },
    profile: { type: "boolean", default: false },
    output: { type: "string" },
    merge: { type: "boolean", default: false },
    "write-readme": { type: "boolean", default: false },
    from: { type: "string" },
    check: { type: "boolean", default: false },
  },
});

const home = join(root, "benchmark", "results");
const pages = [join(root, "README.md"), join(root, "docs", "performance.md")];
const isPartial = given.quick || given.only.length > 0;
const folder = given.output ?? (isPartial && !given.merge ? undefined : home);

if (!given.from && !given.check && !process.env.NAPI_RS_NATIVE_LIBRARY_PATH) prepare();
if (given.check) await check();
else if (given.profile) await profile();
else if (given.from) await write(readResults(given.from), folder ?? home);
else await bench();

async function bench() {
  const { debugAddon, isProfileGuided } = await import("./machine.mjs");
  const objection = debugAddon();
  if (objection) console.log(`Nothing will be written: the addon is no release build (${objection}).\n`);
  if (given["write-readme"] && (objection || (isPartial && !given.merge))) stop("--write-readme needs a full run, or --merge, with a release build of the addon.");
  if (given["write-readme"] && !isProfileGuided()) stop("--write-readme needs the addon that is released. Run: npm run build:release");
  const results = await measure();
  if (!objection && folder) await write(given.merge ? merged(readResults(join(folder, "latest.json")), results) : results, folder);
}

async function measure() {
  const [{ rows, curves, series }, { measureCurve, measureRow, measureSeries }, { Server }, machine, table] = await modules();
  const rounds = given.quick ? 1 : Number(given.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0)) stop(`--rounds is a whole number, not ${given.rounds}.`);
  const options = { quick: given.quick, rounds, curveRounds: Math.min(rounds, 3) };
  const results = { date: new Date().toISOString(), isPartial, rounds, machine: machine.describeMachine(), versions: machine.versions(), rows: [], curves: [], series: [] };
  const server = await Server.start();
  try {
    table.printHead();
    for (const row of selected(rows, "")) {
      results.rows.push(await measureRow(row, server, options));
      table.printRow(results.rows.at(-1));
    }
    for (const curve of selected(curves, "growth-")) {
      results.curves.push(await measureCurve(curve, server, options));
      table.printCurve(results.curves.at(-1));
    }
    for (const one of selected(series, "series-")) {
      results.series.push(await measureSeries(one, server, options));
      table.printSeries(results.series.at(-1));
    }
  } finally {
    await server.stop();
  }
  return results;
}

async function profile() {
  const [{ rows }, { profileRow }, { Server }, , table] = await modules();
  const server = await Server.start();
  try {
    for (const row of selected(rows, "").filter(({ workload }) => workload)) table.printProfile(row, await profileRow(row, server));
  } finally {
    await server.stop();
  }
}

function modules() {
  return Promise.all([import("./rows.mjs"), import("./measure.mjs"), import("./processes.mjs"), import("./machine.mjs"), import("./report/table.mjs")]);
}

/** `all` with the newly `measured`, which are marked, in place of those of the same name. */
function merged(all, { date, versions: { commit }, ...measured }) {
  const replaced = (old = [], fresh) => {
    const marked = fresh.map((one) => ({ ...one, measured: { date, commit } }));
    const known = new Set(old.map(({ id }) => id));
    return [...old.map((one) => marked.find(({ id }) => id === one.id) ?? one), ...marked.filter(({ id }) => !known.has(id))];
  };
  return { ...all, ...Object.fromEntries(["rows", "curves", "series"].map((kind) => [kind, replaced(all[kind], measured[kind])])) };
}

/** Curves are named `growth-…` on the command line, series `series-…`. */
function selected(list, prefix) {
  return list.filter(({ id }) => given.only.length === 0 || given.only.some((part) => `${prefix}${id}`.includes(part)));
}

async function write(results, target) {
  if (given["write-readme"] && results.isPartial) stop("The README shows a full run, and these results are of a part.");
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "latest.json"), `${JSON.stringify(results, null, 2)}\n`);
  for (const [name, chart] of Object.entries(await chartsOf(results))) writeFileSync(join(target, name), chart);
  console.log(`\nWritten: ${target}`);
  if (!given["write-readme"]) return;
  for (const [file, text] of await pagesOf(results)) {
    writeFileSync(file, text);
    console.log(`Written: ${file}`);
  }
}

async function check() {
  const results = readResults(join(home, "latest.json"));
  const wanted = Object.entries(await chartsOf(results)).map(([name, chart]) => [join(home, name), chart]);
  for (const [file, text] of [...wanted, ...(await pagesOf(results))]) {
    if (readFileSync(file, "utf8") !== text) stop(`${file} is not what benchmark/results/latest.json says. Run: npm run bench -- --from benchmark/results/latest.json --write-readme`);
  }
}

function readResults(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

async function chartsOf(results) {
  const { costChart, growthChart, seriesChart } = await import("./report/charts.mjs");
  return {
    ...(results.rows.length > 0 && { "cost.svg": costChart(results) }),
    ...(results.curves.length > 0 && { "growth.svg": growthChart(results) }),
    ...Object.fromEntries((results.series ?? []).map((one) => [`${one.id}.svg`, seriesChart(one)])),
  };
}

async function pagesOf(results) {
  const { withAllFigures, withFigures } = await import("./report/pages.mjs");
  const [readme, performance] = pages;
  return [
    [readme, withFigures(readFileSync(readme, "utf8"), results)],
    [performance, withAllFigures(readFileSync(performance, "utf8"), results)],
  ];
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
