/** `model.explainRequest`: what a call would send, without sending it. */
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatBedrockConverse, type ChatBedrockConverseCallOptions, type RequestExplanation, type RequestWarning } from "langchain-aws-native";
import { error, startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod";
import { useCleanEnvironment } from "./support/environment.js";
import { awsClient, ourModel } from "./support/models.js";
import { rejection } from "./support/rejection.js";

useCleanEnvironment();
let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const getWeather = tool(() => "rain", { name: "get_weather", description: "The weather.", schema: z.object({ city: z.string() }) });
const OPUS = "us.anthropic.claude-opus-5-5";
const PROFILE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc/d";

/** A turn of an agent with much to change: a temperature, a forced tool, a call without result. */
const HISTORY = [
  new SystemMessage("Be brief. ".repeat(400)),
  new HumanMessage("How is the weather in Paris?"),
  new AIMessage({ content: "", tool_calls: [{ id: "t1", name: "get_weather", args: { city: "Paris" }, type: "tool_call" }] }),
  new ToolMessage({ tool_call_id: "t1", content: "rain" }),
  new AIMessage({ content: "", tool_calls: [{ id: "t2", name: "get_weather", args: { city: "Lyon" }, type: "tool_call" }] }),
  new HumanMessage("And in Rome?"),
];
const OPTIONS: Partial<ChatBedrockConverseCallOptions> = { tools: [getWeather], tool_choice: "any", temperature: 0.2, cache_control: { ttl: "1h" } };

test.each([
  ["an agent's turn", { model: OPUS }, HISTORY, OPTIONS],
  ["an application inference profile", { model: OPUS, applicationInferenceProfile: PROFILE }, HISTORY, OPTIONS],
  ["a streaming model", { model: OPUS, streaming: true }, "Hello", {}],
  ["a stream of a model that streams no answer while it has tools", { model: "us.meta.llama3-3-70b-instruct-v1:0", streaming: true }, "Hello", { tools: [getWeather] }],
  ["a long text with bytes", { maxTokens: 10 }, [new HumanMessage({ content: [{ type: "text", text: "é".repeat(40_000) }, { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(40_000)}` } }] })], {}],
  ["pairs and a header", {}, [["system", "Be brief."], ["human", "Hello"]] as [string, string][], { headers: { "X-Team": "red" } }],
])("explains the request that invoke sends: %s", async (_name, fields, input, options) => {
  const model = ourModel(bedrock, fields);
  const explained = await model.explainRequest(input, options);
  expect(bedrock.requests).toHaveLength(0);
  const answer = await model.invoke(input, options);
  const [request] = bedrock.requests;
  expect(explained).toMatchObject({ path: request?.url, url: `${bedrock.url}${request?.url}`, modelId: request?.modelId, body: request?.body });
  expect(JSON.stringify(explained.body)).toBe(request?.rawBody.toString());
  expect(explained.operation.toLowerCase()).toBe(request?.operation.replace("-", "").toLowerCase());
  expect(explained.warnings).toEqual((answer.response_metadata["warnings"] as RequestWarning[] | undefined) ?? []);
  expect(Object.keys(request?.headers ?? {})).toEqual(expect.arrayContaining(Object.keys(explained.headers)));
});

test("says what was changed, and what is known of the model", async () => {
  const { warnings, model } = await ourModel(bedrock, { model: OPUS, modelProfile: { maxInputTokens: 100 } }).explainRequest(HISTORY, OPTIONS);
  expect(warnings.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
    "sampling_left_out inferenceConfig",
    "tool_choice_adapted toolConfig.toolChoice",
    "tool_result_missing messages[4]",
  ]);
  expect(model).toMatchObject({ id: "anthropic.claude-opus-5-5", facts: { family: "claude", thinking: "always" }, profile: { maxInputTokens: 100, toolChoice: false } });
  expect(Object.keys(model.sources).sort()).toEqual(Object.keys(model.facts).sort());
  expect(model.sources["thinking"]).toMatch(/litellm.*\(20\d\d-\d\d-\d\d\)$/);
});

test("the facts are a copy", async () => {
  const model = ourModel(bedrock, { model: OPUS });
  (await model.explainRequest("Hello")).model.facts["family"] = "changed";
  expect((await model.explainRequest("Hello")).model.facts["family"]).toBe("claude");
});

test("an unknown model has no facts, and nothing is changed for it", async () => {
  const { model, warnings, body } = await ourModel(bedrock, { model: "acme.thinker-1" }).explainRequest("Hello", { temperature: 0.2 });
  expect({ model, warnings }).toEqual({ model: { id: null, facts: {}, sources: {}, profile: {} }, warnings: [] });
  expect(body.inferenceConfig).toEqual({ temperature: 0.2 });
});

test("the warnings are those of adaptation: strict throws, off has none", async () => {
  const model = ourModel(bedrock, { model: OPUS });
  expect((await rejection(model.explainRequest("Hello", { temperature: 0.2, adaptation: "strict" }))).message).toMatch(/^inferenceConfig: /);
  expect(await model.explainRequest("Hello", { temperature: 0.2, adaptation: "off" })).toMatchObject({ warnings: [], body: { inferenceConfig: { temperature: 0.2 } } });
});

test("what cannot be sent is refused as by invoke", async () => {
  const model = ourModel(bedrock);
  const input = [new HumanMessage({ content: [{ type: "image_url", image_url: { url: "https://example.com/cat.png" } }] })];
  const [ours, theirs] = [await rejection(model.explainRequest(input)), await rejection(model.invoke(input))];
  expect(ours.message).toBe(theirs.message);
  expect(ours.message).toMatch(/^messages\[0\]\.content\[0\]: /);
  expect((await rejection(model.explainRequest("Hello", { temperature: "hot" } as never))).message).toMatch(/temperature/);
});

test("what a model refused in this process is left out, as it is of the next call", async () => {
  const model = ourModel(bedrock, { model: "acme.explained-1" });
  bedrock.reply(error("ValidationException", "The model returned the following errors: `temperature` is deprecated for this model."), "Hello.");
  await model.invoke("Hello", { temperature: 0.2 });
  const { body, warnings } = await model.explainRequest("Hello", { temperature: 0.2 });
  expect(body).not.toHaveProperty("inferenceConfig.temperature");
  expect(warnings).toMatchObject([{ code: "sampling_left_out" }]);
});

describe("secrets and network", () => {
  const SECRET = "s3cret-value";

  test("no value of a header, no credential and no password is in it", async () => {
    const credentials = jest.fn(async () => ({ accessKeyId: SECRET, secretAccessKey: SECRET }));
    const model = new ChatBedrockConverse({ region: "us-east-1", credentials, endpointUrl: "https://gateway.example.com/bedrock/", defaultHeaders: { Authorization: SECRET } });
    const explained = await model.explainRequest("Hello", { headers: { "X-Key": SECRET }, bedrockBearerToken: SECRET });
    expect(explained.headers).toEqual({ "content-type": "application/json", authorization: "<hidden>", "x-key": "<hidden>" });
    expect(explained.url).toBe(`https://gateway.example.com/bedrock${explained.path}`);
    expect(JSON.stringify(explained)).not.toContain(SECRET);
    expect(credentials).not.toHaveBeenCalled();
  });

  test("needs neither region nor credentials; without an endpoint there is no url", async () => {
    const explained: RequestExplanation = await new ChatBedrockConverse({ model: OPUS }).explainRequest("Hello");
    expect(explained).toMatchObject({ modelId: OPUS, path: `/model/${OPUS}/converse` });
    expect(explained).not.toHaveProperty("url");
  });

  test("a client of AWS's for JavaScript is not asked", async () => {
    const client = awsClient(bedrock);
    const send = jest.spyOn(client, "send");
    const explained = await ourModel(bedrock, { client }).explainRequest("Hello");
    expect(explained.body.messages).toEqual([{ role: "user", content: [{ text: "Hello" }] }]);
    expect(explained).not.toHaveProperty("url");
    expect(send).not.toHaveBeenCalled();
  });
});

describe("cache points", () => {
  test("those of cache_control cover tools, system text and all messages", async () => {
    const { cachePoints, model } = await ourModel(bedrock, { model: "anthropic.claude-sonnet-4-5-20250929-v1:0" }).explainRequest(HISTORY, OPTIONS);
    expect(cachePoints).toEqual([
      { path: "toolConfig.tools[1]", ttl: "1h", approximateTokens: expect.any(Number), covers: "tools" },
      { path: "system[1]", ttl: "1h", approximateTokens: expect.any(Number), covers: "tools, system" },
      { path: "messages[4].content[2]", ttl: "1h", approximateTokens: expect.any(Number), covers: "tools, system, messages" },
    ]);
    const [tools = 0, system = 0, messages = 0] = cachePoints.map(({ approximateTokens }) => approximateTokens);
    // "Be brief." 400 times: three parts each, and the tool and the conversation are short.
    expect(tools).toBeGreaterThan(10);
    expect(system - tools).toBe(1200);
    expect(messages - system).toBeLessThan(200);
    expect(messages).toBeGreaterThan(model.facts["cacheMinimum"] as number);
  });

  test("none is put by cache_control where the prompt is too short for the model's cache", async () => {
    const { cachePoints, warnings } = await ourModel(bedrock).explainRequest("Hello", { cache_control: {} });
    expect(cachePoints).toEqual([]);
    expect(warnings).toEqual([
      { code: "cache_prefix_too_short", message: "No cache point was put, since the model caches 4096 tokens at least, and the prompt has fewer.", path: "cache_control" },
    ]);
  });

  test("one between blocks covers what stands before it", async () => {
    const cachePoint = { type: "cache_point", cachePoint: { type: "default" } };
    const input = [
      new SystemMessage({ content: [{ type: "text", text: "Be brief." }, cachePoint, { type: "text", text: "Be kind." }] }),
      new HumanMessage({ content: [{ type: "text", text: "The handbook." }, cachePoint, { type: "text", text: "The question." }] }),
    ];
    const { cachePoints } = await ourModel(bedrock).explainRequest(input);
    expect(cachePoints).toMatchObject([
      { path: "system[1]", ttl: "5m", covers: "system up to system[0]" },
      { path: "messages[0].content[1]", ttl: "5m", covers: "system, messages up to messages[0].content[0]" },
    ]);
  });

  test("none are made up", async () => {
    expect((await ourModel(bedrock).explainRequest("Hello")).cachePoints).toEqual([]);
  });
});
