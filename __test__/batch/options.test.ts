import { type BatchJob, BedrockBatch, type BedrockBatchFields, type BatchInputs } from "langchain-aws-native/batch";
import { type Bedrock, startBedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { collect, rejection } from "../support/rejection.js";
import { batchOf, modelOf, questions } from "./support.js";

useCleanEnvironment();

let bedrock: Bedrock;
let batch: BedrockBatch;
let job: BatchJob;
beforeAll(async () => {
  bedrock = await startBedrock({ batchQuotas: { minRecordsPerJob: 2 } });
  batch = batchOf(bedrock);
  job = await batch.submit(questions(2), { name: "options" });
  bedrock.requests.splice(0);
});
afterEach(() => expect(bedrock.requests).toEqual([]));
afterAll(() => bedrock.close());

type Call = (options: never) => unknown;

/** Calls with options, by their names in error messages. */
const CALLS: Record<string, Call> = {
  "BedrockBatch.submit": (options: object) => batch.submit(questions(2), options === null ? options : ({ name: "x", ...options } as never)),
  "BedrockBatch.runLocally": (options) => batch.runLocally(questions(1), options),
  "BatchJob.status": (options) => job.status(options),
  "BatchJob.wait": (options) => job.wait(options),
  "BatchJob.stop": (options) => job.stop(options),
  "BatchJob.results": (options) => job.results(options),
  "BatchJob.failed": (options) => job.failed(options),
};

/** What a call throws, or its promise. That of an iterable is thrown by the call itself. */
function refused(name: string, options: unknown): Promise<Error> {
  return rejection((async () => CALLS[name]?.(options as never))());
}

test.each<[string, string]>([
  ["BedrockBatch.submit", "name, signal, onProgress"],
  ["BedrockBatch.runLocally", "maxConcurrency, checkpoint, inOrder, signal, onProgress"],
  ["BatchJob.status", "signal"],
  ["BatchJob.wait", "signal, onProgress, pollInterval"],
  ["BatchJob.stop", "signal"],
  ["BatchJob.results", "inOrder, signal, onProgress, pollInterval"],
  ["BatchJob.failed", "signal, onProgress, pollInterval"],
])("%s refuses an option that it does not have, what is no signal, and what are no options", async (name, known) => {
  for (const [options, sentence] of [
    [{ inorder: true }, `${name} has no option 'inorder'. Its options are ${known}.`],
    [{ signal: 5 }, `${name}: signal must be an AbortSignal, but it is 5.`],
    [null, `${name}: the options must be an object, but they are null.`],
  ] as const) {
    expect(await refused(name, options)).toMatchObject({ name: "Error", message: sentence, code: "ERR_INVALID_ARG_VALUE" });
  }
});

test.each(["BedrockBatch.submit", "BedrockBatch.runLocally", "BatchJob.wait", "BatchJob.results", "BatchJob.failed"])("%s refuses an onProgress that is no function", async (name) => {
  expect((await refused(name, { onProgress: 5 })).message).toBe(`${name}: onProgress must be a function, but it is 5.`);
});

test.each([NaN, "abc", "1", -5, 0, Infinity, 2 ** 31])("a pollInterval of %p is refused: the timer would not wait at all", async (pollInterval) => {
  for (const name of ["BatchJob.wait", "BatchJob.results", "BatchJob.failed"]) {
    expect((await refused(name, { pollInterval })).message).toMatch(/: pollInterval must be a number of milliseconds from 1 to 2147483647, but it is /);
  }
});

test("submit without options, and without a name", async () => {
  expect((await rejection(batch.submit(questions(2), undefined as never))).message).toBe("BedrockBatch.submit: the options must be an object, but they are undefined.");
  expect((await rejection(batch.submit(questions(2), {} as never))).message).toMatch(/^BedrockBatch: name must be 1 to 44 letters, .* but it is undefined\.$/);
  expect(() => batch.runLocally(undefined as unknown as BatchInputs, "x" as never)).toThrow("BedrockBatch.runLocally: the options must be an object, but they are a string.");
});

test("the constructor and resume refuse an option that a batch does not have; resume takes those of a submission too", async () => {
  const sentence = /^BedrockBatch has no option 'maxRecordPerJob'\. Its options are model, schema, input, output, .*maxRecordsPerJob/;
  const misspelt = { model: modelOf(bedrock), maxRecordPerJob: 3 } as BedrockBatchFields;
  expect(() => new BedrockBatch(misspelt)).toThrow(sentence);
  expect((await rejection(BedrockBatch.resume(job.toJSON(), misspelt))).message).toMatch(sentence);
  const fields = { model: modelOf(bedrock), input: "s3://bucket/in/", maxRecordsPerJob: 3 };
  expect((await BedrockBatch.resume(job.toJSON(), fields)).name).toBe("options");
});

test("options that are right are taken, undefined ones too", async () => {
  const { signal } = new AbortController();
  expect(await collect(batch.runLocally([], { signal, onProgress: undefined, checkpoint: undefined }))).toEqual([]);
});
