/**
 * What `BedrockBatch.runLocally` costs beside LangChain's own `model.batch`: `node benchmark/batch_local.mjs [RECORDS...]`, 10,000 and 100,000 by default.
 * Records have 2 KB. Each line is a process of its own; `resumed` gives all answers from the checkpoint of the line before.
 */
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ChatBedrockConverse } from "langchain-aws-native";
import { BedrockBatch } from "langchain-aws-native/batch";
import { costOf, mainThread } from "./clocks.mjs";

const CONCURRENCY = 16;
const TEXT = "x".repeat(2_000);
const SUBJECTS = ["batch", "local", "checkpoint", "resumed"];

if (process.env.SUBJECT === undefined) await compare(process.argv.slice(2).map(Number));
else await measure(process.env.SUBJECT, JSON.parse(process.env.GIVEN));

async function compare(given) {
  const server = fork(fileURLToPath(new URL("server.mjs", import.meta.url)));
  const [{ ports, region, credentials }] = await once(server, "message");
  const connection = { endpointUrl: `http://127.0.0.1:${ports.plain}`, region, credentials };
  const folder = mkdtempSync(join(tmpdir(), "batch-bench-"));
  for (const records of given.length > 0 ? given : [10_000, 100_000]) {
    const checkpoint = join(folder, `${records}.jsonl`);
    for (const subject of SUBJECTS) {
      const env = { ...process.env, SUBJECT: subject, GIVEN: JSON.stringify({ connection, records, checkpoint }) };
      spawnSync(process.execPath, [fileURLToPath(import.meta.url)], { env, stdio: "inherit" });
    }
  }
  rmSync(folder, { recursive: true });
  server.disconnect();
}

async function measure(subject, { connection, records, checkpoint }) {
  const model = new ChatBedrockConverse({ model: "short", ...connection, ...(subject === "batch" ? { maxConcurrency: CONCURRENCY } : {}) });
  await model.invoke("Hello");
  let [peak, hold, before] = [0, 0, mainThread()];
  // Time on a CPU, since other processes may interrupt this one. The system counts it in steps of some milliseconds.
  const timer = setInterval(() => {
    const now = mainThread();
    [peak, hold, before] = [Math.max(peak, process.memoryUsage.rss()), Math.max(hold, now - before), now];
  }, 1);
  const { wall, main, cpu } = await costOf(async () => {
    const answered = await run(subject, model, records, checkpoint);
    if (answered !== records) throw new Error(`${answered} of ${records} were answered.`);
    return records;
  });
  clearInterval(timer);
  const [time, thread, all] = [wall, main, cpu].map((value) => `${Math.round(value)} µs`.padStart(7));
  const size = subject === "checkpoint" ? `, file ${Math.round(statSync(checkpoint).size / 1e6)} MB` : "";
  console.log(
    `${subject.padEnd(10)} ${String(records).padStart(7)}: time ${time}, main thread ${thread}, CPU ${all} a record; ` +
      `at most ${String(Math.round(peak / 1e6)).padStart(5)} MB resident, JavaScript held ${Math.round(hold / 1e3)} ms${size}`,
  );
}

async function run(subject, model, records, checkpoint) {
  if (subject === "batch") return (await model.batch(Array.from({ length: records }, (_, index) => `${index} ${TEXT}`))).length;
  let answered = 0;
  const options = { maxConcurrency: CONCURRENCY, ...(subject === "local" ? {} : { checkpoint }) };
  for await (const { message } of new BedrockBatch({ model }).runLocally(inputs(records), options)) if (message !== undefined) answered++;
  return answered;
}

function* inputs(records) {
  for (let index = 0; index < records; index++) yield `${index} ${TEXT}`;
}
