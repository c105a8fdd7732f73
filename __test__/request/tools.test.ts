import type { AIMessage } from "@langchain/core/messages";
import { DynamicStructuredTool, tool } from "@langchain/core/tools";
import { createAgent, providerStrategy, toolStrategy } from "langchain";
import type { ChatBedrockConverseInput, ChatBedrockConverseToolType } from "langchain-aws-native";
import { reasoning, startBedrock, toolUse, type Bedrock, type JsonObject } from "langchain-aws-native/testing";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import { standardSchema } from "../support/standard_schema.js";
import { ourModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect } from "../support/streams.js";

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const CITY = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
interface SentOutputConfig {
  textFormat: { structure: { jsonSchema: { schema: string } } };
}

const add = { toolSpec: { name: "add", inputSchema: { json: { type: "object", properties: {} } } } };

async function send(options: object, fields: ChatBedrockConverseInput = {}): Promise<JsonObject> {
  await ourModel(bedrock, fields).invoke("Hello", options as never);
  return (bedrock.requests[0]?.body ?? {}) as JsonObject;
}

async function wireTool(given: unknown): Promise<unknown> {
  const { toolConfig } = await send({ tools: [given] });
  return (toolConfig as { tools: { toolSpec?: unknown }[] }).tools[0];
}

describe("tools of every kind are sent as Converse has them", () => {
  const named = { name: "get_weather", description: "Tells the weather." };
  // The types of core 1.4 do not know Standard Schemas in tools, but its classes carry them.
  const standardTool = new DynamicStructuredTool({ ...named, schema: standardSchema(CITY) as never, func: async () => "" });
  const expected = { toolSpec: { ...named, inputSchema: { json: expect.objectContaining(CITY) } } };

  test.each<[string, ChatBedrockConverseToolType]>([
    ["a LangChain tool with zod 4", tool(() => "", { ...named, schema: z.object({ city: z.string() }) })],
    ["a LangChain tool with zod 3", tool(() => "", { ...named, schema: z3.object({ city: z3.string() }) })],
    ["a LangChain tool with a JSON schema", new DynamicStructuredTool({ ...named, schema: CITY, func: async () => "" })],
    ["a LangChain tool with a Standard Schema", standardTool],
    ["parameters of a tool with a Standard Schema", { ...named, schema: standardSchema(CITY) }],
    ["parameters of a tool with zod", { ...named, schema: z.object({ city: z.string() }) }],
    ["OpenAI's function", { type: "function", function: { ...named, parameters: CITY } }],
    ["Anthropic's tool", { ...named, input_schema: CITY }],
    ["Bedrock's own", { toolSpec: { ...named, inputSchema: { json: CITY } } }],
  ])("%s", async (_kind, given) => {
    expect(await wireTool(given)).toEqual(expected);
  });

  test("a Standard Schema's functions and methods stay at home", async () => {
    expect(JSON.stringify(await wireTool(standardTool))).not.toContain("~standard");
  });

  test("a Standard Schema that tells no JSON schema is refused", async () => {
    const { validate, vendor, version } = standardSchema(CITY)["~standard"];
    const error = await rejection(send({ tools: [{ ...named, schema: { "~standard": { validate, vendor, version } } }] }));
    expect(error.message).toMatch(/^ChatBedrockConverse: a Standard Schema of test cannot be sent, since it does not tell its JSON schema/);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("systemTool and cachePoint", async () => {
    const tools = [{ systemTool: { name: "nova_grounding" } }, add, { cachePoint: { type: "default", ttl: "1h" } }];
    expect((await send({ tools })).toolConfig).toEqual({ tools });
  });

  test.each<[string, object]>([
    ["OpenAI's function", { type: "function", function: { ...named, parameters: CITY, strict: true } }],
    ["Bedrock's own", { toolSpec: { ...named, inputSchema: { json: CITY }, strict: true } }],
  ])("strict is sent, with the closed schema that it requires: %s", async (_kind, given) => {
    expect(await wireTool(given)).toEqual({ toolSpec: { ...named, inputSchema: { json: { ...CITY, additionalProperties: false } }, strict: true } });
  });

  test("strict: false, the default, is not sent: not every model knows the member", async () => {
    const given = { type: "function", function: { ...named, parameters: CITY, strict: false } };
    expect(await wireTool(given)).toEqual({ toolSpec: { ...named, inputSchema: { json: CITY } } });
  });
});

describe("the root of a tool's schema says that it is an object", () => {
  test.each<[string, object | undefined, object]>([
    ["properties alone", { properties: CITY.properties }, { type: "object", properties: CITY.properties }],
    ["a union, which Claude refuses", { anyOf: [CITY] }, CITY],
    ["nothing", {}, { type: "object" }],
    ["no parameters", undefined, { type: "object", properties: {} }],
  ])("%s", async (_case, parameters, json) => {
    expect(await wireTool({ type: "function", function: { name: "f", parameters } })).toMatchObject({ toolSpec: { inputSchema: { json } } });
  });

  test("a schema that says nothing", async () => {
    expect(await wireTool({ name: "f", description: "d", schema: {} })).toMatchObject({ toolSpec: { inputSchema: { json: { type: "object" } } } });
  });

  test("a zod union", async () => {
    const schema = z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })]);
    const { toolSpec } = (await wireTool({ name: "f", schema })) as { toolSpec: { inputSchema: { json: JsonObject } } };
    expect(toolSpec.inputSchema.json.type).toBe("object");
  });
});

describe("tool_choice follows what model families take", () => {
  const EVERY = ["auto", "any", "tool"];

  test.each([
    ["anthropic.claude-3-haiku-20240307-v1:0", EVERY],
    ["us.anthropic.claude-3-7-sonnet-20250219-v1:0", EVERY],
    ["apac.anthropic.claude-sonnet-4-20250514-v1:0", EVERY],
    ["global.anthropic.claude-haiku-4-5-20251001-v1:0", EVERY],
    ["anthropic.claude-opus-4-8", EVERY],
    ["anthropic.claude-sonnet-5", EVERY],
    ["anthropic.claude-opus-5-20260724-v1:0", EVERY],
    ["global.anthropic.claude-fable-5", EVERY],
    ["arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-1-20250805-v1:0", EVERY],
    ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0", EVERY],
    ["eu.amazon.nova-2-lite-v1:0", EVERY],
    ["us.amazon.nova-premier-v1:0", EVERY],
    ["openai.gpt-oss-120b-1:0", EVERY],
    ["deepseek.v3-v1:0", ["auto", "any"]],
    ["deepseek.v3.2", ["auto", "any"]],
    ["mistral.mistral-large-2407-v1:0", ["auto", "any"]],
    ["anthropic.claude-fable-5-1", ["auto"]],
    ["us.anthropic.claude-opus-5-5-20260915-v1:0", ["auto"]],
  ])("%s takes %p", (model, kinds) => {
    expect(ourModel(bedrock, { model }).supportsToolChoiceValues).toEqual(kinds);
  });

  test.each([
    ["us.meta.llama3-3-70b-instruct-v1:0", ["auto"], { auto: {} }],
    ["us.meta.llama4-maverick-17b-instruct-v1:0", ["auto"], { auto: {} }],
    ["mistral.pixtral-large-2502-v1:0", [], undefined],
    ["anthropic.claude-fable-5-1", ["auto"], { auto: {} }],
    ["mistral.mistral-large-2407-v1:0", ["auto", "any"], { any: {} }],
  ])("%s takes %p: another choice is softened, with a warning", async (model, kinds, toolChoice) => {
    expect(ourModel(bedrock, { model }).supportsToolChoiceValues).toEqual(kinds);
    const answer = await ourModel(bedrock, { model }).bindTools([add], { tool_choice: "add" }).invoke("Hello");
    expect(bedrock.requests[0]?.body.toolConfig?.toolChoice).toEqual(toolChoice);
    expect(answer.response_metadata["warnings"]).toMatchObject([{ code: "tool_choice_adapted", path: "toolConfig.toolChoice" }]);
  });

  test("in strict mode a choice that the model does not take is refused", async () => {
    const model = ourModel(bedrock, { model: "anthropic.claude-fable-5-1", adaptation: "strict" });
    const error = await rejection(model.bindTools([add], { tool_choice: "any" }).invoke("Hello"));
    expect(error.message).toBe('toolConfig.toolChoice: The tool choice "any" was replaced by "auto", since the model does not take it.');
    expect(bedrock.requests).toHaveLength(0);
  });

  test.each([
    "qwen.qwen3-235b-a22b-2507-v1:0",
    "cohere.command-r-plus-v1:0",
    "anthropic.claude-opus-6",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
  ])("%s: nothing is known for sure, so Bedrock decides", async (model) => {
    expect(ourModel(bedrock, { model }).supportsToolChoiceValues).toBeUndefined();
    const choices = { auto: { auto: {} }, any: { any: {} }, add: { tool: { name: "add" } } };
    for (const [tool_choice, wire] of Object.entries(choices)) {
      expect((await send({ tools: [add], tool_choice }, { model })).toolConfig).toMatchObject({ toolChoice: wire });
      bedrock.reset();
    }
  });

  test("`model` tells of what an application inference profile takes", async () => {
    const profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123";
    const model = ourModel(bedrock, { model: "amazon.nova-pro-v1:0", applicationInferenceProfile: profile });
    expect(model.supportsToolChoiceValues).toEqual(EVERY);
  });

  test("what the caller says of the model counts", async () => {
    const fields: ChatBedrockConverseInput = { model: "mistral.mistral-large-2407-v1:0", supportsToolChoiceValues: ["auto"] };
    expect((await send({ tools: [add], tool_choice: "any" }, fields)).toolConfig).toMatchObject({ toolChoice: { auto: {} } });
  });

  test.each([
    [{ type: "function", function: { name: "subtract" } }, /^Tool with name subtract not found in tools list\.$/],
    [{ type: "allowed_tools" }, /^ChatBedrockConverse: tool_choice must be .*, but it is \{"type":"allowed_tools"\}\.$/],
  ])("%p is refused before anything is sent", async (tool_choice, sentence) => {
    expect((await rejection(send({ tools: [add], tool_choice }))).message).toMatch(sentence);
    expect(bedrock.requests).toHaveLength(0);
  });
});

describe("while Claude thinks", () => {
  const thinking = { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } } };
  const adaptive = { additionalModelRequestFields: { thinking: { type: "adaptive" } } };
  const configured = { additionalModelRequestFields: { reasoning_config: { type: "enabled", budget_tokens: 1024 } } };
  const disabled = { additionalModelRequestFields: { thinking: { type: "disabled" } } };
  const forced = { tools: [add], tool_choice: "any" };

  test.each<[string, ChatBedrockConverseInput, object]>([
    ["any tool", thinking, forced],
    ["a named tool", thinking, { tools: [add], tool_choice: "add" }],
    ["any tool, and thinking is adaptive", { ...adaptive, model: "us.anthropic.claude-sonnet-4-6" }, forced],
    ["any tool, and thinking is on by reasoning_config", configured, forced],
    ["any tool, and thinking is on by the call", {}, { ...forced, ...thinking }],
  ])("auto replaces %s, with a warning", async (_case, fields, options) => {
    expect((await send(options, fields)).toolConfig).toMatchObject({ toolChoice: { auto: {} } });
  });

  test("the warning is on the answer, on one chunk of a stream, and on the last event", async () => {
    const model = ourModel(bedrock, thinking).bindTools([add], { tool_choice: "any" });
    const warnings = [
      {
        code: "tool_choice_adapted",
        message: 'The tool choice "any" was replaced by "auto", since the model does not take it while it thinks.',
        path: "toolConfig.toolChoice",
      },
    ];
    expect((await model.invoke("Hello")).response_metadata.warnings).toEqual(warnings);
    const chunks = await collect(await model.stream("Hello"));
    expect(chunks.flatMap((chunk) => chunk.response_metadata.warnings ?? [])).toEqual(warnings);
    expect(chunks.reduce((sum, chunk) => sum.concat(chunk)).response_metadata.warnings).toEqual(warnings);
    const streamed = (await ourModel(bedrock, thinking).streamEvents("Hello", { tools: [add], tool_choice: "any" } as never)) as unknown as PromiseLike<AIMessage>;
    expect((await streamed).response_metadata.warnings).toEqual(warnings);
    expect((await ourModel(bedrock).bindTools([add], { tool_choice: "any" }).invoke("Hello")).response_metadata).not.toHaveProperty("warnings");
  });

  test.each<[string, ChatBedrockConverseInput, string]>([
    ["a temperature", { ...thinking, temperature: 0.5 }, "`temperature` was left out, since Claude takes none but 1 while it thinks."],
    ["a low topP", { ...thinking, topP: 0.9 }, "`topP` was left out, since Claude takes none below 0.95 while it thinks."],
  ])("%s is left out, with a warning", async (_case, fields, message) => {
    const answer = await ourModel(bedrock, fields).invoke("Hello");
    expect(answer.response_metadata["warnings"]).toEqual([{ code: "sampling_left_out", message, path: "inferenceConfig" }]);
    expect(bedrock.requests[0]?.body).not.toHaveProperty("inferenceConfig");
  });

  test.each<[string, ChatBedrockConverseInput, object]>([
    ["the choice is the model's", thinking, { tools: [add], tool_choice: "auto" }],
    ["the temperature is 1", { ...thinking, temperature: 1 }, {}],
    ["topP is high", { ...thinking, topP: 0.95 }, {}],
    ["thinking is off", { ...disabled, temperature: 0 }, forced],
    ["the model is another", { ...thinking, model: "amazon.nova-pro-v1:0", temperature: 0 }, forced],
    ["the Claude can think and be forced", { ...adaptive, model: "anthropic.claude-opus-4-8" }, forced],
  ])("nothing is refused when %s", async (_case, fields, options) => {
    await send(options, fields);
    expect(bedrock.requests).toHaveLength(1);
  });
});

describe("only tools that Bedrock runs", () => {
  const grounding = { systemTool: { name: "nova_grounding" } };

  test.each([
    ["any, of Nova", "us.amazon.nova-2-lite-v1:0", [grounding], { auto: {} }],
    ["any, of Nova with a tool of the caller's", "us.amazon.nova-2-lite-v1:0", [grounding, add], { any: {} }],
    ["any, of Claude", "anthropic.claude-haiku-4-5-20251001-v1:0", [grounding], { any: {} }],
  ])("%s", async (_case, model, tools, toolChoice) => {
    expect((await send({ tools, tool_choice: "any" }, { model })).toolConfig).toMatchObject({ toolChoice });
  });
});

describe("strict", () => {
  const dice = { name: "roll", description: "Rolls.", schema: z.object({ sides: z.number().int().min(2).max(100) }) };
  const roll = tool(() => "4", dice);
  const strictSpec = {
    name: "roll",
    strict: true,
    inputSchema: { json: expect.objectContaining({ additionalProperties: false, properties: { sides: { type: "integer", description: "{minimum: 2, maximum: 100}" } } }) },
  };
  const sent = async (model: { invoke(input: string): Promise<unknown> }): Promise<unknown> => {
    await model.invoke("Hello");
    return bedrock.requests[0]?.body.toolConfig?.tools?.[0];
  };

  test("of bindTools holds the model to the schemas, in the subset that Bedrock accepts", async () => {
    expect(await sent(ourModel(bedrock).bindTools([roll], { strict: true }))).toMatchObject({ toolSpec: strictSpec });
  });

  test("of a call does too", async () => {
    expect((await send({ tools: [roll], strict: true })).toolConfig).toMatchObject({ tools: [{ toolSpec: strictSpec }] });
  });

  test("false, or a tool that says otherwise, changes nothing", async () => {
    const lenient = await sent(ourModel(bedrock).bindTools([roll], { strict: false }));
    expect(lenient).not.toHaveProperty("toolSpec.strict");
    expect(lenient).toHaveProperty("toolSpec.inputSchema.json.properties.sides.minimum", 2);
    const openAI = { type: "function", function: { name: "roll", parameters: CITY, strict: false } };
    expect(await wireTool(openAI)).not.toHaveProperty("toolSpec.strict");
    bedrock.reset();
    expect(await sent(ourModel(bedrock).bindTools([openAI as never], { strict: true }))).not.toHaveProperty("toolSpec.strict");
    bedrock.reset();
    expect(await sent(ourModel(bedrock).bindTools([add], { strict: true }))).toEqual(add);
  });

  test("that is no boolean is refused", async () => {
    expect((await rejection(send({ tools: [roll], strict: "yes" }))).message).toBe("ChatBedrockConverse: strict must be true or false, but it is a string.");
  });
});

describe("response_format", () => {
  const schema = { type: "object", properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 } }, required: ["city"] };
  const strict = {
    type: "object",
    properties: { city: { type: "string" }, days: { type: "integer", description: "{minimum: 1}" } },
    required: ["city"],
    additionalProperties: false,
  };
  const response_format = { type: "json_schema", json_schema: { name: "trip", description: "A trip.", schema, strict: true } };
  const outputConfig = { format: { type: "json_schema", schema } };
  const effort = { outputConfig: { effort: "high" } };
  const textFormat = (said: object = {}): object => ({ type: "json_schema", structure: { jsonSchema: { schema: JSON.stringify(strict), ...said } } });
  const said = { name: "trip", description: "A trip." };
  const own = { textFormat: { type: "json_schema", structure: { jsonSchema: { schema: "{}" } } } };

  test.each<[string, object, ChatBedrockConverseInput, object]>([
    ["alone", { response_format }, {}, { textFormat: textFormat(said) }],
    ["with Anthropic's outputConfig beside it", { response_format, outputConfig }, {}, { textFormat: textFormat(said) }],
    ["as Anthropic's outputConfig alone", { outputConfig }, {}, { textFormat: textFormat() }],
    ["with the constructor's effort", { response_format }, effort, { effort: "high", textFormat: textFormat(said) }],
    ["with the call's effort", { response_format, outputConfig: { effort: "low" } }, effort, { effort: "low", textFormat: textFormat(said) }],
    ["against Converse's own textFormat, which wins", { response_format, outputConfig: own }, {}, own],
    ["of a zod schema", { response_format: { type: "json_schema", json_schema: { schema: z.object({}) } } }, {}, { textFormat: expect.anything() }],
  ])("becomes Converse's textFormat: %s", async (_case, options, fields, expected) => {
    expect((await send(options, fields)).outputConfig).toEqual(expected);
  });

  test.each([
    [{ response_format: { type: "json_object" } }, /^ChatBedrockConverse: response_format must be .*, but it is of type "json_object"\.$/],
    [{ response_format: { type: "json_schema" } }, /^ChatBedrockConverse: response_format must be .* but it has no schema\.$/],
    [{ response_format: "json" }, /^ChatBedrockConverse: response_format must be /],
    [{ outputConfig: { format: { type: "text" } } }, /^ChatBedrockConverse: outputConfig\.format must be /],
  ])("%p is refused before anything is sent", async (options, sentence) => {
    expect((await rejection(send(options))).message).toMatch(sentence);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("of createAgent's providerStrategy: the agent runs its tools and answers by the schema", async () => {
    const Trip = z.object({ city: z.string(), days: z.number().int().max(9) });
    const getCity = tool(() => "Paris", { name: "get_city", description: "Tells the city.", schema: z.object({}) });
    bedrock.reply(toolUse("get_city", {}), [reasoning("Paris it is."), { text: '{"city":"Paris","days":3}' }]);
    const agent = createAgent({ model: ourModel(bedrock), tools: [getCity], responseFormat: providerStrategy(Trip) });
    const { structuredResponse } = await agent.invoke({ messages: [{ role: "user", content: "Where to?" }] });
    expect(structuredResponse).toEqual({ city: "Paris", days: 3 });
    expect(bedrock.requests).toHaveLength(2);
    for (const { body } of bedrock.requests) {
      const { outputConfig: sent, toolConfig } = body as unknown as { outputConfig: SentOutputConfig; toolConfig: JsonObject };
      expect(Object.keys(sent)).toEqual(["textFormat"]);
      expect(JSON.parse(sent.textFormat.structure.jsonSchema.schema)).toMatchObject({
        properties: { city: { type: "string" }, days: { type: "integer", description: "{maximum: 9}" } },
        additionalProperties: false,
      });
      expect(toolConfig).toEqual({ tools: [expect.objectContaining({ toolSpec: expect.objectContaining({ name: "get_city" }) })] });
    }
  });

  test("of createAgent's toolStrategy: a model that cannot be forced is asked with auto", async () => {
    bedrock.reply(toolUse("extract-1", { city: "Paris" }));
    const agent = createAgent({
      model: ourModel(bedrock, { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } } }),
      tools: [],
      responseFormat: toolStrategy(z.object({ city: z.string() })),
    });
    const { structuredResponse } = await agent.invoke({ messages: [{ role: "user", content: "Where to?" }] });
    expect(structuredResponse).toEqual({ city: "Paris" });
    expect(bedrock.requests[0]?.body.toolConfig?.toolChoice).toEqual({ auto: {} });
  });
});
