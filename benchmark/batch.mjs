/**
 * Batches: converting and writing records of 2 KB, and reading results of that size, beside a loop over `JSON.stringify` or `JSON.parse` that sends and
 * receives nothing. Each row is a process of its own; S3 and Bedrock are another one, which keeps nothing.
 *
 *   node benchmark/batch.mjs [records …]     10000 and 100000 by default; RECORDS_PER_JOB in the environment: 10000
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(import.meta.url);
const RECORD = 2000;
const TEXT = "The quick brown fox jumps over the lazy dog, and says \"hello\" to it. ".repeat(40).slice(0, RECORD);
const question = (index) => `${String(index).padStart(10, "0")} ${TEXT.slice(11)}`;
const recordId = (index) => `R${String(index).padStart(10, "0")}`;

/** A line of an output, of the same length for every record. */
function outputLine(index) {
  const usage = { inputTokens: 500, outputTokens: 500, totalTokens: 1000 };
  const modelOutput = { output: { message: { role: "assistant", content: [{ text: question(index) }] } }, stopReason: "end_turn", usage, metrics: { latencyMs: 100 } };
  return JSON.stringify({ recordId: recordId(index), modelInput: { messages: [{ role: "user", content: [{ text: question(index) }] }] }, modelOutput });
}

/** S3 and Bedrock's control plane: what is written is dropped, what is read is made up. The id of a job is its number in its batch. */
function serve() {
  const line = outputLine(0).length + 1;
  const server = createServer((request, response) => {
    const { method, url } = request;
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const isJob = url.startsWith("/model-invocation-job");
    let body = "";
    request.on("data", (chunk) => (body += isJob ? chunk : "")).once("end", () => {
      if (isJob) {
        const number = /-(\d{4,})-\w{8}$/.exec(method === "POST" ? JSON.parse(body).jobName : "")?.[1];
        const answer = method === "POST" ? { jobArn: `arn:aws:bedrock:us-east-1:111122223333:model-invocation-job/${number.padStart(12, "0")}` } : { status: "Completed" };
        return response.end(JSON.stringify(answer));
      }
      if (method === "POST") return response.end(url.includes("uploads") ? "<R><UploadId>u</UploadId></R>" : "<R/>");
      if (method === "PUT") return response.setHeader("etag", '"e"').end();
      const job = Number(/\/(\d{12})\//.exec(url)?.[1]) - 1;
      const [first, count] = [job * PER_JOB, PER_JOB];
      const size = count * line;
      if (method === "HEAD") return response.setHeader("content-length", size).end();
      const [start, end] = [Number(range[1]), Math.min(Number(range[2]), size - 1)];
      const lines = [];
      for (let index = Math.floor(start / line); index <= Math.floor(end / line); index++) lines.push(`${outputLine(first + index)}\n`);
      const skipped = start % line;
      response.writeHead(206, { "content-range": `bytes ${start}-${end}/${size}`, etag: '"e"' });
      response.end(Buffer.from(lines.join("")).subarray(skipped, skipped + end - start + 1));
    });
  });
  server.listen(0, "127.0.0.1", () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));
}

const PER_JOB = Number(process.env.RECORDS_PER_JOB ?? 10_000);

async function batchOf(url) {
  const { ChatBedrockConverse } = await import("langchain-aws-native");
  const { BedrockBatch } = await import("langchain-aws-native/batch");
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const model = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0", region: "us-east-1", endpointUrl: url, credentials, maxTokens: 500 });
  return new BedrockBatch({ model, input: "s3://bucket/in/", output: "s3://bucket/out/", roleArn: "arn:aws:iam::111122223333:role/x", s3EndpointUrl: url, maxRecordsPerJob: PER_JOB });
}

function* questions(count) {
  for (let index = 0; index < count; index++) yield question(index);
}

/** The manifest of a batch that has ended. */
function manifestOf(count, modelId) {
  const jobs = Array.from({ length: Math.ceil(count / PER_JOB) }, (_, index) => {
    const [number, folder] = [String(index + 1).padStart(12, "0"), `in/bench/${index + 1}/`];
    const file = { key: `${folder}0001.jsonl`, first: index * PER_JOB, records: PER_JOB, bytes: 1 };
    return { folder, token: number, records: PER_JOB, files: [file], name: number, arn: `arn:aws:bedrock:us-east-1:111122223333:model-invocation-job/${number}`, state: "Completed" };
  });
  return { version: 1, writer: "", name: "bench", settings: "", modelId, input: "s3://bucket/in/", output: "s3://bucket/out/", request: {}, isComplete: true, records: count, changes: [], jobs };
}

/**
 * The longest time, in milliseconds, for which JavaScript's thread worked without returning to the event loop. On Linux it is time on a CPU, so that other
 * processes do not count.
 */
function watchLoop() {
  const read = process.platform === "linux" ? () => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ", 1)[0]) / 1e6 : () => performance.now();
  let [last, longest] = [read(), 0];
  const timer = setInterval(() => {
    const now = read();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

/** What each row does. Returns what is measured. */
const ROWS = {
  async write(count, url) {
    const batch = await batchOf(url);
    return () => batch.submit(questions(count), { name: "bench" });
  },
  async "write, floor"(count) {
    return () => {
      let bytes = 0;
      let index = 0;
      for (const text of questions(count)) bytes += Buffer.byteLength(JSON.stringify({ recordId: recordId(index++), modelInput: { messages: [{ role: "user", content: [{ text }] }], inferenceConfig: { maxTokens: 500 } } }));
      return bytes;
    };
  },
  async read(count, url) {
    const { model } = await batchOf(url);
    const { BedrockBatch } = await import("langchain-aws-native/batch");
    const job = await BedrockBatch.resume(manifestOf(count, model.model), { model, s3EndpointUrl: url });
    return async () => {
      let read = 0;
      for await (const { message } of job.results()) read += message.text.length > 0 ? 1 : 0;
      if (read !== count) throw new Error(`${read} of ${count} results were read.`);
    };
  },
  async "read, floor"(count) {
    return () => {
      let bytes = 0;
      for (let index = 0; index < count; index++) bytes += JSON.parse(outputLine(index)).modelOutput.output.message.content[0].text.length;
      return bytes;
    };
  },
};

async function measure(row, count, url) {
  const work = await ROWS[row](count, url);
  const longestHold = watchLoop();
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const busy = performance.eventLoopUtilization();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const { active } = performance.eventLoopUtilization(busy);
  return { wall: performance.now() - start, cpu: (user + system) / 1000, loop: active, hold: longestHold(), memory: process.resourceUsage().maxRSS / 1024 };
}

/** Starts this file as a process; resolves with its first message. */
async function start(...args) {
  const child = fork(FILE, args.map(String));
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`A process of the benchmark ended with ${code}.`)));
  ended.catch(() => undefined);
  const [message] = await Promise.race([once(child, "message"), ended]);
  return { child, message };
}

async function main(counts) {
  const { child: server, message: { url } } = await start("serve");
  try {
    process.stdout.write("| records of 2 KB | row | time | CPU, all threads | event loop busy | longest hold of the loop | peak memory |\n|---|---|---|---|---|---|---|\n");
    for (const count of counts) {
      for (const row of Object.keys(ROWS)) {
        const { child, message } = await start("row", row, count, url);
        child.disconnect();
        const { wall, cpu, loop, hold, memory } = message;
        // A loop that never returns to the event loop is one hold.
        const longest = row.endsWith("floor") ? "–" : `${hold.toFixed(0)} ms`;
        process.stdout.write(`| ${count} | ${row} | ${(wall / 1000).toFixed(2)} s | ${(cpu / 1000).toFixed(2)} s | ${(loop / 1000).toFixed(2)} s | ${longest} | ${memory.toFixed(0)} MB |\n`);
      }
    }
  } finally {
    server.kill();
  }
}

const [mode = "", row, count, url] = process.argv.slice(2);
if (mode === "serve") serve();
else if (mode === "row") process.send(await measure(row, Number(count), url));
else {
  const counts = process.argv.slice(2).map(Number);
  await main(counts.length > 0 ? counts : [10_000, 100_000]);
}
