import { channel } from "node:diagnostics_channel";
import { AIMessage, type BaseMessageLike, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import type { ChatBedrockConverse, ChatBedrockConverseCallOptions, ChatBedrockConverseInput } from "langchain-aws-native";
import { type Bedrock, startBedrock } from "langchain-aws-native/testing";
import { ourModel, ourModelByClient } from "../support/models.js";
import { fold } from "../support/streams.js";

/** A warning says where a prefix changed that was in the prompt cache. */

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterAll(() => bedrock.close());

let profiles = 0;

/** Each test calls an id of its own, by which is remembered what was written. */
function ownProfile(): ChatBedrockConverseInput {
  // It caches short prompts.
  return { model: "anthropic.claude-sonnet-4-5-20250929-v1:0", applicationInferenceProfile: `arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/${++profiles}` };
}

type Options = Partial<ChatBedrockConverseCallOptions>;
type Ask = (model: ChatBedrockConverse, messages: BaseMessageLike[], options: Options) => PromiseLike<AIMessage>;

const invoke: Ask = (model, messages, options) => model.invoke(messages, options);
const stream: Ask = async (model, messages, options) => fold(await model.stream(messages, options));
const events: Ask = (model, messages, options) => model.streamEvents(messages, options);

const WAYS: [string, Ask, typeof ourModel][] = [
  ["invoke", invoke, ourModel],
  ["stream", stream, ourModel],
  ["content-block events", events, ourModel],
  ["invoke, by AWS's client", invoke, ourModelByClient],
  ["stream, by AWS's client", stream, ourModelByClient],
  ["content-block events, by AWS's client", events, ourModelByClient],
];

const TOKENS = { inputTokens: 10, outputTokens: 5 };
const WROTE = { ...TOKENS, cacheReadInputTokens: 0, cacheWriteInputTokens: 5000 };
const READ = { ...TOKENS, cacheReadInputTokens: 5000, cacheWriteInputTokens: 20 };

interface Warning {
  code: string;
  message: string;
  path: string;
}

const HISTORY: BaseMessageLike[] = [
  new HumanMessage("What is the weather in Oslo?"),
  new AIMessage({ content: "I look it up.", tool_calls: [{ name: "weather", args: { city: "Oslo" }, id: "call_1" }] }),
  new ToolMessage({ content: "Rain, 4 °C.", tool_call_id: "call_1" }),
];
const LATER: BaseMessageLike[] = [...HISTORY, new AIMessage("It rains."), new HumanMessage("And tomorrow?")];

function tool(name: string, description: string): object {
  return { name, description, schema: { type: "object", properties: { city: { type: "string" } } } };
}

describe.each(WAYS)("%s", (_, ask, modelOf) => {
  let model: ChatBedrockConverse;
  beforeEach(() => void (model = modelOf(bedrock, ownProfile())));

  async function warnings(messages: BaseMessageLike[], usage: object, options: Options = {}): Promise<Warning[]> {
    bedrock.reply({ content: "Fine.", usage });
    const { response_metadata } = await ask(model, messages, { cache_control: {}, ...options });
    return (response_metadata["warnings"] as Warning[] | undefined) ?? [];
  }

  const paths = async (...call: Parameters<typeof warnings>): Promise<string[]> => (await warnings(...call)).map(({ path }) => path);

  test("a time in the system text, in the second call of a conversation", async () => {
    expect(await warnings([new SystemMessage("It is 9:00."), "Hello"], WROTE)).toEqual([]);
    const [warning, ...more] = await warnings([new SystemMessage("It is 9:01."), "Hello", new AIMessage("Hello to you."), "How are you?"], WROTE);
    expect(warning).toEqual({
      code: "cache_prefix_changed",
      message: "Nothing was read from the prompt cache: system[0] differs from what an earlier call of this conversation wrote. What stands before a cache point must stay the same, byte for byte.",
      path: "system[0]",
    });
    expect(more).toEqual([]);
  });

  test("a tool that is described in other words", async () => {
    const called = (description: string): Options => ({ tools: [tool("time", "Tells the time."), tool("weather", description)] });
    expect(await paths(HISTORY, WROTE, called("Tells the weather."))).toEqual([]);
    expect(await paths(LATER, WROTE, called("Tells today's weather."))).toEqual(["toolConfig.tools[1]"]);
  });

  test("an old message that was edited, and one that was taken away", async () => {
    expect(await paths(HISTORY, WROTE)).toEqual([]);
    const cleared = [...LATER];
    cleared[2] = new ToolMessage({ content: "[cleared]", tool_call_id: "call_1" });
    expect(await paths(cleared, WROTE)).toEqual(["messages[2].content[0]"]);
    expect(await paths(cleared.slice(3), WROTE)).toEqual(["messages[0].content[0]"]);
  });

  test("nothing is said of a new conversation, of what was read, and of what is the same", async () => {
    expect(await paths(HISTORY, WROTE)).toEqual([]);
    expect(await paths([new SystemMessage("Be kind."), "What is the weather in Oslo?"], WROTE)).toEqual([]);
    expect(await paths(["Hello", new AIMessage("Hello to you."), "How are you?"], WROTE)).toEqual([]);
    expect(await paths([new SystemMessage("Be kind."), ...LATER], READ)).toEqual([]);
    expect(await paths([new SystemMessage("Be kind."), ...LATER, new AIMessage("Sun."), "Thanks"], WROTE)).toEqual([]);
  });

  test("nothing is said without cache points, and where nothing is adapted; in strict mode it stays a warning", async () => {
    const changed = [new SystemMessage("It is 9:01."), ...LATER];
    expect(await paths([new SystemMessage("It is 9:00."), ...HISTORY], WROTE)).toEqual([]);
    expect(await paths(changed, WROTE, { cache_control: undefined })).toEqual([]);
    expect(await paths(changed, WROTE, { adaptation: "off" })).toEqual([]);
    expect(await paths(changed, WROTE, { adaptation: "strict", tools: [tool("weather", "Tells the weather.")] })).toEqual(["toolConfig.tools[0]"]);
  });
});

test("a stream brings the warning once, with its last chunk, beside those of the request", async () => {
  const model = ourModel(bedrock, ownProfile());
  bedrock.reply({ content: "Fine.", usage: WROTE }, { content: "Fine, as I said before.", usage: WROTE });
  await model.invoke([new SystemMessage("It is 9:00."), ...HISTORY], { cache_control: {} });
  const unread = new AIMessage({ content: "So.", tool_calls: [{ name: "weather", args: {}, id: "call_2" }] });
  const found: string[][] = [];
  for await (const chunk of await model.stream([new SystemMessage("It is 9:01."), ...HISTORY, unread], { cache_control: {} })) {
    const warnings = chunk.response_metadata["warnings"] as Warning[] | undefined;
    if (warnings !== undefined) found.push(warnings.map(({ code }) => code));
  }
  expect(found).toEqual([["tool_result_missing", "cache_prefix_changed"]]);
});

test("the end of a traced request has its code", async () => {
  const traced: unknown[] = [];
  const listen = (message: unknown): void => void traced.push((message as { warnings?: unknown }).warnings);
  const end = channel("langchain-aws-native:request:end");
  end.subscribe(listen);
  try {
    const model = ourModel(bedrock, ownProfile());
    bedrock.reply({ content: "Fine.", usage: WROTE }, { content: "Fine.", usage: WROTE });
    await model.invoke([new SystemMessage("It is 9:00."), ...HISTORY], { cache_control: {} });
    await fold(await model.stream([new SystemMessage("It is 9:01."), ...HISTORY], { cache_control: {} }));
  } finally {
    end.unsubscribe(listen);
  }
  expect(traced).toEqual([undefined, [{ code: "cache_prefix_changed", path: "system[0]" }]]);
});
