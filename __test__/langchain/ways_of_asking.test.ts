import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatGeneration } from "@langchain/core/outputs";
import { tool } from "@langchain/core/tools";
import type { ChatBedrockConverse } from "langchain-aws-native";
import { reasoning, startBedrock, text, toolUse, type Bedrock, type ContentBlock } from "langchain-aws-native/testing";
import { z } from "zod";
import { ourModel } from "../support/models.js";
import { collect, fold } from "../support/streams.js";
import { getWeather, QUESTION, WEATHER } from "../support/weather.js";

/** LangChain has many ways to ask a model. Whatever the way, the answer is the same and goes back over the wire as it came. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const tellTime = tool(() => "noon", { name: "tell_time", description: "Tells the time.", schema: z.object({}) });
const tools = [getWeather, tellTime];

type Way = (model: ChatBedrockConverse, messages: BaseMessage[]) => PromiseLike<AIMessage>;

/** Makes core stream although `invoke` was called, as LangGraph's handlers do. */
function handler(preference: "lc_prefer_streaming" | "lc_prefer_chat_model_stream_events"): BaseCallbackHandler {
  return Object.assign(BaseCallbackHandler.fromMethods({}), { [preference]: true });
}

/** The operation that each way uses, and the way. */
const WAYS: Record<string, ["converse" | "converse-stream", Way]> = {
  invoke: ["converse", (model, messages) => model.bindTools(tools).invoke(messages)],
  "invoke with the call option tools": ["converse", (model, messages) => model.invoke(messages, { tools })],
  "invoke with outputVersion v1": ["converse", (model, messages) => model.invoke(messages, { tools, outputVersion: "v1" })],
  "invoke with streaming: true": [
    "converse-stream",
    (model, messages) => ourModel(bedrock, { model: model.model, streaming: true }).bindTools(tools).invoke(messages),
  ],
  "invoke with a handler of chunks": [
    "converse-stream",
    (model, messages) => model.invoke(messages, { tools, callbacks: [handler("lc_prefer_streaming")] }),
  ],
  "invoke with a handler of model events": [
    "converse-stream",
    (model, messages) => model.invoke(messages, { tools, callbacks: [handler("lc_prefer_chat_model_stream_events")] }),
  ],
  generate: [
    "converse",
    async (model, messages) => {
      const { generations } = await model.generate([messages], { tools });
      return (generations[0]?.[0] as ChatGeneration).message as AIMessage;
    },
  ],
  stream: ["converse-stream", async (model, messages) => fold(await model.bindTools(tools).stream(messages))],
  "stream with outputVersion v1": ["converse-stream", async (model, messages) => fold(await model.stream(messages, { tools, outputVersion: "v1" }))],
  "streamEvents, version v2": [
    "converse-stream",
    async (model, messages) => {
      const events = await collect(model.bindTools(tools).streamEvents(messages, { version: "v2" }));
      return events.find(({ event }) => event === "on_chat_model_end")?.data.output as AIMessage;
    },
  ],
  "streamEvents, content blocks": ["converse-stream", (model, messages) => model.streamEvents(messages, { tools })],
};

/** The answers, as the wire has them. */
const CALL = toolUse("get_weather", { city: "Paris" }, "tooluse_1");
const ANSWERS: Record<string, ContentBlock[]> = {
  "a tool call": [CALL],
  "text and a tool call": [text("I look it up."), CALL],
  "two tool calls": [CALL, toolUse("get_weather", { city: "Rome" }, "tooluse_2")],
  "a tool call without arguments": [toolUse("tell_time", {}, "tooluse_1")],
  "signed reasoning and a tool call": [reasoning("The user asks for the weather.", "c2lnbmF0dXJl"), CALL],
  "reasoning, text and a tool call": [reasoning("Let me see.", "c2lnbmF0dXJl"), text("I look it up."), CALL],
  "hidden reasoning and a tool call": [{ reasoningContent: { redactedContent: "aGlkZGVu" } }, CALL],
};

describe.each(Object.keys(WAYS))("%s", (name) => {
  const [operation, ask] = WAYS[name]!;

  test.each(Object.keys(ANSWERS))("brings %s and takes it back", async (answerName) => {
    const answer = ANSWERS[answerName]!;
    bedrock.reply(answer, ({ body }) => `I got ${body.messages?.at(-1)?.content.length} result(s).`);
    const model = ourModel(bedrock);
    const question = new HumanMessage(QUESTION);

    const message = await ask(model, [question]);
    const calls = answer.flatMap(({ toolUse }) => toolUse ?? []);
    expect(AIMessage.isInstance(message)).toBe(true);
    expect(message.tool_calls).toEqual(calls.map(({ toolUseId, name, input }) => ({ type: "tool_call", id: toolUseId, name, args: input })));
    expect(message.text).toBe(answer.map((block) => block.text ?? "").join(""));

    const results = (message.tool_calls ?? []).map(({ id, name }) => new ToolMessage({ content: WEATHER, tool_call_id: id!, name }));
    const last = await ask(model, [question, message, ...results]);
    expect(last.text).toBe(`I got ${calls.length} result(s).`);
    expect(last.tool_calls).toEqual([]);
    expect(bedrock.requests.map((request) => request.operation)).toEqual([operation, operation]);
    expect(bedrock.requests[1]?.body.messages).toEqual([
      { role: "user", content: [{ text: QUESTION }] },
      { role: "assistant", content: answer },
      { role: "user", content: calls.map(({ toolUseId }) => ({ toolResult: { toolUseId, content: [{ text: WEATHER }] } })) },
    ]);
  });

  test("tells the usage, the id and why the model stopped", async () => {
    bedrock.reply({ content: "Fine.", stopReason: "max_tokens", usage: { inputTokens: 7, outputTokens: 2, totalTokens: 9 } });
    const message = await ask(ourModel(bedrock), [new HumanMessage("How are you?")]);
    expect(message.usage_metadata).toMatchObject({ input_tokens: 7, output_tokens: 2, total_tokens: 9 });
    expect(message.id).toBe(bedrock.requests[0]?.response.requestId);
    expect(message.response_metadata).toMatchObject({ model_provider: "bedrock-converse", stopReason: "max_tokens" });
  });
});
