import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BatchJob, BedrockBatch } from "langchain-aws-native/batch";
import { type Bedrock, type BedrockRequest, startBedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { collect } from "../support/rejection.js";
import { questionOf } from "./local_support.js";
import { batchOf, idOf, modelOf, questions, requestsOf, ROLE, told } from "./support.js";

useCleanEnvironment();

const root = join(__dirname, "..", "..");
const INPUTS = 1_000;
const PER_JOB = 100;

/** Submits a batch in a process of its own. */
const PROGRAM = `
  import { ChatBedrockConverse } from "langchain-aws-native";
  import { BedrockBatch } from "langchain-aws-native/batch";
  const { connection, inputs, ...fields } = JSON.parse(process.env.BATCH);
  const model = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0", maxRetries: 0, ...connection });
  await new BedrockBatch({ model, ...fields }).submit(inputs, { name: "killed" });`;

let bedrock: Bedrock;
let folder: string;
let onRequest: (request: BedrockRequest) => void;
/** How often jobs asked each question. */
let asked: Map<string, number>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "batch-"));
  onRequest = () => undefined;
  bedrock = await startBedrock({ batchQuotas: { minRecordsPerJob: 2 }, onRequest: (request) => onRequest(request) });
  asked = new Map();
  bedrock.replyAlways((request) => {
    const question = questionOf(request);
    asked.set(question, (asked.get(question) ?? 0) + 1);
    return `Answer to ${question}`;
  });
});
afterEach(async () => {
  await bedrock.close();
  rmSync(folder, { recursive: true });
});

/** Submits in another process, which is killed once the endpoint has answered the `count`th request of the operation. Resolves with the signal that ended it. */
async function submitUntil(operation: BedrockRequest["operation"], count: number, fields: object): Promise<NodeJS.Signals | null> {
  const batch = { connection: bedrock.connection, inputs: questions(INPUTS), ...fields };
  const child = spawn(process.execPath, ["--input-type=module", "--eval", PROGRAM], { cwd: root, env: { PATH: process.env["PATH"], BATCH: JSON.stringify(batch) }, stdio: ["ignore", "inherit", "inherit"] });
  let seen = 0;
  onRequest = (request) => void (request.operation === operation && ++seen === count && child.kill("SIGKILL"));
  const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return signal;
}

test.each([true, false])("a submission that is killed again and again ends up with one job for each of its parts, and each input is asked once (with a manifest: %p)", async (hasManifest) => {
  const manifest = join(folder, "jobs.json");
  const fields = { maxRecordsPerJob: PER_JOB, ...(hasManifest ? { manifest } : {}) };
  const places = { input: "s3://bucket/in/", output: "s3://bucket/out/", roleArn: ROLE, s3EndpointUrl: bedrock.url, minRecordsPerJob: 2 };
  // The first job has files and no job; it has a job, of which nothing was written down yet; several jobs have both.
  for (const [operation, count] of [["s3-put-object", 1], ["create-model-invocation-job", 1], ["create-model-invocation-job", 3]] as const) {
    expect(await submitUntil(operation, count, { ...places, ...fields })).toBe("SIGKILL");
  }
  onRequest = () => undefined;
  const job: BatchJob = await batchOf(bedrock, fields).submit(questions(INPUTS), { name: "killed" });
  const tokens = new Set(requestsOf(bedrock, "create-model-invocation-job").map(({ body }) => body["clientRequestToken"]));
  expect(tokens.size).toBe(INPUTS / PER_JOB);
  expect(bedrock.s3.list("s3://bucket/in/")).toHaveLength(INPUTS / PER_JOB);
  const followed = hasManifest ? await BedrockBatch.resume(manifest, { model: modelOf(bedrock), s3EndpointUrl: bedrock.url }) : job;
  const results = await collect(followed.results({ pollInterval: 1 }));
  expect(results).toHaveLength(INPUTS);
  expect(told(results)).toEqual(Object.fromEntries(questions(INPUTS).map((question, index) => [idOf(index), `Answer to ${question}`])));
  expect([...asked.values()]).toEqual(Array.from({ length: INPUTS }, () => 1));
}, 60_000);
