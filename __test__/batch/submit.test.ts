import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { BedrockBatch, type BatchInput, type BatchJob, type BatchStatus } from "langchain-aws-native/batch";
import { error, hang, reset, startBedrock, status, throttling, type Bedrock } from "langchain-aws-native/testing";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { collect, rejection } from "../support/rejection.js";
import { file, startMediaServer } from "../support/servers/media.js";
import { CA_FILE } from "../support/servers/tls.js";
import { batchOf, idOf, modelOf, questions, recordsIn, requestsOf, ROLE, told } from "./support.js";

useCleanEnvironment();

let bedrock: Bedrock;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "batch-"));
  bedrock = await startBedrock({ batchQuotas: { minRecordsPerJob: 2 } });
});
afterEach(async () => {
  await bedrock.close();
  rmSync(folder, { recursive: true });
});

test("each record has the body that invoke sends, and an id with the input's place and its own id", async () => {
  const model = modelOf(bedrock, { temperature: 0.5, maxTokens: 9 });
  const inputs: BatchInput[] = [
    "One",
    { id: "review-2", input: [new SystemMessage("Be brief."), new HumanMessage("Two")] },
    { id: "a/b ü", input: [new HumanMessage({ content: [{ type: "text", text: "Three\nlines" }, { type: "image_url", image_url: `data:image/png;base64,${PNG}` }] })] },
  ];
  await batchOf(bedrock, { model }).submit(inputs, { name: "bodies" });
  const [uri = ""] = bedrock.s3.list("s3://bucket/in/");
  const records = recordsIn(bedrock, uri);
  expect(records.map(({ recordId }) => recordId)).toEqual(["R0000000000", "R0000000001-review-2", "R0000000002_YS9iIMO8"]);
  for (const [index, input] of inputs.entries()) await model.invoke(typeof input === "object" && "input" in input ? input.input : input).then(() => {
    expect(records[index]?.modelInput).toEqual(bedrock.requests.at(-1)?.body);
  });
});

test("a job is created as its service model wants it, with everything that was asked for", async () => {
  const fields = { timeoutDurationInHours: 48, tags: { team: "search" }, vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] }, s3EncryptionKeyId: "alias/key" };
  await batchOf(bedrock, fields).submit(questions(2), { name: "reviews-2026.11" });
  const [created] = requestsOf(bedrock, "create-model-invocation-job");
  expect(created?.body).toEqual({
    jobName: expect.stringMatching(/^reviews-2026\.11-0001-[0-9a-f]{8}$/),
    roleArn: ROLE,
    clientRequestToken: expect.stringMatching(/^[0-9a-f]{64}$/),
    modelId: "amazon.nova-lite-v1:0",
    inputDataConfig: { s3InputDataConfig: { s3InputFormat: "JSONL", s3Uri: expect.stringMatching(/^s3:\/\/bucket\/in\/reviews-2026\.11-[0-9a-f]{16}\/0001\/$/) } },
    outputDataConfig: { s3OutputDataConfig: { s3Uri: "s3://bucket/out/", s3EncryptionKeyId: "alias/key" } },
    modelInvocationType: "Converse",
    timeoutDurationInHours: 48,
    tags: [{ key: "team", value: "search" }],
    vpcConfig: fields.vpcConfig,
  });
});

test.each([2, 3, 10, 11, 12, 19, 20, 21, 25])("%i inputs become as few jobs as their limits allow, and none has too few", async (count) => {
  const limits = { maxRecordsPerJob: 10, maxRecordsPerFile: 4 };
  const job = await batchOf(bedrock, limits).submit(questions(count), { name: "split" });
  expect(job.records).toBe(count);
  const { jobs, counts } = await job.status();
  expect(jobs).toHaveLength(Math.ceil(count / 10));
  expect(jobs.every(({ counts: { total } }) => total >= 2 && total <= 10)).toBe(true);
  expect(counts.total).toBe(count);
  const files = bedrock.s3.list("s3://bucket/in/").map((uri) => recordsIn(bedrock, uri).map(({ recordId }) => recordId));
  expect(files.every((records) => records.length <= 4)).toBe(true);
  expect(files.flat()).toEqual(questions(count).map((_, index) => idOf(index)));
});

test("large inputs go in parts, and what they hold arrives", async () => {
  const long = "x".repeat(100_000);
  const inputs = (function* () {
    for (let index = 0; index < 150; index++) yield `${index} ${long}`;
  })();
  const job = await batchOf(bedrock, { partSize: 5 * 1024 * 1024 }).submit(inputs, { name: "parts" });
  expect(job.records).toBe(150);
  expect(requestsOf(bedrock, "s3-upload-part")).toHaveLength(3);
  expect(bedrock.s3.openUploads).toBe(0);
  const [uri = ""] = bedrock.s3.list("s3://bucket/in/");
  const texts = recordsIn(bedrock, uri).map(({ modelInput }) => (modelInput["messages"] as { content: { text: string }[] }[])[0]?.content[0]?.text);
  expect(texts.every((text, index) => text === `${index} ${long}`)).toBe(true);
  expect(texts).toHaveLength(150);
});

test("the same batch is not paid for twice, and another one of its name does not touch its files", async () => {
  const submit = (inputs: string[]): Promise<unknown> => batchOf(bedrock).submit(inputs, { name: "twice" });
  await submit(questions(5));
  const files = bedrock.s3.list();
  await submit(questions(5));
  const arns = (): Set<unknown> => new Set(requestsOf(bedrock, "create-model-invocation-job").map(({ body }) => body["clientRequestToken"]));
  expect(arns().size).toBe(1);
  expect(bedrock.s3.list()).toEqual(files);
  await submit(["Other", ...questions(4)]);
  expect(arns().size).toBe(2);
  expect(bedrock.s3.list()).toHaveLength(files.length + 1);
});

/** Inputs that make a file of several parts. */
function longInputs(last: string = "the last"): string[] {
  return [...Array.from({ length: 60 }, (_, index) => `${index} ${"x".repeat(100_000)}`), last];
}

test.each([
  ["as a whole", questions(9), [...questions(8), "Another"]],
  ["as a whole, and with fewer inputs", questions(9), questions(8)],
  ["in parts", longInputs(), longInputs("the LAST")],
  ["in parts, and with more inputs", longInputs(), [...longInputs(), "one more"]],
])("files written %s are not replaced by those of a batch with the same name and the same first inputs", async (_how, first, second) => {
  const job = await batchOf(bedrock).submit(first, { name: "same" });
  const files = bedrock.s3.list("s3://bucket/in/").map((uri) => [uri, bedrock.s3.get(uri)]);
  const refused = await rejection(batchOf(bedrock).submit(second, { name: "same" }));
  expect(refused.message).toMatch(
    /^BedrockBatch: s3:\/\/bucket\/in\/same-[0-9a-f]{16}\/0001\/0001\.jsonl is there already, with other inputs: those of another batch with this name, these settings and the same first inputs\. Give this batch another name\.$/,
  );
  expect(bedrock.s3.list("s3://bucket/in/").map((uri) => [uri, bedrock.s3.get(uri)])).toEqual(files);
  expect(bedrock.s3.openUploads).toBe(0);
  expect(requestsOf(bedrock, "create-model-invocation-job")).toHaveLength(1);
  expect((await job.wait({ pollInterval: 1 })).counts.succeeded).toBe(first.length);
});

test("a file in parts that is there already, and equal, is not written again", async () => {
  for (let time = 0; time < 2; time++) await batchOf(bedrock).submit(longInputs(), { name: "equal" });
  // As S3 says it when the answer to an earlier attempt was lost, and when another process writes the same at this moment.
  for (const refusal of [error("NoSuchUpload", "The specified upload does not exist.", 404), error("ConditionalRequestConflict", "A conflicting operation occurred.", 409)]) {
    bedrock.replyTo("s3-complete-upload", refusal);
    await batchOf(bedrock).submit(longInputs(), { name: "equal" });
  }
  expect(bedrock.s3.list("s3://bucket/in/")).toHaveLength(1);
  expect(bedrock.s3.openUploads).toBe(0);
  bedrock.replyTo("s3-complete-upload", error("NoSuchUpload", "The specified upload does not exist.", 404));
  expect(await rejection(batchOf(bedrock).submit(longInputs(), { name: "lost" }))).toMatchObject({ name: "NoSuchUpload" });
  expect(bedrock.s3.list("s3://bucket/in/")).toHaveLength(1);
});

test("a job that Bedrock says it has is found by its token", async () => {
  const first = await batchOf(bedrock).submit(questions(3), { name: "known" });
  bedrock.replyTo("create-model-invocation-job", error("ConflictException", "The job name is taken."));
  const job = await batchOf(bedrock).submit(questions(3), { name: "known" });
  const arnOf = async (of: BatchJob): Promise<unknown> => (await of.status()).jobs[0]?.arn;
  expect(await arnOf(job)).toMatch(/model-invocation-job/);
  expect(await arnOf(job)).toBe(await arnOf(first));
  expect(requestsOf(bedrock, "list-model-invocation-jobs")).toHaveLength(1);
});

test("tools are refused, bound or in the messages, before a job is made", async () => {
  const call = new AIMessage({ content: "", tool_calls: [{ id: "1", name: "add", args: {} }] });
  const inputs: BatchInput[] = ["One", { id: "second", input: [new HumanMessage("2"), call, new ToolMessage({ content: "3", tool_call_id: "1" })] }];
  const refused = await rejection(batchOf(bedrock).submit(inputs, { name: "tools" }));
  expect(refused.message).toBe(
    "BedrockBatch: input 1 (second): a job of batch inference takes no tools, neither bound to the model nor as calls in the messages. Leave them out, or ask by runLocally.",
  );
  expect(bedrock.requests).toEqual([]);
});

test("too few inputs, and what is no input, are refused by one sentence", async () => {
  const few = await rejection(batchOf(bedrock, { minRecordsPerJob: 100 }).submit(questions(99), { name: "few" }));
  expect(few.message).toMatch(/^BedrockBatch: a job of batch inference needs 100 inputs at least, but the batch has 99; runLocally asks any number\./);
  const wrong = await rejection(batchOf(bedrock).submit([...questions(3), [new HumanMessage([])]], { name: "wrong" }));
  expect(wrong.message).toMatch(/^BedrockBatch: input 3: messages\[0\]/);
  const nameless = await rejection(batchOf(bedrock).submit(questions(3), { name: "with spaces" }));
  expect(nameless.message).toMatch(/^BedrockBatch: name must be 1 to 44 letters/);
  const homeless = await rejection(new BedrockBatch({ model: modelOf(bedrock) }).submit(questions(3), { name: "x" }));
  expect(homeless.message).toBe("BedrockBatch: submit needs `input`; without a bucket, runLocally asks the model.");
  const manyParts = await rejection(batchOf(bedrock, { maxBytesPerFile: 60_000_000_000 }).submit(questions(3), { name: "parts" }));
  expect(manyParts.message).toBe("BedrockBatch: a file has 10000 parts at most, so with maxBytesPerFile 60000000000 partSize must be at least 6000000, but it is 5242880.");
  const uneven = await rejection(batchOf(bedrock, { minRecordsPerJob: 6, maxRecordsPerJob: 10 }).submit(questions(11), { name: "uneven" }));
  expect(uneven.message).toMatch(/^BedrockBatch: the inputs cannot be divided into jobs: one would have 5 of them, fewer than the 6 that it needs, and with the next it would exceed maxRecordsPerJob/);
  expect(requestsOf(bedrock, "create-model-invocation-job")).toEqual([]);
});

test("what the inputs throw is thrown, and nothing is left half written", async () => {
  const inputs = (async function* () {
    for (let index = 0; index < 120; index++) yield "x".repeat(100_000);
    throw new Error("The database is gone.");
  })();
  const failed = await rejection(batchOf(bedrock).submit(inputs, { name: "gone" }));
  expect(failed.message).toBe("The database is gone.");
  expect(requestsOf(bedrock, "s3-abort-upload")).toHaveLength(1);
  expect(bedrock.s3.openUploads).toBe(0);
  expect(requestsOf(bedrock, "create-model-invocation-job")).toEqual([]);
});

test("a part that fails for a moment is sent again; one that fails for good gives the upload up", async () => {
  const model = modelOf(bedrock, { maxRetries: 2 });
  const inputs = Array.from({ length: 60 }, () => "x".repeat(100_000));
  const batch = batchOf(bedrock, { model, partSize: 5 * 1024 * 1024 });
  bedrock.replyTo("s3-upload-part", status(503), reset());
  await batch.submit(inputs, { name: "again" });
  expect(bedrock.s3.list("s3://bucket/in/again-")).toHaveLength(1);
  bedrock.replyTo("s3-upload-part", error("AccessDenied", "Access Denied", 403));
  const failed = await rejection(batch.submit(inputs, { name: "denied" }));
  expect(failed).toMatchObject({ name: "AccessDenied", message: expect.stringMatching(/^Access Denied \(s3:\/\/bucket\/in\/denied-.*0001\.jsonl\)\.$/) });
  expect(requestsOf(bedrock, "s3-abort-upload")).toHaveLength(1);
  expect(bedrock.s3.openUploads).toBe(0);
});

test("an error inside a success is asked for again, as S3 wants it", async () => {
  bedrock.replyTo("s3-complete-upload", error("InternalError", "We encountered an internal error. Please try again.", 200));
  const inputs = Array.from({ length: 60 }, () => "x".repeat(100_000));
  await batchOf(bedrock).submit(inputs, { name: "inside" });
  expect(requestsOf(bedrock, "s3-complete-upload")).toHaveLength(2);
  bedrock.replyTo("s3-complete-upload", error("InvalidPart", "One or more of the specified parts could not be found.", 200));
  expect(await rejection(batchOf(bedrock).submit(inputs, { name: "for-good" }))).toMatchObject({ name: "InvalidPart" });
  expect(requestsOf(bedrock, "s3-complete-upload")).toHaveLength(3);
});

test("a signal ends an upload in parts, and S3 keeps none of them", async () => {
  const controller = new AbortController();
  bedrock.replyTo("s3-complete-upload", () => {
    controller.abort(new Error("Enough."));
    return hang();
  });
  expect((await rejection(batchOf(bedrock).submit(longInputs(), { name: "parts", signal: controller.signal }))).message).toBe("Enough.");
  expect(bedrock.s3.openUploads).toBe(0);
});

test("a signal ends the upload", async () => {
  const controller = new AbortController();
  bedrock.replyTo("s3-put-object", () => {
    controller.abort(new Error("Enough."));
    return hang();
  });
  const submitted = batchOf(bedrock).submit(questions(3), { name: "abort", signal: controller.signal });
  expect((await rejection(submitted)).message).toBe("Enough.");
});

test("a signal ends a submission that waits for an input, and the iterable is ended when it goes on", async () => {
  const controller = new AbortController();
  const [goesOn, hasEnded] = [deferred(), deferred()];
  const inputs = (async function* () {
    try {
      yield* questions(2);
      controller.abort(new Error("Enough."));
      await goesOn.promise;
      yield "too late";
    } finally {
      hasEnded.resolve();
    }
  })();
  expect((await rejection(batchOf(bedrock).submit(inputs, { name: "waits", signal: controller.signal }))).message).toBe("Enough.");
  goesOn.resolve();
  await hasEnded.promise;
});

test("a job for which there is no room is started by wait", async () => {
  await bedrock.close();
  bedrock = await startBedrock({ batchQuotas: { minRecordsPerJob: 2, activeJobs: 1 } });
  const progress: { inputs: number; jobs: number }[] = [];
  const job = await batchOf(bedrock, { maxRecordsPerJob: 2 }).submit(questions(6), { name: "room", onProgress: (now) => progress.push(now) });
  expect(progress.at(-1)).toEqual({ inputs: 6, jobs: 1 });
  expect((await job.status()).jobs.map(({ state }) => state)).toEqual(["Validating", "Pending", "Pending"]);
  const seen: BatchStatus[] = [];
  const ended = await job.wait({ pollInterval: 1, onProgress: (status) => seen.push(status) });
  // The progress of the others is told while one waits for its room.
  expect(seen.some(({ counts, jobs }) => counts.succeeded === 2 && jobs[2]?.state === "Pending")).toBe(true);
  expect(ended).toMatchObject({ state: "Completed", hasEnded: true, counts: { total: 6, processed: 6, succeeded: 6, failed: 0 } });
  expect(Object.keys(told(await collect(job.results())))).toHaveLength(6);
});

test("a manifest is enough to go on, and holds nothing of what was asked", async () => {
  for (const manifest of [join(folder, "jobs.json"), "s3://bucket/manifests/jobs.json"]) {
    const submitted = await batchOf(bedrock, { manifest, maxRecordsPerJob: 4 }).submit(questions(9), { name: "manifest" });
    const job = await BedrockBatch.resume(manifest, { model: modelOf(bedrock), s3EndpointUrl: bedrock.url });
    expect(job.toJSON()).toEqual(submitted.toJSON());
    expect(await BedrockBatch.modelIdOf(manifest, { model: modelOf(bedrock, { model: "amazon.nova-pro-v1:0" }), s3EndpointUrl: bedrock.url })).toBe("amazon.nova-lite-v1:0");
    expect(Object.values(told(await collect(job.results({ pollInterval: 1, inOrder: true }))))).toEqual(questions(9).map((question) => `You said: ${question}`));
    const text = manifest.startsWith("s3:") ? bedrock.s3.get(manifest)!.toString() : readFileSync(manifest, "utf8");
    for (const secret of ["Question", bedrock.credentials.accessKeyId, bedrock.credentials.secretAccessKey]) expect(text).not.toContain(secret);
    expect(text).toContain('"Completed"');
    const copy = await BedrockBatch.resume(JSON.parse(text) as object, { model: modelOf(bedrock), s3EndpointUrl: bedrock.url });
    expect((await copy.status()).counts.succeeded).toBe(9);
  }
});

/** Submits 900 inputs of an iterable that fails once a job was started. */
async function submitAndFail(batch: BedrockBatch, name: string): Promise<void> {
  const started = deferred();
  const inputs = (async function* () {
    yield* questions(900);
    await started.promise;
    throw new Error("kill -9");
  })();
  await rejection(batch.submit(inputs, { name, onProgress: ({ jobs }) => void (jobs > 0 && started.resolve()) }));
}

test("after a crash the same inputs go on where they were", async () => {
  const manifest = join(folder, "jobs.json");
  const batch = batchOf(bedrock, { manifest, maxRecordsPerJob: 100 });
  await submitAndFail(batch, "crash");
  const half = await BedrockBatch.resume(manifest, { model: modelOf(bedrock), s3EndpointUrl: bedrock.url });
  const { counts, ...status } = await half.wait({ pollInterval: 1 });
  expect(status).toMatchObject({ state: "Completed", hasEnded: true, isFullySubmitted: false });
  expect(counts).toMatchObject({ total: half.records, succeeded: half.records });
  expect((await rejection(collect(half.results({ pollInterval: 1 })))).message).toMatch(/was not submitted to its end: these are the results of its first [1-9]00 inputs/);
  const job = await batch.submit(questions(1000), { name: "crash" });
  const tokens = requestsOf(bedrock, "create-model-invocation-job").map(({ body }) => body["clientRequestToken"]);
  expect(tokens).toHaveLength(10);
  expect(new Set(tokens).size).toBe(10);
  expect(await job.wait({ pollInterval: 1 })).toMatchObject({ isFullySubmitted: true, counts: { succeeded: 1000 } });
});

test("a submission that fails keeps the jobs of an earlier one in the manifest", async () => {
  const manifest = join(folder, "jobs.json");
  const batch = batchOf(bedrock, { manifest, maxRecordsPerJob: 100 });
  await batch.submit(questions(1000), { name: "twice" });
  const jobs = (): object[] => (JSON.parse(readFileSync(manifest, "utf8")) as { jobs: { arn?: string; token: string }[] }).jobs.map(({ arn, token }) => ({ arn, token }));
  const before = jobs();
  await submitAndFail(batch, "twice");
  expect(jobs()).toEqual(before);
  await batch.submit(questions(1000), { name: "twice" });
  expect(requestsOf(bedrock, "create-model-invocation-job")).toHaveLength(10);
});

test("a batch may be asked for several things at once", async () => {
  const manifest = join(folder, "jobs.json");
  const job = await batchOf(bedrock, { manifest, maxRecordsPerJob: 3 }).submit(questions(9), { name: "at-once" });
  await Promise.all([job.wait({ pollInterval: 1 }), job.status(), collect(job.results({ pollInterval: 1 })), job.status()]);
  expect(JSON.parse(readFileSync(manifest, "utf8"))).toEqual(JSON.parse(JSON.stringify(job)));
  expect(readdirSync(folder)).toEqual(["jobs.json"]);
});

test("the model's headers are for Bedrock, and S3 gets none of them", async () => {
  const model = modelOf(bedrock, { defaultHeaders: { "x-gateway-key": "a secret", Range: "bytes=0-1" } });
  const job = await batchOf(bedrock, { model }).submit(questions(3), { name: "headers" });
  expect(told(await collect(job.results({ pollInterval: 1 })))[idOf(2)]).toBe("You said: Question 2");
  const withKey = (isS3: boolean): number => bedrock.requests.filter(({ operation, headers }) => operation.startsWith("s3-") === isS3 && "x-gateway-key" in headers).length;
  expect(withKey(true)).toBe(0);
  expect(withKey(false)).toBeGreaterThan(0);
});

test("files that inputs name by URLs are fetched, and a file that is not there ends the submission", async () => {
  const web = await startMediaServer();
  try {
    web.answers.set("/pixel.png", file(Buffer.from(PNG, "base64"), "image/png"));
    const model = modelOf(bedrock, { caBundle: CA_FILE, fetchMedia: { hosts: [web.host], allowPrivateAddresses: true } });
    const ask = (path: string): HumanMessage => new HumanMessage({ content: [{ type: "image", url: web.url(path) }] as never[] });
    await batchOf(bedrock, { model }).submit([[ask("/pixel.png")], "no file", [ask("/pixel.png")]], { name: "media" });
    const [uri] = bedrock.s3.list("s3://bucket/in/media-");
    const image = { role: "user", content: [{ image: { format: "png", source: { bytes: PNG } } }] };
    expect(recordsIn(bedrock, uri!).map(({ modelInput }) => modelInput["messages"])).toEqual([[image], [{ role: "user", content: [{ text: "no file" }] }], [image]]);
    const failed = await rejection(batchOf(bedrock, { model }).submit([[ask("/pixel.png")], [ask("/none.png")]], { name: "none" }));
    expect(failed.message).toMatch(/none\.png.*404/);
    expect(requestsOf(bedrock, "create-model-invocation-job")).toHaveLength(1);
  } finally {
    await web.close();
  }
});

test("a manifest of another batch is not written over, and one of another model is not resumed", async () => {
  const manifest = join(folder, "jobs.json");
  await batchOf(bedrock, { manifest }).submit(questions(3), { name: "first" });
  const other = await rejection(batchOf(bedrock, { manifest }).submit(questions(3), { name: "second" }));
  expect(other.message).toMatch(/^BedrockBatch: the manifest is that of the batch "first"/);
  const model = modelOf(bedrock, { model: "amazon.nova-pro-v1:0" });
  expect((await rejection(BedrockBatch.resume(manifest, { model }))).message).toBe("BedrockBatch: the batch was submitted to amazon.nova-lite-v1:0, but the model is amazon.nova-pro-v1:0.");
  expect((await rejection(BedrockBatch.resume(join(folder, "none.json"), { model }))).message).toMatch(/there is no manifest/);
  expect((await rejection(BedrockBatch.resume({}, { model }))).message).toBe("BedrockBatch: the object is no manifest of a batch.");
});

test("a manifest of started jobs is not given up for other inputs of the same name", async () => {
  const manifest = join(folder, "jobs.json");
  const batch = batchOf(bedrock, { manifest, maxRecordsPerJob: 3 });
  await batch.submit(questions(9), { name: "same" });
  const text = readFileSync(manifest, "utf8");
  const others = await rejection(batch.submit(["Other", ...questions(8)], { name: "same" }));
  expect(others.message).toBe("BedrockBatch: the manifest is that of a batch of this name with other inputs, whose jobs were started. Give each batch a name and a manifest of its own.");
  expect(readFileSync(manifest, "utf8")).toBe(text);
  const fewer = await rejection(batch.submit(questions(6), { name: "same" }));
  expect(fewer.message).toMatch(/^BedrockBatch: an earlier submission of this batch had more inputs: the manifest has a job of others\./);
  expect((JSON.parse(readFileSync(manifest, "utf8")) as { jobs: object[] }).jobs).toHaveLength(3);
  expect(requestsOf(bedrock, "create-model-invocation-job")).toHaveLength(3);
  // More inputs are more jobs.
  expect((await batch.submit(questions(12), { name: "same" })).records).toBe(12);
  // Where the files are gone, too, which would have told.
  for (const uri of bedrock.s3.list("s3://bucket/in/")) bedrock.s3.delete(uri);
  expect((await rejection(batch.submit([...questions(8), "Other"], { name: "same" }))).message).toBe(others.message);
  expect(requestsOf(bedrock, "create-model-invocation-job")).toHaveLength(4);
});

test("credentials of the batch's own serve S3 and jobs; an API key does not serve S3", async () => {
  const model = modelOf(bedrock, { credentials: undefined, bedrockBearerToken: "a-key" });
  expect((await rejection(batchOf(bedrock, { model }).submit(questions(3), { name: "key" }))).message).toBe(
    "BedrockBatch: the model has a Bedrock API key, which S3 does not take. Give BedrockBatch `credentials`.",
  );
  const job = await batchOf(bedrock, { model, credentials: bedrock.connection.credentials }).submit(questions(3), { name: "key" });
  expect((await job.wait({ pollInterval: 1 })).state).toBe("Completed");
});

test("a function of credentials is called once, and again when its keys expire, in the midst of a file too", async () => {
  const start = Date.now();
  const [old, fresh] = [1, 9].map((hours) => ({ accessKeyId: `ASIA${hours}`, secretAccessKey: "s", sessionToken: "t", expiration: new Date(start + hours * 3_600_000) }));
  let hoursPassed = 0;
  await bedrock.close();
  bedrock = await startBedrock({ batchQuotas: { minRecordsPerJob: 2 }, credentials: [old!, fresh!], now: () => new Date(Date.now() + hoursPassed * 3_600_000) });
  const credentials = jest.fn(async () => (hoursPassed === 0 ? old! : fresh!));
  const inputs = (function* () {
    yield* longInputs();
    hoursPassed = 2;
    yield* longInputs();
  })();
  const job = await batchOf(bedrock, { credentials }).submit(inputs, { name: "function" });
  expect(credentials).toHaveBeenCalledTimes(2);
  expect(await collect(job.results({ pollInterval: 1 }))).toHaveLength(122);
  expect(credentials).toHaveBeenCalledTimes(2);
});

test("throttling of a new job is survived", async () => {
  bedrock.replyTo("create-model-invocation-job", throttling(), throttling());
  const job = await batchOf(bedrock).submit(questions(3), { name: "throttled" });
  expect((await job.wait({ pollInterval: 1 })).state).toBe("Completed");
});

/** One pixel. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
