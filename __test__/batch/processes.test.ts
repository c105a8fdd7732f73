import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { run } from "../support/child.js";
import { linesOf, questionOf, timesAsked, useFolder } from "./local_support.js";

const root = join(__dirname, "..", "..");
const inFolder = useFolder();
let bedrock: Bedrock;
let checkpoint: string;
beforeEach(async () => {
  bedrock = await startBedrock();
  bedrock.replyAlways((request) => `Answer to ${questionOf(request)}`);
  checkpoint = inFolder("answers.jsonl");
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await bedrock.close();
});

const children: ChildProcess[] = [];

const INPUTS = 400;
const CONCURRENCY = 8;

/** Runs a batch and prints each result: its id and what it says. */
const PROGRAM = `
  import { ChatBedrockConverse } from "langchain-aws-native";
  import { BedrockBatch } from "langchain-aws-native/batch";
  const { connection, checkpoint, inputs, maxConcurrency } = JSON.parse(process.env.BATCH);
  const model = new ChatBedrockConverse({ maxRetries: 0, ...connection });
  function* questions() {
    for (let index = 0; index < inputs; index++) yield { id: "id " + index, input: "Question " + index };
  }
  for await (const { id, message, error } of new BedrockBatch({ model }).runLocally(questions(), { checkpoint, maxConcurrency })) {
    console.log(JSON.stringify([id, message?.text ?? error.name]));
  }
  console.log("end");`;

interface Run {
  child: ChildProcess;
  /** What was printed so far. */
  printed: Map<string, string>;
  stderr: () => string;
  /** Resolves with whether the loop came to its end, when the process has ended. */
  ended: Promise<boolean>;
}

/** `onResult` is called with the number of results so far. */
function start(onResult: (count: number, child: ChildProcess) => void = () => undefined, command: string[] = []): Run {
  const batch = { connection: bedrock.connection, checkpoint, inputs: INPUTS, maxConcurrency: CONCURRENCY };
  const [program = process.execPath, ...args] = [...command, process.execPath, "--input-type=module", "--eval", PROGRAM];
  const child = spawn(program, args, { cwd: root, env: { PATH: process.env["PATH"], BATCH: JSON.stringify(batch) }, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const printed = new Map<string, string>();
  let hasEnded = false;
  createInterface({ input: child.stdout! }).on("line", (line) => {
    if (line === "end") hasEnded = true;
    else printed.set(...(JSON.parse(line) as [string, string]));
    if (!hasEnded) onResult(printed.size, child);
  });
  return { child, printed, stderr: () => stderr, ended: once(child, "close").then(() => hasEnded) };
}

test("a run that is killed again and again goes on each time, and nothing that was answered is asked again", async () => {
  const seen = new Map<string, string>();
  const asked = new Map<string, number>();
  for (const killAt of [1, 60, 150, 151, 300]) {
    const { printed, ended } = start((count, child) => count === killAt && child.kill("SIGKILL"));
    expect(await ended).toBe(false);
    for (const [id, text] of printed) seen.set(id, text);
    // What was printed must not be asked by any later run.
    for (const id of seen.keys()) if (!asked.has(id)) asked.set(id, timesAsked(bedrock)[id.replace("id", "Question")] ?? 0);
  }
  const { printed, ended } = start();
  expect(await ended).toBe(true);
  expect([...printed]).toHaveLength(INPUTS);
  for (const [id, text] of printed) expect(text).toBe(`Answer to ${id.replace("id", "Question")}`);
  const times = timesAsked(bedrock);
  for (const [id, count] of asked) expect([id, times[id.replace("id", "Question")]]).toEqual([id, count]);
  // Each kill may lose what was under way, and answers that were not written yet: no more wait.
  expect(bedrock.requests.length - INPUTS).toBeLessThanOrEqual(5 * (CONCURRENCY + 64));
  expect(linesOf(checkpoint)).toHaveLength(1 + INPUTS);
}, 60_000);

test("of two processes with one checkpoint the second is refused, and can go on when the first was killed", async () => {
  let second: Promise<string> | undefined;
  const first = start((count, child) => {
    if (count !== 1) return;
    child.kill("SIGSTOP");
    const program = PROGRAM.replace("for await", "try { for await").replace('console.log("end");', "} catch (error) { console.log(error.message); }");
    const batch = { connection: bedrock.connection, checkpoint, inputs: 3, maxConcurrency: 1 };
    const other = spawn(process.execPath, ["--input-type=module", "--eval", program], { cwd: root, env: { PATH: process.env["PATH"], BATCH: JSON.stringify(batch) }, stdio: ["ignore", "pipe", "inherit"] });
    second = (async () => {
      const [lines] = await Promise.all([other.stdout.toArray(), once(other, "close")]);
      child.kill("SIGKILL");
      return Buffer.concat(lines as Buffer[]).toString();
    })();
  });
  expect(await first.ended).toBe(false);
  expect(await second).toContain(`the checkpoint ${checkpoint} is in use by process ${first.child.pid} on `);
  expect(existsSync(`${checkpoint}.lock`)).toBe(true);
  expect(await start().ended).toBe(true);
  expect(readdirSync(dirname(checkpoint))).toEqual(["answers.jsonl"]);
}, 60_000);

(process.platform === "linux" ? test : test.skip)("a disk that is full ends the loop with one sentence, and what was written before is kept", async () => {
  // The shell's limit of a file's size, in blocks of 512 bytes, stands for the disk's: some 200 answers, of which at most 8 + 64 wait for the disk or their reader.
  const limited = start(undefined, ["sh", "-c", `trap "" XFSZ; ulimit -f 300; exec "$0" "$@"`]);
  expect(await limited.ended).toBe(false);
  expect(limited.stderr()).toContain(`BedrockBatch: the checkpoint ${checkpoint} cannot be written: EFBIG: `);
  expect(limited.printed.size).toBeGreaterThan(100);
  const before = timesAsked(bedrock);
  expect(await start().ended).toBe(true);
  const times = timesAsked(bedrock);
  for (const id of limited.printed.keys()) expect(times[id.replace("id", "Question")]).toBe(before[id.replace("id", "Question")]);
  expect(linesOf(checkpoint)).toHaveLength(1 + INPUTS);
}, 60_000);

test("nothing is kept of what was asked and answered", async () => {
  const source = `
    import { ChatBedrockConverse } from "langchain-aws-native";
    import { BedrockBatch } from "langchain-aws-native/batch";
    import { startBedrock } from "langchain-aws-native/testing";
    const bedrock = await startBedrock({ onRequest: () => void bedrock.requests.splice(0) });
    function* inputs() {
      for (let index = 0; index < 2_000; index++) yield index + "x".repeat(5_000);
    }
    const heap = [];
    const model = new ChatBedrockConverse(bedrock.connection);
    for await (const { message } of new BedrockBatch({ model }).runLocally(inputs(), { checkpoint: process.env.CHECKPOINT })) {
      if (heap.push(0) % 500 !== 0) continue;
      gc();
      heap[heap.length - 1] = process.memoryUsage().heapUsed;
    }
    await bedrock.close();
    const [first, ...others] = heap.filter((bytes) => bytes > 0);
    console.log(Math.max(...others) - first);`;
  // The texts alone would be 15 MB.
  expect(Number(await run(source, { environment: { CHECKPOINT: checkpoint }, nodeOptions: ["--expose-gc"] }))).toBeLessThan(1_000_000);
}, 60_000);
