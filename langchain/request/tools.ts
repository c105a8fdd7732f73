import { isOpenAITool } from "@langchain/core/language_models/base";
import { isStandardSchema } from "@langchain/core/utils/standard_schema";
import { isInteropZodSchema } from "@langchain/core/utils/types";
import { convertToJsonSchema, convertToStrictSchema, withObjectRoot } from "./json_schema.js";
import { anthropicTool } from "./anthropic_tools.js";
import type { AnthropicTool, ChatBedrockConverseToolType, Tool } from "../types/chat.js";

/** The members that all kinds of tools have. */
interface ToolParts {
  name: string;
  description?: string;
  schema: unknown;
  strict?: boolean;
}

/** Tools of every kind in Converse's shape; those that Anthropic defines stay in Anthropic's. `strict` holds the model to the schemas of tools that do not say themselves whether it should be. */
export function convertToConverseTools(tools: readonly ChatBedrockConverseToolType[], strict?: boolean): (Tool | AnthropicTool)[] {
  return tools.map((tool, index) => {
    if (isBedrockTool(tool)) return tool;
    const anthropic = anthropicTool(tool);
    if (anthropic !== undefined) return anthropic;
    const parts = partsOf(tool);
    if (parts !== undefined) return toolSpec(strict && parts.strict === undefined ? strictParts(parts) : parts);
    throw new Error(
      `Invalid tool passed at index ${index}. Must be a StructuredToolInterface, ToolDefinition, or BedrockTool. Tool at index ${index}: ${show(tool)}`,
    );
  });
}

/** A tool in Converse's shape, of a schema of any kind. */
export function toolSpec({ name, description, schema, strict }: ToolParts): Tool {
  const json = withObjectRoot(convertToJsonSchema(schema));
  // `strict: false` is the default, and some models refuse the member.
  return { toolSpec: { name, description, inputSchema: { json }, ...(strict ? { strict } : {}) } };
}

/** Bedrock refuses a strict tool whose schema is not in the subset for structured output. */
function strictParts(parts: ToolParts): ToolParts {
  return { ...parts, schema: convertToStrictSchema(withObjectRoot(convertToJsonSchema(parts.schema))), strict: true };
}

function partsOf(tool: unknown): ToolParts | undefined {
  if (isOpenAITool(tool)) {
    const { parameters, ...parts } = tool.function as typeof tool.function & { strict?: boolean };
    return { ...parts, schema: parameters };
  }
  if (isLangChainTool(tool)) return { name: tool.name, description: tool.description, schema: tool.schema };
  if (!isObject(tool) || typeof tool.name !== "string") return undefined;
  if ("input_schema" in tool) return { ...(tool as unknown as ToolParts), schema: tool.input_schema };
  // A JSON schema need not say its type.
  return isObject(tool.schema) || isStandardSchema(tool.schema) ? (tool as unknown as ToolParts) : undefined;
}

const JSON_TYPES: unknown[] = ["null", "boolean", "object", "array", "number", "string"];

/** The same test as core's function of this name, whose module takes milliseconds to load: a tool of a class, or an object with a name and a schema. */
function isLangChainTool(tool: unknown): tool is ToolParts {
  if (!isObject(tool)) return false;
  if (Array.isArray(tool.lc_namespace)) return true;
  const { schema } = tool;
  return "name" in tool && (isInteropZodSchema(schema) || (isObject(schema) && JSON_TYPES.includes(schema.type)));
}

function isBedrockTool(tool: unknown): tool is Tool {
  return isObject(tool) && ("toolSpec" in tool || "systemTool" in tool || "cachePoint" in tool);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function show(tool: unknown): string {
  return isObject(tool) ? JSON.stringify(tool, null, 2) : String(tool);
}
