import { randomUUID } from "node:crypto";
import { constants, copyFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";

/** Who holds a lock. */
interface Holder {
  pid: number;
  host: string;
  /** Tells the process from a later one of the same number, where the system says so. */
  start?: string;
}

/** Reserves a file for this process by another one beside it. Resolves with how to give it free. */
export async function lockFile(file: string): Promise<() => Promise<void>> {
  const path = `${file}.lock`;
  const own = JSON.stringify({ pid: process.pid, host: hostname(), start: await startOf(process.pid) } satisfies Holder);
  while (!(await create(path, own))) {
    const text = await readFile(path, "utf8").catch(ifMissing);
    if (text === undefined) continue;
    const holder = parse(text);
    if (holder === undefined || (await isRunning(holder))) throw new Error(inUse(file, path, holder));
    await removeStale(path, text);
  }
  return () => rm(path, { force: true });
}

/** Whether the lock was free. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** Takes the lock of a dead process away. If another process has taken it over meanwhile, it gets its lock back. */
async function removeStale(path: string, text: string): Promise<void> {
  const taken = `${path}.${randomUUID()}`;
  await rename(path, taken).catch(ifMissing);
  const found = await readFile(taken, "utf8").catch(ifMissing);
  if (found !== undefined && found !== text) await copyFile(taken, path, constants.COPYFILE_EXCL).catch(() => undefined);
  await rm(taken, { force: true });
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    return Number.isInteger(holder?.pid) ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** A process of another machine cannot be seen from here: it counts as running. */
async function isRunning({ pid, host, start }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  return start === undefined ? exists(pid) : (await startOf(pid)) === start;
}

/** When a process began, on Linux: the boot, and the clock ticks since then (proc_pid_stat(5), field 22). The clock of the day may be set meanwhile. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const [boot, stat] = await Promise.all([readFile("/proc/sys/kernel/random/boot_id", "utf8"), readFile(`/proc/${pid}/stat`, "utf8")]);
    // The second field, the program's name in parentheses, may have spaces.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return ticks && `${boot.trim()} ${ticks}`;
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function inUse(file: string, path: string, holder: Holder | undefined): string {
  const who = holder === undefined ? "another process" : holder.pid === process.pid ? "another run of this process" : `process ${holder.pid} on ${holder.host}`;
  return `BedrockBatch: the checkpoint ${file} is in use by ${who}. Wait for that run, or use another file; if there is no such run, delete ${path}.`;
}

function ifMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  return undefined;
}
