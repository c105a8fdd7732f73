/** The package loaded anew by Jest again and again, each time with a LangChain of its own; the addon is one. */
"use strict";

const random = require("./random.cjs");
const createCalls = require("./calls.cjs");
const { connection, runPhase, seed } = require("./subject.cjs");

const WIDTH = 8;
/** Calls of one registry of modules. */
const CALLS = 50;

const dice = random(seed, "registries");
const problems = [];
let registries = 0;
let count = 0;
let faulty = 0;
let pending = [];

async function callInRegistry() {
  jest.resetModules();
  const caller = `registry${registries++}`;
  // The agent and AWS's client take seconds to load.
  const calls = createCalls((name) => require(name), { connection, seed, caller, without: ["agent", "clientInvoke", "clientStream"] });
  pending = calls.state.pending;
  await calls.run(0, WIDTH, (next) => next >= CALLS);
  if (dice.below(2) === 0) calls.close();
  count += calls.state.settled;
  faulty += calls.state.faulty;
  problems.push(...calls.state.problems.map((problem) => `${caller}: ${problem}`));
}

async function work(isOver) {
  do await callInRegistry();
  while (!isOver(count));
}

test("calls in registries of their own", () => runPhase(work, () => ({ count, faulty, problems, pending: [...pending.values()] }), { heap: 40, memory: 160 }));
