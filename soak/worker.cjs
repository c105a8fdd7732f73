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
const count = () => {
  [state.started, state.settled, state.faulty].forEach((value, index) => Atomics.store(counters, index, value));
};

void run(0, WIDTH, () => (count(), isEnded)).then(() => {
  count();
  parentPort.postMessage([...state.problems, ...uncaught]);
  parentPort.close();
});
