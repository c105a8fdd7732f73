/** The memory of a process: of the system's view, in megabytes. */
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const MEGABYTE = 1024 * 1024;

/**
 * The peak of resident memory during `work`: Linux's own high-water mark, which is exact, or what is seen every 10 ms. `work` may block the event loop, so
 * that the second can miss a short peak.
 */
export async function peakOf(work) {
  const isExact = resetHighWaterMark();
  let most = 0;
  const look = () => (most = Math.max(most, process.memoryUsage.rss()));
  const watch = isExact ? undefined : setInterval(look, 10);
  // What it resolves with is in memory until the last look.
  const result = await work();
  clearInterval(watch);
  look();
  return result && Math.max(isExact ? highWaterMark() : 0, most) / MEGABYTE;
}

/** Makes the current resident memory the mark: proc(5), `/proc/[pid]/clear_refs`. */
function resetHighWaterMark() {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
    return highWaterMark() > 0;
  } catch {
    return false;
  }
}

function highWaterMark() {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0) * 1024;
}

/** Resident memory when nothing is left to do and garbage is collected, and the part of it that is not V8's heap. */
export async function settledMemory() {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  for (let time = 0; time < 3; time++) {
    collect();
    await sleep(300);
  }
  const { rss, heapTotal } = process.memoryUsage();
  return { settled: rss / MEGABYTE, outside: (rss - heapTotal) / MEGABYTE };
}
