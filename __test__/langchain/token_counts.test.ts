import { AIMessage, type BaseMessage, HumanMessage, SystemMessage, ToolMessage, trimMessages } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { contextEditingMiddleware, createAgent } from "langchain";
import type { ChatBedrockConverse } from "langchain-aws-native";
import { error, hang, json, reset, startBedrock, throttling, type Bedrock } from "langchain-aws-native/testing";
import { performance } from "node:perf_hooks";
import { z } from "zod";
import { approximateContent, approximateMessage } from "../../langchain/request/approximate_tokens.js";
import { awsClient, ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";

const HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0";
const LLAMA = "us.meta.llama3-3-70b-instruct-v1:0";
const NOT_COUNTED = "The provided model doesn't support counting tokens.";

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(async () => {
  jest.restoreAllMocks();
  await bedrock.close();
});

const getWeather = tool(() => "rain", { name: "get_weather", description: "The weather.", schema: z.object({ city: z.string() }) });
const SYSTEM = new SystemMessage("Be brief.");
const QUESTION = new HumanMessage("How is the weather in Paris?");
const CALL = new AIMessage({ content: "Let me see.", tool_calls: [{ id: "t1", name: "get_weather", args: { city: "Paris" }, type: "tool_call" }] });
const RESULT = new ToolMessage({ tool_call_id: "t1", content: "Rain, and no end of it." });
const HISTORY = [SYSTEM, QUESTION, CALL, RESULT];

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Of each request: what it asked for, and of which model. */
function asked(): string[] {
  return bedrock.requests.map(({ operation, modelId }) => `${operation} ${modelId}`);
}

function approximately(text: string): number {
  return approximateMessage(new HumanMessage(text));
}

describe.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("by %s", (_way, modelOf) => {
  test("a text is counted as one user message, with what the model is always asked with, and once", async () => {
    bedrock.replyToCountTokens(12);
    const thinking = { thinking: { type: "enabled", budget_tokens: 1024 } };
    const model = modelOf(bedrock, { additionalModelRequestFields: thinking, maxTokens: 4000, requestMetadata: { team: "a" } });
    expect([await model.getNumTokens("Hello"), await model.getNumTokens("Hello")]).toEqual([12, 12]);
    expect(asked()).toEqual([`count-tokens ${HAIKU}`]);
    const converse = { messages: [{ role: "user", content: [{ text: "Hello" }] }], additionalModelRequestFields: thinking };
    expect(bedrock.requests[0]?.body).toEqual({ input: { converse } });
    expect(await model.getNumTokens("Hello!")).toBe(12);
    expect(bedrock.requests).toHaveLength(2);
  });

  test("equal texts are asked for once, also at the same time", async () => {
    const model = modelOf(bedrock);
    const counts = await Promise.all(Array.from({ length: 30 }, (_, index) => model.getNumTokens(index % 2 === 0 ? "even" : "odd")));
    expect(new Set(counts).size).toBe(2);
    expect(bedrock.requests).toHaveLength(2);
  });

  test("images and documents go as they are", async () => {
    const image = { type: "image", mimeType: "image/png", data: "iVBORw0KGgo=" };
    await modelOf(bedrock).getNumTokens([{ type: "text", text: "What is this?" }, image]);
    expect(bedrock.requests[0]?.body).toEqual({
      input: { converse: { messages: [{ role: "user", content: [{ text: "What is this?" }, { image: { format: "png", source: { bytes: "iVBORw0KGgo=" } } }] }] } },
    });
  });

  test("a conversation is counted with its system prompt, tools and thinking; each message has its share", async () => {
    bedrock.replyToCountTokens(500);
    const model = modelOf(bedrock, { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } } });
    const { totalCount, countPerMessage } = await model.getNumTokensFromMessages(HISTORY, { tools: [getWeather] });
    const { converse } = bedrock.requests[0]?.body["input"] as { converse: Record<string, unknown> };
    await model.invoke(HISTORY, { tools: [getWeather] });
    const { messages, system, toolConfig, additionalModelRequestFields } = bedrock.requests[1]?.body ?? {};
    expect(converse).toEqual({ messages, system, toolConfig, additionalModelRequestFields });
    expect(totalCount).toBe(500);
    expect(countPerMessage).toHaveLength(4);
    expect(sum(countPerMessage)).toBeLessThan(500);
    expect(Math.min(...countPerMessage)).toBeGreaterThan(0);
  });

  test("without tools the shares add up to the whole, and are the same each time", async () => {
    for (const total of [1, 7, 98, 1001]) {
      bedrock.replyToCountTokens(total);
      const counts = await modelOf(bedrock, { defaultHeaders: { total: String(total) } }).getNumTokensFromMessages(HISTORY);
      expect(sum(counts.countPerMessage)).toBe(total);
      expect(counts.totalCount).toBe(total);
    }
    const model = modelOf(bedrock);
    expect(await model.getNumTokensFromMessages(HISTORY)).toEqual(await model.getNumTokensFromMessages(HISTORY));
  });

  test("trimMessages asks once for each content", async () => {
    bedrock.replyToCountTokens(100);
    const model = modelOf(bedrock);
    const messages = ["one", "two", "three", "four"].map((text, index) => (index % 2 === 0 ? new HumanMessage(text) : new AIMessage(text)));
    const trim = (): Promise<BaseMessage[]> => trimMessages(messages, { tokenCounter: model, maxTokens: 250, strategy: "last" });
    expect((await trim()).map(({ text }) => text)).toEqual(["three", "four"]);
    expect(asked()).toEqual(Array.from({ length: 4 }, () => `count-tokens ${HAIKU}`));
    expect((await trim()).map(({ text }) => text)).toEqual(["three", "four"]);
    expect(bedrock.requests).toHaveLength(4);
  });

  test("blocks that only an answer can have are counted locally, beside what is sent", async () => {
    bedrock.replyToCountTokens(20);
    const model = modelOf(bedrock);
    const call = { type: "tool_use", id: "t1", name: "get_weather", input: { city: "Paris" } };
    const local = approximateContent([call]);
    expect(local).toBeGreaterThan(5);
    expect(await model.getNumTokens([{ type: "text", text: "Let me see." }, call])).toBe(20 + local);
    expect(await model.getNumTokens([call])).toBe(local);
    expect(bedrock.requests).toHaveLength(1);
  });

  test("a model that is not counted is asked once", async () => {
    bedrock.replyToCountTokens(error("ValidationException", NOT_COUNTED));
    const model = modelOf(bedrock, { model: `us.${HAIKU}` });
    expect(await model.getNumTokens("Hello there")).toBe(approximately("Hello there"));
    expect(await model.getNumTokens("Good evening")).toBe(approximately("Good evening"));
    expect((await model.getNumTokensFromMessages(HISTORY)).totalCount).toBe(sum(HISTORY.map(approximateMessage)));
    expect(asked()).toEqual([`count-tokens ${HAIKU}`]);
  });

  test("so is one for which the right is missing, by all models of the same client", async () => {
    bedrock.replyToCountTokens(error("AccessDeniedException", "User: x is not authorized to perform: bedrock:CountTokens"));
    const model = modelOf(bedrock);
    expect(await model.getNumTokens("Hello there")).toBe(approximately("Hello there"));
    expect(await model.getNumTokens("Good evening")).toBe(approximately("Good evening"));
    expect(bedrock.requests).toHaveLength(1);
  });

  test("an input that is refused is not asked for again, others are", async () => {
    bedrock.replyToCountTokens(({ rawBody }) => (String(rawBody).includes("Bad") ? error("ValidationException", "Input is too long for requested model.") : 5));
    const model = modelOf(bedrock);
    expect([await model.getNumTokens("Bad"), await model.getNumTokens("Bad"), await model.getNumTokens("Good")]).toEqual([approximately("Bad"), approximately("Bad"), 5]);
    expect(bedrock.requests).toHaveLength(2);
  });

  test.each([
    ["throttling", throttling()],
    ["a broken connection", reset()],
    ["an error of the service", error("InternalServerException", "Oh.")],
  ])("after %s there is a pause, and what was not counted is asked for again", async (_what, fault) => {
    bedrock.replyToCountTokens(fault);
    const model = modelOf(bedrock);
    expect(await model.getNumTokens("Hello there")).toBe(approximately("Hello there"));
    const requests = bedrock.requests.length;
    bedrock.replyToCountTokens(5);
    const now = performance.now();
    const clock = jest.spyOn(performance, "now").mockReturnValue(now);
    expect(await model.getNumTokens("Hello there")).toBe(approximately("Hello there"));
    expect(bedrock.requests).toHaveLength(requests);
    clock.mockReturnValue(now + 31_000);
    expect(await model.getNumTokens("Hello there")).toBe(5);
  });

  test("credentials that are refused show in the call that follows", async () => {
    const model = modelOf(bedrock, { credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wrong" } });
    const kept = await trimMessages([QUESTION], { tokenCounter: model, maxTokens: 1000 });
    expect(kept).toHaveLength(1);
    expect(await rejection(model.invoke(kept))).toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  test("an endpoint that does not answer is not waited for longer than the time limit", async () => {
    bedrock.replyToCountTokens(hang());
    expect(await modelOf(bedrock, { responseTimeout: 50 }).getNumTokens("Hello there")).toBe(approximately("Hello there"));
  });

  test("a signal rejects with its reason, and nothing is remembered of it", async () => {
    const controller = new AbortController();
    const reason = new Error("Enough.");
    bedrock.replyToCountTokens(() => {
      controller.abort(reason);
      return hang();
    });
    const model = modelOf(bedrock);
    expect(await rejection(model.getNumTokensFromMessages([QUESTION], { signal: controller.signal }))).toBe(reason);
    expect(await rejection(model.getNumTokensFromMessages([QUESTION], { signal: controller.signal }))).toBe(reason);
    bedrock.replyToCountTokens(9);
    expect((await model.getNumTokensFromMessages([QUESTION])).totalCount).toBe(9);
  });
});

test("the context-editing middleware of langchain counts by the model", async () => {
  bedrock.replyToCountTokens(7).reply("Rain.");
  const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather], middleware: [contextEditingMiddleware({ tokenCountMethod: "model" })] });
  await agent.invoke({ messages: [QUESTION] });
  expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["count-tokens", "converse"]);
});

test.each([
  [HAIKU, HAIKU],
  [`global.${HAIKU}`, HAIKU],
  [`us-gov.${HAIKU}`, HAIKU],
  [`arn:aws:bedrock:us-east-1::foundation-model/${HAIKU}`, HAIKU],
  [`arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.${HAIKU}`, HAIKU],
  ["anthropic.claude-3-5-sonnet-20240620-v1:0", "anthropic.claude-3-5-sonnet-20240620-v1:0"],
])("%s is counted as %s: CountTokens takes no inference profile", async (model, counted) => {
  await ourModel(bedrock, { model }).getNumTokens("Hello");
  expect(asked()).toEqual([`count-tokens ${counted}`]);
});

test("behind an application inference profile, `model` is counted", async () => {
  const applicationInferenceProfile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
  await ourModel(bedrock, { model: `us.${HAIKU}`, applicationInferenceProfile }).getNumTokens("Hello");
  expect(asked()).toEqual([`count-tokens ${HAIKU}`]);
});

describe("a model without CountTokens", () => {
  test.each([LLAMA, "anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-v2:1", "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc"])(
    "%s is counted without any request",
    async (model) => {
      const fetched = jest.spyOn(globalThis, "fetch");
      const ours = ourModel(bedrock, { model });
      const messages = [new HumanMessage("Tell me a story about a fox."), new AIMessage("Once upon a time …"), new HumanMessage("Go on.")];
      const last = sum(messages.slice(1).map(({ text }) => approximately(text)));
      const kept = await trimMessages(messages, { tokenCounter: ours, maxTokens: last, strategy: "last" });
      expect(kept.map(({ text }) => text)).toEqual(["Once upon a time …", "Go on."]);
      const perMessage = messages.map(approximateMessage);
      expect(await ours.getNumTokensFromMessages(messages)).toEqual({ totalCount: sum(perMessage), countPerMessage: perMessage });
      expect(bedrock.requests).toHaveLength(0);
      expect(fetched).not.toHaveBeenCalled();
    },
  );

  test("tools count for the whole, not for a message", async () => {
    const model = ourModel(bedrock, { model: LLAMA });
    const plain = await model.getNumTokensFromMessages(HISTORY);
    const { totalCount, countPerMessage } = await model.getNumTokensFromMessages(HISTORY, { tools: [getWeather] });
    expect(countPerMessage).toEqual(plain.countPerMessage);
    expect(totalCount).toBeGreaterThan(plain.totalCount + 20);
  });
});

test("nothing is no token, and asks nobody", async () => {
  const model = ourModel(bedrock);
  expect(await model.getNumTokens("")).toBe(0);
  expect(await model.getNumTokens([])).toBe(0);
  expect(await model.getNumTokens([{ type: "text", text: " " }])).toBe(0);
  expect(await model.getNumTokensFromMessages([])).toEqual({ totalCount: 0, countPerMessage: [] });
  expect(bedrock.requests).toHaveLength(0);
});

test("messages that cannot be sent are counted locally", async () => {
  const model = ourModel(bedrock, { adaptation: "strict" });
  expect((await model.getNumTokensFromMessages([QUESTION, CALL])).totalCount).toBe(approximateMessage(QUESTION) + approximateMessage(CALL));
  expect(bedrock.requests).toHaveLength(0);
});

test("what one tenant is refused says nothing of another", async () => {
  bedrock.replyToCountTokens(error("AccessDeniedException", "No."));
  const model = ourModel(bedrock);
  await model.getNumTokensFromMessages([QUESTION], { credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wrong" } });
  bedrock.replyToCountTokens(9);
  expect((await model.getNumTokensFromMessages([QUESTION])).totalCount).toBe(9);
});

test("models of one configuration share what is known", async () => {
  bedrock.replyToCountTokens(9);
  const [first, second] = [ourModel(bedrock), ourModel(bedrock)];
  expect([await first.getNumTokens("Hello"), await second.getNumTokens("Hello")]).toEqual([9, 9]);
  expect(bedrock.requests).toHaveLength(1);
});

test.each([
  ["nothing", undefined],
  ["no number", { inputTokens: "many" }],
  ["no tokens", { inputTokens: 0 }],
])("a client that answers %s does not count", async (_what, answer) => {
  const client = Object.assign(awsClient(bedrock), { send: async () => answer });
  expect(await ourModel(bedrock, { client }).getNumTokens("Hello there")).toBe(approximately("Hello there"));
});

test("an endpoint that answers without a number does not count", async () => {
  bedrock.replyToCountTokens(json({}) as never);
  expect(await ourModel(bedrock).getNumTokens("Hello there")).toBe(approximately("Hello there"));
});

test("a closed model says so", async () => {
  const model: ChatBedrockConverse = ourModel(bedrock);
  model.close();
  expect((await rejection(model.getNumTokens("Hello"))).message).toBe("The model was closed: close() ends its connection for good.");
});
