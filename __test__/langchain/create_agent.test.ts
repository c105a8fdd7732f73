import type { AIMessageChunk } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { MemorySaver } from "@langchain/langgraph";
import { bedrockPromptCachingMiddleware, createAgent, providerStrategy, toolStrategy } from "langchain";
import { BedrockRuntimeServiceException, IncompleteStreamError } from "langchain-aws-native";
import { events, reasoning, startBedrock, text, toolUse, validation, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod";
import { ourModel } from "../support/models.js";
import { collect } from "../support/streams.js";
import { expectRoundTrip, FINAL_TEXT, finalAnswer, getWeather, QUESTION, TOOL_CALL, toolResults, WEATHER } from "../support/weather.js";

/** `createAgent` of `langchain`. Every test goes through a whole tool round trip unless its name says otherwise. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const question = { messages: [{ role: "user", content: QUESTION }] };

function operations(): string[] {
  return bedrock.requests.map(({ operation }) => operation);
}

test("invoke", async () => {
  bedrock.reply(TOOL_CALL, finalAnswer);
  const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather], systemPrompt: "You know the weather." });
  const { messages } = await agent.invoke(question);
  expect(messages.map(({ type }) => type)).toEqual(["human", "ai", "tool", "ai"]);
  expect(messages.at(-1)?.text).toBe(FINAL_TEXT);
  expect(operations()).toEqual(["converse", "converse"]);
  expect(bedrock.requests.map(({ body }) => body.system)).toEqual([[{ text: "You know the weather." }], [{ text: "You know the weather." }]]);
  expectRoundTrip(bedrock);
});

test("without tools it gives a plain answer", async () => {
  const { messages } = await createAgent({ model: ourModel(bedrock) }).invoke({ messages: [{ role: "user", content: "Hello" }] });
  expect(messages.at(-1)?.text).toBe("You said: Hello");
  expect(bedrock.requests[0]?.body).toEqual({ messages: [{ role: "user", content: [{ text: "Hello" }] }] });
});

test("stream of updates", async () => {
  bedrock.reply(TOOL_CALL, finalAnswer);
  const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather] });
  const updates = await collect(await agent.stream(question, { streamMode: "updates" }));
  expect(updates.map((update) => Object.keys(update))).toEqual([["model_request"], ["tools"], ["model_request"]]);
  expect(updates[2]).toMatchObject({ model_request: { messages: [{ text: FINAL_TEXT }] } });
  expectRoundTrip(bedrock);
});

test("stream of messages: the text arrives in pieces", async () => {
  bedrock.reply(TOOL_CALL, finalAnswer);
  const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather] });
  const parts = await collect(await agent.stream(question, { streamMode: "messages" }));
  const ofModel = parts.filter(([, { langgraph_node }]) => langgraph_node === "model_request").map(([chunk]) => chunk as AIMessageChunk);
  expect(ofModel.map((chunk) => chunk.text).join("")).toBe(FINAL_TEXT);
  expect(ofModel.filter((chunk) => chunk.text !== "").length).toBeGreaterThan(3);
  expect(operations()).toEqual(["converse-stream", "converse-stream"]);
  expectRoundTrip(bedrock);
});

test("streamEvents, version v2", async () => {
  bedrock.reply(TOOL_CALL, finalAnswer);
  const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather] });
  const steps = await collect(agent.streamEvents(question, { version: "v2" }));
  const ends = steps.filter(({ event }) => event === "on_chat_model_end" || event === "on_tool_end");
  expect(ends.map(({ name, data }) => [name, data.output.text])).toEqual([
    ["ChatBedrockConverse", ""],
    ["get_weather", WEATHER],
    ["ChatBedrockConverse", FINAL_TEXT],
  ]);
  expect(operations()).toEqual(["converse-stream", "converse-stream"]);
  expectRoundTrip(bedrock);
});

test("streamEvents, version v3: content blocks of each message", async () => {
  bedrock.reply([reasoning("Let me see.", "c2ln"), text("I look it up."), TOOL_CALL], finalAnswer);
  const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather] });
  const run = await agent.streamEvents(question, { version: "v3" });
  const [texts, calls] = await Promise.all([
    (async () => {
      const messages = await collect(run.messages);
      return Promise.all(messages.map(async (message) => (await collect(message.text)).join("")));
    })(),
    collect(run.toolCalls),
  ]);
  expect(texts).toEqual(["I look it up.", FINAL_TEXT]);
  expect(calls.map(({ name, input }) => [name, input])).toEqual([["get_weather", { city: "Paris" }]]);
  expect((await run.output).messages.at(-1)?.text).toBe(FINAL_TEXT);
  expect(operations()).toEqual(["converse-stream", "converse-stream"]);
  expect(bedrock.requests[1]?.body.messages?.[1]?.content).toEqual([reasoning("Let me see.", "c2ln"), text("I look it up."), TOOL_CALL]);
  bedrock.requests[1]?.body.messages?.[1]?.content.splice(0, 2);
  expectRoundTrip(bedrock);
});

test("a checkpointer: the next turn holds the whole conversation", async () => {
  bedrock.reply([reasoning("Let me see.", "c2ln"), TOOL_CALL], finalAnswer, "You are welcome.");
  const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather], checkpointer: new MemorySaver() });
  const thread = { configurable: { thread_id: "1" } };
  await agent.invoke(question, thread);
  const { messages } = await agent.invoke({ messages: [{ role: "user", content: "Thank you." }] }, thread);
  expect(messages.at(-1)?.text).toBe("You are welcome.");
  expect(bedrock.requests[2]?.body.messages).toEqual([
    ...(bedrock.requests[1]?.body.messages ?? []),
    { role: "assistant", content: [{ text: FINAL_TEXT }] },
    { role: "user", content: [{ text: "Thank you." }] },
  ]);
  expect(bedrock.requests[2]?.body.messages?.[1]?.content[0]).toEqual(reasoning("Let me see.", "c2ln"));
});

test("a structured response by way of a tool", async () => {
  const schema = z.object({ city: z.string(), weather: z.string() }).meta({ title: "report" });
  bedrock.reply(TOOL_CALL, ({ body }) => {
    const tools = body.toolConfig?.tools?.map(({ toolSpec }) => (toolSpec as { name: string }).name) ?? [];
    return toolUse(tools[1] ?? "", { city: "Paris", weather: toolResults(body.messages?.at(-1)?.content ?? []) });
  });
  const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather], responseFormat: toolStrategy(schema) });
  const { structuredResponse } = await agent.invoke(question);
  expect(structuredResponse).toEqual({ city: "Paris", weather: WEATHER });
  expect(bedrock.requests.map(({ body }) => body.toolConfig?.toolChoice)).toEqual([{ any: {} }, { any: {} }]);
});

test("a structured response by the model itself, with providerStrategy", async () => {
  bedrock.reply(TOOL_CALL, ({ body }) => JSON.stringify({ city: "Paris", weather: toolResults(body.messages?.at(-1)?.content ?? []) }));
  const schema = z.object({ city: z.string(), weather: z.string() });
  const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather], responseFormat: providerStrategy(schema) });
  const { structuredResponse } = await agent.invoke(question);
  expect(structuredResponse).toEqual({ city: "Paris", weather: WEATHER });
  const format = { type: "json_schema", structure: { jsonSchema: expect.objectContaining({ schema: expect.stringContaining('"weather"') }) } };
  expect(bedrock.requests.map(({ body }) => body.outputConfig)).toEqual([{ textFormat: format }, { textFormat: format }]);
  expectRoundTrip(bedrock);
});

test("bedrockPromptCachingMiddleware puts cache points into the request", async () => {
  bedrock.reply(TOOL_CALL, finalAnswer);
  const agent = createAgent({
    // Its cache takes short prompts.
    model: ourModel(bedrock, { model: "anthropic.claude-sonnet-4-5-20250929-v1:0" }),
    tools: [getWeather],
    systemPrompt: "You know the weather.",
    middleware: [bedrockPromptCachingMiddleware({ minMessagesToCache: 3 })],
  });
  expect((await agent.invoke(question)).messages.at(-1)?.text).toBe(FINAL_TEXT);
  const points = bedrock.requests.map(({ body: { system, toolConfig, messages } }) =>
    [system, toolConfig?.tools, messages?.at(-1)?.content].map((list) => list?.filter((block) => "cachePoint" in block).length),
  );
  expect(points).toEqual([
    [0, 0, 0],
    [1, 1, 1],
  ]);
});

test("an error of the second request reaches the caller as it is", async () => {
  bedrock.reply(TOOL_CALL, validation("Too long."));
  const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather] });
  const reason: unknown = await agent.invoke(question).catch((error: unknown) => error);
  expect(reason).toBeInstanceOf(BedrockRuntimeServiceException);
  expect(reason).toMatchObject({ name: "ValidationException", message: expect.stringContaining("Too long.") });
  expectRoundTrip(bedrock);
});

describe("a tool call that did not arrive whole is not run", () => {
  const half = [
    { messageStart: { role: "assistant" } },
    { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: { toolUseId: "tooluse_1", name: "delete_file" } } } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { toolUse: { input: '{"path": "/tmp' } } } },
  ];
  const cut = [...half, { contentBlockStop: { contentBlockIndex: 0 } }, { messageStop: { stopReason: "max_tokens" } }];
  const remove = jest.fn((_: { path: string }) => "deleted");
  const deleteFile = tool(remove, { name: "delete_file", description: "Deletes.", schema: z.object({ path: z.string() }) });
  const ways = {
    "a stream of messages": async () => collect(await agent().stream(question, { streamMode: "messages" })),
    "version v2": async () => collect(agent().streamEvents(question, { version: "v2" })),
    "version v3": async () => (await agent().streamEvents(question, { version: "v3" })).output,
  };
  const agent = () => createAgent({ model: ourModel(bedrock), tools: [deleteFile] });
  afterEach(() => expect(remove).not.toHaveBeenCalled());

  test.each(Object.entries(ways))("cut at max_tokens, %s", async (_, run) => {
    bedrock.reply(events(cut));
    await run();
    expect(bedrock.requests).toHaveLength(1);
  });

  test.each(Object.entries(ways))("the stream broke, %s", async (_, run) => {
    bedrock.reply(events(half));
    await expect(run()).rejects.toBeInstanceOf(IncompleteStreamError);
    expect(bedrock.requests).toHaveLength(1);
  });
});
