import type { AIMessageChunk } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { bedrockPromptCachingMiddleware, createAgent, toolStrategy } from "langchain";
import { BedrockRuntimeServiceException } from "langchain-aws-native";
import { reasoning, startBedrock, text, toolUse, validation, type Bedrock } from "langchain-aws-native/testing";
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
  const events = await collect(agent.streamEvents(question, { version: "v2" }));
  const ends = events.filter(({ event }) => event === "on_chat_model_end" || event === "on_tool_end");
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

test("bedrockPromptCachingMiddleware puts cache points into the request", async () => {
  bedrock.reply(TOOL_CALL, finalAnswer);
  const agent = createAgent({
    model: ourModel(bedrock),
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
