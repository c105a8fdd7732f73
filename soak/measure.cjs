/** What a process holds, and whether that has grown. */
"use strict";

const { readdirSync, readFileSync, readlinkSync } = require("node:fs");
const vm = require("node:vm");

// Jest's context has none, and a copy of the process.
const gc = vm.runInThisContext("gc");
const realProcess = vm.runInThisContext("process");

/**
 * What may be there beyond the measurement after the warm-up. Memory in MB, for as many calls as there may be: what is kept of each call shows, what V8 and
 * the allocator have not given back does not. Connections stay open for the next call. The core's threads for long conversions end after 10 seconds without work.
 */
const LIMITS = { heap: 12, external: 12, memory: 64, handles: 4, sockets: 40, threads: 4 };

const MEGABYTE = 2 ** 20;

function measure() {
  const { heapUsed, external, rss } = realProcess.memoryUsage();
  return {
    heap: heapUsed / MEGABYTE,
    external: external / MEGABYTE,
    memory: residentAnonymous() ?? rss / MEGABYTE,
    handles: realProcess.getActiveResourcesInfo().length,
    sockets: count("/proc/self/fd", (file) => readlinkSync(file).startsWith("socket:")),
    threads: count("/proc/self/task", () => true),
  };
}

/** In MB, without the files that are mapped; `undefined` where there is no `/proc`. */
function residentAnonymous() {
  try {
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
  } catch {
    return undefined;
  }
}

function count(folder, counts) {
  let found = 0;
  try {
    for (const name of readdirSync(folder)) {
      try {
        if (counts(`${folder}/${name}`)) found++;
      } catch {
        // Closed meanwhile.
      }
    }
  } catch {
    return 0;
  }
  return found;
}

async function collect(rounds) {
  for (let round = 0; round < rounds; round++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** The measurement to compare with. */
async function baseline() {
  await collect(12);
  return measure();
}

function grown(before, after, limits) {
  return Object.keys(limits).filter((name) => after[name] > before[name] + limits[name]);
}

/** Measures until nothing has grown, for 30 seconds at most: what is to end of itself may take its time. */
async function compare(before, more = {}) {
  const limits = { ...LIMITS, ...more };
  const end = Date.now() + 30_000;
  for (;;) {
    await collect(5);
    const after = measure();
    const over = grown(before, after, limits);
    if (over.length === 0 || Date.now() > end) {
      return { before, after, problems: over.map((name) => `${name} grew from ${round(before[name])} to ${round(after[name])}, more than ${limits[name]}`) };
    }
  }
}

const round = (value) => Math.round(value * 10) / 10;

module.exports = { baseline, collect, compare };
