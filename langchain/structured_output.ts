import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import { assembleStructuredOutputPipeline } from "@langchain/core/language_models/structured_output";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { OutputParserException } from "@langchain/core/output_parsers";
import { type Runnable, RunnableLambda } from "@langchain/core/runnables";
import { Validator } from "@langchain/core/utils/json_schema";
import { isSerializableSchema, type SerializableSchema } from "@langchain/core/utils/standard_schema";
import { getSchemaDescription, type InteropZodType, interopSafeParseAsync, isInteropZodSchema } from "@langchain/core/utils/types";
import { convertToJsonSchema, convertToStrictSchema, type Schema } from "./request/json_schema.js";
import { isThinking } from "./request/reasoning.js";
import type { ToolChoiceKind } from "./request/tool_choice.js";
import { toolSpec } from "./request/tools.js";
import type { BedrockConverseToolChoice, ChatBedrockConverseCallOptions } from "./types/chat.js";
import type { DocumentType } from "./types/document.js";

type Output = Record<string, unknown>;
type Model = Runnable<BaseLanguageModelInput, AIMessageChunk>;

/** The members of the model that are needed here. */
interface StructuredModel extends Model {
  model: string;
  additionalModelRequestFields?: DocumentType;
  supportsToolChoiceValues?: ToolChoiceKind[];
  bindTools(tools: object[], options?: Partial<ChatBedrockConverseCallOptions>): Model;
  withConfig(options: Partial<ChatBedrockConverseCallOptions>): Model;
}

/** The output that the caller asks for. */
interface OutputSpec {
  name: string;
  description?: string;
  /** The caller's schema, by which the output is checked if it can be. */
  schema: Schema;
}

/** A runnable that calls the model and returns an object of the schema. */
export function structuredOutput(
  model: StructuredModel,
  schema: Schema,
  config: StructuredOutputMethodOptions<boolean> = {},
): Runnable<BaseLanguageModelInput, Output> | Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }> {
  const { includeRaw } = config;
  const spec = outputSpec(schema, config.name);
  const invoked = askFor(model, spec, config);
  const parse = config.method === "jsonSchema" || config.method === "jsonMode" ? parseText : parseToolCall;
  const parser = RunnableLambda.from((message: AIMessageChunk) => parse(message, spec));
  return assembleStructuredOutputPipeline(invoked, parser, includeRaw, includeRaw ? "StructuredOutputRunnable" : "StructuredOutput") as Runnable<
    BaseLanguageModelInput,
    Output
  >;
}

/** A JSON schema may be wrapped as OpenAI's functions are: `{ name, description, parameters }`. */
function outputSpec(schema: Schema, configured: string | undefined): OutputSpec {
  const description = getSchemaDescription(schema as InteropZodType);
  if (isTyped(schema)) return { name: configured ?? "extract", description, schema };
  const { name, parameters } = schema as Record<string, unknown>;
  return {
    name: typeof name === "string" ? name : (configured ?? "extract"),
    description,
    schema: typeof parameters === "object" && parameters !== null ? (parameters as Schema) : schema,
  };
}

function askFor(model: StructuredModel, { name, description, schema }: OutputSpec, { method, strict }: StructuredOutputMethodOptions<boolean>): Model {
  const json = convertToJsonSchema(schema) ?? {};
  switch (method) {
    case "jsonMode":
      return model.withConfig({ ls_structured_output_format: tracedFormat("json_mode", json) });
    case "jsonSchema":
      return model.withConfig({ ls_structured_output_format: tracedFormat("json_schema", json), response_format: { type: "json_schema", json_schema: { name, description, schema: json as object } } });
    case "functionCalling":
    case undefined: {
      const tool = { name, description: description ?? "A function available to call.", schema: strict ? convertToStrictSchema(json) : json };
      return model.bindTools([toolSpec({ ...tool, strict })], {
        tool_choice: toolChoice(model, name),
        ls_structured_output_format: tracedFormat("functionCalling", json),
      });
    }
    default:
      throw new Error(
        `ChatBedrockConverse: withStructuredOutput takes the methods "functionCalling", "jsonSchema" and "jsonMode", but not ${JSON.stringify(method)}.`,
      );
  }
}

/** What tracers are told of the schema. LangChain's other integrations write the method so. */
function tracedFormat(method: "functionCalling" | "json_schema" | "json_mode", schema: DocumentType): ChatBedrockConverseCallOptions["ls_structured_output_format"] {
  return { kwargs: { method }, schema: schema as Record<string, unknown> };
}

/** The strictest choice that the model accepts; none for an unknown model. Claude refuses a forced tool while it thinks. */
function toolChoice(model: StructuredModel, name: string): BedrockConverseToolChoice | undefined {
  const supported = new Set(model.supportsToolChoiceValues);
  const mayForce = !isThinking(model.model, model.additionalModelRequestFields);
  // By name, as `@langchain/aws` binds it, unless the name means something else.
  if (mayForce && supported.has("tool")) return ["auto", "any", "none", "required"].includes(name) ? { tool: { name } } : name;
  if (mayForce && supported.has("any")) return "any";
  return supported.has("auto") ? "auto" : undefined;
}

async function parseToolCall(message: AIMessageChunk, spec: OutputSpec): Promise<Output> {
  const { tool_calls = [] } = message;
  const call = tool_calls.find((candidate) => candidate.name === spec.name);
  if (call === undefined) {
    const output = await outputInText(message, spec);
    if (output !== undefined) return output;
    throw noToolCall(message, tool_calls.length === 0 ? "No tool calls found in the response." : `No tool call found with name ${spec.name}.`);
  }
  const checked = await check(call.args, spec.schema);
  if ("output" in checked) return checked.output;
  throw notParsed(message, JSON.stringify(call.args), checked.problem);
}

async function parseText(message: AIMessageChunk, { schema }: OutputSpec): Promise<Output> {
  const { text } = message;
  const json = jsonIn(text);
  const checked = json === undefined ? { problem: "It holds no JSON." } : await check(json, schema);
  if ("output" in checked) return checked.output;
  throw notParsed(message, text, checked.problem);
}

/** Models that are not forced to call a tool may write its input, or the call, as text. It is accepted if it matches the schema. */
async function outputInText({ text }: AIMessageChunk, { name, schema }: OutputSpec): Promise<Output | undefined> {
  const json = jsonIn(text) as Output | null | undefined;
  if (typeof json !== "object" || json === null) return undefined;
  const output = json.name === name ? (json.parameters ?? json.arguments ?? json.input ?? json) : json;
  if (!isTyped(schema) && !new Validator(schema).validate(output).valid) return undefined;
  const checked = await check(output, schema);
  return "output" in checked ? checked.output : undefined;
}

/** The JSON of a text: all of it, a fenced code block, or what is between the outermost braces. */
function jsonIn(text: string): unknown {
  for (const candidate of [text, /```(?:json)?\s([\s\S]*?)```/.exec(text)?.[1], /\{[\s\S]*\}/.exec(text)?.[0]]) {
    try {
      if (candidate !== undefined) return JSON.parse(candidate);
    } catch {
      // Not JSON: the next candidate is tried.
    }
  }
  return undefined;
}

/** Validates by zod or a Standard Schema, which may also set defaults and transform. A JSON schema is not validated, as everywhere in LangChain. */
async function check(value: unknown, schema: Schema): Promise<{ output: Output } | { problem: string }> {
  if (isInteropZodSchema(schema)) {
    const { success, data, error } = await interopSafeParseAsync(schema, value);
    return success ? { output: data } : { problem: problemOf(error?.issues ?? [error as unknown as Error]) };
  }
  if (!isSerializableSchema(schema)) return { output: value as Output };
  const result = await schema["~standard"].validate(value);
  return result.issues ? { problem: problemOf(result.issues) } : { output: result.value };
}

type Issue = NonNullable<Awaited<ReturnType<SerializableSchema["~standard"]["validate"]>>["issues"]>[number];

function problemOf(issues: readonly Issue[]): string {
  const problems = issues.map(({ path = [], message }) => {
    const place = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
    return place === "" ? message : `${place}: ${message}`;
  });
  return problems.join("; ");
}

function isTyped(schema: Schema): schema is InteropZodType | SerializableSchema {
  return isInteropZodSchema(schema) || isSerializableSchema(schema);
}

function notParsed(message: AIMessageChunk, said: string, problem: string): OutputParserException {
  return new OutputParserException(`Failed to parse. Text: "${said}". Error: ${problem}${hint(message)}`, said);
}

/** The message of `@langchain/aws`, without the link that core appends. */
function noToolCall(message: AIMessageChunk, sentence: string): OutputParserException {
  return Object.assign(new OutputParserException(sentence, message.text), { message: sentence + hint(message) });
}

function hint({ response_metadata }: AIMessageChunk): string {
  return response_metadata.stopReason === "max_tokens" ? " The answer was cut off at its limit of tokens: raise maxTokens." : "";
}
