import { InMemoryCache } from "@langchain/core/caches";
import { tool } from "@langchain/core/tools";
import type { ChatBedrockConverseCallOptions, ChatBedrockConverseInput } from "langchain-aws-native";
import { startBedrock, text, toolUse, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod";
import { ourModel } from "../support/models.js";
import { askWithTools, expectRoundTrip, FINAL_TEXT, finalAnswer, getWeather, QUESTION, TOOL_CALL } from "../support/weather.js";

/** LangChain's cache of answers. */

let bedrock: Bedrock;
let cache: InMemoryCache;
beforeEach(async () => {
  bedrock = await startBedrock();
  cache = new InMemoryCache();
});
afterEach(() => bedrock.close());

test("the same question of the same model is asked once", async () => {
  bedrock.reply("first").replyAlways("again");
  const answers = [await ourModel(bedrock, { cache }).invoke("Hello"), await ourModel(bedrock, { cache }).invoke("Hello")];
  expect(answers.map((answer) => answer.text)).toEqual(["first", "first"]);
  expect(bedrock.requests).toHaveLength(1);
  expect((await ourModel(bedrock, { cache }).invoke("Another question")).text).toBe("again");
});

test("a cached answer keeps its tool calls, and costs no tokens", async () => {
  bedrock.reply([text("I look it up."), toolUse("get_weather", { city: "Paris" }, "tooluse_1")]);
  const model = ourModel(bedrock, { cache }).bindTools([getWeather]);
  const first = await model.invoke(QUESTION);
  const { tool_calls } = first;
  const second = await model.invoke(QUESTION);
  expect(bedrock.requests).toHaveLength(1);
  expect(second.text).toBe("I look it up.");
  expect(second.tool_calls).toEqual(tool_calls);
  expect(second.usage_metadata).toMatchObject({ total_tokens: 0 });
});

test("a whole tool round trip is answered a second time without Bedrock", async () => {
  bedrock.reply(TOOL_CALL, finalAnswer);
  const model = ourModel(bedrock, { cache }).bindTools([getWeather]);
  const ask = (): Promise<{ text: string }> => askWithTools((messages) => model.invoke(messages));
  expect([(await ask()).text, (await ask()).text]).toEqual([FINAL_TEXT, FINAL_TEXT]);
  expect(bedrock.requests).toHaveLength(2);
  expectRoundTrip(bedrock);
});

/** Whatever changes the request changes the answer, so none of these may share an entry with a plain model or with each other. */
const MODELS: ChatBedrockConverseInput[] = [
  {},
  { model: "amazon.nova-pro-v1:0" },
  { model: "amazon.nova-lite-v1:0" },
  { applicationInferenceProfile: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc" },
  { temperature: 0 },
  { temperature: 1 },
  { topP: 0.5 },
  { maxTokens: 1 },
  { stop: ["a"] },
  { stop: ["b"] },
  { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } } },
  { guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" } },
  { serviceTier: "flex" },
  { performanceConfig: { latency: "optimized" } },
  { promptVariables: { name: { text: "Ada" } } },
  { outputConfig: { effort: "low" } },
];

const tellTime = tool(() => "noon", { name: "tell_time", description: "Tells the time.", schema: z.object({}) });

const CALLS: ChatBedrockConverseCallOptions[] = [
  { tools: [getWeather] },
  { tools: [tellTime] },
  { tools: [getWeather], tool_choice: "any" },
  { temperature: 0.25 },
  { maxTokens: 2 },
  { topP: 0.25 },
  { stop: ["c"] },
  { additionalModelRequestFields: { top_k: 1 } },
  { guardrailConfig: { guardrailIdentifier: "h", guardrailVersion: "1" } },
  { outputConfig: { effort: "high" } },
];

test("models and calls that differ share no entries", async () => {
  let count = 0;
  bedrock.replyAlways(() => `answer ${++count}`);
  const ask = async (): Promise<string[]> => {
    const answers = [];
    for (const fields of MODELS) answers.push(await ourModel(bedrock, { cache, ...fields }).invoke("Hello"));
    for (const options of CALLS) answers.push(await ourModel(bedrock, { cache }).invoke("Hello", options));
    return answers.map((answer) => answer.text);
  };
  const total = MODELS.length + CALLS.length;
  const answers = await ask();
  expect(answers).toEqual(Array.from({ length: total }, (_, index) => `answer ${index + 1}`));
  expect(await ask()).toEqual(answers);
  expect(bedrock.requests).toHaveLength(total);
});
