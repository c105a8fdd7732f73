import { ConverseCommand, ConverseStreamCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { checkRequest } from "../../testing/checks/index.js";
import { startBedrock } from "../../testing/index.js";
import type { RequestBody } from "../../testing/index.js";
import { awsClient, MODEL } from "./support.js";

type Json = Record<string, unknown>;

const NOVA = "us.amazon.nova-pro-v1:0";
const HELLO = { role: "user", content: [{ text: "Hello" }] };
const SCHEMA = { json: { type: "object" } };
const TOOLS = { tools: [{ toolSpec: { name: "add", inputSchema: SCHEMA } }] };
const HOUR = { cachePoint: { type: "default", ttl: "1h" } };
const POINT = { cachePoint: { type: "default" } };
const BYTES = { bytes: "AAAA" };

function user(...content: Json[]): Json {
  return { role: "user", content };
}

function assistant(...content: Json[]): Json {
  return { role: "assistant", content };
}

function call(toolUseId: string, more: Json = {}): Json {
  return { toolUse: { toolUseId, name: "add", input: {}, ...more } };
}

function result(toolUseId: string, more: Json = {}): Json {
  return { toolResult: { toolUseId, content: [{ text: "3" }], ...more } };
}

function file(name: string, more: Json = {}): Json {
  return { document: { name, format: "pdf", source: BYTES, ...more } };
}

function image(): Json {
  return { image: { format: "png", source: BYTES } };
}

function withTools(...messages: Json[]): Json {
  return { messages: [HELLO, ...messages], toolConfig: TOOLS };
}

function sentenceFor(body: Json, modelId: string = MODEL): string | undefined {
  return checkRequest({ operation: "converse", modelId, body: body as RequestBody })?.message;
}

test.each<[string, Json]>([
  ["one turn", { messages: [HELLO] }],
  ["calls and their results", withTools(assistant(call("a"), call("b")), user(result("b"), result("a"), { text: "And?" }))],
  ["a tool with nothing to say", withTools(assistant(call("a")), user(result("a", { content: [{ text: "" }] })))],
  ["a server's tool and its result", withTools(assistant(call("a", { type: "server_tool_use" }), result("a", { type: "x" }), { text: "3" }), HELLO)],
  ["five documents, one in a result", { messages: [user({ text: "?" }, ..."abcd".split("").map((name) => file(name))), assistant(call("a")), user(result("a", { content: [file("e")] }))], toolConfig: TOOLS }],
  ["a document's text that may be cited", { messages: [user({ text: "?" }, file("a b_c-(d)[e]", { source: { text: "T" }, citations: { enabled: true } }))] }],
  ["four cache points, the longer first", { messages: [user({ text: "a" }, HOUR, { text: "b" }, POINT)], system: [{ text: "a" }, HOUR], toolConfig: { tools: [...TOOLS.tools, HOUR] } }],
  ["a prefill", { messages: [HELLO, assistant({ text: "The answer:" })] }],
  ["members that are null or unknown", { messages: [HELLO], system: null, hologram: 1, inferenceConfig: { temperature: null, topK: 3 } }],
])("takes %s", (_what, body) => {
  expect(sentenceFor(body)).toBeUndefined();
});

test("takes every setting, of a model that is not known", () => {
  const body = {
    messages: [HELLO], system: [{ text: "Be brief." }], inferenceConfig: { maxTokens: 1, temperature: 0, topP: 1, stopSequences: ["."] },
    additionalModelRequestFields: { top_k: 1 }, additionalModelResponseFieldPaths: ["/stop_sequence"], requestMetadata: { team: "a b" },
    guardrailConfig: { guardrailIdentifier: "abc", guardrailVersion: "DRAFT", trace: "enabled" }, performanceConfig: { latency: "optimized" },
    serviceTier: { type: "flex" }, toolConfig: { ...TOOLS, toolChoice: { tool: { name: "add" } } },
    outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema: { schema: "{}" } } }, effort: "low" },
  };
  expect(sentenceFor(body, "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab1")).toBeUndefined();
});

test.each([
  [NOVA, /^A conversation must start with a user message\./],
  [MODEL, undefined],
  ["qwen.qwen3-32b-v1:0", undefined],
])("the assistant first, to %s", (modelId, sentence) => {
  const found = sentenceFor({ messages: [assistant({ text: "a" }), HELLO] }, modelId);
  if (sentence === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(sentence);
});

test.each<[string, Json, string | RegExp]>([
  ["no messages", {}, "A conversation must start with a user message. Try again with a conversation that starts with a user message."],
  ["two turns of one role", { messages: [HELLO, HELLO] }, /^A conversation must alternate between user and assistant roles\. Make sure/],
  ["no content", { messages: [HELLO, assistant(), HELLO] }, "The content field in the Message object at messages.1 is empty. Add a ContentBlock object to the content field and try again."],
  ["an image of the assistant", { messages: [HELLO, assistant({ text: "Here." }, { image: { format: "png", source: { bytes: "AAAA" } } }), HELLO] }, /^This model doesn't support the image content block for assistant messages\./],
  ["half a surrogate pair", { messages: [user({ text: "a \ud83d" })] }, /no low surrogate in string$/],
  ["half a surrogate pair as the name of a member", { messages: [HELLO], additionalModelRequestFields: { "\ude00": 1 } }, /no low surrogate in string$/],
  ["blank text", { messages: [user({ text: "a" }, { text: " \n" })] }, "The text field in the ContentBlock object at messages.0.content.1 is blank. Add text to the text field, and try again."],
  ["a blank system prompt", { messages: [HELLO], system: [{ text: " " }] }, /^The text field in the SystemContentBlock object at system\.0 is blank\./],
  ["an empty system prompt", { messages: [HELLO], system: [{ text: "" }] }, "1 validation error detected: Value '' at 'system.1.member.text' failed to satisfy constraint: Member must have length greater than or equal to 1"],
  ["a prefill that ends in a space", { messages: [HELLO, assistant({ text: "So " })] }, /final assistant content cannot end with trailing whitespace$/],
  ["missing members", { messages: [{}] }, /^2 validation errors detected: Value null at 'messages\.1\.member\.role' failed to satisfy constraint: Member must not be null; Value null at 'messages\.1\.member\.content'/],
  ["an unknown role", { messages: [{ ...HELLO, role: "human" }] }, /Value 'human' at 'messages\.1\.member\.role' failed to satisfy constraint: Member must satisfy enum value set: \[user, assistant, system\]$/],
  ["an empty block", { messages: [user({})] }, /^ContentBlock object at messages\.0\.content\.0 must set one of the following keys: text, image,/],
  ["a block of two kinds", { messages: [user({ text: "a", ...image() })] }, /must set only one of the following keys/],
  ["bytes that are not base64", { messages: [user({ image: { format: "png", source: { bytes: "§" } } })] }, /^The value at messages\.0\.content\.0\.image\.source\.bytes is invalid\. Provide base64/],
  ["a high temperature", { messages: [HELLO], inferenceConfig: { temperature: 1.5 } }, "1 validation error detected: Value '1.5' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1"],
  ["no tokens", { messages: [HELLO], inferenceConfig: { maxTokens: 0 } }, /'inferenceConfig\.maxTokens' failed .* greater than or equal to 1$/],
  ["metadata of odd characters", { messages: [HELLO], requestMetadata: { a: "ü" } }, /Value 'ü' at 'requestMetadata\.a' failed to satisfy constraint: Member must satisfy regular expression pattern/],
  ["fields that are no object", { messages: [HELLO], additionalModelRequestFields: [] }, "The format of the additionalModelRequestFields field is invalid. Provide a json object for the field and try again."],
  ["tool blocks without toolConfig", { messages: [HELLO, assistant(call("a")), user(result("a"))] }, "The toolConfig field must be defined when using toolUse and toolResult content blocks."],
  ["no tools", { messages: [HELLO], toolConfig: { tools: [] } }, /Value '\[\]' at 'toolConfig\.tools' failed to satisfy constraint: Member must have length greater than or equal to 1$/],
  ["a tool name with a dot", { messages: [HELLO], toolConfig: { tools: [{ toolSpec: { name: "a.b", inputSchema: SCHEMA } }] } }, /Value 'a\.b' at 'toolConfig\.tools\.1\.member\.toolSpec\.name' failed to satisfy constraint: Member must satisfy regular expression pattern: \[a-zA-Z0-9_-\]\+$/],
  ["a schema of no type", { messages: [HELLO], toolConfig: { tools: [{ toolSpec: { name: "a", inputSchema: { json: {} } } }] } }, "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object."],
  ["two tools of one name", { messages: [HELLO], toolConfig: { tools: [...TOOLS.tools, ...TOOLS.tools] } }, /Tool names must be unique\.$/],
  ["the choice of another tool", { messages: [HELLO], toolConfig: { ...TOOLS, toolChoice: { tool: { name: "b" } } } }, /Tool 'b' not found in provided tools\.$/],
  ["two choices", { messages: [HELLO], toolConfig: { ...TOOLS, toolChoice: { any: {}, auto: {} } } }, "ToolChoice object at toolConfig.toolChoice must set only one of the following keys: auto, any, tool."],
  ["a call's id of odd characters", withTools(assistant(call("a|b")), user(result("a|b"))), /^2 validation errors detected: Value 'a\|b' at 'messages\.2\.member\.content\.1\.member\.toolUse\.toolUseId'/],
  ["input that is a text", withTools(assistant(call("a", { input: "{}" })), user(result("a"))), "The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object for the field and try again."],
  ["a result whose json is a list", withTools(assistant(call("a")), user(result("a", { content: [{ json: [] }] }))), /^The format of the value at messages\.2\.content\.0\.toolResult\.content\.0\.json is invalid\./],
  ["a failure that says nothing", withTools(assistant(call("a")), user(result("a", { content: [], status: "error" }))), "The content field at messages.2.content.0.toolResult cannot be empty when status value is error."],
  ["a result of nothing", { messages: [user(result("a"))], toolConfig: TOOLS }, "The number of toolResult blocks at messages.0.content exceeds the number of toolUse blocks of previous turn."],
  ["one result too many", withTools(assistant(call("a")), user(result("a"), result("b"))), /^The number of toolResult blocks at messages\.2\.content exceeds/],
  ["one result too few", withTools(assistant(call("a"), call("b")), user(result("b"))), "Expected toolResult blocks at messages.2.content for the following Ids: a"],
  ["a call that nothing follows", withTools(assistant(call("a"))), /messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: a\./],
  ["two calls of one id", withTools(assistant(call("a"), call("a")), user(result("a"))), "The toolUse blocks at messages.1.content contain duplicate Ids: a"],
  ["two results of one id", withTools(assistant(call("a")), user(result("a"), result("a"))), "The toolResult blocks at messages.2.content contain duplicate Ids: a"],
  ["a call by the user", { messages: [user(call("a"))], toolConfig: TOOLS }, "The block at messages.0.content.0.toolUse is not allowed in a message of the role user."],
  ["a result by the assistant", withTools(assistant(result("a"))), /not allowed in a message of the role assistant\.$/],
  ["six documents", { messages: [user({ text: "?" }, ..."abcdef".split("").map((name) => file(name)))] }, "You can't include more than 5 documents in a request."],
  ["21 images", { messages: [user(...Array.from({ length: 21 }, image))] }, /too many images and documents: 21 \+ 0 > 20$/],
  ["a document without text", { messages: [user(file("a"))] }, "A text block must be included when using documents."],
  ["a document's name with a dot", { messages: [user({ text: "?" }, file("a.pdf"))] }, /^The document file name can only contain alphanumeric characters/],
  ["a document's name with two spaces", { messages: [user({ text: "?" }, file("a  b"))] }, /^The document file name can only contain/],
  ["two documents of one name", { messages: [user({ text: "?" }, file("a")), assistant({ text: "." }), user({ text: "?" }, file("a"))] }, "Messages can't contain duplicate document names. Rename the document and retry your request."],
  ["a document's text that may not be cited", { messages: [user({ text: "?" }, file("a", { source: { text: "T" } }))] }, "DocumentSource object at messages.0.content.1.document.source must set one of the following keys: bytes, s3Location."],
  ["five cache points", { messages: [user({ text: "a" }, POINT, POINT, POINT, POINT, POINT)] }, /A maximum of 4 blocks with cache_control may be provided\. Found 5\.$/],
  ["a longer cache point after a shorter one", { messages: [user({ text: "a" }, HOUR)], system: [{ text: "a" }, POINT] }, /messages\.0\.content\.1\.cache_control\.ttl: a ttl='1h' cache_control block must not come after a ttl='5m'/],
])("refuses %s", (_what, body, sentence) => {
  if (typeof sentence === "string") expect(sentenceFor(body)).toBe(sentence);
  else expect(sentenceFor(body)).toMatch(sentence);
});

test("refuses a cache point among Nova's tools", () => {
  const body = { messages: [HELLO], toolConfig: { tools: [...TOOLS.tools, POINT] } };
  expect(sentenceFor(body)).toBeUndefined();
  expect(sentenceFor(body, NOVA)).toMatch(/#\/toolConfig\/tools\/1: extraneous key \[cachePoint\] is not permitted, please reformat your input and try again\.$/);
});

test.each([
  ["amazon.nova-lite-v1:0", undefined],
  ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab1", undefined],
  ["claude 3", "The provided model identifier is invalid."],
])("the model id %s", (modelId, sentence) => {
  expect(sentenceFor({ messages: [HELLO] }, modelId)).toBe(sentence);
});

test.each<[Json, string]>([
  [{ messages: "Hello" }, "The value at messages must be a list."],
  [{ messages: [HELLO], inferenceConfig: { temperature: "1" } }, "The value at inferenceConfig.temperature must be a number."],
  [{ messages: [HELLO], inferenceConfig: { maxTokens: 1.5 } }, "The value at inferenceConfig.maxTokens must be a whole number."],
  [{ messages: [user({ text: 1 })] }, "The value at messages.0.content.0.text must be a string."],
])("what AWS cannot read is a SerializationException: %j", (body, message) => {
  expect(checkRequest({ operation: "converse", modelId: MODEL, body: body as RequestBody })).toMatchObject({ name: "SerializationException", message });
});

test("a client gets the error that Bedrock answers, and uses up no answer", async () => {
  await using bedrock = await startBedrock();
  bedrock.reply("the first");
  const client = awsClient(bedrock);
  const wrong = { modelId: MODEL, messages: [HELLO, HELLO] } as ConverseCommandInput;
  const refusal = { name: "ValidationException", message: /must alternate/, $metadata: { httpStatusCode: 400 } };
  await expect(client.send(new ConverseCommand(wrong))).rejects.toMatchObject({ ...refusal, message: expect.stringMatching(refusal.message) });
  await expect(client.send(new ConverseStreamCommand(wrong))).rejects.toMatchObject({ name: refusal.name });
  expect(bedrock.requests[0]!.response).toMatchObject({ status: 400, errorType: "ValidationException" });
  const right = await client.send(new ConverseCommand({ modelId: MODEL, messages: [HELLO] } as ConverseCommandInput));
  expect(right.output?.message?.content).toEqual([{ text: "the first" }]);
});

test("strict: false takes every JSON object", async () => {
  await using bedrock = await startBedrock({ strict: false });
  const output = await awsClient(bedrock).send(new ConverseCommand({ modelId: MODEL, messages: [HELLO, HELLO] } as ConverseCommandInput));
  expect(output.stopReason).toBe("end_turn");
});
