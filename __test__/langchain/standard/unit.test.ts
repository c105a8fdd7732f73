import { Runnable } from "@langchain/core/runnables";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { Adder, Addition, callOf, NUMBERS, wireTool } from "../../support/adder.js";
import { MODEL } from "../../support/models.js";
import { rejection } from "../../support/rejection.js";
import { collect } from "../../support/streams.js";

/** What LangChain's standard unit tests ask of every chat model. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

/** The parameters with which every chat model must come to be, whether it has a use for them or not. */
const STANDARD_PARAMETERS = { temperature: 0, maxTokens: 100, timeout: 60, stopSequences: [], maxRetries: 2 };

function standardModel(fields: Record<string, unknown> = {}): ChatBedrockConverse {
  return new ChatBedrockConverse({ model: MODEL, ...bedrock.connection, ...STANDARD_PARAMETERS, ...fields });
}

test("a model is made of the standard parameters, and sends those that Converse has", async () => {
  await standardModel().invoke("Hello");
  expect(bedrock.requests[0]?.body.inferenceConfig).toEqual({ temperature: 0, maxTokens: 100 });
});

test("a model is made although it is given an apiKey, an option that it does not have", () => {
  expect(standardModel({ apiKey: "test" })).toBeInstanceOf(ChatBedrockConverse);
});

test("a model is made with Bedrock's API key", async () => {
  await using endpoint = await startBedrock({ bearerToken: "test" });
  await new ChatBedrockConverse({ model: MODEL, ...STANDARD_PARAMETERS, ...endpoint.connection, bedrockBearerToken: "test" }).invoke("Hello");
  expect(endpoint.requests[0]?.headers["authorization"]).toBe("Bearer test");
});

test("a model is made with streaming: true", async () => {
  const model = standardModel({ streaming: true });
  expect(model.streaming).toBe(true);
  await model.invoke("Hello");
  expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse-stream"]);
});

test("bindTools gives a model that sends the tools", async () => {
  const model = standardModel().bindTools([new Adder()]);
  expect(model).toBeInstanceOf(Runnable);
  await model.invoke("Hello");
  expect(bedrock.requests[0]?.body.toolConfig).toEqual({ tools: [wireTool("adder")] });
});

test("withStructuredOutput gives a model whose answer is the output", async () => {
  const model = standardModel().withStructuredOutput(Addition);
  expect(model).toBeInstanceOf(Runnable);
  bedrock.reply(callOf("extract"));
  expect(await model.invoke("What is 2 + 3?")).toEqual(NUMBERS);
});

test("getLsParams has LangSmith's parameters, all of them and no others", () => {
  const parameters = standardModel({ stop: ["stop"] }).getLsParams({});
  expect(parameters).toStrictEqual({
    ls_provider: "amazon_bedrock",
    ls_model_name: MODEL,
    ls_model_type: "chat",
    ls_temperature: 0,
    ls_max_tokens: 100,
    ls_stop: ["stop"],
  });
  expect(Object.keys(standardModel().getLsParams({}))).toEqual(Object.keys(parameters));
});

test("invoke throws when its signal has fired before, and asks nothing", async () => {
  const reason = new Error("no longer needed");
  expect(await rejection(standardModel().invoke("Hello", { signal: AbortSignal.abort(reason) }))).toBe(reason);
  expect(bedrock.requests).toEqual([]);
});

test("stream gives nothing when its signal has fired before, and asks nothing", async () => {
  const reason = new Error("no longer needed");
  const reading = standardModel().stream("Hello", { signal: AbortSignal.abort(reason) }).then(collect);
  expect(await rejection(reading)).toBe(reason);
  expect(bedrock.requests).toEqual([]);
});
