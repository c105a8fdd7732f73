import { HumanMessage, type AIMessageChunk } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { reasoning, startBedrock, text, toolUse, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { collect, fold } from "../support/streams.js";
import { askWithTools, expectRoundTrip, FINAL_TEXT, finalAnswer, getWeather, QUESTION, runTools, TOOL_CALL, WEATHER } from "../support/weather.js";

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

describe("stream", () => {
  test("gives the text in pieces, and the usage", async () => {
    bedrock.reply({ content: "One two three.", usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } });
    const chunks = await collect(await ourModel(bedrock).stream("Count."));
    expect(chunks.map((chunk) => chunk.text).join("")).toBe("One two three.");
    expect(chunks.filter((chunk) => chunk.text !== "").length).toBeGreaterThan(1);
    expect(chunks.flatMap((chunk) => chunk.usage_metadata ?? [])).toMatchObject([{ input_tokens: 3, output_tokens: 4, total_tokens: 7 }]);
  });

  test("gives a tool call in pieces that concat to the call", async () => {
    bedrock.reply([text("I look it up."), TOOL_CALL, toolUse("get_weather", { city: "Rome" }, "tooluse_2")]);
    const chunks = await collect(await ourModel(bedrock).bindTools([getWeather]).stream(QUESTION));
    const pieces = chunks.flatMap((chunk) => chunk.tool_call_chunks ?? []);
    expect(pieces.filter(({ id }) => id)).toMatchObject([
      { name: "get_weather", id: "tooluse_1", index: 1 },
      { name: "get_weather", id: "tooluse_2", index: 2 },
    ]);
    const args = (wanted: number): string => pieces.filter(({ index }) => index === wanted).map(({ args }) => args ?? "").join("");
    expect([args(1), args(2)].map((json) => JSON.parse(json) as unknown)).toEqual([{ city: "Paris" }, { city: "Rome" }]);
    expect(pieces.length).toBeGreaterThan(4);
    const whole = chunks.reduce((left, right) => left.concat(right));
    expect(whole.tool_calls).toEqual([
      { type: "tool_call", name: "get_weather", id: "tooluse_1", args: { city: "Paris" } },
      { type: "tool_call", name: "get_weather", id: "tooluse_2", args: { city: "Rome" } },
    ]);
    expect(whole.invalid_tool_calls).toEqual([]);
    expect(whole.text).toBe("I look it up.");
  });

  test("of a chain goes through a whole tool round trip", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const model = ourModel(bedrock).bindTools([getWeather]);
    const agent = RunnableLambda.from(async (question: string) => {
      const call: AIMessageChunk = await fold(await model.stream(question));
      const history = [new HumanMessage(question), call, ...(await runTools(call))];
      return RunnableLambda.from(() => history).pipe(model);
    });
    const pieces = await collect(await agent.pipe(new StringOutputParser()).stream(QUESTION));
    expect(pieces.join("")).toBe(FINAL_TEXT);
    expect(pieces.length).toBeGreaterThan(3);
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse-stream", "converse-stream"]);
    expectRoundTrip(bedrock);
  });
});

describe("invoke with streaming: true", () => {
  test("streams behind the scenes, in a whole tool round trip", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const model = ourModel(bedrock, { streaming: true }).bindTools([getWeather]);
    const answer = await askWithTools((messages) => model.invoke(messages));
    expect(answer.text).toBe(FINAL_TEXT);
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse-stream", "converse-stream"]);
    expectRoundTrip(bedrock);
  });

  test("gives the message that a call without it gives", async () => {
    bedrock.replyAlways({ content: [reasoning("Hm.", "c2ln"), text("Yes."), TOOL_CALL], usage: { inputTokens: 1, outputTokens: 2 } });
    const [streamed, whole] = [await ourModel(bedrock, { streaming: true }).invoke("?"), await ourModel(bedrock).invoke("?")];
    // Where a piece belongs, which core needs to join the pieces, stays on the blocks.
    expect(streamed.contentBlocks.map(({ index: _, ...block }) => block)).toEqual(whole.contentBlocks);
    expect(streamed.tool_calls).toEqual(whole.tool_calls);
    expect(streamed.usage_metadata).toMatchObject(whole.usage_metadata!);
  });
});

describe("streamEvents of Runnable, version v2", () => {
  test("tells each step of a chain", async () => {
    bedrock.reply("One two three.");
    const chain = ChatPromptTemplate.fromTemplate("Count to {n}.").pipe(ourModel(bedrock)).pipe(new StringOutputParser());
    const events = await collect(chain.streamEvents({ n: 3 }, { version: "v2" }));
    const ofModel = events.filter(({ event }) => event.startsWith("on_chat_model"));
    expect(new Set(ofModel.map(({ name }) => name))).toEqual(new Set(["ChatBedrockConverse"]));
    expect(ofModel[0]?.event).toBe("on_chat_model_start");
    expect(ofModel.slice(1, -1).map(({ data }) => (data.chunk as AIMessageChunk).text).join("")).toBe("One two three.");
    expect(ofModel.at(-1)).toMatchObject({ event: "on_chat_model_end", data: { output: { text: "One two three." } } });
    expect(ofModel[0]?.metadata).toMatchObject({ ls_provider: "amazon_bedrock", ls_model_type: "chat" });
    expect(events.at(-1)).toMatchObject({ event: "on_chain_end", data: { output: "One two three." } });
  });

  test("tells a whole tool round trip", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const model = ourModel(bedrock).bindTools([getWeather]);
    const agent = RunnableLambda.from((_: string, config) => askWithTools((messages) => model.invoke(messages, config), config));
    const events = await collect(agent.streamEvents(QUESTION, { version: "v2" }));
    const names = events.map(({ event }) => event).filter((event) => !event.endsWith("_stream") && !event.startsWith("on_chain"));
    expect(names).toEqual([
      "on_chat_model_start",
      "on_chat_model_end",
      "on_tool_start",
      "on_tool_end",
      "on_chat_model_start",
      "on_chat_model_end",
    ]);
    const outputs = (wanted: string): unknown[] => events.filter(({ event }) => event === wanted).map(({ data }) => data.output as unknown);
    expect(outputs("on_chat_model_end")).toMatchObject([{ tool_calls: [{ name: "get_weather", args: { city: "Paris" } }] }, { text: FINAL_TEXT }]);
    expect(outputs("on_tool_end")).toMatchObject([{ content: WEATHER, tool_call_id: "tooluse_1" }]);
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse-stream", "converse-stream"]);
    expectRoundTrip(bedrock);
  });
});

describe("streamEvents of content blocks", () => {
  const answer = [reasoning("Let me see.", "c2ln"), text("I look it up."), TOOL_CALL];

  test("gives text, reasoning, tool calls, usage and the message, to all who ask", async () => {
    bedrock.reply({ content: answer, usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } });
    const stream = ourModel(bedrock).streamEvents(QUESTION, { tools: [getWeather] });
    const [pieces, whole, thoughts, calls, usage, message] = await Promise.all([
      collect(stream.text),
      stream.text,
      stream.reasoning,
      stream.toolCalls,
      stream.usage,
      stream.output,
    ]);
    expect(pieces.length).toBeGreaterThan(1);
    expect([pieces.join(""), whole, thoughts]).toEqual(["I look it up.", "I look it up.", "Let me see."]);
    expect(calls).toMatchObject([{ type: "tool_call", id: "tooluse_1", name: "get_weather", args: { city: "Paris" } }]);
    expect(usage).toMatchObject({ input_tokens: 3, output_tokens: 4, total_tokens: 7 });
    expect(message.contentBlocks).toMatchObject([
      { type: "reasoning", reasoning: "Let me see." },
      { type: "text", text: "I look it up." },
      { type: "tool_call", id: "tooluse_1", name: "get_weather", args: { city: "Paris" } },
    ]);
    expect(bedrock.requests).toHaveLength(1);
  });

  test("follows core's protocol: each block starts, grows and ends before the message does", async () => {
    bedrock.reply(answer);
    const events = await collect(ourModel(bedrock).streamEvents(QUESTION, { tools: [getWeather] }));
    const steps = events.flatMap((event) => ("index" in event ? `${event.event} ${event.index}` : event.event));
    const once = steps.filter((step, index) => step !== steps[index - 1]);
    expect(once).toEqual([
      "message-start",
      ...[0, 1, 2].flatMap((index) => [`content-block-start ${index}`, `content-block-delta ${index}`, `content-block-finish ${index}`]),
      "usage",
      "message-finish",
    ]);
    expect(events.at(-1)).toMatchObject({ event: "message-finish", reason: "tool_use", responseMetadata: { stopReason: "tool_use" } });
  });

  test("goes through a whole tool round trip, the tool running while the stream is open", async () => {
    bedrock.reply([text("I look it up."), TOOL_CALL], finalAnswer);
    const model = ourModel(bedrock);
    const question = new HumanMessage(QUESTION);
    const stream = model.streamEvents([question], { tools: [getWeather] });
    const results = [];
    for await (const { id, name, args } of stream.toolCalls) {
      results.push(await getWeather.invoke({ type: "tool_call", id, name, args: args as { city: string } }));
    }
    const answer = model.streamEvents([question, await stream.output, ...results], { tools: [getWeather] });
    expect(await answer.text).toBe(FINAL_TEXT);
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse-stream", "converse-stream"]);
    expect(bedrock.requests[1]?.body.messages?.[1]).toEqual({ role: "assistant", content: [{ text: "I look it up." }, TOOL_CALL] });
    bedrock.requests[1]?.body.messages?.[1]?.content.shift();
    expectRoundTrip(bedrock);
  });
});
