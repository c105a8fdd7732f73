import { convertToJsonSchema, convertToStrictSchema } from "./json_schema.js";
import type { ChatBedrockConverseCallOptions, OutputConfig } from "../types/chat.js";

/** Anthropic's own shape, which `createAgent` passes beside `response_format`. */
interface AnthropicOutputConfig {
  format?: { type?: unknown; schema?: unknown };
}

/**
 * Converse's `outputConfig`, from the options of the call and of the constructor. A call's `response_format` becomes `textFormat`, unless the call
 * has one; the constructor's `effort` is kept.
 */
export function convertToOutputConfig(
  { outputConfig, response_format }: Pick<ChatBedrockConverseCallOptions, "outputConfig" | "response_format">,
  own: OutputConfig | undefined,
): OutputConfig | undefined {
  const { format, ...given } = (outputConfig ?? {}) as OutputConfig & AnthropicOutputConfig;
  if (response_format == null && format == null) return outputConfig ?? own;
  const textFormat = given.textFormat ?? (response_format == null ? anthropicFormat(format) : openAIFormat(response_format));
  return { ...own, ...given, textFormat };
}

function openAIFormat({ type, json_schema }: NonNullable<ChatBedrockConverseCallOptions["response_format"]>): OutputConfig["textFormat"] {
  const isJson = type === "json_schema";
  if (isJson && isObject(json_schema?.schema)) return textFormat(json_schema.schema, json_schema.name, json_schema.description);
  const problem = isJson ? "it has no schema" : `it is of type ${JSON.stringify(type)}`;
  throw new Error(
    `ChatBedrockConverse: response_format must be { type: "json_schema", json_schema: { schema } }, since Converse has no other, but ${problem}.`,
  );
}

function anthropicFormat(format: AnthropicOutputConfig["format"]): OutputConfig["textFormat"] {
  if (format?.type === "json_schema" && isObject(format.schema)) return textFormat(format.schema);
  throw new Error('ChatBedrockConverse: outputConfig.format must be { type: "json_schema", schema }; Converse\'s own outputConfig has textFormat.');
}

function textFormat(schema: object, name?: string, description?: string): OutputConfig["textFormat"] {
  const text = JSON.stringify(convertToStrictSchema(convertToJsonSchema(schema) ?? {}));
  return { type: "json_schema", structure: { jsonSchema: { schema: text, name, description: description || undefined } } };
}

/** Some libraries' schemas are functions. */
function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
