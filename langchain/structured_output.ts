import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import { assembleStructuredOutputPipeline } from "@langchain/core/language_models/structured_output";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { OutputParserException } from "@langchain/core/output_parsers";
import { type Runnable, RunnableLambda } from "@langchain/core/runnables";
import { Validator } from "@langchain/core/utils/json_schema";
import { isSerializableSchema, type SerializableSchema } from "@langchain/core/utils/standard_schema";
import { getSchemaDescription, type InteropZodType, interopSafeParseAsync, isInteropZodSchema } from "@langchain/core/utils/types";
import { convertToJsonSchema, convertToStrictSchema, type Schema } from "./json_schema.js";
import { isThinking } from "./thinking.js";
import type { ToolChoiceKind } from "./tool_choice.js";
import { toolSpec } from "./tools.js";
import type { BedrockConverseToolChoice, ChatBedrockConverseCallOptions, DocumentType } from "./types.js";

type Output = Record<string, unknown>;
type Model = Runnable<BaseLanguageModelInput, AIMessageChunk>;

/** What is needed of the model. */
interface StructuredModel extends Model {
  model: string;
  additionalModelRequestFields?: DocumentType;
  supportsToolChoiceValues?: ToolChoiceKind[];
  bindTools(tools: object[], options?: Partial<ChatBedrockConverseCallOptions>): Model;
  withConfig(options: Partial<ChatBedrockConverseCallOptions>): Model;
}

/** The output that is wanted. */
interface Wanted {
  name: string;
  description?: string;
  /** The caller's schema, by which the output is checked if it can be. */
  schema: Schema;
}

/** A model whose answer is an object of the schema. */
export function structuredOutput(
  model: StructuredModel,
  schema: Schema,
  config: StructuredOutputMethodOptions<boolean> = {},
): Runnable<BaseLanguageModelInput, Output> | Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }> {
  const { includeRaw } = config;
  const wanted = wantedOf(schema, config.name);
  const asked = ask(model, wanted, config);
  const parse = config.method === "jsonSchema" || config.method === "jsonMode" ? parseText : parseToolCall;
  const parser = RunnableLambda.from((message: AIMessageChunk) => parse(message, wanted));
  return assembleStructuredOutputPipeline(asked, parser, includeRaw, includeRaw ? "StructuredOutputRunnable" : "StructuredOutput") as Runnable<
    BaseLanguageModelInput,
    Output
  >;
}

/** A JSON schema may be wrapped as OpenAI's functions are: `{ name, description, parameters }`. */
function wantedOf(schema: Schema, configured: string | undefined): Wanted {
  const description = getSchemaDescription(schema as InteropZodType);
  if (isTyped(schema)) return { name: configured ?? "extract", description, schema };
  const { name, parameters } = schema as Record<string, unknown>;
  return {
    name: typeof name === "string" ? name : (configured ?? "extract"),
    description,
    schema: typeof parameters === "object" && parameters !== null ? (parameters as Schema) : schema,
  };
}

function ask(model: StructuredModel, { name, description, schema }: Wanted, { method, strict }: StructuredOutputMethodOptions<boolean>): Model {
  const json = convertToJsonSchema(schema) ?? {};
  switch (method) {
    case "jsonMode":
      return model;
    case "jsonSchema":
      return model.withConfig({ response_format: { type: "json_schema", json_schema: { name, description, schema: json as object } } });
    case "functionCalling":
    case undefined: {
      const tool = { name, description: description ?? "A function available to call.", schema: strict ? convertToStrictSchema(json) : json };
      return model.bindTools([toolSpec({ ...tool, strict })], { tool_choice: toolChoice(model, name) });
    }
    default:
      throw new Error(
        `ChatBedrockConverse: withStructuredOutput takes the methods "functionCalling", "jsonSchema" and "jsonMode", but not ${JSON.stringify(method)}.`,
      );
  }
}

/** The strictest choice that the model takes; none when nothing is known of it. A forced call would keep Claude from thinking. */
function toolChoice(model: StructuredModel, name: string): BedrockConverseToolChoice | undefined {
  const supported = new Set(model.supportsToolChoiceValues);
  const mayForce = !isThinking(model.model, model.additionalModelRequestFields);
  if (mayForce && supported.has("tool")) return { tool: { name } };
  if (mayForce && supported.has("any")) return "any";
  return supported.has("auto") ? "auto" : undefined;
}

async function parseToolCall(message: AIMessageChunk, wanted: Wanted): Promise<Output> {
  const { tool_calls = [] } = message;
  const call = tool_calls.find((candidate) => candidate.name === wanted.name);
  if (call === undefined) {
    const told = await outputInText(message, wanted);
    if (told !== undefined) return told;
    throw noToolCall(message, tool_calls.length === 0 ? "No tool calls found in the response." : `No tool call found with name ${wanted.name}.`);
  }
  const checked = await check(call.args, wanted.schema);
  if ("output" in checked) return checked.output;
  throw notParsed(message, JSON.stringify(call.args), checked.problem);
}

async function parseText(message: AIMessageChunk, { schema }: Wanted): Promise<Output> {
  const { text } = message;
  const json = jsonIn(text);
  const checked = json === undefined ? { problem: "It holds no JSON." } : await check(json, schema);
  if ("output" in checked) return checked.output;
  throw notParsed(message, text, checked.problem);
}

/** Models that cannot be made to call a tool like to write its input, or the call, as text. That counts if the schema is met. */
async function outputInText({ text }: AIMessageChunk, { name, schema }: Wanted): Promise<Output | undefined> {
  const json = jsonIn(text) as Output | null | undefined;
  if (typeof json !== "object" || json === null) return undefined;
  const output = json.name === name ? (json.parameters ?? json.arguments ?? json.input ?? json) : json;
  if (!isTyped(schema) && !new Validator(schema).validate(output).valid) return undefined;
  const checked = await check(output, schema);
  return "output" in checked ? checked.output : undefined;
}

/** The JSON that a text is, holds in a fence, or has between its outermost braces. */
function jsonIn(text: string): unknown {
  for (const candidate of [text, /```(?:json)?\s([\s\S]*?)```/.exec(text)?.[1], /\{[\s\S]*\}/.exec(text)?.[0]]) {
    try {
      if (candidate !== undefined) return JSON.parse(candidate);
    } catch {
      // The next one may be.
    }
  }
  return undefined;
}

/** Checks by zod or a Standard Schema, which may also fill in and transform; a JSON schema is not checked, as everywhere in LangChain. */
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

/** The peer's sentence, without the link that core puts behind it. */
function noToolCall(message: AIMessageChunk, sentence: string): OutputParserException {
  return Object.assign(new OutputParserException(sentence, message.text), { message: sentence + hint(message) });
}

function hint({ response_metadata }: AIMessageChunk): string {
  return response_metadata.stopReason === "max_tokens" ? " The answer was cut off at its limit of tokens: raise maxTokens." : "";
}
