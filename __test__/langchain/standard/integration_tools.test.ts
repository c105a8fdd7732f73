import { AIMessage, HumanMessage, ToolMessage, type BaseMessage, type ContentBlock } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool, type StructuredToolParams } from "@langchain/core/tools";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import type { ChatBedrockConverse, ChatBedrockConverseToolType } from "langchain-aws-native";
import { startBedrock, toolUse, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod/v3";
import { Adder, Addition, callOf, NUMBERS, SUM_PROMPT, wireSumPrompt, wireTool } from "../../support/adder.js";
import { ourModel } from "../../support/models.js";
import { fold } from "../../support/streams.js";

/** What LangChain's standard integration tests ask of tools. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

type Way = (model: ReturnType<ChatBedrockConverse["bindTools"]>, messages: BaseMessage[]) => Promise<AIMessage>;

const WAYS: Record<string, Way> = {
  invoke: (model, messages) => model.invoke(messages),
  stream: async (model, messages) => fold(await model.stream(messages)),
};

const place = z.object({ location: z.string().describe("The city, such as San Francisco") });
const weather = tool(() => "21 °C and sunny", { name: "get_current_weather", description: "Tells the weather of a place.", schema: place });
const time = tool(() => "noon", { name: "get_current_time", description: "Tells the time of a place.", schema: place });
const IN_SAN_FRANCISCO = { location: "San Francisco" };

describe("a tool call", () => {
  test("has the name, the arguments, the id and the type", async () => {
    bedrock.reply(callOf("adder"));
    const message = await ourModel(bedrock).bindTools([new Adder()]).invoke("What is 2 + 3? Use the tool.");
    expect(message).toBeInstanceOf(AIMessage);
    expect(message.tool_calls).toEqual([{ type: "tool_call", id: "abc123", name: "adder", args: NUMBERS }]);
    expect(bedrock.requests[0]?.body.toolConfig).toEqual({ tools: [wireTool("adder")] });
  });

  test("comes with the usage when it is streamed in a chain", async () => {
    bedrock.reply({ content: [callOf("adder")], usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 } });
    const chain = SUM_PROMPT.pipe(ourModel(bedrock).bindTools([new Adder()]));
    const message = await fold(await chain.stream({ tool: "adder" }));
    expect(message.tool_calls).toEqual([{ type: "tool_call", id: "abc123", name: "adder", args: NUMBERS }]);
    expect(message.usage_metadata).toMatchObject({ input_tokens: 10, output_tokens: 5 });
    expect(bedrock.requests[0]).toMatchObject({ operation: "converse-stream", body: wireSumPrompt("adder") });
  });
});

describe("tools of any kind can be bound", () => {
  const runnable = RunnableLambda.from(({ a, b }: { a: number; b: number }) => a + b);
  const kinds: Record<string, ChatBedrockConverseToolType> = {
    "a runnable as a tool": runnable.asTool({ name: "add", description: Addition.description!, schema: Addition }),
    "OpenAI's shape": { type: "function", function: { name: "add", description: Addition.description!, parameters: toJsonSchema(Addition) } },
    "a name and a schema without a function": { name: "add", description: Addition.description!, schema: Addition } satisfies StructuredToolParams,
  };

  test.each(Object.keys(kinds))("%s", async (kind) => {
    bedrock.reply(callOf("add"));
    const message: AIMessage = await SUM_PROMPT.pipe(ourModel(bedrock).bindTools([kinds[kind]!])).invoke({ tool: "add" });
    expect(message.tool_calls).toEqual([{ type: "tool_call", id: expect.any(String), name: "add", args: NUMBERS }]);
    expect(bedrock.requests[0]?.body).toMatchObject({ ...wireSumPrompt("add"), toolConfig: { tools: [wireTool("add")] } });
  });

  test("a name and a schema, streamed", async () => {
    bedrock.reply(toolUse("get_current_weather", IN_SAN_FRANCISCO));
    const { name, description, schema } = weather;
    const params: StructuredToolParams = { name, description, schema };
    const message = await fold(await ourModel(bedrock).bindTools([params]).stream("What is the weather in San Francisco?"));
    expect(message.tool_calls).toMatchObject([{ name: "get_current_weather", args: IN_SAN_FRANCISCO }]);
    expect(bedrock.requests[0]?.body.toolConfig?.tools).toMatchObject([
      { toolSpec: { name, description, inputSchema: { json: { type: "object", required: ["location"] } } } },
    ]);
  });
});

describe("a history with a tool's call and result goes on", () => {
  const question = new HumanMessage("What is 2 + 3?");
  const call = { type: "tool_call" as const, id: "abc123", name: "adder", args: NUMBERS };
  const wireCall = { toolUse: { toolUseId: "abc123", name: "adder", input: NUMBERS } };
  const wireResult = { role: "user", content: [{ toolResult: { toolUseId: "abc123", content: [{ text: '{"sum":5}' }] } }] };
  const resultOf = async (): Promise<ToolMessage> => new ToolMessage(await new Adder().invoke(NUMBERS), "abc123", "adder");
  const block = (value: object): ContentBlock => value as ContentBlock;

  const SAME_CALL = [{ text: "I add them." }, wireCall];
  const histories: Record<string, [AIMessage, object[]]> = {
    "whose content is a string": [new AIMessage({ content: "", tool_calls: [call] }), [wireCall]],
    "whose content is a list with Anthropic's tool_use": [
      new AIMessage({
        content: [block({ type: "text", text: "I add them." }), block({ type: "tool_use", id: "abc123", name: "adder", input: NUMBERS })],
        tool_calls: [call],
      }),
      SAME_CALL,
    ],
    "whose content is LangChain's v1 blocks": [new AIMessage({ contentBlocks: [{ type: "text", text: "I add them." }, call] }), SAME_CALL],
  };

  test.each(Object.keys(histories))("%s", async (name) => {
    bedrock.reply("It is 5.");
    const [message, content] = histories[name]!;
    const answer = await ourModel(bedrock).bindTools([new Adder()]).invoke([question, message, await resultOf()]);
    expect(answer).toBeInstanceOf(AIMessage);
    expect(answer.text).toBe("It is 5.");
    expect(bedrock.requests[0]?.body.messages?.slice(1)).toEqual([{ role: "assistant", content }, wireResult]);
  });

  test("with another question after an example of the tool's use", async () => {
    bedrock.reply("It is 7.");
    const result = await resultOf();
    const example = [question, new AIMessage({ content: "", tool_calls: [call] }), result, new AIMessage(result.text)];
    const answer = await ourModel(bedrock).bindTools([new Adder()]).invoke([...example, new HumanMessage("What is 3 + 4?")]);
    expect(answer).toBeInstanceOf(AIMessage);
    expect(answer.text).toBe("It is 7.");
    expect(bedrock.requests[0]?.body.messages).toEqual([
      { role: "user", content: [{ text: "What is 2 + 3?" }] },
      { role: "assistant", content: [wireCall] },
      wireResult,
      { role: "assistant", content: [{ text: '{"sum":5}' }] },
      { role: "user", content: [{ text: "What is 3 + 4?" }] },
    ]);
  });
});

describe.each(Object.keys(WAYS))("%s", (way) => {
  const ask = WAYS[way]!;

  test("gives a message with a tool call that can be sent back with the result", async () => {
    bedrock.reply(toolUse("get_current_weather", IN_SAN_FRANCISCO, "call_1"), "It is sunny.");
    const model = ourModel(bedrock).bindTools([weather]);
    const question = new HumanMessage("What is the weather in San Francisco?");
    const message = await ask(model, [question]);
    const [call] = message.tool_calls!;
    expect(call).toEqual({ type: "tool_call", id: "call_1", name: "get_current_weather", args: IN_SAN_FRANCISCO });

    const result = new ToolMessage({ tool_call_id: call!.id!, name: call!.name, content: await weather.invoke(IN_SAN_FRANCISCO) });
    const answer = await ask(model, [question, message, result]);
    expect(answer.content).not.toBe("");
    expect(answer.text).toBe("It is sunny.");
    expect(bedrock.requests[1]?.body.messages?.slice(1)).toEqual([
      { role: "assistant", content: [{ toolUse: { toolUseId: "call_1", name: "get_current_weather", input: IN_SAN_FRANCISCO } }] },
      { role: "user", content: [{ toolResult: { toolUseId: "call_1", content: [{ text: "21 °C and sunny" }] } }] },
    ]);
  });
});

describe("parallel tool calls", () => {
  const question = new HumanMessage("What are the weather and the time in San Francisco?");
  const CALLS = [toolUse("get_current_weather", IN_SAN_FRANCISCO, "weather_1"), toolUse("get_current_time", IN_SAN_FRANCISCO, "time_1")];
  const TOOL_CALLS = [
    { type: "tool_call" as const, id: "weather_1", name: "get_current_weather", args: IN_SAN_FRANCISCO },
    { type: "tool_call" as const, id: "time_1", name: "get_current_time", args: IN_SAN_FRANCISCO },
  ];
  const results = [
    new ToolMessage({ name: "get_current_weather", tool_call_id: "weather_1", content: "24 °C with hail" }),
    new ToolMessage({ name: "get_current_time", tool_call_id: "time_1", content: "12:02 PM" }),
  ];

  test.each(Object.keys(WAYS))("all come with %s", async (way) => {
    bedrock.reply(CALLS);
    const message = await WAYS[way]!(ourModel(bedrock).bindTools([weather, time]), [question]);
    expect(message.tool_calls).toEqual(TOOL_CALLS);
    expect(bedrock.requests[0]?.body.toolConfig?.tools).toMatchObject([
      { toolSpec: { name: "get_current_weather" } },
      { toolSpec: { name: "get_current_time" } },
    ]);
  });

  const messages: Record<string, Answer | undefined> = { "as the model gave them": CALLS, "as the application wrote them": undefined };
  test.each(Object.keys(messages))("and their results are answered with text, %s", async (source) => {
    const given = messages[source];
    const model = ourModel(bedrock).bindTools([weather, time]);
    if (given !== undefined) bedrock.reply(given);
    const message = given === undefined ? new AIMessage({ content: "", tool_calls: TOOL_CALLS }) : await model.invoke([question]);
    bedrock.reply("Hail at noon.");
    const answer: AIMessage = await model.invoke([question, message, ...results]);
    expect(answer.tool_calls).toEqual([]);
    expect(answer.content).not.toHaveLength(0);
    expect(answer.text).toBe("Hail at noon.");
    expect(bedrock.requests.at(-1)?.body.messages?.slice(1)).toEqual([
      { role: "assistant", content: CALLS },
      {
        role: "user",
        content: [
          { toolResult: { toolUseId: "weather_1", content: [{ text: "24 °C with hail" }] } },
          { toolResult: { toolUseId: "time_1", content: [{ text: "12:02 PM" }] } },
        ],
      },
    ]);
  });
});
