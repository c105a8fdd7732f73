import { AIMessage, type BaseMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import type { ChatBedrockConverseCallOptions } from "langchain-aws-native";
import { error, validation, type RequestBody, type ScriptedAnswer } from "langchain-aws-native/testing";
import * as say from "../../testing/checks/wordings.js";

/** One sentence of Bedrock's, and what it teaches. */
export interface Lesson {
  what: string;
  refusal: ScriptedAnswer;
  /** What is asked. */
  messages?: BaseMessage[];
  options?: Partial<ChatBedrockConverseCallOptions>;
  tools?: object[];
  /** The part of the request that the sentence is about, as it is sent first, and again. */
  part: (body: RequestBody) => unknown;
  first: unknown;
  second: unknown;
  /** The code of the warning on the answer. */
  code: string;
}

type Blocks = Record<string, unknown>[];

const POINT = { cachePoint: { type: "default" } };
const HOUR = { cachePoint: { type: "default", ttl: "1h" } };
const PIXEL = { image: { format: "png", source: { bytes: "AAAA" } } };
const PDF = { document: { name: "report", format: "pdf", source: { bytes: "AAAA" } } };
const SCHEMA = { type: "object", properties: { code: { type: "string" } }, required: ["code"] };
const TOOL = { name: "check", description: "Checks.", input_schema: SCHEMA };
const CLOSED = { ...SCHEMA, additionalProperties: false };
const spec = (json: object = SCHEMA, more: object = {}): object => ({ toolSpec: { name: "check", description: "Checks.", inputSchema: { json }, ...more } });

const blocks = (content: Blocks): never => content as never;
const human = (...content: Blocks): HumanMessage => new HumanMessage({ content: blocks(content) });
const said = (value: string): Record<string, unknown> => ({ type: "text", text: value });
const thought = (text: string, signature?: string): Record<string, unknown> => ({ type: "reasoning_content", reasoningText: { text, ...(signature === undefined ? {} : { signature }) } });
const call = (...content: Blocks): AIMessage => new AIMessage({ content: blocks(content), tool_calls: [{ id: "a", name: "check", args: {} }] });
const result = (content: Blocks, status?: "error"): ToolMessage => new ToolMessage({ content: blocks(content), tool_call_id: "a", ...(status && { status }) });
const thinking = (text: string, signature?: string): BaseMessage[] => [new HumanMessage("Hi"), new AIMessage({ content: blocks([thought(text, signature), said("Hello")]) }), new HumanMessage("And?")];

const inference = ({ inferenceConfig }: RequestBody): unknown => inferenceConfig;
const fields = ({ additionalModelRequestFields }: RequestBody): unknown => additionalModelRequestFields;
const tools = ({ toolConfig }: RequestBody): unknown => toolConfig?.tools;
const toolChoice = ({ toolConfig }: RequestBody): unknown => toolConfig?.toolChoice;
const turn = (index: number) => ({ messages }: RequestBody): unknown => messages?.[index]?.content;
const turns = ({ messages }: RequestBody): unknown => messages?.map(({ role, content }) => [role, ...content.map((block) => Object.keys(block)[0])].join(" "));

const sampling = (what: string, sentence: string, options: Lesson["options"], part: Lesson["part"], first: unknown, second: unknown): Lesson => ({ what, refusal: validation(sentence), options, part, first, second, code: "sampling_left_out" });
const BOTH = { temperature: 0.5, topP: 0.9 };
const RAW = { thinking: { type: "enabled", budget_tokens: 2048 } };

const SAMPLING: Lesson[] = [
  sampling("temperature", say.unsupportedField("temperature"), BOTH, inference, BOTH, { topP: 0.9 }),
  sampling("topP", say.unsupportedField("topP"), BOTH, inference, BOTH, { temperature: 0.5 }),
  sampling("stop sequences", say.unsupportedField("stopSequences"), { stop: ["."], maxTokens: 9 }, inference, { maxTokens: 9, stopSequences: ["."] }, { maxTokens: 9 }),
  sampling("a deprecated temperature", say.deprecated("temperature"), BOTH, inference, BOTH, { topP: 0.9 }),
  sampling("a deprecated topP", say.deprecated("top_p"), BOTH, inference, BOTH, { temperature: 0.5 }),
  sampling("a deprecated topK", say.deprecated("top_k"), { additionalModelRequestFields: { top_k: 5, seed: 1 } }, fields, { top_k: 5, seed: 1 }, { seed: 1 }),
  sampling("an unknown topK", say.unknownParameter("top_k"), { additionalModelRequestFields: { top_k: 5, seed: 1 } }, fields, { top_k: 5, seed: 1 }, { seed: 1 }),
  sampling("temperature beside topP", say.ONLY_ONE_OF_TWO, BOTH, inference, BOTH, { temperature: 0.5 }),
  sampling("a temperature while thinking", say.temperatureWhileThinking(false), { temperature: 0.5, maxTokens: 4000, additionalModelRequestFields: RAW }, inference, { maxTokens: 4000, temperature: 0.5 }, { maxTokens: 4000 }),
  sampling("a low topP while thinking", say.topPWhileThinking(true), { topP: 0.5, maxTokens: 4000, additionalModelRequestFields: RAW }, inference, { maxTokens: 4000, topP: 0.5 }, { maxTokens: 4000 }),
  sampling("topK while thinking", say.topKWhileThinking(false), { additionalModelRequestFields: { ...RAW, top_k: 5 } }, fields, { ...RAW, top_k: 5 }, RAW),
];

const choosing = (what: string, sentence: string, choice: string, first: object, second: unknown, more: Lesson["options"] = {}): Lesson => ({ what, refusal: validation(sentence), tools: [TOOL], options: { tool_choice: choice, ...more }, part: toolChoice, first, second, code: "tool_choice_adapted" });
const NAMED = { tool: { name: "check" } };

const TOOL_CHOICE: Lesson[] = [
  choosing("a forced tool", say.unsupportedField("toolConfig.toolChoice.any"), "any", { any: {} }, { auto: {} }),
  choosing("a named tool", say.unsupportedField("toolConfig.toolChoice.tool"), "check", NAMED, { any: {} }),
  choosing("any choice", say.unsupportedField("toolConfig.toolChoice"), "any", { any: {} }, undefined),
  choosing("a forced tool, of Claude", say.NO_FORCED_TOOL_USE, "check", NAMED, { auto: {} }),
  choosing("a forced tool while thinking", say.FORCED_WHILE_THINKING, "any", { any: {} }, { auto: {} }, { additionalModelRequestFields: RAW }),
];

const strictly = (what: string, sentence: string): Lesson => ({ what, refusal: validation(sentence), tools: [TOOL], options: { strict: true } as never, part: tools, first: [spec(CLOSED, { strict: true })], second: [spec(CLOSED)], code: "strict_left_out" });
const FORMAT = { type: "json_schema" as const, json_schema: { name: "answer", schema: CLOSED } };
const format = (what: string, sentence: string): Lesson => ({
  what,
  refusal: validation(sentence),
  options: { response_format: FORMAT },
  part: ({ outputConfig, system }) => [outputConfig !== undefined, JSON.stringify(system ?? "").includes("matches this JSON schema")],
  first: [true, false],
  second: [false, true],
  code: "output_format_in_words",
});
const UNION = { type: "object", anyOf: [{ type: "object", properties: { a: { type: "string" } }, required: ["a"] }, { type: "object", properties: { b: { type: "string" } }, required: ["b"] }] };
const FLAT = { type: "object", description: "Give exactly the properties of one of these: {a}; {b}.", properties: { a: { type: "string" }, b: { type: "string" } } };
const LOOKING = { type: "object", properties: { code: { type: "string", pattern: "^(?!0)" } } };
const NOT_LOOKING = { type: "object", properties: { code: { type: "string", description: '{pattern: "^(?!0)"}' } } };

const SCHEMAS: Lesson[] = [
  format("native output", say.unsupportedField("outputConfig")),
  format("native output, of Claude", say.byModel("output_config.format.schema: For 'object' type, property 'propertyNames' is not supported")),
  format("native output beside citations", say.byModel("Citations cannot be enabled when output format is set.")),
  strictly("strict", say.unsupportedField("strict")),
  strictly("many strict tools", say.manyStrictTools(21)),
  strictly("many optional parameters", say.manyOptionalParameters(25)),
  strictly("a complex schema", say.byModel("Schema is too complex for compilation.")),
  strictly("a large grammar", say.byModel("The compiled grammar is too large, which would cause performance issues.")),
  strictly("a schema inside itself", say.byModel(`tools.0.custom: ${say.circular("node")}`)),
  { what: "a union at the root", refusal: validation(say.rootUnion(0)), tools: [{ ...TOOL, input_schema: UNION }], part: tools, first: [spec(UNION)], second: [spec(FLAT)], code: "schema_adapted" },
  { what: "look-around", refusal: validation(say.lookAround("$.properties.code.pattern")), tools: [{ ...TOOL, input_schema: LOOKING }], part: tools, first: [spec(LOOKING)], second: [spec(NOT_LOOKING)], code: "schema_adapted" },
];

const points = (body: RequestBody): unknown => JSON.stringify(body).split('"cachePoint"').length - 1;
const cached = [human(said("Hi"), POINT)];

const CACHE_POINTS: Lesson[] = [
  { what: "caching, by 403", refusal: error("AccessDeniedException", say.CACHING_UNSUPPORTED), messages: cached, part: points, first: 1, second: 0, code: "cache_point_left_out" },
  { what: "caching, by 400", refusal: validation(say.CACHING_UNSUPPORTED), messages: cached, part: points, first: 1, second: 0, code: "cache_point_left_out" },
  { what: "a point among the tools", refusal: validation(say.extraneousPoint("#/toolConfig/tools/1")), messages: cached, tools: [TOOL, POINT], part: (body) => [points(body), tools(body)], first: [2, [spec(), POINT]], second: [1, [spec()]], code: "cache_point_left_out" },
  {
    what: "a point behind a result",
    refusal: validation(say.extraneousPoint("#/messages/2/content/1")),
    messages: [human(said("Hi"), POINT), call(), result([said("3"), POINT])],
    part: points,
    first: 2,
    second: 1,
    code: "cache_point_left_out",
  },
  { what: "a lifetime", refusal: validation(say.NO_TTL), messages: [human(said("Hi"), HOUR)], part: turn(0), first: [{ text: "Hi" }, HOUR], second: [{ text: "Hi" }, POINT], code: "cache_point_lifetime" },
];

const replay = (what: string, sentence: string, messages: BaseMessage[], first: string[], second: string[]): Lesson => ({
  what,
  refusal: validation(sentence),
  messages,
  part: ({ messages: sent }) => JSON.stringify(sent?.[1]?.content).match(/"text":"\w+"|signature/g),
  first,
  second,
  code: "reasoning_not_replayed",
});
const [HM, SIGNATURE, HELLO] = ['"text":"Hm"', "signature", '"text":"Hello"'] as [string, string, string];

const REASONING: Lesson[] = [
  replay("reasoning", say.REASONING_IN_HISTORY, thinking("Hm"), [HM, HELLO], [HELLO]),
  replay("reasoning as a block", say.unsupportedBlock("reasoningContent"), thinking("Hm"), [HM, HELLO], [HELLO]),
  replay("reasoning as text", say.unsupportedFieldFor("reasoningContent.reasoningText.text", "assistant"), thinking("Hm"), [HM, HELLO], [HELLO]),
  replay("unsigned reasoning", say.missingSignature("messages.1.content.0"), thinking("Hm"), [HM, HELLO], [HELLO]),
  replay("an invalid signature", say.invalidSignature("messages.1.content.0"), thinking("Hm", "c2ln"), [HM, SIGNATURE, HELLO], [HELLO]),
  { ...replay("a signature", say.unsupportedField("reasoningContent.reasoningText.signature"), thinking("Hm", "c2ln"), [HM, SIGNATURE, HELLO], [HM, HELLO]), code: "reasoning_signature_left_out" },
];

const NOTES = { document: { name: "notes", format: "pdf", source: { bytes: "AAAA" }, citations: { enabled: true } } };

const TURNS: Lesson[] = [
  { what: "the assistant last", refusal: validation(say.NO_ASSISTANT_LAST), messages: [new HumanMessage("Hi"), new AIMessage("So")], part: turns, first: ["user text", "assistant text"], second: ["user text", "assistant text", "user text"], code: "user_turn_added" },
  { what: "a status", refusal: validation(say.unsupportedField("status")), messages: [new HumanMessage("Hi"), call(), result([said("No.")], "error")], part: turn(2), first: [{ toolResult: { toolUseId: "a", content: [{ text: "No." }], status: "error" } }], second: [{ toolResult: { toolUseId: "a", content: [{ text: "The tool call failed." }, { text: "No." }] } }], code: "tool_result_status_written" },
  { what: "text beside a result", refusal: validation(say.lonelyBlocks(2, "result")), messages: [new HumanMessage("Hi"), call(), result([said("3")]), new HumanMessage("And?")], part: turns, first: ["user text", "assistant toolUse", "user toolResult text"], second: ["user text", "assistant toolUse", "user toolResult", "assistant text", "user text"], code: "tool_results_separated" },
  { what: "text beside a call", refusal: validation(say.lonelyBlocks(1, "use")), messages: [new HumanMessage("Hi"), call(said("Let me see.")), result([said("3")])], part: turns, first: ["user text", "assistant text toolUse", "user toolResult"], second: ["user text", "assistant text", "user text", "assistant toolUse", "user toolResult"], code: "tool_calls_separated" },
  { what: "an image in a result", refusal: validation(say.unsupportedFieldFor("image", "user")), messages: [new HumanMessage("Hi"), call(), result([said("3"), PIXEL])], part: turns, first: ["user text", "assistant toolUse", "user toolResult"], second: ["user text", "assistant toolUse", "user toolResult text image"], code: "tool_result_image_moved" },
  { what: "a document in a result", refusal: validation(say.unsupportedFieldFor("document", "user")), messages: [new HumanMessage("Hi"), call(), result([said("3"), PDF])], part: turns, first: ["user text", "assistant toolUse", "user toolResult"], second: ["user text", "assistant toolUse", "user toolResult text document"], code: "tool_result_document_moved" },
  { what: "system text", refusal: validation(say.NO_SYSTEM_MESSAGES), messages: [new SystemMessage("Be brief."), new HumanMessage("Hi")], part: ({ system, messages }) => [system, messages?.[0]?.content], first: [[{ text: "Be brief." }], [{ text: "Hi" }]], second: [undefined, [{ text: "Be brief." }, { text: "Hi" }]], code: "system_text_moved" },
  { what: "citations", refusal: validation(say.CITATIONS_UNSUPPORTED), messages: [human(said("Hi"), NOTES)], part: (body) => JSON.stringify(body).includes("citations"), first: true, second: false, code: "citations_left_out" },
];

export const LESSONS: Lesson[] = [...SAMPLING, ...TOOL_CHOICE, ...SCHEMAS, ...CACHE_POINTS, ...REASONING, ...TURNS];
