/** What each phase does in its process: it makes calls, says what came of them, and ends by itself when it is told to. */
"use strict";

const vm = require("node:vm");
const { baseline, collect, compare } = require("./measure.cjs");

// Jest has a copy, which gets no messages.
const realProcess = vm.runInThisContext("process");
const { connection, seed, seconds, calls } = JSON.parse(realProcess.env.SOAK);

const PART_OF_WARM_UP = 0.2;
/** Milliseconds in which each call must be settled after the last was made. */
const MAX_WAIT = 60_000;

/** What nobody caught, and warnings such as that of too many listeners. */
const uncaught = [];
realProcess.on("unhandledRejection", (reason) => uncaught.push(`unhandled rejection: ${reason?.stack ?? reason}`));
realProcess.on("uncaughtException", (error) => uncaught.push(`uncaught: ${error.stack}`));
realProcess.on("warning", ({ message, stack }) => {
  // AWS's client for JavaScript says so of Node.js 20.
  if (!message.includes("NodeVersionSupportWarning")) uncaught.push(`warning: ${stack}`);
});

/**
 * Runs a phase: `work` for the part of its time and calls that is the warm-up, then for the rest, and compares what the process holds. Resolves when the
 * driver has seen all of it.
 *
 * @param {(isOver: (next: number) => boolean) => Promise<void>} work makes calls until `isOver`, and resolves when all are settled
 * @param {() => State | Promise<State>} state `{ count: number, faulty: number, problems: string[], pending: string[] }`
 * @param {object} [limits] other limits than those of `measure.cjs`
 */
async function runPhase(work, state, limits) {
  const started = Date.now();
  const isOver = (part) => (next) => next >= part * calls || Date.now() - started > part * seconds * 1_000;
  const stuck = () => Promise.reject(new Error("Not all calls were answered."));
  const within = (part) => {
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, part * seconds * 1_000 - (Date.now() - started) + MAX_WAIT)));
    return Promise.race([work(isOver(part)), late.then(stuck)]).finally(() => clearTimeout(timer));
  };
  const found = [];
  let compared = {};
  try {
    await within(PART_OF_WARM_UP);
    const before = await baseline();
    await within(1);
    compared = await compare(before, limits);
  } catch (error) {
    found.push(error.stack);
  }
  const { count, faulty, problems, pending } = await state();
  if (pending.length > 0) found.push(`not settled: ${pending.slice(0, 10).join("; ")}`);
  await finish({ ...compared, count, faulty, problems: [...problems, ...uncaught, ...found, ...(compared.problems ?? [])] });
}

/** Says what was found. What streams were abandoned is collected until the driver has seen that no request is open. */
async function finish(report) {
  let isEnded = false;
  realProcess.once("message", () => (isEnded = true));
  realProcess.send(report);
  while (!isEnded) await collect(1);
  realProcess.disconnect();
}

module.exports = { connection, seed, runPhase };
