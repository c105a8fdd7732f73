/**
 * `npm run soak`: calls of all kinds for a long time, a fifth of them failing, aborted, cut or abandoned, while the process is watched. CONTRIBUTING.md has
 * its options. Each phase is a process of its own, and so is the endpoint.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { prepare, root } from "../scripts/build.mjs";

/** Each phase with its part of the time and of the calls. */
const PHASES = { main: 0.4, workers: 0.3, contexts: 0.15, registries: 0.15 };
const JEST = `${root}/node_modules/jest/bin/jest.js`;
const JEST_CONFIG = { rootDir: `${root}/soak`, testMatch: ["<rootDir>/registries.cjs"], testEnvironment: "node", transform: {}, testTimeout: 2 ** 31 - 1 };
const MAX_END = 40_000;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, calls: { type: "string", default: "100000" }, seed: { type: "string" }, phase: { type: "string", multiple: true } },
});
const minutes = positive("minutes", values.minutes);
const calls = positive("calls", values.calls);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : positive("seed", values.seed);
const phases = values.phase ?? Object.keys(PHASES);
const unknown = phases.find((phase) => !Object.hasOwn(PHASES, phase));
if (unknown !== undefined) stop(`There is no phase ${unknown}; there are ${Object.keys(PHASES).join(", ")}.`);

prepare();
console.log(`${minutes} minutes or ${calls} calls, with --seed ${seed}`);
const endpoint = fork(new URL("endpoint.mjs", import.meta.url));
const [{ connection }] = await once(endpoint, "message");
const share = phases.reduce((sum, phase) => sum + PHASES[phase], 0);
let isGood = true;
for (const phase of phases) {
  const part = PHASES[phase] / share;
  isGood = (await run(phase, { connection, seed, seconds: minutes * 60 * part, calls: Math.ceil(calls * part) })) && isGood;
}
endpoint.disconnect();
if (!isGood) console.log(`Something is wrong. To repeat it: npm run soak -- --minutes ${minutes} --calls ${calls} --seed ${seed} --phase ${phases.join(" --phase ")}`);
else console.log("All calls were answered once, nothing was left behind, and nothing has grown.");
process.exitCode = isGood ? 0 : 1;

/** Runs a phase and prints its line. */
async function run(phase, given) {
  const started = Date.now();
  const [program, args] = phase === "registries" ? [JEST, ["--runInBand", "--config", JSON.stringify(JEST_CONFIG)]] : [fileURLToPath(new URL(`phases/${phase}.mjs`, import.meta.url)), []];
  const subject = fork(program, args, { execArgv: ["--expose-gc"], env: { ...process.env, NODE_NO_WARNINGS: "1", SOAK: JSON.stringify(given) }, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  let printed = "";
  for (const output of [subject.stdout, subject.stderr]) output.setEncoding("utf8").on("data", (text) => (printed = (printed + text).slice(-20_000)));
  const ended = new Promise((resolve) => subject.once("exit", (code, signal) => resolve(signal ?? code)));
  const report = await Promise.race([once(subject, "message").then(([report]) => report), ended.then((how) => ({ problems: [`It ended with ${how} before its end.`] }))]);
  const problems = [...report.problems];
  const { open, refused } = await requestsAtTheEnd();
  if (open.length > 0) problems.push(`${open.length} requests are still open: ${open.slice(0, 5).join(", ")}`);
  problems.push(...refused.map((what) => `the endpoint refused ${what}`));
  if (subject.connected) subject.send("end");
  const how = await within(MAX_END, ended);
  if (how === undefined) subject.kill("SIGKILL");
  if (how !== 0) problems.push(how === undefined ? "The process does not end by itself." : `The process ended with ${how}.`);
  const seconds = Math.round((Date.now() - started) / 1_000);
  console.log(`${phase.padEnd(10)} ${problems.length === 0 ? "good" : "BAD "} ${report.count ?? 0} calls in ${seconds} s, ${report.faulty ?? 0} of them faulty; ${growth(report)}`);
  for (const problem of problems) console.log(`  ${problem}`);
  if (problems.length > 0 && printed !== "") console.log(`  It printed:\n${printed}`);
  return problems.length === 0;
}

/** The endpoint's state, once no request is open, or after a time. */
async function requestsAtTheEnd() {
  const end = Date.now() + MAX_END;
  for (let number = 0; ; number++) {
    endpoint.send({ number });
    const [state] = await once(endpoint, "message");
    if (state.open.length === 0 || Date.now() > end) return state;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** `undefined` if it takes longer than so many milliseconds. */
function within(milliseconds, promise) {
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function growth({ before, after }) {
  if (before === undefined || after === undefined) return "not measured";
  const units = { heap: " MB", external: " MB", memory: " MB" };
  return Object.keys(after).map((name) => `${name} ${Math.round(before[name])} → ${Math.round(after[name])}${units[name] ?? ""}`).join(", ");
}

function positive(option, text) {
  const number = Number(text);
  if (!(number > 0)) stop(`--${option} is a number above 0, not ${text}.`);
  return number;
}

function stop(sentence) {
  console.error(sentence);
  process.exit(2);
}
