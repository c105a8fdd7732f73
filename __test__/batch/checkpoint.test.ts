import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import type { ChatBedrockConverseInput } from "langchain-aws-native";
import { BedrockBatch, type BatchInputs, type BatchResult, type RunLocallyOptions } from "langchain-aws-native/batch";
import { error, startBedrock, reasoning, toolUse, validation, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { linesOf, questionOf, questions, textsOf, timesAsked, useFolder } from "./local_support.js";

const inFolder = useFolder();
let bedrock: Bedrock;
let checkpoint: string;
beforeEach(async () => {
  bedrock = await startBedrock();
  checkpoint = inFolder("answers.jsonl");
});
afterEach(() => bedrock.close());

const run = (inputs: BatchInputs, options: RunLocallyOptions = {}, fields: ChatBedrockConverseInput = {}): Promise<BatchResult[]> =>
  collect(new BedrockBatch({ model: ourModel(bedrock, fields) }).runLocally(inputs, { checkpoint, inOrder: true, ...options }));

/** What a message has, beside what its constructor was called with: core adds to its metadata afterwards. */
function membersOf(message: AIMessage): object {
  const { lc_kwargs: _, ...members } = message;
  return members;
}

describe("a later run", () => {
  const REDACTED: Answer = [{ reasoningContent: { redactedContent: Buffer.from("hidden") } }, { text: "Done." }];
  const CITED: Answer = { content: "Grüße, 日本 \u2028 \u{1F600}", usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12, cacheReadInputTokens: 3 }, trace: { guardrail: {} } };

  test.each<[string, Answer, ChatBedrockConverseInput]>([
    ["a text", "You said so.", {}],
    ["reasoning", [reasoning("Let me think.", "c2lnbmF0dXJl"), { text: "Done." }], {}],
    ["bytes", REDACTED, {}],
    ["a call of a tool", [{ text: "Let me see." }, toolUse("get_weather", { city: "Paris", days: [1, 2.5, null] }, "tooluse_1")], {}],
    ["other scripts, cached tokens and a trace", CITED, {}],
    ["a streamed answer", "You said so.", { streaming: true }],
    ["what was received", "You said so.", { includeRaw: true, includeResponseHeaders: true }],
    ["a block that is not known", [{ hologram: { depth: 3 } }], {}],
  ])("gives %s as it was, and asks nothing", async (_what, answer, fields) => {
    bedrock.reply(answer);
    const first = await run(["Hello"], {}, fields);
    const second = await run(["Hello"], {}, fields);
    expect(second[0]?.message).toBeInstanceOf(AIMessage);
    expect(second.map(({ message }) => membersOf(message!))).toStrictEqual(first.map(({ message }) => membersOf(message!)));
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(second[0]?.message?.toDict()).toEqual(first[0]?.message?.toDict());
    expect(bedrock.requests).toHaveLength(1);
  });

  test("gives a refusal as it was, and does not ask again", async () => {
    const long = "Input is too long for requested model.";
    bedrock.replyAlways((request) => (questionOf(request) === "Hello" ? error("ValidationException", "No.") : validation(long)));
    const [first, second] = [await run(["Hello", "A long one"]), await run(["Hello", "A long one"])];
    expect(bedrock.requests).toHaveLength(2);
    for (const [index, { error: failure }] of second.entries()) {
      const before = first[index]?.error as Error;
      expect(failure).toBeInstanceOf(Error);
      expect([failure?.name, failure?.message, Object.getPrototypeOf(failure).constructor.name]).toEqual([before.name, before.message, Object.getPrototypeOf(before).constructor.name]);
      expect({ ...failure }).toEqual({ ...before });
    }
    expect(second[1]?.error?.constructor.name).toBe("ContextOverflowError");
  });

  test("asks again what failed in another way, and what was not asked", async () => {
    bedrock.replyAlways((request) => (questionOf(request) === "Question 1" && timesAsked(bedrock)["Question 1"] === 1 ? error("InternalServerException", "Broken.") : "Yes."));
    expect(textsOf(await run(questions(3)))).toEqual({ R0000000000: "Yes.", R0000000001: "InternalServerException", R0000000002: "Yes." });
    expect(textsOf(await run(questions(4)))).toEqual({ R0000000000: "Yes.", R0000000001: "Yes.", R0000000002: "Yes.", R0000000003: "Yes." });
    expect(timesAsked(bedrock)).toEqual({ "Question 0": 1, "Question 1": 2, "Question 2": 1, "Question 3": 1 });
  });

  test("does not take a model that is not there for the input's fault", async () => {
    bedrock.replyAlways(validation("The provided model identifier is invalid."));
    await run(["Hello"]);
    bedrock.replyAlways("Here I am.");
    expect(textsOf(await run(["Hello"]))).toEqual({ R0000000000: "Here I am." });
  });

  test("finds the answers of inputs that come in another order, with ids of their own", async () => {
    const inputs = questions(20).map((input) => ({ id: `of ${input}`, input }));
    const first = textsOf(await run(inputs, { maxConcurrency: 7, inOrder: false }));
    expect(textsOf(await run([...inputs].reverse()))).toEqual(first);
    expect(bedrock.requests).toHaveLength(20);
  });

  test("goes on where a loop was left, and where a signal ended it", async () => {
    const batch = new BedrockBatch({ model: ourModel(bedrock) });
    for await (const { id } of batch.runLocally(questions(10), { checkpoint, maxConcurrency: 1, inOrder: true })) if (id === "R0000000002") break;
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }): void => (done === 6 ? controller.abort() : undefined);
    await rejection(run(questions(10), { signal: controller.signal, onProgress, maxConcurrency: 1 }));
    const results = await run(questions(10));
    expect(results.map(({ message }) => message?.text)).toEqual(questions(10).map((question) => `You said: ${question}`));
    // What was under way when it ended was answered, but nobody had the answer.
    const times = Object.values(timesAsked(bedrock));
    expect(times.filter((count) => count > 1).length).toBeLessThanOrEqual(2);
    expect(times).toHaveLength(10);
  });

  test("takes messages with other ids, and members in another order, for the same input", async () => {
    const history = (id: string): HumanMessage[] => [new HumanMessage({ id, content: [{ type: "text", text: "Hello", id } as never] })];
    await run([history("1")]);
    const { message } = await rejection(run([history("2")]));
    expect(message).toMatch(/has the answer to another input/);
    const messages = (id: string, reverse: boolean): object[] => [new SystemMessage({ id, content: "Be brief." }), { role: "user", content: reverse ? [{ text: "Hello", type: "text" }] : [{ type: "text", text: "Hello" }] }];
    const [first] = await run([{ id: "a", input: messages("1", false) as never }]);
    const [second] = await run([{ id: "a", input: messages("2", true) as never }]);
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });
});

describe("a file", () => {
  const stale = (): Promise<string> => rejection(run(["Hello", "And you?"])).then(({ message }) => message);

  test("has the options of the model first, then a line for each answer, and no secret; others cannot read it", async () => {
    await run(["Hello", { id: "mine", input: "And you?" }], {}, { temperature: 0, bedrockBearerToken: undefined, defaultHeaders: { "x-key": "a secret" } });
    const [header, ...answers] = linesOf(checkpoint);
    expect(header).toEqual({ format: "langchain-aws-native/batch", version: 1, settings: { modelId: expect.any(String), inferenceConfig: { temperature: 0 } } });
    expect(answers.map(({ id }) => id).sort()).toEqual(["R0000000000", "mine"]);
    expect(readFileSync(checkpoint, "utf8")).not.toMatch(new RegExp(`a secret|${bedrock.credentials.secretAccessKey}`));
    if (process.platform !== "win32") expect(statSync(checkpoint).mode & 0o777).toBe(0o600);
    expect(existsSync(`${checkpoint}.lock`)).toBe(false);
  });

  test("whose last line is torn is cut, and that input is asked again", async () => {
    await run(["Hello", "And you?"]);
    const whole = readFileSync(checkpoint);
    writeFileSync(checkpoint, whole.subarray(0, whole.length - 10));
    expect(textsOf(await run(["Hello", "And you?"]))).toEqual({ R0000000000: "You said: Hello", R0000000001: "You said: And you?" });
    expect(bedrock.requests).toHaveLength(3);
    expect(linesOf(checkpoint)).toHaveLength(3);
    await run(["Hello", "And you?"]);
    expect(bedrock.requests).toHaveLength(3);
  });

  test("that a power cut has filled with zeros is cut there", async () => {
    await run(["Hello", "And you?"], { maxConcurrency: 1 });
    const lines = readFileSync(checkpoint, "utf8").trimEnd().split("\n");
    writeFileSync(checkpoint, `${lines.slice(0, 2).join("\n")}\n${"\0".repeat(5_000)}\n${lines[2]}\n`);
    expect(Object.values(textsOf(await run(["Hello", "And you?"])))).toEqual(["You said: Hello", "You said: And you?"]);
    expect(timesAsked(bedrock)).toEqual({ Hello: 1, "And you?": 2 });
    expect(linesOf(checkpoint)).toHaveLength(3);
  });

  test.each([0, 1, 40])("of which only %p bytes of the first line were written begins anew", async (length) => {
    await run(["Hello"]);
    writeFileSync(checkpoint, readFileSync(checkpoint).subarray(0, length));
    expect(textsOf(await run(["Hello"]))).toEqual({ R0000000000: "You said: Hello" });
    expect(linesOf(checkpoint)).toHaveLength(2);
  });

  test("with a broken line in its midst is refused, and left as it is", async () => {
    await run(["Hello", "And you?"]);
    const broken = readFileSync(checkpoint, "utf8").replace(/\n\{"id"/, '\n{"di"');
    writeFileSync(checkpoint, broken);
    expect(await stale()).toBe(`BedrockBatch: line 2 of the checkpoint ${checkpoint} is no answer. Remove the line: its input is asked again.`);
    expect(readFileSync(checkpoint, "utf8")).toBe(broken);
  });

  test.each(["Dear diary", "Dear diary\n", '{"id":"a","input":"Hello"}\n', "\n", "\0\0\0"])("that is none (%j) is refused, and left as it is", async (content) => {
    writeFileSync(checkpoint, content);
    expect(await stale()).toBe(`BedrockBatch: ${checkpoint} is no checkpoint of a batch, and is left as it is. Use another file.`);
    expect(readFileSync(checkpoint, "utf8")).toBe(content);
  });

  test("of a later version is refused", async () => {
    writeFileSync(checkpoint, '{"format":"langchain-aws-native/batch","version":2,"settings":{}}\n');
    expect(await stale()).toBe(`BedrockBatch: the checkpoint ${checkpoint} has the version 2, which this version of the package cannot read.`);
  });

  test.each<[string, ChatBedrockConverseInput, string]>([
    ["another model", { model: "amazon.nova-lite-v1:0" }, 'modelId was "anthropic.claude-haiku-4-5-20251001-v1:0" and is "amazon.nova-lite-v1:0"'],
    ["another temperature", { temperature: 0.5 }, 'inferenceConfig was not given and is {"temperature":0.5}'],
    ["another adaptation", { adaptation: "off" }, 'adaptation was not given and is "off"'],
  ])("of a run with %s is refused", async (_what, fields, difference) => {
    await run(["Hello"]);
    const { message } = await rejection(run(["Hello"], {}, fields));
    expect(message).toBe(`BedrockBatch: the checkpoint ${checkpoint} is of a run with other options: ${difference}. Use the same options, or another file.`);
    expect(bedrock.requests).toHaveLength(1);
  });

  test("of a run with another schema is refused, and one with the same gives the objects again", async () => {
    bedrock.replyAlways('{"kind":true}');
    const withSchema = (schema: object): Promise<BatchResult[]> => collect(new BedrockBatch({ model: ourModel(bedrock), schema: schema as Record<string, unknown> }).runLocally(["Hello"], { checkpoint }));
    const schema = { type: "object", properties: { kind: { type: "boolean" } }, required: ["kind"], additionalProperties: false };
    const first = await withSchema(schema);
    expect(first).toMatchObject([{ output: { kind: true } }]);
    expect(JSON.stringify(await withSchema(schema))).toBe(JSON.stringify(first));
    const { message } = await rejection(withSchema({ ...schema, properties: { kind: { type: "boolean", description: "Whether it is kind" } } }));
    expect(message).toContain("is of a run with other options: outputConfig was");
    expect(bedrock.requests).toHaveLength(1);
  });

  test("of a run with another tier, region's endpoint, key or number of requests at once is gone on with", async () => {
    await run(["Hello"]);
    await run(["Hello"], { maxConcurrency: 2 }, { serviceTier: "flex", requestMetadata: { day: "2" }, maxRetries: 3, region: "eu-west-1" });
    expect(bedrock.requests).toHaveLength(1);
  });

  test("that has the answer to another input with the same id is refused", async () => {
    await run([{ id: "a", input: "Hello" }]);
    const { message } = await rejection(run([{ id: "a", input: "Hello!" }]));
    expect(message).toBe(`BedrockBatch: the checkpoint ${checkpoint} has the answer to another input with the id "a". Give this input another id, or use another file.`);
  });

  test("in a folder that is not there, and a folder itself, are refused", async () => {
    expect((await rejection<NodeJS.ErrnoException>(run(["Hello"], { checkpoint: inFolder("nowhere/answers.jsonl") }))).code).toBe("ENOENT");
    expect((await rejection<NodeJS.ErrnoException>(run(["Hello"], { checkpoint: inFolder("") }))).code).toBe("EISDIR");
    expect(bedrock.requests).toHaveLength(0);
  });

  test("that is longer than it is read at once is read whole", async () => {
    bedrock.replyAlways("A long answer. ".repeat(2_000));
    const first = await run(questions(100), { inOrder: false });
    expect(statSync(checkpoint).size).toBeGreaterThan(3_000_000);
    expect(textsOf(await run(questions(100)))).toEqual(textsOf(first));
    expect(bedrock.requests).toHaveLength(100);
  });
});

describe("the lock", () => {
  test("keeps a second run of the process out, also by another name of the file, and is given free", async () => {
    const results = new BedrockBatch({ model: ourModel(bedrock) }).runLocally(questions(3), { checkpoint });
    await results.next();
    const link = inFolder("link.jsonl");
    symlinkSync(checkpoint, link);
    for (const path of [checkpoint, link]) {
      const { message } = await rejection(run(["Hello"], { checkpoint: path }));
      expect(message).toBe(`BedrockBatch: the checkpoint ${checkpoint} is in use by another run of this process. Wait for that run, or use another file; if there is no such run, delete ${checkpoint}.lock.`);
    }
    await results.return(undefined);
    expect(await run(questions(3))).toHaveLength(3);
  });

  test("of a process that runs keeps others out", async () => {
    const other = spawn(process.execPath, ["--eval", "setInterval(() => undefined, 1000)"]);
    const { hostname } = jest.requireActual<typeof import("node:os")>("node:os");
    writeFileSync(`${checkpoint}.lock`, JSON.stringify({ pid: other.pid, host: hostname() }));
    expect((await rejection(run(["Hello"]))).message).toContain(`is in use by process ${other.pid} on ${hostname()}.`);
    const ended = new Promise((resolve) => other.once("exit", resolve));
    other.kill();
    await ended;
    expect(await run(["Hello"])).toHaveLength(1);
  });

  (process.platform === "linux" ? test : test.skip)("of a dead process whose number another one has is taken over", async () => {
    const { hostname } = jest.requireActual<typeof import("node:os")>("node:os");
    writeFileSync(`${checkpoint}.lock`, JSON.stringify({ pid: process.pid, host: hostname(), start: "another boot 123" }));
    expect(await run(["Hello"])).toHaveLength(1);
  });

  test.each(['{"pid":1,"host":"elsewhere"}', "", "{}"])("that says nothing of a process here (%j) keeps others out", async (content) => {
    writeFileSync(`${checkpoint}.lock`, content);
    expect((await rejection(run(["Hello"]))).message).toContain(`if there is no such run, delete ${checkpoint}.lock.`);
  });

  test("is given free when the file is refused", async () => {
    appendFileSync(checkpoint, "Dear diary\n");
    await rejection(run(["Hello"]));
    expect(existsSync(`${checkpoint}.lock`)).toBe(false);
  });
});
