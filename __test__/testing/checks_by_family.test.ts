import { checkRequest } from "../../testing/checks/index.js";
import * as say from "../../testing/checks/wordings.js";
import type { RequestBody } from "../../testing/index.js";

type Json = Record<string, unknown>;

/** What a rule is about, a model that refuses, a body that it refuses, the sentence, and the neighbours that are accepted: models for the same body, or bodies for the same model. */
type Case = [what: string, model: string, refused: Json, sentence: string, ...accepted: (string | Json)[]];

const HELLO = { role: "user", content: [{ text: "Hello" }] };
const HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0";
const SONNET_4 = "us.anthropic.claude-sonnet-4-20250514-v1:0";
const SONNET_4_6 = "anthropic.claude-sonnet-4-6";
const OPUS_4_8 = "us.anthropic.claude-opus-4-8";
const OPUS_5_5 = "us.anthropic.claude-opus-5-5-20260915-v1:0";
const GPT = "us.openai.gpt-5.6-sol";
const GPT_OSS = "openai.gpt-oss-120b-1:0";
const GROK = "global.xai.grok-4.6";
const KIMI_K3 = "us.moonshotai.kimi-k3";
const LLAMA = "us.meta.llama4-maverick-17b-instruct-v1:0";
const MISTRAL = "mistral.mistral-large-3-675b-instruct";
const NOVA = "us.amazon.nova-pro-v1:0";
const NOVA_2 = "us.amazon.nova-2-lite-v1:0";
const QWEN = "qwen.qwen3-vl-235b-a22b";
const R1 = "us.deepseek.r1-v1:0";
const WRITER = "writer.palmyra-x5-v1:0";
const UNKNOWN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab1";

const POINT = { cachePoint: { type: "default" } };
const BYTES = { bytes: "AAAA" };
const IMAGE = { image: { format: "png", source: BYTES } };
const VIDEO = { video: { format: "mp4", source: BYTES } };

const user = (...content: Json[]): Json => ({ role: "user", content });
const said = (text: string): Json => ({ role: "system", content: [{ text }] });
const assistant = (...content: Json[]): Json => ({ role: "assistant", content });
const call = (toolUseId: string): Json => ({ toolUse: { toolUseId, name: "add", input: {} } });
const result = (toolUseId: string, more: Json = {}): Json => ({ toolResult: { toolUseId, content: [{ text: "3" }], ...more } });
const file = (format: string, more: Json = {}): Json => ({ document: { name: "a", format, source: BYTES, ...more } });
const tool = (schema: Json = { type: "object" }, more: Json = {}): Json => ({ toolSpec: { name: "add", inputSchema: { json: schema }, ...more } });
const tools = (...list: Json[]): Json => ({ messages: [HELLO], toolConfig: { tools: list } });
const chosen = (toolChoice: Json): Json => ({ messages: [HELLO], toolConfig: { tools: [tool()], toolChoice } });
const withTools = (...messages: Json[]): Json => ({ messages: [HELLO, ...messages], toolConfig: { tools: [tool()] } });
const config = (inferenceConfig: Json): Json => ({ messages: [HELLO], inferenceConfig });
const fields = (additionalModelRequestFields: Json, more: Json = {}): Json => ({ messages: [HELLO], additionalModelRequestFields, ...more });
const budget = (budget_tokens: number, more: Json = {}): Json => fields({ thinking: { type: "enabled", budget_tokens } }, more);
const thinking = (type: string): Json => fields({ thinking: { type } });
const effort = (level: string, type?: string): Json => fields({ output_config: { effort: level }, ...(type === undefined ? {} : { thinking: { type } }) });
const thought = (reasoningText: Json): Json => ({ messages: [HELLO, assistant({ reasoningContent: { reasoningText } }, { text: "Hi" }), HELLO] });
const property = (schema: Json): Json => ({ type: "object", properties: { a: schema }, required: ["a"], additionalProperties: false });
const strict = (schema: Json): Json => tools(tool(schema, { strict: true }));
const answer = (schema: Json): Json => ({ messages: [HELLO], outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema: { schema: JSON.stringify(schema) } } } } });

const SAMPLING: Case[] = [
  ["the temperature of Claude from 4.7 on", OPUS_4_8, config({ temperature: 1 }), say.deprecated("temperature"), SONNET_4_6, "us.anthropic.claude-opus-4-6-v1", UNKNOWN, config({ maxTokens: 9 })],
  ["topP of Haiku 5.5", "anthropic.claude-haiku-5-5", config({ topP: 1 }), say.deprecated("top_p"), HAIKU],
  ["topK of Fable", "global.anthropic.claude-fable-5-1", fields({ top_k: 5 }), say.deprecated("top_k"), HAIKU],
  ["the temperature of GPT", GPT, config({ temperature: 1 }), "This model doesn't support the temperature field. Remove temperature and try again.", GPT_OSS, NOVA, "openai.gpt-4.1", config({ temperature: null })],
  ["topP of Grok", GROK, config({ topP: 0.9 }), say.unsupportedField("topP"), "us.xai.grok-4.3", GPT_OSS],
  ["the temperature of Kimi K3", KIMI_K3, config({ temperature: 0 }), say.unsupportedField("temperature"), "moonshotai.kimi-k2.5"],
  ["top_k of GPT", GPT, fields({ top_k: 5 }), say.unknownParameter("top_k"), HAIKU],
  ["stop sequences of gpt-oss, even none", GPT_OSS, config({ stopSequences: [] }), say.unsupportedField("stopSequences"), R1, HAIKU, MISTRAL],
  ["stop sequences of Qwen", QWEN, config({ stopSequences: ["."] }), say.unsupportedField("stopSequences"), LLAMA],
  ["temperature beside topP", HAIKU, config({ temperature: 0, topP: 0.9 }), "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.", SONNET_4, NOVA, config({ topP: 0.9 })],
  ["few tokens of GPT-5.6", GPT, config({ maxTokens: 15 }), say.fewTokens(15), GPT_OSS, config({ maxTokens: 16 })],
];

const REASONING: Case[] = [
  ["a small budget", SONNET_4, budget(1023), say.SMALL_BUDGET, NOVA, budget(1024)],
  ["a small budget, before the model is looked at", OPUS_4_8, budget(400), say.SMALL_BUDGET],
  ["a budget, of models that adapt", OPUS_4_8, budget(2048), say.unsupportedThinking("enabled"), SONNET_4_6, thinking("adaptive")],
  ["a budget under its other name", "anthropic.claude-opus-5", fields({ reasoning_config: { type: "enabled", budget_tokens: 2048 } }), say.unsupportedThinking("enabled"), HAIKU],
  ["a budget of all tokens", HAIKU, budget(2048, { inferenceConfig: { maxTokens: 2048 } }), say.LARGE_BUDGET, budget(2048, { inferenceConfig: { maxTokens: 2049 } }), fields({ thinking: { type: "enabled", budget_tokens: 2048 }, anthropic_beta: ["interleaved-thinking-2025-05-14"] }, { inferenceConfig: { maxTokens: 2000 } })],
  ["adaptive thinking, before Claude 4.6", HAIKU, thinking("adaptive"), say.NO_ADAPTIVE, SONNET_4_6],
  ["no thinking, of a model that always thinks", OPUS_5_5, thinking("disabled"), say.unsupportedThinking("disabled"), "anthropic.claude-opus-5"],
  ["no thinking, of Sonnet 5.5", "anthropic.claude-sonnet-5-5", thinking("disabled"), say.USE_BETWEEN_TOOLS, "anthropic.claude-sonnet-5", thinking("between_tools")],
  ["a forced tool while thinking", HAIKU, { ...chosen({ any: {} }), ...fields({ thinking: { type: "enabled", budget_tokens: 2048 } }), messages: [HELLO] }, say.FORCED_WHILE_THINKING, { ...chosen({ auto: {} }), ...budget(2048) }],
  ["a temperature while thinking", HAIKU, budget(2048, { inferenceConfig: { temperature: 0.5 } }), say.temperatureWhileThinking(false), budget(2048, { inferenceConfig: { temperature: 1 } })],
  ["a temperature while thinking adaptively", SONNET_4_6, fields({ thinking: { type: "adaptive" } }, { inferenceConfig: { temperature: 0 } }), say.temperatureWhileThinking(true), fields({ thinking: { type: "disabled" } }, { inferenceConfig: { temperature: 0 } })],
  ["a low topP while thinking", HAIKU, budget(2048, { inferenceConfig: { topP: 0.9 } }), say.topPWhileThinking(false), budget(2048, { inferenceConfig: { topP: 0.95 } })],
  ["topK while thinking", HAIKU, fields({ thinking: { type: "enabled", budget_tokens: 2048 }, top_k: 5 }), say.topKWhileThinking(false), fields({ top_k: 5 })],
  ["effort, before Opus 4.5", HAIKU, effort("low"), say.NO_EFFORT, "anthropic.claude-opus-4-5-20251101-v1:0", UNKNOWN],
  ["more effort than there is", SONNET_4_6, effort("xhigh"), "The model returned the following errors: This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.", OPUS_4_8, effort("max")],
  ["the most of Opus 4.5", "anthropic.claude-opus-4-5-20251101-v1:0", effort("max"), say.unsupportedEffort("max", ["low", "medium", "high"]), effort("high")],
  ["much effort without thinking", "anthropic.claude-opus-5", effort("max", "disabled"), say.highEffortWithoutThinking("max"), OPUS_4_8, effort("high", "disabled"), effort("max")],
  ["the flat effort of GPT", GPT, fields({ reasoning_effort: "low" }), "Unknown parameter: 'reasoning_effort'.", GPT_OSS, fields({ reasoning: { effort: "low" } })],
  ["Claude's thinking to GPT", GPT, thinking("adaptive"), say.unknownParameter("thinking"), OPUS_4_8],
  ["minimal effort of GPT", GPT, fields({ reasoning: { effort: "minimal" } }), say.refusedEffort("minimal"), fields({ reasoning: { effort: "none" } })],
  ["no effort of GPT-6 Astra", "us.openai.gpt-6-astra", fields({ reasoning: { effort: "none" } }), say.refusedEffort("none"), "us.openai.gpt-6-sol"],
  ["much effort of gpt-oss", GPT_OSS, fields({ reasoning_effort: "xhigh" }), say.refusedEffort("xhigh"), fields({ reasoning_effort: "high" })],
  ["reasoning of Nova 1", NOVA, fields({ reasoningConfig: { type: "enabled", maxReasoningEffort: "low" } }), say.NO_REASONING_CONFIG, NOVA_2],
  ["maxTokens beside Nova's highest effort", NOVA_2, fields({ reasoningConfig: { type: "enabled", maxReasoningEffort: "high" } }, { inferenceConfig: { maxTokens: 9 } }), say.highEffortBeside("maxTokens"), fields({ reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" } }, { inferenceConfig: { maxTokens: 9 } }), fields({ reasoningConfig: { type: "enabled", maxReasoningEffort: "high" } })],
  ["topK beside Nova's highest effort", NOVA_2, fields({ reasoningConfig: { type: "enabled", maxReasoningEffort: "high" }, inferenceConfig: { topK: 1 } }), say.highEffortBeside("topK")],
];

const HISTORY: Case[] = [
  ["reasoning to DeepSeek R1", R1, thought({ text: "Hm" }), say.REASONING_IN_HISTORY, "deepseek.v3-v1:0", UNKNOWN],
  ["redacted reasoning to Nova 1", NOVA, { messages: [HELLO, assistant({ reasoningContent: { redactedContent: "AAAA" } }, { text: "Hi" }), HELLO] }, say.REASONING_IN_HISTORY, GPT, SONNET_4],
  ["reasoning to Grok", GROK, thought({ text: "Hm" }), say.REASONING_IN_HISTORY, GPT_OSS],
  ["reasoning in a turn of the user", SONNET_4, { messages: [user({ reasoningContent: { reasoningText: { text: "Hm", signature: "s" } } }, { text: "?" })] }, say.REASONING_IN_HISTORY],
  ["reasoning in clear text to GPT", GPT, thought({ text: "Hm" }), "This model doesn't support the reasoningContent.reasoningText.text field for assistant messages. Remove reasoningContent.reasoningText.text and try again.", GPT_OSS],
  ["unsigned reasoning to Claude", SONNET_4, thought({ text: "Hm" }), say.missingSignature("messages.1.content.0"), thought({ text: "Hm", signature: "s" })],
  ["an empty signature to Claude", SONNET_4, thought({ text: "Hm", signature: "" }), say.invalidSignature("messages.1.content.0")],
  ["a signature to gpt-oss, even an empty one", GPT_OSS, thought({ text: "Hm", signature: "" }), say.unsupportedField("reasoningContent.reasoningText.signature"), UNKNOWN, thought({ text: "Hm" })],
];

const TOOLS: Case[] = [
  ["a forced tool, of Claude that always decides", OPUS_5_5, chosen({ any: {} }), 'The model returned the following errors: tool_choice: type "tool" and "any" are not supported for this model.', "anthropic.claude-opus-5", chosen({ auto: {} })],
  ["a named tool, of Fable 5.1", "anthropic.claude-fable-5-1", chosen({ tool: { name: "add" } }), say.NO_FORCED_TOOL_USE, "anthropic.claude-fable-5"],
  ["a forced tool of Llama", LLAMA, chosen({ any: {} }), "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again.", chosen({ auto: {} })],
  ["a named tool of Pixtral", "us.mistral.pixtral-large-2502-v1:0", chosen({ tool: { name: "add" } }), say.unsupportedField("toolConfig.toolChoice.tool"), MISTRAL, QWEN, chosen({ any: {} })],
  ["tools of DeepSeek R1", R1, tools(tool()), say.NO_TOOL_USE, "deepseek.v3-v1:0"],
  ["a status for Writer", WRITER, withTools(assistant(call("a")), user(result("a", { status: "success" }))), "This model doesn't support the status field. Remove status and try again.", LLAMA, withTools(assistant(call("a")), user(result("a")))],
  ["system text for Mistral 7B", "mistral.mistral-7b-instruct-v0:2", { messages: [HELLO], system: [{ text: "Be brief." }] }, say.NO_SYSTEM_MESSAGES, MISTRAL, { messages: [HELLO] }],
];

const TURNS: Case[] = [
  ["system text in the midst, for Haiku 4.5", HAIKU, { messages: [HELLO, said("Be brief.")] }, "The model returned the following errors: role 'system' is not supported on this model", OPUS_4_8, "anthropic.claude-sonnet-5", UNKNOWN],
  ["system text before all else", OPUS_4_8, { messages: [said("Be brief."), HELLO] }, say.FIRST_SYSTEM_TURN],
  ["system text behind an answer", OPUS_4_8, { messages: [HELLO, assistant({ text: "Hi" }), said("Be brief.")] }, say.systemTurnBehind(2), withTools(assistant({ text: "Hi" }, { toolUse: { toolUseId: "a", name: "search", input: {}, type: "server_tool_use" } }), said("Be brief."))],
  ["two system turns in a row", OPUS_4_8, { messages: [HELLO, assistant({ text: "Hi" }), HELLO, said("Be brief."), said("Be kind.")] }, say.misplacedSystemTurn(3), { messages: [HELLO, said("Be brief."), assistant({ text: "Hi" }), HELLO] }],
  ["a cache point in a system turn", OPUS_4_8, { messages: [HELLO, { role: "system", content: [{ text: "a" }, POINT] }] }, say.systemTurnContent(1), { messages: [HELLO, { role: "system", content: [{ text: "a" }, { toolRemoval: { tool: { name: "add" } } }] }] }],
  ["text beside a result, for Llama", LLAMA, withTools(assistant(call("a")), user(result("a"), { text: "And?" })), "messages.2.content: Conversation blocks and tool result blocks cannot be provided in the same turn.", SONNET_4, NOVA, withTools(assistant(call("a"), call("b")), user(result("a"), result("b")))],
  ["an image beside a result, for Mistral", MISTRAL, withTools(assistant(call("a")), user(result("a"), IMAGE)), say.lonelyBlocks(2, "result"), SONNET_4],
  ["text beside a result, for Writer", WRITER, withTools(assistant(call("a")), user(result("a"), { text: "And?" })), say.lonelyBlocks(2, "result")],
  ["a document beside a result, for Claude", SONNET_4, withTools(assistant(call("a")), user(result("a"), { text: "And?" }, file("pdf"))), say.lonelyBlocks(2, "result"), NOVA, withTools(assistant(call("a")), user(result("a", { content: [file("pdf")] }), { text: "And?" }))],
  ["text beside a call, for Llama 3.2", "us.meta.llama3-2-11b-instruct-v1:0", withTools(assistant({ text: "Let me see." }, call("a")), user(result("a"))), say.lonelyBlocks(1, "use"), LLAMA],
  ["the assistant last, for Claude from 4.6 on", SONNET_4_6, { messages: [HELLO, assistant({ text: "So" })] }, say.NO_ASSISTANT_LAST, HAIKU, NOVA],
  ["the assistant first", NOVA, { messages: [assistant({ text: "Hi" }), HELLO] }, "A conversation must start with a user message. Try again with a conversation that starts with a user message.", SONNET_4, QWEN, "zai.glm-5", "moonshotai.kimi-k2.5", UNKNOWN],
];

const MEDIA: Case[] = [
  ["an image for a model of text", "qwen.qwen3-coder-480b-a35b-v1:0", { messages: [user({ text: "?" }, IMAGE)] }, "This model doesn't support the image content block that you provided. Update the content block and try again.", QWEN, SONNET_4, LLAMA],
  ["video for Claude", SONNET_4, { messages: [user({ text: "?" }, VIDEO)] }, say.unsupportedBlock("video"), NOVA, NOVA_2],
  ["a document for Qwen", QWEN, { messages: [user({ text: "?" }, file("pdf"))] }, say.unsupportedBlock("document"), SONNET_4, NOVA],
  ["an image in a result, for GPT", GPT, withTools(assistant(call("a")), user(result("a", { content: [IMAGE] }))), "This model doesn't support the image field for user messages. Remove image and try again.", SONNET_4, NOVA, LLAMA, withTools(assistant(call("a")), user(result("a"), IMAGE))],
  ["an image in a result, for Kimi", "moonshotai.kimi-k2.5", withTools(assistant(call("a")), user(result("a", { content: [IMAGE] }))), say.unsupportedFieldFor("image", "user")],
  ["a document in a result, for Kimi", "moonshotai.kimi-k2.5", withTools(assistant(call("a")), user(result("a", { content: [file("pdf")] }))), say.unsupportedFieldFor("document", "user"), LLAMA, SONNET_4],
  ["a PDF in a result, for Nova", NOVA, withTools(assistant(call("a")), user(result("a", { content: [file("pdf")] }))), say.unsupportedFieldFor("document", "user"), withTools(assistant(call("a")), user(result("a", { content: [file("csv")] })))],
  ["citations of Nova", NOVA, { messages: [user({ text: "?" }, file("pdf", { citations: { enabled: true } }))] }, "This model doesn't support citations.", SONNET_4, { messages: [user({ text: "?" }, file("pdf"))] }],
  ["a text of more than 4.5 MB", SONNET_4, { messages: [user({ text: "?" }, file("txt", { source: { bytes: "A".repeat(6_291_460) } }))] }, say.largeDocument("messages.0.content.1.document"), { messages: [user({ text: "?" }, file("pdf", { source: { bytes: "A".repeat(6_291_460) } }))] }, { messages: [user({ text: "?" }, file("txt", { source: { bytes: "A".repeat(6_291_456) } }))] }],
  ["a PDF of more than 4.5 MB, for Llama", LLAMA, { messages: [user({ text: "?" }, file("pdf", { source: { bytes: "A".repeat(6_291_460) } }))] }, say.largeDocument("messages.0.content.1.document"), NOVA, UNKNOWN],
  ["an image of more than 5 MB of base64", SONNET_4, { messages: [user({ text: "?" }, { image: { format: "png", source: { bytes: "A".repeat(5_242_884) } } })] }, say.largeImage("messages.0.content.1.image", 5_242_884, 5_242_880), NOVA, { messages: [user({ text: "?" }, { image: { format: "png", source: { bytes: "A".repeat(5_242_880) } } })] }],
];

const CACHE_POINTS: Case[] = [
  ["a cache point for GLM", "zai.glm-5", { messages: [user({ text: "a" }, POINT)] }, say.CACHING_UNSUPPORTED, SONNET_4, NOVA, GPT, UNKNOWN, "anthropic.claude-3-7-sonnet-20250219-v1:0"],
  ["a cache point for Claude 3", "anthropic.claude-3-haiku-20240307-v1:0", { messages: [HELLO], system: [{ text: "a" }, POINT] }, say.CACHING_UNSUPPORTED, "anthropic.claude-3-5-haiku-20241022-v1:0"],
  ["a lifetime for Nova", NOVA, { messages: [user({ text: "a" }, { cachePoint: { type: "default", ttl: "5m" } })] }, "Extended TTL prompt caching is only supported for Anthropic models", SONNET_4, { messages: [user({ text: "a" }, POINT)] }],
  ["a cache point behind nothing", SONNET_4, { messages: [HELLO, assistant({ text: "Hi" }), user(POINT, { text: "a" })] }, "There is nothing available to cache. Please remove the invalid cache point and try again.", { messages: [user({ text: "a" }, POINT)] }],
  ["a cache point alone in the system prompt", NOVA, { messages: [HELLO], system: [POINT] }, say.NOTHING_TO_CACHE],
  ["a cache point behind a result, for Nova", NOVA, withTools(assistant(call("a")), user(result("a"), POINT)), say.extraneousPoint("#/messages/2/content/1"), SONNET_4, withTools(assistant(call("a")), user(result("a"), { text: "And?" }, POINT))],
  ["a cache point behind a document, for Nova", NOVA, { messages: [user({ text: "a" }, file("pdf"), POINT)] }, say.POINT_AFTER_DOCUMENT, SONNET_4, { messages: [user({ text: "a" }, POINT, file("pdf"))] }, { messages: [user({ text: "a" }, IMAGE, POINT)] }],
  ["a cache point behind reasoning", SONNET_4, { messages: [HELLO, assistant({ reasoningContent: { reasoningText: { text: "Hm", signature: "s" } } }, POINT, { text: "Hi" }), HELLO] }, say.POINT_AFTER_REASONING, { messages: [HELLO, assistant({ reasoningContent: { reasoningText: { text: "Hm", signature: "s" } } }, { text: "Hi" }, POINT), HELLO] }],
  ["a cache point behind a table, for Claude", SONNET_4, { messages: [user({ text: "a" }, file("csv"), POINT)] }, say.pointAfterText("messages.0.content.2"), { messages: [user({ text: "a" }, file("pdf"), POINT)] }, { messages: [user({ text: "a" }, file("csv", { citations: { enabled: true } }), POINT)] }, { messages: [user({ text: "a" }, POINT, file("csv"))] }],
];

const SCHEMAS: Case[] = [
  ["properties that are null", NOVA, tools(tool({ type: "object", properties: null })), "The json schema definition at toolConfig.tools.0.toolSpec.inputSchema is invalid. Fix the following errors and try again: $.properties: null found, object expected", tools(tool({ type: "object", properties: {} }))],
  ["required as an object, deep", UNKNOWN, tools(tool({ type: "object", properties: { a: { type: "object", required: {} } } })), say.invalidSchema("toolConfig.tools.0.toolSpec.inputSchema", "$.properties.a.required: object found, array expected"), tools(tool({ type: "object", properties: { required: { type: "object" } } }))],
  ["a nullable object at the root", NOVA, tools(tool({ type: ["object", "null"] })), "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.", tools(tool())],
  ["a union at the root, for Claude", SONNET_4, tools(tool(), POINT, { toolSpec: { name: "b", inputSchema: { json: { type: "object", anyOf: [{ required: ["a"] }] } } } }), say.rootUnion(1), UNKNOWN, tools(tool({ type: "object", properties: { a: { anyOf: [{ type: "string" }] } } }))],
  ["look-around for Kimi K3", KIMI_K3, tools(tool(property({ type: "string", pattern: "^(?!a)b" }))), say.lookAround("$.properties.a.pattern"), HAIKU, tools(tool(property({ type: "string", pattern: "[(?!]" })))],
  ["native output of Nova", NOVA, answer(property({ type: "string" })), "This model doesn't support the outputConfig field. Remove outputConfig and try again.", HAIKU, QWEN, UNKNOWN],
  ["native output of Sonnet 4", SONNET_4, answer(property({ type: "string" })), say.unsupportedField("outputConfig"), "anthropic.claude-sonnet-4-5-20250929-v1:0"],
  ["strict tools of Llama", LLAMA, strict(property({ type: "string" })), "This model doesn't support the strict field. Remove strict and try again.", HAIKU, tools(tool())],
  ["an open object in a strict tool", HAIKU, strict({ type: "object", properties: { a: { type: "object", properties: {} } }, required: ["a"], additionalProperties: false }), say.byModel(`tools.0.custom: ${say.openObject}`), UNKNOWN, tools(tool()), strict(property({ type: "object", additionalProperties: false }))],
  ["a map in an answer", HAIKU, answer(property({ type: "object", additionalProperties: { type: "string" } })), say.byModel(`output_config.format.schema: ${say.mapObject}`)],
  ["limits of a number", QWEN, answer(property({ type: "integer", minimum: 1, maximum: 5 })), "The model returned the following errors: output_config.format.schema: For 'integer' type, properties maximum, minimum are not supported", answer(property({ type: "string", minLength: 1 }))],
  ["a limit of a list", HAIKU, strict(property({ type: "array", items: { type: "string" }, maxItems: 3 })), say.byModel("tools.0.custom: For 'array' type, property 'maxItems' is not supported"), tools(tool(property({ type: "array", maxItems: 3 }))), strict(property({ type: "array", items: { type: "string" }, minItems: 1 }))],
  ["a list of at least two", HAIKU, strict(property({ type: "array", items: { type: "string" }, minItems: 2 })), say.byModel(`tools.0.custom: ${say.manyItems}`)],
  ["contains", HAIKU, strict(property({ type: "array", items: { type: "string" }, contains: { const: "a" } })), say.byModel(`tools.0.custom: ${say.unsupportedKeywords("array", ["contains"])}`), "mistral.ministral-3-8b-instruct"],
  ["look-behind in an answer", HAIKU, answer(property({ type: "string", pattern: "(?<=a)b" })), say.byModel(`output_config.format.schema: ${say.unsupportedPattern}`), answer(property({ type: "string", pattern: "\\(?=a" }))],
  ["a back-reference", QWEN, answer(property({ type: "string", pattern: "(a)\\1" })), say.byModel(`output_config.format.schema: ${say.unsupportedPattern}`), answer(property({ type: "string", pattern: "\\d\\\\1" }))],
  ["oneOf, for Claude", HAIKU, strict(property({ oneOf: [{ type: "string" }] })), say.byModel(`tools.0.custom: ${say.unsupportedOneOf}`), QWEN, strict(property({ anyOf: [{ type: "string" }] }))],
  ["a closed union, for Claude", HAIKU, strict(property({ anyOf: [{ type: "string" }], additionalProperties: false })), say.byModel(`tools.0.custom: ${say.closedUnion}`), QWEN],
  ["propertyNames, for Claude", HAIKU, strict(property({ type: "object", propertyNames: { type: "string" }, additionalProperties: false })), say.byModel(`tools.0.custom: ${say.unsupportedKeywords("object", ["propertyNames"])}`), QWEN],
  ["a schema that contains itself", HAIKU, strict({ ...property({ $ref: "#/$defs/Node" }), $defs: { Node: property({ anyOf: [{ $ref: "#/$defs/Node" }, { type: "null" }] }) } }), say.byModel(`tools.0.custom: ${say.circular("Node")}`), strict({ ...property({ $ref: "#/$defs/Node" }), $defs: { Node: property({ type: "null" }) } })],
  ["21 strict tools", HAIKU, tools(...many(21).map((name) => tool({ type: "object", additionalProperties: false }, { name, strict: true }))), say.manyStrictTools(21), QWEN, tools(...many(20).map((name) => tool({ type: "object", additionalProperties: false }, { name, strict: true })))],
  ["25 optional parameters", HAIKU, answer(optional(25)), say.manyOptionalParameters(25), answer(optional(24)), tools(tool(optional(25)))],
];

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `p${index}`);
}

function optional(count: number): Json {
  return { type: "object", properties: Object.fromEntries(many(count).map((name) => [name, { type: "string" }])), additionalProperties: false };
}

function refusalOf(body: Json, modelId: string, operation: "converse" | "converse-stream" = "converse"): string | undefined {
  return checkRequest({ operation, modelId, body: body as RequestBody })?.message;
}

describe.each([
  ["sampling", SAMPLING],
  ["reasoning", REASONING],
  ["reasoning in histories", HISTORY],
  ["tools", TOOLS],
  ["turns", TURNS],
  ["media", MEDIA],
  ["cache points", CACHE_POINTS],
  ["schemas", SCHEMAS],
])("%s", (_subject, cases) => {
  test.each(cases)("%s", (_what, model, refused, sentence, ...accepted) => {
    expect(refusalOf(refused, model)).toBe(sentence);
    for (const neighbour of accepted) {
      const [body, modelId] = typeof neighbour === "string" ? [refused, neighbour] : [neighbour, model];
      expect({ modelId, refusal: refusalOf(body, modelId) }).toEqual({ modelId, refusal: undefined });
    }
  });
});

test("tools in a stream", () => {
  expect(refusalOf(tools(tool()), LLAMA, "converse-stream")).toBe(say.NO_STREAMED_TOOL_USE);
  expect(refusalOf(tools(tool()), R1, "converse-stream")).toBe(say.NO_STREAMED_TOOL_USE);
  expect(refusalOf(tools(tool()), LLAMA)).toBeUndefined();
  expect(refusalOf(tools(tool()), NOVA, "converse-stream")).toBeUndefined();
});

test("prompt caching is refused with 403", () => {
  const body: Json = { messages: [user({ text: "a" }, POINT)] };
  expect(checkRequest({ operation: "converse", modelId: "zai.glm-5", body: body as RequestBody })).toMatchObject({ name: "AccessDeniedException", status: 403 });
});

test.each([
  "anthropic.claude-opus-4-8",
  "us.anthropic.claude-opus-4-8",
  "us-gov.anthropic.claude-opus-4-8",
  "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-8",
  "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.anthropic.claude-opus-4-8",
])("%s is known as Opus 4.8", (modelId) => {
  expect(refusalOf(config({ temperature: 1 }), modelId)).toBe(say.deprecated("temperature"));
});

test.each([
  UNKNOWN,
  "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/ab1",
  "arn:aws:bedrock:us-east-1:123456789012:imported-model/ab1",
  "anthropic.claude-opus-6",
  "anthropic.claude-opus-4-70",
  "test.model",
])("nothing is known of %s", (modelId) => {
  const everything = {
    ...strict({ type: "object", additionalProperties: false }),
    inferenceConfig: { temperature: 0, topP: 0.5, stopSequences: ["."] },
    additionalModelRequestFields: { top_k: 1, reasoning_effort: "none", output_config: { effort: "max" } },
  };
  expect(refusalOf(everything, modelId)).toBeUndefined();
});
