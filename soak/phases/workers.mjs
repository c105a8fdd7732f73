/** Twenty worker threads, which are terminated at random moments; others of the same number follow. Some end by themselves, when all their calls are settled. */
import { Worker } from "node:worker_threads";
import random from "../random.cjs";
import subject from "../subject.cjs";

const { connection, runPhase, seed } = subject;

const WORKERS = 20;
/** Milliseconds of making calls; of one in five, from its start. */
const LONGEST_LIFE = 6_000;
/** How many of ten workers are let to their end. */
const LET_TO_THEIR_END = 3;

const dice = random(seed, "workers");
const problems = [];
let lives = 0;
let count = 0;
let faulty = 0;
const alive = new Set();

/** One worker from its start to its end. */
function live() {
  const caller = `worker${lives++}`;
  const isTerminated = dice.below(10) >= LET_TO_THEIR_END;
  const counters = new Int32Array(new SharedArrayBuffer(12));
  const worker = new Worker(new URL("../worker.cjs", import.meta.url), { workerData: { connection, seed, caller, counters } });
  alive.add(caller);
  const life = dice.below(LONGEST_LIFE);
  const isShort = isTerminated && dice.below(5) === 0;
  let timer;
  const begin = () => (timer = setTimeout(() => (isTerminated ? worker.terminate() : worker.postMessage("end")), life));
  if (isShort) begin();
  worker.on("error", (error) => problems.push(`${caller}: ${error.stack}`));
  worker.on("message", ({ isLoaded, found = [] }) => {
    if (isLoaded && !isShort) begin();
    problems.push(...found.map((problem) => `${caller}: ${problem}`));
  });
  return new Promise((resolve) => {
    worker.once("exit", (code) => {
      clearTimeout(timer);
      alive.delete(caller);
      if (!isTerminated && code !== 0) problems.push(`${caller} ended with ${code}`);
      if (!isTerminated && counters[0] !== counters[1]) problems.push(`${caller} made ${counters[0]} calls, of which ${counters[1]} were settled`);
      count += counters[1];
      faulty += counters[2];
      resolve();
    });
  });
}

async function work(isOver) {
  const slot = async () => {
    do await live();
    while (!isOver(count));
  };
  await Promise.all(Array.from({ length: WORKERS }, slot));
}

await runPhase(work, () => ({ count, faulty, problems, pending: [...alive] }));
