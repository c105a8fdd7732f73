import { InMemoryChatMessageHistory } from "@langchain/core/chat_history";
import { load } from "@langchain/core/load";
import {
  AIMessage,
  HumanMessage,
  mapChatMessagesToStoredMessages,
  mapStoredMessagesToChatMessages,
  ToolMessage,
  trimMessages,
  type BaseMessage,
} from "@langchain/core/messages";
import { ChatPromptTemplate, MessagesPlaceholder } from "@langchain/core/prompts";
import { RunnableWithMessageHistory } from "@langchain/core/runnables";
import { reasoning, startBedrock, text, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { fold } from "../support/streams.js";
import { expectRoundTrip, FINAL_TEXT, finalAnswer, getWeather, QUESTION, runTools, TOOL_CALL, WEATHER } from "../support/weather.js";

/** Conversations that were kept for later. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

describe("a conversation that was stored as JSON goes on", () => {
  const answer = [reasoning("Let me see.", "c2lnbmF0dXJl"), text("I look it up."), TOOL_CALL];
  const stores: Record<string, (messages: BaseMessage[]) => Promise<BaseMessage[]>> = {
    mapChatMessagesToStoredMessages: async (messages) =>
      mapStoredMessagesToChatMessages(JSON.parse(JSON.stringify(mapChatMessagesToStoredMessages(messages)))),
    "toJSON and load": (messages) => load(JSON.stringify(messages)),
  };
  const ways: Record<string, (message: HumanMessage) => Promise<AIMessage>> = {
    invoke: (question) => ourModel(bedrock).invoke([question], { tools: [getWeather] }),
    stream: async (question) => fold(await ourModel(bedrock).stream([question], { tools: [getWeather] })),
    streamEvents: async (question) => ourModel(bedrock).streamEvents([question], { tools: [getWeather] }),
  };
  const table = Object.keys(stores).flatMap((store) => Object.keys(ways).map((way) => [store, way] as const));

  test.each(table)("by %s, after %s", async (store, way) => {
    bedrock.reply(answer, finalAnswer);
    const question = new HumanMessage(QUESTION);
    const call = await ways[way]!(question);
    const result = new ToolMessage({ content: WEATHER, tool_call_id: "tooluse_1" });
    const restored = await stores[store]!([question, call, result]);
    const last = await ourModel(bedrock).invoke(restored, { tools: [getWeather] });
    expect(last.text).toBe(FINAL_TEXT);
    expect(bedrock.requests[1]?.body.messages?.[1]).toEqual({ role: "assistant", content: answer });
    bedrock.requests[1]?.body.messages?.[1]?.content.splice(0, 2);
    expectRoundTrip(bedrock);
  });
});

test("RunnableWithMessageHistory keeps a tool round trip for the next question", async () => {
  bedrock.reply(TOOL_CALL, finalAnswer);
  const history = new InMemoryChatMessageHistory();
  const prompt = ChatPromptTemplate.fromMessages([["system", "Be brief."], new MessagesPlaceholder("history"), new MessagesPlaceholder("input")]);
  const chain = new RunnableWithMessageHistory({
    runnable: prompt.pipe(ourModel(bedrock).bindTools([getWeather])),
    getMessageHistory: () => history,
    inputMessagesKey: "input",
    historyMessagesKey: "history",
  });
  const config = { configurable: { sessionId: "1" } };
  const call = (await chain.invoke({ input: [new HumanMessage(QUESTION)] }, config)) as AIMessage;
  const last = (await chain.invoke({ input: await runTools(call) }, config)) as AIMessage;
  expect(last.text).toBe(FINAL_TEXT);
  expect((await history.getMessages()).map(({ type }) => type)).toEqual(["human", "ai", "tool", "ai"]);
  expect(bedrock.requests[1]?.body.system).toEqual([{ text: "Be brief." }]);
  expectRoundTrip(bedrock);
});

test("trimMessages leaves a conversation that can be sent", async () => {
  bedrock.reply(TOOL_CALL, finalAnswer);
  const model = ourModel(bedrock).bindTools([getWeather]);
  const old = [new HumanMessage("Hello"), new AIMessage("Hello, how can I help?")];
  const call = await model.invoke([...old, new HumanMessage(QUESTION)]);
  const all = [...old, new HumanMessage(QUESTION), call, ...(await runTools(call))];
  const trimmed = await trimMessages(all, { maxTokens: 3, tokenCounter: (messages) => messages.length, strategy: "last", startOn: "human" });
  expect((await model.invoke(trimmed)).text).toBe(FINAL_TEXT);
  bedrock.requests[0]?.body.messages?.splice(0, 2);
  expectRoundTrip(bedrock);
});
