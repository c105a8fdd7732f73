import { readFileSync } from "node:fs";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** The clock for the main thread's CPU time: Node.js's from 23.9 on, else Linux's, else the time in which the event loop was not idle. */
export const MAIN_THREAD_CLOCK = process.threadCpuUsage ? "threadCpuUsage" : hasSchedstat() ? "schedstat" : "eventLoopUtilization";

function hasSchedstat() {
  try {
    return schedstat() > 0;
  } catch {
    return false;
  }
}

/** The main thread's id is the process's. The file's first number is nanoseconds on a CPU. */
function schedstat() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ", 1)[0]) / 1000;
}

/** Microseconds on a CPU. */
export function mainThread() {
  switch (MAIN_THREAD_CLOCK) {
    case "threadCpuUsage": {
      const { user, system } = process.threadCpuUsage();
      return user + system;
    }
    case "schedstat":
      return schedstat();
    default:
      return performance.eventLoopUtilization().active * 1000;
  }
}

/** Microseconds. */
function read() {
  const { user, system } = process.cpuUsage();
  return { cpu: user + system, main: mainThread(), wall: performance.now() * 1000 };
}

/**
 * The cost of `work` per unit, in microseconds: CPU time of all threads, CPU time of the main thread, elapsed time. `work` resolves with the number of
 * units. The system updates a thread's time when it sleeps, so it sleeps for a moment before each reading.
 *
 * Garbage is not collected between samples: a forced collection shrinks V8's young generation to its minimum, after which work costs twice as much.
 */
export async function costOf(work) {
  await sleep(2);
  const before = read();
  const units = await work();
  const { wall } = read();
  await sleep(1);
  const { cpu, main } = read();
  return { units, cpu: (cpu - before.cpu) / units, main: (main - before.main) / units, wall: (wall - before.wall) / units };
}

/** The longest time in which the event loop was blocked during `work`, in milliseconds. */
export async function worstPauseOf(work) {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await sleep(20);
  delays.reset();
  await work();
  await sleep(10);
  delays.disable();
  // A tick that comes on time is one millisecond after the one before.
  return Math.max(0, delays.max / 1e6 - 1);
}
