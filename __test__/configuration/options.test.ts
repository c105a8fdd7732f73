import { HumanMessage, RemoveMessage, SystemMessage } from "@langchain/core/messages";
import { BedrockEmbeddings, ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock, throttling, type Bedrock, type BedrockRequest } from "langchain-aws-native/testing";
import { MODEL, ourModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

describe("the constructor", () => {
  test.each([
    ["temperature", "0.5", "ChatBedrockConverse: temperature must be a number, but it is a string."],
    ["temperature", Number.NaN, "ChatBedrockConverse: temperature must be a number, but it is NaN."],
    ["maxTokens", 0, "ChatBedrockConverse: maxTokens must be a whole number of at least 1, but it is 0."],
    ["stop", "END", "ChatBedrockConverse: stop must be an array of strings, but it is a string."],
    ["streaming", "yes", "ChatBedrockConverse: streaming must be true or false, but it is a string."],
    ["model", "", "ChatBedrockConverse: model must be a string that is not empty, but it is an empty string."],
    ["region", 1, "ChatBedrockConverse: region must be a string that is not empty, but it is 1."],
    ["streamIdleTimeout", -1, "ChatBedrockConverse: streamIdleTimeout must be a non-negative finite number of milliseconds, but it is -1."],
    ["endpointUrl", "localhost:80", 'ChatBedrockConverse: endpointUrl must be a URL such as "http://127.0.0.1:8080", without user and password, but it is a string.'],
    ["maxRetries", 1.5, "ChatBedrockConverse: maxRetries must be a whole number of at least 0, but it is 1.5."],
    ["defaultHeaders", { a: 1 }, "ChatBedrockConverse: defaultHeaders must be an object of header names and values, which are strings without line breaks, but it is of type object."],
    [
      "credentials",
      "AKIA",
      "ChatBedrockConverse: credentials must be an object with the strings accessKeyId and secretAccessKey, or a function that resolves to one, but it is a string.",
    ],
    ["client", {}, "ChatBedrockConverse: client must be a client of AWS's, or an object with its method `send`, but it is of type object."],
  ])("refuses %s: %p", (option, value, sentence) => {
    expect(() => new ChatBedrockConverse({ [option]: value })).toThrow(new Error(sentence));
  });

  test("takes the model's id as its first argument", () => {
    const model = new ChatBedrockConverse("amazon.nova-pro-v1:0", { temperature: 0.5 });
    expect([model.model, model.temperature]).toEqual(["amazon.nova-pro-v1:0", 0.5]);
  });

  test.each([
    [{ accessKeyId: "AKIA", secretAccessKey: undefined as never }],
    [{ accessKeyId: undefined as never, secretAccessKey: undefined as never }],
  ])("leaves incomplete credentials to the first call: a build has no secrets, %p", async (credentials) => {
    const model = ourModel(bedrock, { credentials });
    const thrown = await rejection(model.invoke("Hello"));
    expect(thrown.message).toBe("`credentials` must be, or resolve to, an object with the strings accessKeyId and secretAccessKey.");
    expect(bedrock.requests).toHaveLength(0);
  });

  test("warns once of an option that is misspelt", () => {
    const warnings: unknown[][] = [];
    const warn = jest.spyOn(process, "emitWarning").mockImplementation((...warning: unknown[]) => void warnings.push(warning));
    const misspelt = { temprature: 0.5, maxToken: 5, endpointURL: "http://127.0.0.1", metadata: {}, topK: 5, entirelyOther: 1, verbose: false, tags: [] };
    for (let model = 0; model < 2; model++) new ChatBedrockConverse(misspelt as object);
    warn.mockRestore();
    expect(warnings.map(([text]) => text)).toEqual([
      "ChatBedrockConverse has no option 'temprature'. Did you mean 'temperature'?",
      "ChatBedrockConverse has no option 'maxToken'. Did you mean 'maxTokens'?",
      "ChatBedrockConverse has no option 'endpointURL'. Did you mean 'endpointUrl'?",
    ]);
  });

  test("has defaults", () => {
    const model = new ChatBedrockConverse();
    expect(model).toMatchObject({ model: MODEL, streaming: false, streamUsage: true, streamIdleTimeout: 3_600_000 });
    expect(model.supportsToolChoiceValues).toEqual(["auto", "any", "tool"]);
  });
});

describe("a call", () => {
  const call = (options: object): Promise<unknown> => ourModel(bedrock).invoke("Hello", options as never);

  test.each([
    [{ temperature: "hot" }, "ChatBedrockConverse: temperature must be a number, but it is a string."],
    [{ stop: "END" }, "ChatBedrockConverse: stop must be an array of strings, but it is a string."],
    ...[{ a: "b\n" }, { "a b": "c" }, { é: "b" }, { "": "b" }].map((headers): [object, string] => [
      { headers },
      "ChatBedrockConverse: headers must be an object of header names and values, which are strings without line breaks, but it is of type object.",
    ]),
    [{ tools: {} }, "ChatBedrockConverse: tools must be an array of tools, but it is of type object."],
  ])("refuses the options %p before anything is sent", async (options, sentence) => {
    expect(await rejection(call(options))).toEqual(new Error(sentence));
    expect(bedrock.requests).toHaveLength(0);
  });

  test("with an option that is misspelt is warned of, once", async () => {
    const warn = jest.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const options = { includRaw: true, tool_choice: "auto", response_format: undefined, signal: undefined, tags: [], configurable: {}, entirelyOther: 1 };
    for (let time = 0; time < 2; time++) await call(options);
    const sentences = warn.mock.calls.map(([sentence]) => sentence);
    warn.mockRestore();
    expect(sentences).toEqual(["ChatBedrockConverse has no option 'includRaw'. Did you mean 'includeRaw'?"]);
  });

  test("refuses a tool that is none, with its index", async () => {
    const error = await rejection(call({ tools: [{ nme: "typo" }] }));
    expect(error.message).toContain("Invalid tool passed at index 0. Must be a StructuredToolInterface, ToolDefinition, or BedrockTool.");
  });

  test("refuses a choice of a tool that is not there", async () => {
    const tools = [{ toolSpec: { name: "add", inputSchema: { json: { type: "object" } } } }];
    expect((await rejection(call({ tools, tool_choice: "subtract" }))).message).toBe("Tool with name subtract not found in tools list.");
  });

  test.each([
    ["an unknown block", [new HumanMessage({ content: [{ type: "hologram" } as never] })], /^messages\[0\]\.content\[0\].*hologram/],
    ["an empty human message", [new HumanMessage("")], /^messages\[0\]/],
    ["no message but a system prompt", [new SystemMessage("Be kind.")], /message/],
    ["a message that has no place in a request", [new HumanMessage("Hi"), new RemoveMessage({ id: "1" })], /^messages\[1\]/],
  ])("refuses %s with its place, before anything is sent", async (_case, messages, sentence) => {
    const error = await rejection(ourModel(bedrock).invoke(messages));
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toContain("\n");
    expect(bedrock.requests).toHaveLength(0);
  });

  test("beats the constructor, option by option", async () => {
    const model = ourModel(bedrock, {
      // It takes temperature and topP together.
      model: "anthropic.claude-3-5-sonnet-20241022-v2:0",
      temperature: 0.1,
      maxTokens: 10,
      topP: 0.2,
      stop: ["a"],
      additionalModelRequestFields: { top_k: 1 },
      guardrailConfig: { guardrailIdentifier: "one", guardrailVersion: "1" },
      performanceConfig: { latency: "standard" },
      serviceTier: "flex",
      requestMetadata: { team: "one" },
    });
    await model.invoke("Hello");
    await model.invoke("Hello", {
      temperature: 0.9,
      maxTokens: 20,
      topP: 0.8,
      stop: ["b"],
      additionalModelRequestFields: { top_k: 2 },
      guardrailConfig: { guardrailIdentifier: "two", guardrailVersion: "2" },
      performanceConfig: { latency: "optimized" },
      serviceTier: "priority",
      requestMetadata: { team: "two" },
    });
    const [{ messages: _first, ...constructed }, { messages: _second, ...called }] = bedrock.requests.map((request) => request.body) as [
      Record<string, unknown>,
      Record<string, unknown>,
    ];
    expect(constructed).toEqual({
      inferenceConfig: { maxTokens: 10, temperature: 0.1, topP: 0.2, stopSequences: ["a"] },
      additionalModelRequestFields: { top_k: 1 },
      guardrailConfig: { guardrailIdentifier: "one", guardrailVersion: "1" },
      performanceConfig: { latency: "standard" },
      serviceTier: { type: "flex" },
      requestMetadata: { team: "one" },
    });
    expect(called).toEqual({
      inferenceConfig: { maxTokens: 20, temperature: 0.9, topP: 0.8, stopSequences: ["b"] },
      additionalModelRequestFields: { top_k: 2 },
      guardrailConfig: { guardrailIdentifier: "two", guardrailVersion: "2" },
      performanceConfig: { latency: "optimized" },
      serviceTier: { type: "priority" },
      requestMetadata: { team: "two" },
    });
  });

  test.each<[string, object | undefined, object, unknown]>([
    ["another member is kept", { thinking: { type: "disabled" }, top_k: 1 }, { top_p: 1 }, { thinking: { type: "disabled" }, top_k: 1, top_p: 1 }],
    ["the call's member has precedence, as a whole", { a: { x: 1, y: 2 } }, { a: { x: 3 } }, { a: { x: 3 } }],
    ["null removes a member", { top_k: 1, b: 2 }, { top_k: null }, { b: 2 }],
    ["null for the last member removes the object", { top_k: 1 }, { top_k: null }, undefined],
    ["null for no member is nothing", undefined, { top_k: null, b: 1 }, { b: 1 }],
  ])("additionalModelRequestFields are merged: %s", async (_case, own, call, expected) => {
    await ourModel(bedrock, { additionalModelRequestFields: own as never }).invoke("Hello", { additionalModelRequestFields: call as never });
    expect(bedrock.requests[0]?.body.additionalModelRequestFields).toEqual(expected);
  });

  test("a call's own field leaves thinking on", async () => {
    const model = ourModel(bedrock, { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } } });
    const answer = await model.invoke("Hello", { additionalModelRequestFields: { other: 5 }, temperature: 0 });
    expect(answer.response_metadata["warnings"]).toMatchObject([{ message: "`temperature` was left out, since Claude takes none but 1 while it thinks." }]);
  });

  test("reaches the application inference profile, which stands for the model", async () => {
    const profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123";
    await ourModel(bedrock, { applicationInferenceProfile: profile }).invoke("Hello");
    expect(bedrock.requests[0]?.modelId).toBe(profile);
  });
});

describe("tool_choice", () => {
  const tools = [{ toolSpec: { name: "add", inputSchema: { json: { type: "object" } } } }];
  const sent = async (tool_choice: unknown, model?: string): Promise<unknown> => {
    await ourModel(bedrock, model === undefined ? {} : { model }).invoke("Hello", { tools, tool_choice: tool_choice as never });
    return bedrock.requests[0]?.body.toolConfig?.toolChoice;
  };

  test.each([
    ["auto", { auto: {} }],
    ["any", { any: {} }],
    ["required", { any: {} }],
    ["add", { tool: { name: "add" } }],
    [{ tool: { name: "add" } }, { tool: { name: "add" } }],
    [{ type: "function", function: { name: "add" } }, { tool: { name: "add" } }],
  ])("%p becomes %p", async (choice, expected) => {
    expect(await sent(choice)).toEqual(expected);
  });

  test('"none" leaves the tools at home', async () => {
    await sent("none", "amazon.nova-pro-v1:0");
    expect(bedrock.requests[0]?.body.toolConfig).toBeUndefined();
  });

  test('"none" is told to Claude, so that its tools stay a part of the cached prefix', async () => {
    expect(await sent("none")).toBeUndefined();
    expect(bedrock.requests[0]?.body).toMatchObject({ toolConfig: { tools }, additionalModelRequestFields: { tool_choice: { type: "none" } } });
  });

  test("is sent as said when nothing is known of the model", async () => {
    expect(await sent("any", "novel.model-v1:0")).toEqual({ any: {} });
  });

  test("is softened when the model is known not to take it", async () => {
    expect(await sent("add", "mistral.mistral-large-2407-v1:0")).toEqual({ any: {} });
  });
});

describe("an option that is null, as in JSON, counts as left out", () => {
  const NAMES = [
    "maxConcurrency",
    "maxRetries",
    "responseTimeout",
    "connectTimeout",
    "proxy",
    "caBundle",
    "defaultHeaders",
    "retryMode",
    "httpVersion",
    "noAuth",
    "clientOptions",
    "client",
    "roleAssumer",
  ];
  const CHAT_NAMES = ["model", "streaming", "streamUsage", "temperature", "maxTokens", "stop", "additionalModelRequestFields", "guardrailConfig", "serviceTier", "supportsToolChoiceValues"];
  const EMBEDDINGS_NAMES = ["model", "batchSize", "dimensions", "modelParameters"];
  const without = (request: BedrockRequest | undefined): object => ({ url: request?.url, body: request?.body });

  test.each([...NAMES, ...CHAT_NAMES])("%s of a chat model", async (name) => {
    await new ChatBedrockConverse({ ...bedrock.connection }).invoke("Hello");
    await new ChatBedrockConverse({ ...bedrock.connection, [name]: null }).invoke("Hello");
    const [left, given] = bedrock.requests.slice(-2);
    expect(without(given)).toEqual(without(left));
  });

  test.each([...NAMES, ...EMBEDDINGS_NAMES])("%s of embeddings", async (name) => {
    await new BedrockEmbeddings({ ...bedrock.connection }).embedQuery("Hello");
    await new BedrockEmbeddings({ ...bedrock.connection, [name]: null }).embedQuery("Hello");
    const [left, given] = bedrock.requests.slice(-2);
    expect(without(given)).toEqual(without(left));
  });

  test("maxRetries is then the default", async () => {
    bedrock.reply(throttling(), "Hello.");
    expect((await new ChatBedrockConverse({ ...bedrock.connection, maxRetries: null as never }).invoke("Hello")).text).toBe("Hello.");
  });

  test("members of clientOptions", async () => {
    bedrock.reply(throttling(), "Hello.");
    const clientOptions = { maxAttempts: null, region: null, retryMode: null } as never;
    expect((await new ChatBedrockConverse({ ...bedrock.connection, clientOptions }).invoke("Hello")).text).toBe("Hello.");
  });
});
