import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HumanMessage, mapStoredMessagesToChatMessages, SystemMessage } from "@langchain/core/messages";
import { error, startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { barOf } from "../../cli/batch/progress.js";
import { deferred } from "../support/environment.js";
import { linesOf, questionOf, questions, timesAsked, useFolder } from "./local_support.js";

const CLI = join(__dirname, "..", "..", "dist", "cli.js");
const inFolder = useFolder();
let bedrock: Bedrock;
let file: string;
beforeEach(async () => {
  bedrock = await startBedrock();
  file = inFolder("questions.jsonl");
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await bedrock.close();
});

/** Each test starts the command some times. */
jest.setTimeout(60_000);

const children: ChildProcess[] = [];

interface Ending {
  code: number | null;
  stdout: string;
  stderr: string;
}

function environment(): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey } = bedrock.credentials;
  const aws = { AWS_ENDPOINT_URL: bedrock.url, AWS_REGION: bedrock.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  return { PATH: process.env["PATH"], HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true", AWS_MAX_ATTEMPTS: "1", ...aws };
}

function start(args: string[], input?: string): { child: ChildProcess; ending: Promise<Ending> } {
  const child = spawn(process.execPath, [CLI, "batch", ...args], { env: environment(), stdio: ["pipe", "pipe", "pipe"] });
  children.push(child);
  const ending: Ending = { code: null, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (ending.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (ending.stderr += text));
  child.stdin.on("error", () => undefined);
  if (input !== undefined) child.stdin.end(input);
  return { child, ending: once(child, "close").then(([code]) => ({ ...ending, code: code as number | null })) };
}

const batch = (args: string[], input = ""): Promise<Ending> => start(args, input).ending;

function parsed(text: string): Record<string, unknown>[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
}

function writeLines(lines: unknown[]): void {
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

describe("batch run", () => {
  test("writes results to standard output and nothing else, and progress to standard error", async () => {
    writeLines(["Hello", { id: "17", input: "And you?" }]);
    const { code, stdout, stderr } = await batch(["run", file]);
    expect(code).toBe(0);
    const usage = { input_tokens: expect.any(Number) as unknown, output_tokens: expect.any(Number) as unknown, total_tokens: expect.any(Number) as unknown };
    expect(parsed(stdout).sort(({ id: one }, { id: other }) => (String(one) < String(other) ? -1 : 1))).toEqual([
      { id: "17", text: "You said: And you?", usage, stopReason: "end_turn" },
      { id: "R0000000000", text: "You said: Hello", usage, stopReason: "end_turn" },
    ]);
    const told = parsed(stderr);
    expect(told.at(-2)).toMatchObject({ done: 2, total: 2, failed: 0, fromCheckpoint: 0, inputTokens: expect.any(Number), outputTokens: expect.any(Number), perSecond: expect.any(Number), secondsLeft: 0 });
    expect(told.at(-1)).toEqual({ message: "2 answered." });
  });

  test("takes messages in each form, and lines that are empty", async () => {
    const stored = [new SystemMessage("Be brief."), new HumanMessage("Hello")].map((message) => message.toDict());
    const forms = [[["system", "Be brief."], ["human", "Hello"]], [{ role: "system", content: "Be brief." }, { role: "user", content: "Hello" }], stored];
    const lines = [...forms, ...forms.map((input, index) => ({ id: `with id ${index}`, input }))].map((line) => JSON.stringify(line));
    writeFileSync(file, `\n${lines.join("\r\n\n")}`);
    const { code, stdout } = await batch(["run", file, "--in-order", "--model", "amazon.nova-lite-v1:0", "--max-tokens", "100"]);
    expect(code).toBe(0);
    expect(parsed(stdout).map(({ id }) => id)).toEqual(["R0000000000", "R0000000001", "R0000000002", "with id 0", "with id 1", "with id 2"]);
    for (const { body, modelId } of bedrock.requests) {
      expect(modelId).toBe("amazon.nova-lite-v1:0");
      expect(body).toMatchObject({ system: [{ text: "Be brief." }], messages: [{ role: "user", content: [{ text: "Hello" }] }], inferenceConfig: { maxTokens: 100 } });
    }
  });

  test("takes a file that begins with a mark of its byte order", async () => {
    writeFileSync(file, '\uFEFF"Hello"\n');
    const { code, stdout } = await batch(["run", file]);
    expect({ code, text: parsed(stdout)[0]?.["text"] }).toEqual({ code: 0, text: "You said: Hello" });
  });

  test("takes standard input, of which nothing is kept without --checkpoint, and options of the model from a file", async () => {
    const options = inFolder("options.json");
    writeFileSync(options, JSON.stringify({ temperature: 0.25 }));
    const { code, stdout, stderr } = await batch(["run", "-", "--options", options], '"Hello"\n"And you?"');
    expect(code).toBe(0);
    expect(parsed(stdout)).toHaveLength(2);
    expect(parsed(stderr)[0]).not.toHaveProperty("total");
    expect(bedrock.requests[0]?.body.inferenceConfig).toEqual({ temperature: 0.25 });
    expect(existsSync(inFolder("-.checkpoint"))).toBe(false);
  });

  test("asks nothing twice, and gives earlier answers again; --output and --whole", async () => {
    writeLines(questions(3));
    await batch(["run", file]);
    const output = inFolder("results.jsonl");
    const { code, stdout, stderr } = await batch(["run", file, "--output", output, "--whole", "--in-order"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(parsed(stderr).at(-1)).toEqual({ message: `3 answered. 3 were in ${file}.checkpoint.` });
    const messages = mapStoredMessagesToChatMessages(linesOf(output).map(({ message }) => message as never));
    expect(messages.map(({ text }) => text)).toEqual(questions(3).map((question) => `You said: ${question}`));
    expect(bedrock.requests).toHaveLength(3);
  });

  test("ends with 1 when some failed, and says which errors", async () => {
    writeLines(questions(4));
    bedrock.replyAlways((request) => (/[12]$/.test(questionOf(request)) ? error("ValidationException", "No.") : "Yes."));
    const { code, stdout, stderr } = await batch(["run", file, "--in-order"]);
    expect(code).toBe(1);
    expect(parsed(stdout)[1]).toEqual({ id: "R0000000001", error: { name: "ValidationException", message: "No." } });
    expect(parsed(stderr).at(-1)).toEqual({ message: "2 answered, 2 failed: 2 ValidationException." });
  });

  test("ends with 4 when nothing can be asked, and says what to do", async () => {
    writeLines(questions(4));
    const env = { ...environment(), AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, "batch", "run", file], { env, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 4, stdout: "" });
    expect(parsed(stderr).at(-1)?.["message"]).toMatch(/^Could not reach Bedrock: ECONNREFUSED: [^\n]*\n0 results; answers are kept in .*\.checkpoint, and the same command goes on from there\.$/);
  });

  test("ends with 4 when the checkpoint is of another model", async () => {
    writeLines(["Hello"]);
    await batch(["run", file]);
    const { code, stderr } = await batch(["run", file, "--model", "amazon.nova-lite-v1:0"]);
    expect(code).toBe(4);
    expect(stderr).toContain("is of a run with other options: modelId was");
  });

  test.each<[string, string | undefined, (path: string) => string[], RegExp]>([
    ["an option of another action", '"Hello"', (path) => ["run", path, "--name", "x"], /^batch run has no option --name\. See: langchain-aws-native batch --help$/],
    ["a bucket without its scheme", '"Hello"', (path) => ["submit", path, "--name", "x", "--s3-input", "bucket/in", "--s3-output", "s3://b/o/", "--role-arn", "r"], /^\{"message":"BedrockBatch: input must be an S3 URI such as s3:\/\/bucket\/prefix\/, in a bucket .*, but it is a string\."\}$/],
    ["jobs without a bucket", '"Hello"', (path) => ["submit", path, "--name", "x"], /^batch submit needs --name, --s3-input, --s3-output and --role-arn\. See: /],
    ["a manifest that is none", "Hello", (path) => ["status", path], /^\S+ is no manifest of a batch: /],
    ["a schema that is none", '"Hello"', (path) => ["run", path, "--schema", path], /^--schema \S+: An object with a JSON schema is needed\.$/],
    ["no file", undefined, () => ["run"], /^The argument file is missing\. See: langchain-aws-native batch --help$/],
    ["a file that is not there", undefined, (path) => ["run", path], /^\S+ cannot be read: ENOENT/],
    ["another action", '"Hello"', (path) => ["rum", path], /^There is no batch rum\. See: langchain-aws-native batch --help$/],
    ["no JSON in the last line", '"Hello"\n"And you?"\nHow?', (path) => ["run", path], /questions\.jsonl, line 3: This is not JSON: /],
    ["an input that is none", '"Hello"\n7', (path) => ["run", path], /questions\.jsonl, line 2: BedrockBatch: input 1 \(R0000000001\) must be a text, .* but it is 7\.$/],
    ["an id twice", '{"id":"a","input":"1"}\n{"id":"a","input":"2"}', (path) => ["run", path], /questions\.jsonl, line 2: BedrockBatch: two inputs have the id "a"; the second is input 1, counted from 0\.$/],
    ["results over the questions", '"Hello"', (path) => ["run", path, "--output", path], /^The file of inputs, --output and --checkpoint must be different files\.$/],
    ["a number that is none", '"Hello"', (path) => ["run", path, "--concurrency", "0"], /^--concurrency takes a whole number, not 0\.$/],
    ["options that are none", '"Hello"', (path) => ["run", path, "--options", path], /^--options \S+: An object with options of ChatBedrockConverse is needed\.$/],
  ])("a mistake is one sentence, ends with 2, and costs nothing: %s", async (_what, content, args, sentence) => {
    if (content !== undefined) writeFileSync(file, content);
    const { code, stdout, stderr } = await batch(args(file));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd()).toMatch(sentence);
    expect(stderr.trimEnd()).not.toContain("\n");
    expect(bedrock.connections).toBe(0);
    if (content !== undefined) expect(readFileSync(file, "utf8")).toBe(content);
  });

  test("a reader of the results that leaves ends it, and the answers are kept", async () => {
    writeLines(questions(3_000));
    bedrock.replyAlways("A long answer. ".repeat(100));
    const { child, ending } = start(["run", file]);
    child.stdout!.once("data", () => child.stdout!.destroy());
    const { code, stderr } = await ending;
    expect(code).toBe(4);
    expect(stderr).toMatch(/The results cannot be written to standard output: write EPIPE\./);
    const kept = linesOf(`${file}.checkpoint`).length - 1;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(3_000);
  });
});

describe("jobs", () => {
  /** Starts jobs for questions, and gives the manifest. */
  async function submit(count: number): Promise<string> {
    writeLines(questions(count));
    const options = inFolder("jobs.json");
    writeFileSync(options, JSON.stringify({ minRecordsPerJob: 1, maxRecordsPerJob: 4 }));
    const { code, stdout, stderr } = await batch(["submit", file, "--name", "reviews", ...PLACES, "--job-options", options, "--model", "amazon.nova-lite-v1:0"]);
    expect({ code, stderr: parsed(stderr).at(-1) }).toMatchObject({ code: 0, stderr: { done: count, total: count } });
    expect(JSON.parse(stdout)).toMatchObject({ manifest: `${file}.manifest`, records: count, hasEnded: false, counts: { total: count } });
    return `${file}.manifest`;
  }
  let onRequest: () => void;
  const PLACES = ["--s3-input", "s3://bucket/in/", "--s3-output", "s3://bucket/out/", "--role-arn", "arn:aws:iam::111122223333:role/batch"];

  /** Asks about the jobs until they have ended: the endpoint lets each go one state further when it is asked. */
  async function untilEnded(manifest: string, saying: unknown = ""): Promise<Ending> {
    for (;;) {
      const ending = await batch(["status", manifest]);
      expect(ending.stderr).toEqual(saying);
      if ((JSON.parse(ending.stdout) as { hasEnded: boolean }).hasEnded) return ending;
      expect(ending.code).toBe(0);
    }
  }

  beforeEach(async () => {
    await bedrock.close();
    onRequest = () => undefined;
    bedrock = await startBedrock({ batchQuotas: { minRecordsPerJob: 1 }, onRequest: () => onRequest() });
  });

  test("are started, asked about, and give the results of all inputs", async () => {
    const manifest = await submit(6);
    const { code, stdout } = await untilEnded(manifest);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: "Completed", counts: { total: 6, succeeded: 6, failed: 0 }, jobs: [{ state: "Completed" }, { state: "Completed" }] });
    const results = await batch(["results", manifest, "--in-order"]);
    expect(results.code).toBe(0);
    expect(parsed(results.stdout).map(({ id, text }) => [id, text])).toEqual(questions(6).map((question, index) => [`R000000000${index}`, `You said: ${question}`]));
    expect(parsed(results.stderr).at(-1)).toEqual({ message: "6 answered." });
  });

  test("are found by a manifest in S3, which names their model, too", async () => {
    writeLines(questions(2));
    const options = inFolder("jobs.json");
    writeFileSync(options, JSON.stringify({ minRecordsPerJob: 1 }));
    const manifest = "s3://bucket/manifests/reviews.json";
    const submitted = await batch(["submit", file, "--name", "reviews", ...PLACES, "--job-options", options, "--model", "amazon.nova-lite-v1:0", "--manifest", manifest]);
    expect(submitted.code).toBe(0);
    expect(JSON.parse((await untilEnded(manifest)).stdout)).toMatchObject({ state: "Completed", isFullySubmitted: true });
    const results = await batch(["results", manifest, "--in-order", "--job-options", options]);
    expect({ code: results.code, texts: parsed(results.stdout).map(({ text }) => text) }).toEqual({ code: 0, texts: questions(2).map((question) => `You said: ${question}`) });
  });

  test("of which an input failed end with 1", async () => {
    bedrock.replyAlways((request) => (questionOf(request) === "Question 1" ? error("ValidationException", "No.") : "Yes."));
    const manifest = await submit(3);
    expect((await untilEnded(manifest)).code).toBe(1);
    const { code, stdout, stderr } = await batch(["results", manifest, "--in-order"]);
    expect(code).toBe(1);
    expect(parsed(stdout)[1]).toMatchObject({ id: "R0000000001", error: { name: "ValidationException", message: "No." } });
    expect(parsed(stderr).at(-1)).toEqual({ message: "2 answered, 1 failed: 1 ValidationException." });
  });

  const TOOL_CALL = [["human", "1 + 1?"], { role: "assistant", content: "", tool_calls: [{ id: "1", type: "function", function: { name: "add", arguments: "{}" } }] }, { role: "tool", tool_call_id: "1", content: "2" }];

  test.each<[string, unknown[], string[], RegExp]>([
    ["a name that is none", ["Hello"], ["--name", "a b"], /^BedrockBatch: name must be 1 to 44 letters/],
    ["too few inputs", ["Hello"], [], /^BedrockBatch: a job of batch inference needs 100 inputs at least, but the batch has 1;/],
    ["no input", [], [], /^BedrockBatch: a job of batch inference needs 100 inputs at least, but the batch has 0;/],
    ["tools in the last input", ["Hello", TOOL_CALL], [], /^BedrockBatch: input 1: a job of batch inference takes no tools/],
  ])("that a mistake keeps from being started end with 2, and nothing is asked: %s", async (_what, lines, options, sentence) => {
    writeLines(lines);
    const { code, stdout, stderr } = await batch(["submit", file, "--name", "reviews", ...PLACES, ...options]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(parsed(stderr).at(-1)?.["message"]).toMatch(sentence);
    expect(bedrock.connections).toBe(0);
  });

  test("of which the first are started before a mistake end with 2, and it is said that they go on", async () => {
    writeLines([...questions(500), TOOL_CALL]);
    const options = inFolder("jobs.json");
    writeFileSync(options, JSON.stringify({ minRecordsPerJob: 1, maxRecordsPerJob: 100 }));
    const { code, stderr } = await batch(["submit", file, "--name", "reviews", ...PLACES, "--job-options", options]);
    const [, count] = /Jobs of earlier inputs were started: (\d+)\. They go on; \S+\.manifest names them\./.exec(stderr) ?? [];
    expect({ code, message: parsed(stderr).at(-1)?.["message"] }).toMatchObject({ code: 2, message: expect.stringMatching(/takes no tools/) as unknown });
    expect(bedrock.requests.filter(({ operation }) => operation === "create-model-invocation-job")).toHaveLength(Number(count));
    // The jobs that there are complete, which is no success.
    const status = await untilEnded(`${file}.manifest`, expect.stringMatching(/^\{"message":"Not all inputs are in these jobs\. [^\n]*"\}\n$/));
    expect({ code: status.code, status: JSON.parse(status.stdout) as object }).toMatchObject({ code: 4, status: { state: "Completed", hasEnded: true, isFullySubmitted: false } });
  });

  test("that are partially completed end with 1", async () => {
    bedrock.replyToJobs({ state: "PartiallyCompleted", processed: 1 });
    const manifest = await submit(3);
    const { code, stdout } = await untilEnded(manifest);
    expect({ code, status: JSON.parse(stdout) as object }).toMatchObject({ code: 1, status: { state: "PartiallyCompleted", counts: { total: 3, processed: 1, succeeded: 1, failed: 0 } } });
    expect((await batch(["results", manifest])).code).toBe(1);
  });

  test("of a manifest that is not there, or of another batch, end with 2", async () => {
    const manifest = await submit(2);
    expect(await batch(["status", "s3://bucket/none.json"])).toMatchObject({ code: 2, stderr: expect.stringContaining("there is no manifest s3://bucket/none.json") as unknown });
    expect((await batch(["status", manifest, "--model", "amazon.nova-pro-v1:0"])).code).toBe(2);
    expect((await batch(["submit", file, "--name", "other", ...PLACES, "--model", "amazon.nova-lite-v1:0"])).code).toBe(2);
    const options = inFolder("misspelt.json");
    writeFileSync(options, JSON.stringify({ minRecordsPerJobb: 1 }));
    for (const args of [["submit", file, "--name", "x", ...PLACES], ["status", manifest]]) {
      expect(await batch([...args, "--job-options", options])).toMatchObject({ code: 2, stderr: expect.stringContaining("BedrockBatch has no option 'minRecordsPerJobb'.") as unknown });
    }
  });

  test("that fail or are stopped end with 3", async () => {
    const manifest = await submit(3);
    expect(JSON.parse((await batch(["stop", manifest])).stdout)).toMatchObject({ state: expect.stringMatching(/^Stopp/) as unknown });
    expect((await untilEnded(manifest)).code).toBe(3);
    const { code, stdout } = await batch(["results", manifest]);
    expect(code).toBe(3);
    expect(parsed(stdout).map(({ error: failure }) => (failure as { name: string }).name)).toEqual(Array.from({ length: 3 }, () => "MissingResultError"));
  });

  test("a wait is ended by Ctrl-C, and the jobs go on", async () => {
    const manifest = await submit(3);
    const asked = new Promise<void>((resolve) => (onRequest = resolve));
    const { child, ending } = start(["status", manifest, "--wait"]);
    await asked;
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ending;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(parsed(stderr).at(-1)).toEqual({ message: "Interrupted. Jobs that were started go on; the same command goes on from there." });
  });

  test("a submission that waits for standard input is ended by Ctrl-C", async () => {
    const asked = new Promise<void>((resolve) => (onRequest = resolve));
    const { child, ending } = start(["submit", "-", "--name", "waits", ...PLACES, "--manifest", "s3://bucket/jobs.json"]);
    child.stdin!.write('"Hello"\n');
    // The manifest was asked for.
    await asked;
    child.kill("SIGINT");
    const { code, stderr } = await ending;
    expect(code).toBe(130);
    expect(parsed(stderr).at(-1)).toEqual({ message: "Interrupted. Jobs that were started go on; the same command goes on from there." });
  });

  test("with a schema results have the object, from jobs and from here", async () => {
    const schema = inFolder("schema.json");
    writeFileSync(schema, JSON.stringify({ type: "object", properties: { kind: { type: "boolean" } }, required: ["kind"], additionalProperties: false }));
    bedrock.replyAlways('{"kind":true}');
    writeLines(["Hello"]);
    const { code, stdout } = await batch(["run", file, "--schema", schema]);
    expect({ code, result: parsed(stdout)[0] }).toMatchObject({ code: 0, result: { output: { kind: true } } });
    expect(bedrock.requests.at(-1)?.body.outputConfig).toMatchObject({ textFormat: { type: "json_schema" } });
  });
});

describe("Ctrl-C", () => {
  /** Answers that wait until they are let go. */
  function hold(count: number): { asked: Promise<void>; release: () => void } {
    const [asked, released] = [deferred(), deferred()];
    bedrock.replyAlways(async (request) => {
      if (bedrock.requests.length === count) asked.resolve();
      await released.promise;
      return `Answer to ${questionOf(request)}`;
    });
    return { asked: asked.promise, release: () => released.resolve() };
  }

  test("lets the requests under way end, says how to go on, and the same command does so", async () => {
    writeLines(questions(50));
    const held = hold(4);
    const { child, ending } = start(["run", file, "--concurrency", "4"]);
    const waiting = new Promise<void>((resolve) => child.stderr!.on("data", (text: string) => text.includes("Waiting for the requests") && resolve()));
    await held.asked;
    child.kill("SIGINT");
    await waiting;
    held.release();
    const { code, stdout, stderr } = await ending;
    expect(code).toBe(130);
    // The four, and the one that was read ahead.
    const answered = parsed(stdout).length;
    expect(answered).toBe(5);
    expect(parsed(stderr).at(-1)).toEqual({ message: `Interrupted. 5 results; answers are kept in ${file}.checkpoint, and the same command goes on from there.` });
    const again = await batch(["run", file]);
    expect(again.code).toBe(0);
    expect(parsed(again.stdout)).toHaveLength(50);
    expect(Object.values(timesAsked(bedrock))).toEqual(Array.from({ length: 50 }, () => 1));
  });

  test("twice drops them, and leaves the checkpoint whole", async () => {
    writeLines(questions(50));
    const held = hold(4);
    const { child, ending } = start(["run", file, "--concurrency", "4"]);
    await held.asked;
    child.kill("SIGINT");
    await once(child.stderr!, "data");
    child.kill("SIGINT");
    const { code, stdout } = await ending;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(linesOf(`${file}.checkpoint`)).toHaveLength(1);
    expect(existsSync(`${file}.checkpoint.lock`)).toBe(false);
    held.release();
  });

  test("ends a run that waits for standard input; SIGTERM too", async () => {
    for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      const { child, ending } = start(["run", "-"]);
      child.stdin!.write('"Hello"\n');
      await once(child.stdout!, "data");
      child.kill(signal);
      const { code, stderr } = await ending;
      expect(code).toBe(expected);
      expect(parsed(stderr).at(-1)).toEqual({ message: "Interrupted. 1 results; answers are not kept without --checkpoint." });
    }
  });
});

describe("the bar", () => {
  test.each<[Parameters<typeof barOf>[0], number, string]>([
    [{ done: 0, failed: 0 }, 0, "0 done"],
    [{ done: 0, total: 1_000, failed: 0 }, 0, "[                    ] 0% 0 of 1,000"],
    [{ done: 250, total: 1_000, failed: 0, inputTokens: 9_999, outputTokens: 12 }, 5, "[=====               ] 25% 250 of 1,000, 9,999 tokens in, 12 out, 5.0/s, 3 min left"],
    [{ done: 999_999, total: 1_000_000, failed: 1_234, inputTokens: 12_345_678, outputTokens: 123_456 }, 1_000, "[=================== ] 99% 999,999 of 1,000,000, 1,234 failed, 12.3M tokens in, 123k out, 1000/s"],
    [{ done: 10, total: 1_000_000, failed: 0 }, 20, "[                    ] 0% 10 of 1,000,000, 20/s, 13 h 53 min left"],
    [{ done: 4, total: 4, failed: 0 }, 2.04, "[====================] 100% 4 of 4, 2.0/s"],
    [{ done: 4, total: 10, failed: 0, pausedUntil: 10_500 }, 2, "[========            ] 40% 4 of 10, 2.0/s, throttled: pause of 10 s"],
    [{ done: 40, total: 100, failed: 0, status: "InProgress" }, 0, "[========            ] 40% InProgress, 40 of 100"],
  ])("of %j at %d a second", (progress, rate, bar) => {
    expect(barOf(progress, rate, 1_000)).toBe(bar);
  });

  /** A terminal that Python makes: Node.js has none. */
  const PTY = `
import os, pty, sys, fcntl, termios, struct
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

  const hasPty = process.platform !== "win32" && spawnSync("python3", ["-c", "import pty, os; os.waitstatus_to_exitcode"]).status === 0;

  async function onTerminal(args: string[]): Promise<{ code: number | null; shown: string }> {
    const child = spawn("python3", ["-c", PTY, process.execPath, CLI, "batch", ...args], { env: environment(), stdio: ["ignore", "pipe", "inherit"] });
    const shown = child.stdout.toArray();
    const [code] = (await once(child, "close")) as [number | null];
    return { code, shown: Buffer.concat((await shown) as Buffer[]).toString() };
  }

  (hasPty ? test : test.skip)("is drawn on a terminal, and taken away before results", async () => {
    writeLines(questions(20));
    const { code, shown } = await onTerminal(["run", file]);
    expect(code).toBe(0);
    expect(shown).toMatch(/\r\u001B\[K\[={20}\] 100% 20 of 20, \d+ tokens in, \d+ out, [\d.]+\/s\r\n20 answered\.\r\n$/);
    // Each result is a line of its own.
    const lines = shown.split("\n").map((line) => line.replace(/^[^]*\u001B\[K/, "").trim());
    expect(lines.filter((line) => line.startsWith("{")).map((line) => (JSON.parse(line) as { text: string }).text).sort()).toEqual(questions(20).map((question) => `You said: ${question}`).sort());
  });

  (hasPty ? test : test.skip)("is JSON there with --json", async () => {
    writeLines(questions(2));
    const { code, shown } = await onTerminal(["run", file, "--json", "--output", inFolder("results.jsonl")]);
    expect(code).toBe(0);
    expect(parsed(shown.replaceAll("\r", ""))).toEqual([expect.objectContaining({ done: 2, total: 2 }), { message: "2 answered." }]);
  });
});
