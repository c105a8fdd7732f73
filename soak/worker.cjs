/** A worker thread that makes calls until it is told to end, or is terminated. */
"use strict";

const { parentPort, workerData } = require("node:worker_threads");
const createCalls = require("./calls.cjs");

const WIDTH = 3;

const { connection, seed, caller, counters } = workerData;
const uncaught = [];
process.on("unhandledRejection", (reason) => uncaught.push(`unhandled rejection: ${reason?.stack ?? reason}`));

let isEnded = false;
parentPort.once("message", () => (isEnded = true));

const { run, state } = createCalls(require, { connection, seed, caller });
parentPort.postMessage({ isLoaded: true });
const count = () => {
  [state.started, state.settled, state.faulty].forEach((value, index) => Atomics.store(counters, index, value));
};

void run(0, WIDTH, () => (count(), isEnded)).then(() => {
  count();
  parentPort.postMessage({ found: [...state.problems, ...uncaught] });
  parentPort.close();
  // What streams of AWS's client were abandoned keeps the thread alive until it is collected, and a thread that does nothing collects nothing.
  setInterval(gc, 100).unref();
});
