import { AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { OutputParserException } from "@langchain/core/output_parsers";
import { BedrockRuntimeServiceException } from "langchain-aws-native";
import { type BatchJob, BedrockBatch, MissingResultError } from "langchain-aws-native/batch";
import { defaultAnswer, error, reasoning, reset, startBedrock, status, text, throttling, validation, type AnswerFunction, type Bedrock, type JobFault } from "langchain-aws-native/testing";
import { z } from "zod";
import { useCleanEnvironment } from "../support/environment.js";
import { collect, rejection } from "../support/rejection.js";
import { batchOf, idOf, modelOf, questions, requestsOf, told } from "./support.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock({ batchQuotas: { minRecordsPerJob: 2 } });
});
afterEach(() => bedrock.close());

const FAST = { pollInterval: 1 };

/** A batch of nine inputs in three jobs. */
function submit(...faults: JobFault[]): Promise<BatchJob> {
  bedrock.replyToJobs(...faults);
  return batchOf(bedrock, { maxRecordsPerJob: 3, maxRecordsPerFile: 2 }).submit(questions(9), { name: "results" });
}

const answers = (indexes: number[]): Record<string, string> => Object.fromEntries(indexes.map((index) => [idOf(index), `You said: Question ${index}`]));

test("a message is the one that invoke gives", async () => {
  const model = modelOf(bedrock, { model: "anthropic.claude-sonnet-4-20250514-v1:0", temperature: 0.5, topP: 0.5 });
  bedrock.reply([reasoning("Well.", "signature"), text("Yes.")], "No.");
  const job = await batchOf(bedrock, { model }).submit(["Is it?", "Is it not?"], { name: "same" });
  const [result] = await collect(job.results({ ...FAST, inOrder: true }));
  bedrock.reply([reasoning("Well.", "signature"), text("Yes.")]);
  const invoked = await model.invoke("Is it?");
  const plain = ({ content, usage_metadata, tool_calls, additional_kwargs, response_metadata: { $metadata: _, ...metadata } }: AIMessage): object => ({ content, usage_metadata, tool_calls, additional_kwargs, metadata });
  expect(result?.message).toBeInstanceOf(AIMessage);
  expect(plain(result!.message!)).toEqual(plain(invoked));
});

test("warnings about the model's options are with each message, and the batch counts them", async () => {
  const model = modelOf(bedrock, { model: "anthropic.claude-opus-4-7", temperature: 0.5 });
  const job = await batchOf(bedrock, { model }).submit(questions(3), { name: "warned" });
  const results = await collect(job.results(FAST));
  const invoked = (await model.invoke("Question 0")).response_metadata["warnings"];
  expect(invoked).toHaveLength(1);
  expect(results.map(({ message }) => message?.response_metadata["warnings"])).toEqual([invoked, invoked, invoked]);
  expect(job.changes).toEqual([{ code: (invoked as { code: string }[])[0]?.code, count: 3, first: 0 }]);
});

test("results come as jobs end, whatever the order of their lines", async () => {
  const job = await submit({ reversed: true }, { reversed: true }, {});
  const results = await collect(job.results(FAST));
  expect(results).toHaveLength(9);
  expect(results[0]?.id).toBe(idOf(1));
  expect(told(results)).toEqual(answers([0, 1, 2, 3, 4, 5, 6, 7, 8]));
});

test("results come in the order of the inputs on request", async () => {
  const job = await submit({ reversed: true, missing: [idOf(1)] }, { reversed: true }, { state: "Expired" });
  const results = await collect(job.results({ ...FAST, inOrder: true }));
  expect(results.map(({ id }) => id)).toEqual(questions(9).map((_, index) => idOf(index)));
  expect(results.filter(({ error }) => error !== undefined).map(({ id }) => id)).toEqual([1, 6, 7, 8].map(idOf));
});

test("a record's error is the one that invoke throws", async () => {
  bedrock.reply(validation("Too hot."), throttling("Slow down."), error("ModelErrorException", "The model failed."), error("InternalServerException", "Oops."), "Fine.", validation("prompt is too long: 9 tokens > 8 maximum"));
  const job = await batchOf(bedrock).submit(questions(6), { name: "errors" });
  const results = await collect(job.results({ ...FAST, inOrder: true }));
  expect(results.map(({ error, message }) => [error?.name, error?.message ?? message?.text, (error as { lc_error_code?: string } | undefined)?.lc_error_code])).toEqual([
    ["ValidationException", "Too hot.", undefined],
    ["ThrottlingException", "Slow down.", "MODEL_RATE_LIMIT"],
    ["ModelErrorException", "The model failed.", undefined],
    ["InternalServerException", "Oops.", undefined],
    [undefined, "Fine.", undefined],
    ["ContextOverflowError", "prompt is too long: 9 tokens > 8 maximum", undefined],
  ]);
  expect(results[0]?.error).toBeInstanceOf(BedrockRuntimeServiceException);
  expect(results[0]?.error).toMatchObject({ $fault: "client", $metadata: { httpStatusCode: 400 } });
});

test.each<[string, JobFault, number[]]>([
  ["a record that is missing", { missing: [idOf(1)] }, [1]],
  ["an output that is cut off", { truncatedBy: 30 }, [1, 2]],
  ["a job that expires before it begins", { state: "Expired" }, [0, 1, 2]],
  ["a job that fails", { state: "Failed", message: "The role may not read the bucket." }, [0, 1, 2]],
  ["a job that is not finished in time", { state: "PartiallyCompleted", processed: 1 }, [1, 2]],
])("%s is told for each input", async (_what, fault, lost) => {
  const job = await submit(fault);
  const results = await collect(job.results(FAST));
  const missing = results.filter(({ error }) => error instanceof MissingResultError);
  expect(missing.map(({ id }) => id).sort()).toEqual(lost.map(idOf));
  expect(results).toHaveLength(9);
  const { jobs } = await job.status();
  for (const { id, error } of missing) {
    const reason = fault.message === undefined ? "" : ` Bedrock says: ${fault.message}`;
    expect(error).toMatchObject({
      jobArn: jobs[0]?.arn,
      jobState: fault.state ?? "Completed",
      message: `The output of the job ${jobs[0]?.arn} has nothing for the input ${id}. The job is ${fault.state ?? "Completed"}.${reason}`,
    });
  }
});

test("ids of the caller are those of results, also of what is missing", async () => {
  bedrock.replyToJobs({ missing: ["R0000000001_w7xiZXI"] });
  const inputs = [{ id: "one", input: "1" }, { id: "über", input: "2" }, "3"];
  const job = await batchOf(bedrock).submit(inputs, { name: "ids" });
  const results = await collect(job.results({ ...FAST, inOrder: true }));
  expect(results.map(({ id, message }) => [id, message?.text])).toEqual([["one", "You said: 1"], ["über", undefined], [idOf(2), "You said: 3"]]);
});

test("what has no answer can be submitted again, or asked", async () => {
  const system = new SystemMessage("Be brief.");
  const inputs = ["One", [system, new HumanMessage("Two"), new AIMessage("2"), new HumanMessage("And?")], "Three", "Four"];
  bedrock.reply("1", throttling("Slow down."), "3", "4").replyToJobs({ missing: [idOf(3)] });
  const batch = batchOf(bedrock);
  const job = await batch.submit(inputs, { name: "failed" });
  const failed = await collect(job.failed(FAST));
  expect(failed.map(({ id, error, input }) => [id, error.name, input.map((message) => [message.getType(), message.content])])).toEqual([
    [idOf(1), "ThrottlingException", [["system", "Be brief."], ["human", "Two"], ["ai", "2"], ["human", "And?"]]],
    [idOf(3), "MissingResultError", [["human", "Four"]]],
  ]);
  const again = await batch.submit(failed, { name: "failed-again" });
  expect(told(await collect(again.results(FAST)))).toEqual({ [idOf(1)]: "You said: And?", [idOf(3)]: "You said: Four" });
  bedrock.requests.length = 0;
  await modelOf(bedrock).invoke(failed[0]!.input);
  await modelOf(bedrock).invoke(inputs[1] as HumanMessage[]);
  expect(bedrock.requests[0]?.body).toEqual(bedrock.requests[1]?.body);
});

test("an answer is an object of the schema, or an error", async () => {
  const schema = z.object({ stars: z.number() });
  const batch = batchOf(bedrock, { schema, model: modelOf(bedrock, { model: "anthropic.claude-haiku-4-5-20251001-v1:0" }) });
  bedrock.reply('{"stars": 4}', '{"stars": "many"}', "no JSON");
  const job = await batch.submit(questions(3), { name: "schema" });
  const results = await collect(job.results({ ...FAST, inOrder: true }));
  expect(results.map((result) => ("output" in result ? result.output : undefined))).toEqual([{ stars: 4 }, undefined, undefined]);
  expect(results.slice(1).every(({ error }) => error instanceof OutputParserException)).toBe(true);
  const [uri = ""] = bedrock.s3.list("s3://bucket/in/");
  expect(bedrock.s3.get(uri)?.toString()).toContain('"outputConfig":{"textFormat":{"type":"json_schema"');
});

test("a job's progress is told, and throttling and outages prolong the wait", async () => {
  const job = await submit();
  bedrock.replyTo("get-model-invocation-job", throttling(), reset(), status(503));
  const seen: string[] = [];
  const ended = await job.wait({ ...FAST, onProgress: ({ state }) => seen.push(state) });
  expect(ended).toMatchObject({ state: "Completed", counts: { total: 9, processed: 9, succeeded: 9, failed: 0 } });
  expect(seen.at(-1)).toBe("Completed");
  expect(requestsOf(bedrock, "get-model-invocation-job").filter(({ response }) => response.status !== 200).length).toBe(3);
});

test("what will not pass ends the wait, and so does a signal", async () => {
  const job = await submit();
  bedrock.replyTo("get-model-invocation-job", error("AccessDeniedException", "Not yours."));
  expect((await rejection(job.wait(FAST))).name).toBe("AccessDeniedException");
  const controller = new AbortController();
  const waited = job.wait({ signal: controller.signal, onProgress: () => controller.abort(new Error("Enough.")) });
  expect((await rejection(waited)).message).toBe("Enough.");
});

test("a batch that is stopped keeps what was answered", async () => {
  const job = await submit({}, { processed: 1 });
  while ((await job.status()).jobs[0]?.state !== "Completed");
  await job.stop();
  const ended = await job.wait(FAST);
  expect(ended.jobs.map(({ state }) => state)).toEqual(["Completed", "Completed", "Completed"]);
  const fresh = await batchOf(bedrock).submit(["a", "b"], { name: "stopped" });
  await fresh.stop();
  expect((await fresh.wait(FAST)).state).toBe("Stopped");
  expect((await collect(fresh.results())).every(({ error }) => error instanceof MissingResultError)).toBe(true);
});

test("a job whose start was not answered is found, and stopped too", async () => {
  const job = await submit();
  const { jobs, ...manifest } = JSON.parse(JSON.stringify(job)) as { jobs: object[] };
  const lost = { ...manifest, jobs: jobs.map((each, index) => (index === 1 ? { ...each, arn: undefined, state: "Pending" } : each)) };
  const resumed = await BedrockBatch.resume(lost, { model: modelOf(bedrock), s3EndpointUrl: bedrock.url });
  bedrock.replyTo("list-model-invocation-jobs", throttling());
  expect((await rejection(resumed.stop())).name).toBe("ThrottlingException");
  expect((await resumed.status()).jobs.map(({ state }) => state)).toEqual(["Stopped", "Pending", "Stopped"]);
  await resumed.stop();
  expect(new Set(requestsOf(bedrock, "stop-model-invocation-job").map(({ modelId }) => modelId)).size).toBe(3);
  expect((await resumed.wait(FAST)).jobs.map(({ arn }) => arn)).toEqual((await job.status()).jobs.map(({ arn }) => arn));
});

/** What the first request of a file is told: the output is looked for in the list then. */
const NO_KEY = error("NoSuchKey", "The specified key does not exist.", 404);

test("an outage while the input is read does not make its records missing", async () => {
  const job = await submit({ state: "Expired" });
  await job.wait(FAST);
  bedrock.replyTo("s3-get-object", NO_KEY, status(503));
  expect(await rejection(collect(job.results()))).toMatchObject({ $metadata: { httpStatusCode: 503 } });
  bedrock.replyTo("s3-get-object", NO_KEY, error("AccessDenied", "Access Denied", 403));
  expect(await collect(job.results())).toHaveLength(9);
});

test("an outage while results are read is survived, and a change of the output is told", async () => {
  const model = modelOf(bedrock, { maxRetries: 2 });
  const job = await batchOf(bedrock, { model }).submit(questions(3), { name: "outage" });
  await job.wait(FAST);
  bedrock.replyTo("s3-get-object", status(503), reset());
  expect(told(await collect(job.results()))).toEqual(answers([0, 1, 2]));
  bedrock.replyTo("s3-get-object", NO_KEY, error("AccessDenied", "Access Denied", 403));
  expect((await rejection(collect(job.results()))).name).toBe("AccessDenied");
  // Of the question whether there is an output, too.
  const expired = error("ExpiredToken", "The provided token has expired.", 400);
  bedrock.replyTo("s3-get-object", expired, expired);
  expect((await rejection(collect(job.results()))).name).toBe("ExpiredTokenException");
});

test("an output of many ranges is read to its end", async () => {
  const long: AnswerFunction = (request) => `${String(defaultAnswer(request)).slice(0, 40)} ${"y".repeat(50_000)}`;
  bedrock.replyAlways(long);
  const job = await batchOf(bedrock).submit(questions(200), { name: "ranges" });
  const lengths: Record<string, number> = {};
  for await (const { id, message } of job.results(FAST)) lengths[id] = message?.text.length ?? 0;
  expect(Object.keys(lengths)).toHaveLength(200);
  expect(Object.values(lengths).every((length) => length > 50_000)).toBe(true);
  expect(requestsOf(bedrock, "s3-get-object").length).toBeGreaterThan(2);
});

test("an output elsewhere below the job's folder is found", async () => {
  const job = await batchOf(bedrock).submit(questions(3), { name: "nested" });
  await job.wait(FAST);
  const uri = bedrock.s3.list("s3://bucket/out/").find((name) => name.endsWith(".jsonl.out"))!;
  bedrock.s3.put(uri.replace("0001.jsonl.out", "nested/0001/0001.jsonl.out"), bedrock.s3.get(uri)!).delete(uri);
  expect(told(await collect(job.results()))).toEqual(answers([0, 1, 2]));
});
