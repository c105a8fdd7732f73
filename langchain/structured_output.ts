import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import { assembleStructuredOutputPipeline } from "@langchain/core/language_models/structured_output";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { type Runnable, RunnableLambda } from "@langchain/core/runnables";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { isSerializableSchema, type SerializableSchema } from "@langchain/core/utils/standard_schema";
import { getSchemaDescription, type InteropZodType, isInteropZodSchema } from "@langchain/core/utils/types";
import type { ToolChoiceKind } from "./tools.js";
import type { ChatBedrockConverseCallOptions } from "./types.js";

type Output = Record<string, unknown>;
type OutputSchema = InteropZodType | SerializableSchema | Record<string, unknown>;

/** What is needed of the model. */
interface ToolCallingModel {
  supportsToolChoiceValues?: ToolChoiceKind[];
  bindTools(tools: object[], options?: Partial<ChatBedrockConverseCallOptions>): Runnable<BaseLanguageModelInput, AIMessageChunk>;
}

/** Structured output by way of one tool whose input is the output. */
export function structuredOutput(
  model: ToolCallingModel,
  schema: OutputSchema,
  config: StructuredOutputMethodOptions<boolean> | undefined,
): Runnable<BaseLanguageModelInput, Output> | Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }> {
  if (config?.method === "jsonMode") throw new Error("ChatBedrockConverse does not support 'jsonMode'.");
  const isTyped = isInteropZodSchema(schema) || isSerializableSchema(schema);
  const parameters = isTyped ? toJsonSchema(schema) : schema;
  const name = !isTyped && typeof schema.name === "string" ? schema.name : (config?.name ?? "extract");
  const description = getSchemaDescription(schema as InteropZodType) ?? "A function available to call.";
  const tool = { type: "function", function: { name, description, parameters } };
  const bound = model.bindTools([tool], toolChoice(name, model.supportsToolChoiceValues ?? []));
  const parser = RunnableLambda.from((message: AIMessageChunk) => argumentsOf(message, name));
  const includeRaw = config?.includeRaw;
  return assembleStructuredOutputPipeline(bound, parser, includeRaw, includeRaw ? "StructuredOutputRunnable" : "StructuredOutput") as Runnable<
    BaseLanguageModelInput,
    Output
  >;
}

/** The strictest choice that the model takes; none when nothing is known of it. */
function toolChoice(name: string, supported: readonly ToolChoiceKind[]): Partial<ChatBedrockConverseCallOptions> | undefined {
  if (supported.includes("tool")) return { tool_choice: name };
  return supported.includes("any") ? { tool_choice: "any" } : undefined;
}

function argumentsOf(message: AIMessageChunk, name: string): Output {
  if (!message.tool_calls?.length) throw new Error("No tool calls found in the response.");
  const call = message.tool_calls.find((candidate) => candidate.name === name);
  if (call === undefined) throw new Error(`No tool call found with name ${name}.`);
  return call.args;
}
