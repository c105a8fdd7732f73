import { SystemMessage, type AIMessage, type AIMessageChunk } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { Command, END, INTERRUPT, interrupt, isInterrupted, MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createReactAgent, ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { startBedrock, text, toolUse, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod";
import { ourModel } from "../support/models.js";
import { collect } from "../support/streams.js";
import { expectRoundTrip, FINAL_TEXT, finalAnswer, getWeather, QUESTION, TOOL_CALL, toolResults, WEATHER } from "../support/weather.js";

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const question = { messages: [{ role: "user", content: QUESTION }] };

describe("createReactAgent", () => {
  test("goes through a whole tool round trip", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const agent = createReactAgent({ llm: ourModel(bedrock), tools: [getWeather], prompt: "You know the weather." });
    const { messages } = await agent.invoke(question);
    expect(messages.map(({ type }) => type)).toEqual(["human", "ai", "tool", "ai"]);
    expect(messages.at(-1)?.text).toBe(FINAL_TEXT);
    expect(bedrock.requests.map(({ body }) => body.system)).toEqual([[{ text: "You know the weather." }], [{ text: "You know the weather." }]]);
    expectRoundTrip(bedrock);
  });

  test("takes a model with bound tools, and streams its messages", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const agent = createReactAgent({ llm: ourModel(bedrock).bindTools([getWeather]), tools: [getWeather] });
    const parts = (await collect(await agent.stream(question, { streamMode: "messages" }))) as [AIMessageChunk, { langgraph_node: string }][];
    const ofModel = parts.filter(([, { langgraph_node }]) => langgraph_node === "agent").map(([chunk]) => chunk);
    expect(ofModel.map((chunk) => chunk.text).join("")).toBe(FINAL_TEXT);
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse-stream", "converse-stream"]);
    expectRoundTrip(bedrock);
  });

  test("gives a structured response after the round trip", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer, ({ body }) => {
      const { tool } = body.toolConfig?.toolChoice as { tool: { name: string } };
      return toolUse(tool.name, { degrees: 22 });
    });
    const agent = createReactAgent({ llm: ourModel(bedrock), tools: [getWeather], responseFormat: z.object({ degrees: z.number() }) });
    const { structuredResponse } = await agent.invoke(question);
    expect(structuredResponse).toEqual({ degrees: 22 });
    expectRoundTrip(bedrock);
  });
});

describe("StateGraph with ToolNode", () => {
  function graph(tools: ConstructorParameters<typeof ToolNode>[0] = [getWeather]) {
    const model = ourModel(bedrock).bindTools(tools as (typeof getWeather)[]);
    return new StateGraph(MessagesAnnotation)
      .addNode("model", async ({ messages }) => ({ messages: [await model.invoke([new SystemMessage("Be brief."), ...messages])] }))
      .addNode("tools", new ToolNode(tools))
      .addEdge(START, "model")
      .addConditionalEdges("model", toolsCondition, ["tools", END])
      .addEdge("tools", "model");
  }

  test("goes through a whole tool round trip", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const { messages } = await graph().compile().invoke(question);
    expect(messages.at(-1)?.text).toBe(FINAL_TEXT);
    expect(bedrock.requests.map(({ body }) => body.system)).toEqual([[{ text: "Be brief." }], [{ text: "Be brief." }]]);
    expectRoundTrip(bedrock);
  });

  test("streams the model's text although its node calls invoke", async () => {
    bedrock.reply([text("I look it up."), TOOL_CALL], finalAnswer);
    const events = await collect(graph().compile().streamEvents(question, { version: "v2" }));
    const texts = events.filter(({ event }) => event === "on_chat_model_stream").map(({ data }) => (data.chunk as AIMessageChunk).text);
    expect(texts.join("")).toBe(`I look it up.${FINAL_TEXT}`);
    expect(texts.length).toBeGreaterThan(5);
    bedrock.requests[1]?.body.messages?.[1]?.content.shift();
    expectRoundTrip(bedrock);
  });

  test("runs several tools at once; that one of them fails is told to the model", async () => {
    const calls = [TOOL_CALL, toolUse("get_population", { city: "Paris" }, "tooluse_2")];
    bedrock.reply(calls, ({ body }) => toolResults(body.messages?.at(-1)?.content ?? []));
    const getPopulation = tool(() => Promise.reject(new Error("No census.")), {
      name: "get_population",
      description: "Counts the people of a city.",
      schema: z.object({ city: z.string() }),
    });
    const { messages } = await graph([getWeather, getPopulation]).compile().invoke(question);
    expect(messages.at(-1)?.text).toContain(WEATHER);
    expect(bedrock.requests[1]?.body.messages?.slice(1)).toEqual([
      { role: "assistant", content: calls },
      {
        role: "user",
        content: [
          { toolResult: { toolUseId: "tooluse_1", content: [{ text: WEATHER }] } },
          { toolResult: { toolUseId: "tooluse_2", content: [{ text: expect.stringContaining("No census.") }], status: "error" } },
        ],
      },
    ]);
  });

  test("goes on after an interrupt from what the checkpointer kept", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const asksFirst = tool(() => (interrupt("May I?") === "yes" ? WEATHER : "Refused."), {
      name: getWeather.name,
      description: getWeather.description,
      schema: getWeather.schema,
    });
    const app = graph([asksFirst]).compile({ checkpointer: new MemorySaver() });
    const thread = { configurable: { thread_id: "1" } };
    const halted: unknown = await app.invoke(question, thread);
    expect(isInterrupted(halted) && halted[INTERRUPT].map(({ value }) => value)).toEqual(["May I?"]);
    expect(bedrock.requests).toHaveLength(1);
    const { messages } = await app.invoke(new Command({ resume: "yes" }), thread);
    expect((messages.at(-1) as AIMessage).text).toBe(FINAL_TEXT);
    expectRoundTrip(bedrock);
  });
});
