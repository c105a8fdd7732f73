import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { ChatGenerationChunk, LLMResult } from "@langchain/core/outputs";
import { RunnableLambda } from "@langchain/core/runnables";
import { LangChainTracer } from "@langchain/core/tracers/tracer_langchain";
import { RunCollectorCallbackHandler } from "@langchain/core/tracers/run_collector";
import { error, startBedrock, truncated, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { collect, fold } from "../support/streams.js";
import { askWithTools, expectRoundTrip, FINAL_TEXT, finalAnswer, getWeather, QUESTION, TOOL_CALL } from "../support/weather.js";

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const USAGE = { inputTokens: 7, outputTokens: 2, totalTokens: 9 };
const TOKEN_USAGE = { promptTokens: 7, completionTokens: 2, totalTokens: 9 };

/** Notes what a handler is told, in order. */
class Notes extends BaseCallbackHandler {
  override name = "notes";
  override awaitHandlers = true;
  readonly told: string[] = [];
  readonly results: LLMResult[] = [];
  readonly errors: Error[] = [];
  readonly tokens: string[] = [];
  readonly chunks: ChatGenerationChunk[] = [];
  readonly starts: { extra: Record<string, unknown> | undefined; metadata: Record<string, unknown> | undefined }[] = [];

  override handleChatModelStart(...[, , , , extra, , metadata]: Parameters<NonNullable<BaseCallbackHandler["handleChatModelStart"]>>): void {
    this.told.push("start");
    this.starts.push({ extra, metadata });
  }
  override handleLLMNewToken(...[token, , , , , fields]: Parameters<NonNullable<BaseCallbackHandler["handleLLMNewToken"]>>): void {
    this.tokens.push(token);
    this.chunks.push(fields?.chunk as ChatGenerationChunk);
  }
  override handleLLMEnd(result: LLMResult): void {
    this.told.push("end");
    this.results.push(result);
  }
  override handleLLMError(reason: Error): void {
    this.told.push("error");
    this.errors.push(reason);
  }
  override handleToolEnd(): void {
    this.told.push("tool");
  }
}

describe("handleLLMEnd is told the token usage", () => {
  beforeEach(() => void bedrock.replyAlways({ content: "Fine.", usage: USAGE }));

  test("of invoke", async () => {
    const notes = new Notes();
    await ourModel(bedrock).invoke("How are you?", { callbacks: [notes] });
    expect(notes.results).toMatchObject([{ llmOutput: { tokenUsage: TOKEN_USAGE }, generations: [[{ text: "Fine." }]] }]);
  });

  test("of invoke with streaming: true", async () => {
    const notes = new Notes();
    await ourModel(bedrock, { streaming: true }).invoke("How are you?", { callbacks: [notes] });
    expect(notes.results).toMatchObject([{ llmOutput: { tokenUsage: TOKEN_USAGE }, generations: [[{ text: "Fine." }]] }]);
  });

  test("of stream", async () => {
    const notes = new Notes();
    await collect(await ourModel(bedrock).stream("How are you?", { callbacks: [notes] }));
    expect(notes.results).toMatchObject([{ llmOutput: { tokenUsage: TOKEN_USAGE }, generations: [[{ text: "Fine." }]] }]);
  });

  test("of each question of a batch", async () => {
    const notes = new Notes();
    await ourModel(bedrock).batch(["a", "b"], { callbacks: [notes] });
    expect(notes.results.map(({ llmOutput }) => llmOutput)).toMatchObject([{ tokenUsage: TOKEN_USAGE }, { tokenUsage: TOKEN_USAGE }]);
  });

  test("through the callbacks of the constructor", async () => {
    const notes = new Notes();
    await ourModel(bedrock, { callbacks: [notes] }).invoke("How are you?");
    expect(notes.told).toEqual(["start", "end"]);
  });
});

describe("handleLLMNewToken", () => {
  test.each(["stream", "streaming: true"])("is told each piece of the text by %s", async (way) => {
    bedrock.reply("One two three.");
    const notes = new Notes();
    const model = ourModel(bedrock, { streaming: way !== "stream", callbacks: [notes] });
    await (way === "stream" ? collect(await model.stream("Count.")) : model.invoke("Count."));
    expect(notes.tokens.join("")).toBe("One two three.");
    expect(notes.tokens.length).toBeGreaterThan(1);
    expect(notes.chunks.map((chunk) => chunk.message.text)).toEqual(notes.tokens);
  });

  test("is told the pieces of a tool call, too", async () => {
    bedrock.reply(TOOL_CALL);
    const notes = new Notes();
    const message = await fold(await ourModel(bedrock).bindTools([getWeather]).stream(QUESTION, { callbacks: [notes] }));
    const whole = notes.chunks.reduce((left, right) => left.concat(right));
    expect(whole.message).toMatchObject({ tool_calls: message.tool_calls });
  });

  test("is not told of a call that does not stream", async () => {
    const notes = new Notes();
    await ourModel(bedrock).invoke("Hello", { callbacks: [notes] });
    expect(notes.tokens).toEqual([]);
  });
});

describe("handleLLMError", () => {
  test("is told what invoke and stream throw", async () => {
    bedrock.reply(error("AccessDeniedException", "No."), truncated("Half an answer"));
    const notes = new Notes();
    const model = ourModel(bedrock, { callbacks: [notes] });
    const thrown = [await model.invoke("Hello").catch((reason: unknown) => reason)];
    thrown.push(await model.stream("Hello").then(collect).catch((reason: unknown) => reason));
    expect(notes.errors).toEqual(thrown);
    expect(notes.errors.map(({ name }) => name)).toEqual(["AccessDeniedException", "IncompleteStreamError"]);
    expect(notes.told).toEqual(["start", "error", "start", "error"]);
  });
});

describe("handleChatModelStart", () => {
  test("is told the parameters of the call", async () => {
    const notes = new Notes();
    const model = ourModel(bedrock, { temperature: 0.5 }).bindTools([getWeather]);
    await model.invoke("Hello", { maxTokens: 5, callbacks: [notes], metadata: { mine: 1 }, tags: ["tag"], runName: "name" });
    expect(notes.starts[0]?.extra).toMatchObject({
      invocation_params: { inferenceConfig: { temperature: 0.5, maxTokens: 5 }, toolConfig: { tools: [{ toolSpec: { name: "get_weather" } }] } },
    });
    expect(notes.starts[0]?.metadata).toMatchObject({ mine: 1, ls_provider: "amazon_bedrock", ls_temperature: 0.5, ls_max_tokens: 5 });
  });
});

describe("in a whole tool round trip", () => {
  test("a handler is told every step", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const notes = new Notes();
    const config = { callbacks: [notes] };
    const model = ourModel(bedrock).bindTools([getWeather]);
    expect((await askWithTools((messages) => model.invoke(messages, config), config)).text).toBe(FINAL_TEXT);
    expect(notes.told).toEqual(["start", "end", "tool", "start", "end"]);
    expectRoundTrip(bedrock);
  });

  test("a tracer sees the tree of runs", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const tracer = new RunCollectorCallbackHandler();
    const model = ourModel(bedrock).bindTools([getWeather]);
    const agent = RunnableLambda.from((_: string, config) => askWithTools((messages) => model.invoke(messages, config), config));
    await agent.invoke(QUESTION, { callbacks: [tracer], runName: "agent" });
    const [run] = tracer.tracedRuns;
    const steps = run?.child_runs ?? [];
    expect(run).toMatchObject({ name: "agent", run_type: "chain" });
    expect(steps.map((child) => [child.name, child.run_type])).toEqual([
      ["ChatBedrockConverse", "llm"],
      ["get_weather", "tool"],
      ["ChatBedrockConverse", "llm"],
    ]);
    expect(steps[0]?.extra).toMatchObject({ metadata: { ls_provider: "amazon_bedrock", ls_model_name: expect.stringContaining("claude") } });
    expect(steps[2]?.outputs).toMatchObject({ generations: [[{ text: FINAL_TEXT }]] });
    expectRoundTrip(bedrock);
  });

  test("LangSmith's tracer is told the usage", async () => {
    bedrock.reply({ content: [TOOL_CALL], usage: USAGE }, finalAnswer);
    const runs: unknown[] = [];
    const client = { createRun: async () => undefined, updateRun: async (_: string, run: unknown) => void runs.push(run) };
    const tracer = new LangChainTracer({ client });
    const model = ourModel(bedrock).bindTools([getWeather]);
    await askWithTools((messages) => model.invoke(messages, { callbacks: [tracer] }));
    expect(runs).toMatchObject([{ extra: { metadata: { usage_metadata: { input_tokens: 7, output_tokens: 2, total_tokens: 9 } } } }, {}]);
    expectRoundTrip(bedrock);
  });

  test("a tracer's record holds no secret", async () => {
    const tracer = new RunCollectorCallbackHandler();
    const model = ourModel(bedrock, { defaultHeaders: { "x-gateway-key": "header-secret" } });
    await model.invoke("Hello", { callbacks: [tracer] });
    const record = JSON.stringify(tracer.tracedRuns);
    expect(record).toContain("You said: Hello");
    expect(record).not.toContain(bedrock.credentials.secretAccessKey);
    expect(record).not.toContain("header-secret");
  });
});
