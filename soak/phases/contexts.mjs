/**
 * The package evaluated again and again in `vm` contexts of their own, as servers and test runners do, with LangChain of the main context. Some contexts load
 * the addon anew, too. Half of them close their models; what the others leave behind is collected.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import vm from "node:vm";
import createCalls from "../calls.cjs";
import measure from "../measure.cjs";
import random from "../random.cjs";
import subject from "../subject.cjs";

const { connection, runPhase, seed } = subject;
const { collect } = measure;
const load = createRequire(import.meta.url);

const WIDTH = 8;
/** Calls of one context. */
const CALLS = 50;
/** How many of ten contexts load the addon anew. Node.js keeps each, with 35 KB of classes, until its thread ends. */
const WITH_OWN_ADDON = 2;

const file = load.resolve("langchain-aws-native");
const packageRequire = createRequire(file);
const addonFile = (packageRequire("#native")(), Object.keys(load.cache).find((path) => path.endsWith(".node")));
const script = new vm.Script(`(function (require, module, exports) {${readFileSync(file, "utf8")}\n})`, { filename: file });

const { AbortController, AbortSignal, TextDecoder, TextEncoder, URL, clearTimeout, crypto, performance, setTimeout, structuredClone } = globalThis;
const GLOBALS = { AbortController, AbortSignal, Buffer, TextDecoder, TextEncoder, URL, clearTimeout, crypto, performance, process, setTimeout, structuredClone };

/** The package's exports in a context of its own. */
function evaluate(hasOwnAddon) {
  const own = { exports: {} };
  const addon = hasOwnAddon ? () => (process.dlopen(own, addonFile), own.exports) : packageRequire("#native");
  const module = { exports: {} };
  script.runInContext(vm.createContext({ ...GLOBALS }))((name) => (name === "#native" ? addon : packageRequire(name)), module, module.exports);
  return module.exports;
}

/** AWS's client does not close the connections of one that nobody uses any more. */
const requestHandler = new (load("@smithy/node-http-handler").NodeHttpHandler)();

const dice = random(seed, "contexts");
const problems = [];
const contexts = [];
let count = 0;
let faulty = 0;
let pending = [];

async function callInContext() {
  const exported = evaluate(dice.below(10) < WITH_OWN_ADDON);
  const caller = `context${contexts.length}`;
  contexts.push(new WeakRef(exported));
  const calls = createCalls((name) => (name === "langchain-aws-native" ? exported : load(name)), { connection, seed, caller, requestHandler });
  pending = calls.state.pending;
  await calls.run(0, WIDTH, (next) => next >= CALLS);
  if (dice.below(2) === 0) calls.close();
  count += calls.state.settled;
  faulty += calls.state.faulty;
  problems.push(...calls.state.problems.map((problem) => `${caller}: ${problem}`));
}

async function work(isOver) {
  do await callInContext();
  while (!isOver(count));
  pending = [];
}

await runPhase(work, async () => ({ count, faulty, problems: [...problems, ...(await uncollected())], pending: [...pending.values()] }), { heap: 24 });

/** What is to be collected may take its time: a timer of the package ends a second after its last call. The last context may still be on the stack. */
async function uncollected() {
  const left = () => contexts.filter((context) => context.deref() !== undefined).length;
  // What was looked at is kept until the next task, so the first collection of two does nothing.
  for (const end = Date.now() + 30_000; left() > 3 && Date.now() < end; ) await collect(2);
  return left() > 3 ? [`${left()} of ${contexts.length} contexts were not collected`] : [];
}
